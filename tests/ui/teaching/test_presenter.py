"""The presenter's window: keys, views, who is never named, what is left when it closes."""

import datetime as dt
import re
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, Qt, QTimer
from PySide6.QtGui import QAction, QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QMenu, QWidget

from injectmap.chart.primitives import Text
from injectmap.ui.teaching.identity import Identity
from injectmap.ui.teaching.show import ShowKind
from injectmap.ui.teaching.sources import Offer
from tests.ui.teaching.conftest import FAMILY, GIVEN, LOT, begin


def press(room, key: Qt.Key, keys=Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(room.presenter, key, keys)


def texts_of(widget: QWidget) -> set[str]:
    """Everything a widget and its children say, painted or told to a screen reader."""
    found = {widget.windowTitle(), widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()}
    if isinstance(widget, QLabel | QAbstractButton | QLineEdit):
        found.add(widget.text())
    if isinstance(widget, QLineEdit):
        found.add(widget.placeholderText())
    if isinstance(widget, QMenu):
        found |= {action.text() for action in widget.actions()}
    for child in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
        found |= texts_of(child)
    return found


def all_texts(room) -> set[str]:
    """What the window says, with what is painted on the head and on the bar."""
    presenter = room.presenter
    found = texts_of(presenter)
    layout = presenter.stage.picture.layout
    assert layout is not None
    items = [
        *(item for group in layout.names.values() for item in group),
        *(item for group in layout.entries.values() for item in group),
        *(item for marks in layout.passes.values() for item in marks.chip),
    ]
    found |= {item.text for item in items if isinstance(item, Text)}
    for segment in presenter.transport.bar.segments:
        found |= {segment.side, segment.group, segment.short, segment.number, segment.amount}
    return found - {""}


def identifying(room) -> list[str]:
    """Every way in which this session's people, packs and dates could be written, in lower case."""
    opened = room.editor.opened
    parts = [FAMILY, GIVEN, opened.patient.number_text, opened.session.number_text, LOT, LOT[:4]]
    for one in (*room.desk.services.practitioners, opened.practitioner):
        parts += [word for word in re.findall(r"\w+", one.name) if len(word) > 2]
        parts.append(one.register_number)
    for date in (opened.patient.birth_date, opened.session.date, opened.syringes[0].expiry):
        parts += [
            date.isoformat(),
            f"{date.day} {date:%b %Y}",
            f"{date:%d.%m.%Y}",
            f"{date:%d/%m/%Y}",
            f"{date:%b %Y}",
        ]
    return [part.casefold() for part in parts if part]


def assert_nobody_is_named(room) -> None:
    texts = [text.casefold() for text in all_texts(room)]
    assert len(texts) > 10
    for part in identifying(room):
        pattern = re.compile(rf"(?<!\w){re.escape(part)}(?!\w)")
        assert not [text for text in texts if pattern.search(text)], part


@pytest.mark.parametrize("kind", [ShowKind.RECORDED, ShowKind.CHANGES, ShowKind.MAP])
def test_no_text_names_the_patient_the_practitioner_a_lot_or_a_date(shown, kind) -> None:
    presenter = shown.presenter
    presenter.present(Offer(kind, ""))
    presenter.menu()
    for index in range(len(presenter.player.playback.steps)):
        for share in (0.05, 0.4, 0.9):
            presenter.player.seek_step(index, share)
            QApplication.processEvents()
            assert_nobody_is_named(shown)
    press(shown, Qt.Key.Key_End)
    assert_nobody_is_named(shown)


def test_a_protocol_that_names_a_person_is_shown_without_that(make_room, qtbot, c_shape) -> None:
    named = replace(c_shape, id="own", name=f"Pattern for {GIVEN}", source="Dr R. Okonjo-Lind, own course")
    room = make_room(protocols=(named,))
    begin(room, qtbot)
    for offer in room.presenter.sources.offers():
        room.presenter.present(offer)
        QApplication.processEvents()
        assert_nobody_is_named(room)
    room.presenter.menu()
    assert_nobody_is_named(room)
    assert "Protocol, both sides" in all_texts(room)


def test_the_notes_of_measurements_are_not_shown(shown) -> None:
    presenter = shown.presenter
    from injectmap.domain.map_items import Measurement, MeasurementKind

    layout_map = shown.editor.map
    path = layout_map.passes[0].path
    noted = replace(
        layout_map, items=(Measurement("m", MeasurementKind.ASYMMETRY, path, 1000, f"{FAMILY}: left"),)
    )
    from injectmap.domain import playback
    from injectmap.ui.teaching.show import Show

    presenter.take(Show(ShowKind.MAP, "Map", (), playback.from_map(noted)))
    QApplication.processEvents()
    assert_nobody_is_named(shown)


def test_identity_finds_names_in_any_writing_and_lets_other_words_pass(room) -> None:
    identity = Identity.of(room.editor.opened, room.desk.services.practitioners)
    for text in ("vasterholm", "VASTERHOLM's map", "lot h26c118", "after Sandahl (2026)", "Élin"):
        assert identity.named_in(text), text
    for text in ("C-shape", "Training convention", "Dr A. Person, course of 2026", "linden"):
        assert not identity.named_in(text), text


def test_it_is_dark_whatever_the_program_is(shown) -> None:
    picture = shown.presenter.grab().toImage()
    assert picture.pixelColor(8, 450) == QColor("#0E1215")
    assert shown.presenter.stage.picture.picture.toImage().pixelColor(4, 400).lightness() < 60


def test_keys_work_the_play(shown) -> None:
    player = shown.presenter.player
    press(shown, Qt.Key.Key_Home)
    assert player.seconds == 0.0
    press(shown, Qt.Key.Key_Right)
    assert player.index == 1
    press(shown, Qt.Key.Key_Left)
    assert player.index == 0
    press(shown, Qt.Key.Key_Space)
    assert player.playing
    press(shown, Qt.Key.Key_Plus)
    assert player.speed == 2.0
    press(shown, Qt.Key.Key_Minus)
    press(shown, Qt.Key.Key_Minus)
    assert player.speed == 0.5
    press(shown, Qt.Key.Key_Space)
    assert not player.playing
    press(shown, Qt.Key.Key_End)
    assert player.at_end


def test_it_plays_by_itself_and_stops_when_hidden(shown, qtbot) -> None:
    player = shown.presenter.player
    player.set_speed(4.0)
    press(shown, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: player.seconds > 0.5)
    shown.presenter.hide()
    assert not player.playing


def test_the_five_views_have_their_keys_and_the_play_turns_the_head(shown) -> None:
    stage, player = shown.presenter.stage, shown.presenter.player
    for key, view in (
        (Qt.Key.Key_1, "right_lateral"),
        (Qt.Key.Key_3, "front"),
        (Qt.Key.Key_5, "left_lateral"),
    ):
        press(shown, key)
        assert stage.view_id == view
    sides = [step.one.side.value for step in player.playback.steps]
    player.seek_step(sides.index("right"), 0.2)
    assert stage.view_id == "right_lateral"
    # A view that shows the pass is kept.
    press(shown, Qt.Key.Key_2)
    player.seek_step(sides.index("right"), 0.6)
    assert stage.view_id == "right_oblique"


def test_the_syringe_lies_inside_the_stage_in_every_view_that_shows_it(make_room, qtbot, c_shape) -> None:
    room = make_room(session=False)
    begin(room, qtbot)
    presenter, stage = room.presenter, room.presenter.stage
    presenter.present(Offer(ShowKind.PROTOCOL, "", c_shape, "both"))
    seen = 0
    # One pass of each zone on each side.
    for index in (1, 4, 6, 8, 11, 14, 16, 18):
        for key in (Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3, Qt.Key.Key_4, Qt.Key.Key_5):
            presenter.player.seek_step(index, 0.02)
            press(room, key)
            QApplication.processEvents()
            live = stage.live
            if live is not None and live.pose is not None:
                seen += 1
                assert stage.rect().adjusted(-2, -2, 2, 2).contains(live.bounds(stage.scene))
    assert seen > 18


def test_only_the_pixels_of_the_cannula_change_within_a_pass(shown) -> None:
    stage, player = shown.presenter.stage, shown.presenter.player
    player.seek_step(1, 0.5)
    QApplication.processEvents()
    before, kept = stage.grab().toImage(), stage.picture.picture.cacheKey()
    area = stage.live.bounds(stage.scene)
    player.seek_step(1, 0.8)
    QApplication.processEvents()
    after = stage.grab().toImage()
    assert stage.picture.picture.cacheKey() == kept
    area = area.united(stage.live.bounds(stage.scene))
    changed = [
        (x, y)
        for y in range(0, stage.height(), 2)
        for x in range(0, stage.width(), 2)
        if before.pixel(x, y) != after.pixel(x, y)
    ]
    assert changed
    assert all(area.contains(QPoint(x, y)) for x, y in changed)


def test_the_spotlight_darkens_everything_else(shown) -> None:
    stage = shown.presenter.stage
    stage.gesture_hover(QPointF(540, 300), None, Qt.KeyboardModifier.NoModifier)
    plain = stage.grab().toImage()
    press(shown, Qt.Key.Key_S)
    lit = stage.grab().toImage()
    near, far = QPoint(560, 330), QPoint(600, 700)
    assert lit.pixelColor(near) == plain.pixelColor(near)
    assert lit.pixelColor(far).lightness() < plain.pixelColor(far).lightness() * 0.5
    press(shown, Qt.Key.Key_S)
    assert stage.grab().toImage() == plain


def test_the_ring_follows_and_hides(shown) -> None:
    stage = shown.presenter.stage
    without = stage.grab().toImage()
    at = QPointF(300, 300)
    stage.gesture_hover(at, None, Qt.KeyboardModifier.NoModifier)
    assert stage.cursor().shape() is Qt.CursorShape.BlankCursor
    ring = stage.grab().toImage()
    assert ring.pixelColor(300 + 24, 300) == QColor("white")
    assert ring.pixelColor(300 + 40, 300) == without.pixelColor(300 + 40, 300)
    press(shown, Qt.Key.Key_P)
    assert stage.cursor().shape() is Qt.CursorShape.ArrowCursor
    # The button for it looks different now; the head does not.
    head = QRect(0, 120, stage.width(), stage.height() - 120)
    assert stage.grab(head).toImage() == without.copy(head)


def test_a_drag_points_and_without_the_ring_moves_the_head(shown, qtbot) -> None:
    stage, none = shown.presenter.stage, Qt.KeyboardModifier.NoModifier
    camera = stage.camera
    stage.gesture_press(QPointF(300, 300), None, none)
    stage.gesture_drag(QPointF(340, 320), None, none)
    stage.gesture_release(QPointF(340, 320), None, none)
    assert stage.camera == camera
    press(shown, Qt.Key.Key_P)
    stage.gesture_press(QPointF(300, 300), None, none)
    stage.gesture_drag(QPointF(340, 320), None, none)
    assert stage.camera != camera
    press(shown, Qt.Key.Key_0)
    assert stage.camera.zoom == 1.0
    press(shown, Qt.Key.Key_0)
    assert stage.camera == camera
    press(shown, Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert stage.camera.zoom > camera.zoom
    qtbot.waitUntil(lambda: stage.picture.shot.camera == stage.camera)


def test_nothing_done_here_changes_the_map(shown) -> None:
    before, rows = shown.editor.map, len(shown.opener.database.state.journal)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace, Qt.Key.Key_Z, Qt.Key.Key_V, Qt.Key.Key_9):
        press(shown, key)
    press(shown, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    QTest.mousePress(shown.presenter.stage, Qt.MouseButton.LeftButton, pos=QPoint(400, 300))
    QTest.mouseMove(shown.presenter.stage, QPoint(500, 400))
    QTest.mouseRelease(shown.presenter.stage, Qt.MouseButton.LeftButton, pos=QPoint(500, 400))
    press(shown, Qt.Key.Key_Space)
    shown.settle(60)
    press(shown, Qt.Key.Key_Space)
    assert shown.editor.map is before
    assert len(shown.opener.database.state.journal) == rows


class TestCaption:
    def test_enter_sets_it_and_escape_drops_it(self, shown) -> None:
        caption, field = shown.presenter.caption, shown.presenter.caption.field
        press(shown, Qt.Key.Key_C)
        assert caption.typing
        QTest.keyClicks(field, "Feel for the zygion, s 1 0")
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert caption.text == "Feel for the zygion, s 1 0"
        assert caption.isVisible()
        assert not shown.presenter.stage.spotlight.on
        assert shown.presenter.hasFocus()
        press(shown, Qt.Key.Key_C)
        QTest.keyClicks(field, "Something else")
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert caption.text == "Feel for the zygion, s 1 0"
        assert shown.presenter.isVisible()
        press(shown, Qt.Key.Key_C)
        field.clear()
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert not caption.isVisible()

    @pytest.mark.parametrize(
        "text",
        ["<b>bold</b> & 'quoted'", "שלום עולם", "🙂" * 40, "word " * 3000],
        ids=("markup", "rtl", "emoji", "long"),
    )
    def test_any_text_stays_on_the_stage(self, shown, text) -> None:
        caption = shown.presenter.caption
        press(shown, Qt.Key.Key_C)
        caption.field.setText(text)
        QTest.keyClick(caption.field, Qt.Key.Key_Return)
        assert caption.label.textFormat() is Qt.TextFormat.PlainText
        assert shown.presenter.stage.rect().contains(caption.geometry())
        assert len(caption.text) <= 160


def test_without_a_session_it_offers_the_protocols(make_room, qtbot) -> None:
    room = make_room(session=False)
    begin(room, qtbot)
    presenter = room.presenter
    assert presenter.player.show.kind is ShowKind.PROTOCOL
    assert presenter.notes.title.name.full_text() == "C-shape, left side"
    assert "Training convention" in presenter.notes.title.lines.full_text()
    assert "safeap.co.uk" in presenter.notes.title.lines.full_text()
    (menu,) = [one for one in presenter.menu().findChildren(QMenu) if one.title() == "C-shape"]
    both = next(action for action in menu.actions() if action.text() == "Both sides")
    assert isinstance(both, QAction)
    both.trigger()
    assert presenter.notes.title.name.full_text() == "C-shape, both sides"
    assert presenter.player.show.pass_count == 20


def test_with_nothing_at_all_it_says_what_to_do(make_room, qtbot) -> None:
    room = make_room(session=False, protocols=())
    begin(room, qtbot)
    assert room.presenter.notes.title.name.full_text() == "Nothing to present"
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_S):
        press(room, key)


def test_it_begins_with_the_recorded_session_and_follows_the_chart(shown, qtbot) -> None:
    presenter = shown.presenter
    assert presenter.player.show.kind is ShowKind.RECORDED
    assert presenter.player.show.pass_count == 3
    shown.draw((64.0, -8.0, 20.0), (50.0, -40.0, 50.0))
    qtbot.waitUntil(lambda: presenter.player.show.pass_count == 4)
    assert presenter.player.scene().state.map == shown.editor.map


def test_another_session_replaces_what_was_shown(shown) -> None:
    shown.desk.close_patient()
    assert shown.presenter.player.show.kind is ShowKind.PROTOCOL


def test_an_erased_journal_leaves_the_map_to_be_shown(shown, monkeypatch) -> None:
    rows = shown.desk.services.sessions.history(shown.desk.acting, shown.editor.session.id)
    erased = tuple(replace(row, payload=None, salt=None) for row in rows)
    monkeypatch.setattr(type(shown.desk.services.sessions), "history", lambda *_: erased)
    assert shown.presenter.sources.first().kind is ShowKind.MAP
    shown.presenter.present(Offer(ShowKind.RECORDED, ""))
    assert shown.presenter.caption.text


def test_a_click_on_the_bar_goes_there(shown) -> None:
    bar, player = shown.presenter.transport.bar, shown.presenter.player
    span = bar._spans[1]
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=QPoint(round((span.left + span.right) / 2), 40))
    assert player.index == 1
    gone = player.seconds - player.playback.begins[1]
    assert gone == pytest.approx(player.playback.steps[1].duration_s / 2, rel=0.02)


