"""Backups on the page "Safety": how they stand, the folders, the list, and restoring one after a comparison."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.acting import Right
from injectmap.domain.backup_plan import Place
from injectmap.domain.backups import Comparison, CopyKind, Head, read_name
from injectmap.domain.errors import InjectmapError
from injectmap.services.backup_ports import Listed, Outcome
from injectmap.ui.desk import Desk
from injectmap.ui.prompts import Prompts
from injectmap.ui.theme import Theme
from injectmap.ui.trust.backup_texts import moment_text, outcome_text, place_text, standing_text
from injectmap.ui.trust.comparison_view import ComparisonView
from injectmap.ui.trust.plain_table import Cells, Column, PlainTable
from injectmap.ui.trust.restoring import RestoreDeed
from injectmap.ui.widgets.basics import Card, TextLabel, clear_layout, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.ui.widgets.status_line import Mark
from injectmap.words import load_words, show_size

_COLUMNS = (("time", 0.0), ("row", 0.3), ("size", 0.42), ("state", 0.54), ("folder", 0.7))


class BackupsCard(Card):
    """Reads and writes in the worker; whoever may not keep backups sees how they stand and no more."""

    # The comparison stands in the card now: whoever scrolls shows it.
    sight_wanted = Signal()

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__(theme, border="line")
        words = load_words()
        self._theme, self._desk, self._prompts = theme, desk, prompts
        self._chosen: Path | None = None
        self.deed = RestoreDeed(desk)
        self.now = Button(theme, words("backup.now"), icon_name="save")
        self.said = TextLabel(theme, "body", "text", wrap=True)
        self.told = TextLabel(theme, "body", "text", wrap=True)
        self.told.hide()
        self.more = QWidget()
        self.places = QWidget()
        self._places = column(self.places, spacing=2)
        self.add = Button(theme, words("backup.folders.add"), icon_name="plus", kind="flat")
        columns = [Column(words(f"backup.column.{name}"), begins) for name, begins in _COLUMNS]
        self.table = PlainTable(theme, words("backup.list"), columns, self._cells)
        self._none = TextLabel(theme, "body", "text2", words("backup.list.none"))
        self.check = Button(theme, words("backup.check"))
        self.restore = Button(theme, words("backup.restore"))
        self.other = Button(theme, words("backup.restore.other"), icon_name="folder")
        self.view = ComparisonView(theme)
        self.view.hide()
        self._lay_out()
        self.now.clicked.connect(self.back_up)
        self.add.clicked.connect(self._add_folder)
        self.check.clicked.connect(self._check)
        self.restore.clicked.connect(self._compare)
        self.other.clicked.connect(self._choose)
        self.table.chosen.connect(self._compare)
        self.table.moved.connect(self._enable)
        self.view.confirmed.connect(self._restore)
        self.view.cancelled.connect(self.view.hide)
        self.deed.compared.connect(self._show)
        self.deed.failed.connect(self._say_wrong)
        desk.clinic_changed.connect(self._on_clinic)
        desk.backups_changed.connect(self._say_standing)

    def _lay_out(self) -> None:
        words, theme = load_words(), self._theme
        head = QHBoxLayout()
        head.addWidget(TextLabel(theme, "section", "text", words("backup.title")))
        head.addStretch(1)
        head.addWidget(self.now)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.restore, self.check, self.other):
            buttons.addWidget(button)
        buttons.addStretch(1)
        folders = QHBoxLayout()
        folders.addWidget(self.add)
        folders.addStretch(1)
        inner = column(self.more, spacing=10)
        inner.addWidget(TextLabel(theme, "table_strong", "text", words("backup.folders")))
        inner.addWidget(self.places)
        inner.addLayout(folders)
        inner.addWidget(TextLabel(theme, "table_strong", "text", words("backup.list")))
        inner.addWidget(self.table)
        inner.addWidget(self._none)
        inner.addLayout(buttons)
        layout = column(self, margins=(20, 16, 20, 20), spacing=10)
        layout.addLayout(head)
        layout.addWidget(self.said)
        layout.addWidget(TextLabel(theme, "table", "text2", words("backup.what"), wrap=True))
        for widget in (self.told, self.more, self.view):
            layout.addWidget(widget)

    # What is shown

    def refresh(self) -> None:
        """Read how the backups stand, and the list in the worker."""
        desk = self._desk
        if not desk.has_clinic:
            return
        backups = desk.services.backups
        self._say_standing()
        keeps = desk.acting.may(Right.KEEP_SAFE) and not backups.on_server
        self.now.setVisible(keeps)
        self.more.setVisible(keeps)
        if not keeps:
            self.view.hide()
            return
        self._show_places()
        acting = desk.acting
        desk.tasks.run(lambda _task: backups.listed(acting), done=self._take, failed=self._failed, owner=self)

    def _say_standing(self) -> None:
        if self._desk.has_clinic:
            services = self._desk.services
            self.said.setText(standing_text(services.backups.standing(), services.settings.time_zone))

    def _show_places(self) -> None:
        desk, words = self._desk, load_words()
        plan = desk.services.backups.plan()
        zone, now = desk.services.settings.time_zone, desk.services.clock.now_ms()
        clear_layout(self._places)
        for place in plan.places:
            row = _PlaceRow(self._theme, place, place_text(place, now, zone), removable=len(plan.places) > 1)
            row.remove.setToolTip(words("backup.folders.remove", folder=place.folder))
            row.remove.clicked.connect(self._remove_folder)
            self._places.addWidget(row)

    def _take(self, listed: tuple[Listed, ...]) -> None:
        self.table.show_rows(listed)
        self.table.setVisible(bool(listed))
        self._none.setVisible(not listed)
        self._enable()

    def _enable(self) -> None:
        for button in (self.check, self.restore):
            button.setEnabled(self.table.current is not None)

    def _cells(self, line: Listed) -> Cells:
        words, found = load_words(), line.found
        zone = self._desk.services.settings.time_zone
        kind = found.backup.kind
        why = "" if kind is CopyKind.BACKUP else words(f"backup.kind.{kind.value}")
        return (
            (moment_text(found.backup.at_ms, zone), why),
            (str(found.backup.row), ""),
            (show_size(found.size, words), ""),
            (words(f"backup.state.{line.state.value}"), ""),
            (found.path.parent.name, str(found.path.parent.parent)),
        )

    def _on_clinic(self) -> None:
        self.view.hide()
        self.told.hide()
        self.table.show_rows(())

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        self.told.set_colour("error" if wrong else "text")
        self.told.setText(sentence)
        self.told.setVisible(bool(sentence))

    def _say_wrong(self, sentence: str) -> None:
        self._busy(False)
        self._say(sentence, wrong=True)

    def _busy(self, busy: bool) -> None:
        self.now.setEnabled(not busy)
        self.more.setEnabled(not busy)

    # What the buttons do

    def back_up(self) -> None:
        """Make one in every folder now."""
        desk = self._desk
        backups, acting = desk.services.backups, desk.acting
        self._busy(True)
        self._say(load_words()("backup.busy"))
        desk.tasks.run(
            lambda task: backups.back_up_now(acting, task.check),
            done=self._backed_up,
            failed=self._failed,
            owner=self,
            label=load_words()("backup.busy"),
        )

    def _backed_up(self, outcomes: tuple[Outcome, ...]) -> None:
        self._busy(False)
        sentence, good = outcome_text(outcomes)
        self._say(sentence, wrong=not good)
        self._desk.backups_changed.emit()
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self._say_wrong(error_sentence(error))

    def _add_folder(self) -> None:
        folder = self._prompts.choose_folder(load_words()("backup.folders.add.title"))
        if folder is not None:
            self._change(lambda: self._desk.services.backups.add_folder(self._desk.acting, folder))

    def _remove_folder(self) -> None:
        row = self.sender().parent()
        if isinstance(row, _PlaceRow):
            folder = row.folder
            self._change(
                lambda: self._desk.services.backups.remove_folder(self._desk.acting, folder),
                load_words()("backup.folders.taken_off", folder=folder),
            )

    def _change(self, change: Callable[[], None], done: str = "") -> None:
        try:
            change()
        except InjectmapError as error:
            self._failed(error)
            return
        self._say(done)
        self._desk.backups_changed.emit()
        self.refresh()

    def _check(self) -> None:
        line: Listed | None = self.table.current
        if line is None:
            return
        desk, path = self._desk, line.found.path
        backups, acting = desk.services.backups, desk.acting
        time = moment_text(line.found.backup.at_ms, desk.services.settings.time_zone)
        self._busy(True)

        def done(head: Head) -> None:
            self._busy(False)
            self._say(load_words()("backup.checked", time=time, row=head.number))

        def failed(error: Exception) -> None:
            self._failed(error)
            self._desk.backups_changed.emit()
            self.refresh()

        desk.tasks.run(
            lambda task: backups.check(acting, path, task.check),
            done=done,
            failed=failed,
            owner=self,
            label=load_words()("backup.busy.check"),
        )

    def _compare(self) -> None:
        line: Listed | None = self.table.current
        if line is not None:
            self._begin(line.found.path)

    def _choose(self) -> None:
        words = load_words()
        chosen = self._prompts.choose_existing_file(
            words("backup.restore.other.title"), words("backup.restore.kind")
        )
        if chosen is not None:
            self._begin(chosen)

    def _begin(self, backup: Path) -> None:
        self._say("")
        self._chosen = backup
        self.deed.compare(backup)

    def _show(self, backup: Path, found: Comparison) -> None:
        zone, told = self._desk.services.settings.time_zone, read_name(backup.name)
        time = backup.name if told is None else moment_text(told.at_ms, zone)
        self.view.show_comparison(found, load_words()("backup.restore.title", time=time), zone)
        self.view.show()
        self.view.cancel.setFocus(Qt.FocusReason.OtherFocusReason)
        self.sight_wanted.emit()

    def _restore(self) -> None:
        desk = self._desk
        try:
            desk.refuse_if_unsaved()
        except InjectmapError as error:
            self._failed(error)
            return
        assert self._chosen is not None
        self.view.hide()
        self.deed.restore(self._chosen, desk.services.settings.time_zone)


class _PlaceRow(QWidget):
    """One folder: its last backup or what is wrong, and the way to take it off."""

    def __init__(self, theme: Theme, place: Place, text: str, *, removable: bool) -> None:
        super().__init__()
        self.folder = place.folder
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(8)
        mark = "tick" if place.last and not place.problem else "info"
        layout.addWidget(Mark(theme, mark, "ok" if mark == "tick" else "text2"))
        self.text = TextLabel(theme, "table", "text", text, wrap=True)
        layout.addWidget(self.text, 1)
        words = load_words()
        # A bin would say that the backups go.
        self.remove = Button(theme, words("backup.folders.take_off"), kind="flat")
        self.remove.setAccessibleName(words("backup.folders.remove", folder=place.folder))
        self.remove.setVisible(removable)
        layout.addWidget(self.remove)
