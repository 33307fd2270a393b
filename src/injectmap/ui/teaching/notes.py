"""The left column of the presenter: what is shown and by which source, the large count, and what happens now."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from injectmap.domain.treatment_map import Side
from injectmap.ui.canvas.side_badge import paint_side_badge
from injectmap.ui.teaching.looks import MARGIN, SIDE, StageLabel, stage_font, stage_metrics
from injectmap.ui.teaching.sentences import Said, SideSum
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline
from injectmap.words import Words

_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_BADGE = 32
# Three lines; a longer name would push the count off a low screen.
_LONGEST = 66


class CountLine(QWidget):
    """The large figure with its unit; painted, so that a frame costs no layout."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._count, self._unit = "", ""
        self.setFixedHeight(88)

    def show_count(self, count: str, unit: str) -> None:
        """Show a figure."""
        if (count, unit) != (self._count, self._unit):
            self._count, self._unit = count, unit
            self.setAccessibleName(f"{count} {unit}".strip())
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(stage_font("count"))
        painter.setPen(self._theme.colour("text"))
        # The figure's own side bearing would set it off from the lines above and below.
        painter.drawText(-3, 66, self._count)
        x = stage_metrics("count").horizontalAdvance(self._count) + 10
        painter.setFont(stage_font("unit"))
        painter.drawText(x, 66, self._unit)
        painter.end()


class ShareLine(QWidget):
    """How much of the pass is laid."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._share: float | None = 0.0
        self.setFixedHeight(10)

    def show_share(self, share: float | None) -> None:
        """Fill it so far; None shows nothing."""
        if share != self._share:
            self._share = share
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._share is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("line"))
        box = QRectF(self.rect())
        painter.drawRoundedRect(box, 5, 5)
        if self._share > 0:
            painter.setBrush(self._theme.colour("accent"))
            box.setWidth(max(10.0, box.width() * min(1.0, self._share)))
            painter.drawRoundedRect(box, 5, 5)
        painter.end()


class SideLine(QWidget):
    """The sum of one side: words left, figures right."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._row: SideSum | None = None
        self.setFixedHeight(26)

    def show_row(self, row: SideSum | None) -> None:
        """Show a sum, or nothing."""
        if row != self._row:
            self._row = row
            self.setAccessibleName(f"{row.text} {row.so_far} {row.total}" if row else "")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._row is None:
            return
        painter = QPainter(self)
        box = self.rect()
        painter.setFont(stage_font("note"))
        painter.setPen(self._theme.colour("text2"))
        painter.drawText(box, _MIDDLE | Qt.AlignmentFlag.AlignLeft, self._row.text)
        painter.drawText(box, _MIDDLE | Qt.AlignmentFlag.AlignRight, self._row.total)
        right = box.adjusted(0, 0, -stage_metrics("note").horizontalAdvance(self._row.total) - 5, 0)
        painter.setFont(stage_font("note_strong"))
        painter.setPen(self._theme.colour("text"))
        painter.drawText(right, _MIDDLE | Qt.AlignmentFlag.AlignRight, self._row.so_far)
        painter.end()


class SideBadge(QWidget):
    """L or R of what is in hand."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words, self._theme = words, theme
        self._side: Side | None = None
        self.setFixedSize(QSize(_BADGE, _BADGE))

    def show_side(self, side: Side | None) -> None:
        """Show a side, or nothing."""
        if side is not self._side:
            self._side = side
            self.setAccessibleName(self._words(f"side.{side.value}") if side is not None else "")
            self.setVisible(side is not None)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._side is not None:
            painter = QPainter(self)
            paint_side_badge(painter, QRectF(self.rect()), self._side.value, self._words, self._theme)
            painter.end()


class Title(QWidget):
    """Name, label and source of what is shown; pressing it asks for another."""

    pressed = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.badge = SideBadge(words, theme, self)
        self.badge.hide()
        self.name = StageLabel(theme, "title", wrap=True, parent=self)
        self.lines = StageLabel(theme, "small", "text2", wrap=True, parent=self)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(words("present.choose"))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.name, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addLayout(row)
        column.addWidget(self.lines)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()

    def show_title(self, title: str, lines: tuple[str, ...]) -> None:
        """Name what is shown."""
        self.name.setText(title if len(title) <= _LONGEST else f"{title[: _LONGEST - 1].rstrip()}…")
        self.lines.setText("\n".join(lines))


class Notes(QWidget):
    """Shows what is said of a moment."""

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        """Empty."""
        super().__init__(parent)
        self.setFixedWidth(SIDE)
        self.title = Title(words, theme, self)
        self.heading = StageLabel(theme, "caption", "text2", wrap=True, parent=self)
        self.count = CountLine(theme, self)
        self.of = StageLabel(theme, "caption", "text2", parent=self)
        self.share = ShareLine(theme, self)
        self.happening = StageLabel(theme, "caption", wrap=True, parent=self)
        self.facts = StageLabel(theme, "note", "text2", wrap=True, parent=self)
        self.note = StageLabel(theme, "note", "text", wrap=True, parent=self)
        self.rule = Hairline(theme, parent=self)
        self.sums = (SideLine(theme, self), SideLine(theme, self))
        # Two lines always, so that nothing jumps when a pass changes.
        self.happening.setMinimumHeight(2 * stage_metrics("caption").lineSpacing() + 2)
        self.happening.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.facts.setMinimumHeight(2 * stage_metrics("note").lineSpacing())
        self.facts.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        column = QVBoxLayout(self)
        column.setContentsMargins(MARGIN, 30, 22, 10)
        column.setSpacing(0)
        column.addWidget(self.title)
        column.addStretch(1)
        for widget, gap in (
            (self.heading, 2),
            (self.count, 4),
            (self.of, 12),
            (self.share, 16),
            (self.happening, 4),
            (self.facts, 2),
            (self.note, 8),
            (self.rule, 8),
        ):
            column.addWidget(widget)
            column.addSpacing(gap)
        for line in self.sums:
            column.addWidget(line)

    def show_said(self, said: Said) -> None:
        """Show a moment; texts that stay are not touched."""
        self.count.show_count(said.count, said.unit)
        self.share.show_share(said.share)
        for label, text in (
            (self.heading, said.heading),
            (self.of, said.of),
            (self.happening, "\n".join(filter(None, said.happening))),
            (self.facts, said.facts),
            (self.note, said.note),
        ):
            if label.full_text() != text:
                label.setText(text)
        self.note.setVisible(bool(said.note))
        self.rule.setVisible(bool(said.sides))
        for line, row in zip(self.sums, (*said.sides, None, None), strict=False):
            line.show_row(row)

    def clear(self) -> None:
        """Say nothing."""
        self.show_said(Said())
        self.title.badge.show_side(None)
