"""A file of the first release, kept as it was made, is brought to the present schema without losing a row."""

import dataclasses
import shutil
from pathlib import Path
from typing import Any

import pytest

from injectmap.domain.journal import check_chain
from injectmap.domain.record import RecordState
from injectmap.domain.settings import ClinicSettings, Paper
from injectmap.domain.totals import done_passes
from injectmap.domain.treatment_map import PassStatus, Share, Technique
from injectmap.storage import migrations, tables
from injectmap.storage.engine import Mode, connect
from injectmap.storage.opening import create_clinic, open_clinic
from injectmap.storage.triggers import TRIGGERS
from tests import builders
from tests.storage.conftest import DEMO, KEY

pytestmark = pytest.mark.of_file

RELEASED = Path(__file__).parents[1] / "data" / "clinics" / "schema-1.sqlite"


def released(folder: Path, key: bytes | None) -> Path:
    """The released file in a folder of its own, encrypted if there is a key."""
    folder.mkdir()
    path = folder / "Harbour.injectmap"
    if key is None:
        shutil.copy(RELEASED, path)
        return path
    plain = connect(RELEASED, None, Mode.FROZEN)
    plain.execute("PRAGMA query_only = OFF")
    plain.execute(f"ATTACH '{path.as_posix()}' AS keyed KEY \"x'{key.hex()}'\"")
    plain.execute("SELECT sqlcipher_export('keyed')")
    plain.execute(f"PRAGMA keyed.application_id = {tables.APPLICATION_ID}")
    plain.execute("PRAGMA keyed.user_version = 1")
    plain.close()
    return path


def rows_of(raw: Any) -> dict[str, int]:
    names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: raw.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def contents_of(raw: Any, tables_and_columns: dict[str, list[str]]) -> dict[str, list[Any]]:
    return {
        name: sorted(raw.execute(f"SELECT {', '.join(columns)} FROM {name}").fetchall(), key=repr)
        for name, columns in tables_and_columns.items()
    }


def named(raw: Any, kind: str) -> set[str]:
    return {
        name
        for (name,) in raw.execute(
            "SELECT name FROM sqlite_master WHERE type = ? AND sql IS NOT NULL", (kind,)
        )
    }


@pytest.fixture(params=[None, KEY], ids=["plain", "keyed"])
def key(request: pytest.FixtureRequest) -> bytes | None:
    return request.param


@pytest.fixture
def path(tmp_path: Path, key: bytes | None) -> Path:
    return released(tmp_path / "clinic", key)


def test_rows_indexes_and_guards_before_and_after(path, key, tmp_path):
    before = connect(path, key, Mode.READ)
    had = {kind: named(before, kind) for kind in ("index", "trigger")}
    counted = rows_of(before)
    columns = {
        name: [column[1] for column in before.execute(f"PRAGMA table_info({name})")]
        for name in counted
        if not name.startswith(("patient_search", "alembic"))
    }
    contents = contents_of(before, columns)
    before.close()
    open_clinic(path, key=key).close()
    after = connect(path, key, Mode.READ)
    kept = rows_of(after)
    assert contents_of(after, columns) == contents
    assert {name: kept[name] for name in counted if name in kept} == counted
    assert set(kept) - set(counted) == {
        "adverse_events", "amendments", "cosignatures", "follow_ups", "map_items", "outcome_scores", "protocols",
        "record_entries", "record_versions", "stock_items", "stock_movements", "accounts", "erased_subjects",
    }  # fmt: skip
    assert sum(kept[name] for name in set(kept) - set(counted)) == 0
    # A recall looks lots up folded now, and a patient's sessions are found with what the list of those due asks.
    assert had["index"] - named(after, "index") == {
        "ix_syringes_lot",
        "ix_treatment_sessions_patient_id_date",
    }
    assert had["trigger"] <= named(after, "trigger") == set(TRIGGERS)
    assert after.execute("PRAGMA foreign_key_check").fetchall() == []
    assert after.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    after.close()
    # Not only by name: what a new file has, and nothing of the old one.
    create_clinic(tmp_path / "new.injectmap", DEMO, key=key).close()
    raw = connect(path, key, Mode.READ)
    new = connect(tmp_path / "new.injectmap", key, Mode.READ)
    for kind in ("index", "trigger", "table"):
        assert named(raw, kind) == named(new, kind)
    raw.close()
    new.close()


