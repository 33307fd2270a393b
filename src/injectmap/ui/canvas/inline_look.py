"""How the inline editor looks: where its parts stand, and what is painted around them."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen

from injectmap.ui.canvas.side_badge import paint_side_badge
from injectmap.ui.theme import RADIUS_CARD, RADIUS_CONTROL, Theme, font, metrics
from injectmap.words import Words

HEAD = 32
_WIDE = 112
_LINE, _ROW, _PAD = 17, 34, 12


@dataclass
class InlineFace:
    """What it says: number and side, the head line with its rate, lines below, the open row, a problem."""

    number: str = ""
    side: str = "left"
    head: str = ""
    rate: str = ""
    lines: list[str] = field(default_factory=list)
    row_label: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class InlinePlaces:
    """Where its parts stand, and how large all of it is."""

    size: QSize
    less: QRect
    more: QRect
    field: QRect
    row: QRect


class InlineLook:
    """Measures and paints a face; `side` is the step buttons' in pixels."""

    def __init__(self, words: Words, theme: Theme) -> None:
        """Speak and colour by these."""
        self._words, self._theme = words, theme

    def places(self, face: InlineFace, side: int) -> InlinePlaces:
        """Lay the parts out."""
        width = _WIDE + 2 * side
        heads = metrics("table_strong").horizontalAdvance(face.head) + metrics("label").horizontalAdvance(
            face.rate
        )
        width = max(width, self._chip_width(face) + 18 + heads + 56)
        top = HEAD + side + 6
        for line in face.lines:
            top += self._wrapped(line, width, "label")
        row = QRect(_PAD, top + 20, width - 2 * _PAD, _ROW - 10)
        if face.row_label:
            top += 20 + _ROW
        if face.problem:
            top += self._wrapped(face.problem, width, "label") + 10
        middle = width // 2
        return InlinePlaces(
            QSize(width, top),
            QRect(7, HEAD, side, side),
            QRect(width - 7 - side, HEAD, side, side),
            QRect(middle - 42, HEAD + 4, 54, side - 8),
            row,
        )

    @staticmethod
    def _wrapped(text: str, width: int, role: str) -> int:
        box = QRect(0, 0, width - 2 * _PAD, 400)
        return max(_LINE, metrics(role).boundingRect(box, Qt.TextFlag.TextWordWrap, text).height() + 1)

    @staticmethod
    def _chip_width(face: InlineFace) -> int:
        return max(18, metrics("label_strong").horizontalAdvance(face.number) + 9)

    def paint(self, painter: QPainter, area: QRect, face: InlineFace, side: int) -> None:
        """Paint card, head, frames and lines."""
        theme = self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.colour("sel"), 2))
        painter.setBrush(theme.colour("raised"))
        painter.drawRoundedRect(QRectF(area).adjusted(1, 1, -1, -1), RADIUS_CARD, RADIUS_CARD)
        self._paint_head(painter, face, area.width())
        places = self.places(face, side)
        wrong = bool(face.problem)
        in_row = bool(face.row_label)
        middle = area.width() // 2
        painter.setPen(QPen(theme.colour("error" if wrong and not in_row else "accent"), 2))
        painter.setBrush(theme.colour("raised"))
        frame = QRectF(middle - 43, HEAD + 1, 86, side - 2)
        painter.drawRoundedRect(frame, RADIUS_CONTROL, RADIUS_CONTROL)
        painter.setFont(font("table"))
        painter.setPen(theme.colour("text2"))
        unit = QRect(middle + 16, HEAD, 26, side)
        painter.drawText(unit, Qt.AlignmentFlag.AlignVCenter, self._words("inline.unit"))
        top = self._paint_lines(painter, face, area.width(), HEAD + side + 4)
        if in_row:
            painter.setFont(font("label"))
            painter.setPen(theme.colour("text2"))
            label = QRect(_PAD, top, area.width() - 2 * _PAD, 20)
            painter.drawText(label, Qt.AlignmentFlag.AlignVCenter, face.row_label)
            painter.setPen(QPen(theme.colour("error" if wrong else "accent"), 1.5))
            painter.setBrush(theme.colour("raised"))
            box = QRectF(places.row).adjusted(-5, -2, 5, 2)
            painter.drawRoundedRect(box, RADIUS_CONTROL, RADIUS_CONTROL)
            top += 20 + _ROW
        if wrong:
            painter.setFont(font("label"))
            painter.setPen(theme.colour("error"))
            box_of_text = QRect(_PAD, top + 2, area.width() - 2 * _PAD, area.height() - top)
            painter.drawText(box_of_text, Qt.TextFlag.TextWordWrap, face.problem)

    def _paint_lines(self, painter: QPainter, face: InlineFace, width: int, top: int) -> int:
        painter.setFont(font("label"))
        painter.setPen(self._theme.colour("text2"))
        for line in face.lines:
            tall = self._wrapped(line, width, "label")
            painter.drawText(QRect(_PAD, top, width - 2 * _PAD, tall), Qt.TextFlag.TextWordWrap, line)
            top += tall
        return top

    def _paint_head(self, painter: QPainter, face: InlineFace, width: int) -> None:
        theme = self._theme
        chip = QRectF(10, 8, self._chip_width(face), 18)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("sel"))
        painter.drawRoundedRect(chip, 9, 9)
        painter.setFont(font("label_strong"))
        painter.setPen(theme.colour("on_sel"))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, face.number)
        badge = QRectF(chip.right() + 6, 8, 18, 18)
        if face.side in ("left", "right"):
            paint_side_badge(painter, badge, face.side, self._words, theme)
        left = badge.right() + 8 if face.side in ("left", "right") else chip.right() + 8
        row = QRect(round(left), 8, width - round(left) - _PAD, 18)
        painter.setFont(font("table_strong"))
        painter.setPen(theme.colour("text"))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter, face.head)
        painter.setFont(font("label"))
        painter.setPen(theme.colour("text2"))
        painter.drawText(row, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, face.rate)
