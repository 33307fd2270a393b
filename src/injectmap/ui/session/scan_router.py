"""Brings a scan to what is open: the form of a new treatment session, the stock page, or the open session."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit, QTextEdit

from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk
from injectmap.ui.session.scan_wedge import ScanWedge
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.ui.main_window import MainWindow
    from injectmap.ui.pages import Pages
    from injectmap.ui.prompts import Prompts
    from injectmap.ui.session.column import SessionColumn

_TEXT_FIELDS = (QLineEdit, QPlainTextEdit, QTextEdit)


class ScanRouter(QObject):
    """Listens for a scanner on the window's keys once it is shown; no scan ever reaches a field by itself."""

    def __init__(
        self, window: MainWindow, desk: Desk, prompts: Prompts, session: SessionColumn, pages: Pages
    ) -> None:
        super().__init__(window)
        self._main, self._desk, self._prompts = window, desk, prompts
        self._session, self._pages = session, pages
        self.wedge: ScanWedge | None = None
        session.take_pictures(self._ask_picture)
        if not self._listen():
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A window has its keys only once the system has made it."""
        if event.type() is QEvent.Type.Show and self._listen():
            watched.removeEventFilter(self)
        return False

    def take(self, text: str) -> None:
        """Bring a scanned code to where it belongs."""
        if self._desk.nobody:
            # A password is typed, maybe by a reader of badges: none of ours.
            assert self.wedge is not None
            self.wedge.refuse()
        elif self._session.takes_scans:
            self._session.take_scan(text)
        elif self._is_typing(text):
            assert self.wedge is not None
            self.wedge.refuse()
        elif self._pages.current == "stock":
            self._pages["stock"].take_scan(text)
        elif self._session.syringes.editable:
            self._pages.show_chart()
            self._session.take_scan(text)
        else:
            self._say(text)

    def choose_picture(self) -> None:
        """Read a picture of a box, where a scan would go."""
        if self._pages.current == "stock" and not self._session.takes_scans:
            self._pages["stock"].choose_picture()
        else:
            self._session.choose_picture()

    def _listen(self) -> bool:
        handle = self._main.windowHandle()
        if handle is None:
            return False
        self.wedge = ScanWedge(handle)
        self.wedge.scanned.connect(self.take)
        return True

    def _is_typing(self, text: str) -> bool:
        """True for what is no code at all, typed in a field: a damaged code is explained, and never typed anywhere."""
        if self.wedge is None or not isinstance(QApplication.focusWidget(), _TEXT_FIELDS):
            return False
        try:
            self._desk.services.scans.read(self._desk.acting, text)
        except InjectmapError as error:
            return error.code == "code_unreadable"
        return False

    def _say(self, text: str) -> None:
        """Nothing is open that a scan could go to: say what it was."""
        from injectmap.ui.session.scan_text import scan_line

        words = load_words()
        try:
            scan = self._desk.services.scans.read(self._desk.acting, text)
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
            return
        key = "scan.read_only" if self._desk.editor is not None else "scan.nowhere"
        line = scan_line(scan.code, scan.product, self._desk.today)
        self._desk.notice.emit(words(key, what=line))

    def _ask_picture(self) -> Path | None:
        words = load_words()
        return self._prompts.choose_existing_file(words("scan.picture.title"), words("scan.picture.kinds"))
