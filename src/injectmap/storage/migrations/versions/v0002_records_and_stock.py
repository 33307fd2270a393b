"""Records that are signed and amended, deposits, plans, map items, stock, protocols, aftercare, clinic options."""

from alembic import op
from sqlalchemy import Connection, text

from injectmap.storage.migrations.steps import execute, rebuild

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# What a clinic had before it could choose.
OPTIONS = (
    '{"aftercare_leaflet":"","consent_form":"","expiry_notice_days":90,"low_stock":2,"phrases":[],'
    '"required":["balance","confirmed","consent","expiry","lot","plane","reason","risks","volume"],'
    '"review_months":18}'
)

NEW = (
    """
CREATE TABLE map_items (
    session_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_map_items PRIMARY KEY (session_id, id),
    CONSTRAINT ck_map_items_kind_known CHECK (kind IN ('measurement', 'zone_move', 'protocol')),
    CONSTRAINT fk_map_items_session_id FOREIGN KEY(session_id) REFERENCES treatment_sessions (id) ON DELETE RESTRICT
) STRICT
""",
    """
CREATE TABLE record_entries (
    session_id TEXT NOT NULL,
    field TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    practitioner_id TEXT NOT NULL,
    details TEXT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_record_entries PRIMARY KEY (session_id, field),
    CONSTRAINT ck_record_entries_field_known CHECK (field IN ('concern', 'reason', 'risks', 'consent', 'history', 'preparation', 'anaesthesia', 'asymmetry', 'reactions', 'aftercare', 'photographs', 'notes')),
    CONSTRAINT fk_record_entries_session_id FOREIGN KEY(session_id) REFERENCES treatment_sessions (id) ON DELETE RESTRICT,
    CONSTRAINT fk_record_entries_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES practitioners (id) ON DELETE RESTRICT
) STRICT
""",
    """
CREATE TABLE record_versions (
    session_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    digest TEXT NOT NULL,
    signed_at_ms INTEGER NOT NULL,
    practitioner_id TEXT NOT NULL,
    practitioner_name TEXT NOT NULL,
    document TEXT NOT NULL,
    pictures TEXT NOT NULL,
    CONSTRAINT pk_record_versions PRIMARY KEY (session_id, version),
    CONSTRAINT ck_record_versions_version_range CHECK (version >= 1),
    CONSTRAINT fk_record_versions_session_id FOREIGN KEY(session_id) REFERENCES treatment_sessions (id) ON DELETE RESTRICT,
    CONSTRAINT fk_record_versions_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES practitioners (id) ON DELETE RESTRICT
) STRICT
""",
    """
CREATE TABLE cosignatures (
    session_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    practitioner_id TEXT NOT NULL,
    practitioner_name TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    CONSTRAINT pk_cosignatures PRIMARY KEY (session_id, version),
    CONSTRAINT fk_cosignatures_session_id FOREIGN KEY(session_id, version) REFERENCES record_versions (session_id, version) ON DELETE RESTRICT,
    CONSTRAINT fk_cosignatures_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES practitioners (id) ON DELETE RESTRICT
) STRICT
""",
    """
CREATE TABLE amendments (
    session_id TEXT NOT NULL,
    version INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    practitioner_id TEXT NOT NULL,
    practitioner_name TEXT NOT NULL,
    CONSTRAINT pk_amendments PRIMARY KEY (session_id, version),
    CONSTRAINT ck_amendments_version_range CHECK (version >= 2),
    CONSTRAINT ck_amendments_reason_given CHECK (trim(reason) <> ''),
    CONSTRAINT fk_amendments_session_id FOREIGN KEY(session_id) REFERENCES treatment_sessions (id) ON DELETE RESTRICT,
    CONSTRAINT fk_amendments_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES practitioners (id) ON DELETE RESTRICT
) STRICT
""",
    """
CREATE TABLE stock_items (
    id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    product_name TEXT NOT NULL,
    product TEXT NOT NULL,
    lot TEXT NOT NULL,
    folded_lot TEXT NOT NULL,
    expiry TEXT,
    serial TEXT NOT NULL,
    udi TEXT NOT NULL,
    count INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    CONSTRAINT pk_stock_items PRIMARY KEY (id),
    CONSTRAINT ck_stock_items_revision_range CHECK (revision >= 1),
    CONSTRAINT ck_stock_items_expiry_is_date CHECK (expiry LIKE '____-__-__')
) STRICT
""",
    "CREATE UNIQUE INDEX uq_stock_items_unit ON stock_items (product_id, folded_lot, coalesce(expiry, ''), serial)",
    """
CREATE TABLE stock_movements (
    number INTEGER NOT NULL,
    id TEXT NOT NULL,
    item_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    units INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    practitioner_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    session_id TEXT,
    CONSTRAINT pk_stock_movements PRIMARY KEY (number),
    CONSTRAINT ck_stock_movements_kind_known CHECK (kind IN ('received', 'adjusted', 'counted', 'used', 'returned')),
    CONSTRAINT uq_stock_movements_id UNIQUE (id),
    CONSTRAINT fk_stock_movements_item_id FOREIGN KEY(item_id) REFERENCES stock_items (id) ON DELETE RESTRICT,
    CONSTRAINT fk_stock_movements_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES practitioners (id) ON DELETE RESTRICT,
    CONSTRAINT fk_stock_movements_session_id FOREIGN KEY(session_id) REFERENCES treatment_sessions (id) ON DELETE RESTRICT
) STRICT
""",
    "CREATE INDEX ix_stock_movements_item_id ON stock_movements (item_id)",
    "CREATE INDEX ix_stock_movements_session_id ON stock_movements (session_id)",
    """
CREATE TABLE protocols (
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    body TEXT NOT NULL,
    CONSTRAINT pk_protocols PRIMARY KEY (id, version),
    CONSTRAINT ck_protocols_version_range CHECK (version >= 1)
) STRICT
""",
    """
CREATE TABLE follow_ups (
    id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    session_id TEXT,
    due TEXT NOT NULL,
    note TEXT NOT NULL,
    done_on TEXT,
    revision INTEGER NOT NULL,
    CONSTRAINT pk_follow_ups PRIMARY KEY (id),
    CONSTRAINT ck_follow_ups_revision_range CHECK (revision >= 1),
    CONSTRAINT ck_follow_ups_due_is_date CHECK (due LIKE '____-__-__'),
    CONSTRAINT ck_follow_ups_done_on_is_date CHECK (done_on LIKE '____-__-__'),
    CONSTRAINT fk_follow_ups_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT fk_follow_ups_session_id FOREIGN KEY(session_id) REFERENCES treatment_sessions (id) ON DELETE RESTRICT
) STRICT
""",
    "CREATE INDEX ix_follow_ups_due ON follow_ups (due)",
    "CREATE INDEX ix_follow_ups_patient_id ON follow_ups (patient_id)",
    "CREATE INDEX ix_follow_ups_session_id ON follow_ups (session_id)",
    """
CREATE TABLE outcome_scores (
    id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    scale TEXT NOT NULL,
    score TEXT NOT NULL,
    rater TEXT NOT NULL,
    date TEXT NOT NULL,
    note TEXT NOT NULL,
    revision INTEGER NOT NULL,
    CONSTRAINT pk_outcome_scores PRIMARY KEY (id),
    CONSTRAINT ck_outcome_scores_revision_range CHECK (revision >= 1),
    CONSTRAINT ck_outcome_scores_date_is_date CHECK (date LIKE '____-__-__'),
    CONSTRAINT fk_outcome_scores_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT fk_outcome_scores_session_id FOREIGN KEY(session_id) REFERENCES treatment_sessions (id) ON DELETE RESTRICT
) STRICT
""",
    "CREATE INDEX ix_outcome_scores_patient_id ON outcome_scores (patient_id)",
    """
CREATE TABLE adverse_events (
    id TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    title TEXT NOT NULL,
    onset_ms INTEGER NOT NULL,
    entries TEXT NOT NULL,
    syringe_ids TEXT NOT NULL,
    pass_ids TEXT NOT NULL,
    report_number TEXT NOT NULL,
    reported_to TEXT NOT NULL,
    outcome TEXT NOT NULL,
    closed INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    error_reason TEXT NOT NULL,
    CONSTRAINT pk_adverse_events PRIMARY KEY (id),
    CONSTRAINT ck_adverse_events_revision_range CHECK (revision >= 1),
    CONSTRAINT ck_adverse_events_closed_known CHECK (closed IN (0, 1)),
    CONSTRAINT fk_adverse_events_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT fk_adverse_events_session_id FOREIGN KEY(session_id) REFERENCES treatment_sessions (id) ON DELETE RESTRICT
) STRICT
""",
    "CREATE INDEX ix_adverse_events_patient_id ON adverse_events (patient_id)",
)

