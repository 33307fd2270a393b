"""What the use cases around a record's life, stock, protocols and aftercare need from storage."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from injectmap.domain.aftercare import AdverseEvent, Due, FollowUp, OutcomeScore
from injectmap.domain.protocol import Protocol as TreatmentProtocol
from injectmap.domain.record import (
    Amendment,
    CoSignature,
    RecordEntry,
    RecordField,
    SignedDocument,
    SignedVersion,
)
from injectmap.domain.stock import Recalled, StockItem, StockMovement


class RecordBook(Protocol):
    """What is written in records, and their signed versions."""

    def put_entry(self, session_id: str, field: RecordField, entry: RecordEntry) -> None:
        """Store what stands in a field; an empty entry stays, since that it was emptied is part of the record."""
        ...

    def sign(self, version: SignedVersion, document: SignedDocument) -> None:
        """Store a signed version with its document and close the session; InputRefused("signed_already")."""
        ...

    def document(self, session_id: str, version: int) -> SignedDocument:
        """What was signed; StorageProblem("version_not_found") if there is no such version."""
        ...

    def cosign(self, session_id: str, version: int, by: CoSignature) -> None:
        """Store the co-signature of a signed version; InputRefused("cosigned_already")."""
        ...

    def amend(self, amendment: Amendment) -> None:
        """Open the next version of a signed session; InputRefused("not_signed") if it is not signed."""
        ...


class StockRoom(Protocol):
    """Units in stock and their movements."""

    def items(self) -> tuple[StockItem, ...]:
        """All items with their counts, by product name, expiry and lot."""
        ...

    def get(self, item_id: str) -> StockItem:
        """One item; StorageProblem("stock_item_not_found") if there is none."""
        ...

    def find(self, product_id: str, lot: str, expiry: dt.date | None, serial: str = "") -> StockItem | None:
        """The item of a product, lot, expiry and serial number."""
        ...

    def add(self, item: StockItem) -> None:
        """Store a new item with a count of nought."""
        ...

    def move(self, movement: StockMovement, revision: int) -> StockItem:
        """Store a movement and return the item with its new count; Conflict if `revision` is not the latest."""
        ...

    def movements(self, item_id: str) -> tuple[StockMovement, ...]:
        """An item's movements, oldest first."""
        ...

    def of_session(self, session_id: str) -> tuple[StockMovement, ...]:
        """What a treatment session took out of stock or gave back, oldest first."""
        ...

    def used_codes(self, identifier: str) -> tuple[tuple[str, str], ...]:
        """The box codes of syringes that hold these characters, each with its product's id, the latest first."""
        ...

    def recall(self, lot: str) -> tuple[Recalled, ...]:
        """Every syringe of a lot (in any letter case, outer space ignored) with its patient, in few statements."""
        ...


class ProtocolShelf(Protocol):
    """Protocols that the clinic saved; a version is never changed."""

    def all(self) -> tuple[TreatmentProtocol, ...]:
        """The latest version of each, by name."""
        ...

    def get(self, protocol_id: str, version: int) -> TreatmentProtocol | None:
        """One version."""
        ...

    def add(self, protocol: TreatmentProtocol) -> None:
        """Store a version; Conflict("protocol_version_taken") if there is one."""
        ...


class AftercareBook(Protocol):
    """Follow-ups, outcome scores and adverse events; each put names the revision it saw."""

    def follow_ups(self, patient_id: str) -> tuple[FollowUp, ...]:
        """A patient's follow-ups by date."""
        ...

    def put_follow_up(self, follow_up: FollowUp) -> FollowUp:
        """Store a new (revision 1) or changed follow-up; Conflict if the revision is not the latest."""
        ...

    def due(self, until: dt.date, *, review_months: int | None) -> tuple[Due, ...]:
        """Who is due up to a day: open follow-ups, follow-up dates, and review intervals after the last treatment."""
        ...

    def scores(self, patient_id: str) -> tuple[OutcomeScore, ...]:
        """A patient's outcome scores by date."""
        ...

    def put_score(self, score: OutcomeScore) -> OutcomeScore:
        """Store a new or changed score; Conflict if the revision is not the latest."""
        ...

    def events(self, patient_id: str) -> tuple[AdverseEvent, ...]:
        """A patient's adverse events, latest first."""
        ...

    def put_event(self, event: AdverseEvent) -> AdverseEvent:
        """Store a new or changed event; Conflict if the revision is not the latest."""
        ...
