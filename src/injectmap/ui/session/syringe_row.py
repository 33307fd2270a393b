"""A drawn syringe that empties, with its figures in words; a click draws the next pass from it."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from injectmap.domain.product import Syringe
from injectmap.domain.totals import SyringeBalance
from injectmap.domain.units import show_volume
from injectmap.ui.icons import paint_icon
from injectmap.ui.theme import Theme, font, metrics, paint_focus_ring
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.tips import plain_tip
from injectmap.words import load_words

_HEIGHT = 68
_LINE = 16
# Room for words in the narrowest row, beside a scroll bar and with the sign of an expired lot.
_ROOM = 245
_MARK_UL, _LONG_MARK_UL = 50, 250


def lot_line(syringe: Syringe, treated: dt.date | None) -> str:
    """Lot and expiry in words, as on the day of treatment; what is not known yet is said as such."""
    words = load_words()
    parts = [words("syringe.lot", lot=syringe.lot) if syringe.lot else words("syringe.no_lot")]
    if syringe.expiry is not None:
        expired = treated is not None and syringe.expired_on(treated)
        key = "syringe.expired" if expired else "syringe.expiry"
        parts.append(words(key, date=show_date(syringe.expiry)))
    if syringe.serial:
        parts.append(words("syringe.serial", serial=syringe.serial))
    return " · ".join(parts)


def product_line(syringe: Syringe, treated: dt.date | None) -> str:
    """Product, lot and expiry; an expiry that has passed comes first, where it is never cut off."""
    line = lot_line(syringe, treated)
    if syringe.expiry is None or treated is None or not syringe.expired_on(treated):
        return f"{syringe.product.name} · {line}"
    expired = load_words()("syringe.expired", date=show_date(syringe.expiry))
    rest = [part for part in line.split(" · ") if part != expired]
    return " · ".join((expired, syringe.product.name, *rest))


def _in_lines(line: str) -> list[str]:
    """Break product, lot and expiry between them where they do not fit in one line: lot and expiry are always read."""
    wide = metrics("label").horizontalAdvance
    if wide(line) <= _ROOM:
        return [line] if line else []
    lines: list[str] = []
    for number, part in enumerate(line.split(" · ")):
        # The product, or a lot that has expired, stands alone; the rest as it fits.
        if number > 1 and wide(f"{lines[-1]} · {part}") <= _ROOM:
            lines[-1] = f"{lines[-1]} · {part}"
        else:
            lines.append(part)
    return lines


class SyringeRow(QAbstractButton):
    """One syringe: number, picture, left and injected in words; a double click or F2 asks to edit it."""

    edit_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._balance: SyringeBalance | None = None
        self._in_use = False
        self._own_lines: list[str] = []
        self._expired = False
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    @property
    def syringe(self) -> Syringe | None:
        """The syringe shown."""
        return self._balance.syringe if self._balance is not None else None

    def show_balance(
        self, balance: SyringeBalance, *, in_use: bool, own_line: str, lot: str, expired: bool
    ) -> None:
        """Show a syringe with its lot in words; `own_line` stands under it when the syringes differ."""
        words, syringe = load_words(), balance.syringe
        self._balance, self._in_use = balance, in_use
        self._own_lines, self._expired = _in_lines(own_line), expired
        self.setFixedHeight(_HEIGHT + _LINE * len(self._own_lines))
        key = "syringe.said" if syringe.opened_ul else "syringe.not_opened.said"
        said = words(
            key,
            number=syringe.number,
            product=syringe.product.name,
            left=show_volume(balance.left_ul),
            injected=show_volume(balance.injected_ul),
            nominal=show_volume(syringe.opened_ul),
            lot=lot,
        )
        if syringe.discarded_ul:
            discarded = words("syringe.discarded", discarded=show_volume(syringe.discarded_ul))
            said = f"{said} {discarded[:1].upper()}{discarded[1:]}."
        self.setAccessibleName(f"{said} {words('syringe.in_use')}" if in_use else said)
        self.setToolTip(plain_tip(words("syringe.tip", said=said)))
        self.updateGeometry()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit it."""
        self.edit_wanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 edits it; Enter chooses it as a click does."""
        if event.key() == Qt.Key.Key_F2:
            self.edit_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """As high as picture and words need."""
        return QSize(300, _HEIGHT + _LINE * len(self._own_lines))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Number, picture, words."""
        balance = self._balance
        if balance is None:
            return
        words, theme = load_words(), self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.isDown():
            painter.fillRect(self.rect(), theme.colour("accentbg"))
        elif self.underMouse() and self.isEnabled():
            painter.fillRect(self.rect(), theme.mixed("panel", "accentbg", 0.5))
        circle = QRectF(16, 10, 24, 24)
        painter.setPen(QPen(theme.colour("accent" if self._in_use else "line2"), 2 if self._in_use else 1))
        painter.setBrush(theme.colour("raised"))
        painter.drawEllipse(circle)
        painter.setPen(theme.colour("text"))
        painter.setFont(font("label_strong"))
        painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(balance.syringe.number))
        paint_syringe(painter, theme, QRectF(56, 8, self.width() - 56 - 22, 28), balance)
        base = 56
        syringe = balance.syringe
        left = (
            words("syringe.left", volume=show_volume(balance.left_ul))
            if syringe.opened_ul
            else words("syringe.not_opened")
        )
        painter.setFont(font("table_strong"))
        painter.setPen(theme.colour("text"))
        painter.drawText(QPointF(50, base), left)
        painter.setFont(font("label"))
        painter.setPen(theme.colour("text2"))
        at = 50 + metrics("table_strong").horizontalAdvance(left) + 10
        in_use = words("syringe.in_use") if self._in_use else ""
        end = self.width() - 16 - metrics("label").horizontalAdvance(in_use)
        if syringe.opened_ul:
            room = max(0, end - 8 - at)
            painter.drawText(QPointF(at, base), _fitting(_figures(balance), room))
        painter.drawText(QPointF(end, base), in_use)
        if self._own_lines:
            start = 50
            painter.setPen(theme.colour("error" if self._expired else "text2"))
            if self._expired:
                paint_icon(painter, "warning", QPointF(start + 7, base + 12), theme.colour("error"), 14)
                start += 20
            room = self.width() - start - 16
            for number, line in enumerate(self._own_lines, start=1):
                shown = metrics("label").elidedText(line, Qt.TextElideMode.ElideRight, room)
                painter.drawText(QPointF(start, base + _LINE * number), shown)
        if self.hasFocus():
            paint_focus_ring(painter, theme, self.rect())


