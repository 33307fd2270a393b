"""The signature under the record: sign, co-sign, amend, and what was signed when and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QWidget

from injectmap.domain.acting import Right
from injectmap.domain.errors import InjectmapError, InputRefused
from injectmap.domain.record import RecordState, SignedVersion, show_digest
from injectmap.ui.lock.sign_in_page import wait_text
from injectmap.ui.records import record_deeds
from injectmap.ui.records.deliberate_button import DeliberateButton
from injectmap.ui.records.entry_editors import set_lines
from injectmap.ui.records.moments import show_moment, zone_of
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import FormRow, choice_field, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.ui.widgets.status_line import Mark
from injectmap.words import load_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from injectmap.domain.session import OpenSession
    from injectmap.ui.desk import Desk


class SignaturePanel(QWidget):
    """Shows the part of the record's life that it is in; what it asks for is done by the services."""

    sign_wanted = Signal()
    chart_wanted = Signal()
    amended = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        self._theme, self._desk = theme, desk
        self._session_id = self._refused = ""
        self._tick = QTimer(self, interval=1_000)
        self._tick.timeout.connect(self._count)
        self._title = TextLabel(theme, "table_strong", "text", load_words()("signature.title"))
        self._said = TextLabel(theme, "body", "text2", wrap=True)
        self._signatures = TextLabel(theme, "table", "text", wrap=True)
        self._signatures.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._problem = TextLabel(theme, "label", "error", wrap=True)
        self._problem.hide()
        self._draft = self._build_draft()
        self._signed = self._build_signed()
        self._lock = Mark(theme, "lock", "ok", 18)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._lock)
        head.addWidget(self._title, 1)
        layout = column(self, spacing=10)
        layout.addWidget(Hairline(theme))
        layout.addLayout(head)
        for widget in (self._said, self._signatures, self._draft, self._signed, self._problem):
            layout.addWidget(widget)

    def _build_draft(self) -> QWidget:
        words, place = load_words(), QWidget()
        self._who = TextLabel(self._theme, "body_strong", "text")
        self.back = Button(self._theme, words("signature.back"))
        self.sign = DeliberateButton(self._theme, words("signature.sign"), kind="primary")
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.back)
        buttons.addWidget(self.sign, 1)
        layout = column(place, spacing=8)
        layout.addWidget(TextLabel(self._theme, "label", "text2", words("practitioner.title")))
        layout.addWidget(self._who)
        layout.addLayout(buttons)
        layout.addWidget(TextLabel(self._theme, "label", "text2", words("signature.deliberate"), wrap=True))
        self.back.clicked.connect(self.chart_wanted)
        self.sign.clicked.connect(self.sign_wanted)
        return place

    def _build_signed(self) -> QWidget:
        words, place = load_words(), QWidget()
        self.by = choice_field(self._theme, [])
        self.cosign = DeliberateButton(self._theme, words("signature.cosign"))
        self.password = text_field(limit=1_000, placeholder=words("signature.password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAccessibleName(words("signature.password"))
        self._cosign_place = QWidget()
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.by, 1)
        line.addWidget(self.cosign)
        down = column(self._cosign_place, spacing=8)
        down.addLayout(line)
        down.addWidget(self.password)
        self._cosign_row = FormRow(self._theme, words("signature.cosigner"), self._cosign_place)
        self.by.setAccessibleName(words("signature.cosigner"))
        self.reason = QPlainTextEdit()
        self.reason.setTabChangesFocus(True)
        set_lines(self.reason, 3)
        self._reason_row = FormRow(self._theme, words("signature.reason"), self.reason)
        self.amend = DeliberateButton(self._theme, words("signature.amend"))
        layout = column(place, spacing=12)
        layout.addWidget(self._cosign_row)
        layout.addWidget(self._reason_row)
        layout.addWidget(self.amend)
        self.cosign.clicked.connect(self._cosign)
        self.password.returnPressed.connect(self._cosign)
        self.password.textEdited.connect(self._begin_anew)
        self.by.activated.connect(self._begin_anew)
        self.amend.clicked.connect(self._amend)
        self.reason.textChanged.connect(self._reason_row.clear_problem)
        return place

    def show_session(self, opened: OpenSession, *, ready: bool, writable: bool) -> None:
        """Show where the record stands; `ready` when nothing required is missing."""
        words, session, zone = load_words(), opened.session, zone_of(self._desk)
        self.say("")
        if session.id != self._session_id:
            # A reason typed for one record is not offered for another.
            self._session_id = session.id
            self.reason.clear()
        signed = session.state is RecordState.SIGNED
        signs = self._desk.acting.may(Right.SIGN)
        self._draft.setVisible(not signed and writable and signs)
        self._signed.setVisible(signed and not self._desk.read_only and not session.error_reason)
        for widget in (self._reason_row, self.amend):
            widget.setVisible(signs)
        self._who.setText(self._desk.services.practitioner.name)
        self.sign.setEnabled(ready)
        self.sign.setToolTip("" if ready else words("signature.not_ready"))
        self._title.setText(words("signature.signed" if signed else "signature.title"))
        self._lock.setVisible(signed)
        if session.state is RecordState.AMENDING and opened.amendment is not None:
            self._said.setText(
                words(
                    "signature.amending",
                    version=session.version,
                    reason=opened.amendment.reason,
                    name=opened.amendment.practitioner_name,
                    time=show_moment(opened.amendment.at_ms, zone),
                )
            )
        else:
            self._said.setText(words("signature.frozen" if signed else "signature.freezes"))
        self.sign.setText(words("signature.sign_amendment" if session.version > 1 else "signature.sign"))
        self._signatures.setText("\n\n".join(_signature_text(one, zone) for one in reversed(opened.versions)))
        self._signatures.setVisible(bool(opened.versions))
        if signed:
            self._offer_cosigners(opened.versions[-1])

    def _offer_cosigners(self, last: SignedVersion) -> None:
        services = self._desk.services
        asked = services.accounts.asked_for()
        self.password.setVisible(asked)
        self.password.clear()
        may = {
            one.practitioner_id for one in services.accounts.people() if one.lets_in and one.may(Right.COSIGN)
        }
        others = [
            one
            for one in services.practitioners
            if one.id != last.practitioner_id and (one.id in may or not asked)
        ]
        self._cosign_row.setVisible(last.cosignature is None and bool(others))
        self.by.clear()
        for one in others:
            self.by.addItem(one.name, one.id)
        self.by.setProperty("version", last.version)
        self._begin_anew()

    def say(self, sentence: str) -> None:
        """Say why it was refused."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    def set_busy(self, busy: bool) -> None:
        """While it is being signed nothing else is."""
        self.sign.setEnabled(not busy)
        self.back.setEnabled(not busy)

    def _cosign(self) -> None:
        by, version = str(self.by.currentData()), int(self.by.property("version"))
        try:
            record_deeds.cosign(self._desk, version, by, self.password.text())
        except InjectmapError as error:
            if error.code.startswith("sign_in"):
                waits = isinstance(error, InputRefused) and error.code == "sign_in_wait"
                self._refused = "" if waits else error_sentence(error)
                self._count()
            else:
                self.say(error_sentence(error))
        self.password.clear()

    def _begin_anew(self) -> None:
        self._refused = ""
        self._count()

    def _count(self) -> None:
        """Say what was refused and how long it is still to be waited; the field opens when it is over."""
        by = self.by.currentData()
        accounts = self._desk.services.accounts if self._desk.has_clinic else None
        seconds = accounts.seconds_to_wait(str(by)) if accounts is not None and by else 0
        parts = [*filter(None, [self._refused]), *([wait_text(seconds)] if seconds else [])]
        self._cosign_row.show_problem(" ".join(parts)) if parts else self._cosign_row.clear_problem()
        for widget in (self.password, self.cosign):
            widget.setEnabled(not seconds)
        self._tick.start() if seconds else self._tick.stop()

    def _amend(self) -> None:
        try:
            record_deeds.amend(self._desk, self.reason.toPlainText())
        except InjectmapError as error:
            self._reason_row.show_problem(error_sentence(error))
            return
        self.reason.clear()
        self.amended.emit()


def _signature_text(one: SignedVersion, zone: ZoneInfo) -> str:
    words = load_words()
    lines = [
        words(
            "signature.version",
            version=one.version,
            name=one.practitioner_name,
            time=show_moment(one.signed_at_ms, zone),
        )
    ]
    if one.amendment is not None:
        lines.append(words("signature.amendment", reason=one.amendment.reason))
    if one.cosignature is not None:
        by = one.cosignature
        lines.append(words("signature.cosigned", name=by.practitioner_name, time=show_moment(by.at_ms, zone)))
    lines += [words("signature.digest"), show_digest(one.digest)]
    return "\n".join(lines)
