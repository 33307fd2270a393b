"""The patient's treatment sessions along a line of time, true to their distances, with a card for each below it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from injectmap.services.ports import SessionSummary
from injectmap.ui.desk import Desk
from injectmap.ui.patients.session_card import CARD, CardThumbnails, SessionCard
from injectmap.ui.theme import Theme, font, metrics
from injectmap.ui.widgets.basics import column
from injectmap.words import load_words

AXIS = 66
SPACE = 16
_LINE_Y, _END, _DOT = 22.0, 16.0, 6.0
# Sessions of one week keep this distance, so that each dot can be seen.
_LEAST = 13.0


def places_in_time(dates: Sequence[dt.date], left: float, right: float, least: float = _LEAST) -> list[float]:
    """Places of rising dates on a line, true to the days between them save that none come closer than `least`."""
    if not dates:
        return []
    first, days = dates[0], (dates[-1] - dates[0]).days
    placed: list[float] = []
    for date in dates:
        true = left + (right - left) * ((date - first).days / days if days else 0.0)
        placed.append(max(true, placed[-1] + least) if placed else true)
    limit = right
    for index in range(len(placed) - 1, -1, -1):
        placed[index] = min(placed[index], limit)
        limit = placed[index] - least
    return placed


class _Axis(QWidget):
    """The line with its years and dots, and a thin line from each dot to its card."""

    def __init__(self, theme: Theme, strip: SessionStrip) -> None:
        super().__init__()
        self._theme, self._strip = theme, strip
        self.setFixedHeight(AXIS)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Years below, links and dots above."""
        cards = self._strip.cards
        if not cards:
            return
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dates = [card.summary.date for card in cards]
        left, right = _END, self.width() - _END
        painter.setPen(QPen(theme.colour("line2"), 2))
        painter.drawLine(QPointF(0, _LINE_Y), QPointF(self.width(), _LINE_Y))
        self._paint_years(painter, dates, left, right)
        places = places_in_time(dates, left, right)
        for card, x in zip(cards, places, strict=True):
            self._paint_link(painter, card, x)
        for card, x in zip(cards, places, strict=True):
            self._paint_dot(painter, card, x)

    def _paint_years(self, painter: QPainter, dates: Sequence[dt.date], left: float, right: float) -> None:
        days = (dates[-1] - dates[0]).days
        painter.setFont(font("label"))
        written = -100.0
        for year in range(dates[0].year + 1, dates[-1].year + 1):
            x = left + (right - left) * (dt.date(year, 1, 1) - dates[0]).days / max(days, 1)
            painter.setPen(QPen(self._theme.colour("text3"), 1))
            painter.drawLine(QPointF(x, _LINE_Y - 6), QPointF(x, _LINE_Y + 6))
            # A year that has no room beside the one before keeps its mark.
            if x - written >= metrics("label").horizontalAdvance("2026") + 10:
                painter.setPen(self._theme.colour("text2"))
                painter.drawText(QPointF(x + 4, _LINE_Y - 8), str(year))
                written = x

    def _paint_link(self, painter: QPainter, card: SessionCard, x: float) -> None:
        middle = self._strip.middle_of(card)
        if middle is None:
            return
        painter.setPen(QPen(self._theme.colour("accent" if card.is_open else "line2"), 1))
        corners = [
            QPointF(x, _LINE_Y + _DOT),
            QPointF(x, _LINE_Y + 15),
            QPointF(middle, AXIS - 13),
            QPointF(middle, AXIS),
        ]
        painter.drawPolyline(corners)

    def _paint_dot(self, painter: QPainter, card: SessionCard, x: float) -> None:
        theme = self._theme
        if card.is_open:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
            painter.drawEllipse(QPointF(x, _LINE_Y), _DOT + 0.5, _DOT + 0.5)
            return
        painter.setPen(QPen(theme.colour("text3"), 2))
        painter.setBrush(theme.colour("raised"))
        painter.drawEllipse(QPointF(x, _LINE_Y), _DOT - 0.5, _DOT - 0.5)