def _figures(balance: SyringeBalance) -> list[str]:
    """What was injected and discarded, the longer form first."""
    words, syringe = load_words(), balance.syringe
    injected = words(
        "syringe.injected", injected=show_volume(balance.injected_ul), nominal=show_volume(syringe.opened_ul)
    )
    if not syringe.discarded_ul:
        return [injected]
    discarded = words("syringe.discarded", discarded=show_volume(syringe.discarded_ul))
    short = words("syringe.injected.short", injected=show_volume(balance.injected_ul))
    return [f"{injected}, {discarded}", f"{short}, {discarded}", discarded]


def _fitting(forms: list[str], room: float) -> str:
    """The first form that fits, else the last one shortened."""
    wide = metrics("label")
    fit = next((one for one in forms if wide.horizontalAdvance(one) <= room), None)
    return fit or wide.elidedText(forms[-1], Qt.TextElideMode.ElideRight, int(room))


def paint_syringe(painter: QPainter, theme: Theme, box: QRectF, balance: SyringeBalance) -> None:
    """Nozzle left, gel as high as what is left, a mark every 0.05 mL, a long one every 0.25 mL."""
    metal, outline = theme.colour("text2"), theme.colour("text2")
    middle = box.center().y()
    start = box.left() + 24
    # The plunger needs room beyond the flange when the syringe is full.
    length = box.width() - 24 - 58
    end = start + length
    half = 11.0
    nominal = balance.syringe.nominal_ul
    share = max(0.0, min(1.0, balance.left_ul / nominal)) if nominal else 0.0
    stopper = start + length * share
    painter.setPen(QPen(metal, 1.6))
    painter.drawLine(QPointF(box.left(), middle), QPointF(box.left() + 9, middle))
    painter.setBrush(theme.colour("panel"))
    painter.setPen(QPen(outline, 1.2))
    painter.drawRect(QRectF(box.left() + 9, middle - 4, 7, 8))
    painter.drawRect(QRectF(box.left() + 16, middle - 8, 8, 16))
    painter.drawRect(QRectF(start, middle - half, length, 2 * half))
    if share > 0:
        painter.fillRect(
            QRectF(start + 0.8, middle - half + 0.8, stopper - start - 0.8, 2 * half - 1.6),
            theme.colour("gel"),
        )
    painter.setPen(QPen(theme.colour("text2"), 1))
    for step in range(0, nominal + 1, _MARK_UL):
        x = round(start + length * step / nominal) + 0.5
        tall = 7 if step % _LONG_MARK_UL == 0 else 4
        if 0 < step < nominal:
            painter.drawLine(QPointF(x, middle + half - tall), QPointF(x, middle + half - 1))
    plate = end + 8 + 44 * share
    painter.setPen(QPen(metal, 3))
    painter.drawLine(QPointF(stopper + 3, middle), QPointF(plate, middle))
    painter.setPen(QPen(metal, 2))
    painter.drawLine(QPointF(plate, middle - half), QPointF(plate, middle + half))
    painter.drawLine(QPointF(end, middle - half - 2), QPointF(end, middle + half + 2))
    painter.fillRect(QRectF(max(start, stopper - 2), middle - half + 1, 6, 2 * half - 2), metal)
