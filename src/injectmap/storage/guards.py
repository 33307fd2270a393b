"""How a guard is written in a clinic file and on a server: one declaration, the same refusal on both."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, text

from injectmap.domain.proof import key_text
from injectmap.storage.columns import metadata
from injectmap.storage.engines import is_server

# A server has no row numbers that a statement could name.
_BY_ROW_NUMBER = (" OR there.rowid = NEW.rowid", " OR NEW.rowid <> OLD.rowid")
_SAME = re.compile(r"(NEW\.\w+) IS (OLD\.\w+)")
_EMPTIED = "tables_are_never_emptied"
_QUOTE = "$guard$"
_REFUSE_EMPTYING = "RAISE EXCEPTION USING MESSAGE = 'a table is never emptied', ERRCODE = 'check_violation';"
_NEVER_EMPTIED = f" BEGIN {_REFUSE_EMPTYING} END "


_BESIDE_GUARDS = """
WITH ours AS (
    SELECT oid, relname, relrowsecurity OR relforcerowsecurity AS secured FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(:tables)
)
SELECT 'rule', relname, rulename::text FROM ours JOIN pg_rewrite ON ev_class = ours.oid
UNION ALL SELECT 'policy', relname, polname::text FROM ours JOIN pg_policy ON polrelid = ours.oid
UNION ALL SELECT 'row-security', relname, 'on' FROM ours WHERE secured
"""


@dataclass(frozen=True, slots=True)
class Guard:
    """One trigger for each row: it refuses, or does something, where its condition holds.

    The texts are SQLite's; a condition compares columns of NEW and OLD with IS where they may be NULL.
    """

    name: str
    when: str
    table: str
    condition: str = ""
    why: str = ""
    does: str = ""

    def for_file(self) -> str:
        """The statement that makes it in a clinic file."""
        clause = f" WHEN {self.condition}" if self.condition else ""
        body = self.does or f"SELECT RAISE(ABORT, '{self.why}')"
        return (
            f"CREATE TRIGGER {self.name} {self.when} ON {self.table} FOR EACH ROW{clause} BEGIN {body}; END"
        )

    def for_server(self, schema: str) -> tuple[str, str]:
        """The statements that make its function and its trigger on a server.

        The function looks in the clinic's schema alone, or a temporary table of the same name would blind it.
        """
        condition = self.condition or "TRUE"
        for one in _BY_ROW_NUMBER:
            condition = condition.replace(one, "")
        condition = _SAME.sub(r"\1 IS NOT DISTINCT FROM \2", condition)
        body = self.does or f"RAISE EXCEPTION USING MESSAGE = '{self.why}', ERRCODE = 'check_violation'"
        row = "OLD" if self.when.endswith("DELETE") else "NEW"
        return (
            _function(self.name, schema, f"IF {condition} THEN {body}; END IF; RETURN {row};"),
            f"CREATE TRIGGER {self.name} {self.when} ON {self.table} FOR EACH ROW EXECUTE FUNCTION {self.name}()",
        )


def create_guards(connection: Connection, guards: Iterable[Guard]) -> None:
    """Make the guards in the database of a connection."""
    if not is_server(connection):
        for guard in guards:
            _run(connection, guard.for_file())
        return
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    for guard in guards:
        for statement in guard.for_server(schema):
            _run(connection, statement)
    _run(connection, _function(_EMPTIED, schema, _REFUSE_EMPTYING))
    for table in metadata.tables:
        _run(
            connection,
            f"CREATE TRIGGER {table}_is_never_emptied BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {_EMPTIED}()",
        )


def drop_guards(connection: Connection) -> None:
    """Drop every trigger of the database."""
    if not is_server(connection):
        found = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in found.scalars().all():
            # Of a file that somebody else has worked on the name may be anything.
            quoted = name.replace('"', '""')
            _run(connection, f'DROP TRIGGER "{quoted}"')
        return
    for table, name in connection.exec_driver_sql(
        "SELECT t.tgrelid::regclass::text, quote_ident(t.tgname) FROM pg_trigger AS t "
        "JOIN pg_class AS c ON c.oid = t.tgrelid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
    ).all():
        _run(connection, f"DROP TRIGGER {name} ON {table}")
    for (name,) in connection.exec_driver_sql(
        "SELECT p.oid::regprocedure::text FROM pg_proc AS p WHERE p.pronamespace = current_schema()::regnamespace "
        "AND p.prorettype = 'trigger'::regtype"
    ).all():
        _run(connection, f"DROP FUNCTION {name}")


def declared_on_server(connection: Connection, guards: Iterable[Guard]) -> dict[str, str]:
    """What `found_on_server` must find: each trigger's table, that it is on, and what its function does."""
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    declared = {
        guard.name: f"{guard.table} O {guard.for_server(schema)[0].split(_QUOTE)[1]}" for guard in guards
    }
    for table in metadata.tables:
        declared[f"{table}_is_never_emptied"] = f"{table} O {_NEVER_EMPTIED}"
    return declared


def found_on_server(connection: Connection) -> dict[str, str]:
    """The triggers that there are, each with its table, its state and what its function does.

    Rewrite rules and row security on our tables are listed with them: none is ours, and each can turn a statement away
    from a guard, or rows away from whoever reads.
    """
    rows = connection.exec_driver_sql(
        "SELECT t.tgname, c.relname, t.tgenabled, p.prosrc FROM pg_trigger AS t "
        "JOIN pg_class AS c ON c.oid = t.tgrelid JOIN pg_proc AS p ON p.oid = t.tgfoid "
        "WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace"
    )
    found = {}
    for name, table, state, body in rows:
        on = state.decode() if isinstance(state, bytes) else state
        found[name] = f"{table} {on} {body}"
    others = connection.execute(text(_BESIDE_GUARDS), {"tables": list(metadata.tables)})
    return found | {key_text(tuple(one)): "" for one in others}


def _function(name: str, schema: str, body: str) -> str:
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp "
        f"AS {_QUOTE} BEGIN {body} END {_QUOTE}"
    )


def _run(connection: Connection, statement: str) -> None:
    connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