class SessionStrip(QWidget):
    """Cards from the first session to the last; where they do not fit they scroll sideways, the latest in sight."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        from injectmap.ui.canvas.head_pictures import HeadPictures

        self._theme = theme
        self.cards: list[SessionCard] = []
        self.thumbnails = CardThumbnails(theme, desk, HeadPictures(), self._in_sight)
        self.thumbnails.changed.connect(self._update_card)
        self._axis = _Axis(theme, self)
        self._row = QWidget()
        self._across = QHBoxLayout(self._row)
        self._across.setContentsMargins(0, 0, 0, 0)
        self._across.setSpacing(SPACE)
        self._across.addStretch(1)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setWidgetResizable(True)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setWidget(self._row)
        self._row.setAutoFillBackground(False)
        layout = column(self)
        layout.addWidget(self._axis)
        layout.addWidget(self._area)
        bar = self._area.horizontalScrollBar()
        bar.valueChanged.connect(self._on_scrolled)
        bar.rangeChanged.connect(self._on_range)
        self._fit()

    def show_sessions(self, summaries: Sequence[SessionSummary], open_id: str | None) -> None:
        """Show sessions, given latest first, and which of them is open."""
        ordered = list(reversed(summaries))
        if [one.id for one in ordered] != [card.summary.id for card in self.cards]:
            self._rebuild(ordered)
        for card, summary in zip(self.cards, ordered, strict=True):
            card.show_summary(summary, is_open=summary.id == open_id)
        self._axis.update()
        self._fit()

    def take_focus(self) -> None:
        """Give the keyboard to the card of the open session, or to the latest."""
        if self.cards:
            card = next((one for one in self.cards if one.is_open), self.cards[-1])
            card.setFocus(Qt.FocusReason.OtherFocusReason)
            self._area.ensureWidgetVisible(card, SPACE, 0)

    def middle_of(self, card: SessionCard) -> float | None:
        """Where a card's middle lies across the strip; None if it is out of sight."""
        middle = card.mapTo(self, card.rect().center()).x() + 0.5
        return middle if 0 <= middle <= self.width() else None

    def _rebuild(self, ordered: Sequence[SessionSummary]) -> None:
        for card in self.cards:
            self._across.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = [SessionCard(self._theme, self.thumbnails, summary) for summary in ordered]
        for place, card in enumerate(self.cards):
            self._across.insertWidget(place, card)
            card.chosen.connect(self.chosen)
            card.moved.connect(self._on_moved)

    def _fit(self) -> None:
        """As high as the cards, and the bar below them where there is one."""
        needed = len(self.cards) * (CARD.width() + SPACE) - SPACE
        bar = self._area.horizontalScrollBar().sizeHint().height() if needed > self.width() else 0
        self._area.setFixedHeight(CARD.height() + bar)
        self.setVisible(bool(self.cards))

    def resizeEvent(self, event: object) -> None:
        """More or fewer cards fit."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _on_moved(self, step: int) -> None:
        card = self.sender()
        place = self.cards.index(card) if card in self.cards else 0
        target = self.cards[max(0, min(len(self.cards) - 1, place + step))]
        target.setFocus(Qt.FocusReason.OtherFocusReason)
        self._area.ensureWidgetVisible(target, SPACE, 0)

    def _on_scrolled(self) -> None:
        self._axis.update()

    def _on_range(self, _least: int, most: int) -> None:
        """Begin with the latest in sight."""
        self._area.horizontalScrollBar().setValue(most)
        self._axis.update()

    def _in_sight(self, session_id: str) -> bool:
        card = self._card(session_id)
        return card is not None and card.isVisible() and not card.visibleRegion().isEmpty()

    def _card(self, session_id: str) -> SessionCard | None:
        return next((one for one in self.cards if one.summary.id == session_id), None)

    def _update_card(self, session_id: str) -> None:
        card = self._card(session_id)
        if card is not None:
            card.update()


def since_line(summaries: Sequence[SessionSummary]) -> str:
    """How many sessions since when, those in error left out."""
    counted = [one for one in summaries if not one.error_reason]
    if not counted:
        return ""
    words = load_words()
    first = min(one.date for one in counted)
    month = words("insight.months").split()[first.month - 1]
    key = "insight.sessions.one" if len(counted) == 1 else "insight.sessions.since"
    return words(key, count=len(counted), month=month, year=first.year)
