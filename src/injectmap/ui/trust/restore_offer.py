"""Offers the last good backup where a clinic does not open because it is damaged or gone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.backups import Comparison, read_name
from injectmap.ui.prompts import Prompts
from injectmap.ui.theme import Theme
from injectmap.ui.trust.backup_texts import moment_text
from injectmap.ui.trust.comparison_view import ComparisonView
from injectmap.ui.trust.restoring import RestoreDeed
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.keys import Unlock
    from injectmap.ui.clinic_holder import ClinicHolder

# What a backup helps against.
_DAMAGED = ("file_damaged", "entries_missing")
HELPED = (*_DAMAGED, "file_missing", "file_not_ours")


class RestoreOffer(QWidget):
    """Stays hidden unless there is something to offer; it asks after comparing, and the damaged file is kept."""

    def __init__(self, theme: Theme, desk: ClinicHolder, prompts: Prompts) -> None:
        super().__init__()
        words = load_words()
        self._desk, self._prompts = desk, prompts
        self._path: Path | None = None
        self._unlock: Unlock | None = None
        self._backup: Path | None = None
        self._chosen: Path | None = None
        self._zone = _zone_here()
        self.deed = RestoreDeed(desk)
        self.said = TextLabel(theme, "body", "text", wrap=True)
        self.problem = TextLabel(theme, "body", "error", wrap=True)
        self.compare = Button(theme, words("backup.offer.compare"), kind="primary")
        self.other = Button(theme, words("backup.restore.other"), icon_name="folder")
        self.view = ComparisonView(theme)
        row = QHBoxLayout()
        row.setSpacing(10)
        row.addWidget(self.compare)
        row.addWidget(self.other)
        row.addStretch(1)
        layout = column(self, spacing=10)
        layout.addWidget(self.said)
        layout.addLayout(row)
        layout.addWidget(self.problem)
        layout.addWidget(self.view)
        self.compare.clicked.connect(self._compare)
        self.other.clicked.connect(self._choose)
        self.view.confirmed.connect(self._restore)
        self.view.cancelled.connect(self.view.hide)
        self.deed.compared.connect(self._show)
        self.deed.failed.connect(self._fail)
        desk.opening.connect(self._on_opening)
        desk.opening_refused.connect(self.offer)
        desk.clinic_changed.connect(self.forget)
        self.forget()

    def offer(self, path: Path, unlock: Unlock | None, code: str) -> None:
        """Offer what there is for a clinic that was refused with this code."""
        if code not in HELPED:
            self.forget()
            return
        words = load_words()
        self._path, self._unlock = path, unlock
        last = self._desk.opener.closed(path).last_good()
        self._backup = None if last is None else last.path
        if last is None and code not in _DAMAGED:
            # Perhaps only the wrong file was chosen.
            self.forget()
            return
        if last is None:
            self.said.setText(words("backup.offer.none"))
        else:
            self.said.setText(words("backup.offer", time=moment_text(last.backup.at_ms, self._zone)))
        self.compare.setVisible(last is not None)
        self.view.hide()
        self.problem.hide()
        self.show()

    def forget(self) -> None:
        """Nothing to offer; what was typed to open the clinic is forgotten."""
        self._path = self._unlock = self._backup = self._chosen = None
        self.hide()

    def _on_opening(self, opening: bool) -> None:
        self.setEnabled(not opening)

    def _compare(self) -> None:
        if self._path is not None and self._backup is not None:
            self._begin(self._backup)

    def _choose(self) -> None:
        words = load_words()
        chosen = self._prompts.choose_existing_file(
            words("backup.restore.other.title"), words("backup.restore.kind")
        )
        if chosen is not None:
            self._begin(chosen)

    def _begin(self, backup: Path) -> None:
        assert self._path is not None
        self.problem.hide()
        self._chosen = backup
        self.deed.compare_closed(self._path, self._unlock, backup)

    def _show(self, backup: Path, found: Comparison) -> None:
        told = read_name(backup.name)
        time = backup.name if told is None else moment_text(told.at_ms, self._zone)
        self.view.show_comparison(found, load_words()("backup.restore.title", time=time), self._zone)
        self.view.show()

    def _fail(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.show()

    def _restore(self) -> None:
        assert self._path is not None
        assert self._chosen is not None
        self.view.hide()
        self.deed.restore_closed(self._path, self._unlock, self._chosen, self._zone)


def _zone_here() -> str:
    """The clinic's own zone cannot be read: this computer's is taken."""
    from PySide6.QtCore import QTimeZone

    return bytes(QTimeZone.systemTimeZoneId().data()).decode() or "UTC"
