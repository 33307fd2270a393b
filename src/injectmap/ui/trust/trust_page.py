"""The page "Safety": proof of the journal, backups and privacy, each a card."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from injectmap.domain.patient import Patient
from injectmap.ui.desk import Desk
from injectmap.ui.prompts import Prompts
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Scroller, Surface, TextLabel, column
from injectmap.words import load_words

# Made as Card(theme, desk, prompts), with a method `refresh`; those in the first row stand side by side where there
# is room.
CARDS: tuple[tuple[str, ...], ...] = (
    ("injectmap.ui.trust.proof_card:ProofCard",),
    ("injectmap.ui.trust.backups_card:BackupsCard",),
    ("injectmap.ui.trust.privacy_card:PrivacyCard",),
)
_WIDE = 1100
_ABOVE = 12


class TrustPage(Surface):
    """Shows the cards and passes on what they ask of the window; each decides itself what it may show."""

    chart_wanted = Signal()
    page_wanted = Signal(str)
    hints = (("Esc", "hint.back"),)

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__(theme, "win")
        self._desk = desk
        self.cards: dict[str, Any] = {}
        self._rows: list[QBoxLayout] = []
        words, body = load_words(), QWidget()
        outer = column(body, margins=(32, 24, 32, 32), spacing=16)
        outer.addWidget(TextLabel(theme, "page_title", "text", words("safety.title")))
        outer.addWidget(TextLabel(theme, "body", "text2", words("safety.lead"), wrap=True))
        for names in CARDS:
            row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
            row.setSpacing(16)
            for name in names:
                row.addWidget(self._made(name, theme, prompts), 1)
            outer.addLayout(row)
            self._rows.append(row)
        outer.addStretch(1)
        self._scroller = Scroller(body)
        column(self).addWidget(self._scroller)

    def _made(self, name: str, theme: Theme, prompts: Prompts) -> QWidget:
        module, _, kind = name.partition(":")
        card = getattr(import_module(module), kind)(theme, self._desk, prompts)
        assert isinstance(card, QWidget)
        self.cards[kind] = card
        if hasattr(card, "sight_wanted"):
            card.sight_wanted.connect(partial(self._bring_up, card))
        if hasattr(card, "patient_wanted"):
            card.patient_wanted.connect(self._open_patient)
        return card

    def refresh(self) -> None:
        """Show what is stored now."""
        for card in self.cards.values():
            card.refresh()

    def erase_patient(self) -> None:
        """Say what erasing the open patient means, and ask."""
        self._about_patient("begin_erasing")

    def access_report(self) -> None:
        """Show who looked at and changed the open patient's data."""
        self._about_patient("show_access")

    def _about_patient(self, what: str) -> None:
        patient, card = self._desk.patient, self.cards["PrivacyCard"]
        if patient is not None:
            getattr(card, what)(patient)

    def _bring_up(self, card: QWidget) -> None:
        """Show a card from its top, or so far down that what has the keyboard is seen, once it is laid out."""

        def scroll() -> None:
            self._scroller.verticalScrollBar().setValue(card.y() - _ABOVE)
            typed = self.focusWidget()
            if typed is not None and card.isAncestorOf(typed):
                self._scroller.ensureWidgetVisible(typed, 0, 2 * _ABOVE)

        QTimer.singleShot(0, self, scroll)

    def _open_patient(self, patient: Patient) -> None:
        self._desk.open_patient(patient)
        self.page_wanted.emit("patient")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cards stand side by side where there is room."""
        super().resizeEvent(event)
        side_by_side = self.width() >= _WIDE
        for row in self._rows:
            row.setDirection(
                QBoxLayout.Direction.LeftToRight if side_by_side else QBoxLayout.Direction.TopToBottom
            )
