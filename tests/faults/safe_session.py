"""A session of keys, backups and restoring at the real storage, that writes down what it was told is done.

Run as `python -m tests.faults.safe_session FOLDER`. Each line of FOLDER/told is a promise: `made KEY`, `row NUMBER`,
`passphrase NUMBER` (set), `setting NUMBER` (begun), `backup NAME`, `restoring NUMBER`, `restored`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from injectmap.bootstrap import Opener
from injectmap.domain.acting import Acting, Role
from injectmap.domain.keys import Unlock
from injectmap.storage.backups import back_up
from injectmap.storage.restoring import Restoring, restore
from tests.faults.clinic import NAME, begin_session
from tests.faults.other_program import draw_passes
from tests.key_fakes import TINY, FakeKeyring

TOLD = "told"
BACKUPS = "backups"
PASSPHRASES = ("a quiet harbour at dawn", "a louder harbour at noon")


def opener(folder: Path) -> Opener:
    return Opener(data_folder=folder, keyring=FakeKeyring(), cost=TINY)


def main(folder: Path) -> None:
    told = os.open(folder / TOLD, os.O_WRONLY | os.O_CREAT, 0o600)

    def tell(*words: object) -> None:
        os.write(told, (" ".join(map(str, words)) + "\n").encode())

    path, room = folder / NAME, opener(folder)
    new = room.create(
        path, name="Harbour", practitioner="Dr A", time_zone="Europe/Stockholm", passphrase=PASSPHRASES[0]
    )
    services = new.services
    source = services.database.source  # type: ignore[attr-defined]
    tell("made", source.key.hex())
    session_id = begin_session(services.database, services.practitioners[0])
    tell("row", services.news.head())
    for number, _ in draw_passes(services.database, session_id, 4):
        tell("row", number)
    backups = folder / BACKUPS
    backups.mkdir()
    made = back_up(source, backups, at_ms=services.clock.now_ms())
    tell("backup", made.file)
    for number, _ in draw_passes(services.database, session_id, 4):
        tell("row", number)
    services.close()
    tell("setting", 1)
    room.set_passphrase(path, Unlock(passphrase=PASSPHRASES[0]), PASSPHRASES[1])
    tell("passphrase", 1)
    tell("restoring", made.head.number)
    order = Restoring(
        path,
        source.key,
        backups / made.file,
        source.key,
        Acting("someone", frozenset({Role.ADMINISTRATOR}), "desk"),
        services.clock.now_ms(),
    )
    restore(order)
    tell("restored")
    services = room.open(path, Unlock(passphrase=PASSPHRASES[1]))
    for number, _ in draw_passes(services.database, session_id, 4):
        tell("row", number)
    services.close()
    tell("closed")
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
