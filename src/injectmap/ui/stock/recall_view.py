"""A recall: a lot in, everyone treated from it out; saved as PDF to print and as a table."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QStyleOptionViewItem, QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.domain.settings import Paper
from injectmap.domain.stock import Recalled
from injectmap.domain.totals import show_part
from injectmap.domain.units import show_volume
from injectmap.services.ports import RenderedPage
from injectmap.services.recall import RecallList
from injectmap.services.saving import write_whole
from injectmap.ui.desk import Desk
from injectmap.ui.prompts import Prompts
from injectmap.ui.records.preview import PRINT_PPI, paint_pages
from injectmap.ui.stock.stock_rows import StockView
from injectmap.ui.tasks import Task
from injectmap.ui.theme import Theme, font, metrics
from injectmap.ui.widgets.basics import Card, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.form import text_field
from injectmap.ui.widgets.lists import Index, RowDelegate, RowsModel
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

_ROW = 48
_WRAP = int(Qt.TextFlag.TextWordWrap)
_PAD = 16
_COLUMNS = (
    ("patient", 0.0),
    ("contact", 0.22),
    ("treated", 0.34),
    ("practitioner", 0.45),
    ("volume", 0.59),
    ("zones", 0.66),
    ("state", 0.90),
)


def _cells(row: Recalled, zone_name: object) -> dict[str, tuple[str, str]]:
    """Each column's first and second line."""
    words = load_words()
    number = f"{row.patient_number:05d}"
    if row.erased:
        person = words("erased.person"), words("patient.number", number=number)
        contact, reason = "", ""
    else:
        person = row.patient_name, words("recall.person", born=show_date(row.birth_date), number=number)
        contact, reason = row.telephone or words("recall.no_telephone"), row.error_reason
    return {
        "patient": person,
        "contact": (contact, ""),
        "treated": (show_date(row.date), row.record_number),
        "practitioner": (row.practitioner_name, f"{row.syringe_number}: {row.product_name}"),
        "volume": (show_volume(row.microlitres) if row.microlitres else "–", ""),
        "zones": (zones_text(row, zone_name), ""),
        "state": (words(f"recall.state.{row.state}"), reason),
    }


def zones_text(row: Recalled, zone_name: object) -> str:
    """Where a unit was injected, the most first."""
    words = load_words()
    if row.erased:
        return words("recall.zones_erased")
    if not row.zones:
        return words("recall.not_injected")
    assert callable(zone_name)
    parts = (
        words(
            "recall.zone",
            zone=zone_name(zone),
            side=words(f"recall.side.{side.value}"),
            volume=show_part(shown, exact),
        )
        for (zone, side, exact), (_, _, shown) in zip(row.zones, row.shown_zones, strict=True)
    )
    # A line ends between zones, never between a zone and its volume.
    return "; ".join(part.replace(" ", "\u00a0") for part in parts)


