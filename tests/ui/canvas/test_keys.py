"""Keys as data: each works, none means two things at once, overlays and palette follow the same table."""

from collections import Counter
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from injectmap.ui.actions import ACTIONS as WINDOW_ACTIONS
from injectmap.ui.actions import ActionSet
from injectmap.ui.canvas.chart_actions import ACTIONS, TOOL_KEYS, ChartAction, Needs
from injectmap.ui.canvas.overlays import OVERLAYS
from injectmap.ui.key_list import chart_lines
from injectmap.ui.palette import CommandPalette, matching
from injectmap.ui.palette_commands import Command
from injectmap.words import load_words
from tests.ui.canvas.conftest import ARCH, EAR, RAMUS, Chart

# Keys that several actions share: the first that is of use takes it.
SHARED = {"Enter", "Return"}


def test_every_action_has_words_keys_and_a_reason_when_it_is_of_no_use(bare_column) -> None:
    words = load_words()
    for action in ACTIONS:
        assert words.has(action.words_key), action.id
        assert all(QKeySequence(key).count() == 1 for key in action.keys), action.id
        reason = action.reason(bare_column)
        assert (not reason) is (action.needs is Needs.NOTHING), action.id
        assert not reason or words.has(reason), reason
    for needs in Needs:
        if needs not in (Needs.NOTHING, Needs.SESSION):
            assert words.has(f"chart.needs.{needs}")


def test_no_key_means_two_things() -> None:
    chart_keys = Counter(key for one in ACTIONS for key in one.keys if key not in SHARED)
    assert [key for key, count in chart_keys.items() if count > 1] == []
    window_keys = {key for one in WINDOW_ACTIONS for key in one.keys}
    assert not window_keys & chart_keys.keys()
    assert len({one.id for one in ACTIONS}) == len(ACTIONS)


def test_every_tool_of_the_editor_has_a_key_and_takes_it(chart: Chart) -> None:
    assert {tool for tool, _ in TOOL_KEYS} == set(chart.editor._tools)
    for tool, key in TOOL_KEYS:
        combination = QKeySequence(key)[0]
        QTest.keyClick(chart.view, combination.key(), combination.keyboardModifiers())
        assert chart.editor.tool_id == tool
        assert chart.column.palette_card.tools["bolus" if tool == "micro_bolus" else tool].isChecked()


@pytest.mark.parametrize("spec", OVERLAYS, ids=lambda spec: spec.id)
def test_each_overlay_has_a_key_and_a_button_and_is_drawn_once(chart: Chart, spec) -> None:
    chart.draw(EAR, ARCH)
    chart.editor.select([])
    chart.column.offer_ghost(lambda: chart.editor.map, "6 May 2025")
    chart.rest()
    before = spec.id in chart.view.shown
    drawing = chart.view.layer.drawing
    QTest.keyClick(chart.view, QKeySequence(spec.key)[0].key())
    assert (spec.id in chart.view.shown) is not before
    assert chart.column.toggles.buttons[spec.id].isChecked() is not before
    chart.column.grab()
    changed = chart.view.layer.drawing
    assert changed != drawing
    chart.view.update()
    chart.column.grab()
    assert chart.view.layer.drawing is changed


def test_the_session_before_is_read_when_it_is_wanted_and_named(chart: Chart) -> None:
    read = []
    button = chart.column.toggles.buttons["last_session"]
    assert not button.isEnabled()
    QTest.keyClick(chart.view, Qt.Key.Key_H)
    assert not button.isChecked()
    chart.draw(EAR, ARCH)
    other = chart.editor.map
    chart.editor.remove_selected()

    def source():
        read.append(True)
        return other

    chart.column.offer_ghost(source, "6 May 2025")
    assert not read
    QTest.keyClick(chart.view, Qt.Key.Key_H)
    assert read == [True]
    assert chart.column.modes.said == (("Underneath: session of 6 May 2025", "H"),)
    chart.column.grab()
    assert chart.view.layer.drawing.layer("ghost").items
    chart.column.offer_ghost(None)
    assert chart.view.ghost is None
    assert not button.isChecked()


@pytest.mark.parametrize(("width", "height"), [(900, 780), (700, 620), (560, 560)])
def test_toggles_and_palette_fit_the_canvas(chart: Chart, width: int, height: int) -> None:
    chart.column.resize(width, height)
    for button in chart.column.toggles.buttons.values():
        if button.isEnabled():
            button.setChecked(True)
    chart.rest()
    view, palette, toggles = chart.view, chart.column.palette_card, chart.column.toggles
    assert toggles.geometry().left() > palette.geometry().right()
    assert toggles.geometry().right() < view.width()
    assert palette.geometry().bottom() < view.height()
    inside = palette.rect()
    for group in palette.groups:
        for button in group:
            assert inside.contains(button.geometry())
            assert button.width() >= 44
    names = {button.accessibleName() for button in toggles.buttons.values()}
    assert "Landmarks" in names


