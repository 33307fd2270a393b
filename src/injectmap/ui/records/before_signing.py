"""What still stands between the open record and its signature, beside the chart; a press leads to the line."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMoveEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from injectmap.domain.completeness import Line, LineState, completeness, required_counts
from injectmap.domain.record import RecordState
from injectmap.domain.settings import ALWAYS_REQUIRED, ClinicSettings
from injectmap.ui.desk import Desk
from injectmap.ui.icons import paint_icon
from injectmap.ui.records.moments import show_moment, zone_of
from injectmap.ui.theme import Theme, font, metrics, paint_focus_ring
from injectmap.ui.widgets.basics import Surface, TextLabel, column
from injectmap.ui.widgets.tips import plain_tip
from injectmap.words import line_text, load_words

_ROW, _SHOWN = 24, 6
# In a window as high as this the column has room for what is done as well.
_HIGH, _MOST = 860, 12


class _RequiredLine(QAbstractButton):
    """One requirement: a tick where it is met, a ring where it is open, and the words say which."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.line: Line | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    def show_line(self, line: Line, said: str) -> None:
        """Show a line with what the record's page says under it."""
        self.line = line
        words = load_words()
        title = words(f"requirement.{line.requirement.value}")
        self.setText(title)
        self.setAccessibleName(f"{title}: {words(f'complete.state.{line.state.value}')}, {said}")
        self.setToolTip(plain_tip(f"{title}: {said}"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, _ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse():
            painter.fillRect(self.rect(), theme.mixed("panel", "accentbg", 0.5))
        ring = QRectF(16, self.height() / 2 - 6.5, 13, 13)
        if self.line is not None and self.line.done:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("ok"))
            painter.drawEllipse(ring.adjusted(-0.75, -0.75, 0.75, 0.75))
            paint_icon(painter, "tick", ring.center(), theme.colour("panel"), 11)
        else:
            painter.setPen(QPen(theme.colour("text3"), 1.5))
            painter.drawEllipse(ring)
        painter.setFont(font("table"))
        painter.setPen(theme.colour("text"))
        room = self.width() - 38 - 12
        text = metrics("table").elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        base = (self.height() + metrics("table").ascent() - metrics("table").descent()) / 2
        painter.drawText(QPointF(38, base), text)
        if self.hasFocus():
            paint_focus_ring(painter, theme, self.rect().adjusted(4, 0, -4, 0))


class _Whole(QAbstractButton):
    """All is there, or it is signed: an icon and the words."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self._icon = theme, "tick"
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(_ROW)
        theme.changed.connect(self.update)

    def say(self, icon: str, text: str) -> None:
        """Show an icon and words."""
        self._icon = icon
        self.setText(text)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, _ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        paint_icon(painter, self._icon, QPointF(22, self.height() / 2), theme.colour("ok"), 16)
        painter.setFont(font("table"))
        painter.setPen(theme.colour("ok"))
        base = (self.height() + metrics("table").ascent() - metrics("table").descent()) / 2
        painter.drawText(QPointF(38, base), self.text())
        if self.hasFocus():
            paint_focus_ring(painter, theme, self.rect().adjusted(4, 0, -4, 0))


class BeforeSigning(Surface):
    """Follows the open record; a signed one says when it was signed, and nothing is shown without one."""

    line_wanted = Signal(object)

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, "panel", edges="top")
        self._desk = desk
        self._settings: ClinicSettings | None = None
        self._high: bool | None = None
        self._count = TextLabel(theme, "table", "text2")
        self._lines = [_RequiredLine(theme) for _ in range(_MOST)]
        self._more = TextLabel(theme, "label", "text2")
        self._more.setContentsMargins(38, 0, 0, 0)
        self.whole = _Whole(theme)
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(16, 0, 16, 2)
        head.addWidget(TextLabel(theme, "table_strong", "text", load_words()("before.title")))
        head.addStretch(1)
        head.addWidget(self._count)
        layout = column(self, margins=(0, 10, 0, 8))
        layout.addWidget(self._head)
        for line in self._lines:
            layout.addWidget(line)
            line.clicked.connect(self._on_clicked)
        layout.addWidget(self._more)
        layout.addWidget(self.whole)
        self.whole.clicked.connect(self._on_whole)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.show_now)
        desk.session_changed.connect(self._read_settings)
        desk.save_state_changed.connect(self._read_settings)
        desk.bridge.changed.connect(self._on_edited)
        self.hide()

    def _read_settings(self) -> None:
        self._settings = None
        self._settle.start(0)

    def _on_edited(self, aspects: frozenset[str]) -> None:
        if aspects & {"map", "syringes", "state"}:
            self._settle.start(0)

    def show_now(self) -> None:
        """Show what is missing now."""
        desk, editor = self._desk, self._desk.editor
        signed = editor is not None and editor.session.state is RecordState.SIGNED
        draft = editor is not None and not signed and not editor.read_only
        self.setVisible(draft or signed)
        self._head.setVisible(draft)
        if signed:
            self._show_signed()
        if not draft:
            return
        if self._settings is None:
            self._settings = desk.services.settings_service.current()
        lines = completeness(desk.opened_now(), self._settings)
        done, of = required_counts(lines, self._settings)
        lacking = [line for line in lines if line.state is LineState.MISSING]
        shown = _with_room(lines, lacking, self._settings, high=self.window().height() >= _HIGH)
        words, zone = load_words(), self._settings.time_zone
        self._count.setText(words("before.count", done=done, of=of))
        for place, row in enumerate(self._lines):
            row.setVisible(place < len(shown))
            if place < len(shown):
                row.show_line(shown[place], line_text(shown[place], words, zone))
        rest = len(lacking) - sum(line in lacking for line in shown)
        self._more.setVisible(rest > 0)
        self._more.setText(words("before.more", count=rest) if rest > 0 else "")
        self.whole.say("tick", words("before.all_there"))
        self.whole.setVisible(not lacking)

    def _show_signed(self) -> None:
        editor = self._desk.editor
        assert editor is not None
        for row in (*self._lines, self._more):
            row.hide()
        last = editor.opened.versions[-1] if editor.opened.versions else None
        time = show_moment(last.signed_at_ms, zone_of(self._desk)) if last is not None else ""
        self.whole.say("lock", load_words()("before.signed", date=time))
        self.whole.show()

    def moveEvent(self, event: QMoveEvent) -> None:
        """The column became higher or lower: there may be room for more lines, or for fewer."""
        super().moveEvent(event)
        high = self.window().height() >= _HIGH
        if high != self._high:
            self._high = high
            self._settle.start(0)

    def _on_clicked(self) -> None:
        row = self.sender()
        if isinstance(row, _RequiredLine) and row.line is not None:
            self.line_wanted.emit(row.line.requirement)

    def _on_whole(self) -> None:
        self.line_wanted.emit(None)


def _with_room(
    lines: Sequence[Line], lacking: Sequence[Line], settings: ClinicSettings, *, high: bool
) -> list[Line]:
    """What is missing first; where there is room what is done too, all in the order of the list."""
    if not high:
        return list(lacking[:_SHOWN])
    required = settings.required | ALWAYS_REQUIRED
    done = [line for line in lines if line.done and line.requirement in required]
    chosen = [*lacking[:_MOST], *done[: max(0, _MOST - len(lacking))]]
    return [line for line in lines if line in chosen]
