"""The filled L or R badge that stands on the patient's side of every view."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QPainter

from injectmap.ui.theme import RADIUS_BADGE, Theme, font
from injectmap.words import Words


def paint_side_badge(painter: QPainter, box: QRectF, side: str, words: Words, theme: Theme) -> None:
    """Paint the badge of `left` or `right`; its letter scales with the box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour("text"))
    painter.drawRoundedRect(box, RADIUS_BADGE, RADIUS_BADGE)
    letter = font("body_strong")
    letter.setPixelSize(round(box.height() * 0.58))
    letter.setWeight(QFont.Weight.Bold)
    painter.setFont(letter)
    painter.setPen(theme.colour("panel"))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words(f"side.{side}.badge"))
    painter.restore()
