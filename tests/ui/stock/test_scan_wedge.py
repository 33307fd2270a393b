"""A scanner that types is told from a hand that types, in any field and on the bare window."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from injectmap.ui.session.scan_wedge import GAP_MS, ScanWedge, looks_like_scan

BOX = "010506091751001110628S93R\x1d17241000218898847482518646"


class Bare(QWidget):
    """A widget without a field; keeps the keys that reach it."""

    def __init__(self) -> None:
        super().__init__()
        self.keys: list[str] = []
        self.field = QLineEdit()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        QVBoxLayout(self).addWidget(self.field)
        self.shortcuts: list[str] = []
        digit = QAction("3", self)
        digit.setShortcut("3")
        digit.triggered.connect(lambda: self.shortcuts.append("3"))
        self.addAction(digit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.keys.append(event.text())


@pytest.fixture
def bare(qtbot):
    widget = Bare()
    qtbot.addWidget(widget)
    widget.show()
    widget.activateWindow()
    qtbot.waitUntil(widget.isActiveWindow)
    widget.setFocus()
    return widget


@pytest.fixture
def wedge(bare):
    return ScanWedge(bare.windowHandle(), gap_ms=300)


def burst(bare, text: str, end: Qt.Key | None = Qt.Key.Key_Return) -> None:
    window = bare.windowHandle()
    for one in text:
        if one == "\x1d":
            QTest.keyClick(window, Qt.Key.Key_BracketRight, Qt.KeyboardModifier.ControlModifier)
        else:
            QTest.keyClick(window, one)
    if end is not None:
        QTest.keyClick(window, end)


def scans(wedge) -> list[str]:
    heard: list[str] = []
    wedge.scanned.connect(heard.append)
    return heard


@pytest.mark.parametrize("place", ["field", "window"])
@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab])
def test_a_burst_is_one_scan_and_reaches_nothing_else(bare, wedge, place, end) -> None:
    heard = scans(wedge)
    (bare.field if place == "field" else bare).setFocus()
    burst(bare, f"]d2{BOX}".replace("\x1d", "|"), end)
    assert heard == [f"]d2{BOX}".replace("\x1d", "|")]
    assert (bare.field.text(), bare.keys, bare.shortcuts) == ("", [], [])


def test_a_scanner_without_a_line_end_is_heard_after_its_gap(bare, wedge, qtbot) -> None:
    heard = scans(wedge)
    burst(bare, "+A99912345/$$52001510X33", None)
    qtbot.waitUntil(lambda: heard == ["+A99912345/$$52001510X33"])


def test_two_scans_one_after_the_other_are_two(bare, wedge) -> None:
    heard = scans(wedge)
    burst(bare, "0105060917510011")
    burst(bare, "0110012345678902")
    assert heard == ["0105060917510011", "0110012345678902"]


@pytest.mark.parametrize("typed", ["0.15", "14.3.1968", "3", "12", "H26C118", "(left)", "+", "1968", "2 x 1"])
def test_what_a_hand_types_arrives_whole_and_in_order(bare, wedge, qtbot, typed) -> None:
    heard = scans(wedge)
    bare.field.setFocus()
    ended = []
    bare.field.returnPressed.connect(lambda: ended.append(bare.field.text()))
    burst(bare, typed)
    assert ended == [typed]
    assert heard == []


def test_a_digit_that_is_typed_alone_arrives_after_the_gap(bare, wedge, qtbot) -> None:
    bare.field.setFocus()
    QTest.keyClick(bare.windowHandle(), "7")
    qtbot.waitUntil(lambda: bare.field.text() == "7")


def test_slow_typing_of_a_code_is_typing(bare, qtbot) -> None:
    wedge = ScanWedge(bare.windowHandle(), gap_ms=5)
    heard = scans(wedge)
    bare.field.setFocus()
    for one in "0105060917510011":
        QTest.keyClick(bare.windowHandle(), one)
        qtbot.wait(8)
    qtbot.waitUntil(lambda: bare.field.text() == "0105060917510011")
    assert heard == []


def test_a_letter_passes_at_once(bare, wedge) -> None:
    bare.field.setFocus()
    QTest.keyClick(bare.windowHandle(), "v")
    assert bare.field.text() == "v"


@pytest.mark.parametrize(
    ("text", "is_scan"),
    [
        (BOX, True),
        (f"]d2{BOX}", True),
        ("(01)05060917510011(10)A", True),
        ("+$$52001510X3GD", True),
        ("4006381333931", True),
        ("]d2010506", True),
        ("0.15", False),
        ("2026-11-22", False),
        ("22.11.2026", False),
        ("+46 70 123 45 67", False),
        ("1010", False),
        ("", False),
        ("10 0.05 + 20 0.05", False),
        ("10mm0.05mL+20mm0.05mL", False),
        ("10 mm 0.05 mL + 20 mm 0.05 mL", False),
        ("11.22.2026 17:30", False),
        ("17112026", False),
        ("1.000,5 mL", False),
        ("+46701234567", False),
        ("(020) 7946 0958", False),
        ("(0123)45678", False),
        ("01 23 45 67 89 01 23 45", False),
        ("10H26C118", True),
        ("10AB|17280930", True),
        ("17280900", True),
        ("+28255A123Z", True),
        ("+A99912345/9901DC ", True),
        ("(17)280930(10)A", True),
    ],
)
def test_what_looks_like_a_scan(text, is_scan) -> None:
    assert looks_like_scan(text) is is_scan


def test_a_refused_scan_is_typed_where_the_keyboard_is(bare, wedge) -> None:
    bare.field.setFocus()
    wedge.scanned.connect(wedge.refuse)
    ended = []
    bare.field.returnPressed.connect(lambda: ended.append(bare.field.text()))
    burst(bare, "10H26C118")
    assert ended == ["10H26C118"]


def test_a_scanner_that_is_held_up_is_one_scan(bare, qtbot) -> None:
    wedge = ScanWedge(bare.windowHandle(), gap_ms=100)
    heard = scans(wedge)
    bare.field.setFocus()
    burst(bare, "01050609175", None)
    qtbot.wait(300)
    assert heard == []
    burst(bare, "10011")
    assert heard == ["0105060917510011"]
    assert bare.field.text() == ""


def test_the_gap_is_shorter_than_a_hand() -> None:
    assert GAP_MS < 80


def test_a_key_typed_before_a_click_arrives_before_it(bare, wedge) -> None:
    heard = scans(wedge)
    QTest.keyClick(bare.windowHandle(), "5")
    QTest.mousePress(bare.windowHandle(), Qt.MouseButton.LeftButton)
    assert (bare.keys, heard) == (["5"], [])
    QTest.mouseRelease(bare.windowHandle(), Qt.MouseButton.LeftButton)


def press(bare, text: str, *, repeated: bool) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, ord(text), Qt.KeyboardModifier.NoModifier, text, repeated)
        QCoreApplication.sendEvent(bare.windowHandle(), event)


def test_equal_figures_called_a_repetition_belong_to_the_scan(bare, wedge) -> None:
    heard = scans(wedge)
    code = "0109504000059118"
    for before, one in zip(f" {code}", code, strict=False):
        press(bare, one, repeated=one == before)
    QTest.keyClick(bare.windowHandle(), Qt.Key.Key_Return)
    assert heard == [code]


def test_a_key_held_down_by_hand_is_no_scan(bare, wedge) -> None:
    heard = scans(wedge)
    for _ in range(14):
        press(bare, "0", repeated=True)
    QTest.keyClick(bare.windowHandle(), Qt.Key.Key_Return)
    assert heard == []
    assert bare.keys.count("0") == 14
