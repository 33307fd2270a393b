"""What a new clinic begins with on either engine: tables, search index, and the rows that say whose it is."""

from __future__ import annotations

import time

from sqlalchemy import Connection, insert

from injectmap import __version__
from injectmap.domain.journal import GENESIS
from injectmap.domain.settings import ClinicSettings
from injectmap.storage import tables
from injectmap.storage.clinic import settings_values
from injectmap.storage.columns import metadata
from injectmap.storage.search import create_search


def make_tables(connection: Connection) -> None:
    """Make all tables and the search index, empty and without guards."""
    metadata.create_all(connection, checkfirst=False)
    create_search(connection)


def begin_clinic(connection: Connection, settings: ClinicSettings, clinic_id: str) -> None:
    """Write the first rows of a new clinic; its journal is empty."""
    connection.execute(insert(tables.chain_head).values(id=1, number=0, hash=GENESIS))
    connection.execute(
        insert(tables.file_mark).values(
            id=1,
            clinic_id=clinic_id,
            demo=int(settings.demo),
            created_ms=time.time_ns() // 1_000_000,
            created_by=__version__,
        )
    )
    connection.execute(insert(tables.clinic).values(settings_values(settings) | {"id": 1}))
    connection.execute(
        insert(tables.alembic_version).values(version_num=tables.revision_id(tables.SCHEMA_VERSION))
    )
