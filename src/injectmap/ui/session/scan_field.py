"""The field for a box code: scanned, typed, pasted, or read from a picture of the box."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLineEdit, QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.services.scanning import Scan
from injectmap.ui.desk import Desk
from injectmap.ui.tasks import Task
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import IconButton
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

AskPicture = Callable[[], Path | None]


class ScanField(QWidget):
    """Reads a code and tells what it says by `read`; one that cannot be read is explained under it, `unreadable`."""

    read = Signal(object)
    unreadable = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self.ask_picture: AskPicture | None = None
        self.edit = _CodeEdit()
        self.edit.setPlaceholderText(words("scan.field"))
        self.edit.setAccessibleName(words("scan.field"))
        self.edit.setToolTip(words("scan.picture.clipboard"))
        self.picture = IconButton(theme, "picture", words("scan.picture"), side=32)
        self._problem = TextLabel(theme, "label", "error", wrap=True)
        self._problem.hide()
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.edit, 1)
        row.addWidget(self.picture)
        layout = column(self, spacing=4)
        layout.addLayout(row)
        layout.addWidget(self._problem)
        self.setFocusProxy(self.edit)
        self.edit.entered.connect(self.take_text)
        self.edit.pasted.connect(self.take_picture)
        self.edit.textEdited.connect(self.clear_problem)
        self.picture.clicked.connect(self.choose_picture)

    @property
    def problem(self) -> str:
        """What is wrong with the last code, or nothing."""
        return self._problem.full_text() if not self._problem.isHidden() else ""

    def clear(self) -> None:
        """Empty the field."""
        self.edit.clear()
        self.clear_problem()

    def clear_problem(self) -> None:
        """Take the explanation away."""
        self._problem.hide()

    def take_text(self, text: str) -> None:
        """Read a scanned or typed code."""
        self.clear_problem()
        try:
            scan = self._desk.services.scans.read(self._desk.acting, text)
        except InjectmapError as error:
            self._failed(error)
            return
        self._tell(scan)

    def choose_picture(self) -> None:
        """Ask for a picture of a box."""
        path = self.ask_picture() if self.ask_picture is not None else None
        if path is None:
            return
        try:
            self.take_picture(path.read_bytes())
        except OSError as error:
            self.show_problem(error_sentence(error))

    def take_picture(self, content: bytes) -> None:
        """Read a picture in the worker; nothing of it is kept."""
        self.clear_problem()
        scans, acting = self._desk.services.scans, self._desk.acting

        def work(_task: Task) -> Scan:
            return scans.read_picture(acting, content)

        self._desk.tasks.run(
            work, done=self._tell, failed=self._failed, owner=self, label=load_words()("busy.picture")
        )

    def show_problem(self, sentence: str) -> None:
        """Say why a code is not taken; what was typed stays."""
        self._problem.setText(sentence)
        self._problem.show()

    def _failed(self, error: Exception) -> None:
        self.show_problem(error_sentence(error))
        self.unreadable.emit()

    def _tell(self, scan: Scan) -> None:
        self.edit.clear()
        self.read.emit(scan)


class _CodeEdit(QLineEdit):
    """A line that takes pasted and dropped pictures as well as text; Enter reads it."""

    entered = Signal(str)
    pasted = Signal(bytes)

    def __init__(self) -> None:
        super().__init__()
        # Too long a text is refused aloud, not cut.
        self.setMaxLength(2000)
        self.setAcceptDrops(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter reads what stands here; with nothing here it goes on as in any other field."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.text().strip():
            if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.entered.emit(self.text())
                return
        elif event.matches(QKeySequence.StandardKey.Paste):
            image = QApplication.clipboard().image()
            if not image.isNull():
                self.pasted.emit(png_of(image))
                return
        elif event.text() == "\x1d":
            # The separator as a scanner types it; a line would drop it.
            self.insert("\u241d")
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A picture may be dropped."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()
        else:
            super().dragEnterEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the picture that was dropped."""
        files = [Path(one.toLocalFile()) for one in event.mimeData().urls() if one.isLocalFile()]
        if files:
            event.acceptProposedAction()
            try:
                self.pasted.emit(files[0].read_bytes())
            except OSError:
                self.pasted.emit(b"")
        else:
            super().dropEvent(event)


def png_of(image: QImage) -> bytes:
    """A picture as PNG, in memory."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
