"""A session at the real storage without a window, that writes down what it was told is stored.

Run as `python -m tests.faults.storage_session FOLDER EDITS`: makes a clinic, draws, closes, opens, draws on and ends
without closing. Each line of FOLDER/told is a promise: `made`, `row NUMBER`.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from injectmap.bootstrap.assembly import services_of
from injectmap.domain.settings import ClinicSettings
from injectmap.services.clinic import Services
from injectmap.storage.opening import create_clinic, open_clinic
from injectmap.system.clock import SystemClock
from tests import builders
from tests.faults.clinic import KEY, NAME, SETTINGS, fill

TOLD = "told"
# A checkpoint every few edits, where the program has one every hundred or so.
CHECKPOINT_PAGES = 60


def draw(services: Services, session_id: str, edits: int, told: int) -> None:
    opened = services.sessions.open(services.acting, session_id)
    revision, orders = opened.session.revision, len(opened.map.passes)
    for order in range(orders + 1, orders + edits + 1):
        one = builders.cannula_pass(order=order, syringe_id=opened.syringes[0].id, microlitres=1)
        committed = services.sessions.commit(services.acting, session_id, builders.add(one), revision)
        revision = committed.revision
        os.write(told, f"row {committed.journal_number}\n".encode())


def main(folder: Path, edits: int) -> None:
    told = os.open(folder / TOLD, os.O_WRONLY | os.O_CREAT, 0o600)
    path = folder / NAME
    database = create_clinic(path, ClinicSettings(SETTINGS.name, time_zone=SETTINGS.time_zone), key=KEY)
    os.write(told, b"made\n")
    session_id = fill(database)
    for part in range(3):
        services = services_of(database, SystemClock(), folder)
        assert database._writer is not None
        database._writer.exec_driver_sql(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        draw(services, session_id, edits // 3, told)
        if part < 2:
            database.close()
            os.write(told, b"closed\n")
            database = open_clinic(path, key=KEY)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
