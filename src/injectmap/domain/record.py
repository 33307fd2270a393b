"""The life of a record: what is written in it, how it is signed, co-signed and amended."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from injectmap.domain.journal import canonical_json


class RecordState(StrEnum):
    """A record is written, then signed; an amendment opens it again for its next version."""

    DRAFT = "draft"
    SIGNED = "signed"
    AMENDING = "amending"


class RecordField(StrEnum):
    """What is written in a record beside the map."""

    CONCERN = "concern"
    REASON = "reason"
    RISKS = "risks"
    CONSENT = "consent"
    HISTORY = "history"
    PREPARATION = "preparation"
    ANAESTHESIA = "anaesthesia"
    ASYMMETRY = "asymmetry"
    REACTIONS = "reactions"
    AFTERCARE = "aftercare"
    PHOTOGRAPHS = "photographs"
    NOTES = "notes"


FIELD_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class RecordEntry:
    """What stands in one field: the words, when and by whom they were last written, and named details.

    Details are pairs of a key and a text: of consent `form` and `given_by`; of history one pair for each flag that
    was asked, with `yes`, `no` or words; of aftercare `leaflet`.
    """

    text: str
    at_ms: int
    practitioner_id: str
    details: tuple[tuple[str, str], ...] = ()

    def detail(self, key: str) -> str:
        """One detail, empty if it is not there."""
        return dict(self.details).get(key, "")


class HistoryFlag(StrEnum):
    """What is asked in the medical history; the answer is recorded, never judged."""

    ALLERGY = "allergy"
    ANTICOAGULANT = "anticoagulant"
    AUTOIMMUNE = "autoimmune"
    PREGNANCY = "pregnancy"
    INFECTION = "infection"
    KELOID = "keloid"
    PREVIOUS_FILLER = "previous_filler"
    DENTAL = "dental"
    VACCINATION = "vaccination"


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change of a signed record: it opens the next version and is printed beside the original."""

    session_id: str
    version: int
    reason: str
    at_ms: int
    practitioner_id: str
    practitioner_name: str


@dataclass(frozen=True, slots=True)
class CoSignature:
    """A supervisor's signature under a signed version."""

    practitioner_id: str
    practitioner_name: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class SignedVersion:
    """One signed version of a record, without its document; `digest` is over the stored document and pictures."""

    session_id: str
    version: int
    digest: str
    signed_at_ms: int
    practitioner_id: str
    practitioner_name: str
    amendment: Amendment | None = None
    cosignature: CoSignature | None = None


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """What was signed: the data given to the page's template (canonical JSON) and the map pictures as SVG by name.

    Reprints use these as they are; nothing is projected again.
    """

    document: str
    pictures: tuple[tuple[str, str], ...]


def document_digest(signed: SignedDocument) -> str:
    """Return the SHA-256 of what was signed: of the canonical JSON of the document's text and its pictures."""
    whole = {"document": signed.document, "pictures": [list(one) for one in signed.pictures]}
    return hashlib.sha256(canonical_json(whole).encode()).hexdigest()


def show_digest(digest: str) -> str:
    """Write a digest as people compare it: in groups of four."""
    return " ".join(digest[start : start + 4] for start in range(0, len(digest), 4))
