"""Brings an older clinic to the present schema, in a file or on a server; Alembic is imported only here, and only when needed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from injectmap.domain.errors import InjectmapError, StorageProblem
from injectmap.storage.tables import SCHEMA_VERSION, revision_id

SCRIPTS = Path(__file__).parent


def upgrade(raw: Any, path: Path, *, to: int = SCHEMA_VERSION, scripts: Path = SCRIPTS) -> None:
    """Run all steps up to schema version `to` in one transaction; on failure the file stays as it was.

    `raw` is a bare writing connection outside any transaction. Foreign keys are off while tables are rebuilt,
    which SQLite only allows before BEGIN, and checked as a whole before COMMIT.
    """
    from sqlalchemy.pool import StaticPool

    from injectmap.storage.engine import make_engine

    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        with make_engine(path, lambda: raw, StaticPool).connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            _run_steps(connection, to, scripts)
            if connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise StorageProblem("migration_failed", name=path.name)
            connection.exec_driver_sql(f"PRAGMA user_version = {to}")
            connection.commit()
    except InjectmapError:
        raise
    except Exception as error:
        raise StorageProblem("migration_failed", name=path.name) from error
    finally:
        raw.execute("PRAGMA foreign_keys = ON")


def upgrade_server(
    connection: Connection, name: str, *, to: int = SCHEMA_VERSION, scripts: Path = SCRIPTS
) -> None:
    """Run all steps up to schema version `to` in the transaction of a connection, which the caller commits."""
    try:
        _run_steps(connection, to, scripts)
    except InjectmapError:
        raise
    except Exception as error:
        raise StorageProblem("migration_failed", name=name) from error


def _run_steps(connection: Connection, to: int, scripts: Path) -> None:
    from alembic.command import upgrade as run_steps
    from alembic.config import Config

    from injectmap.storage.triggers import create_triggers, drop_triggers

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    # Guards that name a table which a step rebuilds would stand in its way.
    drop_triggers(connection)
    run_steps(config, revision_id(to))
    create_triggers(connection)
