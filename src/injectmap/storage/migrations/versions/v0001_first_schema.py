"""The schema of the first release, as it was."""

from injectmap.storage.migrations.steps import execute

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE chain_head (
    id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash TEXT NOT NULL,
    CONSTRAINT pk_chain_head PRIMARY KEY (id),
    CONSTRAINT ck_chain_head_single CHECK (id = 1)
)
 STRICT
""",
    """
CREATE TABLE clinic (
    id INTEGER NOT NULL,
    name TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    paper TEXT NOT NULL,
    CONSTRAINT pk_clinic PRIMARY KEY (id),
    CONSTRAINT ck_clinic_single CHECK (id = 1),
    CONSTRAINT ck_clinic_paper_known CHECK (paper IN ('a4', 'us-letter'))
)
 STRICT
""",
    """
CREATE TABLE file_mark (
    id INTEGER NOT NULL,
    clinic_id TEXT NOT NULL,
    demo INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    CONSTRAINT pk_file_mark PRIMARY KEY (id),
    CONSTRAINT ck_file_mark_single CHECK (id = 1),
    CONSTRAINT ck_file_mark_demo_known CHECK (demo IN (0, 1))
)
 STRICT
""",
    """
CREATE TABLE journal (
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
    CONSTRAINT ck_journal_subject_kind_known CHECK (subject_kind IN ('clinic', 'practitioner', 'patient', 'treatment_session', 'syringe')),
    CONSTRAINT ck_journal_kind_known CHECK (kind IN ('edit', 'put', 'remove', 'read', 'sign', 'erase'))
)
 STRICT
""",
    "CREATE INDEX ix_journal_subject_id ON journal (subject_id)",
    """
CREATE TABLE patients (
    id TEXT NOT NULL,
    number INTEGER NOT NULL,
    family_name TEXT NOT NULL,
    given_name TEXT NOT NULL,
    folded_name TEXT NOT NULL,
    birth_date TEXT NOT NULL,
    sex TEXT NOT NULL,
    telephone TEXT NOT NULL,
    revision INTEGER NOT NULL,
    error_reason TEXT NOT NULL,
    CONSTRAINT pk_patients PRIMARY KEY (id),
    CONSTRAINT ck_patients_number_range CHECK (number >= 1),
    CONSTRAINT ck_patients_revision_range CHECK (revision >= 1),
    CONSTRAINT ck_patients_birth_date_is_date CHECK (birth_date LIKE '____-__-__'),
    CONSTRAINT uq_patients_number UNIQUE (number)
)
 STRICT
""",
    "CREATE INDEX ix_patients_birth_date ON patients (birth_date)",
    """
CREATE TABLE practitioners (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    profession TEXT NOT NULL,
    register_number TEXT NOT NULL,
    CONSTRAINT pk_practitioners PRIMARY KEY (id)
)
 STRICT
""",
    """
CREATE TABLE patient_name_parts (
    part TEXT NOT NULL,
    patient_number INTEGER NOT NULL,
    CONSTRAINT pk_patient_name_parts PRIMARY KEY (part, patient_number),
    CONSTRAINT fk_patient_name_parts_patient_number FOREIGN KEY(patient_number) REFERENCES patients (number) ON DELETE RESTRICT
)
 WITHOUT ROWID,
 STRICT
""",
    "CREATE INDEX ix_patient_name_parts_patient_number ON patient_name_parts (patient_number)",
    """
