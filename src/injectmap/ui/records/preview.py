"""The record of the open treatment session as it prints, with Save PDF and Print."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QStackedWidget

from injectmap.domain.record import RecordState
from injectmap.domain.settings import Paper, PrintLook
from injectmap.services.ports import RenderedPage
from injectmap.services.saving import write_whole
from injectmap.ui.desk import Desk
from injectmap.ui.prompts import Prompts
from injectmap.ui.records.page_view import PageView
from injectmap.ui.tasks import Task
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Surface, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import choice_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

# Fine enough for 0.2 mm lines on a 600 dpi printer, and 9 megapixels a page.
PRINT_PPI = 300.0
# Several changes one after the other are rendered once; the worker is left free for signing.
_CALM_MS = 400
_NARROW = 580
# A revision that none is: what is shown is to be rendered anew.
_OLDER = -1


class RecordPreview(Surface):
    """Renders in the worker whenever it is looked at and the map has changed; what is shown is what is stored."""

    chart_wanted = Signal()

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__(theme, "win")
        words = load_words()
        self._desk, self._prompts = desk, prompts
        self._task: Task | None = None
        self._shown: tuple[str, int, int, PrintLook] | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self.refresh)
        self._title = TextLabel(theme, "table_strong", "text", words("preview.title"), elide=True)
        self._where = TextLabel(theme, "table", "text2")
        self.paper = choice_field(theme, [(words(f"paper.{one.value}"), one) for one in Paper])
        self.paper.setAccessibleName(words("preview.paper"))
        self.ink = choice_field(theme, [(words("preview.colour"), False), (words("preview.mono"), True)])
        self.ink.setAccessibleName(words("preview.ink"))
        self._paper_of: object = None
        self.save = Button(theme, words("preview.save"), icon_name="save")
        self.print = Button(theme, words("preview.print"), kind="primary", icon_name="printer")
        self.pages = PageView(theme)
        self._said = TextLabel(theme, "body", "text2", wrap=True)
        self._said.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self._said.setContentsMargins(24, 60, 24, 24)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._said)
        self._stack.addWidget(self.pages)
        bar = Surface(theme, "panel", edges="bottom")
        head = QHBoxLayout(bar)
        head.setContentsMargins(20, 8, 16, 9)
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self._where)
        head.addStretch(0)
        for field in (self.paper, self.ink):
            field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            field.setMinimumContentsLength(5)
            field.setMinimumHeight(self.save.minimumHeight())
            head.addWidget(field)
        head.addWidget(self.save)
        head.addWidget(self.print)
        layout = column(self)
        layout.addWidget(bar)
        layout.addWidget(self._stack, 1)
        self.paper.activated.connect(self._look_again)
        self.ink.activated.connect(self._look_again)
        self.save.clicked.connect(self.save_pdf)
        self.print.clicked.connect(self.print_record)
        self.pages.page_changed.connect(self._show_where)
        desk.session_changed.connect(self._on_changed)
        desk.bridge.changed.connect(self._on_edited)
        self._enable(False)

    def take_focus(self) -> None:
        """The pages scroll with the keyboard."""
        self.pages.setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Render the stored record anew if what is shown is older."""
        editor = self._desk.editor
        if editor is None:
            self._say(load_words()("preview.none"))
            return
        self._take_clinics_paper()
        self._name_buttons()
        look = self.look
        wanted = (editor.session.id, editor.revision, self.pages.sheet_width(), look)
        if wanted == self._shown:
            return
        if self._task is not None:
            self._task.cancel()
        session_id, _, width, _ = wanted
        inches = 8.5 if look.paper is Paper.LETTER else 210 / 25.4
        pixels_per_inch = width * self.devicePixelRatioF() / inches
        if self._shown is None or self._shown[0] != session_id:
            self._say(load_words()("preview.working"))
        self._shown = wanted
        records, acting = self._desk.services.records, self._desk.acting

        def work(_task: Task) -> tuple[RenderedPage, ...]:
            return records.pages(acting, session_id, pixels_per_inch=pixels_per_inch, look=look)

        self._task = self._desk.tasks.run(
            work, done=self._take_pages, failed=self._failed, owner=self, label=load_words()("busy.record")
        )

    def refresh_soon(self) -> None:
        """Render anew when what is being done has settled; the first time at once."""
        fresh = self._desk.editor is not None and self._shown is not None
        self._settle.start(_CALM_MS if fresh else 0)

    def save_pdf(self) -> None:
        """Save the record as PDF where the clinician chooses."""
        editor = self._desk.editor
        if editor is None:
            return
        words = load_words()
        # No name of the patient in a file name: files wander.
        suggested = Path.home() / words("preview.file_name", number=editor.session.number_text)
        path = self._prompts.choose_new_file(words("preview.save"), suggested, words("preview.kind"))
        if path is None:
            return
        records, acting, session_id = self._desk.services.records, self._desk.acting, editor.session.id
        look = self.look

        def work(task: Task) -> Path:
            pdf = records.pdf(acting, session_id, look=look)
            task.check()
            write_whole(path, pdf)
            return path

        self._desk.tasks.run(
            work, done=self._saved, failed=self._not_done, owner=self, label=words("busy.saving_pdf")
        )

    def print_record(self) -> None:
        """Print through the system's dialog; without any printer say so."""
        editor = self._desk.editor
        if editor is None:
            return
        words = load_words()
        if not self._prompts.has_printer():
            self._desk.problem.emit(words("preview.no_printer"))
            return
        title = words("preview.document", number=editor.session.number_text)
        printer = self._prompts.choose_printer(
            title, self.pages.page_count, letter=self.look.paper is Paper.LETTER
        )
        if printer is None:
            return
        records, acting, session_id = self._desk.services.records, self._desk.acting, editor.session.id
        look = self.look

        def work(_task: Task) -> tuple[QPrinter, tuple[RenderedPage, ...]]:
            return printer, records.pages(
                acting, session_id, pixels_per_inch=PRINT_PPI, look=look, printed=True
            )

        self._desk.tasks.run(
            work, done=self._print_pages, failed=self._not_done, owner=self, label=words("busy.printing")
        )

    def showEvent(self, event: QShowEvent) -> None:
        """What is looked at is up to date, once it has its size."""
        super().showEvent(event)
        self.refresh_soon()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Render for the new width once it has settled; in a narrow one buttons show their icons alone."""
        super().resizeEvent(event)
        self._name_buttons()
        if self.isVisible():
            self._settle.start(200)

    def _name_buttons(self) -> None:
        words, editor = load_words(), self._desk.editor
        signed = editor is not None and editor.session.state is RecordState.SIGNED
        narrow = self.width() < _NARROW
        self.print.set_kind("primary" if signed else "")
        for button, key in (
            (self.save, "preview.save"),
            (self.print, "preview.print" if signed else "preview.print_draft"),
        ):
            button.setText("" if narrow else words(key))
            button.setAccessibleName(words(key))
            button.setToolTip(words(key) if narrow else "")
        self._title.setVisible(self.width() >= _NARROW + 130)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to the chart."""
        if event.key() == Qt.Key.Key_Escape:
            self.chart_wanted.emit()
        else:
            super().keyPressEvent(event)

    @property
    def look(self) -> PrintLook:
        """The paper and the ink chosen."""
        # Qt gives an enumeration of texts back as a text.
        return PrintLook(Paper(self.paper.currentData()), self.ink.currentData())

    def _take_clinics_paper(self) -> None:
        """Begin with the paper of the clinic that is open; a choice made here holds until another is opened."""
        services = self._desk.services
        if self._paper_of is not services:
            self._paper_of = services
            self.paper.setCurrentIndex(self.paper.findData(services.settings.paper))

    def _look_again(self) -> None:
        self.refresh()

    def _take_pages(self, pages: tuple[RenderedPage, ...]) -> None:
        self._task = None
        self.pages.show_pages(pages)
        self._stack.setCurrentWidget(self.pages)
        self._enable(True)

    def _failed(self, error: Exception) -> None:
        self._task = None
        self._shown = None
        self._say(error_sentence(error))

    def _not_done(self, error: Exception) -> None:
        self._desk.problem.emit(error_sentence(error))

    def _saved(self, path: Path) -> None:
        self._desk.notice.emit(load_words()("preview.saved", path=str(path)))

    def _print_pages(self, job: tuple[QPrinter, tuple[RenderedPage, ...]]) -> None:
        printer, pages = job
        words = load_words()
        if paint_pages(printer, pages):
            self._desk.notice.emit(words("preview.printed", count=len(pages)))
        else:
            self._desk.problem.emit(words("preview.print_failed"))

    def _show_where(self, number: int, count: int) -> None:
        words = load_words()
        self._where.setText(words("preview.where", number=number, count=count) if count else "")

    def _say(self, sentence: str) -> None:
        self._said.setText(sentence)
        self._stack.setCurrentWidget(self._said)
        self._where.setText("")
        self._enable(False)

    def _enable(self, ready: bool) -> None:
        self.save.setEnabled(ready)
        self.print.setEnabled(ready)

    def _on_changed(self) -> None:
        editor, shown = self._desk.editor, self._shown
        same = editor is not None and shown is not None and shown[0] == editor.session.id
        # The pages of the same record stay in sight until the newer ones are there.
        self._shown = (shown[0], _OLDER, *shown[2:]) if same and shown is not None else None
        if self.isVisible():
            self.refresh_soon()

    def _on_edited(self, aspects: frozenset[str]) -> None:
        if aspects & {"map", "syringes"} and self.isVisible():
            self.refresh_soon()


def paint_pages(printer: QPrinter, pages: tuple[RenderedPage, ...]) -> bool:
    """Paint each page at its own size on the printer's sheets; False if the printer gave up."""
    painter = QPainter()
    if not painter.begin(printer):
        return False
    first, last = printer.fromPage(), printer.toPage()
    wanted = [
        page for n, page in enumerate(pages, 1) if (not first or first <= n) and (not last or n <= last)
    ]
    sound = True
    for number, page in enumerate(wanted):
        if number and not printer.newPage():
            sound = False
            break
        dots = printer.resolution() / 72.0
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(0, 0, page.width_pt * dots, page.height_pt * dots)
        painter.drawImage(box, QImage.fromData(page.png))
    return painter.end() and sound