# Their lists of values grew, or their columns: made anew, filled, and put in the old one's place.
REBUILT = {
    "clinic": """
CREATE TABLE clinic_new (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    paper TEXT NOT NULL,
    options TEXT NOT NULL,
    CONSTRAINT pk_clinic PRIMARY KEY (id),
    CONSTRAINT ck_clinic_single CHECK (id = 1),
    CONSTRAINT ck_clinic_paper_known CHECK (paper IN ('a4', 'us-letter'))
) STRICT
""",
    "treatment_sessions": """
CREATE TABLE treatment_sessions_new (
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    patient_id TEXT NOT NULL,
    practitioner_id TEXT NOT NULL,
    date TEXT NOT NULL,
    head_version INTEGER NOT NULL,
    zones_version INTEGER NOT NULL,
    default_technique TEXT NOT NULL,
    default_plane TEXT NOT NULL,
    default_instrument_kind TEXT NOT NULL,
    default_gauge INTEGER NOT NULL,
    default_instrument_um INTEGER NOT NULL,
    default_ul INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    error_reason TEXT NOT NULL,
    state TEXT NOT NULL,
    version INTEGER NOT NULL,
    follow_up TEXT,
    CONSTRAINT pk_treatment_sessions PRIMARY KEY (id),
    CONSTRAINT ck_treatment_sessions_number_range CHECK (number >= 1),
    CONSTRAINT ck_treatment_sessions_revision_range CHECK (revision >= 1),
    CONSTRAINT ck_treatment_sessions_version_range CHECK (version >= 1),
    CONSTRAINT ck_treatment_sessions_default_ul_range CHECK (default_ul >= 1),
    CONSTRAINT ck_treatment_sessions_date_is_date CHECK (date LIKE '____-__-__'),
    CONSTRAINT ck_treatment_sessions_follow_up_is_date CHECK (follow_up LIKE '____-__-__'),
    CONSTRAINT ck_treatment_sessions_state_known CHECK (state IN ('draft', 'signed', 'amending')),
    CONSTRAINT ck_treatment_sessions_default_technique_known CHECK (default_technique IN ('linear_retrograde', 'linear_antegrade', 'fanning', 'cross_hatching', 'serial_puncture', 'tunnelling', 'vectoring', 'bolus', 'micro_bolus')),
    CONSTRAINT ck_treatment_sessions_default_plane_known CHECK (default_plane IN ('intradermal_superficial', 'intradermal_mid', 'intradermal_deep', 'subdermal', 'superficial_fat', 'supra_smas', 'sub_smas', 'intramuscular', 'supraperiosteal', 'subgaleal', 'interfascial')),
    CONSTRAINT ck_treatment_sessions_default_instrument_kind_known CHECK (default_instrument_kind IN ('cannula', 'needle')),
    CONSTRAINT uq_treatment_sessions_number UNIQUE (number),
    CONSTRAINT fk_treatment_sessions_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT fk_treatment_sessions_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES practitioners (id) ON DELETE RESTRICT
) STRICT
""",
    "syringes": """
CREATE TABLE syringes_new (
    id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    product_id TEXT NOT NULL,
    product_name TEXT NOT NULL,
    product TEXT NOT NULL,
    lot TEXT NOT NULL,
    folded_lot TEXT NOT NULL,
    expiry TEXT,
    serial TEXT NOT NULL,
    udi TEXT NOT NULL,
    opened_volume_ul INTEGER,
    discarded_ul INTEGER NOT NULL,
    expired_reason TEXT NOT NULL,
    stock_item_id TEXT,
    CONSTRAINT pk_syringes PRIMARY KEY (id),
    CONSTRAINT ck_syringes_number_range CHECK (number >= 1),
    CONSTRAINT ck_syringes_opened_volume_ul_range CHECK (opened_volume_ul >= 0),
    CONSTRAINT ck_syringes_discarded_ul_range CHECK (discarded_ul >= 0),
    CONSTRAINT ck_syringes_expiry_is_date CHECK (expiry LIKE '____-__-__'),
    CONSTRAINT uq_syringes_session_id_number UNIQUE (session_id, number),
    CONSTRAINT fk_syringes_session_id FOREIGN KEY(session_id) REFERENCES treatment_sessions (id) ON DELETE RESTRICT,
    CONSTRAINT fk_syringes_stock_item_id FOREIGN KEY(stock_item_id) REFERENCES stock_items (id) ON DELETE RESTRICT
) STRICT
""",
    "passes": """
CREATE TABLE passes_new (
    id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    drawn_order INTEGER NOT NULL,
    entry_id TEXT NOT NULL,
    curved INTEGER NOT NULL,
    controls BLOB NOT NULL,
    points BLOB NOT NULL,
    length_um INTEGER NOT NULL,
    zones TEXT NOT NULL,
    technique TEXT NOT NULL,
    plane TEXT NOT NULL,
    depth_um INTEGER,
    instrument_kind TEXT NOT NULL,
    gauge INTEGER NOT NULL,
    instrument_um INTEGER NOT NULL,
    status TEXT NOT NULL,
    deposits TEXT NOT NULL,
    fulfils TEXT,
    deviation TEXT NOT NULL,
    reference TEXT NOT NULL,
    CONSTRAINT pk_passes PRIMARY KEY (id),
    CONSTRAINT ck_passes_length_um_range CHECK (length_um >= 0),
    CONSTRAINT ck_passes_depth_um_range CHECK (depth_um >= 0),
    CONSTRAINT ck_passes_curved_known CHECK (curved IN (0, 1)),
    CONSTRAINT ck_passes_controls_whole CHECK (length(controls) % 12 = 0 AND length(controls) >= 24),
    CONSTRAINT ck_passes_points_whole CHECK (length(points) % 12 = 0 AND length(points) >= 24),
    CONSTRAINT ck_passes_technique_known CHECK (technique IN ('linear_retrograde', 'linear_antegrade', 'fanning', 'cross_hatching', 'serial_puncture', 'tunnelling', 'vectoring', 'bolus', 'micro_bolus')),
    CONSTRAINT ck_passes_plane_known CHECK (plane IN ('intradermal_superficial', 'intradermal_mid', 'intradermal_deep', 'subdermal', 'superficial_fat', 'supra_smas', 'sub_smas', 'intramuscular', 'supraperiosteal', 'subgaleal', 'interfascial')),
    CONSTRAINT ck_passes_instrument_kind_known CHECK (instrument_kind IN ('cannula', 'needle')),
    CONSTRAINT ck_passes_status_known CHECK (status IN ('planned', 'unconfirmed', 'done')),
    CONSTRAINT uq_passes_session_id_drawn_order UNIQUE (session_id, drawn_order),
    CONSTRAINT fk_passes_session_id FOREIGN KEY(session_id) REFERENCES treatment_sessions (id) ON DELETE RESTRICT
) STRICT
""",
    "pass_shares": """
CREATE TABLE pass_shares_new (
    pass_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    syringe_id TEXT,
    microlitres INTEGER NOT NULL,
    CONSTRAINT pk_pass_shares PRIMARY KEY (pass_id, position),
    CONSTRAINT ck_pass_shares_microlitres_range CHECK (microlitres >= 1),
    CONSTRAINT fk_pass_shares_pass_id FOREIGN KEY(pass_id) REFERENCES passes (id) ON DELETE RESTRICT,
    CONSTRAINT fk_pass_shares_syringe_id FOREIGN KEY(syringe_id) REFERENCES syringes (id) ON DELETE RESTRICT
)
 WITHOUT ROWID,
 STRICT
""",
    "journal": """
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
    CONSTRAINT ck_journal_subject_kind_known CHECK (subject_kind IN ('clinic', 'practitioner', 'patient', 'treatment_session', 'syringe', 'record_entry', 'record_version', 'amendment', 'stock_item', 'protocol', 'adverse_event', 'follow_up', 'outcome_score')),
    CONSTRAINT ck_journal_kind_known CHECK (kind IN ('edit', 'put', 'remove', 'read', 'sign', 'erase'))
) STRICT
""",
}