def test_what_was_kept_reads_as_before(path, key):
    database = open_clinic(path, key=key)
    with database.reading() as work:
        assert work.clinic.settings() == ClinicSettings(
            "Harbour “Demo” Clinic", "Europe/Stockholm", Paper.LETTER, demo=True
        )
        assert check_chain(work.journal.all()) is None
        (asa,) = work.patients.search("lindqvist", limit=5)
        late, early = work.sessions.of_patient(asa.id)
        opened = work.sessions.open(early.id)
        marked = work.sessions.of_patient(work.patients.search("oneill", limit=1)[0].id)
    assert (late.state, late.version) == (RecordState.DRAFT, 1)
    assert opened.session.follow_up is None
    assert (opened.entries, opened.versions, opened.amendment, opened.map.items) == ({}, (), None, ())
    assert [one.error_reason for one in marked] == ["wrong patient's chart", ""]
    first, second = opened.syringes
    assert (first.udi, first.opened_ul, first.discarded_ul, first.stock_item_id) == ("", 1250, 0, None)
    split, planned = opened.map.passes[-2:]
    assert split.shares == (Share(first.id, 60), Share(second.id, 40))
    assert split.technique is Technique.FANNING
    assert planned.status is PassStatus.PLANNED
    assert all((one.deposits, one.fulfils, one.deviation) == ((), None, "") for one in opened.map.passes)
    assert sum(one.microlitres for one in done_passes(opened.map)) == 800
    database.close()


def test_lots_of_then_are_found_in_any_letter_case(path, key):
    database = open_clinic(path, key=key)
    with database.reading() as work:
        found = work.stock.recall("l24a017 ")
        assert [one.lot for one in found] == ["L24A017", "l24A017", "L24A017", "L24A017"]
        assert sum(not one.error_reason for one in found) == 3
        assert [one.lot for one in work.stock.recall("üx-ÉSS1")] == ["ÜX-éß1"]
    database.close()


def test_the_migrated_file_takes_new_work(path, key):
    database = open_clinic(path, key=key)
    with database.writing() as work:
        (asa,) = work.patients.search("lindqvist", limit=5)
        opened = work.sessions.open(work.sessions.of_patient(asa.id)[0].id)
        bolus = builders.cannula_pass(
            order=90, syringe_id=opened.syringes[0].id, technique=Technique.MICRO_BOLUS, microlitres=20
        )
        work.sessions.apply_edit(opened.session.id, builders.add(bolus), opened.session.revision)
        work.sessions.put_syringe(dataclasses.replace(opened.syringes[1], discarded_ul=50))
        again = work.sessions.open(opened.session.id)
        assert again.map.passes[-1] == bolus
        assert again.syringes[1].discarded_ul == 50
        work.commit()
    database.close()
    assert len(list(path.parent.iterdir())) == 2


def test_a_step_that_fails_leaves_the_first_schema(path, key, monkeypatch):
    before = connect(path, key, Mode.READ)
    was = before.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall()
    before.close()

    def fail(*_: object) -> None:
        raise RuntimeError("half way")

    monkeypatch.setattr("injectmap.storage.triggers.create_triggers", fail)
    raw = connect(path, key, Mode.WRITE)
    with pytest.raises(Exception, match="migration_failed"):
        migrations.upgrade(raw, path)
    raw.close()
    after = connect(path, key, Mode.READ)
    assert after.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name").fetchall() == was
    assert after.execute("PRAGMA user_version").fetchone() == (1,)
    after.close()
