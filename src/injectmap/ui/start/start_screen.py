"""The first screen: demonstration clinic, new clinic, open, recent; what the program is for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from injectmap.ui.prompts import Prompts
from injectmap.ui.start.logo import Logo
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Card, Hairline, Scroller, TextLabel, clear_layout, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import Form, text_field
from injectmap.words import load_words

CLINIC_SUFFIX = ".injectmap"
_RECENT = 5


class StartScreen(QWidget):
    """Chooses a clinic; a problem with a file stands here in words and the screen stays."""

    demo_wanted = Signal()
    open_wanted = Signal(object)
    create_wanted = Signal(object, str, str)

    def __init__(self, theme: Theme, prompts: Prompts) -> None:
        super().__init__()
        words = load_words()
        self._theme, self._prompts = theme, prompts
        self.demo = Button(theme, words("start.demo"), kind="primary")
        self.new = Button(theme, words("start.new"), icon_name="plus")
        self.open = Button(theme, words("start.open"), icon_name="folder")
        self._problem = TextLabel(theme, "body", "error", wrap=True)
        self._problem.hide()
        self._busy = TextLabel(theme, "body", "text2")
        self._busy.hide()
        self._recent = QWidget()
        self._recent_list = column(self._recent, spacing=2)
        self.new_form = NewClinicForm(theme, prompts)
        self._choices = self._build_choices()
        self.new_form.hide()
        card = Card(theme)
        card.setFixedWidth(560)
        inner = column(card, margins=(40, 36, 40, 32), spacing=16)
        title = QHBoxLayout()
        title.setSpacing(12)
        title.addWidget(Logo(theme, 36))
        title.addWidget(TextLabel(theme, "page_title", "text", words("app.name")))
        title.addStretch(1)
        inner.addLayout(title)
        inner.addWidget(TextLabel(theme, "body", "text2", words("start.what"), wrap=True))
        inner.addWidget(self._problem)
        inner.addWidget(self._busy)
        # Not stacked: the card is as high as what it shows.
        inner.addWidget(self._choices)
        inner.addWidget(self.new_form)
        inner.addWidget(Hairline(theme))
        inner.addWidget(TextLabel(theme, "label", "text2", words("app.purpose"), wrap=True))
        page = QWidget()
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(card)
        across.addStretch(1)
        down = column(page, margins=(24, 24, 24, 24))
        down.addStretch(2)
        down.addLayout(across)
        down.addStretch(3)
        outer = column(self)
        outer.addWidget(Scroller(page))
        self.demo.clicked.connect(self.demo_wanted)
        self.new.clicked.connect(self.start_new)
        self.open.clicked.connect(self.choose_file)
        self.new_form.accepted.connect(self.create_wanted)
        self.new_form.cancelled.connect(self._show_choices)

    def _build_choices(self) -> QWidget:
        words = load_words()
        page = QWidget()
        layout = column(page, spacing=10)
        layout.addWidget(self.demo)
        layout.addWidget(TextLabel(self._theme, "label", "text2", words("start.demo.what"), wrap=True))
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.new)
        row.addWidget(self.open)
        layout.addLayout(row)
        layout.addWidget(self._recent)
        return page

    def begin(self, recent: Sequence[Path]) -> None:
        """Show the choices afresh."""
        self.show_recent(recent)
        self.show_problem("")
        self._show_choices()

    def show_recent(self, paths: Sequence[Path]) -> None:
        """Show clinics opened before."""
        words = load_words()
        clear_layout(self._recent_list)
        if paths:
            heading = TextLabel(self._theme, "label", "text2", words("start.recent"))
            heading.setContentsMargins(0, 8, 0, 0)
            self._recent_list.addWidget(heading)
        for path in paths[:_RECENT]:
            button = _RecentButton(self._theme, path)
            button.clicked.connect(self._open_recent)
            self._recent_list.addWidget(button)

    def show_problem(self, sentence: str) -> None:
        """Say why a clinic was not opened; what was typed for a new one stays."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))

    @property
    def problem(self) -> str:
        """The problem shown."""
        return self._problem.full_text() if not self._problem.isHidden() else ""

    def show_opening(self, opening: bool) -> None:
        """Say that a clinic is being opened; meanwhile nothing else is chosen."""
        if opening:
            self.show_problem("")
        self._busy.setText(load_words()("busy.opening"))
        self._busy.setVisible(opening)
        self._choices.setEnabled(not opening)
        self.new_form.setEnabled(not opening)

    def start_new(self) -> None:
        """Open the form of a new clinic."""
        self.show_problem("")
        self._choices.hide()
        self.new_form.show()
        self.new_form.name.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose_file(self) -> None:
        """Choose a clinic file to open."""
        words = load_words()
        path = self._prompts.choose_existing_file(words("start.open.title"), words("start.kind"))
        if path is not None:
            self.open_wanted.emit(path)

    def _show_choices(self) -> None:
        self.new_form.hide()
        self._choices.show()
        self.demo.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open_recent(self) -> None:
        button = self.sender()
        if isinstance(button, _RecentButton):
            self.open_wanted.emit(button.path)