INDEXES = (
    "CREATE INDEX ix_treatment_sessions_date_number ON treatment_sessions (date, number)",
    "CREATE INDEX ix_treatment_sessions_follow_up ON treatment_sessions (follow_up)",
    "CREATE INDEX ix_treatment_sessions_patient_id_date ON treatment_sessions (patient_id, date)",
    "CREATE INDEX ix_syringes_folded_lot ON syringes (folded_lot)",
    "CREATE INDEX ix_pass_shares_syringe_id ON pass_shares (syringe_id)",
    "CREATE INDEX ix_journal_subject_id ON journal (subject_id)",
)

# What the added columns hold for rows of the first schema; the lot is folded after that.
COPIES = {
    "clinic": "*, :options",
    "treatment_sessions": "*, 'draft', 1, NULL",
    "syringes": "id, session_id, number, product_id, product_name, product, lot, lot, expiry, serial, '', NULL, 0, '', NULL",
    "passes": "*, '[]', NULL, '', ''",
    "pass_shares": "*",
    "journal": "*",
}


def upgrade() -> None:
    """Make the new tables, rebuild the changed ones with all their rows, and fold the lots."""
    connection = op.get_bind()
    for statement in NEW:
        execute(statement)
    for table, statement in REBUILT.items():
        rebuild(table, statement, COPIES[table], {"options": OPTIONS} if table == "clinic" else None)
    for statement in INDEXES:
        execute(statement)
    _fold_lots(connection)


def _fold_lots(connection: Connection) -> None:
    """As a recall folds them; SQLite's own lower() knows no letters beyond ASCII."""
    fold = text("UPDATE syringes SET folded_lot = :folded WHERE folded_lot = :lot AND lot = :lot")
    for (lot,) in connection.execute(text("SELECT DISTINCT lot FROM syringes")).all():
        connection.execute(fold, {"lot": lot, "folded": lot.strip().casefold()})
