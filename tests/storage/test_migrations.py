"""The schema: new and migrated files are alike, and an older file is backed up before it is changed."""

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from injectmap.domain.errors import StorageProblem
from injectmap.storage import migrations, tables
from injectmap.storage.engine import Mode, connect
from injectmap.storage.opening import create_clinic, open_clinic
from injectmap.storage.triggers import TRIGGERS
from tests import builders
from tests.storage.conftest import CLINIC, DEMO, KEY, chart

pytestmark = pytest.mark.of_file


def schema(raw: object) -> dict[tuple[str, str], str]:
    rows = raw.execute("SELECT type, name, sql FROM sqlite_master").fetchall()  # type: ignore[attr-defined]
    # A table that a step rebuilt under another name is written with quotes around its own.
    return {
        (kind, name): " ".join((sql or "").replace(f'"{name}"', name).split()) for kind, name, sql in rows
    }


@pytest.mark.parametrize("key", [None, KEY])
def test_migrating_from_nothing_gives_the_schema_of_a_new_file(tmp_path, key):
    new, migrated = tmp_path / "new.injectmap", tmp_path / "migrated.injectmap"
    create_clinic(new, DEMO, key=key).close()
    empty = connect(migrated, key, Mode.CREATE)
    migrations.upgrade(empty, migrated)
    made = connect(new, key, Mode.READ)
    assert schema(empty) == schema(made)
    for question in ("PRAGMA user_version", "SELECT version_num FROM alembic_version"):
        assert empty.execute(question).fetchall() == made.execute(question).fetchall()
    assert empty.execute("PRAGMA foreign_keys").fetchone() == (1,)
    for raw in (empty, made):
        raw.close()


def test_the_last_step_is_the_present_schema_version():
    # Fails when a step is added, so that its author also raises SCHEMA_VERSION, and the other way round.
    steps = sorted(path.name for path in (migrations.SCRIPTS / "versions").glob("v*.py"))
    assert steps[-1].startswith(f"v{tables.revision_id(tables.SCHEMA_VERSION)}")
    assert len(steps) == tables.SCHEMA_VERSION


def test_all_guards_are_in_the_file(path):
    create_clinic(path, DEMO).close()
    raw = connect(path, None, Mode.READ)
    assert {name for kind, name in schema(raw) if kind == "trigger"} == set(TRIGGERS)
    raw.close()


PRESENT = tables.SCHEMA_VERSION

NEXT_STEP = '''
"""A step that rebuilds a table with children, as the later ones will."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade():
    with op.batch_alter_table("patients", recreate="always") as batch:
        batch.add_column(sa.Column("allergies", sa.Text(), nullable=False, server_default=""))
    op.execute("UPDATE patients SET allergies = 'none known'")
{more}
'''


@pytest.fixture
def next_version(tmp_path, monkeypatch):
    """Make this program one schema version newer than its files; returns where to write the step."""
    scripts = tmp_path / "scripts"
    shutil.copytree(migrations.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrations, "SCRIPTS", scripts)
    monkeypatch.setattr(tables, "SCHEMA_VERSION", PRESENT + 1)
    return scripts / "versions" / "v0004_next.py"


def make_older(folder: Path, monkeypatch: pytest.MonkeyPatch, key: bytes | None) -> tuple[Path, str]:
    folder.mkdir()
    path = folder / "Harbour.injectmap"
    with monkeypatch.context() as earlier:
        earlier.setattr(tables, "SCHEMA_VERSION", PRESENT)
        charted = chart(create_clinic(path, DEMO if key is None else CLINIC, key=key))
        charted.commit(builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id)), 1)
        charted.database.close()
    return path, charted.session.id


