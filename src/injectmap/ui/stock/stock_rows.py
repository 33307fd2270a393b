"""The lines of the stock list: product, lot, expiry and units, with what is to be known of them in words."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from injectmap.services.stock import StockLine
from injectmap.ui.icons import paint_icon
from injectmap.ui.theme import Theme, font, metrics
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.lists import CommandedView, Index, RowDelegate
from injectmap.words import load_words

ROW_HEIGHT = 32
_PAD = 16
# Shares of the width at which a column begins, and the column of figures, which ends there.
_BEGINS = {"product": 0.0, "lot": 0.28, "expiry": 0.49, "note": 0.78}
_COUNT_ENDS = 0.76


def notes(line: StockLine) -> list[str]:
    """What is to be known of a line, in words."""
    words, said = load_words(), []
    if line.missing == 1:
        said.append(words("stock.more_used.one"))
    elif line.missing:
        said.append(words("stock.more_used.many", count=line.missing))
    elif line.item.count == 0:
        said.append(words("stock.used_up"))
    if line.expired:
        said.append(words("stock.expired"))
    elif line.expires_soon and line.days_left is not None:
        key = {0: "today", 1: "one"}.get(line.days_left, "many")
        said.append(words(f"stock.expires.{key}", days=line.days_left))
    if line.low:
        said.append(words("stock.low"))
    return said


def lot_text(line: StockLine) -> str:
    """The lot, and the serial number of a unit kept on its own."""
    item = line.item
    return f"{item.lot} · {load_words()('syringe.serial', serial=item.serial)}" if item.serial else item.lot


def expiry_text(line: StockLine) -> str:
    """The expiry, or that it is not recorded."""
    expiry = line.item.expiry
    return show_date(expiry) if expiry is not None else load_words()("stock.no_expiry")


def say_line(line: StockLine) -> str:
    """A line in one sentence."""
    item = line.item
    return load_words()(
        "stock.row",
        product=item.product.name,
        lot=lot_text(line),
        expiry=expiry_text(line),
        count=show_count(item.count),
        notes=", ".join(notes(line)),
    ).strip()


def show_count(count: int) -> str:
    """A count with a true minus sign."""
    return f"−{-count}" if count < 0 else str(count)


class StockDelegate(RowDelegate):
    """Columns in shares of the width; what has expired has a sign and the word, never a colour alone."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, ROW_HEIGHT, parent)

    def paint_row(self, painter: QPainter, rect: QRect, row: StockLine, index: Index) -> None:
        item, left = row.item, row.item.count <= 0
        colour = "text2" if left else "text"
        cells = {
            "product": (item.product.name, "table_strong", colour),
            "lot": (lot_text(row), "table", colour),
            "expiry": (expiry_text(row), "table", "error" if row.expired else colour),
            "note": (", ".join(notes(row)), "table", "error" if row.expired and item.count > 0 else "text2"),
        }
        for name, (text, role, tint) in cells.items():
            box = _box(rect, name)
            if name == "expiry" and row.expired:
                centre = box.topLeft().toPointF()
                centre.setX(centre.x() + 7)
                centre.setY(box.center().y() + 0.5)
                paint_icon(painter, "warning", centre, self.theme.colour("error"), 14)
                box.setLeft(box.left() + 20)
            self._text(painter, box, text, role, tint, Qt.AlignmentFlag.AlignLeft)
        self._text(
            painter,
            _count_box(rect),
            show_count(item.count),
            "table_strong",
            "text",
            Qt.AlignmentFlag.AlignRight,
        )
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self.theme.colour("line"))

    def _text(
        self, painter: QPainter, box: QRect, text: str, role: str, colour: str, side: Qt.AlignmentFlag
    ) -> None:
        painter.setFont(font(role))
        painter.setPen(self.theme.colour(colour))
        shown = metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, shown)


class StockHeader(QWidget):
    """The names of the columns over the list."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(28)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        words, painter = load_words(), QPainter(self)
        painter.setFont(font("label"))
        painter.setPen(self._theme.colour("text2"))
        for name in ("product", "lot", "expiry"):
            painter.drawText(
                _box(self.rect(), name), Qt.AlignmentFlag.AlignVCenter, words(f"stock.column.{name}")
            )
        painter.drawText(
            _count_box(self.rect()),
            Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight,
            words("stock.column.count"),
        )
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.colour("line2"))


class StockView(CommandedView):
    """A list that never asks for more room than it is given."""

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(400, 200)


def _box(rect: QRect, name: str) -> QRect:
    """A column's room in a row, up to where the next begins."""
    width = rect.width() - 2 * _PAD
    names = list(_BEGINS)
    begin = _BEGINS[name]
    end = _BEGINS[names[names.index(name) + 1]] if name != "note" else 1.0
    # The figures stand at the right of the expiry's column.
    end = _COUNT_ENDS - 0.06 if name == "expiry" else end
    left = rect.left() + _PAD + round(begin * width)
    return QRect(left, rect.top(), rect.left() + _PAD + round(end * width) - left - 8, rect.height())


def _count_box(rect: QRect) -> QRect:
    width = rect.width() - 2 * _PAD
    right = rect.left() + _PAD + round(_COUNT_ENDS * width)
    return QRect(right - 48, rect.top(), 48, rect.height())