CREATE TABLE treatment_sessions (
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
    CONSTRAINT pk_treatment_sessions PRIMARY KEY (id),
    CONSTRAINT ck_treatment_sessions_number_range CHECK (number >= 1),
    CONSTRAINT ck_treatment_sessions_revision_range CHECK (revision >= 1),
    CONSTRAINT ck_treatment_sessions_default_ul_range CHECK (default_ul >= 1),
    CONSTRAINT ck_treatment_sessions_date_is_date CHECK (date LIKE '____-__-__'),
    CONSTRAINT ck_treatment_sessions_default_technique_known CHECK (default_technique IN ('linear_retrograde', 'linear_antegrade', 'fanning', 'cross_hatching', 'serial_puncture', 'tunnelling', 'vectoring')),
    CONSTRAINT ck_treatment_sessions_default_plane_known CHECK (default_plane IN ('intradermal_superficial', 'intradermal_mid', 'intradermal_deep', 'subdermal', 'superficial_fat', 'supra_smas', 'sub_smas', 'intramuscular', 'supraperiosteal', 'subgaleal', 'interfascial')),
    CONSTRAINT ck_treatment_sessions_default_instrument_kind_known CHECK (default_instrument_kind IN ('cannula', 'needle')),
    CONSTRAINT uq_treatment_sessions_number UNIQUE (number),
    CONSTRAINT fk_treatment_sessions_patient_id FOREIGN KEY(patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT fk_treatment_sessions_practitioner_id FOREIGN KEY(practitioner_id) REFERENCES practitioners (id) ON DELETE RESTRICT
)
 STRICT
""",
    "CREATE INDEX ix_treatment_sessions_date_number ON treatment_sessions (date, number)",
    "CREATE INDEX ix_treatment_sessions_patient_id_date ON treatment_sessions (patient_id, date)",
    """
CREATE TABLE passes (
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
    CONSTRAINT pk_passes PRIMARY KEY (id),
    CONSTRAINT ck_passes_length_um_range CHECK (length_um >= 0),
    CONSTRAINT ck_passes_depth_um_range CHECK (depth_um >= 0),
    CONSTRAINT ck_passes_curved_known CHECK (curved IN (0, 1)),
    CONSTRAINT ck_passes_controls_whole CHECK (length(controls) % 12 = 0 AND length(controls) >= 24),
    CONSTRAINT ck_passes_points_whole CHECK (length(points) % 12 = 0 AND length(points) >= 24),
    CONSTRAINT ck_passes_technique_known CHECK (technique IN ('linear_retrograde', 'linear_antegrade', 'fanning', 'cross_hatching', 'serial_puncture', 'tunnelling', 'vectoring')),
    CONSTRAINT ck_passes_plane_known CHECK (plane IN ('intradermal_superficial', 'intradermal_mid', 'intradermal_deep', 'subdermal', 'superficial_fat', 'supra_smas', 'sub_smas', 'intramuscular', 'supraperiosteal', 'subgaleal', 'interfascial')),
    CONSTRAINT ck_passes_instrument_kind_known CHECK (instrument_kind IN ('cannula', 'needle')),
    CONSTRAINT ck_passes_status_known CHECK (status IN ('planned', 'unconfirmed', 'done')),
    CONSTRAINT uq_passes_session_id_drawn_order UNIQUE (session_id, drawn_order),
    CONSTRAINT fk_passes_session_id FOREIGN KEY(session_id) REFERENCES treatment_sessions (id) ON DELETE RESTRICT
)
 STRICT
""",
    """
CREATE TABLE syringes (
    id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    product_id TEXT NOT NULL,
    product_name TEXT NOT NULL,
    product TEXT NOT NULL,
    lot TEXT NOT NULL,
    expiry TEXT,
    serial TEXT NOT NULL,
    CONSTRAINT pk_syringes PRIMARY KEY (id),
    CONSTRAINT ck_syringes_number_range CHECK (number >= 1),
    CONSTRAINT ck_syringes_expiry_is_date CHECK (expiry LIKE '____-__-__'),
    CONSTRAINT uq_syringes_session_id_number UNIQUE (session_id, number),
    CONSTRAINT fk_syringes_session_id FOREIGN KEY(session_id) REFERENCES treatment_sessions (id) ON DELETE RESTRICT
)
 STRICT
""",
    "CREATE INDEX ix_syringes_lot ON syringes (lot)",
    """
CREATE TABLE pass_shares (
    pass_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    syringe_id TEXT NOT NULL,
    microlitres INTEGER NOT NULL,
    CONSTRAINT pk_pass_shares PRIMARY KEY (pass_id, position),
    CONSTRAINT ck_pass_shares_microlitres_range CHECK (microlitres >= 1),
    CONSTRAINT fk_pass_shares_pass_id FOREIGN KEY(pass_id) REFERENCES passes (id) ON DELETE RESTRICT,
    CONSTRAINT fk_pass_shares_syringe_id FOREIGN KEY(syringe_id) REFERENCES syringes (id) ON DELETE RESTRICT
)
 WITHOUT ROWID,
 STRICT
""",
    "CREATE INDEX ix_pass_shares_syringe_id ON pass_shares (syringe_id)",
    "CREATE VIRTUAL TABLE patient_search USING fts5(folded, content='', contentless_delete=1, tokenize='trigram')",
)


def upgrade() -> None:
    """Make every table, index and the search index; triggers follow after all steps."""
    for statement in STATEMENTS:
        execute(statement)
