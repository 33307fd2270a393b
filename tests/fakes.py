"""A clinic in memory that fulfils the services' ports and rolls back like the real one. No Qt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import Any

from injectmap.domain.accounts import Account
from injectmap.domain.acting import Acting
from injectmap.domain.aftercare import AdverseEvent, Due, DueKind, FollowUp, OutcomeScore
from injectmap.domain.dates import add_months, take_dates
from injectmap.domain.edits import Edit
from injectmap.domain.errors import Conflict, InjectmapError, InputRefused, StorageProblem
from injectmap.domain.journal import (
    GENESIS,
    JournalHeading,
    JournalKind,
    JournalRow,
    SubjectKind,
    canonical_json,
    make_row,
)
from injectmap.domain.patient import Patient, Practitioner, fold_name
from injectmap.domain.privacy import ErasedPerson
from injectmap.domain.product import Syringe, fold_lot
from injectmap.domain.proof import FileMark, Findings, Head, Progress, no_progress
from injectmap.domain.protocol import Protocol
from injectmap.domain.record import (
    Amendment,
    CoSignature,
    RecordEntry,
    RecordField,
    RecordState,
    SignedDocument,
    SignedVersion,
)
from injectmap.domain.session import OpenSession, TreatmentSession
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.stock import Recalled, StockItem, StockMovement
from injectmap.domain.totals import done_passes, share_by_zone
from injectmap.domain.treatment_map import Side, TreatmentMap
from injectmap.services.ports import SessionSummary
from tests.erasing_fake import MemoryErasing

TODAY = dt.date(2026, 11, 22)
NOW_MS = int(dt.datetime(2026, 11, 22, 14, 32, tzinfo=dt.UTC).timestamp() * 1000)


class FixedClock:
    def __init__(self) -> None:
        self.ms = NOW_MS

    def now_ms(self) -> int:
        return self.ms

    def today(self, time_zone: str) -> dt.date:
        return TODAY


@dataclass
class State:
    patients: dict[str, Patient] = field(default_factory=dict)
    sessions: dict[str, TreatmentSession] = field(default_factory=dict)
    maps: dict[str, TreatmentMap] = field(default_factory=dict)
    syringes: dict[str, Syringe] = field(default_factory=dict)
    entries: dict[str, dict[RecordField, RecordEntry]] = field(default_factory=dict)
    versions: dict[tuple[str, int], SignedVersion] = field(default_factory=dict)
    documents: dict[tuple[str, int], SignedDocument] = field(default_factory=dict)
    amendments: dict[tuple[str, int], Amendment] = field(default_factory=dict)
    stock: dict[str, StockItem] = field(default_factory=dict)
    movements: tuple[StockMovement, ...] = ()
    protocols: dict[tuple[str, int], Protocol] = field(default_factory=dict)
    follow_ups: dict[str, FollowUp] = field(default_factory=dict)
    scores: dict[str, OutcomeScore] = field(default_factory=dict)
    events: dict[str, AdverseEvent] = field(default_factory=dict)
    practitioners: tuple[Practitioner, ...] = ()
    accounts: dict[str, Account] = field(default_factory=dict)
    journal: tuple[JournalRow, ...] = ()
    settings: ClinicSettings = field(default_factory=lambda: ClinicSettings("Memory"))
    erased_people: tuple[ErasedPerson, ...] = ()
    erased_ids: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def copy(self) -> State:
        kept = {one.name: getattr(self, one.name) for one in fields(self)}
        return State(**{name: dict(one) if isinstance(one, dict) else one for name, one in kept.items()})


def check_open(session: TreatmentSession) -> None:
    if session.error_reason:
        raise InputRefused("session_in_error")
    if session.state is RecordState.SIGNED:
        raise InputRefused("session_signed")


class MemoryDatabase:
    """One state; a writing unit works on a copy. `failing` is raised by the next commits while it is set."""

    def __init__(self) -> None:
        self.state = State()
        self.name = "Memory"
        self.read_only = False
        self.read_only_reason: StorageProblem | None = None
        self.shared = False
        self.damaged = False
        self.failing: InjectmapError | None = None
        self.closed = False
        self.commits = 0

    def writing(self) -> MemoryUnit:
        if self.read_only:
            raise StorageProblem("file_read_only")
        return MemoryUnit(self, self.state.copy())

    def reading(self) -> MemoryUnit:
        return MemoryUnit(self, self.state)

    def check_whole(self, keep_going: Callable[[], None] | None = None) -> None:
        pass

    def mark_damaged(self) -> StorageProblem:
        self.damaged = self.read_only = True
        self.read_only_reason = StorageProblem("file_is_damaged", name=self.name)
        return self.read_only_reason

    def compact(self) -> bool:
        return True

    def close(self) -> None:
        self.closed = True


class MemoryUnit:
    def __init__(self, database: MemoryDatabase, state: State) -> None:
        self._database, self.state = database, state
        self.patients = MemoryPatients(state)
        self.sessions = MemorySessions(state)
        self.practitioners = MemoryPractitioners(state)
        self.journal = MemoryJournal(state)
        self.clinic = MemoryClinic(state)
        self.records = MemoryRecords(state)
        self.stock = MemoryStock(state)
        self.protocols = MemoryProtocols(state)
        self.aftercare = MemoryAftercare(state)
        self.erasing = MemoryErasing(state)
        self.accounts = MemoryAccounts(state)
        self.proof = MemoryProof(state)

    def __enter__(self) -> MemoryUnit:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def commit(self) -> None:
        if self._database.failing is not None:
            raise self._database.failing
        self._database.state = self.state
        self._database.commits += 1


class MemoryProof:
    """The chain of a memory clinic; of its state there is nothing that could differ from it."""

    def __init__(self, state: State) -> None:
        self._state = state

    def mark(self) -> FileMark:
        return FileMark("0190f000-0000-7000-8000-000000000001", True, 1_700_000_000_000, "test")

    def head(self) -> Head:
        rows = self._state.journal
        return Head(rows[-1].number, rows[-1].hash) if rows else Head()

    def hash_of(self, number: int) -> str | None:
        return next((row.hash for row in self._state.journal if row.number == number), None)

    def prove(self, progress: Progress = no_progress) -> Findings:
        progress(len(self._state.journal), len(self._state.journal))
        return Findings(self.head(), len(self._state.journal), 0)


class MemoryPatients:
    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, patient_id: str) -> Patient:
        if patient_id not in self._state.patients:
            raise StorageProblem("patient_not_found")
        return self._state.patients[patient_id]

    def add(self, patient: Patient) -> None:
        self._state.patients[patient.id] = patient

    def update(self, patient: Patient) -> Patient:
        if self.get(patient.id).revision != patient.revision:
            raise Conflict("patient_has_changed")
        stored = replace(patient, revision=patient.revision + 1)
        self._state.patients[patient.id] = stored
        return stored

    def next_number(self) -> int:
        return max((one.number for one in self._state.patients.values()), default=0) + 1

    def search(self, typed: str, *, limit: int) -> tuple[Patient, ...]:
        rest, dates = take_dates(typed, today=TODAY)
        parts = fold_name(rest).split()
        found = [
            one
            for one in self._state.patients.values()
            if all(part in f"{one.folded_name} {one.number_text} {one.birth_date}" for part in parts)
            and all(any(r.first <= one.birth_date <= r.last for r in readings) for readings in dates)
        ]
        return tuple(sorted(found, key=lambda one: (bool(one.error_reason), one.folded_name))[:limit])

    def recent(self, *, limit: int) -> tuple[Patient, ...]:
        latest = {s.patient_id: s.date for s in sorted(self._state.sessions.values(), key=lambda s: s.date)}
        found = [one for one in self._state.patients.values() if not one.error_reason]
        found.sort(key=lambda one: (latest.get(one.id, dt.date.min), one.number), reverse=True)
        return tuple(found[:limit])

    def same_person(self, folded_name: str, birth_date: dt.date) -> tuple[Patient, ...]:
        wanted = sorted(folded_name.split())
        same = [
            one
            for one in self._state.patients.values()
            if one.birth_date == birth_date and sorted(one.folded_name.split()) == wanted
        ]
        return tuple(sorted(same, key=lambda one: bool(one.error_reason)))


class MemorySessions:
    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, session_id: str) -> TreatmentSession:
        if session_id not in self._state.sessions:
            raise StorageProblem("session_not_found")
        return self._state.sessions[session_id]

    def open(self, session_id: str) -> OpenSession:
        session, state = self.get(session_id), self._state
        patient = state.patients[session.patient_id]
        if patient.erased:
            raise InputRefused("patient_erased", number=patient.number_text)
        syringes = sorted(
            (one for one in state.syringes.values() if one.session_id == session_id),
            key=lambda one: one.number,
        )
        by = next(one for one in state.practitioners if one.id == session.practitioner_id)
        drawn = state.maps.get(session_id, TreatmentMap())
        amending = session.state is RecordState.AMENDING
        return OpenSession(
            session,
            state.patients[session.patient_id],
            by,
            tuple(syringes),
            drawn,
            entries=dict(state.entries.get(session_id, {})),
            versions=tuple(one for (of, _), one in sorted(state.versions.items()) if of == session_id),
            amendment=state.amendments.get((session_id, session.version)) if amending else None,
        )

    def add(self, session: TreatmentSession) -> None:
        assert session.state is RecordState.DRAFT
        self._state.sessions[session.id] = session

    def update(self, session: TreatmentSession) -> TreatmentSession:
        before = self.get(session.id)
        if before.revision != session.revision:
            raise Conflict("session_has_changed")
        if before.error_reason or not session.error_reason:
            check_open(before)
        if before.state is RecordState.SIGNED:
            session = replace(before, error_reason=session.error_reason)
        stored = replace(session, revision=before.revision + 1, state=before.state, version=before.version)
        self._state.sessions[session.id] = stored
        return stored

    def next_number(self) -> int:
        return max((one.number for one in self._state.sessions.values()), default=0) + 1

    def of_patient(self, patient_id: str) -> tuple[SessionSummary, ...]:
        found = [one for one in self._state.sessions.values() if one.patient_id == patient_id]
        found.sort(key=lambda one: (one.date, one.number), reverse=True)
        return tuple(self._summary(one) for one in found)

    def _summary(self, session: TreatmentSession) -> SessionSummary:
        state = self._state
        drawn = state.maps.get(session.id, TreatmentMap())
        done = list(done_passes(drawn))
        units = sorted(
            (one for one in state.syringes.values() if one.session_id == session.id),
            key=lambda one: one.number,
        )
        return SessionSummary(
            session.id,
            session.number,
            session.date,
            next(one.name for one in state.practitioners if one.id == session.practitioner_id),
            tuple(dict.fromkeys(one.product.name for one in units)),
            sum(one.microlitres for one in done),
            len(done),
            session.error_reason,
            session.state,
            session.version,
            sum(one.is_planned for one in drawn.passes),
        )

    def latest(self) -> str | None:
        found = [one for one in self._state.sessions.values() if not one.error_reason]
        return max(found, key=lambda one: one.date).id if found else None

    def by_number(self, number: int) -> str | None:
        return next((one.id for one in self._state.sessions.values() if one.number == number), None)

    def put_syringe(self, syringe: Syringe) -> None:
        check_open(self.get(syringe.session_id))
        before = self._state.syringes.get(syringe.id)
        if before is not None and before.session_id != syringe.session_id:
            raise Conflict("syringe_of_other_session")
        self._state.syringes[syringe.id] = syringe

    def apply_edit(self, session_id: str, edit: Edit, revision: int) -> int:
        session = self.update(replace(self.get(session_id), revision=revision))
        self._state.maps[session_id] = edit.apply(self._state.maps.get(session_id, TreatmentMap()))
        return session.revision


class MemoryPractitioners:
    def __init__(self, state: State) -> None:
        self._state = state

    def all(self) -> tuple[Practitioner, ...]:
        return self._state.practitioners

    def add(self, practitioner: Practitioner) -> None:
        self._state.practitioners = (*self._state.practitioners, practitioner)


class MemoryAccounts:
    def __init__(self, state: State) -> None:
        self._state = state

    def all(self) -> tuple[Account, ...]:
        return tuple(self._state.accounts.values())

    def get(self, practitioner_id: str) -> Account | None:
        return self._state.accounts.get(practitioner_id)

    def add(self, account: Account) -> None:
        self._state.accounts[account.practitioner_id] = account

    def update(self, account: Account) -> Account:
        if self._state.accounts[account.practitioner_id].revision != account.revision:
            raise Conflict("account_has_changed")
        kept = replace(account, revision=account.revision + 1)
        self._state.accounts[account.practitioner_id] = kept
        return kept

    def attempts(
        self, subject_kind: SubjectKind, subject_id: str, *, limit: int
    ) -> tuple[tuple[JournalKind, int], ...]:
        wanted = (JournalKind.ENTER, JournalKind.REFUSE)
        rows = [
            (row.kind, row.at_ms)
            for row in reversed(self._state.journal)
            if (row.subject_kind, row.subject_id) == (subject_kind, subject_id) and row.kind in wanted
        ]
        return tuple(rows[:limit])


class PlainPasswords:
    """Hashes that can be read, in no time; counts how often a hash was reckoned."""

    def __init__(self) -> None:
        self.reckoned = 0

    def hash(self, password: str) -> str:
        self.reckoned += 1
        return f"plain:{password}"

    def matches(self, password_hash: str, password: str) -> bool:
        self.reckoned += 1
        return password_hash.split(":", 1)[-1] == password

    def unlike(self, password: str) -> None:
        self.reckoned += 1

    def is_dated(self, password_hash: str) -> bool:
        return password_hash.startswith("old:")


class MemoryJournal:
    def __init__(self, state: State) -> None:
        self._state = state

    def append(self, acting: Acting, *, payload: Any, undoes: int | None = None, **columns: Any) -> int:
        rows = self._state.journal
        row = make_row(
            number=len(rows) + 1,
            practitioner_id=acting.practitioner_id,
            workstation=acting.workstation,
            payload=canonical_json(payload),
            salt="salt",
            previous=rows[-1].hash if rows else GENESIS,
            undoes=undoes,
            **columns,
        )
        self._state.journal = (*rows, row)
        return row.number

    def of_subject(self, subject_kind: Any, subject_id: str) -> tuple[JournalRow, ...]:
        return tuple(
            row
            for row in self._state.journal
            if row.subject_kind == subject_kind and row.subject_id == subject_id
        )

    def head(self) -> int:
        return len(self._state.journal)

    def rows_after(self, number: int, *, limit: int) -> tuple[JournalHeading, ...]:
        return tuple(
            JournalHeading(
                row.number,
                row.at_ms,
                row.practitioner_id,
                row.workstation,
                row.subject_kind,
                row.subject_id,
                row.kind,
            )
            for row in self._state.journal[number : number + limit]
        )

    def all(self) -> tuple[JournalRow, ...]:
        return self._state.journal


class MemoryClinic:
    def __init__(self, state: State) -> None:
        self._state = state

    def settings(self) -> ClinicSettings:
        return self._state.settings

    def put(self, settings: ClinicSettings) -> None:
        if settings.demo != self._state.settings.demo:
            raise ValueError("a demo stays a demo")
        self._state.settings = settings


class MemoryRecords:
    def __init__(self, state: State) -> None:
        self._state, self._sessions = state, MemorySessions(state)

    def put_entry(self, session_id: str, field: RecordField, entry: RecordEntry) -> None:
        check_open(self._sessions.get(session_id))
        self._state.entries[session_id] = {**self._state.entries.get(session_id, {}), field: entry}

    def sign(self, version: SignedVersion, document: SignedDocument) -> None:
        session = self._sessions.get(version.session_id)
        if session.state is RecordState.SIGNED:
            raise InputRefused("signed_already")
        check_open(session)
        if session.version != version.version:
            raise Conflict("session_has_changed")
        key = (version.session_id, version.version)
        self._state.versions[key] = replace(
            version, amendment=self._state.amendments.get(key), cosignature=None
        )
        self._state.documents[key] = document
        self._turn(session, RecordState.SIGNED, version.version)

    def document(self, session_id: str, version: int) -> SignedDocument:
        if (session_id, version) not in self._state.documents:
            raise StorageProblem("version_not_found")
        return self._state.documents[session_id, version]

    def cosign(self, session_id: str, version: int, by: CoSignature) -> None:
        signed = self._state.versions.get((session_id, version))
        if signed is None:
            raise InputRefused("not_signed")
        if signed.cosignature is not None:
            raise InputRefused("cosigned_already")
        self._state.versions[session_id, version] = replace(signed, cosignature=by)

    def amend(self, amendment: Amendment) -> None:
        session = self._sessions.get(amendment.session_id)
        if session.error_reason:
            raise InputRefused("session_in_error")
        if session.state is not RecordState.SIGNED:
            raise InputRefused("not_signed")
        if not amendment.reason.strip():
            raise InputRefused("reason_empty")
        if amendment.version != session.version + 1:
            raise Conflict("session_has_changed")
        self._state.amendments[amendment.session_id, amendment.version] = amendment
        self._turn(session, RecordState.AMENDING, amendment.version)

    def _turn(self, session: TreatmentSession, state: RecordState, version: int) -> None:
        turned = replace(session, state=state, version=version, revision=session.revision + 1)
        self._state.sessions[session.id] = turned


class MemoryStock:
    def __init__(self, state: State) -> None:
        self._state = state

    def items(self) -> tuple[StockItem, ...]:
        found = sorted(self._state.stock.values(), key=lambda one: (one.serial, one.id))
        found.sort(key=lambda one: (one.product.name, one.expiry or dt.date.max, fold_lot(one.lot)))
        return tuple(found)

    def get(self, item_id: str) -> StockItem:
        if item_id not in self._state.stock:
            raise StorageProblem("stock_item_not_found")
        return self._state.stock[item_id]

    def find(self, product_id: str, lot: str, expiry: dt.date | None, serial: str = "") -> StockItem | None:
        wanted = (product_id, fold_lot(lot), expiry, serial)
        return next((one for one in self._state.stock.values() if _unit(one) == wanted), None)

    def add(self, item: StockItem) -> None:
        if item.id in self._state.stock or self.find(*_unit(item)) is not None:
            raise Conflict("stock_item_exists")
        self._state.stock[item.id] = replace(item, count=0, revision=1)

    def move(self, movement: StockMovement, revision: int) -> StockItem:
        item = self.get(movement.item_id)
        if item.revision != revision:
            raise Conflict("stock_item_has_changed")
        moved = replace(item, count=item.count + movement.units, revision=revision + 1)
        self._state.stock[item.id] = moved
        self._state.movements = (*self._state.movements, movement)
        return moved

    def movements(self, item_id: str) -> tuple[StockMovement, ...]:
        return tuple(one for one in self._state.movements if one.item_id == item_id)

    def of_session(self, session_id: str) -> tuple[StockMovement, ...]:
        return tuple(one for one in self._state.movements if one.session_id == session_id)

    def used_codes(self, identifier: str) -> tuple[tuple[str, str], ...]:
        found = sorted(self._state.syringes.values(), key=lambda one: one.id, reverse=True)
        return tuple((one.udi, one.product.id) for one in found if identifier.lower() in one.udi.lower())

    def recall(self, lot: str) -> tuple[Recalled, ...]:
        found = [
            (self._state.patients[session.patient_id], session, syringe)
            for syringe in self._state.syringes.values()
            if fold_lot(syringe.lot) == fold_lot(lot)
            for session in (self._state.sessions[syringe.session_id],)
        ]
        found.sort(key=lambda one: (one[0].folded_name, one[0].number, one[1].date, one[2].number))
        return tuple(self._recalled(*one) for one in found)

    def _recalled(self, patient: Patient, session: TreatmentSession, syringe: Syringe) -> Recalled:
        sums: dict[tuple[str, Side], int] = {}
        exact = False
        for one in done_passes(self._state.maps.get(session.id, TreatmentMap())):
            for share in one.shares:
                if share.syringe_id == syringe.id:
                    parts = share_by_zone(share.microlitres, one.microlitres, one.deposits, one.path.zones)
                    exact = exact or bool(share.microlitres % 10 or one.microlitres % 10)
                    for key, volume in parts.items():
                        sums[key] = sums.get(key, 0) + volume
        ranked = sorted(sums.items(), key=lambda item: (-item[1], item[0]))
        by = next(one for one in self._state.practitioners if one.id == session.practitioner_id)
        return Recalled(
            patient.id,
            patient.number,
            patient.display_name,
            patient.birth_date,
            patient.telephone,
            session.id,
            session.number_text,
            session.date,
            by.name,
            syringe.number,
            syringe.product.name,
            syringe.lot,
            syringe.expiry,
            syringe.serial,
            sum(sums.values()),
            tuple((zone, side, volume) for (zone, side), volume in ranked),
            session.state is RecordState.SIGNED or session.version > 1,
            session.error_reason,
            session.version,
            session.state is RecordState.AMENDING,
            exact,
        )


def _unit(item: StockItem) -> tuple[str, str, dt.date | None, str]:
    return item.product.id, fold_lot(item.lot), item.expiry, item.serial


class MemoryProtocols:
    def __init__(self, state: State) -> None:
        self._state = state

    def all(self) -> tuple[Protocol, ...]:
        latest = {one.id: one for _, one in sorted(self._state.protocols.items())}
        return tuple(sorted(latest.values(), key=lambda one: (one.name, one.id)))

    def get(self, protocol_id: str, version: int) -> Protocol | None:
        return self._state.protocols.get((protocol_id, version))

    def add(self, protocol: Protocol) -> None:
        if (protocol.id, protocol.version) in self._state.protocols:
            raise Conflict("protocol_version_taken")
        self._state.protocols[protocol.id, protocol.version] = protocol


class MemoryAftercare:
    def __init__(self, state: State) -> None:
        self._state = state

    def follow_ups(self, patient_id: str) -> tuple[FollowUp, ...]:
        found = [one for one in self._state.follow_ups.values() if one.patient_id == patient_id]
        return tuple(sorted(found, key=lambda one: (one.due, one.id)))

    def put_follow_up(self, follow_up: FollowUp) -> FollowUp:
        return _put(self._state.follow_ups, follow_up, "follow_up_has_changed")

    def scores(self, patient_id: str) -> tuple[OutcomeScore, ...]:
        found = [one for one in self._state.scores.values() if one.patient_id == patient_id]
        return tuple(sorted(found, key=lambda one: (one.date, one.id)))

    def put_score(self, score: OutcomeScore) -> OutcomeScore:
        return _put(self._state.scores, score, "score_has_changed")

    def events(self, patient_id: str) -> tuple[AdverseEvent, ...]:
        found = [one for one in self._state.events.values() if one.patient_id == patient_id]
        return tuple(sorted(found, key=lambda one: (one.onset_ms, one.id), reverse=True))

    def put_event(self, event: AdverseEvent) -> AdverseEvent:
        return _put(self._state.events, event, "event_has_changed")

    def due(self, until: dt.date, *, review_months: int | None) -> tuple[Due, ...]:
        found = [*self._planned(until), *self._follow_up_dates(until)]
        if review_months is not None:
            found += self._reviews(until, review_months)
        people = self._state.patients
        found = [one for one in found if not people[one.patient_id].error_reason]
        found.sort(
            key=lambda one: (one.due, people[one.patient_id].folded_name, one.patient_number, one.kind)
        )
        return tuple(found)

    def _planned(self, until: dt.date) -> Iterator[Due]:
        for one in self._state.follow_ups.values():
            if one.done_on is None and one.due <= until:
                session = self._state.sessions.get(one.session_id or "")
                yield self._line(DueKind.PLANNED, one.due, one.patient_id, session, one.id)

    def _follow_up_dates(self, until: dt.date) -> Iterator[Due]:
        kept = [one for one in self._state.sessions.values() if not one.error_reason]
        for session in kept:
            day = session.follow_up
            if day is None or day > until:
                continue
            own = [one for one in self._state.follow_ups.values() if one.session_id == session.id]
            entered = any(one.due == day or (one.done_on is not None and one.done_on >= day) for one in own)
            since = any(one.patient_id == session.patient_id and one.date >= day for one in kept)
            if not entered and not since:
                yield self._line(DueKind.FOLLOW_UP_DATE, day, session.patient_id, session)

    def _reviews(self, until: dt.date, months: int) -> Iterator[Due]:
        last: dict[str, TreatmentSession] = {}
        for session in sorted(self._state.sessions.values(), key=lambda one: (one.date, one.number)):
            if not session.error_reason and any(
                done_passes(self._state.maps.get(session.id, TreatmentMap()))
            ):
                last[session.patient_id] = session
        for patient_id, session in last.items():
            due = add_months(session.date, months)
            reviews = (one.done_on for one in self.follow_ups(patient_id) if one.done_on is not None)
            if due <= until and max(reviews, default=dt.date.min) < due:
                yield self._line(DueKind.REVIEW_INTERVAL, due, patient_id, session)

    def _line(
        self,
        kind: DueKind,
        due: dt.date,
        patient_id: str,
        session: TreatmentSession | None,
        follow_up_id: str | None = None,
    ) -> Due:
        patient = self._state.patients[patient_id]
        return Due(
            kind,
            due,
            patient_id,
            patient.number,
            patient.display_name,
            patient.telephone,
            session.id if session else None,
            session.date if session else None,
            follow_up_id,
        )


def _put(rows: dict[str, Any], row: Any, changed: str) -> Any:
    before = rows.get(row.id)
    if before is None and row.revision == 1:
        rows[row.id] = row
    elif before is not None and (before.revision, before.patient_id) == (row.revision, row.patient_id):
        rows[row.id] = replace(row, revision=row.revision + 1)
    else:
        raise Conflict(changed)
    return rows[row.id]
