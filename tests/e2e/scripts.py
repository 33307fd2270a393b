"""What a clinician does, as scripts for the hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.keystrokes import PricedHand
from benchmarks.standard_session import check, pixel, standard_session
from injectmap.ui.canvas.head_view import HeadView
from injectmap.ui.desk import Desk
from injectmap.ui.main_window import MainWindow
from injectmap.ui.session.session_form import SessionForm
from tests.e2e.hand import Condition, Hand

# Landmark and offset (mm) of entry point and tip, and the volume typed, of three passes on the patient's left.
PASSES = (
    (("zygion", (0, -2, -14)), ("zygion", (0, 0, 14)), "0.13"),
    (("zygion", (0, -14, -12)), ("gonion", (0, 14, 12)), "0,15"),
    (("gonion", (0, 8, 10)), ("mandibular_midbody", (0, 8, -4)), ".2"),
)


def _window() -> MainWindow:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow))


def _desk() -> Desk:
    application = QApplication.instance()
    assert application is not None
    desk = application.findChild(Desk) or _window().findChild(Desk)
    assert desk is not None
    return desk


W = TypeVar("W", bound=QWidget)


def _child(kind: type[W]) -> W:
    return _window().findChild(kind)


def draw_three_passes(hand: Hand, folder: Path) -> Iterator[Condition]:
    """Search a patient, start a session, draw three passes, type their volumes, close."""
    yield lambda: _window().bridge.editor is not None
    hand.focus(_window())
    yield lambda: _window().isActiveWindow()
    desk = _desk()
    hand.keys("ctrl+f")
    yield lambda: desk.patient is not None
    hand.type("brandv per")
    yield lambda: any(p.family_name == "Brandvold" for p in desk.search("brandv per"))
    yield lambda: "per" in _search_text()
    hand.keys("Return")
    yield lambda: desk.patient is not None and desk.patient.family_name == "Brandvold"
    hand.keys("ctrl+n")
    yield lambda: (form := _window().findChild(SessionForm)) is not None and form.lot.isVisible()
    form = _child(SessionForm)
    hand.click(form.lot)
    yield form.lot.hasFocus
    hand.type("LOT-77")
    yield lambda: form.lot.text() == "LOT-77"
    hand.keys("ctrl+Return")
    yield lambda: desk.editor is not None and desk.editor.patient.family_name == "Brandvold"
    editor, view = desk.editor, _child(HeadView)
    assert editor is not None
    hand.click(view, QPoint(5, 5))
    hand.keys("5", "p")
    yield lambda: view.view_id == "left_lateral" and editor.tool_id == "cannula_pass"
    drawn = []
    for number, (start, tip, volume) in enumerate(PASSES, start=1):
        a, b = pixel(view, *start), pixel(view, *tip)
        middle = QPoint((a.x() + b.x()) // 2, (a.y() + b.y()) // 2)
        hand.drag(view, [a, middle, b])
        yield lambda number=number: len(editor.map.passes) == number
        hand.type(volume)
        hand.keys("Return")
        wanted = {"0.13": 130, "0,15": 150, ".2": 200}[volume]
        yield lambda wanted=wanted: editor.map.passes[-1].microlitres == wanted
        one = editor.map.passes[-1]
        drawn.append({"length_um": one.path.length_um, "zones": [part.zone for part in one.path.zones]})
    (folder / "drawn.json").write_text(json.dumps(drawn), "utf-8")
    hand.keys("ctrl+q")


def _search_text() -> str:
    from injectmap.ui.widgets.search_field import SearchField

    return _child(SearchField).text()


def find_them_again(hand: Hand, folder: Path) -> Iterator[Condition]:
    """Reopen the program: the passes are there, undo still knows them, and the record shows."""
    yield lambda: _window().bridge.editor is not None
    hand.focus(_window())
    yield lambda: _window().isActiveWindow()
    desk = _desk()
    hand.keys("ctrl+f")
    hand.type("brandvold")
    yield lambda: "brandvold" in _search_text()
    hand.keys("Return")
    yield lambda: desk.editor is not None and desk.editor.patient.family_name == "Brandvold"
    editor = desk.editor
    assert editor is not None
    assert [one.microlitres for one in editor.map.passes] == [130, 150, 200]
    drawn = json.loads((folder / "drawn.json").read_text("utf-8"))
    assert [one.path.length_um for one in editor.map.passes] == [one["length_um"] for one in drawn]
    (folder / "session.txt").write_text(editor.session.id, "utf-8")
    hand.click(_child(HeadView), QPoint(5, 5))
    hand.keys("ctrl+z", "ctrl+z")
    yield lambda: [one.microlitres for one in editor.map.passes][2:] == []
    hand.keys("ctrl+y", "ctrl+y")
    yield lambda: [one.microlitres for one in editor.map.passes] == [130, 150, 200]
    hand.keys("ctrl+q")


def standard_session_priced(hand: Hand, folder: Path) -> Iterator[Condition]:
    """The standard session by the hand of a person, with its price written down."""
    yield lambda: _window().bridge.editor is not None
    hand.focus(_window())
    yield lambda: _window().isActiveWindow()
    priced = PricedHand(hand)
    yield from standard_session(priced)
    check(_desk().editor)
    ledger = priced.ledger
    (folder / "price.json").write_text(json.dumps([ledger.seconds, ledger.operations]), "utf-8")
    hand.keys("ctrl+q")
