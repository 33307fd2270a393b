"""A clinic in memory behind the real services, and stand-ins for what lies outside the window."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from injectmap.domain.acting import Acting, Role
from injectmap.domain.edits import Edit
from injectmap.domain.errors import Conflict, InjectmapError, StorageProblem
from injectmap.domain.journal import GENESIS, JournalRow, canonical_json, make_row
from injectmap.domain.patient import Patient, Practitioner, fold_name
from injectmap.domain.product import Product, Syringe
from injectmap.domain.session import OpenSession, TreatmentSession
from injectmap.domain.settings import ClinicSettings, Paper
from injectmap.domain.totals import done_passes
from injectmap.domain.treatment_map import TreatmentMap
from injectmap.services.clinic import Services
from injectmap.services.patients import PatientService
from injectmap.services.ports import RenderedPage, SessionSummary
from injectmap.services.records import RecordService
from injectmap.services.sessions import MapVersions, SessionService
from tests import builders

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
    practitioners: tuple[Practitioner, ...] = ()
    journal: tuple[JournalRow, ...] = ()

    def copy(self) -> State:
        return State(
            dict(self.patients),
            dict(self.sessions),
            dict(self.maps),
            dict(self.syringes),
            self.practitioners,
            self.journal,
        )


class MemoryDatabase:
    """One state; a writing unit works on a copy. `failing` is raised by the next commits while it is set."""

    def __init__(self) -> None:
        self.state = State()
        self.name = "Memory"
        self.read_only = False
        self.failing: InjectmapError | None = None
        self.closed = False

    def writing(self) -> MemoryUnit:
        if self.read_only:
            raise StorageProblem("file_read_only")
        return MemoryUnit(self, self.state.copy())

    def reading(self) -> MemoryUnit:
        return MemoryUnit(self, self.state)

    def close(self) -> None:
        self.closed = True


class MemoryUnit:
    def __init__(self, database: MemoryDatabase, state: State) -> None:
        self._database, self.state = database, state
        self.patients = MemoryPatients(state)
        self.sessions = MemorySessions(state)
        self.practitioners = MemoryPractitioners(state)
        self.journal = MemoryJournal(state)

    def __enter__(self) -> MemoryUnit:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def commit(self) -> None:
        if self._database.failing is not None:
            raise self._database.failing
        self._database.state = self.state


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
        parts = fold_name(typed).split()
        found = [
            one
            for one in self._state.patients.values()
            if not one.error_reason
            and all(part in f"{one.folded_name} {one.number_text} {one.birth_date}" for part in parts)
        ]
        return tuple(sorted(found, key=lambda one: one.folded_name)[:limit])

    def recent(self, *, limit: int) -> tuple[Patient, ...]:
        latest = {s.patient_id: s.date for s in sorted(self._state.sessions.values(), key=lambda s: s.date)}
        found = [one for one in self._state.patients.values() if not one.error_reason]
        found.sort(key=lambda one: (latest.get(one.id, dt.date.min), one.number), reverse=True)
        return tuple(found[:limit])

    def same_person(self, folded_name: str, birth_date: dt.date) -> tuple[Patient, ...]:
        wanted = sorted(folded_name.split())
        return tuple(
            one
            for one in self._state.patients.values()
            if one.birth_date == birth_date
            and sorted(one.folded_name.split()) == wanted
            and not one.error_reason
        )


class MemorySessions:
    def __init__(self, state: State) -> None:
        self._state = state

    def get(self, session_id: str) -> TreatmentSession:
        if session_id not in self._state.sessions:
            raise StorageProblem("session_not_found")
        return self._state.sessions[session_id]

    def open(self, session_id: str) -> OpenSession:
        session, state = self.get(session_id), self._state
        syringes = sorted(
            (one for one in state.syringes.values() if one.session_id == session_id),
            key=lambda one: one.number,
        )
        by = next(one for one in state.practitioners if one.id == session.practitioner_id)
        drawn = state.maps.get(session_id, TreatmentMap())
        return OpenSession(session, state.patients[session.patient_id], by, tuple(syringes), drawn)

    def add(self, session: TreatmentSession) -> None:
        self._state.sessions[session.id] = session

    def update(self, session: TreatmentSession) -> TreatmentSession:
        if self.get(session.id).revision != session.revision:
            raise Conflict("session_has_changed")
        stored = replace(session, revision=session.revision + 1)
        self._state.sessions[session.id] = stored
        return stored

    def next_number(self) -> int:
        return max((one.number for one in self._state.sessions.values()), default=0) + 1

    def of_patient(self, patient_id: str) -> tuple[SessionSummary, ...]:
        found = [one for one in self._state.sessions.values() if one.patient_id == patient_id]
        found.sort(key=lambda one: (one.date, one.number), reverse=True)
        return tuple(self._summary(one) for one in found)

    def _summary(self, session: TreatmentSession) -> SessionSummary:
        opened = self.open(session.id)
        done = list(done_passes(opened.map))
        return SessionSummary(
            session.id,
            session.number,
            session.date,
            opened.practitioner.name,
            tuple(dict.fromkeys(one.product.name for one in opened.syringes)),
            sum(one.microlitres for one in done),
            len(done),
            session.error_reason,
        )

    def latest(self) -> str | None:
        found = [one for one in self._state.sessions.values() if not one.error_reason]
        return max(found, key=lambda one: one.date).id if found else None

    def by_number(self, number: int) -> str | None:
        return next((one.id for one in self._state.sessions.values() if one.number == number), None)

    def put_syringe(self, syringe: Syringe) -> None:
        self._state.syringes[syringe.id] = syringe

    def apply_edit(self, session_id: str, edit: Edit, revision: int) -> int:
        session = self.get(session_id)
        if session.revision != revision:
            raise Conflict("session_has_changed")
        self._state.maps[session_id] = edit.apply(self._state.maps.get(session_id, TreatmentMap()))
        self._state.sessions[session_id] = replace(session, revision=revision + 1)
        return revision + 1


class MemoryPractitioners:
    def __init__(self, state: State) -> None:
        self._state = state

    def all(self) -> tuple[Practitioner, ...]:
        return self._state.practitioners

    def add(self, practitioner: Practitioner) -> None:
        self._state.practitioners = (*self._state.practitioners, practitioner)


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

    def all(self) -> tuple[JournalRow, ...]:
        return self._state.journal


class FakeCatalogue:
    def __init__(self) -> None:
        self.listed: tuple[Product, ...] = (
            builders.product(),
            replace(builders.product(product_id="other", name="Other filler", nominal_ul=1000), per_box=1),
        )

    def products(self) -> tuple[Product, ...]:
        return self.listed

    def protocols(self) -> tuple[Any, ...]:
        return ()


class FakeRecordOutput:
    """Two white pages with the count of passes in their grey, so that an old one is told from a new one."""

    def __init__(self) -> None:
        self.failing: Exception | None = None
        self.asked: list[float] = []
        self.looks: list[tuple[Paper, bool]] = []

    def pdf(
        self, opened: OpenSession, clinic: ClinicSettings, *, printed_at_ms: int, mono: bool = False
    ) -> bytes:
        if self.failing is not None:
            raise self.failing
        return b"%PDF-1.7 " + opened.session.number_text.encode()

    def pages(
        self,
        opened: OpenSession,
        clinic: ClinicSettings,
        *,
        printed_at_ms: int,
        pixels_per_inch: float,
        mono: bool = False,
    ) -> tuple[RenderedPage, ...]:
        from PIL import Image

        if self.failing is not None:
            raise self.failing
        self.asked.append(pixels_per_inch)
        self.looks.append((clinic.paper, mono))
        shade = 255 - len(opened.map.passes)
        size = (round(pixels_per_inch * 8.27), round(pixels_per_inch * 11.69))
        content = io.BytesIO()
        Image.new("L", size, shade).save(content, "PNG")
        return tuple(RenderedPage(content.getvalue(), 595.0, 842.0) for _ in range(2))


class InlineExecutor(Executor):
    """Works at once in the caller's thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class FakePrompts:
    """Replies from a script and records what was asked."""

    def __init__(self) -> None:
        self.existing: Path | None = None
        self.new: Path | None = None
        self.printers = True
        self.printer: Any = None
        self.asked: list[tuple[Any, ...]] = []

    def choose_existing_file(self, title: str, kinds: str) -> Path | None:
        self.asked.append(("existing", title))
        return self.existing

    def choose_new_file(self, title: str, suggested: Path, kinds: str) -> Path | None:
        self.asked.append(("new", suggested))
        return self.new

    def has_printer(self) -> bool:
        return self.printers

    def choose_printer(self, document: str, pages: int, *, letter: bool) -> Any:
        self.asked.append(("printer", document, pages, letter))
        return self.printer


