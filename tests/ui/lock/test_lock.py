"""The lock keeps everything as it was left, shows nothing of it, and writes nothing as who has gone."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from injectmap.domain.errors import NotAllowed
from injectmap.domain.journal import JournalKind
from injectmap.domain.record import RecordField
from injectmap.ui.actions import ACTIONS
from tests.ui.lock.conftest import GOOD


def shown_texts(window: QWidget) -> str:
    found = [widget for widget in window.findChildren(QWidget) if widget.isVisible()]
    texts = [str(one.text()) for one in found if callable(getattr(one, "text", None))]
    return "\n".join([window.windowTitle(), *texts, *(one.accessibleName() for one in found)])


def test_the_same_person_goes_on_exactly_where_it_was_left(seated):
    desk, editor = seated.desk, seated.desk.editor
    editor.select([editor.map.passes[2].id])
    seated.space.chart.view.setFocus()
    seated.space.side.column.search.setText("vast")
    seated.space.side.column.search.setFocus()
    view, history = seated.space.chart.view.view_id, len(editor.undo_history.done)
    title = seated.window.windowTitle()
    seated.space.actions["lock"].trigger()
    assert seated.lock.covers
    assert seated.page.title.full_text() == "Locked"
    assert seated.page.chosen.practitioner_id == seated.lind.id
    seated.type_in(seated.lind)
    assert not seated.lock.covers
    assert desk.editor is editor
    assert list(editor.selection) == [editor.map.passes[2].id]
    assert seated.space.chart.view.view_id == view
    assert len(editor.undo_history.done) == history
    assert seated.space.side.column.search.text() == "vast"
    assert QApplication.focusWidget() is seated.space.side.column.search
    assert seated.window.windowTitle() == title
    assert desk.acting.practitioner_id == seated.lind.id
    assert seated.space.actions["new_session"].isEnabled()


def test_nothing_of_the_patient_is_in_sight_and_the_title_is_neutral(seated):
    assert "Vasterholm" in shown_texts(seated.window)
    seated.lock.lock()
    texts = shown_texts(seated.window)
    assert "Vasterholm" not in texts
    assert "Elin" not in texts
    assert seated.window.windowTitle() == "injectmap"
    grabbed = seated.window.grab().toImage()
    page = seated.page.grab().toImage()
    assert grabbed.size() == page.size(), "the page covers the whole window"
    seated.window.resize(1300, 760)
    assert seated.page.size() == seated.window.size()


def test_while_locked_no_key_works_and_nothing_is_written_for_who_has_gone(seated):
    editor = seated.desk.editor
    services, session = seated.desk.services, seated.desk.session_now()
    seated.lock.lock()
    rows = len(seated.shell.opener.database.state.journal)
    assert not any(seated.space.actions[spec.id].isEnabled() for spec in ACTIONS)
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_F1, Qt.Key.Key_5, Qt.Key.Key_Z):
        QTest.keyClick(seated.window, key)
    assert len(seated.shell.opener.database.state.journal) == rows
    assert seated.desk.nobody
    acting = seated.desk.acting
    try:
        services.fields.write(acting, session, RecordField.REASON, "typed by a timer")
    except NotAllowed:
        pass
    else:
        raise AssertionError("a locked program writes for nobody")
    seated.desk.retry()
    seated.desk.read_sessions()
    assert len(seated.shell.opener.database.state.journal) == rows
    assert seated.desk.editor is editor


def test_what_is_being_typed_in_the_record_is_stored_before_the_lock(seated):
    pages = seated.space.pages
    pages.show("record")
    page = pages["record"]
    page.open_line(None)
    seated.desk.leaving.connect(lambda: stored.append(seated.desk.acting.practitioner_id))
    stored: list[str] = []
    seated.lock.lock()
    assert stored[0] == seated.lind.id, "it is stored while it is still known by whom"
    assert pages.current == "record"
    seated.type_in(seated.lind)
    assert pages.current == "record", "and the page that was open is open again"


def test_a_wrong_password_does_not_unlock_and_another_persons_opens_another_desk(seated):
    seated.lock.lock()
    seated.type_in(seated.lind, "wrong horse")
    assert seated.lock.covers
    assert seated.desk.nobody
    seated.type_in(seated.berg)
    assert seated.desk.acting.practitioner_id == seated.berg.id


def test_who_lost_a_role_meanwhile_gets_a_desk_of_what_is_left(seated):
    from injectmap.domain.accounts import Account
    from injectmap.domain.acting import Role

    seated.lock.lock()
    accounts = seated.shell.opener.database.state.accounts
    accounts[seated.lind.id] = Account(
        seated.lind.id, frozenset({Role.FRONT_DESK}), True, accounts[seated.lind.id].password_hash
    )
    seated.type_in(seated.lind)
    assert not seated.lock.covers
    assert seated.desk.editor is None


def move(window: QWidget) -> bool:
    """Touch the window as the system does; True if it went on to the window."""
    handle = window.windowHandle()
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(200, 200),
        QPointF(200, 200),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    watch = window.findChild(QWidget)
    assert watch is not None
    return not QApplication.sendEvent(handle, event) or event.isAccepted()


def test_it_locks_by_itself_when_nobody_touches_it_for_so_long(seated):
    idle, now = seated.lock.idle, [1_000.0]
    idle.now_s = lambda: now[0]
    idle.watch(10)
    now[0] += 9 * 60
    idle.look()
    assert not seated.lock.covers
    move(seated.window)
    now[0] += 9 * 60
    idle.look()
    assert not seated.lock.covers, "a touch counts anew"
    now[0] += 61
    idle.look()
    assert seated.lock.covers


def test_the_first_touch_after_a_sleep_locks_and_goes_no_further(seated):
    idle, now = seated.lock.idle, [1_000.0]
    idle.now_s = lambda: now[0]
    idle.watch(10)
    now[0] += 8 * 3600
    move(seated.window)
    assert seated.lock.covers


def test_nought_minutes_never_lock_and_the_setting_holds_at_once(seated):
    from dataclasses import replace

    service, desk = seated.desk.services.settings_service, seated.desk
    now = [1_000.0]
    seated.lock.idle.now_s = lambda: now[0]
    service.update(desk.acting, replace(service.current(), idle_lock_minutes=0))
    desk.settings_changed.emit()
    now[0] += 100_000
    seated.lock.idle.look()
    assert not seated.lock.covers
    service.update(desk.acting, replace(service.current(), idle_lock_minutes=1))
    desk.settings_changed.emit()
    now[0] += 61
    seated.lock.idle.look()
    assert seated.lock.covers


def test_a_demonstration_without_a_password_is_never_locked(make_shell):
    shell = make_shell()
    shell.space.extras.lock.lock()
    shell.space.extras.lock.idle.idle.emit()
    assert not shell.space.extras.lock.covers


def test_an_unsaved_pass_is_kept_over_the_lock_and_another_cannot_take_the_desk(seated, qtbot):
    from injectmap.domain.errors import StorageProblem

    desk, database = seated.desk, seated.shell.opener.database
    editor = desk.editor
    editor.select([editor.map.passes[0].id])
    database.failing = StorageProblem("disk_full")
    editor.remove_selected()
    assert editor.failed is not None
    database.failing = None
    seated.lock.lock()
    seated.type_in(seated.berg)
    assert seated.lock.covers
    assert seated.page.problem.startswith("A pass on the chart is not stored yet.")
    seated.type_in(seated.lind)
    assert not seated.lock.covers
    assert desk.editor is editor
    assert editor.failed is not None
    desk.retry()
    assert editor.failed is None


def test_the_journal_names_each_coming_back(seated):
    seated.lock.lock()
    seated.type_in(seated.lind)
    assert [row.practitioner_id for row in seated.rows(JournalKind.ENTER)] == [seated.lind.id] * 2


def test_a_volume_half_typed_on_the_head_is_there_again(drawing):
    seated = drawing
    editor, chart = seated.desk.editor, seated.space.chart
    editor.select([editor.map.passes[0].id])
    before = editor.map.passes[0].microlitres
    chart.view.setFocus()
    QTest.keyClick(chart.view, Qt.Key.Key_F2)
    QApplication.processEvents()
    field = seated.window.focusWidget()
    assert field is not chart.view
    QTest.keyClicks(field, "0.2")
    typed = field.text()
    seated.lock.lock()
    assert seated.desk.editor.map.passes[0].microlitres == before, "nothing half typed is stored"
    seated.type_in(seated.lind)
    QApplication.processEvents()
    assert seated.window.focusWidget() is field
    assert field.isVisible()
    assert field.text() == typed


def test_a_new_patient_half_typed_is_there_again(seated):
    seated.space.actions["new_patient"].trigger()
    column = seated.space.side.column
    column.form.family.setText("Half ty")
    seated.lock.lock()
    seated.type_in(seated.lind)
    assert column.busy
    assert column.form.family.text() == "Half ty"
    assert column.form.isVisible()


def test_the_tool_in_hand_and_the_view_stay(drawing):
    seated = drawing
    editor, chart = seated.desk.editor, seated.space.chart
    chart.view.setFocus()
    QTest.keyClick(chart.view, Qt.Key.Key_M)
    QTest.keyClick(chart.view, Qt.Key.Key_1)
    tool, view = editor.tool, chart.view.view_id
    assert view == "right_lateral"
    seated.lock.lock()
    seated.type_in(seated.lind)
    assert editor.tool is tool
    assert chart.view.view_id == view
    assert seated.window.focusWidget() is chart.view


def held(seated):
    """Press on the head where a pass may begin, and draw half of it; returns the window's handle and the place."""
    chart, window = seated.space.chart, seated.window
    editor = seated.desk.editor
    chart.view.setFocus()
    QTest.keyClick(chart.view, Qt.Key.Key_P)
    assert editor.tool_id == "cannula_pass"
    QApplication.processEvents()
    handle = window.windowHandle()
    at = chart.view.mapTo(window, chart.view.rect().center())
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    for step in (8, 16, 24):
        QTest.mouseMove(handle, at + QPoint(step, step))
        QTest.qWait(20)
    return handle, at + QPoint(24, 24)


