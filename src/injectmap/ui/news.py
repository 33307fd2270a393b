"""Keeps the window in step with what is written elsewhere, and tries again when a lost connection is back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from injectmap.domain.acting import Right
from injectmap.domain.errors import InjectmapError, StorageProblem
from injectmap.domain.journal import SubjectKind
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.services.news import News
    from injectmap.ui.desk import Desk

PERIOD_MS = 1_000
_LISTED = (SubjectKind.PATIENT, SubjectKind.SESSION, SubjectKind.SYRINGE, SubjectKind.RECORD_VERSION)


class NewsWatch(QObject):
    """Asks once a second, where others may write, whether they have; in the worker, for a server may not answer.

    A gesture or a change that waits to be stored is never broken off: the news wait until it is over. Nothing is
    asked on behalf of nobody.
    """

    # The numbers of journal rows that were shown; pages that list something read it anew.
    came = Signal(object)
    lost_changed = Signal(bool)

    def __init__(self, desk: Desk) -> None:
        """Follow a desk."""
        super().__init__(desk)
        self._desk = desk
        self._seen: int | None = None
        self._asking = False
        self.lost = False
        self._timer = QTimer(self, interval=PERIOD_MS)
        self._timer.timeout.connect(self.ask)
        desk.clinic_changed.connect(self._begin)
        desk.leaving.connect(self._pause)

    def _begin(self) -> None:
        self._seen, self._asking = None, False
        self._set_lost(False)
        if self._desk.has_clinic and self._desk.services.database.shared:
            self._timer.start()
            self.ask()
        else:
            self._timer.stop()

    def _pause(self) -> None:
        if not self._desk.has_clinic:
            self._timer.stop()

    @property
    def _may_ask(self) -> bool:
        desk = self._desk
        return desk.has_clinic and not self._asking and desk.acting.may(Right.READ)

    def ask(self) -> None:
        """Look once, unless an answer is awaited already."""
        if not self._may_ask:
            return
        desk, seen = self._desk, self._seen
        news, acting = desk.services.news, desk.acting
        session_id = desk.editor.session.id if desk.editor is not None else ""
        self._asking = True
        if seen is None:
            desk.tasks.run(lambda _: news.head(), done=self._take_head, failed=self._fail, owner=self)
            return
        desk.tasks.run(
            lambda _: news.since(acting, seen, session_id=session_id),
            done=self._take,
            failed=self._fail,
            owner=self,
        )

    def _take_head(self, head: int) -> None:
        self._asking = False
        self._seen = head
        self._back()

    def _take(self, news: News) -> None:
        self._asking = False
        if self._desk.nobody:
            return
        self._back()
        editor = self._desk.editor
        if editor is not None and (editor.tool.active or editor.failed is not None):
            return
        self._seen = news.head
        if news.rows or not news.all_of_it:
            self._show(news)

    def _fail(self, error: Exception) -> None:
        self._asking = False
        if not isinstance(error, InjectmapError):
            raise error
        if isinstance(error, StorageProblem) and not self.lost and self._desk.has_clinic:
            self._set_lost(True)
            self._desk.problem.emit(load_words()("news.lost"))

    def _back(self) -> None:
        """The connection is there: what waited is stored."""
        editor = self._desk.editor
        if (
            editor is not None
            and editor.failed is not None
            and isinstance(editor.failed.error, StorageProblem)
        ):
            self._desk.retry()
            if editor.failed is not None:
                return
        if self.lost:
            self._set_lost(False)
            self._desk.notice.emit(load_words()("news.back"))

    def _set_lost(self, lost: bool) -> None:
        if lost != self.lost:
            self.lost = lost
            self.lost_changed.emit(lost)

    def _show(self, news: News) -> None:
        desk, editor = self._desk, self._desk.editor
        if news.of_kind(SubjectKind.CLINIC):
            desk.services.settings_service.forget()
        try:
            if desk.patient is not None and news.about([desk.patient.id]):
                desk.patient = patient = desk.services.patients.get(desk.acting, desk.patient.id)
                desk.patient_changed.emit()
                if patient.erased:
                    # Nobody who is gone stays drawn on the chart.
                    desk.close_patient()
                    desk.notice.emit(load_words()("news.erased", number=patient.number_text))
                    editor = None
            if editor is not None and news.revision not in (None, editor.revision):
                desk.reload_session()
                self._say_who(news, editor.session.id)
            if news.of_kind(*_LISTED):
                desk.read_sessions()
        except InjectmapError as error:
            desk.problem.emit(error_sentence(error))
        self.came.emit(news)

    def _say_who(self, news: News, session_id: str) -> None:
        words, row = load_words(), news.last_about(session_id)
        name = self._desk.practitioner_name(row.practitioner_id) if row is not None else ""
        if row is None or not name:
            self._desk.notice.emit(words("news.session"))
        else:
            self._desk.notice.emit(words("news.session.who", name=name, workstation=row.workstation))
