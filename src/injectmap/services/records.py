"""The treatment record of a session as pages: a draft as it stands, a signed version as it was signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from injectmap.domain.acting import Acting, Right
from injectmap.domain.journal import SubjectKind
from injectmap.domain.protocol import Protocol
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings, PrintLook
from injectmap.services.amending import changes_since_signed
from injectmap.services.ports import (
    Clock,
    Database,
    ProtocolCatalogue,
    RecordOutput,
    RenderedPage,
    UnitOfWork,
)
from injectmap.services.reads import Reads
from injectmap.services.record_parts import Attached, SignedPaper

CLINICS_OWN = PrintLook()


def attached(
    work: UnitOfWork, opened: OpenSession, shipped: Iterable[Protocol] = (), *, signed: bool = True
) -> Attached:
    """Read what is printed with a session: its signed versions, and what its aftercare says of it.

    What was entered in error is left out.
    """
    session = opened.session
    papers = tuple(
        SignedPaper(version, work.records.document(session.id, version.version))
        for version in (opened.versions if signed else ())
    )
    events = tuple(
        one
        for one in work.aftercare.events(session.patient_id)
        if one.session_id == session.id and not one.error_reason
    )
    scores = tuple(one for one in work.aftercare.scores(session.patient_id) if one.session_id == session.id)
    return Attached(
        papers,
        events,
        scores,
        tuple((one.id, one.name) for one in work.practitioners.all()),
        _applied(work, opened, shipped),
        changes_since_signed(work, opened) if opened.amendment else None,
    )


def _applied(work: UnitOfWork, opened: OpenSession, shipped: Iterable[Protocol]) -> tuple[Protocol, ...]:
    """The protocols on a map in the versions that were applied; those no longer known are left out."""
    known = {(one.id, one.version): one for one in shipped}
    keys = dict.fromkeys((one.protocol_id, one.version) for one in opened.map.protocols)
    found = (known.get(key) or work.protocols.get(*key) for key in keys)
    return tuple(one for one in found if one is not None)


class RecordService:
    """Reads a session and hands it to the output; what is printed is what is stored.

    Signed versions print from their stored documents and pictures: nothing of them is drawn again.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        output: RecordOutput,
        protocols: ProtocolCatalogue | None = None,
    ) -> None:
        """Work on an open clinic; `protocols` are those shipped with the program."""
        self._database = database
        self._clock = clock
        self._output = output
        self._protocols = protocols
        self._reads = Reads(database, clock)

    def pdf(self, acting: Acting, session_id: str, *, look: PrintLook = CLINICS_OWN) -> bytes:
        """The record as PDF."""
        opened, settings, beside = self._read(acting, session_id, look, leaves="export")
        return self._output.pdf(
            opened, settings, printed_at_ms=self._clock.now_ms(), mono=look.mono, attached=beside
        )

    def pages(
        self,
        acting: Acting,
        session_id: str,
        *,
        pixels_per_inch: float,
        look: PrintLook = CLINICS_OWN,
        printed: bool = False,
    ) -> tuple[RenderedPage, ...]:
        """The record's pages as pictures; `printed` if they go to a printer, not on the screen."""
        opened, settings, beside = self._read(acting, session_id, look, leaves="print" if printed else "")
        return self._output.pages(
            opened,
            settings,
            printed_at_ms=self._clock.now_ms(),
            pixels_per_inch=pixels_per_inch,
            mono=look.mono,
            attached=beside,
        )

    def _shipped(self) -> tuple[Protocol, ...]:
        return self._protocols.protocols() if self._protocols is not None else ()

    def _read(
        self, acting: Acting, session_id: str, look: PrintLook, *, leaves: str
    ) -> tuple[OpenSession, ClinicSettings, Attached]:
        acting.require(Right.PRINT_RECORD)
        with self._database.reading() as work:
            opened = work.sessions.open(session_id)
            settings = work.clinic.settings()
            beside = attached(work, opened, self._shipped())
            wanted = bool(leaves) and self._reads.wanted(work)
        if wanted:
            self._reads.note(acting, SubjectKind.SESSION, session_id, leaves)
        return opened, replace(settings, paper=look.paper or settings.paper), beside

    def latest(self, acting: Acting) -> str | None:
        """The id of the clinic's latest treatment session."""
        acting.require(Right.READ_RECORD)
        with self._database.reading() as work:
            return work.sessions.latest()

    def find(self, acting: Acting, wanted: str) -> str | None:
        """The session with an id, a record number such as 2026-00007, or a plain number."""
        acting.require(Right.READ_RECORD)
        number = wanted.rsplit("-", 1)[-1]
        with self._database.reading() as work:
            if number.isdecimal() and len(wanted) < 20:
                return work.sessions.by_number(int(number))
            return work.sessions.get(wanted).id
