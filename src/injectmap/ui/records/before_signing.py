"""What still stands between the open record and its signature, beside the chart; a press leads to the line."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy

from injectmap.domain.completeness import Line, LineState, completeness, required_counts
from injectmap.domain.record import RecordState
from injectmap.domain.settings import ClinicSettings
from injectmap.ui.desk import Desk
from injectmap.ui.icons import paint_icon
from injectmap.ui.theme import Theme, font, metrics, paint_focus_ring
from injectmap.ui.widgets.basics import Surface, TextLabel, column
from injectmap.words import load_words

_ROW, _SHOWN = 24, 6


class _MissingLine(QAbstractButton):
    """One missing requirement; the ring says it is open, the words say what."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.line: Line | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        theme.changed.connect(self.update)

    def show_line(self, line: Line) -> None:
        self.line = line
        words = load_words()
        title = words(f"requirement.{line.requirement.value}")
        self.setText(title)
        self.setAccessibleName(f"{title}, {words('complete.state.missing')}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(180, _ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse():
            painter.fillRect(self.rect(), theme.mixed("panel", "accentbg", 0.5))
        painter.setPen(QPen(theme.colour("text3"), 1.5))
        painter.drawEllipse(QRectF(16, self.height() / 2 - 6.5, 13, 13))
        painter.setFont(font("table"))
        painter.setPen(theme.colour("text"))
        room = self.width() - 38 - 12
        text = metrics("table").elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        base = (self.height() + metrics("table").ascent() - metrics("table").descent()) / 2
        painter.drawText(QPointF(38, base), text)
        if self.hasFocus():
            paint_focus_ring(painter, theme, self.rect().adjusted(4, 0, -4, 0))


class _Whole(QAbstractButton):
    """All is there: a tick and the words."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setText(load_words()("before.all_there"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFixedHeight(_ROW)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(180, _ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, theme = QPainter(self), self._theme
        paint_icon(painter, "tick", QPointF(22, self.height() / 2), theme.colour("ok"), 16)
        painter.setFont(font("table"))
        painter.setPen(theme.colour("ok"))
        base = (self.height() + metrics("table").ascent() - metrics("table").descent()) / 2
        painter.drawText(QPointF(38, base), self.text())
        if self.hasFocus():
            paint_focus_ring(painter, theme, self.rect().adjusted(4, 0, -4, 0))


class BeforeSigning(Surface):
    """Follows the open draft; nothing is shown without one."""

    line_wanted = Signal(object)

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__(theme, "panel", edges="top")
        self._desk = desk
        self._settings: ClinicSettings | None = None
        self._count = TextLabel(theme, "table", "text2")
        self._lines = [_MissingLine(theme) for _ in range(_SHOWN)]
        self._more = TextLabel(theme, "label", "text2")
        self._more.setContentsMargins(38, 0, 0, 0)
        self.whole = _Whole(theme)
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 16, 2)
        head.addWidget(TextLabel(theme, "table_strong", "text", load_words()("before.title")))
        head.addStretch(1)
        head.addWidget(self._count)
        layout = column(self, margins=(0, 10, 0, 8))
        layout.addLayout(head)
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
        draft = editor is not None and editor.session.state is not RecordState.SIGNED and not editor.read_only
        self.setVisible(draft)
        if not draft:
            return
        if self._settings is None:
            self._settings = desk.services.settings_service.current()
        lines = completeness(desk.opened_now(), self._settings)
        done, of = required_counts(lines, self._settings)
        lacking = [line for line in lines if line.state is LineState.MISSING]
        words = load_words()
        self._count.setText(words("before.count", done=done, of=of))
        for place, row in enumerate(self._lines):
            row.setVisible(place < len(lacking))
            if place < len(lacking):
                row.show_line(lacking[place])
        rest = len(lacking) - _SHOWN
        self._more.setVisible(rest > 0)
        self._more.setText(words("before.more", count=rest) if rest > 0 else "")
        self.whole.setVisible(not lacking)

    def _on_clicked(self) -> None:
        row = self.sender()
        if isinstance(row, _MissingLine) and row.line is not None:
            self.line_wanted.emit(row.line.requirement)

    def _on_whole(self) -> None:
        self.line_wanted.emit(None)
