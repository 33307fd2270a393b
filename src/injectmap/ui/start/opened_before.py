"""The clinics opened before on the start screen: the latest as the large choice, the others as lines with their folders."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QWidget

from injectmap.services.moved import why_moved
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, clear_layout, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.tips import plain_tip
from injectmap.words import load_words

_RECENT = 5


class LatestClinic(QWidget):
    """The clinic opened last, as the first thing to press; hidden where none was opened before."""

    chosen = Signal(Path)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.path: Path | None = None
        self.button = Button(theme, "", kind="primary")
        self._folder = TextLabel(theme, "label", "text2", elide=True)
        layout = column(self, spacing=6)
        layout.addWidget(self.button)
        layout.addWidget(self._folder)
        self.button.clicked.connect(self._choose)
        self.hide()

    def show_clinic(self, path: Path | None) -> None:
        """Offer a clinic, or none."""
        self.path = path
        self.setVisible(path is not None)
        if path is not None:
            self.button.setText(load_words()("start.recent.open", name=path.stem).replace("&", "&&"))
            self.button.setToolTip(plain_tip(str(path)))
            self._folder.setText(shown_folder(path))

    @property
    def folder(self) -> str:
        """The folder shown."""
        return self._folder.full_text()

    def _choose(self) -> None:
        if self.path is not None:
            self.chosen.emit(self.path)


class OpenedBefore(QWidget):
    """A line for each clinic: its name to press, whether it was moved, and the folder of its file."""

    chosen = Signal(Path)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._list = column(self, spacing=2)

    def show_clinics(self, paths: Sequence[Path]) -> None:
        """Show these, and nothing for none."""
        clear_layout(self._list)
        if paths:
            heading = TextLabel(self._theme, "label", "text2", load_words()("start.recent"))
            heading.setContentsMargins(0, 8, 0, 0)
            self._list.addWidget(heading)
        for path in paths[:_RECENT]:
            line = _Line(self._theme, path)
            line.button.clicked.connect(self._choose)
            self._list.addWidget(line)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """Names and folders as they are shown."""
        return [(one.button.text(), one.folder.full_text()) for one in self._shown()]

    @property
    def buttons(self) -> list[QPushButton]:
        """The names, to be pressed."""
        return [one.button for one in self._shown()]

    def _shown(self) -> list[_Line]:
        items = (self._list.itemAt(place) for place in range(self._list.count()))
        widgets = (one.widget() for one in items if one is not None)
        return [one for one in widgets if isinstance(one, _Line)]

    def _choose(self) -> None:
        for line in self._shown():
            if line.button is self.sender():
                self.chosen.emit(line.path)
                return


class _Line(QWidget):
    """One clinic; two of one name are told apart by their folders."""

    def __init__(self, theme: Theme, path: Path) -> None:
        super().__init__()
        self.path = path
        moved = why_moved(path) is not None
        name = load_words()("start.recent.moved", name=path.stem) if moved else path.stem
        self.button = QPushButton(name.replace("&", "&&"))
        self.button.setProperty("kind", "flat")
        self.button.setToolTip(plain_tip(str(path)))
        self.button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.button.setStyleSheet("text-align: left;")
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.folder = TextLabel(theme, "label", "text2", shown_folder(path), elide=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.button)
        row.addWidget(self.folder, 1)


def shown_folder(path: Path) -> str:
    """The folder of a file, the person's own as ~."""
    folder, home = path.parent, Path.home()
    return str(Path("~") / folder.relative_to(home)) if folder.is_relative_to(home) else str(folder)


def offered(paths: Sequence[Path]) -> tuple[Path | None, tuple[Path, ...]]:
    """The clinic that is offered first, and the others: one that was moved is never the first."""
    first = next((one for one in paths if why_moved(one) is None), None)
    return first, tuple(one for one in paths if one != first)
