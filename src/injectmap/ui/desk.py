"""What lies on the desk: the patient, the treatment session and its editor; widgets follow it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from injectmap.domain.errors import Conflict, InjectmapError, InputRefused
from injectmap.domain.patient import Patient, PatientDetails
from injectmap.domain.product import Product, Syringe
from injectmap.domain.session import OpenSession, PassDefaults, TreatmentSession
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.clinic_holder import ClinicHolder, Opener
from injectmap.ui.tasks import Tasks
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.acting import Acting
    from injectmap.editing.editor import MapEditor
    from injectmap.services.ports import SessionSummary
    from injectmap.services.sessions import NewSyringes


class Desk(ClinicHolder):
    """Holds what is open and tells when it changes.

    Calls that a form makes raise InjectmapError, so that the form can say it where it was typed; calls that a
    click makes report through `problem`. Nothing here decides about treatment.
    """

    patient_changed = Signal()
    sessions_changed = Signal()
    session_changed = Signal()
    save_state_changed = Signal()

    def __init__(
        self, opener: Opener, tasks: Tasks, bridge: EditorBridge, parent: QObject | None = None
    ) -> None:
        """Start with an empty desk; the editor laid on it goes through `bridge`."""
        super().__init__(opener, tasks, parent)
        self.bridge = bridge
        self.patient: Patient | None = None
        self.sessions: tuple[SessionSummary, ...] = ()
        self._saved_at_ms: int | None = None
        self._summaries = QTimer(self)
        self._summaries.setSingleShot(True)
        self._summaries.timeout.connect(self.read_sessions)
        self.bridge.changed.connect(self._on_edited)

    # The clinic

    @property
    def editor(self) -> MapEditor | None:
        """The editor of the open treatment session."""
        return self.bridge.editor

    def may_leave(self) -> bool:
        """An unsaved pass must be retried or discarded before its session may leave the desk."""
        return not self._holds_unsaved()

    def put_away(self) -> None:
        """Clear the desk."""
        self._summaries.stop()
        self._put_session_away()
        self.patient, self.sessions = None, ()
        self._saved_at_ms = None

    def open_latest(self) -> None:
        """A demonstration begins at its latest treatment session; a clinic never opens a patient unasked."""
        recent = self.recent_patients()
        if recent:
            self.open_patient(recent[0])

    @property
    def saved_at_ms(self) -> int | None:
        """When something was last stored; all that was read counts as stored."""
        if self._saved_at_ms is None and self.has_clinic:
            self._saved_at_ms = self.services.clock.now_ms()
        return self._saved_at_ms

    def products(self) -> tuple[Product, ...]:
        """The products file."""
        return self.services.products.products()

    def practitioner_name(self, practitioner_id: str) -> str:
        """The name of a practitioner of the clinic."""
        return next((one.name for one in self.services.practitioners if one.id == practitioner_id), "")

    # Patients

    def search(self, typed: str) -> tuple[Patient, ...]:
        """Patients that fit what was typed."""
        return self.services.patients.search(self.acting, typed)

    def recent_patients(self) -> tuple[Patient, ...]:
        """Patients treated lately."""
        return self.services.patients.recent(self.acting)

    def likely_duplicates(self, details: PatientDetails) -> tuple[Patient, ...]:
        """Patients who may be the same person."""
        return self.services.patients.likely_duplicates(self.acting, details)

    def create_patient(self, details: PatientDetails) -> None:
        """Register and open a patient."""
        self.refuse_if_unsaved()
        self.open_patient(self.services.patients.create(self.acting, details))

    def update_patient(self, details: PatientDetails) -> None:
        """Change the open patient's details."""
        self.refuse_if_unsaved()
        assert self.patient is not None
        self.patient = self.services.patients.update(self.acting, self.patient, details)
        if self.editor is not None:
            self.reload_session()
        self._saved()
        self.patient_changed.emit()

    def mark_patient_in_error(self, reason: str) -> None:
        """Mark the open patient as entered in error; it stays open, to be read."""
        self.refuse_if_unsaved()
        assert self.patient is not None
        marked = self.services.patients.mark_error(self.acting, self.patient, reason)
        self._saved()
        self._put_session_away()
        self.open_patient(marked)

    def open_patient(self, patient: Patient, session_id: str | None = None) -> None:
        """Open a patient with a treatment session, or with the latest if there is one, for who may see it."""
        if self._holds_unsaved():
            return
        if self.patient is not None and patient.id != self.patient.id:
            self._put_session_away()
        try:
            self.patient = self.services.patients.get(self.acting, patient.id)
            reads, sessions = self.reads_records, self.services.sessions
            self.sessions = sessions.of_patient(self.acting, patient.id) if reads else ()
        except InjectmapError as error:
            self.patient, self.sessions = None, ()
            self.problem.emit(error_sentence(error))
        self.patient_changed.emit()
        self.sessions_changed.emit()
        self.session_changed.emit()
        latest = next((one.id for one in self.sessions if not one.error_reason), None)
        if self.sessions and (session_id or latest):
            self.open_session(session_id or latest or "")

    def close_patient(self) -> None:
        """Put the patient away."""
        if self._holds_unsaved():
            return
        self._put_session_away()
        self.patient, self.sessions = None, ()
        self.patient_changed.emit()
        self.sessions_changed.emit()
        self.session_changed.emit()

    # Treatment sessions

    def open_session(self, session_id: str) -> None:
        """Open a treatment session of the open patient; the one in hand is kept if that fails."""
        if self._holds_unsaved():
            return
        try:
            self._take_session(self.services.sessions.open(self.acting, session_id))
        except InjectmapError as error:
            self.problem.emit(error_sentence(error))

    def create_session(
        self, *, date: dt.date, practitioner_id: str, syringes: Sequence[NewSyringes], defaults: PassDefaults
    ) -> None:
        """Start a treatment session of the open patient and open it."""
        self.refuse_if_unsaved()
        assert self.patient is not None
        opened = self.services.sessions.create(
            self.acting,
            patient_id=self.patient.id,
            date=date,
            practitioner_id=practitioner_id,
            syringes=syringes,
            defaults=defaults,
        )
        self._take_session(opened)
        self._saved()
        self.read_sessions()

    def mark_session_in_error(self, reason: str) -> None:
        """Mark the open treatment session as entered in error; it stays readable."""
        self.refuse_if_unsaved()
        self.take_changed(self.services.sessions.mark_error(self.acting, self.session_now(), reason))
        self.read_sessions()

    def correct_session(self, *, date: dt.date, practitioner_id: str) -> None:
        """Correct the open treatment session's date or practitioner; after a conflict the newer state is shown."""
        sessions = self.services.sessions
        self.change_session(
            lambda acting, session: sessions.set_details(
                acting, session, date=date, practitioner_id=practitioner_id
            )
        )

    def update_syringe(self, syringe: Syringe) -> None:
        """Store what is recorded of a syringe."""
        sessions = self.services.sessions
        self.change_session(lambda acting, session: sessions.update_syringe(acting, session, syringe))

    def change_session(self, change: Callable[[Acting, TreatmentSession], OpenSession]) -> None:
        """Let a service change the open treatment session; after a conflict the newer state is shown."""
        self.refuse_if_unsaved()
        try:
            opened = change(self.acting, self.session_now())
        except Conflict:
            self.reload_session()
            self.read_sessions()
            raise
        self.take_changed(opened)
        self.read_sessions()

    def reload_session(self) -> None:
        """Show the stored state of the open treatment session."""
        self._reload(self.services.sessions.open(self.acting, self._editor().session.id))

    def retry(self) -> None:
        """Try again to store what could not be stored."""
        if self.editor is not None and not self.nobody:
            self.editor.retry()

    def _editor(self) -> MapEditor:
        assert self.editor is not None
        return self.editor

    def session_now(self) -> TreatmentSession:
        """The open treatment session at the revision that the editor has reached."""
        editor = self._editor()
        return replace(editor.session, revision=editor.revision)

    def opened_now(self) -> OpenSession:
        """The open treatment session with its map, at the revision that the editor has reached."""
        return replace(self._editor().opened, session=self.session_now(), map=self._editor().map)

    def stored(self, *, session: bool = False) -> None:
        """A page has stored something; with `session`, what lists the open treatment session reads it anew."""
        self._saved()
        if session:
            self.read_sessions()
            self.session_changed.emit()

    def _reload(self, opened: OpenSession) -> None:
        self._editor().reload(opened, self.services.sessions.history(self.acting, opened.session.id))

    def take_changed(self, opened: OpenSession) -> None:
        """Show what a service returned of the open treatment session after changing it."""
        self._reload(opened)
        self._saved()

    def _take_session(self, opened: OpenSession) -> None:
        editor = self.opener.make_editor(self.services, opened)
        if self.read_only or not self.draws:
            editor.protect()
        self.bridge.set_editor(editor)
        self.session_changed.emit()

    def _put_session_away(self) -> None:
        if self.editor is not None:
            self.bridge.set_editor(None)

    def _holds_unsaved(self) -> bool:
        """An unsaved pass must be retried or discarded before its session may leave the desk."""
        self.leaving.emit()
        if self.editor is not None and self.editor.failed is not None:
            self.problem.emit(load_words()("error.unsaved_first"))
            return True
        return False

    def refuse_if_unsaved(self) -> None:
        """What reloads the session would drop the pass that is kept on the chart."""
        if self.editor is not None and self.editor.failed is not None:
            raise InputRefused("unsaved_first")

    def read_sessions(self) -> None:
        """Read the open patient's sessions as they are stored now."""
        if self.patient is None or not self.reads_records:
            return
        try:
            self.sessions = self.services.sessions.of_patient(self.acting, self.patient.id)
        except InjectmapError as error:
            self.problem.emit(error_sentence(error))
            return
        self.sessions_changed.emit()

    # Saving

    def _saved(self) -> None:
        self._saved_at_ms = self.services.clock.now_ms()
        self.save_state_changed.emit()

    def _on_edited(self, aspects: frozenset[str]) -> None:
        editor = self.editor
        if editor is None or not aspects & {"map", "state"}:
            return
        if editor.failed is not None and isinstance(editor.failed.error, Conflict):
            # The editor is still telling its news; the newer state is taken when it has finished.
            QTimer.singleShot(0, self, self._solve_conflict)
            return
        if editor.failed is None and "map" in aspects:
            self._saved_at_ms = self.services.clock.now_ms()
            self._summaries.start(0)
        self.save_state_changed.emit()

    def _solve_conflict(self) -> None:
        editor = self.editor
        if editor is None or editor.failed is None:
            return
        failed = editor.failed
        try:
            self.reload_session()
        except InjectmapError as error:
            self.problem.emit(error_sentence(error))
            return
        if failed.undoes is not None or not editor.keep(failed.edit):
            self.notice.emit(error_sentence(failed.error))
        self.read_sessions()
