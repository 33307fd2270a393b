"""How the tables of a clinic are described: names of constraints, kinds of columns, checks."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, MetaData, Table, Text

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# Sorted byte by byte, as SQLite sorts, whatever language the server was set up in.
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
# Milliseconds since 1970 outgrow the server's plain integer.
WHOLE = Integer().with_variant(BigInteger(), "postgresql")


def one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    """A column that holds one of an enum's values; a grown enum needs a migration."""
    listed = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def is_date(column: str) -> CheckConstraint:
    """A column that holds an ISO date."""
    return CheckConstraint(f"{column} LIKE '____-__-__'", name=f"{column}_is_date")


def at_least(column: str, least: int) -> CheckConstraint:
    """A column that holds no less, if it holds anything."""
    return CheckConstraint(f"{column} >= {least}", name=f"{column}_range")


def text(name: str, **options: Any) -> Column[str]:
    """A column of text that is never NULL."""
    return Column(name, TEXT, nullable=False, **options)


def whole(name: str, **options: Any) -> Column[int]:
    """A column of whole numbers that is never NULL."""
    return Column(name, WHOLE, nullable=False, **options)


def points_at(name: str, target: str, **options: Any) -> Column[str]:
    """A column that names a row which cannot go away."""
    return Column(name, TEXT, ForeignKey(target, ondelete="RESTRICT"), nullable=False, **options)


def single_row() -> tuple[Any, ...]:
    """What makes a table of one row."""
    return Column("id", WHOLE, primary_key=True, autoincrement=False), CheckConstraint(
        "id = 1", name="single"
    )


def table(name: str, *parts: Any, rowid: bool = True) -> Table:
    """A strict table; in SQLite `rowid=False` keeps its rows in the order of the primary key."""
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=rowid)
