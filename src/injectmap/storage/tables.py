"""The tables of a clinic file, as SQLAlchemy Core describes them; a change here needs a migration."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.settings import Paper
from injectmap.domain.treatment_map import InstrumentKind, PassStatus, Plane, Technique

# "injm": what `file` and our own opening find at byte 68 of a plain file.
APPLICATION_ID = 0x696E6A6D
SCHEMA_VERSION = 1

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _one_of(column: str, values: type[StrEnum]) -> CheckConstraint:
    listed = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def _date(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} LIKE '____-__-__'", name=f"{column}_is_date")


def _at_least(column: str, least: int) -> CheckConstraint:
    return CheckConstraint(f"{column} >= {least}", name=f"{column}_range")


def _text(name: str, **options: Any) -> Column[str]:
    return Column(name, Text, nullable=False, **options)


def _whole(name: str, **options: Any) -> Column[int]:
    return Column(name, Integer, nullable=False, **options)


def _points_at(name: str, target: str, **options: Any) -> Column[str]:
    return Column(name, Text, ForeignKey(target, ondelete="RESTRICT"), nullable=False, **options)


def _single_row() -> tuple[Any, ...]:
    return Column("id", Integer, primary_key=True), CheckConstraint("id = 1", name="single")


def _table(name: str, *parts: Any, rowid: bool = True) -> Table:
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=rowid)


file_mark = _table(
    "file_mark",
    *_single_row(),
    _text("clinic_id"),
    _whole("demo"),
    _whole("created_ms"),
    _text("created_by"),
    CheckConstraint("demo IN (0, 1)", name="demo_known"),
)

clinic = _table(
    "clinic", *_single_row(), _text("name"), _text("time_zone"), _text("paper"), _one_of("paper", Paper)
)

practitioners = _table(
    "practitioners",
    _text("id", primary_key=True),
    _text("name"),
    _text("profession"),
    _text("register_number"),
)

patients = _table(
    "patients",
    _text("id", primary_key=True),
    _whole("number", unique=True),
    _text("family_name"),
    _text("given_name"),
    _text("folded_name"),
    _text("birth_date", index=True),
    _text("sex"),
    _text("telephone"),
    _whole("revision"),
    _text("error_reason"),
    _at_least("number", 1),
    _at_least("revision", 1),
    _date("birth_date"),
)

# Each word of each name, for prefixes too short for the trigram index; kept by storage.search.
patient_name_parts = _table(
    "patient_name_parts",
    _text("part"),
    Column("patient_number", Integer, ForeignKey("patients.number", ondelete="RESTRICT"), nullable=False),
    PrimaryKeyConstraint("part", "patient_number"),
    Index(None, "patient_number"),
    rowid=False,
)

treatment_sessions = _table(
    "treatment_sessions",
    _text("id", primary_key=True),
    _whole("number", unique=True),
    _points_at("patient_id", "patients.id"),
    _points_at("practitioner_id", "practitioners.id"),
    _text("date"),
    _whole("head_version"),
    _whole("zones_version"),
    _text("default_technique"),
    _text("default_plane"),
    _text("default_instrument_kind"),
    _whole("default_gauge"),
    _whole("default_instrument_um"),
    _whole("default_ul"),
    _whole("revision"),
    _text("error_reason"),
    _at_least("number", 1),
    _at_least("revision", 1),
    _at_least("default_ul", 1),
    _date("date"),
    _one_of("default_technique", Technique),
    _one_of("default_plane", Plane),
    _one_of("default_instrument_kind", InstrumentKind),
    Index(None, "patient_id", "date"),
    Index(None, "date", "number"),
)

syringes = _table(
    "syringes",
    _text("id", primary_key=True),
    _points_at("session_id", "treatment_sessions.id"),
    _whole("number"),
    _text("product_id"),
    _text("product_name"),
    _text("product"),
    _text("lot", index=True),
    Column("expiry", Text),
    _text("serial"),
    _at_least("number", 1),
    _date("expiry"),
    UniqueConstraint("session_id", "number"),
)

passes = _table(
    "passes",
    _text("id", primary_key=True),
    _points_at("session_id", "treatment_sessions.id"),
    _whole("drawn_order"),
    _text("entry_id"),
    _whole("curved"),
    Column("controls", LargeBinary, nullable=False),
    Column("points", LargeBinary, nullable=False),
    _whole("length_um"),
    _text("zones"),
    _text("technique"),
    _text("plane"),
    Column("depth_um", Integer),
    _text("instrument_kind"),
    _whole("gauge"),
    _whole("instrument_um"),
    _text("status"),
    _at_least("length_um", 0),
    _at_least("depth_um", 0),
    CheckConstraint("curved IN (0, 1)", name="curved_known"),
    # Twelve bytes a point, at least two points.
    CheckConstraint("length(controls) % 12 = 0 AND length(controls) >= 24", name="controls_whole"),
    CheckConstraint("length(points) % 12 = 0 AND length(points) >= 24", name="points_whole"),
    _one_of("technique", Technique),
    _one_of("plane", Plane),
    _one_of("instrument_kind", InstrumentKind),
    _one_of("status", PassStatus),
    UniqueConstraint("session_id", "drawn_order"),
)

pass_shares = _table(
    "pass_shares",
    _points_at("pass_id", "passes.id"),
    _whole("position"),
    _points_at("syringe_id", "syringes.id", index=True),
    _whole("microlitres"),
    _at_least("microlitres", 1),
    PrimaryKeyConstraint("pass_id", "position"),
    rowid=False,
)

journal = _table(
    "journal",
    Column("number", Integer, primary_key=True),
    _whole("at_ms"),
    _text("practitioner_id"),
    _text("workstation"),
    _text("subject_kind"),
    _text("subject_id"),
    _text("kind"),
    Column("undoes", Integer),
    Column("payload", Text),
    Column("salt", Text),
    _text("payload_digest"),
    _text("previous"),
    _text("hash"),
    _one_of("subject_kind", SubjectKind),
    _one_of("kind", JournalKind),
    Index(None, "subject_id"),
)

chain_head = _table("chain_head", *_single_row(), _whole("number"), _text("hash"))

# Alembic's own table, declared here so that a new file is stamped without importing Alembic.
alembic_version = Table(
    "alembic_version",
    metadata,
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def revision_id(schema_version: int) -> str:
    """Return Alembic's name for a schema version."""
    return f"{schema_version:04d}"


def clinical_tables() -> Iterable[Table]:
    """Tables that hold clinical data, each change of which is journalled."""
    return (clinic, practitioners, patients, treatment_sessions, syringes, passes, pass_shares)
