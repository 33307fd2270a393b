"""A treatment session as a card: date, state, what was injected, who treated, and both sides as small pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from injectmap.domain.patient import ERASED
from injectmap.services.ports import SessionSummary
from injectmap.ui.icons import paint_icon
from injectmap.ui.patients.thumbnails import RADIUS, Thumbnails
from injectmap.ui.patients.time_line import (
    count_of_passes,
    products_and_volume,
    say_summary,
    state_of,
    tip_of,
)
from injectmap.ui.theme import RADIUS_CARD, Theme, font, metrics, paint_focus_ring
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.tips import plain_tip
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.treatment_map import TreatmentMap

THUMBNAIL, GAP, MARGIN = 108, 6, 10
CARD = QSize(2 * THUMBNAIL + GAP + 2 * MARGIN, 192)


class CardThumbnails(Thumbnails):
    """Pictures of both sides, the patient's right on the left as on the front view."""

    side = THUMBNAIL
    gap = GAP
    # From the brow to the neck, with the entry points: there is more room than in the column.
    zoom = 1.85
    mark_scale = 0.42
    left_out = ("zone_edge",)

    def views_of(self, treatment_map: TreatmentMap) -> tuple[str, ...]:
        """Both lateral views."""
        return "right_lateral", "left_lateral"


class SessionCard(QWidget):
    """One card; a click or Enter chooses its session, the arrows go to the next."""

    chosen = Signal(str)
    moved = Signal(int)

    def __init__(self, theme: Theme, thumbnails: Thumbnails, summary: SessionSummary) -> None:
        super().__init__()
        self._theme, self._thumbnails = theme, thumbnails
        self.summary, self.is_open = summary, False
        self.setFixedSize(CARD)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.changed.connect(self.update)

    def show_summary(self, summary: SessionSummary, *, is_open: bool) -> None:
        """Show a session."""
        self.summary, self.is_open = summary, is_open
        state, _ = state_of(summary, is_open=is_open)
        self.setAccessibleName(f"{say_summary(summary)} {state}")
        self.setToolTip(plain_tip(tip_of(summary)))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and the space bar choose; arrows, Home and End move."""
        key = event.key()
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -10_000, Qt.Key.Key_End: 10_000}
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chosen.emit(self.summary.id)
        elif Qt.Key(key) in steps:
            self.moved.emit(steps[Qt.Key(key)])
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click that ends on the card chooses."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.chosen.emit(self.summary.id)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show that it can be chosen."""
        super().enterEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, two lines of words and the pictures."""
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        wide = 2 if self.is_open else 1
        painter.setPen(QPen(theme.colour("accent" if self.is_open else "line2"), wide))
        painter.setBrush(
            theme.mixed("raised", "accentbg", 0.5) if self.underMouse() else theme.colour("raised")
        )
        inset = wide / 2
        box = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(box, RADIUS_CARD, RADIUS_CARD)
        self._paint_words(painter)
        self._paint_pictures(painter)
        if self.hasFocus():
            paint_focus_ring(painter, theme, self.rect().adjusted(2, 2, -2, -2), RADIUS_CARD - 2)

    def _paint_words(self, painter: QPainter) -> None:
        theme, summary = self._theme, self.summary
        width = self.width() - 2 * MARGIN
        state, icon = state_of(summary, is_open=self.is_open)
        role = "label"
        colour = theme.colour("accent" if self.is_open else "text2")
        date = show_date(summary.date)
        room = width - metrics("body_strong").horizontalAdvance(date) - 24
        state = metrics(role).elidedText(state, Qt.TextElideMode.ElideRight, room)
        state_width = metrics(role).horizontalAdvance(state)
        painter.setFont(font(role))
        painter.setPen(colour)
        right = QRect(MARGIN, 8, width, 20)
        painter.drawText(right, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, state)
        paint_icon(painter, icon, QPointF(self.width() - MARGIN - state_width - 11, 18), colour, 14)
        first = "text2" if summary.error_reason else "text"
        about = count_of_passes(summary), summary.practitioner_name
        lines = (
            ("body_strong", first, date, 8),
            ("table", first, products_and_volume(summary), 29),
            ("label", "text2", " · ".join(filter(None, about)), 48),
        )
        for role, name, text, top in lines:
            painter.setFont(font(role))
            painter.setPen(theme.colour(name))
            shown = metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, width)
            painter.drawText(QRect(MARGIN, top, width, 20), Qt.AlignmentFlag.AlignVCenter, shown)

    def _paint_pictures(self, painter: QPainter) -> None:
        theme, top = self._theme, self.height() - MARGIN - THUMBNAIL
        whole = QRectF(MARGIN, top, self.width() - 2 * MARGIN, THUMBNAIL)
        if not self.summary.pass_count:
            painter.setPen(QPen(theme.colour("line2"), 1, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(whole.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
            painter.setFont(font("label"))
            painter.setPen(theme.colour("text2"))
            painter.drawText(whole, Qt.AlignmentFlag.AlignCenter, _nothing_done(self.summary))
            return
        picture = self._thumbnails.picture(self.summary, self.devicePixelRatioF())
        if picture is not None:
            painter.setOpacity(0.5 if self.summary.error_reason else 1.0)
            painter.drawPixmap(QPoint(MARGIN, top), picture)
            painter.setOpacity(1.0)
        painter.setPen(QPen(theme.colour("line2"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for left in (MARGIN, MARGIN + THUMBNAIL + GAP):
            frame = QRectF(left + 0.5, top + 0.5, THUMBNAIL - 1, THUMBNAIL - 1)
            painter.drawRoundedRect(frame, RADIUS, RADIUS)


def _nothing_done(summary: SessionSummary) -> str:
    """What stands where pictures would."""
    if summary.error_reason == ERASED:
        return load_words()("erased.state")
    return count_of_passes(summary) if summary.planned_count else load_words()("insight.card.no_passes")
