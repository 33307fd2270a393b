"""Retention and erasure: who is due, who was erased and which backups still hold them; and access reports."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from injectmap.domain.acting import Right
from injectmap.domain.errors import InjectmapError
from injectmap.domain.patient import Patient
from injectmap.domain.privacy import ErasureReason
from injectmap.services.privacy import BeforeErasing, Erasure
from injectmap.services.privacy_ports import AccessReport, RetentionList
from injectmap.services.saving import write_whole
from injectmap.ui.desk import Desk
from injectmap.ui.prompts import Prompts
from injectmap.ui.tasks import Task
from injectmap.ui.theme import Theme
from injectmap.ui.trust.access_view import AccessView
from injectmap.ui.trust.erase_form import EraseForm
from injectmap.ui.trust.privacy_lists import PrivacyLists, PrivacyState
from injectmap.ui.widgets.basics import Card, TextLabel, column
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

# What is refused where it was typed.
_OF_FORM = ("erase_number_other", "erase_reason_missing", "erase_not_due", "sign_in_refused", "sign_in_wait")


class PrivacyCard(Card):
    """Reads in the worker; a form or a report takes the place of the lists until it is left."""

    patient_wanted = Signal(object)
    # What was asked for stands in the card now: whoever scrolls shows it whole.
    sight_wanted = Signal()

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__(theme, border="line")
        self._desk, self._prompts = desk, prompts
        self._asked: Patient | None = None
        self._listed: RetentionList | None = None
        self._reading: Task | None = None
        words = load_words()
        layout = column(self, margins=(20, 16, 20, 20), spacing=12)
        layout.addWidget(TextLabel(theme, "section", "text", words("privacy.title")))
        self.said = TextLabel(theme, "body", "text2", wrap=True)
        self.done = TextLabel(theme, "body", "text", wrap=True)
        self.form = EraseForm(theme)
        self.access = AccessView(theme, desk, prompts)
        self.lists = PrivacyLists(theme, desk)
        for widget in (self.said, self.done, self.lists, self.form, self.access):
            layout.addWidget(widget)
        self.done.hide()
        self._show(self.lists)
        self.lists.erase_wanted.connect(partial(self._with, self.begin_erasing))
        self.lists.report_wanted.connect(partial(self._with, self.show_access))
        self.lists.open_wanted.connect(partial(self._with, self.patient_wanted.emit))
        self.lists.csv_wanted.connect(self._save_csv)
        self.form.confirmed.connect(self._erase)
        self.form.cancelled.connect(self._back)
        self.access.left.connect(self._back)
        desk.clinic_changed.connect(self._forget)

    # What the page asks for

    def refresh(self) -> None:
        """Read the lists anew; who may not see them is told so, and nothing is read."""
        desk = self._desk
        if not desk.has_clinic:
            return
        allowed = desk.acting.may(Right.KEEP_PRIVATE)
        self.said.setText("" if allowed else load_words()("privacy.not_yours"))
        self.said.setVisible(not allowed)
        if not allowed:
            self._forget()
            self.lists.hide()
            return
        if self.form.isHidden() and self.access.isHidden():
            self._show(self.lists)
        if self._reading is not None:
            self._reading.cancel()
        privacy, acting = desk.services.privacy, desk.acting

        def work(_task: Task) -> PrivacyState:
            return PrivacyState(privacy.retention(acting), privacy.still_held(acting))

        self._reading = desk.tasks.run(
            work, done=self._take, failed=self._failed, owner=self, label=load_words()("privacy.busy")
        )

    def begin_erasing(self, patient: Patient) -> None:
        """Say what erasing this patient means, and ask."""
        privacy, acting = self._desk.services.privacy, self._desk.acting
        self._run(lambda: privacy.before_erasing(acting, patient.id), self._ask)

    def show_access(self, patient: Patient) -> None:
        """Show who looked at and changed this patient's data."""
        privacy, acting = self._desk.services.privacy, self._desk.acting
        self._run(lambda: privacy.access_report(acting, patient.id), self._show_report)

    # The lists

    def _take(self, state: PrivacyState) -> None:
        self._reading = None
        self._listed = state.due
        self.lists.show_state(state)

    def _patient_of(self, patient_id: str) -> Patient | None:
        try:
            return self._desk.services.patients.get(self._desk.acting, patient_id)
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
            return None

    def _with(self, what: Callable[[Patient], object], patient_id: str) -> None:
        patient = self._patient_of(patient_id)
        if patient is not None:
            what(patient)

    def _save_csv(self) -> None:
        words, found = load_words(), self._listed
        if found is None:
            return
        suggested = Path.home() / f"{words('retention.file')}.csv"
        path = self._prompts.choose_new_file(words("recall.csv"), suggested, words("recall.kinds.csv"))
        if path is None:
            return
        privacy, acting = self._desk.services.privacy, self._desk.acting

        def save() -> Path:
            write_whole(path, privacy.retention_csv(acting, found))
            return path

        self._run(save, self._saved)

    def _saved(self, path: Path) -> None:
        self._desk.notice.emit(load_words()("recall.saved", name=path.name))

    # Erasing

    def _ask(self, before: BeforeErasing) -> None:
        self._asked = before.patient
        self.done.hide()
        services = self._desk.services
        self.form.begin(before, services.settings.time_zone, password=services.accounts.asked_for())
        self._show(self.form)

    def _erase(self, number: str, reason: ErasureReason, password: str) -> None:
        desk, patient = self._desk, self._asked
        if patient is None:
            return
        try:
            if desk.patient is not None and desk.patient.id == patient.id:
                desk.refuse_if_unsaved()
        except InjectmapError as error:
            self._failed(error)
            return
        self.form.set_busy(True)
        privacy, accounts, acting = desk.services.privacy, desk.services.accounts, desk.acting

        def work(_task: Task) -> Erasure:
            # Whoever finds the window open erases nobody.
            accounts.confirm(acting, acting.practitioner_id, password)
            return privacy.erase(acting, patient.id, number=number, reason=reason)

        desk.tasks.run(
            work, done=self._erased, failed=self._not_erased, owner=self, label=load_words()("erase.busy")
        )

    def _erased(self, erasure: Erasure) -> None:
        desk, asked = self._desk, self._asked
        # What lies on the desk would be a picture of somebody who is no longer there.
        if asked is not None and desk.patient is not None and desk.patient.id == asked.id:
            desk.close_patient()
        words = load_words()
        said = [words("erase.done", number=f"{erasure.person.patient_number:05d}")]
        if not erasure.compacted:
            said.append(words("erase.not_compacted"))
        if not erasure.ledger_kept:
            said.append(words("erase.no_ledger"))
        if not erasure.backups:
            said.append(words("erase.done.no_backups"))
        self.done.setText("\n".join(said))
        self.done.show()
        self._asked = None
        self._desk.stored()
        self._show(self.lists)
        self.refresh()

    def _not_erased(self, error: Exception) -> None:
        if isinstance(error, InjectmapError) and error.code in _OF_FORM:
            self.form.show_problem(error)
            return
        self.form.set_busy(False)
        self._failed(error)

    # Going from one to the other

    def _show_report(self, report: AccessReport) -> None:
        self.done.hide()
        self.access.show_report(report)
        self._show(self.access)

    def _back(self) -> None:
        self._asked = None
        self._show(self.lists)
        self.refresh()

    def _forget(self) -> None:
        """Another clinic, or somebody else: nobody of before stays in sight."""
        self._asked = None
        self.done.hide()
        self.lists.clear()
        self._show(self.lists)

    def _show(self, wanted: QWidget) -> None:
        for widget in (self.lists, self.form, self.access):
            widget.setVisible(widget is wanted)
        if wanted is not self.lists:
            self.sight_wanted.emit()

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._desk.tasks.run(
            lambda _task: work(),
            done=done,
            failed=self._failed,
            owner=self,
            label=load_words()("privacy.busy"),
        )

    def _failed(self, error: Exception) -> None:
        self._reading = None
        self._desk.problem.emit(error_sentence(error))
