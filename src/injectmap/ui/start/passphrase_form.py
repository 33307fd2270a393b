"""The card of the settings for what opens the clinic's file: another passphrase, the sheet again, the key kept here."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.acting import Right
from injectmap.domain.keys import unlock_from_line
from injectmap.services.keys import ClinicKeys
from injectmap.ui.clinic_holder import ClinicHolder
from injectmap.ui.plan.tick_box import TickBox
from injectmap.ui.prompts import Prompts
from injectmap.ui.start.secrets import NewPassphrase, ShowTyped, secret_field
from injectmap.ui.start.sheet_deeds import SheetDeeds
from injectmap.ui.tasks import Task
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Card, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import Form
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words


class PassphraseForm(Card):
    """Not there for a clinic without a key, nor for whoever may not keep it; each change asks for the passphrase again."""

    def __init__(self, theme: Theme, clinics: ClinicHolder, prompts: Prompts) -> None:
        super().__init__(theme, border="line")
        words = load_words()
        self._theme, self._clinics = theme, clinics
        self._changing = False
        self.deeds = SheetDeeds(clinics.tasks, prompts, self)
        self.change = Button(theme, words("keys.change"))
        self.again = Button(theme, words("keys.sheet_again"))
        self.keep = TickBox(theme, words("keys.keep"))
        self._said = TextLabel(theme, "table", "text2", wrap=True)
        self._ask = self._build_ask()
        self._sheet = self._build_sheet()
        layout = column(self, margins=(20, 16, 20, 20), spacing=12)
        layout.addWidget(TextLabel(theme, "section", "text", words("keys.card")))
        layout.addWidget(TextLabel(theme, "table", "text2", words("keys.card.what"), wrap=True))
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.change)
        row.addWidget(self.again)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addWidget(self._ask)
        layout.addWidget(self._sheet)
        layout.addWidget(self._said)
        layout.addWidget(self.keep)
        self.change.clicked.connect(partial(self._begin, changing=True))
        self.again.clicked.connect(partial(self._begin, changing=False))
        self.keep.toggled.connect(self._keep)
        self.deeds.said.connect(self._say)
        self.deeds.refused.connect(self._refuse)
        self._put_back()
        self.keep.hide()

    def _build_ask(self) -> QWidget:
        words, theme, part = load_words(), self._theme, QWidget()
        self._form = Form(theme, steady=True)
        self.present = secret_field()
        self._present_row = self._form.row(words("keys.present"), self.present)
        self.passphrase = NewPassphrase(self._form)
        fields = (self.present, self.passphrase.field, self.passphrase.again)
        self.show_typed = ShowTyped(theme, fields)
        self.cancel = Button(theme, words("form.cancel"))
        self.accept = Button(theme, "", kind="primary")
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.cancel)
        row.addWidget(self.accept)
        row.addStretch(1)
        layout = column(part, spacing=8)
        layout.addWidget(self._form)
        layout.addWidget(self.show_typed)
        layout.addLayout(row)
        self.cancel.clicked.connect(self._put_back)
        self.accept.clicked.connect(self.submit)
        for one in fields:
            one.returnPressed.connect(self.submit)
        return part

    def _build_sheet(self) -> QWidget:
        words, theme, part = load_words(), self._theme, QWidget()
        self.print = Button(theme, words("keys.print"), kind="primary", icon_name="printer")
        self.save = Button(theme, words("keys.save_pdf"), icon_name="save")
        self.done = Button(theme, words("keys.done"))
        row = QHBoxLayout(part)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for one in (self.print, self.save, self.done):
            row.addWidget(one)
        row.addStretch(1)
        self.print.clicked.connect(self.deeds.print)
        self.save.clicked.connect(self.deeds.save)
        self.done.clicked.connect(self._put_back)
        return part

    def refresh(self) -> None:
        """Show what the open clinic allows; the keyring is asked in the worker, for it may take its time."""
        keys = self._keys
        allowed = keys is not None and self._clinics.acting.may(Right.KEEP_SAFE)
        self.setVisible(allowed)
        if keys is None or not allowed:
            self._put_back()
            return

        def work(_task: Task) -> tuple[bool, bool]:
            return keys.can_keep, keys.kept

        self._clinics.tasks.run(
            work, done=self._show_kept, failed=self._refused, owner=self, label="", quiet=True
        )

    def submit(self) -> None:
        """Check, then change or show in the worker."""
        keys, words = self._keys, load_words()
        if keys is None or not self.accept.isEnabled():
            return
        self._form.clear_problems()
        if not self.present.text():
            self._present_row.show_problem(words("keys.passphrase.empty"))
        if (self._changing and not self.passphrase.check()) or self._present_row.problem:
            self._form.focus_problem()
            return
        acting, proof = self._clinics.acting, unlock_from_line(self.present.text())
        new, changing = self.passphrase.field.text(), self._changing

        def work(_task: Task) -> str:
            if not changing:
                return keys.recovery_key(acting, proof)
            keys.change_passphrase(acting, proof, new)
            return ""

        self.accept.setEnabled(False)
        self._clinics.tasks.run(
            work, done=self._done, failed=self._refused, owner=self, label=words("busy.passphrase")
        )

    @property
    def problem(self) -> str:
        """The problem under the present passphrase."""
        return self._present_row.problem

    @property
    def said(self) -> str:
        """What was said last."""
        return self._said.full_text()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape puts the form away first."""
        if event.key() == Qt.Key.Key_Escape and not (self._ask.isHidden() and self._sheet.isHidden()):
            self._put_back()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing typed stays on a page that is left."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._put_back()
            self._say("")

    @property
    def _keys(self) -> ClinicKeys | None:
        return self._clinics.services.keys if self._clinics.has_clinic else None

    def _begin(self, *, changing: bool) -> None:
        words = load_words()
        self._put_back()
        self._say("")
        self._changing = changing
        for row in self.passphrase.rows:
            row.setVisible(changing)
        self.accept.setText(words("keys.set" if changing else "keys.show_sheet"))
        self._ask.show()
        self.present.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put_back(self) -> None:
        self.present.clear()
        self.passphrase.clear()
        self.show_typed.setChecked(False)
        self._form.clear_problems()
        self.accept.setEnabled(True)
        self.deeds.forget()
        self._ask.hide()
        self._sheet.hide()

    def _done(self, recovery_key: str) -> None:
        self._put_back()
        keys, services = self._keys, self._clinics.services
        if keys is None:
            return
        if not recovery_key:
            self._say(load_words()("keys.changed", file=keys.slot_file))
        else:
            settings = services.settings
            now = services.clock.now_ms()
            self.deeds.take(keys, keys.sheet(recovery_key, settings, settings.paper, at_ms=now))
            self._sheet.show()
            self.print.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refused(self, error: Exception) -> None:
        self.accept.setEnabled(True)
        if self._ask.isHidden():
            self._refuse(error_sentence(error))
            return
        self._present_row.show_problem(error_sentence(error))
        self.present.selectAll()
        self.present.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_kept(self, found: tuple[bool, bool]) -> None:
        can_keep, kept = found
        self.keep.setVisible(can_keep)
        with QSignalBlocker(self.keep):
            self.keep.setChecked(kept)

    def _keep(self, keep: bool) -> None:
        keys, acting = self._keys, self._clinics.acting
        if keys is None:
            return

        def work(_task: Task) -> bool:
            return keys.keep(acting) if keep else keys.forget(acting)

        self._clinics.tasks.run(
            work, done=partial(self._kept, keep=keep), failed=self._refused, owner=self, label=""
        )

    def _kept(self, worked: bool, *, keep: bool) -> None:
        words = load_words()
        if worked:
            self._say(words("keys.is_kept" if keep else "keys.is_forgotten"))
        else:
            self._refuse(words("keys.not_kept" if keep else "keys.not_forgotten"))
        self.refresh()

    def _say(self, sentence: str) -> None:
        self._said.set_colour("text2")
        self._said.setText(sentence)
        self._said.setVisible(bool(sentence))

    def _refuse(self, sentence: str) -> None:
        self._say(sentence)
        self._said.set_colour("error")
