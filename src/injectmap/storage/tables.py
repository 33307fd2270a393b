"""The tables of a clinic file, as SQLAlchemy Core describes them; a change here needs a migration."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.record import RecordState
from injectmap.domain.settings import Paper
from injectmap.domain.treatment_map import InstrumentKind, PassStatus, Plane, Technique
from injectmap.storage.columns import (
    TEXT,
    WHOLE,
    at_least,
    is_date,
    metadata,
    one_of,
    points_at,
    single_row,
    table,
    text,
    whole,
)
from injectmap.storage.record_tables import (
    adverse_events,
    amendments,
    cosignatures,
    follow_ups,
    outcome_scores,
    protocols,
    record_entries,
    record_versions,
    stock_items,
    stock_movements,
)

# "injm": what `file` and our own opening find at byte 68 of a plain file.
APPLICATION_ID = 0x696E6A6D
SCHEMA_VERSION = 3

file_mark = table(
    "file_mark",
    *single_row(),
    text("clinic_id"),
    whole("demo"),
    whole("created_ms"),
    text("created_by"),
    CheckConstraint("demo IN (0, 1)", name="demo_known"),
)

clinic = table(
    "clinic",
    *single_row(),
    text("name"),
    text("time_zone"),
    text("paper"),
    text("options"),
    one_of("paper", Paper),
)

practitioners = table(
    "practitioners", text("id", primary_key=True), text("name"), text("profession"), text("register_number")
)

# How a person gets in, apart from who it is: records name the practitioner and never read this.
accounts = table(
    "accounts",
    Column("practitioner_id", TEXT, ForeignKey("practitioners.id", ondelete="RESTRICT"), primary_key=True),
    text("roles"),
    whole("active"),
    # Argon2id in its usual text form; empty for a person who cannot sign in.
    text("password_hash"),
    whole("revision"),
    CheckConstraint("active IN (0, 1)", name="active_known"),
    at_least("revision", 1),
)

patients = table(
    "patients",
    text("id", primary_key=True),
    whole("number", unique=True),
    text("family_name"),
    text("given_name"),
    text("folded_name"),
    text("birth_date", index=True),
    text("sex"),
    text("telephone"),
    whole("revision"),
    text("error_reason"),
    at_least("number", 1),
    at_least("revision", 1),
    is_date("birth_date"),
)

# Each word of each name, for prefixes too short for the trigram index; kept by storage.search.
patient_name_parts = table(
    "patient_name_parts",
    text("part"),
    Column("patient_number", WHOLE, ForeignKey("patients.number", ondelete="RESTRICT"), nullable=False),
    PrimaryKeyConstraint("part", "patient_number"),
    Index(None, "patient_number"),
    rowid=False,
)

treatment_sessions = table(
    "treatment_sessions",
    text("id", primary_key=True),
    whole("number", unique=True),
    points_at("patient_id", "patients.id"),
    points_at("practitioner_id", "practitioners.id"),
    text("date"),
    whole("head_version"),
    whole("zones_version"),
    text("default_technique"),
    text("default_plane"),
    text("default_instrument_kind"),
    whole("default_gauge"),
    whole("default_instrument_um"),
    whole("default_ul"),
    whole("revision"),
    text("error_reason"),
    text("state"),
    whole("version"),
    Column("follow_up", TEXT, index=True),
    at_least("number", 1),
    at_least("revision", 1),
    at_least("version", 1),
    at_least("default_ul", 1),
    is_date("date"),
    is_date("follow_up"),
    one_of("state", RecordState),
    one_of("default_technique", Technique),
    one_of("default_plane", Plane),
    one_of("default_instrument_kind", InstrumentKind),
    # What the list of those due needs of a patient's last treatment, without the row.
    Index(None, "patient_id", "date", "number", "error_reason"),
    Index(None, "date", "number"),
)

syringes = table(
    "syringes",
    text("id", primary_key=True),
    points_at("session_id", "treatment_sessions.id"),
    whole("number"),
    text("product_id"),
    text("product_name"),
    text("product"),
    text("lot"),
    # The lot as a recall looks it up: without outer space and letter case.
    text("folded_lot", index=True),
    Column("expiry", TEXT),
    text("serial"),
    text("udi"),
    Column("opened_volume_ul", WHOLE),
    whole("discarded_ul"),
    text("expired_reason"),
    Column("stock_item_id", TEXT, ForeignKey("stock_items.id", ondelete="RESTRICT")),
    at_least("number", 1),
    at_least("opened_volume_ul", 0),
    at_least("discarded_ul", 0),
    is_date("expiry"),
    UniqueConstraint("session_id", "number"),
)

passes = table(
    "passes",
    text("id", primary_key=True),
    points_at("session_id", "treatment_sessions.id"),
    whole("drawn_order"),
    text("entry_id"),
    whole("curved"),
    Column("controls", LargeBinary, nullable=False),
    Column("points", LargeBinary, nullable=False),
    whole("length_um"),
    text("zones"),
    text("technique"),
    text("plane"),
    Column("depth_um", WHOLE),
    text("instrument_kind"),
    whole("gauge"),
    whole("instrument_um"),
    text("status"),
    text("deposits"),
    # No foreign key: a plan may be taken back after it was carried out, and an edit may do both at once.
    Column("fulfils", TEXT),
    text("deviation"),
    text("reference"),
    at_least("length_um", 0),
    at_least("depth_um", 0),
    CheckConstraint("curved IN (0, 1)", name="curved_known"),
    # Twelve bytes a point, at least two points.
    CheckConstraint("length(controls) % 12 = 0 AND length(controls) >= 24", name="controls_whole"),
    CheckConstraint("length(points) % 12 = 0 AND length(points) >= 24", name="points_whole"),
    one_of("technique", Technique),
    one_of("plane", Plane),
    one_of("instrument_kind", InstrumentKind),
    one_of("status", PassStatus),
    UniqueConstraint("session_id", "drawn_order"),
)

pass_shares = table(
    "pass_shares",
    points_at("pass_id", "passes.id"),
    whole("position"),
    # Empty for a volume that is only planned.
    Column("syringe_id", TEXT, ForeignKey("syringes.id", ondelete="RESTRICT"), index=True),
    whole("microlitres"),
    at_least("microlitres", 1),
    PrimaryKeyConstraint("pass_id", "position"),
    rowid=False,
)

map_items = table(
    "map_items",
    points_at("session_id", "treatment_sessions.id"),
    text("id"),
    text("kind"),
    text("body"),
    CheckConstraint("kind IN ('measurement', 'zone_move', 'protocol')", name="kind_known"),
    PrimaryKeyConstraint("session_id", "id"),
)

journal = table(
    "journal",
    Column("number", WHOLE, primary_key=True, autoincrement=False),
    whole("at_ms"),
    text("practitioner_id"),
    text("workstation"),
    text("subject_kind"),
    text("subject_id"),
    text("kind"),
    Column("undoes", WHOLE),
    Column("payload", TEXT),
    Column("salt", TEXT),
    text("payload_digest"),
    text("previous"),
    text("hash"),
    one_of("subject_kind", SubjectKind),
    one_of("kind", JournalKind),
    Index(None, "subject_id"),
)

# The subjects of which journal rows have lost their payload, each with the row that says so.
erased_subjects = table(
    "erased_subjects",
    text("subject_id", primary_key=True),
    Column("number", WHOLE, ForeignKey("journal.number", ondelete="RESTRICT"), nullable=False),
)

chain_head = table("chain_head", *single_row(), whole("number"), text("hash"))

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
    return (
        clinic,
        practitioners,
        accounts,
        patients,
        treatment_sessions,
        syringes,
        passes,
        pass_shares,
        map_items,
        record_entries,
        record_versions,
        cosignatures,
        amendments,
        stock_items,
        stock_movements,
        protocols,
        follow_ups,
        outcome_scores,
        adverse_events,
    )