# The palette


@pytest.fixture
def window(qtbot, theme, chart: Chart) -> Iterator[tuple[QWidget, CommandPalette, list[str]]]:
    ran: list[str] = []
    host = QWidget()
    qtbot.addWidget(host)
    layout = QVBoxLayout(host)
    layout.addWidget(chart.column)

    def note(action_id: str):
        return lambda: ran.append(action_id)

    handlers = {spec.id: note(spec.id) for spec in WINDOW_ACTIONS if not spec.page}
    actions = ActionSet(host, handlers, lambda page, method: ran.append(page))
    palette = CommandPalette(theme, host, actions, chart.column)
    host.resize(1200, 900)
    host.show()
    yield host, palette, ran
    chart.column.setParent(None)


def shown(palette: CommandPalette) -> list[str]:
    return [row.text for row in palette.model.rows]


def test_the_palette_lists_every_action_with_its_key_and_reason(window, chart: Chart) -> None:
    _, palette, _ = window
    palette.toggle()
    rows = {row.id: row for row in palette.model.rows}
    assert {f"chart.{one.id}" for one in ACTIONS if one.id != "escape"} <= rows.keys()
    assert {one.id for one in WINDOW_ACTIONS if one.id != "palette"} <= rows.keys()
    assert rows["chart.tool.fan"].key == "F"
    assert rows["chart.deposits"].reason == "Select one pass first."
    reasons = [bool(row.reason) for row in palette.model.rows]
    assert reasons == sorted(reasons)
    palette.put_away()
    chart.editor.select([chart.draw(EAR, RAMUS)])
    palette.toggle()
    assert not {row.id: row for row in palette.model.rows}["chart.deposits"].reason


def test_a_few_letters_and_enter_run_an_action_and_give_the_keyboard_back(window, chart: Chart) -> None:
    _, palette, ran = window
    chart.view.setFocus()
    palette.toggle()
    assert palette.field.hasFocus()
    QTest.keyClicks(palette.field, "fan tool")
    assert shown(palette) == ["Tool: Fan"]
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert chart.editor.tool_id == "fan"
    assert not palette.isVisible()
    assert chart.view.hasFocus()
    palette.toggle()
    QTest.keyClicks(palette.field, "patients who are due")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert ran == ["due"]


def test_arrows_choose_a_reason_stays_and_escape_closes(window, chart: Chart) -> None:
    _, palette, ran = window
    palette.toggle()
    QTest.keyClicks(palette.field, "view")
    QTest.keyClick(palette.field, Qt.Key.Key_Down)
    wanted = palette.view.currentIndex().data(Qt.ItemDataRole.UserRole)
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert chart.editor.view_id == wanted.id.removeprefix("chart.view.")
    palette.toggle()
    QTest.keyClicks(palette.field, "deposits along")
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    assert palette.foot.text() == "Select one pass first."
    palette.field.setText("qqqq")
    assert palette.model.rows == ()
    assert "qqqq" in palette.foot.text()
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    QTest.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()
    assert ran == []


def test_providers_are_asked_each_time(window) -> None:
    _, palette, _ = window
    ran: list[int] = []
    palette.add_provider(lambda: [Command("p", "Apply C-shape, both sides", lambda: ran.append(1))])
    palette.toggle()
    QTest.keyClicks(palette.field, "apply c-sh")
    assert shown(palette) == ["Apply C-shape, both sides"]
    QTest.keyClick(palette.field, Qt.Key.Key_Return)
    assert ran == [1]


def test_what_begins_with_the_letters_comes_first() -> None:
    def command(text: str, reason: str = "") -> Command:
        return Command(text, text, lambda: None, "", reason)

    found = matching(
        [
            command("Remove fan"),
            command("Infant"),
            command("Fan", "no"),
            command("Fan tool"),
            command("Zones"),
        ],
        "FAN",
    )
    assert [one.text for one in found] == ["Fan tool", "Remove fan", "Infant", "Fan"]


def test_the_list_of_keys_says_the_same_as_the_table() -> None:
    lines = chart_lines()
    words = load_words()
    said = {text for _, text in lines}
    for action in ACTIONS:
        if not action.id.startswith(("view.", "nudge.", "nudge_far.")):
            assert words(action.words_key) in said, action.id
    assert all(key for key, _ in lines)


def test_an_action_is_plain_data() -> None:
    ran = []
    one = ChartAction("x", ("Q",), ran.append)
    assert one.words_key == "chart.x"
    assert one.run("column") is None
    assert ran == ["column"]
