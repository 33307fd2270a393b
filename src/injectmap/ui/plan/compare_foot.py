"""The foot of the patient column: which session lies under the open one, and when the next review is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QMenu, QSizePolicy, QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.domain.units import show_volume
from injectmap.ui.desk import Desk
from injectmap.ui.icons import paint_icon
from injectmap.ui.plan.which_session import which_session
from injectmap.ui.theme import Theme, font, metrics, paint_focus_ring
from injectmap.ui.widgets.basics import Surface, TextLabel, column
from injectmap.ui.widgets.dates import show_date
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.ui.last_session import LastSession

_ROW = 26


class Choice(QAbstractButton):
    """The chosen text at the right with a sign that there is more; a press opens the list."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._name = theme, name
        self.menu = QMenu(self)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.clicked.connect(self.open_list)
        theme.changed.connect(self.update)

    def say(self, text: str) -> None:
        """Show what is chosen."""
        self.setText(text)
        self.setAccessibleName(f"{self._name}: {text}")
        self.update()

    def open_list(self) -> None:
        """Show the list with the chosen line marked."""
        self.menu.popup(self.mapToGlobal(self.rect().bottomLeft()))
        chosen = next((one for one in self.menu.actions() if one.isChecked()), None)
        if chosen is not None:
            self.menu.setActiveAction(chosen)

    def sizeHint(self) -> QSize:
        return QSize(metrics("table").horizontalAdvance(self.text()) + 30, _ROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and the down key open the list as the space bar does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() and self.isEnabled():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.mixed("panel", "accentbg", 0.5))
            painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setFont(font("table"))
        painter.setPen(theme.colour("text" if self.isEnabled() else "text2"))
        room = QRectF(4, 0, self.width() - (24 if self.isEnabled() else 8), self.height())
        text = metrics("table").elidedText(self.text(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        if self.isEnabled():
            centre = QPointF(self.width() - 11, self.height() / 2)
            paint_icon(painter, "chevron_down", centre, theme.colour("text2"), 14)
        if self.hasFocus():
            paint_focus_ring(painter, theme, self.rect())


class CompareFoot(Surface):
    """Shown while a session is open that has something to stand beside; it decides nothing."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, "panel", edges="top")
        words = load_words()
        self._desk = desk
        self._last: LastSession | None = None
        self.choice = Choice(theme, words("plan.compare"))
        self.review = TextLabel(theme, "table", "text")
        self._compare_row = _row(TextLabel(theme, "table", "text2", words("plan.compare")), self.choice)
        self._review_row = _row(TextLabel(theme, "table", "text2", words("plan.next_review")), self.review)
        layout = column(self, margins=(16, 6, 8, 6))
        layout.addWidget(self._compare_row)
        layout.addWidget(self._review_row)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.show_now)
        for signal in (desk.patient_changed, desk.session_changed, desk.sessions_changed):
            signal.connect(self._later)
        self.hide()

    def follow(self, last: LastSession) -> None:
        """Take who knows the sessions that can lie under the open one."""
        self._last = last
        last.changed.connect(self._later)
        self._later()

    def _later(self) -> None:
        self._settle.start(0)

    def show_now(self) -> None:
        """Show what is so now."""
        self._show_choice()
        due = self._next_review()
        self.review.setText(due)
        self._review_row.setVisible(bool(due))
        self.setVisible(not (self._compare_row.isHidden() and self._review_row.isHidden()))

    def _show_choice(self) -> None:
        last, words = self._last, load_words()
        others = last.others() if last is not None and self._desk.editor is not None else []
        self._compare_row.setVisible(bool(others))
        self.choice.menu.clear()
        if last is None or not others:
            return
        shown = last.shown
        for one in others:
            date = which_session(one, self._desk.sessions)
            text = words("plan.compare.line", date=date, volume=show_volume(one.microlitres))
            self._add(text, one.id, chosen=shown is not None and one.id == shown.id)
        self.choice.menu.addSeparator()
        self._add(words("plan.compare.none"), last.NONE, chosen=shown is None)
        none = words("plan.compare.none")
        self.choice.say(which_session(shown, self._desk.sessions) if shown is not None else none)

    def _add(self, text: str, wanted: str, *, chosen: bool) -> None:
        assert self._last is not None
        action = QAction(text, self.choice.menu)
        action.setCheckable(True)
        action.setChecked(chosen)
        action.triggered.connect(partial(self._last.choose, wanted))
        self.choice.menu.addAction(action)

    def _next_review(self) -> str:
        """The earliest review that is planned for the patient and not done, or the record's follow-up date."""
        desk = self._desk
        if desk.patient is None or not desk.has_clinic:
            return ""
        try:
            planned = desk.services.aftercare.follow_ups(desk.acting, desk.patient.id)
        except InjectmapError:
            # The page of aftercare says why.
            return ""
        dates = [one.due for one in planned if one.done_on is None]
        if desk.editor is not None and desk.editor.session.follow_up is not None:
            dates.append(desk.editor.session.follow_up)
        return show_date(min(dates)) if dates else ""


def _row(label: TextLabel, value: QWidget) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(8)
    row.setFixedHeight(_ROW)
    layout.addWidget(label)
    layout.addWidget(value, 1)
    if isinstance(value, TextLabel):
        value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        layout.setContentsMargins(0, 0, 8, 0)
    return row
