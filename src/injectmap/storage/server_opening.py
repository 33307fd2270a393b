"""Opens, creates and upgrades a clinic on a server: every check stands before the first change."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, text
from sqlalchemy.pool import NullPool

from injectmap.domain.errors import StorageProblem
from injectmap.domain.ids import new_id
from injectmap.domain.settings import ClinicSettings
from injectmap.storage import migrations, tables
from injectmap.storage.layout import begin_clinic, make_tables
from injectmap.storage.server import ServerDatabase
from injectmap.storage.server_engine import make_engine, parse_address
from injectmap.storage.triggers import create_triggers

# "injm": who makes or changes a schema holds this on the server, one after the other.
_SCHEMA_LOCK = tables.APPLICATION_ID
_MAY_READ = (
    "SELECT has_table_privilege('alembic_version', 'SELECT') AND has_table_privilege('journal', 'SELECT')"
)
_KNOWN = ("file_mark", "chain_head", "alembic_version", "journal")


def open_server(address: str) -> ServerDatabase:
    """Open the clinic of a database on a server.

    Raises StorageProblem: `server_not_reachable`, `server_refused`, `server_not_trusted`, `server_has_no_database`,
    `server_empty`, `server_not_ours`, `server_newer`, `server_needs_upgrade`, `server_rights_none`. One in which
    nothing may be written is opened for reading and says why in `read_only_reason`. InputRefused for what is no
    address.
    """
    url = parse_address(address)
    with _bare(url, hurried=True) as connection:
        version = _identify(connection, url)
        if version < tables.SCHEMA_VERSION:
            raise StorageProblem("server_needs_upgrade", name=url.database or "")
        reason = _why_not_writable(connection)
        name = str(connection.scalar(text("SELECT current_database()")))
    return ServerDatabase(url, name, read_only_reason=reason)


def create_server(address: str, settings: ClinicSettings, *, clinic_id: str | None = None) -> ServerDatabase:
    """Make a new clinic in an empty database and open it; one that holds anything is refused."""
    url = parse_address(address)
    with empty_database(url) as connection:
        make_tables(connection)
        begin_clinic(connection, settings, clinic_id or new_id())
        create_triggers(connection)
        connection.commit()
    return open_server(address)


@contextmanager
def empty_database(url: URL) -> Iterator[Connection]:
    """A transaction in a database without any table, for filling it; the caller commits."""
    with _bare(url, hurried=False) as connection:
        connection.exec_driver_sql("BEGIN")
        _wait_for_schema(connection)
        if connection.scalar(text("SHOW server_encoding")) != "UTF8":
            raise StorageProblem("server_not_utf8", name=url.database or "")
        if _holds_tables(connection):
            raise StorageProblem("server_not_empty", name=url.database or "")
        yield connection


def upgrade_server(address: str) -> bool:
    """Bring the clinic of a database to the present schema, all or nothing; False if it was there already.

    Of two programs that try, the second waits and then finds nothing to do.
    """
    url = parse_address(address)
    with _bare(url, hurried=False) as connection:
        if _identify(connection, url) == tables.SCHEMA_VERSION:
            return False
        connection.exec_driver_sql("BEGIN")
        _wait_for_schema(connection)
        # Read again: the one who was first may have done it.
        if _identify(connection, url) == tables.SCHEMA_VERSION:
            return False
        migrations.upgrade_server(connection, url.database or "", to=tables.SCHEMA_VERSION)
        connection.commit()
    return True


@contextmanager
def _bare(url: URL, *, hurried: bool) -> Iterator[Connection]:
    """One connection, closed at the end; what was not committed is rolled back."""
    engine = make_engine(url, NullPool, hurried=hurried)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _wait_for_schema(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _SCHEMA_LOCK})


def _holds_tables(connection: Connection) -> bool:
    found = connection.scalar(
        text("SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace")
    )
    return bool(found)


def _identify(connection: Connection, url: URL) -> int:
    """Return the schema version of a clinic of ours; StorageProblem if it is none, or newer than we are."""
    name = url.database or ""
    if connection.scalar(text("SELECT current_schema()")) is None:
        raise StorageProblem("server_rights_none", name=name)
    there = connection.scalar(
        text(
            "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relname = ANY(:known) "
            "AND relnamespace = current_schema()::regnamespace"
        ),
        {"known": list(_KNOWN)},
    )
    if there != len(_KNOWN):
        raise StorageProblem("server_not_ours" if _holds_tables(connection) else "server_empty", name=name)
    if not connection.scalar(text(_MAY_READ)):
        raise StorageProblem("server_rights_none", name=name)
    versions = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    if len(versions) != 1 or not str(versions[0]).isdecimal():
        raise StorageProblem("server_not_ours", name=name)
    version = int(versions[0])
    if version > tables.SCHEMA_VERSION:
        raise StorageProblem("server_newer", name=name, version=version, known=tables.SCHEMA_VERSION)
    return version


def _why_not_writable(connection: Connection) -> StorageProblem | None:
    if connection.scalar(
        text("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool")
    ):
        return StorageProblem("server_read_only")
    if not connection.scalar(
        text(
            "SELECT has_table_privilege('journal', 'INSERT') AND has_table_privilege('chain_head', 'UPDATE')"
        )
    ):
        return StorageProblem("server_rights_missing")
    return None