class FakeOpener:
    """Opens clinics in memory; `refusals` gives the fault of opening a path."""

    def __init__(self) -> None:
        self.database = MemoryDatabase()
        self.clock = FixedClock()
        self.catalogue = FakeCatalogue()
        self.output = FakeRecordOutput()
        self.settings = ClinicSettings("Test clinic", demo=True)
        self.refusals: dict[Path, Exception] = {}
        self.created: list[tuple[Path, str, str, str]] = []
        self.recent_paths: tuple[Path, ...] = ()
        one = builders.practitioner(name="Dr R. Okonjo-Lind")
        other = builders.practitioner(name="M. Sandahl RN")
        self.database.state.practitioners = (one, other)
        self.acting = Acting(one.id, Role.PRACTITIONER, "room-1")

    def prepare(self) -> None:
        from injectmap.atlas import load_atlas

        load_atlas()

    def demo(self) -> Services:
        return self.services()

    def create(self, path: Path, *, name: str, practitioner: str, time_zone: str) -> Services:
        if path in self.refusals:
            raise self.refusals[path]
        self.created.append((path, name, practitioner, time_zone))
        return self.services()

    def open(self, path: Path) -> Services:
        if path in self.refusals:
            raise self.refusals[path]
        return self.services()

    def recent(self) -> tuple[Path, ...]:
        return self.recent_paths

    def make_editor(self, services: Services, opened: OpenSession) -> Any:
        from injectmap.atlas import load_atlas
        from injectmap.editing.editor import MapEditor

        history = services.sessions.history(services.acting, opened.session.id)
        return MapEditor(opened, load_atlas(), services.sessions, services.acting, history)

    def services(self) -> Services:
        database, clock = self.database, self.clock
        return Services(
            database=database,
            clock=clock,
            settings=self.settings,
            acting=self.acting,
            practitioners=database.state.practitioners,
            patients=PatientService(database, clock),
            sessions=SessionService(database, clock, MapVersions(1, 1), "Europe/London"),
            records=RecordService(database, clock, self.output, self.settings),
            products=self.catalogue,
            protocols=self.catalogue,
        )

    def put_patient(self, **fields: Any) -> Patient:
        one = replace(
            builders.patient(**fields), number=len(self.database.state.patients) + fields.pop("start", 417)
        )
        self.database.state.patients[one.id] = one
        return one

    def put_session(
        self, of: Patient, *, date: dt.date = TODAY, count: int = 8, microlitres: int = 150
    ) -> TreatmentSession:
        """A stored session with two syringes and a C-shape of `count` passes on both sides."""
        state = self.database.state
        session = builders.treatment_session(
            of, state.practitioners[0], date=date, number=len(state.sessions) + 1
        )
        state.sessions[session.id] = session
        syringes = [builders.syringe(session, number=n, lot="H26C118") for n in (1, 2)]
        for one in syringes:
            state.syringes[one.id] = one
        state.maps[session.id] = builders.c_shape(*syringes, microlitres=microlitres, count=count)
        return session
