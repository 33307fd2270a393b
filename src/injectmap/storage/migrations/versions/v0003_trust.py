"""Accounts, erased subjects, more kinds of journal rows, settings of trust, and an index for the list of those due."""

import json

from alembic import op
from sqlalchemy import text

from injectmap.storage.migrations.steps import execute, rebuild

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JOURNAL = """
CREATE TABLE journal_new (
    number INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    practitioner_id TEXT NOT NULL,
    workstation TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    undoes INTEGER,
    payload TEXT,
    salt TEXT,
    payload_digest TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_journal PRIMARY KEY (number),
    CONSTRAINT ck_journal_subject_kind_known CHECK (subject_kind IN ('clinic', 'practitioner', 'account', 'patient', 'treatment_session', 'syringe', 'record_entry', 'record_version', 'amendment', 'stock_item', 'protocol', 'adverse_event', 'follow_up', 'outcome_score')),
    CONSTRAINT ck_journal_kind_known CHECK (kind IN ('edit', 'put', 'remove', 'read', 'sign', 'erase', 'enter', 'refuse', 'restore'))
) STRICT
"""

NEW = (
    """
CREATE TABLE accounts (
    practitioner_id TEXT NOT NULL,
    roles TEXT NOT NULL,
    active INTEGER NOT NULL,
    password_hash TEXT NOT NULL,
    revision INTEGER NOT NULL,
    CONSTRAINT pk_accounts PRIMARY KEY (practitioner_id),
    CONSTRAINT ck_accounts_active_known CHECK (active IN (0, 1)),
    CONSTRAINT ck_accounts_revision_range CHECK (revision >= 1),
    CONSTRAINT fk_accounts_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES practitioners (id) ON DELETE RESTRICT
) STRICT
""",
    """
CREATE TABLE erased_subjects (
    subject_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    CONSTRAINT pk_erased_subjects PRIMARY KEY (subject_id),
    CONSTRAINT fk_erased_subjects_number FOREIGN KEY(number) REFERENCES journal (number) ON DELETE RESTRICT
) STRICT
""",
)

# What a clinic had before it could choose.
CHOICES = {"retention_years": None, "journal_reads": False, "idle_lock_minutes": 10}


def upgrade() -> None:
    """Rebuild the journal with its longer lists of kinds, add the tables, the index and the new choices."""
    connection = op.get_bind()
    rebuild("journal", JOURNAL, "*")
    execute("CREATE INDEX ix_journal_subject_id ON journal (subject_id)")
    for statement in NEW:
        execute(statement)
    execute("DROP INDEX ix_treatment_sessions_patient_id_date")
    execute(
        "CREATE INDEX ix_treatment_sessions_patient_id_date_number_error_reason "
        "ON treatment_sessions (patient_id, date, number, error_reason)"
    )
    for (options,) in connection.execute(text("SELECT options FROM clinic")).all():
        chosen = CHOICES | json.loads(options)
        written = json.dumps(chosen, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        connection.execute(text("UPDATE clinic SET options = :options"), {"options": written})
