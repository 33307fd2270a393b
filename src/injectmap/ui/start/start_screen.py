"""The first screen: demonstration clinic, new clinic, open, recent; what the program is for; what opens a clinic."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.ui.clinic_holder import ClinicHolder
from injectmap.ui.prompts import Prompts
from injectmap.ui.start.logo import Logo
from injectmap.ui.start.new_clinic import CLINIC_SUFFIX, NewClinicForm
from injectmap.ui.start.opened_before import LatestClinic, OpenedBefore, offered
from injectmap.ui.start.opening import Locked, Ready
from injectmap.ui.start.recovery_page import RecoveryPage
from injectmap.ui.start.renew_page import RenewPage
from injectmap.ui.start.unlock_page import UnlockPage
from injectmap.ui.theme import Theme
from injectmap.ui.trust.restore_offer import RestoreOffer
from injectmap.ui.widgets.basics import Card, Hairline, Scroller, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.words import load_words

__all__ = ["CLINIC_SUFFIX", "StartScreen"]

_CARD, _WIDE_CARD = 560, 960


class StartScreen(QWidget):
    """Chooses a clinic and asks for what opens it; a problem with a file stands here in words and the screen stays."""

    def __init__(self, theme: Theme, prompts: Prompts, clinics: ClinicHolder) -> None:
        super().__init__()
        words = load_words()
        self._theme, self._prompts, self._clinics = theme, prompts, clinics
        self.demo = Button(theme, words("start.demo"), kind="primary")
        self.new = Button(theme, words("start.new"), icon_name="plus")
        self.open = Button(theme, words("start.open"), icon_name="folder")
        self._problem = TextLabel(theme, "body", "error", wrap=True)
        self._problem.hide()
        self._busy = TextLabel(theme, "body", "text2")
        self._busy.hide()
        self.latest = LatestClinic(theme)
        self.recent = OpenedBefore(theme)
        self._choices = self._build_choices()
        self.new_form = NewClinicForm(theme, prompts)
        self.unlock_page = UnlockPage(theme, clinics.opener.wait_s)
        self.offer = RestoreOffer(theme, clinics, prompts)
        self.recovery = RecoveryPage(theme, clinics.tasks, prompts)
        self.renew = RenewPage(theme)
        self._pages = (self._choices, self.new_form, self.unlock_page, self.recovery, self.renew)
        self._build()
        self._connect()
        self._show(self._choices)

    def _build(self) -> None:
        words, theme = load_words(), self._theme
        self._card = Card(theme)
        inner = column(self._card, margins=(40, 36, 40, 32), spacing=16)
        title = QHBoxLayout()
        title.setSpacing(12)
        title.addWidget(Logo(theme, 36))
        title.addWidget(TextLabel(theme, "page_title", "text", words("app.name")))
        title.addStretch(1)
        inner.addLayout(title)
        self._what = TextLabel(theme, "body", "text2", words("start.what"), wrap=True)
        inner.addWidget(self._what)
        inner.addWidget(self._problem)
        inner.addWidget(self.offer)
        # Not stacked: the card is as high as what it shows.
        for page in self._pages:
            inner.addWidget(page)
        inner.addWidget(self._busy)
        self._purpose = QWidget()
        foot = column(self._purpose, spacing=16)
        foot.addWidget(Hairline(theme))
        foot.addWidget(TextLabel(theme, "label", "text2", words("app.purpose"), wrap=True))
        inner.addWidget(self._purpose)
        page = QWidget()
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(self._card)
        across.addStretch(1)
        down = column(page, margins=(24, 24, 24, 24))
        down.addStretch(2)
        down.addLayout(across)
        down.addStretch(3)
        column(self).addWidget(Scroller(page))

    def _build_choices(self) -> QWidget:
        words = load_words()
        page = QWidget()
        layout = self._choice_list = column(page, spacing=10)
        self._demo_place = QWidget()
        self._demo_list = column(self._demo_place, spacing=10)
        self._demo_what = TextLabel(self._theme, "label", "text2", words("start.demo.what"), wrap=True)
        self._demo_list.addWidget(self.demo)
        self._demo_list.addWidget(self._demo_what)
        layout.addWidget(self._demo_place)
        layout.addWidget(self.latest)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.new)
        row.addWidget(self.open)
        layout.addLayout(row)
        layout.addWidget(self.recent)
        return page

    def _connect(self) -> None:
        clinics = self._clinics
        self.demo.clicked.connect(clinics.open_demo)
        for before in (self.latest, self.recent):
            before.chosen.connect(clinics.open_clinic)
        self.new.clicked.connect(self.start_new)
        self.open.clicked.connect(self.choose_file)
        self.new_form.accepted.connect(clinics.create_clinic)
        self.unlock_page.unlocked.connect(clinics.open_clinic)
        self.recovery.confirmed.connect(clinics.enter)
        self.renew.renewed.connect(clinics.set_passphrase)
        self.renew.later.connect(clinics.enter)
        for page in (self.new_form, self.unlock_page):
            page.cancelled.connect(self._back)
        clinics.opening.connect(self.show_opening)

    def begin(self, recent: Sequence[Path]) -> None:
        """Show the choices afresh."""
        self.show_recent(recent)
        self.show_problem("")
        self._show_choices()

    def show_door(self) -> None:
        """Ask for what stands between the clinic chosen and working in it."""
        at_door = self._clinics.at_door
        if at_door is not None:
            self._problem.hide()
        if isinstance(at_door, Locked):
            self._show(self.unlock_page)
            self.unlock_page.ask(at_door.path, at_door.lock)
        elif isinstance(at_door, Ready) and at_door.made is not None:
            self.new_form.forget()
            self._show(self.recovery)
            self.recovery.show_key(at_door.made)
        elif isinstance(at_door, Ready):
            self.unlock_page.forget()
            self._show(self.renew)
            self.renew.ask(has_passphrase=at_door.has_passphrase)

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Show clinics opened before; where there is one, it stands first and the demonstration last and small."""
        first, others = offered(paths)
        self.latest.show_clinic(first)
        self.recent.show_clinics(others)
        self._choice_list.removeWidget(self._demo_place)
        small = first is not None
        self._choice_list.insertWidget(self._choice_list.count() if small else 0, self._demo_place)
        self._demo_list.setAlignment(self.demo, Qt.AlignmentFlag.AlignLeft if small else Qt.AlignmentFlag(0))
        self._demo_what.setVisible(not small)
        self.demo.set_kind("flat" if small else "primary")
        first_key, last_key = (self.latest.button, self.demo) if small else (self.demo, self.latest.button)
        keys = [first_key, self.new, self.open, *self.recent.buttons, last_key]
        for before, after in pairwise(keys):
            self.setTabOrder(before, after)

    def show_problem(self, sentence: str) -> None:
        """Say why a clinic was not opened; what was typed stays."""
        if sentence and not self.unlock_page.isHidden():
            self.unlock_page.show_problem(sentence)
            return
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    @property
    def problem(self) -> str:
        """The problem shown."""
        if not self.unlock_page.isHidden():
            return self.unlock_page.problem
        return self._problem.full_text() if not self._problem.isHidden() else ""

    def show_opening(self, opening: bool) -> None:
        """Say that a clinic is being opened; meanwhile nothing else is chosen."""
        if opening:
            self._problem.hide()
        self._busy.setText(load_words()("busy.opening"))
        self._busy.setVisible(opening)
        for page in self._pages:
            page.setEnabled(not opening)

    def start_new(self) -> None:
        """Open the form of a new clinic."""
        self.show_problem("")
        self._show(self.new_form)
        self.new_form.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose_file(self) -> None:
        """Choose a clinic file to open."""
        words = load_words()
        path = self._prompts.choose_existing_file(words("start.open.title"), words("start.kind"))
        if path is not None:
            self._clinics.open_clinic(path)

    def _back(self) -> None:
        self._clinics.turn_back()
        self.unlock_page.forget()
        self._show_choices()

    def _show_choices(self) -> None:
        self._show(self._choices)
        first = self.demo if self.latest.isHidden() else self.latest.button
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show(self, shown: QWidget) -> None:
        for page in self._pages:
            page.setVisible(page is shown)
        for about in (self._what, self._purpose):
            about.setVisible(shown is self._choices)
        self._card.setFixedWidth(_WIDE_CARD if shown is self.recovery else _CARD)
