"""The few questions that need a window of the system's own: files, printers, a fault of ours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter


class Prompts(Protocol):
    """Asks outside the window; everything else is asked inline."""

    def choose_existing_file(self, title: str, kinds: str) -> Path | None:
        """A file to open, or None."""
        ...

    def choose_folder(self, title: str) -> Path | None:
        """A folder, or None."""
        ...

    def choose_new_file(self, title: str, suggested: Path, kinds: str) -> Path | None:
        """A file to write, or None; the system asks before an existing one is taken."""
        ...

    def has_printer(self) -> bool:
        """True if the computer knows any printer."""
        ...

    def choose_printer(self, document: str, pages: int, *, letter: bool) -> QPrinter | None:
        """A printer set up by the system's own dialog, or None."""
        ...


class QtPrompts:
    """Asks with Qt's dialogs over a parent window."""

    def __init__(self, parent: QWidget) -> None:
        """Keep the window the dialogs belong to."""
        self._parent = parent

    def choose_existing_file(self, title: str, kinds: str) -> Path | None:
        """See Prompts."""
        name, _ = QFileDialog.getOpenFileName(self._parent, title, str(Path.home()), kinds)
        return Path(name) if name else None

    def choose_folder(self, title: str) -> Path | None:
        """See Prompts."""
        name = QFileDialog.getExistingDirectory(self._parent, title, str(Path.home()))
        return Path(name) if name else None

    def choose_new_file(self, title: str, suggested: Path, kinds: str) -> Path | None:
        """See Prompts."""
        name, _ = QFileDialog.getSaveFileName(self._parent, title, str(suggested), kinds)
        if not name:
            return None
        path = Path(name)
        return path if path.suffix else path.with_suffix(suggested.suffix)

    def has_printer(self) -> bool:
        """See Prompts."""
        from PySide6.QtPrintSupport import QPrinterInfo

        return bool(QPrinterInfo.availablePrinterNames())

    def choose_printer(self, document: str, pages: int, *, letter: bool) -> QPrinter | None:
        """See Prompts."""
        from PySide6.QtGui import QPageLayout, QPageSize
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(document)
        printer.setPageSize(QPageSize(QPageSize.PageSizeId.Letter if letter else QPageSize.PageSizeId.A4))
        printer.setPageOrientation(QPageLayout.Orientation.Portrait)
        printer.setFullPage(True)
        dialog = QPrintDialog(printer, self._parent)
        dialog.setMinMax(1, max(1, pages))
        try:
            return printer if dialog.exec() == QDialog.DialogCode.Accepted else None
        finally:
            dialog.deleteLater()
