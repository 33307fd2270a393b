"""The note beside the pointer: read whole, and off what is being drawn."""

import pytest
from PySide6.QtCore import QPoint, QRect

from injectmap.ui.canvas.pointer_note import PointerNote

# The tools stand over the left of the canvas.
FREE = QRect(76, 0, 824, 650)
LINES = ("46 mm on the reference head", "Patient's left, Lateral zygomatic arch, Temple")


@pytest.fixture
def note(theme) -> PointerNote:
    return PointerNote(theme)


@pytest.mark.parametrize("at", [QPoint(90, 300), QPoint(300, 300), QPoint(300, 90), QPoint(700, 600)])
def test_it_stands_where_nothing_covers_it_and_covers_no_end_of_the_pass(note, at) -> None:
    began = at + QPoint(180, 10)
    note.set(LINES, at, FREE, began)
    assert FREE.contains(note.rect)
    assert not note.rect.contains(at)
    assert not note.rect.intersects(QRect(at, began).normalized())


def test_beside_the_tip_where_there_is_room(note) -> None:
    at = QPoint(600, 300)
    note.set(LINES, at, FREE, at + QPoint(150, 0))
    assert note.rect.right() < at.x()
    note.set(LINES, at, FREE, at - QPoint(150, 0))
    assert note.rect.left() > at.x()


def test_nothing_said_takes_no_room(note) -> None:
    note.set(LINES, QPoint(300, 300), FREE)
    note.set((), QPoint(), FREE)
    assert note.rect.isEmpty()