def test_a_pass_in_hand_ends_with_the_lock_and_the_hand_lets_go_of_nothing(drawing):
    seated, chart = drawing, drawing.space.chart
    editor, page = seated.desk.editor, seated.page
    handle, at = held(seated)
    assert editor.tool.active
    stored = len(editor.map.passes)
    seated.space.actions["lock"].trigger()
    assert not editor.tool.active
    assert not chart.view.input.drawing
    QTest.mouseMove(handle, at + QPoint(6, 6))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    QTest.qWait(30)
    assert seated.window.focusWidget() is page.password
    typed = "silver birch rain"
    for letter in typed:
        QTest.keyClick(handle, letter)
    assert page.password.text() == typed
    page.password.clear()
    for letter in GOOD:
        QTest.keyClick(handle, letter)
    QTest.keyClick(handle, Qt.Key.Key_Return)
    QApplication.processEvents()
    assert not seated.lock.covers
    assert len(editor.map.passes) == stored
    assert "silver" not in chart.inline.field.text()
    assert not chart.inline.field.isModified()
    assert seated.window.focusWidget() is chart.view


def test_nothing_under_the_lock_can_take_the_keyboard(drawing):
    seated, chart = drawing, drawing.space.chart
    editor = seated.desk.editor
    editor.select([editor.map.passes[0].id])
    seated.lock.lock()
    for one in (chart.inline.field, chart.view, seated.space.side.column.search, seated.space.session.table):
        one.setFocus(Qt.FocusReason.OtherFocusReason)
        assert seated.window.focusWidget() is seated.page.password
    seated.type_in(seated.lind)
    assert chart.view.isEnabled()


@pytest.mark.parametrize("over", ["palette", "present", "session_details"])
def test_what_stood_open_neither_keeps_nor_takes_what_is_typed_under_the_lock(drawing, over):
    seated = drawing
    seated.space.actions[over].trigger()
    QApplication.processEvents()
    begun = QApplication.focusWidget()
    if over == "session_details":
        assert begun is not None
        QTest.mousePress(begun, Qt.MouseButton.LeftButton)
    seated.lock.lock()
    if over == "session_details":
        QTest.mouseRelease(begun, Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    seated.window.activateWindow()
    QTest.qWaitForWindowActive(seated.window)
    assert seated.window.focusWidget() is seated.page.password
    for letter in "silver":
        QTest.keyClick(seated.window.windowHandle(), letter)
    assert seated.page.password.text() == "silver"
    fields = [one for one in seated.window.findChildren(QLineEdit) if one is not seated.page.password]
    assert not any("silver" in one.text() for one in fields)
    seated.page.password.clear()
    seated.type_in(seated.lind)
    assert not seated.lock.covers
    assert not any("silver" in one.text() for one in fields)
