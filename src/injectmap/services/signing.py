"""Use cases around the signature: sign, co-sign, amend, and prove that what was signed is what is stored."""

from __future__ import annotations

from collections.abc import Callable

from injectmap.domain.acting import Acting, Right
from injectmap.domain.completeness import Line, completeness, missing
from injectmap.domain.errors import Conflict, InputRefused, NotAllowed, StorageProblem
from injectmap.domain.forms import parse_json
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import Practitioner
from injectmap.domain.record import Amendment, CoSignature, RecordState, SignedVersion, document_digest
from injectmap.domain.session import OpenSession, check_writable
from injectmap.domain.settings import ClinicSettings
from injectmap.services.patients import checked_reason
from injectmap.services.ports import Clock, Database, ProtocolCatalogue, UnitOfWork
from injectmap.services.record_parts import SigningOutput
from injectmap.services.records import attached

TakeFromStock = Callable[[UnitOfWork, Acting, OpenSession, int], None]


class SigningService:
    """A record is signed whole or not at all: document, digest, stock and journal row in one transaction.

    What was signed is never changed; an amendment makes the next version beside it.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        output: SigningOutput,
        take_from_stock: TakeFromStock,
        protocols: ProtocolCatalogue | None = None,
    ) -> None:
        """Work on an open clinic; `take_from_stock` takes a signed session's syringes out of stock."""
        self._database = database
        self._clock = clock
        self._output = output
        self._take_from_stock = take_from_stock
        self._protocols = protocols

    def completeness(self, acting: Acting, opened: OpenSession) -> tuple[Line, ...]:
        """The list before signing, by the clinic's present settings."""
        acting.require(Right.READ_RECORD)
        return completeness(opened, self._settings())

    def sign(self, acting: Acting, session_id: str, revision: int) -> SignedVersion:
        """Sign the draft or amendment as it was seen at `revision`.

        InputRefused("signed_already"), InputRefused("record_incomplete", missing=...), or Conflict.
        """
        acting.require(Right.SIGN)
        shipped = self._protocols.protocols() if self._protocols is not None else ()
        with self._database.writing() as work:
            opened = work.sessions.open(session_id)
            settings = work.clinic.settings()
            self._check(opened, settings, revision)
            signer = _practitioner(work, acting.practitioner_id)
            at_ms = self._clock.now_ms()
            document = self._output.signed_document(
                opened,
                settings,
                signer,
                signed_at_ms=at_ms,
                attached=attached(work, opened, shipped, signed=False),
            )
            version = SignedVersion(
                session_id=session_id,
                version=opened.session.version,
                digest=document_digest(document),
                signed_at_ms=at_ms,
                practitioner_id=signer.id,
                practitioner_name=signer.name,
                amendment=opened.amendment,
            )
            work.records.sign(version, document)
            self._take_from_stock(work, acting, opened, at_ms)
            self._journal(
                work, acting, session_id, {"version": version.version, "digest": version.digest}, at_ms
            )
            work.commit()
        return version

    @staticmethod
    def _check(opened: OpenSession, settings: ClinicSettings, revision: int) -> None:
        if opened.session.state is RecordState.SIGNED:
            raise InputRefused("signed_already")
        check_writable(opened)
        if opened.session.revision != revision:
            raise Conflict("session_has_changed")
        lacking = missing(completeness(opened, settings))
        if lacking:
            raise InputRefused(
                "record_incomplete", missing=tuple(one.value for one in lacking), count=len(lacking)
            )

    def cosign(self, acting: Acting, session_id: str, version: int, by_practitioner_id: str) -> SignedVersion:
        """Put a supervisor's signature under a signed version; the signer cannot co-sign himself.

        Where people sign in, nobody co-signs for another: NotAllowed("cosign_for_another").
        """
        acting.require(Right.COSIGN)
        with self._database.writing() as work:
            if by_practitioner_id != acting.practitioner_id and any(
                one.lets_in for one in work.accounts.all()
            ):
                raise NotAllowed("cosign_for_another")
            signed = _version(work.sessions.open(session_id), version)
            if by_practitioner_id == signed.practitioner_id:
                raise InputRefused("cosign_own")
            if signed.cosignature is not None:
                raise InputRefused("cosigned_already")
            by = _practitioner(work, by_practitioner_id)
            at_ms = self._clock.now_ms()
            work.records.cosign(session_id, version, CoSignature(by.id, by.name, at_ms))
            payload = {"version": version, "digest": signed.digest, "cosigned_by": by.id}
            self._journal(work, acting, session_id, payload, at_ms)
            stored = _version(work.sessions.open(session_id), version)
            work.commit()
        return stored

    def amend(self, acting: Acting, session_id: str, reason: str) -> OpenSession:
        """Open the next version of a signed record; InputRefused("not_signed") for one that is not signed."""
        acting.require(Right.SIGN)
        typed = checked_reason(reason)
        with self._database.writing() as work:
            opened = work.sessions.open(session_id)
            if opened.session.state is not RecordState.SIGNED:
                raise InputRefused("not_signed")
            if opened.session.error_reason or opened.patient.error_reason:
                check_writable(opened)
            by = _practitioner(work, acting.practitioner_id)
            at_ms = self._clock.now_ms()
            number = opened.session.version + 1
            work.records.amend(Amendment(session_id, number, typed, at_ms, by.id, by.name))
            work.journal.append(
                acting,
                kind=JournalKind.PUT,
                subject_kind=SubjectKind.AMENDMENT,
                subject_id=session_id,
                payload={"version": number, "reason": typed, "by": by.id},
                at_ms=at_ms,
            )
            opened = work.sessions.open(session_id)
            work.commit()
        return opened

    def verify_version(self, session_id: str, version: int) -> bool:
        """True if the stored document and pictures still have the digest that was signed and journalled."""
        with self._database.reading() as work:
            signed = _version(work.sessions.open(session_id), version)
            rows = work.journal.of_subject(SubjectKind.RECORD_VERSION, session_id)
            found = document_digest(work.records.document(session_id, version))
        payloads = [parse_json(row.payload, "journal") for row in rows if row.payload is not None]
        journalled = {one["digest"] for one in payloads if one["version"] == version}
        return found == signed.digest and journalled == {found}

    def _settings(self) -> ClinicSettings:
        with self._database.reading() as work:
            return work.clinic.settings()

    @staticmethod
    def _journal(
        work: UnitOfWork, acting: Acting, session_id: str, payload: dict[str, object], at_ms: int
    ) -> None:
        work.journal.append(
            acting,
            kind=JournalKind.SIGN,
            subject_kind=SubjectKind.RECORD_VERSION,
            subject_id=session_id,
            payload=payload,
            at_ms=at_ms,
        )


def _practitioner(work: UnitOfWork, practitioner_id: str) -> Practitioner:
    for one in work.practitioners.all():
        if one.id == practitioner_id:
            return one
    raise StorageProblem("practitioner_not_found")


def _version(opened: OpenSession, version: int) -> SignedVersion:
    for one in opened.versions:
        if one.version == version:
            return one
    raise StorageProblem("version_not_found")
