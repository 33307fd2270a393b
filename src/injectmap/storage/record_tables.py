"""The tables of a record's life, of stock, of the clinic's protocols and of aftercare; a change needs a migration."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    func,
    literal_column,
)

from injectmap.domain.record import RecordField
from injectmap.domain.stock import MovementKind
from injectmap.storage.columns import TEXT, WHOLE, at_least, is_date, one_of, points_at, table, text, whole

record_entries = table(
    "record_entries",
    points_at("session_id", "treatment_sessions.id"),
    text("field"),
    whole("at_ms"),
    points_at("practitioner_id", "practitioners.id"),
    text("details"),
    text("body"),
    one_of("field", RecordField),
    PrimaryKeyConstraint("session_id", "field"),
)

# The document and its pictures come last: what is listed is read without them.
record_versions = table(
    "record_versions",
    points_at("session_id", "treatment_sessions.id"),
    whole("version"),
    text("digest"),
    whole("signed_at_ms"),
    points_at("practitioner_id", "practitioners.id"),
    text("practitioner_name"),
    text("document"),
    text("pictures"),
    at_least("version", 1),
    PrimaryKeyConstraint("session_id", "version"),
)

cosignatures = table(
    "cosignatures",
    text("session_id"),
    whole("version"),
    points_at("practitioner_id", "practitioners.id"),
    text("practitioner_name"),
    whole("at_ms"),
    PrimaryKeyConstraint("session_id", "version"),
    ForeignKeyConstraint(
        ["session_id", "version"],
        ["record_versions.session_id", "record_versions.version"],
        ondelete="RESTRICT",
    ),
)

amendments = table(
    "amendments",
    points_at("session_id", "treatment_sessions.id"),
    whole("version"),
    text("reason"),
    whole("at_ms"),
    points_at("practitioner_id", "practitioners.id"),
    text("practitioner_name"),
    at_least("version", 2),
    CheckConstraint("trim(reason) <> ''", name="reason_given"),
    PrimaryKeyConstraint("session_id", "version"),
)

# The count is the sum of the item's movements; a guard keeps it.
stock_items = table(
    "stock_items",
    text("id", primary_key=True),
    text("product_id"),
    text("product_name"),
    text("product"),
    text("lot"),
    text("folded_lot"),
    Column("expiry", TEXT),
    text("serial"),
    text("udi"),
    whole("count"),
    whole("revision"),
    at_least("revision", 1),
    is_date("expiry"),
)
Index(
    "uq_stock_items_unit",
    stock_items.c.product_id,
    stock_items.c.folded_lot,
    func.coalesce(stock_items.c.expiry, literal_column("''")),
    stock_items.c.serial,
    unique=True,
)

stock_movements = table(
    "stock_movements",
    Column("number", WHOLE, primary_key=True, autoincrement=False),
    text("id", unique=True),
    points_at("item_id", "stock_items.id", index=True),
    text("kind"),
    whole("units"),
    whole("at_ms"),
    points_at("practitioner_id", "practitioners.id"),
    text("reason"),
    Column("session_id", TEXT, ForeignKey("treatment_sessions.id", ondelete="RESTRICT"), index=True),
    one_of("kind", MovementKind),
)

protocols = table(
    "protocols",
    text("id"),
    whole("version"),
    text("name"),
    text("body"),
    at_least("version", 1),
    PrimaryKeyConstraint("id", "version"),
)

follow_ups = table(
    "follow_ups",
    text("id", primary_key=True),
    points_at("patient_id", "patients.id", index=True),
    Column("session_id", TEXT, ForeignKey("treatment_sessions.id", ondelete="RESTRICT"), index=True),
    text("due", index=True),
    text("note"),
    Column("done_on", TEXT),
    whole("revision"),
    at_least("revision", 1),
    is_date("due"),
    is_date("done_on"),
)

outcome_scores = table(
    "outcome_scores",
    text("id", primary_key=True),
    points_at("patient_id", "patients.id", index=True),
    points_at("session_id", "treatment_sessions.id"),
    text("scale"),
    text("score"),
    text("rater"),
    text("date"),
    text("note"),
    whole("revision"),
    at_least("revision", 1),
    is_date("date"),
)

adverse_events = table(
    "adverse_events",
    text("id", primary_key=True),
    points_at("patient_id", "patients.id", index=True),
    points_at("session_id", "treatment_sessions.id"),
    text("title"),
    whole("onset_ms"),
    text("entries"),
    text("syringe_ids"),
    text("pass_ids"),
    text("report_number"),
    text("reported_to"),
    text("outcome"),
    whole("closed"),
    whole("revision"),
    text("error_reason"),
    at_least("revision", 1),
    CheckConstraint("closed IN (0, 1)", name="closed_known"),
)
