"""What a record is printed from beside its session, and the ports of what makes it: documents and event forms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from injectmap.domain.aftercare import AdverseEvent, OutcomeScore
from injectmap.domain.amending import Change
from injectmap.domain.patient import Practitioner
from injectmap.domain.protocol import Protocol as TreatmentProtocol
from injectmap.domain.record import SignedDocument, SignedVersion
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings

if TYPE_CHECKING:
    # The ports of records name what is here.
    from injectmap.services.ports import RenderedPage


@dataclass(frozen=True, slots=True)
class SignedPaper:
    """One signed version with what was signed."""

    version: SignedVersion
    document: SignedDocument


@dataclass(frozen=True, slots=True)
class Attached:
    """What is printed with a session beside its own: signed versions first to last, adverse events, scores.

    `names` are practitioners' names by id, and `protocols` the versions that were applied, as far as they are known.
    `changes` are those of an amendment against the version before; None if they are not known.
    """

    signed: tuple[SignedPaper, ...] = ()
    events: tuple[AdverseEvent, ...] = ()
    scores: tuple[OutcomeScore, ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    protocols: tuple[TreatmentProtocol, ...] = ()
    changes: tuple[Change, ...] | None = None


NOTHING_ATTACHED = Attached()


class SigningOutput(Protocol):
    """Makes what is signed."""

    def signed_document(
        self,
        opened: OpenSession,
        clinic: ClinicSettings,
        signer: Practitioner,
        *,
        signed_at_ms: int,
        attached: Attached,
    ) -> SignedDocument:
        """The record's document in canonical JSON and its map pictures as SVG, shaded and as line art."""
        ...


class EventOutput(Protocol):
    """Prints the form of an adverse event."""

    def event_pdf(
        self, event: AdverseEvent, opened: OpenSession, clinic: ClinicSettings, *, printed_at_ms: int
    ) -> bytes:
        """The form as PDF/A-2a and PDF/UA-1."""
        ...


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list for paper: its title, what it was asked for, column heads and rows of ready texts.

    `right` are the indexes of columns with figures, `wide` those that share the width left over.
    """

    title: str
    subtitle: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    empty: str = ""
    right: tuple[int, ...] = ()
    wide: tuple[int, ...] = ()


class ListOutput(Protocol):
    """Prints a list, such as the patients a lot was used in."""

    def list_pdf(self, page: ListPage, clinic: ClinicSettings, *, printed_at_ms: int) -> bytes:
        """The list as PDF/A-2a and PDF/UA-1, with the clinic's name, the time and the count of pages."""
        ...

    def list_pages(
        self, page: ListPage, clinic: ClinicSettings, *, printed_at_ms: int, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        """The same pages as pictures, for a printer."""
        ...
