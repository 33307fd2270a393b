"""Proof of the journal: when it was last made, making it now, what it found, and anchors of it."""

from __future__ import annotations

import threading

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from injectmap.domain.acting import Right
from injectmap.domain.anchors import Anchor, anchor_from_text
from injectmap.domain.errors import InjectmapError
from injectmap.domain.proof import Findings, Head
from injectmap.domain.record import show_digest
from injectmap.services.proof_ports import LastProof
from injectmap.ui.desk import Desk
from injectmap.ui.prompts import Prompts
from injectmap.ui.records.moments import show_moment, zone_of
from injectmap.ui.tasks import Cancelled, Task
from injectmap.ui.theme import Theme
from injectmap.ui.trust.anchor_deeds import AnchorDeeds
from injectmap.ui.trust.damage import is_damage, tell_damaged
from injectmap.ui.trust.proof_outcome import ProofOutcome
from injectmap.ui.widgets.basics import Card, Hairline, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.ui.widgets.status_line import Mark
from injectmap.words import load_words

_HASH_SHOWN = 16
# What is longer is no anchor.
_FILE_LIMIT = 8_192


class ProofCard(Card):
    """Proves in the worker, with progress and a way to stop it; an outcome stays until the clinic changes."""

    # Rows done and rows in all; emitted by the worker.
    told = Signal(int, int)

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__(theme, border="line")
        self._theme, self._desk, self._prompts = theme, desk, prompts
        # Set to stop the proof under way; None while there is none.
        self._stopping: threading.Event | None = None
        words = load_words()
        self.deeds = AnchorDeeds(desk, prompts, self)
        self.mark = Mark(theme, "info", "text2")
        self.state = TextLabel(theme, "body", "text", wrap=True)
        self.row = TextLabel(theme, "body")
        self.hash = TextLabel(theme, "body")
        self.prove = Button(theme, words("proof.run"), kind="primary", icon_name="shield")
        self.check = Button(theme, words("proof.anchor.check"), icon_name="folder")
        self.stop = Button(theme, words("proof.cancel"), kind="flat")
        self.progress = TextLabel(theme, "table", "text2")
        self.outcome = ProofOutcome(theme)
        self.export = Button(theme, words("proof.anchor.export"), icon_name="save")
        self.export_signed = Button(theme, words("proof.anchor.signed"), icon_name="lock")
        self.print = Button(theme, words("proof.anchor.print"), icon_name="printer")
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        words, theme = load_words(), self._theme
        outer = column(self, margins=(20, 16, 20, 20), spacing=12)
        outer.addWidget(TextLabel(theme, "section", "text", words("proof.title")))
        self.not_yours = TextLabel(theme, "body", "text2", words("proof.not_yours"), wrap=True)
        outer.addWidget(self.not_yours)
        self.inner = QWidget()
        layout = column(self.inner, spacing=12)
        layout.addWidget(TextLabel(theme, "table", "text2", words("proof.lead"), wrap=True))
        layout.addLayout(_line(self.mark, self.state))
        layout.addLayout(self._facts())
        layout.addLayout(_line(self.prove, self.check, self.stop, self.progress, stretch=True))
        layout.addWidget(Hairline(theme))
        layout.addWidget(TextLabel(theme, "table", "text2", words("proof.anchor.lead"), wrap=True))
        layout.addLayout(_line(self.export, self.export_signed, self.print, stretch=True))
        # Under all buttons, so that none moves from under the pointer.
        layout.addWidget(self.outcome)
        outer.addWidget(self.inner)
        self.stop.hide()
        self.progress.hide()

    def _facts(self) -> QGridLayout:
        words, facts = load_words(), QGridLayout()
        facts.setHorizontalSpacing(24)
        facts.setVerticalSpacing(2)
        for place, (name, value) in enumerate((("proof.head", self.row), ("proof.hash", self.hash))):
            facts.addWidget(TextLabel(self._theme, "table", "text2", words(name)), 0, place)
            facts.addWidget(value, 1, place)
        facts.setColumnStretch(2, 1)
        return facts

    def _connect(self) -> None:
        self.prove.clicked.connect(self._prove)
        self.check.clicked.connect(self._compare)
        self.stop.clicked.connect(self.cancel)
        self.export.clicked.connect(self._export)
        self.export_signed.clicked.connect(self._export_signed)
        self.print.clicked.connect(self.deeds.print_page)
        self.told.connect(self._tell)
        self._desk.clinic_changed.connect(self._forget)
        # What was found meanwhile stands in the card too.
        self._desk.backups_changed.connect(self._on_backups)

    # What the page asks for

    def refresh(self) -> None:
        """Show the head of the journal and the last proof; who may not see them is told so."""
        desk = self._desk
        if not desk.has_clinic:
            return
        allowed = desk.acting.may(Right.KEEP_SAFE)
        self.not_yours.setVisible(not allowed)
        self.inner.setVisible(allowed)
        if not allowed:
            return
        try:
            head, last = desk.services.proof.head(desk.acting), desk.services.proof.last(desk.acting)
        except InjectmapError as error:
            desk.problem.emit(error_sentence(error))
            return
        self.row.setText(str(head.number))
        self.hash.setText(show_digest(head.hash[:_HASH_SHOWN]))
        self._show_last(last, head)

    def _on_backups(self) -> None:
        if self._desk.has_clinic and self._desk.services.database.damaged and self.isVisible():
            self.refresh()

    def run(self, anchor: Anchor | None = None) -> None:
        """Prove the journal, and compare it with an anchor if there is one."""
        if self._stopping is not None:
            return
        proof, acting, told = self._desk.services.proof, self._desk.acting, self.told
        stopping = self._stopping = threading.Event()

        def work(task: Task) -> Findings:
            def progress(done: int, whole: int) -> None:
                task.check()
                if stopping.is_set():
                    raise Cancelled
                told.emit(done, whole)

            return proof.verify(acting, progress, anchor=anchor)

        self.outcome.clear()
        self._set_busy(True)
        self._desk.tasks.run(
            work, done=self._take, failed=self._failed, owner=self, label=load_words()("proof.running")
        )

    def cancel(self) -> None:
        """Stop a proof under way."""
        if self._stopping is not None:
            self._stopping.set()
            self._set_busy(False)
            self._desk.notice.emit(load_words()("proof.cancelled"))

    # What comes back

    def _take(self, found: Findings) -> None:
        self._set_busy(False)
        self.outcome.show_findings(found)
        self.refresh()

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        if is_damage(error):
            tell_damaged(self._desk)
            self.refresh()
            return
        self._desk.problem.emit(error_sentence(error))

    def _tell(self, done: int, whole: int) -> None:
        if self._stopping is not None:
            self.progress.setText(load_words()("proof.progress", done=done, whole=whole))

    def _forget(self) -> None:
        if self._stopping is not None:
            self._stopping.set()
        self._set_busy(False)
        self.outcome.clear()

    def _set_busy(self, busy: bool) -> None:
        if not busy:
            self._stopping = None
        self.progress.setText(load_words()("proof.running") if busy else "")
        for widget, shown in (
            (self.prove, not busy),
            (self.check, not busy),
            (self.stop, busy),
            (self.progress, busy),
        ):
            widget.setVisible(shown)

    def _show_last(self, last: LastProof | None, head: Head) -> None:
        words = load_words()
        if self._desk.services.database.damaged:
            said = [words("proof.damaged")]
            if last is not None and last.whole:
                when = show_moment(last.at_ms, zone_of(self._desk))
                said.append(words("proof.last.earlier", when=when, row=last.row))
            self.mark.show_mark("warning", "error")
            self.state.setText(" ".join(said))
            # What was found before is found no more.
            self.outcome.clear()
            return
        if last is None:
            self.mark.show_mark("info", "text2")
            self.state.setText(words("proof.never"))
            return
        when = show_moment(last.at_ms, zone_of(self._desk))
        if last.whole:
            said = [words("proof.last.whole", when=when, row=last.row)]
        else:
            key = "proof.last.broken.one" if last.faults == 1 else "proof.last.broken.many"
            said = [words(key, when=when, count=last.faults)]
        later = head.number - last.row
        if later > 0:
            key = "proof.last.later.one" if later == 1 else "proof.last.later"
            said.append(words(key, count=later))
        self.mark.show_mark(*(("tick", "ok") if last.whole else ("warning", "error")))
        self.state.setText(" ".join(said))

    def _prove(self) -> None:
        self.run()

    def _export(self) -> None:
        self.deeds.export()

    def _export_signed(self) -> None:
        self.deeds.export(signed=True)

    def _compare(self) -> None:
        words = load_words()
        path = self._prompts.choose_existing_file(words("proof.anchor.check"), words("proof.anchor.files"))
        if path is None:
            return
        try:
            with path.open("rb") as file:
                anchor = anchor_from_text(file.read(_FILE_LIMIT))
        except (InjectmapError, OSError) as error:
            self._desk.problem.emit(error_sentence(error))
            return
        self.run(anchor)


def _line(*widgets: QWidget, stretch: bool = False) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(8)
    for widget in widgets:
        line.addWidget(widget, 1 if isinstance(widget, TextLabel) and not stretch else 0)
    if stretch:
        line.addStretch(1)
    return line
