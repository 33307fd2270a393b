"""What the machine may do at the worst moment: full disks, failing disks, killed programs, busy files."""

import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import check_chain
from injectmap.storage import problems
from injectmap.storage.engine import Mode, connect
from injectmap.storage.opening import create_clinic, open_clinic
from tests import builders
from tests.storage.conftest import CLINIC, KEY, Charted

pytestmark = pytest.mark.of_file


def draw_until_refused(charted: Charted, revision: int) -> tuple[int, StorageProblem]:
    """Draw passes until the store refuses; return the revision that was acknowledged last."""
    for order in range(1000, 5000):
        try:
            revision, _ = charted.commit(
                builders.add(
                    builders.cannula_pass(order=order, syringe_id=charted.syringes[0].id, microlitres=1)
                ),
                revision,
            )
        except StorageProblem as problem:
            return revision, problem
    pytest.fail("never refused")


def acknowledged(charted: Charted) -> tuple[int, int, int]:
    with charted.database.reading() as work:
        opened = work.sessions.open(charted.session.id)
        rows = work.journal.all()
    assert check_chain(rows) is None
    return opened.session.revision, len(opened.map.passes), len(rows)


def test_a_full_file_refuses_cleanly_and_goes_on_when_there_is_room(charted):
    connection = charted.database._writer
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    connection.exec_driver_sql(f"PRAGMA max_page_count = {int(pages) + 4}")
    revision, problem = draw_until_refused(charted, 1)
    assert problem.code == "disk_full"
    assert problem.params["name"] == "Harbour.injectmap"
    assert acknowledged(charted) == (revision, revision - 1, revision - 1)
    connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    charted.commit(builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id)), revision)
    assert acknowledged(charted) == (revision + 1, revision, revision)


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
@pytest.mark.parametrize(("scarce", "code"), [(0, "storage_failed"), (1 << 62, "disk_full")])
def test_a_write_that_the_system_refuses_is_rolled_back(charted, path, monkeypatch, scarce, code):
    # A failed write is told as a full disk where hardly any room is left, and else as a failing one.
    monkeypatch.setattr(problems, "_SCARCE_BYTES", scarce)
    log = path.with_name(f"{path.name}-wal")
    with no_file_above(log.stat().st_size + 60_000):
        revision, problem = draw_until_refused(charted, 1)
    assert problem.code == code
    assert acknowledged(charted) == (revision, revision - 1, revision - 1)
    charted.commit(builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id)), revision)
    assert acknowledged(charted) == (revision + 1, revision, revision)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX limits")
def test_a_clinic_is_not_half_made_on_a_full_disk(path):
    with no_file_above(20_000), pytest.raises(StorageProblem):
        create_clinic(path, CLINIC, key=KEY)
    assert list(path.parent.iterdir()) == []


def test_a_file_kept_busy_by_another_is_told_in_time(charted, path, monkeypatch):
    charted.database._writer.exec_driver_sql("PRAGMA busy_timeout = 50")
    other = connect(path, KEY, Mode.WRITE)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageProblem, match="file_locked"), charted.database.writing():
        pass
    other.execute("ROLLBACK")
    other.close()
    with charted.database.writing() as work:
        work.commit()


_DRAWS_FOR_EVER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    from injectmap.storage.opening import open_clinic
    from tests import builders
    from tests.storage.conftest import KEY, Charted
    database = open_clinic(Path(sys.argv[1]), key=KEY)
    with database.reading() as work:
        opened = work.sessions.open(sys.argv[2])
    acting = builders.acting_as(opened.practitioner)
    charted = Charted(database, opened.patient, opened.practitioner, opened.session, opened.syringes, acting)
    revision = opened.session.revision
    while True:
        one = builders.cannula_pass(order=revision, syringe_id=opened.syringes[0].id, microlitres=1)
        revision, _ = charted.commit(builders.add(one), revision)
        sys.stdout.write(f"{revision}\\n")
        sys.stdout.flush()
    """
)


@pytest.mark.parametrize("after", [1, 17, 60])
def test_a_killed_program_loses_at_most_the_edit_in_progress(charted, path, after):
    charted.database.close()
    with subprocess.Popen(
        [sys.executable, "-c", _DRAWS_FOR_EVER, str(path), charted.session.id],
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdout is not None
        for _ in range(after):
            assert child.stdout.readline()
        child.kill()
        told = [int(line) for line in child.stdout.read().split("\n") if line.strip()]
        child.wait()
    last = told[-1] if told else after + 1
    assert path.with_name(f"{path.name}.lock").exists()
    charted.database = open_clinic(path, key=KEY)
    assert not charted.database.read_only
    revision, passes, rows = acknowledged(charted)
    assert last <= revision <= last + 1
    assert passes == rows == revision - 1
    charted.database.close()


def test_closing_never_raises_and_is_said(database, expect_log, monkeypatch):
    expect_log(r"closing the clinic file: RuntimeError")

    def fail() -> None:
        raise RuntimeError("a patient's name")

    monkeypatch.setattr(database._readers, "dispose", fail)
    database.close()


def test_closing_in_the_middle_of_own_work_rolls_it_back(charted, path):
    with charted.database.writing() as work:
        work.sessions.apply_edit(
            charted.session.id, builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id)), 1
        )
        charted.database.close()
    for ask in (charted.database.reading, charted.database.writing):
        with pytest.raises(RuntimeError, match="closed"):
            ask()
    charted.database = open_clinic(path, key=KEY)
    assert acknowledged(charted) == (1, 0, 0)
    charted.database.close()


def test_errors_carry_no_parameters(charted):
    from sqlalchemy.exc import DBAPIError

    with pytest.raises(DBAPIError) as caught, charted.database.writing() as work:
        work.patients.add(builders.patient(family_name="Secretname", number=charted.patient.number))
    assert "Secretname" not in str(caught.value)
    assert "Secretname" not in repr(caught.value.__cause__)
