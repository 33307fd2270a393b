"""Totals per zone and side: right before left, as on the front view."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from injectmap.domain.totals import Totals, ZoneTotal, exact_totals, show_part, shown_totals
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.session.looks import paint_swatch, zone_name
from injectmap.ui.theme import Theme, font, metrics
from injectmap.ui.widgets.basics import Scroller, TextLabel, column
from injectmap.words import load_words

_ROW = 24
_COLUMNS = (128, 72, 16)  # right edges of Right, Left, Both, from the right border
# Heading, columns' names, sums and the note, which always stand.
_AROUND = 130


def _figures(shown: ZoneTotal | Totals, exact: ZoneTotal | Totals) -> tuple[str, str, str]:
    """Right, left and both as shown; a dash for none."""
    right, left, both = (
        show_part(part, real) or "–"
        for part, real in (
            (shown.right_ul, exact.right_ul),
            (shown.left_ul, exact.left_ul),
            (shown.both_ul, exact.both_ul),
        )
    )
    return right, left, both


class TotalsTable(QWidget):
    """Paints the zones' rows; the same figures are its accessible description."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows: tuple[tuple[str, str, str, str, str], ...] = ()
        self.setAccessibleName(load_words()("totals.title"))
        theme.changed.connect(self.update)

    @property
    def rows(self) -> tuple[tuple[str, str, str, str, str], ...]:
        """Zone id, name, right, left and both as shown."""
        return self._rows

    def show_rows(self, rows: tuple[tuple[str, str, str, str, str], ...]) -> None:
        """Show other figures."""
        words = load_words()
        self._rows = rows
        said = [words("totals.said", zone=r[1], right=r[2], left=r[3], both=r[4]) for r in rows]
        self.setAccessibleDescription(" ".join(said))
        self.setFixedHeight(_ROW * len(rows))
        self.update()

    def sizeHint(self) -> QSize:
        """One line a zone."""
        return QSize(300, _ROW * len(self._rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Swatch, name, three figures."""
        painter = QPainter(self)
        for number, (zone, name, *figures) in enumerate(self._rows):
            top = number * _ROW
            paint_swatch(painter, QRectF(16, top + 5, 8, 14), {zone: 1})
            painter.setPen(self._theme.colour("text"))
            painter.setFont(font("table"))
            width = self.width() - 32 - _COLUMNS[0] - 40
            painter.drawText(
                QRectF(32, top, width, _ROW),
                Qt.AlignmentFlag.AlignVCenter,
                metrics("table").elidedText(name, Qt.TextElideMode.ElideRight, width),
            )
            paint_figures(painter, self._theme, self.width(), top, figures)


def paint_figures(painter: QPainter, theme: Theme, width: int, top: int, figures: list[str]) -> None:
    """Three figures, right aligned, the sum of both sides strong."""
    for edge, text, role in zip(_COLUMNS, figures, ("table", "table", "table_strong"), strict=True):
        painter.setFont(font(role))
        painter.setPen(theme.colour("text2" if text == "–" else "text"))
        painter.drawText(
            QRectF(width - edge - 60, top, 60, _ROW),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            text,
        )


class FiguresLine(QWidget):
    """The heading line or the line of sums."""

    def __init__(self, theme: Theme, name: str, figures: list[str], *, sums: bool) -> None:
        super().__init__()
        self._theme, self._name, self._sums = theme, name, sums
        self.figures = figures
        self.setFixedHeight(_ROW + (8 if sums else 0))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_figures(self, figures: list[str]) -> None:
        self.figures = figures
        words = load_words()
        self.setAccessibleName(
            words("totals.said", zone=self._name, right=figures[0], left=figures[1], both=figures[2])
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        theme = self._theme
        if not self._sums:
            painter.setFont(font("label"))
            painter.setPen(theme.colour("text2"))
            for edge, text in zip(_COLUMNS, self.figures, strict=True):
                painter.drawText(
                    QRectF(self.width() - edge - 60, 0, 60, _ROW),
                    Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                    text,
                )
            return
        painter.fillRect(QRectF(16, 4, self.width() - 32, 1), theme.colour("text3"))
        painter.setFont(font("table_strong"))
        painter.setPen(theme.colour("text"))
        painter.drawText(QRectF(16, 8, 160, _ROW), Qt.AlignmentFlag.AlignVCenter, self._name)
        for edge, text in zip(_COLUMNS, self.figures, strict=True):
            painter.drawText(
                QRectF(self.width() - edge - 60, 8, 60, _ROW),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                text,
            )


class TotalsPanel(QWidget):
    """Always visible while a session is open; zones scroll only if they would take half the column."""

    def __init__(self, theme: Theme, bridge: EditorBridge) -> None:
        super().__init__()
        words = load_words()
        self._bridge = bridge
        title = TextLabel(theme, "table_strong", "text", words("totals.title"))
        what = TextLabel(theme, "label", "text2", words("totals.what"))
        self.table = TotalsTable(theme)
        self._heads = FiguresLine(
            theme, "", [words("totals.right"), words("totals.left"), words("totals.both")], sums=False
        )
        self.sums = FiguresLine(theme, words("totals.all"), ["–", "–", "–"], sums=True)
        self._scroller = Scroller(self.table)
        self._room = 0
        self.note = TextLabel(theme, "label", "text2", words("totals.shared"))
        self.note.setContentsMargins(16, 2, 16, 0)
        head = QHBoxLayout()
        head.setContentsMargins(16, 10, 16, 0)
        head.setSpacing(8)
        head.addWidget(title)
        head.addWidget(what)
        head.addStretch(1)
        layout = column(self, margins=(0, 0, 0, 12))
        layout.addLayout(head)
        layout.addWidget(self._heads)
        layout.addWidget(self._scroller)
        layout.addWidget(self.sums)
        layout.addWidget(self.note)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        bridge.changed.connect(self._on_changed)
        self._show()

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if "map" in aspects:
            self._show()

    def _show(self) -> None:
        editor = self._bridge.editor
        found = shown_totals(editor.map) if editor is not None else Totals((), 0, 0)
        exact = exact_totals(editor.map) if editor is not None else {}
        rows = tuple(
            (
                one.zone,
                zone_name(editor, one.zone) if editor is not None else one.zone,
                *_figures(one, exact[one.zone]),
            )
            for one in found.zones
            # A zone of which nothing was injected has no line.
            if exact[one.zone].both_ul
        )
        self.table.show_rows(rows)
        self.sums.show_figures(list(_figures(found, found)))
        self.note.setVisible(bool(rows))
        self._fit()

    def set_room(self, height: int) -> None:
        """Tell how high the panel may be, logical px."""
        self._room = height
        self._fit()

    def _fit(self) -> None:
        wanted = _ROW * len(self.table.rows)
        self._scroller.setFixedHeight(min(wanted, max(self._room - _AROUND, 3 * _ROW)))
        self._scroller.setVisible(bool(wanted))