class _RecentButton(QPushButton):
    """A clinic opened before: its name, and its folder in the tooltip."""

    def __init__(self, theme: Theme, path: Path) -> None:
        super().__init__(path.stem)
        self.path = path
        self.setProperty("kind", "flat")
        self.setToolTip(str(path))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setStyleSheet("text-align: left;")


class NewClinicForm(QWidget):
    """Names a clinic, its first practitioner and the file; the file is never overwritten."""

    accepted = Signal(object, str, str)
    cancelled = Signal()

    def __init__(self, theme: Theme, prompts: Prompts) -> None:
        super().__init__()
        words = load_words()
        self._prompts = prompts
        self._form = Form(theme, steady=True)
        self.name = text_field(limit=120)
        self.practitioner = text_field(limit=120)
        self.file = text_field()
        self._name_row = self._form.row(words("start.field.name"), self.name)
        self._practitioner_row = self._form.row(words("start.field.practitioner"), self.practitioner)
        self._file_row = self._form.row(words("start.field.file"), self.file)
        self.choose = Button(theme, words("start.choose"), kind="flat")
        self.accept = Button(theme, words("start.create"), kind="primary")
        self.cancel = Button(theme, words("form.cancel"))
        self.choose.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.cancel)
        row.addWidget(self.accept, 1)
        layout = column(self, spacing=12)
        layout.addWidget(TextLabel(theme, "body_strong", "text", words("start.new.title")))
        layout.addWidget(self._form)
        layout.addWidget(self.choose)
        layout.addWidget(TextLabel(theme, "label", "text2", words("start.unencrypted"), wrap=True))
        layout.addLayout(row)
        self.name.textEdited.connect(self._suggest)
        self.choose.clicked.connect(self._choose)
        self.accept.clicked.connect(self.submit)
        self.cancel.clicked.connect(self.cancelled)
        for field in (self.name, self.practitioner, self.file):
            field.returnPressed.connect(self.submit)
        self.file.textChanged.connect(self._file_row.clear_problem)
        self._suggested = ""

    def submit(self) -> None:
        """Check and hand on."""
        words = load_words()
        self._form.clear_problems()
        if not self.name.text().strip():
            self._name_row.show_problem(words("start.name_empty"))
        if not self.practitioner.text().strip():
            self._practitioner_row.show_problem(words("start.practitioner_empty"))
        if not self.file.text().strip():
            self._file_row.show_problem(words("start.file_empty"))
        if self.problems():
            self._form.focus_problem()
            return
        path = Path(self.file.text().strip()).expanduser()
        if not path.suffix:
            path = path.with_suffix(CLINIC_SUFFIX)
        self.accepted.emit(path, self.name.text().strip(), self.practitioner.text().strip())

    def problems(self) -> list[str]:
        """The problems shown."""
        rows = (self._name_row, self._practitioner_row, self._file_row)
        return [row.problem for row in rows if row.problem]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        else:
            super().keyPressEvent(event)

    def _suggest(self) -> None:
        """Until a file is chosen, suggest one by the clinic's name."""
        if self.file.text() in ("", self._suggested):
            safe = "".join(c if c.isalnum() or c in " -" else "" for c in self.name.text()).strip()
            self._suggested = str(Path.home() / f"{safe}{CLINIC_SUFFIX}") if safe else ""
            self.file.setText(self._suggested)

    def _choose(self) -> None:
        words = load_words()
        start = Path(self.file.text() or str(Path.home() / f"{words('start.file_name')}{CLINIC_SUFFIX}"))
        path = self._prompts.choose_new_file(words("start.choose.title"), start, words("start.kind"))
        if path is not None:
            self.file.setText(str(path))
