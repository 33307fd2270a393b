"""Review and sign: what is there and what is missing, the syringes' balance, the signature, and the record as it prints."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.errors import Conflict, InjectmapError, InputRefused
from injectmap.domain.record import RecordState, SignedVersion
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import Requirement
from injectmap.ui.desk import Desk
from injectmap.ui.prompts import Prompts
from injectmap.ui.records import record_deeds
from injectmap.ui.records.balance_panel import BalancePanel
from injectmap.ui.records.moments import show_moment, zone_of
from injectmap.ui.records.preview import RecordPreview
from injectmap.ui.records.review_list import ReviewList
from injectmap.ui.records.signature_panel import SignaturePanel
from injectmap.ui.tasks import Task
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Scroller, Surface, TextLabel, column
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.ui.widgets.status_line import Mark
from injectmap.words import load_words

_LIST, _MIDDLE = 0.27, 0.25


class RecordPage(Surface):
    """Three columns over the open treatment session; it shows what the services found and asks them to act."""

    chart_wanted = Signal()

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__(theme, "panel")
        words = load_words()
        self._desk = desk
        self._signing = False
        self._title = TextLabel(theme, "page_title", "text", words("review.title"))
        self._who = TextLabel(theme, "body_strong", "text", elide=True)
        self._when = TextLabel(theme, "body", "text2", wrap=True)
        self.review = ReviewList(theme, desk)
        self.balance = BalancePanel(theme, desk)
        self.signature = SignaturePanel(theme, desk)
        self.preview = RecordPreview(theme, desk, prompts)
        self._left = Surface(theme, "panel", edges="right")
        left = column(self._left, margins=(12, 18, 1, 8), spacing=2)
        self._mark = Mark(theme, "lock", "ok")
        self._life = TextLabel(theme, "table", "text", wrap=True)
        self._life_place = QWidget()
        life = QHBoxLayout(self._life_place)
        life.setContentsMargins(0, 6, 0, 0)
        life.setSpacing(8)
        life.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        life.addWidget(self._life, 1)
        heading = column(margins=(12, 0, 12, 0), spacing=2)
        for widget in (self._title, self._who, self._when, self._life_place):
            heading.addWidget(widget)
        left.addLayout(heading)
        left.addSpacing(10)
        left.addWidget(self.review, 1)
        body = QWidget()
        inner = column(body, margins=(24, 22, 16, 20), spacing=18)
        inner.addWidget(self.balance)
        inner.addWidget(self.signature)
        inner.addStretch(1)
        self._middle = Surface(theme, "panel", edges="right")
        middle = column(self._middle, margins=(0, 0, 1, 0))
        middle.addWidget(Scroller(body))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._left)
        layout.addWidget(self._middle)
        layout.addWidget(self.preview, 1)
        self.review.syringes_wanted.connect(self.balance.take_focus)
        self.review.chart_wanted.connect(self.chart_wanted)
        self.review.all_there.connect(self._ready_to_sign)
        self.balance.balanced.connect(self._go_on)
        self.balance.done.connect(self._go_on)
        self.signature.sign_wanted.connect(self.sign)
        self.signature.chart_wanted.connect(self.chart_wanted)
        self.signature.amended.connect(self.chart_wanted)
        self.preview.chart_wanted.connect(self.chart_wanted)
        desk.leaving.connect(self._keep_typed)
        desk.session_changed.connect(self._on_changed)
        desk.bridge.changed.connect(self._on_edited)

    @property
    def hints(self) -> tuple[tuple[str, str], ...]:
        """The keys of this page."""
        signed = self._state is RecordState.SIGNED
        own = (("Enter", "hint.review_next"), ("Ctrl Enter", "hint.sign")) if not signed else ()
        return (*own, ("Ctrl S", "hint.save_pdf"), ("Esc", "hint.back"))

    @property
    def _state(self) -> RecordState | None:
        return self._desk.editor.session.state if self._desk.editor is not None else None

    def refresh(self) -> None:
        """Show the stored state."""
        editor = self._desk.editor
        if editor is None:
            return
        services, opened = self._desk.services, self._desk.opened_now()
        lines = services.signing.completeness(self._desk.acting, opened)
        self._show_heading(opened)
        self.review.show_lines(opened, services.settings_service.current(), lines)
        self.balance.show_session()
        writable = not editor.read_only and not self._desk.read_only
        ready = not self.review.missing and not self._signing
        self.signature.show_session(opened, ready=ready, writable=writable)
        self.preview.refresh_soon()

    def _show_heading(self, opened: OpenSession) -> None:
        words, session, patient = load_words(), opened.session, opened.patient
        self._who.setText(patient.display_name)
        facts = (
            words("review.born", date=show_date(patient.birth_date)) if patient.birth_date else "",
            show_date(session.date),
            words("review.number", number=session.number_text),
        )
        self._when.setText(" · ".join(filter(None, facts)))
        title, said, mark = "review.title", "", ("info", "text2")
        last = opened.versions[-1] if opened.versions else None
        if session.error_reason:
            title, mark = "review.title_read", ("warning", "error")
            said = words("review.in_error", reason=session.error_reason)
        elif session.state is RecordState.SIGNED and last is not None:
            title, mark = "review.title_signed", ("lock", "ok")
            time = show_moment(last.signed_at_ms, zone_of(self._desk))
            said = words("review.signed_by", version=last.version, name=last.practitioner_name, time=time)
        elif session.state is RecordState.AMENDING:
            title = "review.title_amending"
            said = words("review.amending", version=session.version, before=session.version - 1)
        self._title.setText(words(title))
        self._mark.show_mark(*mark)
        self._life.setText(said)
        self._life_place.setVisible(bool(said))

    def take_focus(self) -> None:
        """The first thing that is missing; with nothing missing, the signature."""
        if self._state is RecordState.SIGNED:
            self.preview.take_focus()
        else:
            self.review.open_missing()

    def open_line(self, key: Requirement | None) -> None:
        """Open one line of the list; without one, the first that is missing."""
        if key is None:
            self.review.open_missing()
        else:
            self.review.open_line(key)

    def save_pdf(self) -> None:
        """Save the record as PDF."""
        self.preview.save_pdf()

    def sign(self) -> None:
        """Sign what is shown, in the worker: the document and its pictures are made and stored."""
        editor, desk = self._desk.editor, self._desk
        if editor is None or self._signing or self._state is RecordState.SIGNED:
            return
        if not self.review.close_line() or not self.balance.keep():
            return
        try:
            desk.refuse_if_unsaved()
        except InjectmapError as error:
            self.signature.say(error_sentence(error))
            return
        if self.review.missing:
            self.review.open_missing()
            self.signature.say(load_words()("signature.not_ready"))
            return
        self._signing = True
        # A button that is disabled under the hand would hand the keyboard on to the next one.
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.signature.set_busy(True)
        signing, acting = desk.services.signing, desk.acting
        session_id, revision = editor.session.id, editor.revision

        def work(_task: Task) -> SignedVersion:
            return signing.sign(acting, session_id, revision)

        desk.tasks.run(
            work, done=self._signed, failed=self._not_signed, owner=self, label=load_words()("busy.signing")
        )

    def _signed(self, version: SignedVersion) -> None:
        self._signing = False
        self.signature.set_busy(False)
        self._desk.reload_session()
        record_deeds.let_go(self._desk)
        self._desk.stored(session=True)
        self._desk.notice.emit(load_words()("signature.done", version=version.version))
        self.refresh()
        self.preview.take_focus()

    def _not_signed(self, error: Exception) -> None:
        self._signing = False
        self.signature.set_busy(False)
        if isinstance(error, Conflict | InputRefused):
            # Somebody else was there first: what is stored now is shown.
            self._desk.reload_session()
            if self._state is RecordState.SIGNED:
                record_deeds.let_go(self._desk)
            self._desk.stored(session=True)
        self.refresh()
        self.signature.say(error_sentence(error))

    def _keep_typed(self) -> None:
        if self._desk.editor is not None:
            self.review.keep()
            self.balance.keep()

    def _go_on(self) -> None:
        self.refresh()
        self.review.open_missing()

    def _ready_to_sign(self) -> None:
        """The keyboard rests on the page, where nothing typed does anything: to sign is a deed of its own."""
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_changed(self) -> None:
        if self.isVisible() and self._desk.editor is not None:
            self.refresh()

    def _on_edited(self, aspects: frozenset[str]) -> None:
        if aspects & {"map", "syringes", "state"} and self.isVisible():
            self._on_changed()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl and Enter sign; Escape goes back to the chart."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.sign()
        elif event.key() == Qt.Key.Key_Escape:
            self.review.close_line()
            self.chart_wanted.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The page as it prints takes what the two columns leave."""
        super().resizeEvent(event)
        width = event.size().width()
        self._left.setFixedWidth(max(330, min(440, round(width * _LIST))))
        self._middle.setFixedWidth(max(330, min(420, round(width * _MIDDLE))))