@pytest.mark.parametrize("key", [None, KEY])
def test_an_older_file_is_backed_up_then_brought_up_to_date(tmp_path, next_version, monkeypatch, key):
    next_version.write_text(NEXT_STEP.format(more=""))
    path, session_id = make_older(tmp_path / "clinic", monkeypatch, key)
    database = open_clinic(path, key=key)
    with database.reading() as work:
        opened = work.sessions.open(session_id)
        assert len(opened.map.passes) == 1
        found = work._connection.exec_driver_sql("SELECT allergies FROM patients").scalars().all()
        assert found == ["none known"]
        assert {
            name for kind, name in schema(work._connection.connection.driver_connection) if kind == "trigger"
        } == set(TRIGGERS)
        assert work.patients.search("lindqvist", limit=5) == (opened.patient,)
    database.close()
    (copy,) = [one for one in path.parent.iterdir() if one != path]
    assert copy.name.startswith("Harbour.before-upgrade-")
    assert copy.suffix == ".injectmap"
    raw = connect(copy, key, Mode.FROZEN)
    assert raw.execute("PRAGMA user_version").fetchone() == (PRESENT,)
    assert raw.execute("SELECT count(*) FROM passes").fetchone() == (1,)
    raw.close()
    assert copy.read_bytes().startswith(b"SQLite format 3") is (key is None)
    open_clinic(path, key=key).close()
    assert len(list(path.parent.iterdir())) == 2


@pytest.mark.parametrize(
    "more",
    [
        "    raise RuntimeError('half way')",
        "    op.execute('UPDATE no_such_table SET x = 1')",
        "    op.execute(\"UPDATE treatment_sessions SET patient_id = 'nobody'\")",
    ],
)
def test_a_failed_step_leaves_the_file_as_it_was(tmp_path, next_version, monkeypatch, more):
    next_version.write_text(NEXT_STEP.format(more=more))
    path, session_id = make_older(tmp_path / "clinic", monkeypatch, KEY)
    with pytest.raises(StorageProblem, match="migration_failed"):
        open_clinic(path, key=KEY)
    monkeypatch.setattr(tables, "SCHEMA_VERSION", PRESENT)
    database = open_clinic(path, key=KEY)
    with database.reading() as work:
        assert len(work.sessions.open(session_id).map.passes) == 1
    database.close()
    # The copy made before is kept.
    assert len(list(path.parent.iterdir())) == 2


def test_an_older_file_cannot_be_upgraded_while_reading(tmp_path, next_version, monkeypatch):
    next_version.write_text(NEXT_STEP.format(more=""))
    path, _ = make_older(tmp_path / "clinic", monkeypatch, KEY)
    before = path.read_bytes()
    with pytest.raises(StorageProblem, match="file_needs_upgrade"):
        open_clinic(path, key=KEY, read_only=True)
    assert path.read_bytes() == before


def test_no_upgrade_without_its_backup(tmp_path, next_version, monkeypatch):
    next_version.write_text(NEXT_STEP.format(more=""))
    path, _ = make_older(tmp_path / "clinic", monkeypatch, KEY)

    def fail(*_: object, **__: object) -> None:
        raise StorageProblem("disk_full", name=path.name)

    monkeypatch.setattr("injectmap.storage.opening.back_up_before_upgrade", fail)
    with pytest.raises(StorageProblem, match="disk_full"):
        open_clinic(path, key=KEY)
    raw = connect(path, KEY, Mode.FROZEN)
    assert raw.execute("PRAGMA user_version").fetchone() == (PRESENT,)
    raw.close()
    assert list(path.parent.iterdir()) == [path]


def test_ordinary_work_imports_neither_orm_nor_alembic(tmp_path):
    script = """
import sys
from pathlib import Path
from tests.storage.conftest import CLINIC, KEY, chart
from tests import builders
from injectmap.storage.opening import create_clinic, open_clinic
path = Path(sys.argv[1])
charted = chart(create_clinic(path, CLINIC, key=KEY))
charted.commit(builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id)), 1)
charted.database.close()
database = open_clinic(path, key=KEY)
with database.reading() as work:
    work.patients.search("lind", limit=5)
    work.sessions.open(charted.session.id)
database.close()
print([name for name in sys.modules if name.startswith(("sqlalchemy.orm", "alembic", "sqlite3", "numpy"))])
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "clinic.injectmap")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[]", done.stderr


def test_a_demo_can_be_read_by_any_sqlite_of_its_time(path):
    create_clinic(path, DEMO).close()
    with sqlite3.connect(path) as raw:
        assert raw.execute("PRAGMA application_id").fetchone() == (tables.APPLICATION_ID,)
    raw.close()
