"""What another program does to a clinic file, told on standard output and led by lines on standard input.

Run as `python -m tests.faults.other_program DEED FILE [SESSION]`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from injectmap.domain.edits import EditKind
from injectmap.domain.errors import Conflict, StorageProblem
from injectmap.storage.database import ClinicDatabase
from injectmap.storage.engine import Mode, connect
from injectmap.storage.opening import open_clinic
from tests import builders
from tests.faults.clinic import KEY


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def hold(path: Path) -> None:
    """Keep the database busy until told to let go."""
    raw = connect(path, KEY, Mode.WRITE)
    raw.execute("BEGIN IMMEDIATE")
    say("held")
    sys.stdin.readline()
    raw.execute("ROLLBACK")
    raw.close()
    say("free")


def keep(path: Path) -> None:
    """Have the clinic open until told to close it."""
    database = open_clinic(path, key=KEY)
    say("open", database.read_only, database.read_only_reason)
    sys.stdin.readline()
    database.close()
    say("closed")


def draw(path: Path, session_id: str) -> None:
    """Draw 25 passes, each anew from the newer state after a conflict, and tell each row that is stored."""
    database = open_clinic(path, key=KEY)
    say("open", database.read_only, database.read_only_reason)
    sys.stdin.readline()
    for number, conflicts in draw_passes(database, session_id, 25):
        say("row", number, conflicts)
    database.close()
    say("closed")


def draw_passes(database: ClinicDatabase, session_id: str, count: int):
    """Yield the journal row of each pass, and how many conflicts came before it."""
    from injectmap.bootstrap.assembly import services_of
    from injectmap.system.clock import SystemClock

    services = services_of(database, SystemClock(), database.path.parent)
    by = services.practitioners[0]
    acting = builders.acting_as(by)
    conflicts = 0
    opened = services.sessions.open(acting, session_id)
    while count:
        one = builders.cannula_pass(
            order=len(opened.map.passes) + 1, syringe_id=opened.syringes[0].id, microlitres=1
        )
        edit = builders.add(one)
        assert edit.kind is EditKind.ADD_PASS
        try:
            done = services.sessions.commit(acting, session_id, edit, opened.session.revision)
        except Conflict:
            conflicts += 1
        except StorageProblem as problem:
            if problem.code != "file_locked":
                raise
        else:
            count -= 1
            yield done.journal_number, conflicts
            # Time for the other one.
            time.sleep(0.002)
        opened = services.sessions.open(acting, session_id)


if __name__ == "__main__":
    globals()[sys.argv[1]](Path(sys.argv[2]), *sys.argv[3:])
