"""Guards inside the file: what no statement, ours included, may do to the journal and to records of care.

They are dropped and made again after each migration, so this module is their only home.
"""

from __future__ import annotations

from sqlalchemy import Connection


def _refuse(name: str, when: str, table: str, why: str, condition: str = "") -> tuple[str, str]:
    clause = f" WHEN {condition}" if condition else ""
    return name, (
        f"CREATE TRIGGER {name} BEFORE {when} ON {table} FOR EACH ROW{clause} "
        f"BEGIN SELECT RAISE(ABORT, '{why}'); END"
    )


_NEXT_IN_CHAIN = (
    "NOT EXISTS (SELECT 1 FROM chain_head AS head "
    "WHERE NEW.number = head.number + 1 AND NEW.previous = head.hash)"
)

TRIGGERS: dict[str, str] = dict(
    [
        _refuse("journal_is_never_changed", "UPDATE", "journal", "the journal is never changed"),
        _refuse("journal_is_never_deleted", "DELETE", "journal", "the journal is never deleted"),
        _refuse(
            "journal_grows_at_its_head", "INSERT", "journal", "the journal grows at its head", _NEXT_IN_CHAIN
        ),
        _refuse(
            "chain_head_stays_one",
            "INSERT",
            "chain_head",
            "there is one chain",
            "EXISTS (SELECT 1 FROM chain_head)",
        ),
        _refuse("chain_head_is_never_deleted", "DELETE", "chain_head", "there is one chain"),
        _refuse(
            "chain_head_moves_forward",
            "UPDATE",
            "chain_head",
            "the chain moves forward",
            "NEW.number <> OLD.number + 1",
        ),
        _refuse(
            "file_mark_stays_one",
            "INSERT",
            "file_mark",
            "a file has one mark",
            "EXISTS (SELECT 1 FROM file_mark)",
        ),
        _refuse("file_mark_is_never_changed", "UPDATE", "file_mark", "the mark of a file is never changed"),
        _refuse("file_mark_is_never_deleted", "DELETE", "file_mark", "the mark of a file is never deleted"),
        _refuse("patients_are_never_deleted", "DELETE", "patients", "patients are marked as in error"),
        _refuse("practitioners_are_never_deleted", "DELETE", "practitioners", "practitioners are kept"),
        _refuse(
            "treatment_sessions_are_never_deleted",
            "DELETE",
            "treatment_sessions",
            "sessions are marked as in error",
        ),
        _refuse("syringes_are_never_deleted", "DELETE", "syringes", "syringes are kept"),
    ]
)


def create_triggers(connection: Connection) -> None:
    """Drop every trigger of the file and make the declared ones."""
    found = (
        connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    )
    for name in found:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    for statement in TRIGGERS.values():
        connection.exec_driver_sql(statement)
