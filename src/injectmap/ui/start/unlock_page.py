"""Opens a locked clinic: the passphrase, or the recovery key; after a wrong one the next attempt waits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QWidget

from injectmap.domain.errors import InputRefused
from injectmap.domain.keys import ClinicLock, LockState, Unlock, meant_as_recovery_key, read_recovery_key
from injectmap.ui.plan.tick_box import TickBox
from injectmap.ui.start.secrets import ShowTyped, secret_field
from injectmap.ui.theme import Theme, metrics
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import Form
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

_TICK_MS = 250


class UnlockPage(QWidget):
    """Asks for one of both and emits it; a refusal stands under the field, and the clinic that was chosen stays."""

    unlocked = Signal(object, object)
    cancelled = Signal()

    def __init__(self, theme: Theme, wait_s: Callable[[Path], int]) -> None:
        """`wait_s` tells how long the next attempt on a clinic must wait."""
        super().__init__()
        words = load_words()
        self._wait_s = wait_s
        self._path, self._by_key = Path(), False
        self._lock = ClinicLock(LockState.LOCKED)
        self._title = TextLabel(theme, "section", "text", elide=True)
        self._about = TextLabel(theme, "body", "text2", wrap=True)
        self.passphrase = secret_field()
        self.recovery_key = _KeyField(self)
        form = Form(theme, steady=True)
        self._passphrase_row = form.row(words("keys.passphrase"), self.passphrase)
        self._key_row = form.row(words("keys.recovery_key"), self.recovery_key)
        self.show_typed = ShowTyped(theme, (self.passphrase,))
        self.keep = TickBox(theme, words("keys.keep"))
        self._keep_note = TextLabel(theme, "label", "text2", words("keys.keep.note"), wrap=True)
        self._keep_note.setContentsMargins(28, 0, 0, 6)
        self.other = Button(theme, "", kind="flat")
        self.cancel = Button(theme, words("keys.back"))
        self.accept = Button(theme, "", kind="primary")
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.cancel)
        row.addWidget(self.accept, 1)
        layout = column(self, spacing=10)
        layout.addWidget(self._title)
        layout.addWidget(self._about)
        layout.addWidget(form)
        layout.addWidget(self.show_typed)
        kept = column()
        kept.addWidget(self.keep)
        kept.addWidget(self._keep_note)
        layout.addLayout(kept)
        layout.addLayout(row)
        layout.addWidget(self.other, 0, Qt.AlignmentFlag.AlignLeft)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_wait)
        self.passphrase.returnPressed.connect(self.submit)
        self.recovery_key.textChanged.connect(self._key_row.clear_problem)
        self.recovery_key.entered.connect(self.submit)
        self.accept.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.cancelled)
        self.other.clicked.connect(self._switch)

    def ask(self, path: Path, lock: ClinicLock) -> None:
        """Ask for a clinic."""
        words = load_words()
        self._path = path
        self._lock = lock
        self._title.setText(words("keys.locked", name=path.stem))
        for part in (self.keep, self._keep_note):
            part.setVisible(lock.can_keep)
        self.keep.setChecked(False)
        self.forget()
        self.other.setVisible(lock.has_passphrase)
        self._show_way(by_key=not lock.has_passphrase)

    def submit(self) -> None:
        """Hand on what was typed."""
        if not self.accept.isEnabled():
            return
        keep = self.keep.isChecked()
        if not self._by_key:
            typed = self.passphrase.text()
            if not typed:
                self._passphrase_row.show_problem(load_words()("keys.passphrase.empty"))
                return
            if meant_as_recovery_key(typed):
                # Not tried: it costs no wait.
                self._passphrase_row.show_problem(load_words()("keys.is_recovery_key"))
                self._focus()
                return
            self.unlocked.emit(self._path, Unlock(passphrase=typed, keep=keep))
            return
        text = self.recovery_key.toPlainText()
        try:
            read_recovery_key(text)
        except InputRefused as error:
            self._key_row.show_problem(error_sentence(error))
            return
        self.unlocked.emit(self._path, Unlock(recovery_key=text, keep=keep))

    def show_problem(self, sentence: str) -> None:
        """Say under the field why the clinic did not open; what was typed is marked, to be typed over."""
        row = self._key_row if self._by_key else self._passphrase_row
        row.show_problem(sentence)
        self.passphrase.selectAll()
        self._focus()
        self._show_wait()

    @property
    def problem(self) -> str:
        """The problem shown."""
        return self._key_row.problem or self._passphrase_row.problem

    def forget(self) -> None:
        """Leave nothing that was typed in the window."""
        self.passphrase.clear()
        self.recovery_key.clear()
        self.show_typed.setChecked(False)
        self._passphrase_row.clear_problem()
        self._key_row.clear_problem()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing typed stays on a page that is left; a window put aside is not left."""
        super().hideEvent(event)
        self._tick.stop()
        if not event.spontaneous():
            self.forget()

    def _switch(self) -> None:
        """Use the other; a recovery key typed into the wrong field goes along."""
        if not self._by_key and meant_as_recovery_key(self.passphrase.text()):
            self.recovery_key.setPlainText(self.passphrase.text())
            self.passphrase.clear()
            self._passphrase_row.clear_problem()
        self._show_way(by_key=not self._by_key)

    def _show_way(self, *, by_key: bool) -> None:
        words = load_words()
        self._by_key = by_key
        self._passphrase_row.setVisible(not by_key)
        self.show_typed.setVisible(not by_key)
        self._key_row.setVisible(by_key)
        problem = self._lock.problem
        if problem is not None and by_key:
            self._about.setText(error_sentence(problem))
        else:
            self._about.setText(words("keys.by_key" if by_key else "keys.by_passphrase"))
        self.other.setText(words("keys.use_passphrase" if by_key else "keys.use_key"))
        self._show_wait()
        self._focus()

    def _focus(self) -> None:
        field: QWidget = self.recovery_key if self._by_key else self.passphrase
        field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_wait(self) -> None:
        """The button counts down; a recovery key needs no waiting: nobody finds one by trying."""
        words = load_words()
        seconds = 0 if self._by_key else self._wait_s(self._path)
        self.accept.setEnabled(not seconds)
        self.accept.setText(words("keys.open_in", seconds=seconds) if seconds else words("keys.open"))
        if seconds and self.isVisible():
            self._tick.start()
        else:
            self._tick.stop()


class _KeyField(QPlainTextEdit):
    """Takes a recovery key in as many lines as it is typed in; Enter opens."""

    entered = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTabChangesFocus(True)
        self.setFixedHeight(3 * metrics("body").lineSpacing() + 22)
        self.setInputMethodHints(Qt.InputMethodHint.ImhNoPredictiveText | Qt.InputMethodHint.ImhSensitiveData)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)
