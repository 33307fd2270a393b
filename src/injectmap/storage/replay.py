"""Replays the journal into every clinical table, as prints of rows that are compared with those stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from injectmap.domain.edits import Edit, edit_from_json
from injectmap.domain.errors import InjectmapError
from injectmap.domain.forms import FAULTS, parse_json
from injectmap.domain.journal import JournalKind, JournalRow, SubjectKind
from injectmap.domain.proof import Finding, FindingCode
from injectmap.domain.record import RecordState
from injectmap.domain.treatment_map import CannulaPass
from injectmap.services import payloads
from injectmap.services.syringes import syringe_from_json
from injectmap.storage import tables
from injectmap.storage.aftercare import event_values, follow_up_values, score_values
from injectmap.storage.clinic import practitioner_values, settings_values
from injectmap.storage.item_rows import item_values
from injectmap.storage.pass_rows import pass_values, share_values
from injectmap.storage.patients import patient_values
from injectmap.storage.protocols import protocol_values
from injectmap.storage.record_tables import record_versions, stock_movements
from injectmap.storage.records import entry_values
from injectmap.storage.replay_rows import ExpectedTable
from injectmap.storage.session_rows import session_values, syringe_values
from injectmap.storage.stock import movement_values, stock_item_values

# Rows of these kinds say what happened and change no clinical table.
_CHANGES_NOTHING = frozenset({JournalKind.READ, JournalKind.ENTER, JournalKind.REFUSE, JournalKind.RESTORE})
# Without its check of every type: what has another one differs from what is stored, and is found by that.
_edit_from_json: Callable[[dict[str, Any]], Edit] = getattr(edit_from_json, "__wrapped__", edit_from_json)
# Columns that stand for others: a password's hash by its digest, a document and its pictures by theirs.
PASSWORD_DIGEST = "password_hash"  # noqa: S105 - the name of a column
_VERSION_COLUMNS = ("session_id", "version", "digest", "signed_at_ms", "practitioner_id", "practitioner_name")

Payload = dict[str, Any]


class _Session:
    """What of a session follows from the rows about it and is in no payload."""

    __slots__ = ("revision", "state", "version")

    def __init__(self, revision: int, state: RecordState, version: int) -> None:
        self.revision, self.state, self.version = revision, state, version


class Replay:
    """Takes the rows of a journal in order; `tables` then say what the clinical tables must hold.

    Of an erased subject only what the `erase` row says counts: what came before has lost its payload.
    """

    def __init__(self, erased: Mapping[str, int]) -> None:
        """`erased` names the subjects of `erase` rows, each with the number of its last one."""
        self.tables = {
            table.name: ExpectedTable(table)
            for table in tables.clinical_tables()
            if table.name not in ("record_versions", "stock_movements")
        }
        self.tables["record_versions"] = ExpectedTable(record_versions, columns=_VERSION_COLUMNS)
        self.tables["stock_movements"] = ExpectedTable(stock_movements, key=("id",))
        self.erased_subjects = ExpectedTable(tables.erased_subjects)
        self.file: Payload | None = None
        self._erased = erased
        self._sessions: dict[str, _Session] = {}
        self._names: dict[str, str] = {}
        self._movements = 0
        self._puts: dict[SubjectKind, Callable[[JournalRow, Payload], bool]] = {
            SubjectKind.CLINIC: self._clinic,
            SubjectKind.PRACTITIONER: self._practitioner,
            SubjectKind.ACCOUNT: self._account,
            SubjectKind.PATIENT: self._patient,
            SubjectKind.SESSION: self._session,
            SubjectKind.SYRINGE: self._syringe,
            SubjectKind.RECORD_ENTRY: self._entry,
            SubjectKind.AMENDMENT: self._amendment,
            SubjectKind.STOCK_ITEM: self._stock,
            SubjectKind.PROTOCOL: self._protocol,
            SubjectKind.ADVERSE_EVENT: self._event,
            SubjectKind.FOLLOW_UP: self._follow_up,
            SubjectKind.OUTCOME_SCORE: self._score,
        }

    def take(self, row: JournalRow) -> Finding | None:
        """Take the next row; a finding if it cannot be read, or does not follow from those before it."""
        erased_by = self._erased.get(row.subject_id)
        if erased_by is not None and row.number < erased_by:
            kept = row.payload is not None or row.salt is not None
            return Finding(FindingCode.PAYLOAD_KEPT, row.number) if kept else None
        if row.payload is None:
            return Finding(FindingCode.PAYLOAD_MISSING, row.number)
        if row.kind in _CHANGES_NOTHING:
            return None
        try:
            follows = self._take(row, parse_json(row.payload, "journal"))
        except (*FAULTS, InjectmapError):
            return Finding(FindingCode.PAYLOAD_UNREADABLE, row.number)
        return None if follows else Finding(FindingCode.DOES_NOT_FOLLOW, row.number)

    def _take(self, row: JournalRow, data: Payload) -> bool:
        match row.kind, row.subject_kind:
            case JournalKind.EDIT, SubjectKind.SESSION:
                return self._edit(row, _edit_from_json(data))
            case JournalKind.SIGN, SubjectKind.RECORD_VERSION:
                return self._cosign(row, data) if "cosigned_by" in data else self._sign(row, data)
            case JournalKind.ERASE, SubjectKind.PATIENT:
                return self._erase(row, data)
            case JournalKind.PUT, subject if subject in self._puts:
                return self._puts[subject](row, data)
        return False

    def _put(self, table: str, values: Mapping[str, Any], row: JournalRow) -> None:
        self.tables[table].put(values, row.number)

    # ---- the clinic and its people

    def _clinic(self, row: JournalRow, data: Payload) -> bool:
        self._put("clinic", {"id": 1, **settings_values(payloads.clinic_from_json(data))}, row)
        self.file = self.file or data.get("file")
        return True

    def _practitioner(self, row: JournalRow, data: Payload) -> bool:
        one = payloads.practitioner_from_json(data)
        self._names[one.id] = one.name
        self._put("practitioners", practitioner_values(one), row)
        return True

    def _account(self, row: JournalRow, data: Payload) -> bool:
        from injectmap.domain.accounts import account_from_json
        from injectmap.storage.accounts import account_values

        account = account_from_json(data)
        values = {**account_values(account), PASSWORD_DIGEST: data["password_digest"]}
        self._put("accounts", {"practitioner_id": account.practitioner_id, **values}, row)
        return True

    # ---- patients and sessions

    def _patient(self, row: JournalRow, data: Payload) -> bool:
        self._put("patients", patient_values(payloads.patient_from_json(data)), row)
        return True

    def _session(self, row: JournalRow, data: Payload) -> bool:
        held = self._sessions.get(data["id"])
        state, version = (held.state, held.version) if held else (RecordState.DRAFT, 1)
        session = payloads.session_from_json(data, state=state, version=version)
        self._sessions[session.id] = _Session(session.revision, session.state, session.version)
        life = {"state": session.state.value, "version": session.version}
        self._put("treatment_sessions", {**session_values(session), **life}, row)
        return True

    def _turned(
        self, row: JournalRow, session_id: str, state: RecordState | None = None, version: int | None = None
    ) -> bool:
        """Raise a session's revision, as everything about it does; signing and amending change its state too."""
        held = self._sessions.get(session_id)
        if held is None:
            return False
        held.revision += 1
        changed: Payload = {"revision": held.revision}
        if state is not None and version is not None:
            held.state, held.version = state, version
            changed |= {"state": state.value, "version": version}
        return self.tables["treatment_sessions"].patch((session_id,), changed, row.number)

    def _syringe(self, row: JournalRow, data: Payload) -> bool:
        one = syringe_from_json(data)
        self._put("syringes", {"id": one.id, "session_id": one.session_id, **syringe_values(one)}, row)
        return True

    def _edit(self, row: JournalRow, edit: Edit) -> bool:
        session_id, follows = row.subject_id, True
        passes, shares, items = (self.tables[name] for name in ("passes", "pass_shares", "map_items"))
        for change in edit.changes:
            if change.before is None:
                follows &= not passes.has((change.pass_id,))
            else:
                follows &= passes.holds(_pass_row(session_id, change.before))
                passes.drop((change.pass_id,))
                for position in range(len(change.before.shares)):
                    shares.drop((change.pass_id, position))
            if change.after is not None:
                passes.put(_pass_row(session_id, change.after), row.number)
                for share in share_values(change.after):
                    shares.put(share, row.number)
        for item in edit.items:
            key = (session_id, item.item_id)
            own = {"session_id": session_id, "id": item.item_id}
            if item.before is None:
                follows &= not items.has(key)
            else:
                follows &= items.holds({**own, **item_values(item.before)})
                items.drop(key)
            if item.after is not None:
                items.put({**own, **item_values(item.after)}, row.number)
        return self._turned(row, session_id) and follows

    # ---- the life of a record

    def _entry(self, row: JournalRow, data: Payload) -> bool:
        own = {"session_id": row.subject_id, "field": payloads.field_from_json(data).value}
        self._put("record_entries", {**own, **entry_values(payloads.entry_from_json(data, row.at_ms))}, row)
        return self._turned(row, row.subject_id)

    def _sign(self, row: JournalRow, data: Payload) -> bool:
        version = int(data["version"])
        values = {
            "session_id": row.subject_id,
            "version": version,
            "digest": data["digest"],
            "signed_at_ms": row.at_ms,
            **self._by(row.practitioner_id),
        }
        self._put("record_versions", values, row)
        return self._turned(row, row.subject_id, RecordState.SIGNED, version)

    def _cosign(self, row: JournalRow, data: Payload) -> bool:
        own = {"session_id": row.subject_id, "version": data["version"], "at_ms": row.at_ms}
        self._put("cosignatures", {**own, **self._by(data["cosigned_by"])}, row)
        return self.tables["record_versions"].has((row.subject_id, data["version"]))

    def _amendment(self, row: JournalRow, data: Payload) -> bool:
        own = {"session_id": row.subject_id, "version": data["version"], "reason": data["reason"]}
        self._put("amendments", {**own, "at_ms": row.at_ms, **self._by(data["by"])}, row)
        return self._turned(row, row.subject_id, RecordState.AMENDING, int(data["version"]))

    def _by(self, practitioner_id: str) -> Payload:
        """A practitioner with the name of that day."""
        return {"practitioner_id": practitioner_id, "practitioner_name": self._names.get(practitioner_id, "")}

    # ---- stock, protocols, aftercare

    def _stock(self, row: JournalRow, data: Payload) -> bool:
        self._put("stock_items", stock_item_values(payloads.stock_item_from_json(data["item"])), row)
        movement = payloads.movement_from_json(data["movement"])
        self._movements += 1
        self._put("stock_movements", {"number": self._movements, **movement_values(movement)}, row)
        return True

    def _protocol(self, row: JournalRow, data: Payload) -> bool:
        from injectmap.domain.protocol import protocol_from_json

        self._put("protocols", protocol_values(protocol_from_json(data)), row)
        return True

    def _event(self, row: JournalRow, data: Payload) -> bool:
        one = payloads.event_from_json(data)
        self._put("adverse_events", {"id": one.id, "revision": one.revision, **event_values(one)}, row)
        return True

    def _follow_up(self, row: JournalRow, data: Payload) -> bool:
        one = payloads.follow_up_from_json(data)
        self._put("follow_ups", {"id": one.id, "revision": one.revision, **follow_up_values(one)}, row)
        return True

    def _score(self, row: JournalRow, data: Payload) -> bool:
        one = payloads.score_from_json(data)
        self._put("outcome_scores", {"id": one.id, "revision": one.revision, **score_values(one)}, row)
        return True

    # ---- erasure

    def _erase(self, row: JournalRow, data: Payload) -> bool:
        """Put what is left of a person; nothing else of the erased subjects was ever taken in."""
        self._patient(row, data["patient"])
        for session in data["sessions"]:
            self._session(row, session)
        for syringe in data["syringes"]:
            self._syringe(row, syringe)
        for subject_id in self._named(data):
            if not self.erased_subjects.has((subject_id,)):
                self.erased_subjects.put({"subject_id": subject_id, "number": row.number}, row.number)
        return bool(data["patient"]["id"] == row.subject_id)

    @staticmethod
    def _named(data: Payload) -> Iterable[str]:
        return map(str, data["subjects"])


def _pass_row(session_id: str, one: CannulaPass) -> Payload:
    return {"id": one.id, "session_id": session_id, **pass_values(one)}


def subjects_of(payload: str) -> tuple[str, ...]:
    """Return the subjects that an `erase` row names; none if it cannot be read."""
    try:
        return tuple(map(str, parse_json(payload, "journal")["subjects"]))
    except (*FAULTS, InjectmapError):
        return ()