def test_leaving_stops_every_timer_and_hides_the_window(shown, qtbot) -> None:
    presenter = shown.presenter
    press(shown, Qt.Key.Key_Space)
    presenter.stage.zoom_by(1.3)
    press(shown, Qt.Key.Key_Escape)
    assert not presenter.isVisible()
    shown.settle(700)
    assert not [timer for timer in presenter.findChildren(QTimer) if timer.isActive()]
    assert not [w for w in QApplication.topLevelWidgets() if w.isVisible() and w is not shown.window]
    assert presenter.stage.picture.picture.isNull()
    # It can be begun again.
    begin(shown, qtbot)
    assert presenter.player.show.pass_count == 3
    assert presenter.stage.picture.layout is not None


def test_the_window_goes_with_the_programs_own(room, qtbot) -> None:
    room.presenter.begin()
    assert room.presenter.isFullScreen()
    assert room.presenter.parentWidget() is room.window
    assert room.presenter.screen() in QApplication.screens()


def test_its_dates_are_those_of_the_test() -> None:
    """The search for dates above must be able to find one."""
    assert re.search(r"(?<!\w)mar 2026(?!\w)", f"{dt.date(2026, 3, 14):%d %b %Y}".casefold())


def test_a_second_screen_is_taken_if_there_is_one(room, monkeypatch) -> None:
    from types import SimpleNamespace

    own, wall = room.window.screen(), object()
    screens = SimpleNamespace(screens=lambda: [own, wall], primaryScreen=lambda: own)
    monkeypatch.setattr("injectmap.ui.teaching.presenter.QGuiApplication", screens)
    assert room.presenter._screen() is wall
    screens.screens = lambda: [own]
    assert room.presenter._screen() is own
