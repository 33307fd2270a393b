"""The real program on a keyed clinic, drawn in by real input events, that tells each stored journal row.

Run as `python -m tests.faults.drawing_program FOLDER DESCRIPTOR SEED EDITS`: opens the window on the clinic in FOLDER
and draws EDITS changes with the mouse and keyboard of the X server, then closes the window as a person would; with no
EDITS it only reads what the top bar says of saving. To the inherited DESCRIPTOR it writes a line for each thing that
happened: `painted`, `editor`, `said TEXT`, `commit`, `row NUMBER` (its transaction is over), `closing`, `ended`.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint
from PySide6.QtWidgets import QApplication

from benchmarks.standard_session import desk, find, pixel, window
from injectmap.bootstrap import Opener
from injectmap.bootstrap.assembly import services_of
from injectmap.services.clinic import Services
from injectmap.storage.journal import StoredJournal
from injectmap.storage.opening import open_clinic
from injectmap.storage.unit_of_work import StoredWork
from injectmap.ui import app
from injectmap.ui.canvas.head_view import HeadView
from injectmap.ui.widgets.status_line import SaveState
from tests.e2e.hand import Condition, Hand, Player
from tests.faults.clinic import KEY, NAME

PLACES = (
    (("zygion", (0, -2, -14)), ("zygion", (0, 0, 14))),
    (("zygion", (0, -14, -12)), ("gonion", (0, 14, 12))),
    (("gonion", (0, 8, 10)), ("mandibular_midbody", (0, 8, -4))),
)
ENOUGH_PASSES = 16
REFUSED_AFTER_S = 1.5


class Wire:
    """Says what happened, in one write each: what is written is out of the program."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.rows = 0

    def tell(self, *words: object) -> None:
        os.write(self._descriptor, (" ".join(map(str, words)) + "\n").encode())

    def tap(self) -> None:
        """From now on every transaction that has ended tells the journal rows it stored."""
        append, commit, pending = StoredJournal.append, StoredWork.commit, list[int]()

        def appended(journal: StoredJournal, *args: Any, **fields: Any) -> int:
            number = append(journal, *args, **fields)
            pending.append(number)
            return number

        def committed(work: StoredWork) -> None:
            self.tell("commit")
            commit(work)
            for number in pending:
                self.tell("row", number)
            self.rows += len(pending)
            pending.clear()

        StoredJournal.append, StoredWork.commit = appended, committed  # type: ignore[method-assign]


class KeyedOpener(Opener):
    """Opens the keyed clinic where the demonstration would be opened, with its latest session on the desk."""

    def demo(self) -> Services:
        return services_of(open_clinic(self.folder / NAME, key=KEY), self.clock, self.folder)


class FreeHand(Hand):
    """A hand that does not hold up the window: the program lives on while the mouse moves."""

    moving: subprocess.Popen[bytes] | None = None

    def _do(self, *words: object) -> None:  # type: ignore[override]
        self.moving = subprocess.Popen(["xdotool", *map(str, words)])

    @property
    def still(self) -> bool:
        return self.moving is None or self.moving.poll() is not None


class FirstPaint(QObject):
    """Tells when the head was painted."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self._wire = wire

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, HeadView):
            QApplication.instance().removeEventFilter(self)
            self._wire.tell("painted")
        return False


def draw(hand: FreeHand, wire: Wire, chance: random.Random, edits: int) -> Iterator[Condition]:
    """Draw, type, undo, redo and remove at random, then close the window."""
    yield lambda: window().bridge.editor is not None
    hand.focus(window())
    yield lambda: hand.still and window().isActiveWindow()
    editor, view = desk().editor, find(HeadView)
    assert editor is not None
    wire.tell("editor")
    if not edits:
        save = window().findChild(SaveState)
        assert save is not None
        yield lambda: save.isVisible()
        wire.tell("said", save.text)
        hand.keys("ctrl+q")
        return
    hand.click(view, QPoint(5, 5))
    yield lambda: hand.still
    hand.keys("5", "p")
    yield lambda: hand.still and view.view_id == "left_lateral" and editor.tool_id == "cannula_pass"
    first = wire.rows
    while wire.rows - first < edits:
        before, patience = wire.rows, time.monotonic() + REFUSED_AFTER_S
        act(hand, view, chance, editor)
        yield (
            lambda before=before, patience=patience: (
                hand.still and (wire.rows > before or time.monotonic() > patience)
            )
        )
    wire.tell("closing")
    hand.keys("ctrl+q")


def act(hand: FreeHand, view: HeadView, chance: random.Random, editor: Any) -> None:
    crowded = len(editor.map.passes) >= ENOUGH_PASSES
    if crowded or (editor.undo_kind and chance.random() < 0.15):
        hand.keys(*["ctrl+z"] * (8 if crowded else 1))
    elif editor.redo_kind and chance.random() < 0.5:
        hand.keys("ctrl+y")
    else:
        (start, near), (tip, off) = chance.choice(PLACES)
        a, b = (
            pixel(view, name, tuple(mm + chance.uniform(-3, 3) for mm in offset))
            for name, offset in ((start, near), (tip, off))
        )
        hand.drag(view, [a, (a + b) / 2, b])


def main(folder: Path, descriptor: int, seed: int, edits: int) -> int:
    wire, hand = Wire(descriptor), FreeHand()
    wire.tap()
    application = QApplication([*sys.argv[:1], "-style", "fusion"])
    first_paint = FirstPaint(wire)
    application.installEventFilter(first_paint)
    player = Player(draw(hand, wire, random.Random(seed), edits))
    code = app.run(KeyedOpener(data_folder=folder), start="demo")
    wire.tell("ended", code)
    if player.failure:
        sys.stderr.write(player.failure)
    return 1 if player.failure or code else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *map(int, sys.argv[2:5])))