class _RecallDelegate(RowDelegate):
    """Two lines a patient; a record that is not signed or in error says so in words."""

    def __init__(self, theme: Theme, view: RecallView) -> None:
        super().__init__(theme, _ROW, view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as the zones need: none of them may be cut off."""
        row = index.data(Qt.ItemDataRole.UserRole)
        width = _column_box(self._view.list.viewport().rect(), "zones").width()
        room = QRect(0, 0, max(60, width), 10_000)
        zones = metrics("label").boundingRect(room, _WRAP, zones_text(row, self._view.zone_name))
        return QSize(80, max(_ROW, zones.height() + 14))

    def paint_row(self, painter: QPainter, rect: QRect, row: Recalled, index: Index) -> None:
        cells = _cells(row, self._view.zone_name)
        for name, _ in _COLUMNS:
            box = _column_box(rect, name)
            first, second = cells[name]
            strong = name in ("patient", "volume")
            side = Qt.AlignmentFlag.AlignRight if name == "volume" else Qt.AlignmentFlag.AlignLeft
            if name == "zones":
                painter.setFont(font("label"))
                painter.setPen(self.theme.colour("text"))
                painter.drawText(box.adjusted(0, 7, 0, 0), _WRAP, first)
                continue
            box.setHeight(_ROW)
            line = box.adjusted(0, 6, 0, -24)
            self._text(painter, line, first, "table_strong" if strong else "table", "text", side)
            if second:
                self._text(painter, box.adjusted(0, 24, 0, -6), second, "label", "text2", side)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, self.theme.colour("line"))

    def _text(
        self, painter: QPainter, box: QRect, text: str, role: str, colour: str, side: Qt.AlignmentFlag
    ) -> None:
        painter.setFont(font(role))
        painter.setPen(self.theme.colour(colour))
        shown = metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, shown)


class _RecallHeader(QWidget):
    """The names of the columns."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(28)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        words, painter = load_words(), QPainter(self)
        painter.setFont(font("label"))
        painter.setPen(self._theme.colour("text2"))
        for name, _ in _COLUMNS:
            side = Qt.AlignmentFlag.AlignRight if name == "volume" else Qt.AlignmentFlag.AlignLeft
            box = _column_box(self.rect(), name)
            painter.drawText(box, side | Qt.AlignmentFlag.AlignVCenter, words(f"recall.column.{name}"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, self._theme.colour("line2"))


def _column_box(rect: QRect, name: str) -> QRect:
    width = rect.width() - 2 * _PAD
    place = [one for one, _ in _COLUMNS].index(name)
    begin = _COLUMNS[place][1]
    end = _COLUMNS[place + 1][1] if place + 1 < len(_COLUMNS) else 1.0
    left = rect.left() + _PAD + round(begin * width)
    right = rect.left() + _PAD + round(end * width)
    gap = 16 if name == "volume" else 10
    return QRect(QPoint(left, rect.top()), QPoint(right - gap, rect.bottom()))


class RecallView(QWidget):
    """Finds in the worker; Enter in the field asks, and what was found stays until another lot is asked for."""

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__()
        words = load_words()
        self._desk, self._prompts = desk, prompts
        self.found: RecallList | None = None
        self.lot = text_field(placeholder=words("recall.lot.example"))
        self.lot.setAccessibleName(words("recall.lot"))
        self.lot.setFixedWidth(280)
        self.asking = Button(theme, words("recall.find"), kind="primary", icon_name="search")
        self.print = Button(theme, words("recall.print_now"), icon_name="printer")
        self.pdf = Button(theme, words("recall.print"), icon_name="save")
        self.csv = Button(theme, words("recall.csv"), icon_name="save")
        self.said = TextLabel(theme, "body", "text2", wrap=True)
        self.list = StockView(theme, words("recall.title"))
        self._model = RowsModel(self._say, self, tip=self._say)
        self.list.setModel(self._model)
        self.list.setItemDelegate(_RecallDelegate(theme, self))
        self.list.setUniformItemSizes(False)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self._table = Card(theme, border="line")
        inside = column(self._table, margins=(1, 4, 1, 4))
        inside.addWidget(_RecallHeader(theme))
        inside.addWidget(self.list, 1)
        tools = QHBoxLayout()
        tools.setSpacing(10)
        tools.addWidget(TextLabel(theme, "body", "text", words("recall.lot")))
        tools.addWidget(self.lot)
        tools.addWidget(self.asking)
        tools.addStretch(1)
        tools.addWidget(self.print)
        tools.addWidget(self.pdf)
        tools.addWidget(self.csv)
        layout = column(self, spacing=12)
        layout.addLayout(tools)
        layout.addWidget(self.said)
        layout.addWidget(self._table, 1)
        layout.addStretch(0)
        self.lot.returnPressed.connect(self.ask)
        self.asking.clicked.connect(self.ask)
        self.print.clicked.connect(self.print_list)
        self.pdf.clicked.connect(self.save_pdf)
        self.csv.clicked.connect(self.save_csv)
        self.forget()

    def zone_name(self, zone_id: str) -> str:
        """A zone's name for a table."""
        atlas = self._desk.atlas()
        if atlas is None or zone_id not in atlas.zones.info:
            return zone_id
        return atlas.zones.info[zone_id].short_name

    def forget(self) -> None:
        """Nothing has been asked."""
        self.lot.clear()
        self.found = None
        self._show(load_words()("recall.begin"))

    def take_focus(self) -> None:
        """Give the keyboard to the field."""
        self.lot.setFocus(Qt.FocusReason.OtherFocusReason)
        self.lot.selectAll()

    def take_scan(self, text: str) -> None:
        """The lot of a box that is scanned is the lot asked for."""
        try:
            scan = self._desk.services.scans.read(self._desk.acting, text)
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
            return
        self.lot.setText(scan.code.lot)
        self.ask()

    def ask(self) -> None:
        """Find everyone treated from the lot."""
        recall, acting, lot = self._desk.services.recall, self._desk.acting, self.lot.text()

        def work(_task: Task) -> RecallList:
            return recall.find(acting, lot)

        self._desk.tasks.run(
            work, done=self._take, failed=self._failed, owner=self, label=load_words()("busy.recall")
        )

    def save_pdf(self) -> None:
        """Save the list as PDF where the clinician chooses."""
        self._save("pdf")

    def save_csv(self) -> None:
        """Save the list as a table where the clinician chooses."""
        self._save("csv")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape first goes back from the list to the field."""
        if event.key() == Qt.Key.Key_Escape and self.list.hasFocus():
            self.take_focus()
        else:
            super().keyPressEvent(event)

    def _save(self, kind: str) -> None:
        found = self.found
        if found is None:
            return
        words, recall, acting = load_words(), self._desk.services.recall, self._desk.acting
        of = "recall.file.demo" if self._desk.services.settings.demo else "recall.file"
        name = re.sub(r"[^\w\-. ]", "_", words(of, lot=found.lot))
        suggested = Path.home() / f"{name}.{kind}"
        path = self._prompts.choose_new_file(
            words("recall.print" if kind == "pdf" else "recall.csv"), suggested, words(f"recall.kinds.{kind}")
        )
        if path is None:
            return

        def work(_task: Task) -> Path:
            content = recall.pdf(acting, found) if kind == "pdf" else recall.csv(acting, found)
            write_whole(path, content)
            return path

        self._desk.tasks.run(
            work, done=self._saved, failed=self._failed, owner=self, label=words("busy.saving_list")
        )

    def print_list(self) -> None:
        """Print through the system's dialog; without any printer say so."""
        found, words = self.found, load_words()
        if found is None:
            return
        if not self._prompts.has_printer():
            self._desk.problem.emit(words("preview.no_printer"))
            return
        recall, acting = self._desk.services.recall, self._desk.acting

        def work(_task: Task) -> tuple[RecallList, tuple[RenderedPage, ...]]:
            return found, recall.pages(acting, found, pixels_per_inch=PRINT_PPI)

        self._desk.tasks.run(
            work, done=self._print_pages, failed=self._failed, owner=self, label=words("busy.printing")
        )

    def _print_pages(self, job: tuple[RecallList, tuple[RenderedPage, ...]]) -> None:
        """The system's dialog asks which of the pages, which have to be set first."""
        found, pages = job
        words = load_words()
        title = words("recall.paper.title", lot=found.lot)
        letter = self._desk.services.settings.paper is Paper.LETTER
        printer = self._prompts.choose_printer(title, len(pages), letter=letter)
        if printer is None:
            return
        if paint_pages(printer, pages):
            self._desk.notice.emit(words("preview.printed", count=len(pages)))
        else:
            self._desk.problem.emit(words("preview.print_failed"))

    def _saved(self, path: Path) -> None:
        self._desk.notice.emit(load_words()("recall.saved", name=path.name))

    def _failed(self, error: Exception) -> None:
        self._desk.problem.emit(error_sentence(error))

    def _take(self, found: RecallList) -> None:
        self.found = found
        words = load_words()
        if not found.rows:
            self._show(words("recall.none", lot=found.lot))
            return
        self._show(
            words(
                "recall.found",
                patients=found.patients,
                sessions=found.sessions,
                syringes=len(found.rows),
                volume=show_volume(found.microlitres),
            )
            + (f" {words('recall.paper.erased')}" if any(row.erased for row in found.rows) else "")
        )

    def _show(self, said: str) -> None:
        rows = self.found.rows if self.found is not None else ()
        self._model.show(rows)
        self.said.setText(said)
        self._table.setVisible(bool(rows))
        # An empty list is an answer too, and can be put in the file of the recall.
        self.print.setEnabled(self.found is not None)
        self.pdf.setEnabled(self.found is not None)
        self.csv.setEnabled(self.found is not None)

    def _say(self, row: Recalled) -> str:
        cells = _cells(row, self.zone_name)
        return load_words()(
            "recall.row",
            patient=f"{cells['patient'][0]}, {cells['patient'][1]}",
            contact=cells["contact"][0],
            date=cells["treated"][0],
            record=row.record_number,
            practitioner=row.practitioner_name,
            volume=show_volume(row.microlitres),
            zones=cells["zones"][0],
            state=cells["state"][0],
        )
