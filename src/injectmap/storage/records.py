"""What is written in stored records, their signed versions, co-signatures and amendments."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, insert, select, update

from injectmap.domain.errors import Conflict, InputRefused, StorageProblem
from injectmap.domain.record import (
    Amendment,
    CoSignature,
    RecordEntry,
    RecordField,
    RecordState,
    SignedDocument,
    SignedVersion,
)
from injectmap.domain.session import TreatmentSession
from injectmap.storage.engines import put
from injectmap.storage.packing import pack_pictures, unpack_pictures
from injectmap.storage.record_tables import amendments, cosignatures, record_entries, record_versions
from injectmap.storage.sessions import StoredSessions, check_open
from injectmap.storage.tables import treatment_sessions


class StoredRecords:
    """Entries change while a record is open; what was signed is written once."""

    def __init__(self, connection: Connection) -> None:
        """Work on the transaction of this connection."""
        self._connection = connection
        self._sessions = StoredSessions(connection)

    def put_entry(self, session_id: str, field: RecordField, entry: RecordEntry) -> None:
        """Store what stands in a field; InputRefused if the record is signed or in error."""
        check_open(self._sessions.get(session_id))
        values = entry_values(entry)
        put(self._connection, record_entries, {"session_id": session_id, "field": field.value}, values)

    def sign(self, version: SignedVersion, document: SignedDocument) -> None:
        """Store a signed version with its document and close the session.

        InputRefused if it is signed already or in error; Conflict if it stands at another version.
        """
        session = self._sessions.get(version.session_id)
        if session.state is RecordState.SIGNED:
            raise InputRefused("signed_already")
        check_open(session)
        if session.version != version.version:
            raise Conflict("session_has_changed")
        self._connection.execute(
            insert(record_versions).values(
                session_id=version.session_id,
                version=version.version,
                digest=version.digest,
                signed_at_ms=version.signed_at_ms,
                practitioner_id=version.practitioner_id,
                practitioner_name=version.practitioner_name,
                document=document.document,
                pictures=pack_pictures(document.pictures),
            )
        )
        self._turn(session, RecordState.SIGNED, version.version)

    def document(self, session_id: str, version: int) -> SignedDocument:
        """What was signed; StorageProblem if there is no such version."""
        row = self._connection.execute(
            select(record_versions.c.document, record_versions.c.pictures).where(
                record_versions.c.session_id == session_id, record_versions.c.version == version
            )
        ).one_or_none()
        if row is None:
            raise StorageProblem("version_not_found")
        document, pictures = row
        return SignedDocument(document, unpack_pictures(pictures))

    def cosign(self, session_id: str, version: int, by: CoSignature) -> None:
        """Store the co-signature of a signed version; InputRefused if it has one or was never signed."""
        signed, cosigned = self._connection.execute(
            select(
                select(record_versions.c.version)
                .where(record_versions.c.session_id == session_id, record_versions.c.version == version)
                .exists(),
                select(cosignatures.c.version)
                .where(cosignatures.c.session_id == session_id, cosignatures.c.version == version)
                .exists(),
            )
        ).one()
        if not signed:
            raise InputRefused("not_signed")
        if cosigned:
            raise InputRefused("cosigned_already")
        self._connection.execute(
            insert(cosignatures).values(
                session_id=session_id,
                version=version,
                practitioner_id=by.practitioner_id,
                practitioner_name=by.practitioner_name,
                at_ms=by.at_ms,
            )
        )

    def amend(self, amendment: Amendment) -> None:
        """Open the next version of a signed session.

        InputRefused if it is not signed or in error, or without a reason; Conflict if another version is next.
        """
        session = self._sessions.get(amendment.session_id)
        if session.error_reason:
            raise InputRefused("session_in_error")
        if session.state is not RecordState.SIGNED:
            raise InputRefused("not_signed")
        if not amendment.reason.strip():
            raise InputRefused("reason_empty")
        if amendment.version != session.version + 1:
            raise Conflict("session_has_changed")
        self._connection.execute(
            insert(amendments).values(
                session_id=amendment.session_id,
                version=amendment.version,
                reason=amendment.reason,
                at_ms=amendment.at_ms,
                practitioner_id=amendment.practitioner_id,
                practitioner_name=amendment.practitioner_name,
            )
        )
        self._turn(session, RecordState.AMENDING, amendment.version)

    def _turn(self, session: TreatmentSession, state: RecordState, version: int) -> None:
        self._connection.execute(
            update(treatment_sessions)
            .where(treatment_sessions.c.id == session.id)
            .values(state=state.value, version=version, revision=session.revision + 1)
        )


def entry_values(entry: RecordEntry) -> dict[str, Any]:
    """Return what an entry's row holds beside its key."""
    return {
        "body": entry.text,
        "at_ms": entry.at_ms,
        "practitioner_id": entry.practitioner_id,
        "details": json.dumps(entry.details, ensure_ascii=False),
    }
