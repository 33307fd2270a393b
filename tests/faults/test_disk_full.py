"""The disk fills up at every point of the work: each thing is done whole or refused, said, kept and done later."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from injectmap.atlas import load_atlas
from injectmap.bootstrap import Opener
from injectmap.bootstrap.assembly import services_of
from injectmap.domain.errors import StorageProblem
from injectmap.domain.record import RecordState
from injectmap.editing.editor import MapEditor
from injectmap.services.clinic import Services
from injectmap.storage.opening import create_clinic, open_clinic
from injectmap.system.clock import SystemClock
from tests import builders
from tests.faults import figures
from tests.faults.clinic import KEY, NAME, SETTINGS, copied, fill, look, make_clinic, verified
from tests.faults.small_disk import PAGE, SmallDisk
from tests.output.test_signing_for_real import completed

pytestmark = pytest.mark.slow

PLENTY = 64 * 1024 * 1024
EDITS = 12


def test_a_clinic_is_made_whole_or_not_at_all(small_disk: SmallDisk, may_log) -> None:
    may_log(r"closing the clinic file")
    path, refused, codes = small_disk.folder / NAME, 0, set[str]()
    for size in range(4 * PAGE, PLENTY, 6 * PAGE):
        small_disk.resize(size)
        try:
            database = create_clinic(path, SETTINGS, key=KEY)
        except StorageProblem as problem:
            codes.add(problem.code)
            refused += 1
            if path.exists():
                # Whole already, with no room to open it.
                small_disk.resize(PLENTY)
                verified(path, empty=True)
            small_disk.empty()
            continue
        small_disk.resize(PLENTY)
        fill(database)
        database.close()
        verified(path)
        break
    assert codes == {"disk_full"}
    assert refused > 5
    figures.note(disk_sizes_creating=refused + 1)


def test_a_clinic_opens_or_says_that_the_disk_is_full(small_disk: SmallDisk, tmp_path: Path, may_log) -> None:
    may_log(r"closing the clinic file")
    path = tmp_path / "whole" / NAME
    path.parent.mkdir()
    session_id = make_clinic(path)
    database = open_clinic(path, key=KEY)
    services = services_of(database, SystemClock(), tmp_path)
    draw(services, session_id, 3)
    killed = copied(path, tmp_path / "killed")
    database.close()
    steps, opened, codes = 0, 0, set[str]()
    for source in (path, killed):
        rows = {row.number for row in verified(copied(source, tmp_path / f"read-{steps}")).rows}
        for free in range(0, 40 * PAGE, 2 * PAGE):
            small_disk.resize(PLENTY)
            small_disk.empty()
            target = copied(source, small_disk.folder)
            small_disk.leave(free)
            steps += 1
            try:
                database = open_clinic(target, key=KEY)
            except StorageProblem as problem:
                codes.add(problem.code)
            else:
                # A folder without room even for the lock is read.
                opened += 1
                assert {row.number for row in look(database).rows} == rows
                database.close()
            small_disk.resize(PLENTY)
            verified(target, rows)
    assert codes == {"disk_full"}
    assert 0 < opened < steps
    figures.note(disk_sizes_opening=steps)


def test_what_is_drawn_and_signed_is_stored_or_kept_until_there_is_room(
    small_disk: SmallDisk, tmp_path: Path, may_log
) -> None:
    may_log(r"closing the clinic file")
    folder = tmp_path / "data"
    folder.mkdir()
    made = Opener(data_folder=folder).demo()
    source = made.database.path
    made.close()
    small_disk.resize(PLENTY)
    target = copied(source, small_disk.folder)
    services = services_of(open_clinic(target), SystemClock(), tmp_path)
    session_id = services.records.latest(services.acting)
    assert session_id is not None
    refused_edits = draw(services, session_id, EDITS, small_disk)
    small_disk.resize(PLENTY)
    opened = completed(services, session_id)
    refused_signatures, codes = 0, set[str]()
    for free in range(0, PLENTY, 4 * PAGE):
        small_disk.leave(free)
        before = services.database.path.stat().st_size
        try:
            services.signing.sign(services.acting, session_id, opened.session.revision)
        except StorageProblem as problem:
            codes.add(problem.code)
            refused_signatures += 1
            now = services.sessions.open(services.acting, session_id)
            assert (now.session.state, now.session.revision) == (RecordState.DRAFT, opened.session.revision)
            assert services.database.path.stat().st_size >= before
            continue
        break
    small_disk.resize(PLENTY)
    assert services.signing.verify_version(session_id, 1)
    services.close()
    verified(target, key=None)
    assert codes == {"disk_full"}
    assert refused_edits > 2
    assert refused_signatures > 2
    figures.note(disk_sizes_drawing=refused_edits, disk_sizes_signing=refused_signatures)


def draw(services: Services, session_id: str, edits: int, disk: SmallDisk | None = None) -> int:
    """Draw with the real editor; on a small disk, with room growing by pages until each edit is stored.

    Return how often one was refused.
    """
    acting = services.acting
    opened = services.sessions.open(acting, session_id)
    editor = MapEditor(opened, load_atlas(), services.sessions, acting)
    numbers = lambda: {row.number for row in look(services.database).rows}  # noqa: E731
    refused, known = 0, numbers()
    for number in range(edits):
        path = builders.skin_path(
            builders.skin_point(builders.IN_FRONT_OF_LOBE),
            builders.skin_point((62.0, -8.0 - number, 20.0 + number)),
        )
        one = builders.cannula_pass(
            order=len(editor.map.passes) + 1, syringe_id=opened.syringes[0].id, microlitres=1
        )
        edit = builders.add(type(one)(**{f: getattr(one, f) for f in one.__slots__} | {"path": path}))
        if disk is not None:
            disk.leave(0)
        before = editor.map
        stored = editor.commit(edit)
        for free in range(PAGE, PLENTY, PAGE):
            if stored:
                break
            refused += 1
            failed = editor.failed
            assert failed is not None
            assert (failed.edit, failed.error.code) == (edit, "disk_full")
            # Not shown as stored, and nothing from before is gone.
            assert editor.map is before
            assert numbers() == known
            assert disk is not None
            disk.leave(free)
            stored = editor.retry()
        assert stored
        assert editor.failed is None
        assert services.sessions.open(acting, session_id).map == editor.map
        known = numbers()
    return refused


@pytest.fixture
def may_log(expect_log, caplog):
    """Allow log lines that some of the sizes bring."""

    def allow(pattern: str) -> None:
        patterns.append(re.compile(pattern))

    patterns: list[re.Pattern[str]] = []
    yield allow
    for record in caplog.get_records("call"):
        if any(one.search(record.getMessage()) for one in patterns):
            expect_log(re.escape(record.getMessage()))
