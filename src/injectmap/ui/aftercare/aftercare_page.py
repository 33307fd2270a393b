"""What follows a patient's treatments: adverse events, reviews and outcome scores."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from injectmap.ui.aftercare.events_card import EventsCard
from injectmap.ui.aftercare.reviews_card import ReviewsCard
from injectmap.ui.aftercare.scores_card import ScoresCard
from injectmap.ui.desk import Desk
from injectmap.ui.prompts import Prompts
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Scroller, Surface, TextLabel, column
from injectmap.words import load_words

_WIDE = 900


class AftercarePage(Surface):
    """Two columns of cards about the patient on the desk; fields only, no judgement."""

    chart_wanted = Signal()
    hints = (("Esc", "hint.back"),)

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__(theme, "win")
        self._desk = desk
        self.events = EventsCard(theme, desk, prompts)
        self.reviews = ReviewsCard(theme, desk)
        self.scores = ScoresCard(theme, desk)
        body = QWidget()
        outer = column(body, margins=(32, 24, 32, 32), spacing=16)
        outer.addWidget(TextLabel(theme, "page_title", "text", load_words()("aftercare.title")))
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(16)
        first, second = column(spacing=16), column(spacing=16)
        first.addWidget(self.events)
        second.addWidget(self.reviews)
        second.addWidget(self.scores)
        first.addStretch(1)
        second.addStretch(1)
        self._columns.addLayout(first, 3)
        self._columns.addLayout(second, 2)
        outer.addLayout(self._columns)
        outer.addStretch(1)
        column(self).addWidget(Scroller(body))
        desk.session_changed.connect(self._on_changed)

    def refresh(self) -> None:
        """Read everything of the open patient anew."""
        if self._desk.patient is None or self._desk.nobody:
            return
        reads = self._desk.reads_records
        self._arrange()
        self.events.setVisible(reads)
        self.scores.setVisible(reads)
        self.reviews.refresh()
        if reads:
            self.events.refresh()
            self.scores.refresh()

    def new_event(self) -> None:
        """Open the form of a new adverse event of the open treatment session."""
        self.events.start_new()

    def _on_changed(self) -> None:
        if self.isVisible():
            self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to the chart."""
        if event.key() == Qt.Key.Key_Escape:
            self.chart_wanted.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column where there is little room."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Reviews stand first where they are all that is shown."""
        way = QBoxLayout.Direction
        beside = way.LeftToRight if self._desk.reads_records else way.RightToLeft
        self._columns.setDirection(beside if self.width() >= _WIDE else way.TopToBottom)
