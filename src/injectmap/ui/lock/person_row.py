"""One person as a large row: initials, name, profession and roles."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from injectmap.domain.accounts import Person, initials
from injectmap.domain.acting import Role
from injectmap.ui.theme import RADIUS_KEY, Theme, font, metrics, paint_focus_ring
from injectmap.words import load_words

HEIGHT, _CIRCLE = 56, 36


def roles_text(roles: frozenset[Role]) -> str:
    """Roles in words, in the order of the list."""
    return ", ".join(load_words()(f"role.{role.value}") for role in Role if role in roles)


class PersonRow(QAbstractButton):
    """A person to choose; the one chosen is marked by a ground, a border and a strong name."""

    def __init__(self, theme: Theme, person: Person) -> None:
        super().__init__()
        self.person = person
        self._theme = theme
        self._said = " · ".join(part for part in (person.profession, roles_text(person.roles)) if part)
        self.setText(person.name)
        self.setAccessibleName(person.name)
        self.setAccessibleDescription(self._said)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(320, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter, chosen = self._theme, QPainter(self), self.isChecked()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.75, 2.75, -0.75, -2.75)
        if chosen or self.underMouse():
            painter.setPen(QPen(theme.colour("accent" if chosen else "line2"), 1.5 if chosen else 1))
            painter.setBrush(theme.colour("accentbg" if chosen else "raised"))
            painter.drawRoundedRect(box, RADIUS_KEY + 2, RADIUS_KEY + 2)
        centre = QPointF(12 + _CIRCLE / 2, self.height() / 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("accent" if chosen else "line2"))
        painter.drawEllipse(centre, _CIRCLE / 2, _CIRCLE / 2)
        circle = QRectF(centre.x() - _CIRCLE / 2, centre.y() - _CIRCLE / 2, _CIRCLE, _CIRCLE)
        painter.setPen(theme.colour("on_accent" if chosen else "text"))
        painter.setFont(font("table_strong"))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, initials(self.person.name))
        left = 12 + _CIRCLE + 12
        room = self.width() - left - 12
        middle, elide = self.height() / 2, Qt.TextElideMode.ElideRight
        painter.setPen(theme.colour("text"))
        painter.setFont(font("body_strong"))
        name = metrics("body_strong").elidedText(self.person.name, elide, room)
        top = QRectF(left, middle - 21, room, 21) if self._said else QRectF(left, 0, room, self.height())
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(theme.colour("text2"))
        painter.setFont(font("label"))
        said = metrics("label").elidedText(self._said, elide, room)
        painter.drawText(QRectF(left, middle, room, 19), Qt.AlignmentFlag.AlignVCenter, said)
        if self.hasFocus():
            paint_focus_ring(painter, theme, self.rect())
