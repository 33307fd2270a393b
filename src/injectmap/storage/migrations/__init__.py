"""Brings an older clinic file to the present schema; Alembic is imported only here, and only when needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from injectmap.storage.tables import SCHEMA_VERSION, metadata, revision_id

SCRIPTS = Path(__file__).parent


def upgrade(raw: Any, path: Path, *, to: int = SCHEMA_VERSION, scripts: Path = SCRIPTS) -> None:
    """Run all steps up to schema version `to` in one transaction; on failure the file stays as it was.

    `raw` is a bare writing connection outside any transaction. Foreign keys are off while tables are rebuilt,
    which SQLite only allows before BEGIN, and checked as a whole before COMMIT.
    """
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext
    from alembic.script import ScriptDirectory
    from sqlalchemy.pool import StaticPool

    from injectmap.domain.errors import StorageProblem
    from injectmap.storage.engine import make_engine
    from injectmap.storage.triggers import create_triggers

    script = ScriptDirectory(str(scripts))
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        with make_engine(path, lambda: raw, StaticPool).connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            environment = EnvironmentContext(
                Config(), script, fn=lambda revision, _: script._upgrade_revs(revision_id(to), revision)
            )
            environment.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
            with environment.begin_transaction():
                environment.run_migrations()
            create_triggers(connection)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise StorageProblem("migration_failed", name=path.name)
            connection.exec_driver_sql(f"PRAGMA user_version = {to}")
            connection.commit()
    finally:
        raw.execute("PRAGMA foreign_keys = ON")
