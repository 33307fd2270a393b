"""Proving that the journal is whole and that every table says what it says; anchors kept outside."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from injectmap import __version__
from injectmap.domain.acting import Acting, Right
from injectmap.domain.anchors import Anchor, compare
from injectmap.domain.errors import InputRefused, StorageProblem
from injectmap.domain.proof import Finding, FindingCode, Findings, Head, Note, NoteCode, Progress, no_progress
from injectmap.services.ports import Clock, Database, RenderedPage
from injectmap.services.proof_ports import AnchorOutput, LastProof, ProofMemory, Signatures


def prove(
    database: Database,
    signatures: Signatures,
    *,
    anchor: Anchor | None = None,
    public_key: str = "",
    progress: Progress = no_progress,
) -> Findings:
    """Prove an open database, with its key alone; `public_key` is the clinic's, known from elsewhere.

    Only an anchor without a fault of its own is compared; it holds if the row is the anchored one in a chain that holds.
    """
    with database.reading() as work:
        found = work.proof.prove(progress)
        if anchor is None:
            return found
        clinic_id, there = work.proof.mark().clinic_id, work.proof.hash_of(anchor.number)
    fault = _fault_of(signatures, anchor, clinic_id, public_key)
    if fault is not None:
        return replace(found, faulty_anchor=Finding(fault, anchor.number))
    notes = found.notes
    if anchor.signature and not public_key:
        notes = (*notes, Note(NoteCode.SIGNED_BY_UNKNOWN_KEY))
    differs = compare(anchor, there, found.head.number)
    if differs is not None:
        return replace(found, findings=(differs, *found.findings), notes=notes)
    holds = found.first_broken is None
    return replace(found, notes=notes, anchored=anchor.number if holds else None)


def _fault_of(signatures: Signatures, anchor: Anchor, clinic_id: str, public_key: str) -> FindingCode | None:
    """Why an anchor proves nothing, whatever the chain."""
    if anchor.clinic_id != clinic_id:
        return FindingCode.ANCHOR_OTHER_CLINIC
    if not anchor.signature:
        return FindingCode.ANCHOR_NOT_SIGNED if public_key else None
    if public_key and anchor.public_key != public_key:
        return FindingCode.ANCHOR_OTHER_KEY
    return None if signatures.holds(anchor) else FindingCode.ANCHOR_SIGNATURE_WRONG


def take_anchor(
    database: Database, clock: Clock, signatures: Signatures, *, key_file: Path | None = None
) -> Anchor:
    """The end of the chain as it stands, signed if there is a key; InputRefused for an empty journal."""
    with database.reading() as work:
        head, mark = work.proof.head(), work.proof.mark()
    if head.number < 1:
        raise InputRefused("journal_empty")
    anchor = Anchor(mark.clinic_id, head.number, head.hash, clock.now_ms(), __version__)
    return anchor if key_file is None else signatures.sign(anchor, key_file)


class ProofService:
    """What the window asks about the journal; nothing here changes the clinic."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        signatures: Signatures,
        output: AnchorOutput,
        memory: ProofMemory,
    ) -> None:
        """Work on an open clinic."""
        self._database = database
        self._clock = clock
        self._signatures = signatures
        self._output = output
        self._memory = memory

    def verify(
        self, acting: Acting, progress: Progress = no_progress, *, anchor: Anchor | None = None
    ) -> Findings:
        """Prove the clinic and remember the outcome on this computer; `progress` may raise to stop.

        StorageProblem("file_is_damaged") for a file whose pages are not as they were written.
        """
        acting.require(Right.KEEP_SAFE)
        try:
            found = prove(self._database, self._signatures, anchor=anchor, progress=progress)
        except StorageProblem as problem:
            if problem.code != "file_damaged":
                raise
            raise self._database.mark_damaged() from None
        last = LastProof(
            self._clock.now_ms(), found.head.number, found.whole, len(found.findings) + found.more
        )
        self._memory.keep(self._clinic_id(), last)
        return found

    def last(self, acting: Acting) -> LastProof | None:
        """The latest proof made on this computer."""
        acting.require(Right.KEEP_SAFE)
        return self._memory.last(self._clinic_id())

    def head(self, acting: Acting) -> Head:
        """The end of the chain now."""
        acting.require(Right.KEEP_SAFE)
        with self._database.reading() as work:
            return work.proof.head()

    def anchor(self, acting: Acting, *, key_file: Path | None = None) -> Anchor:
        """The end of the chain as an anchor, signed with the key of a file if one is given."""
        acting.require(Right.KEEP_SAFE)
        return take_anchor(self._database, self._clock, self._signatures, key_file=key_file)

    def anchor_pdf(self, acting: Acting, anchor: Anchor) -> bytes:
        """The page of an anchor."""
        acting.require(Right.KEEP_SAFE)
        return anchor_page(self._database, self._output, anchor)

    def anchor_pages(
        self, acting: Acting, anchor: Anchor, *, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        """The same page as a picture, for the printer."""
        acting.require(Right.KEEP_SAFE)
        with self._database.reading() as work:
            own = work.clinic.settings()
        return self._output.anchor_pages(
            anchor, own.name, own.time_zone, own.paper.value, pixels_per_inch=pixels_per_inch
        )

    def _clinic_id(self) -> str:
        with self._database.reading() as work:
            return work.proof.mark().clinic_id


def anchor_page(database: Database, output: AnchorOutput, anchor: Anchor) -> bytes:
    """The page of an anchor, on the clinic's paper and in its time."""
    with database.reading() as work:
        settings = work.clinic.settings()
    return output.anchor_pdf(anchor, settings.name, settings.time_zone, settings.paper.value)
