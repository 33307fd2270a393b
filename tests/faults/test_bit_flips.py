"""Bits flip on the disk: each is found before anything is built on it, is said, and nothing is overwritten."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from injectmap.bootstrap.assembly import services_of
from injectmap.domain.acting import Acting, Role
from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import JournalKind
from injectmap.storage.backups import back_up
from injectmap.storage.columns import metadata
from injectmap.storage.copies import Source
from injectmap.storage.database import ClinicDatabase
from injectmap.storage.engine import Mode
from injectmap.storage.opening import open_clinic
from injectmap.storage.restoring import Restoring, restore
from injectmap.system.clock import SystemClock
from injectmap.words import load_words
from tests.faults import figures
from tests.faults.clinic import KEY, NAME, copied, look, make_clinic, verified
from tests.faults.test_disk_full import draw

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


def sentence(problem: StorageProblem) -> str:
    return load_words()(f"error.{problem.code}", **problem.params)


def refusal(attempt: Callable[[], object]) -> str:
    """The code that an attempt is refused with, or nothing."""
    code = ""
    try:
        attempt()
    except StorageProblem as problem:
        code, said = problem.code, sentence(problem)
    assert not code or NAME in said or code == "proof_unreadable"
    return code


def proved(path: Path, key: bytes | None = KEY) -> None:
    """What `injectmap verify` does, whose every finding counts as damage here."""
    database = open_clinic(path, key=key, read_only=True)
    try:
        with database.reading() as work:
            if work.proof.prove().findings:
                raise StorageProblem("file_damaged", name=path.name)
    finally:
        database.close()


def worked_in(path: Path, key: bytes | None = KEY) -> None:
    database = open_clinic(path, key=key)
    try:
        look(database)
    finally:
        database.close()


def drawn_in(path: Path, folder: Path, key: bytes | None) -> None:
    session_id = make_clinic(path, key=key)
    database = open_clinic(path, key=key)
    draw(services_of(database, SystemClock(), folder), session_id, EDITS)
    database.close()


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
        found += refusal(lambda path=path: proved(path)) == "file_damaged"
        if number % 4 == 0:
            # Work in it may not meet the page; what it meets is told, and nothing is written.
            at_opening += refusal(lambda path=path: worked_in(path)) == "file_damaged"
        assert path.read_bytes() == content
    worked_in(copied(source, tmp_path / "again"))
    figures.note(bit_flips=len(bits), bit_flips_found=found, bit_flips_met_by_opening_and_reading=at_opening)
    assert found == len(bits)
    assert capfd.readouterr().err == ""


def test_no_backup_is_made_of_a_damaged_file_and_the_last_good_one_takes_its_place(
    tmp_path: Path, chance: random.Random
) -> None:
    path, backups = tmp_path / "clinic" / NAME, tmp_path / "backups"
    path.parent.mkdir()
    backups.mkdir()
    drawn_in(path, tmp_path, KEY)
    before = {row.number for row in verified(path).rows}
    good = back_up(Source(path, KEY, Mode.FROZEN), backups, at_ms=1_790_000_000_000)
    for number, page in enumerate((0, 1, chance.randrange(2, path.stat().st_size // PAGE))):
        damaged = copied(path, tmp_path / f"damaged-{number}")
        content = flipped(damaged, 8 * (page * PAGE + chance.randrange(16, PAGE)))
        source = Source(damaged, KEY, Mode.FROZEN)
        assert (
            refusal(lambda source=source: back_up(source, backups, at_ms=1_790_000_100_000)) == "file_damaged"
        )
        assert [one.name for one in backups.iterdir()] == [good.file]
        acting = Acting("someone", frozenset({Role.ADMINISTRATOR}), "desk")
        restore(Restoring(damaged, KEY, backups / good.file, KEY, acting, 1_790_000_200_000))
        held = verified(damaged, before)
        assert held.rows[-1].kind is JournalKind.RESTORE
        aside = [one for one in damaged.parent.iterdir() if "before-restore" in one.name]
        assert content in [one.read_bytes() for one in aside]
        shutil.rmtree(damaged.parent)


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
    found, harmless, went_on, codes = 0, 0, False, set[str]()
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
            assert str(rows[-1]) in sentence(reason)
            assert (log.read_bytes(), path.read_bytes()) == content
            # It is said again at the next opening, for the sign is not used up.
            again = open_clinic(path, key=KEY)
            assert again.read_only_reason is not None
            again.close()
            found += 1
            if not went_on:
                went_on = True
                goes_on_with_what_can_be_read(path, tmp_path / "backups", reason.params["last"])
        else:
            harmless += 1
            verified(path, rows)
    assert codes <= {"file_damaged"}
    assert went_on
    assert found > FLIPS // 2
    assert capfd.readouterr().err == ""
    figures.note(log_bit_flips=FLIPS, log_bit_flips_found=found, log_bit_flips_that_lost_nothing=harmless)


def goes_on_with_what_can_be_read(path: Path, backups: Path, last: object) -> None:
    """A backup of what is left is restored: the clinic is written again, and what was there lies aside."""
    backups.mkdir()
    database = open_clinic(path, key=KEY)
    made = back_up(database.source, backups, at_ms=1_790_000_000_000)
    database.close()
    assert made.head.number == last
    acting = Acting("someone", frozenset({Role.ADMINISTRATOR}), "desk")
    restore(Restoring(path, KEY, backups / made.file, KEY, acting, 1_790_000_100_000))
    held = verified(path)
    assert (held.head, held.rows[-1].kind) == (made.head.number + 1, JournalKind.RESTORE)


def everything(database: ClinicDatabase) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables that hold what somebody entered."""
    with database.reading() as work:
        connection = work._connection
        assert connection is not None
        names = [table.name for table in metadata.sorted_tables if table.name != "alembic_version"]
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
    assert refusal(lambda: _proved(source, before)) == ""
    found = 0
    for _ in range(FLIPS):
        path = copied(source, tmp_path / "flipped")
        flipped(path, chance.randrange(8 * source.stat().st_size))
        found += refusal(lambda path=path: _proved(path, before)) != ""
    figures.note(plain_bit_flips=FLIPS, plain_bit_flips_found=found)
    assert found


def _proved(path: Path, before: dict[str, list[tuple[object, ...]]]) -> None:
    """StorageProblem for whatever is found; what is not found must have changed nothing."""
    proved(path, None)
    database = open_clinic(path)
    try:
        assert everything(database) == before
    finally:
        database.close()
