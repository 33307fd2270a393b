"""A clinic file whose columns hold what the program never writes is refused in words, or read; it never breaks the program."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from injectmap.domain.errors import InjectmapError
from injectmap.domain.forms import FormRefused
from injectmap.storage.engine import DriverError, Mode, connect
from injectmap.storage.opening import open_clinic
from injectmap.storage.packing import pack_pictures, unpack_pictures
from tests.tamper.full_clinic import KEY, make_full_clinic

VALUES = ("[[1]]", b"\x00\xff", -1)
COLUMNS = (
    "clinic.options", "clinic.paper", "patients.birth_date", "treatment_sessions.date",
    "treatment_sessions.state", "treatment_sessions.default_plane", "syringes.product", "syringes.expiry",
    "passes.controls", "passes.points", "passes.zones", "passes.length_um", "passes.technique", "passes.plane",
    "passes.instrument_kind", "passes.status", "passes.deposits", "map_items.body", "record_entries.field",
    "record_entries.details", "stock_items.expiry", "stock_items.product", "journal.kind", "journal.subject_kind",
    "journal.payload",
)  # fmt: skip


@pytest.fixture(scope="module")
def clinic(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("spoilt") / "a.injectmap"
    make_full_clinic(path)
    raw = connect(path, KEY, Mode.WRITE)
    raw.execute("BEGIN")
    for (trigger,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f'DROP TRIGGER "{trigger}"')
    raw.execute("COMMIT")
    raw.close()
    return path


def spoil(path: Path, column: str, value: object) -> bool:
    """Write without guards; False where the table itself does not take it."""
    table, name = column.split(".")
    raw = connect(path, KEY, Mode.WRITE)
    try:
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("PRAGMA ignore_check_constraints = ON")
        raw.execute(f"UPDATE {table} SET {name} = ? WHERE rowid = (SELECT max(rowid) FROM {table})", (value,))
    except DriverError:
        return False
    finally:
        raw.close()
    return True


def look_at_everything(path: Path) -> None:
    database = open_clinic(path, key=KEY, read_only=True)
    asked = [
        lambda work: work.clinic.settings(),
        lambda work: [
            work.sessions.open(summary.id)
            for one in work.patients.recent(limit=9)
            for summary in work.sessions.of_patient(one.id)
        ],
        lambda work: (work.stock.items(), work.stock.recall("l24a017")),
        lambda work: work.journal.all(),
    ]
    try:
        for ask in asked:
            try:
                with database.reading() as work:
                    ask(work)
            except InjectmapError:
                continue
    finally:
        database.close()


@pytest.mark.slow
@pytest.mark.parametrize("column", COLUMNS)
def test_a_spoilt_column_is_refused_in_words_or_read(clinic: Path, tmp_path: Path, column: str) -> None:
    tried = 0
    for number, value in enumerate(VALUES):
        copy = tmp_path / f"{number}.injectmap"
        shutil.copy(clinic, copy)
        if spoil(copy, column, value):
            tried += 1
            look_at_everything(copy)
    assert tried > 0


def test_pictures_that_unpack_without_end_are_refused() -> None:
    whole = pack_pictures((("front", "<svg/>"),))
    assert unpack_pictures(whole) == (("front", "<svg/>"),)
    bomb = pack_pictures((("front", " " * 70_000_000),))
    assert len(bomb) < 200_000
    with pytest.raises(InjectmapError):
        unpack_pictures(bomb)


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/passwd", "Europe/Atlantis", "", 7])
def test_a_time_zone_that_is_none_is_said_when_the_clinic_opens(
    clinic: Path, tmp_path: Path, zone: object
) -> None:
    copy = tmp_path / "a.injectmap"
    shutil.copy(clinic, copy)
    assert spoil(copy, "clinic.time_zone", zone)
    database = open_clinic(copy, key=KEY, read_only=True)
    try:
        with pytest.raises(FormRefused), database.reading() as work:
            work.clinic.settings()
    finally:
        database.close()
