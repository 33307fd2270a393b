"""Bits flip on the disk: each is found before anything is built on it, is said, and nothing is overwritten."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from injectmap.bootstrap.assembly import services_of
from injectmap.domain.errors import StorageProblem
from injectmap.storage.columns import metadata
from injectmap.storage.copies import check_whole
from injectmap.storage.database import ClinicDatabase
from injectmap.storage.engine import Mode, connect
from injectmap.storage.opening import create_clinic, open_clinic
from injectmap.system.clock import SystemClock
from injectmap.ui.widgets.sentences import error_sentence
from tests.faults import figures
from tests.faults.clinic import KEY, NAME, copied, fill, look, make_clinic, verified
from tests.faults.test_disk_full import draw
from tests.storage.conftest import DEMO

pytestmark = pytest.mark.slow
FLIPS = int(os.environ.get("INJECTMAP_BIT_FLIPS", "60"))
PAGE = 4096
EDITS = 20


def flipped(path: Path, bit: int) -> bytes:
    """Flip one bit of a file; return its content afterwards."""
    with path.open("r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0] ^ 1 << bit % 8
        file.seek(bit // 8)
        file.write(bytes([byte]))
    return path.read_bytes()


def refusal(attempt: Callable[[], object]) -> str:
    """The code that an attempt is refused with, or nothing."""
    code = ""
    try:
        attempt()
    except StorageProblem as problem:
        code, said = problem.code, error_sentence(problem)
    assert not code or NAME in said
    return code


def looked_at(path: Path) -> None:
    raw = connect(path, KEY, Mode.FROZEN)
    try:
        check_whole(raw, path, KEY)
    finally:
        raw.close()


def worked_in(path: Path, key: bytes | None = KEY) -> None:
    database = open_clinic(path, key=key)
    try:
        look(database)
    finally:
        database.close()


def drawn_in(path: Path, folder: Path, key: bytes | None) -> None:
    session_id = make_clinic(path) if key else _make_demo(path)
    database = open_clinic(path, key=key)
    draw(services_of(database, SystemClock(), folder), session_id, EDITS)
    database.close()


def _make_demo(path: Path) -> str:
    database = create_clinic(path, DEMO)
    try:
        return fill(database)
    finally:
        database.close()


@pytest.fixture
def chance(record_property) -> random.Random:
    seed = int(os.environ.get("INJECTMAP_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
    record_property("seed", seed)
    return random.Random(seed)


def test_each_flipped_bit_of_a_keyed_file_is_found(tmp_path: Path, chance: random.Random, capfd) -> None:
    source = tmp_path / "whole" / NAME
    source.parent.mkdir()
    drawn_in(source, tmp_path, KEY)
    size, found, at_opening = source.stat().st_size, 0, 0
    pages = list(range(size // PAGE))
    # Every page in turn, and the first bytes, which are the salt of the keys.
    bits = [8 * (page * PAGE + chance.randrange(PAGE)) + chance.randrange(8) for page in pages]
    chance.shuffle(bits)
    bits = [3, *(bits * (FLIPS // len(bits) + 1))[:FLIPS]]
    for number, bit in enumerate(bits):
        path = copied(source, tmp_path / "flipped")
        content = flipped(path, bit)
        assert refusal(lambda path=path: looked_at(path)) == "file_damaged"
        if number % 4 == 0:
            # Work in it may not meet the page; what it meets is told, and nothing is written.
            at_opening += refusal(lambda path=path: worked_in(path)) == "file_damaged"
        found += 1
        assert path.read_bytes() == content
    worked_in(copied(source, tmp_path / "again"))
    assert capfd.readouterr().err == ""
    figures.note(bit_flips=len(bits), bit_flips_found=found, bit_flips_met_by_opening_and_reading=at_opening)


def test_each_flipped_bit_in_the_log_of_a_killed_program_loses_nothing_unsaid(
    tmp_path: Path, chance: random.Random, capfd
) -> None:
    source = tmp_path / "work" / NAME
    source.parent.mkdir()
    session_id = make_clinic(source)
    database = open_clinic(source, key=KEY)
    draw(services_of(database, SystemClock(), tmp_path), session_id, EDITS)
    killed = copied(source, tmp_path / "killed")
    rows = [row.number for row in look(database).rows]
    database.close()
    log_bits = 8 * killed.with_name(f"{NAME}-wal").stat().st_size
    found, harmless, codes = 0, 0, set[str]()
    for number in range(FLIPS):
        path = copied(killed, tmp_path / "flipped")
        log = path.with_name(f"{NAME}-wal")
        # The head of the log now and then, where all of it is lost at once.
        content = flipped(log, chance.randrange(32 * 8 if number % 10 == 0 else log_bits)), path.read_bytes()
        try:
            database = open_clinic(path, key=KEY)
        except StorageProblem as problem:
            codes.add(problem.code)
            found += 1
            assert (log.read_bytes(), path.read_bytes()) == content
            continue
        lost = set(rows) - {row.number for row in look(database).rows}
        reason = database.read_only_reason
        database.close()
        if lost:
            assert reason is not None
            assert (reason.code, reason.params["stored"]) == ("entries_missing", rows[-1])
            assert reason.params["last"] == rows[-1] - len(lost)
            assert str(rows[-1]) in error_sentence(reason)
            assert (log.read_bytes(), path.read_bytes()) == content
            # It is said again at the next opening, for the sign is not used up.
            again = open_clinic(path, key=KEY)
            assert again.read_only_reason is not None
            again.close()
            found += 1
        else:
            harmless += 1
            verified(path, rows)
    assert codes <= {"file_damaged"}
    assert found > FLIPS // 2
    assert capfd.readouterr().err == ""
    figures.note(log_bit_flips=FLIPS, log_bit_flips_found=found, log_bit_flips_that_lost_nothing=harmless)


def everything(database: ClinicDatabase) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables."""
    with database.reading() as work:
        connection = work._connection
        assert connection is not None
        names = [table.name for table in metadata.sorted_tables]
        return {
            name: sorted(map(tuple, connection.execute(text(f"SELECT * FROM {name}"))), key=repr)
            for name in names
        }


def test_a_flipped_bit_of_a_plain_demonstration_is_found_or_changes_nothing_that_is_kept(
    tmp_path: Path, chance: random.Random
) -> None:
    """Without a key nothing seals a page: what `verify` reads is found, what nobody reads is not."""
    source = tmp_path / "whole" / NAME
    source.parent.mkdir()
    drawn_in(source, tmp_path, None)
    database = open_clinic(source)
    before = everything(database)
    database.close()
    found = 0
    for _ in range(FLIPS):
        path = copied(source, tmp_path / "flipped")
        flipped(path, chance.randrange(8 * source.stat().st_size))
        found += refusal(lambda path=path: _proved(path, tmp_path, before)) != ""
    figures.note(plain_bit_flips=FLIPS, plain_bit_flips_found=found)
    assert found


def _proved(path: Path, folder: Path, before: dict[str, list[tuple[object, ...]]]) -> None:
    """Open, look at every page and replay the journal; StorageProblem for whatever is found."""
    database = open_clinic(path)
    try:
        raw = connect(path, None, Mode.READ)
        try:
            check_whole(raw, path, None)
        finally:
            raw.close()
        with database.reading() as work:
            if work.proof.prove().findings:
                raise StorageProblem("file_damaged", name=path.name)
        assert everything(database) == before
    finally:
        database.close()
