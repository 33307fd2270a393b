"""The foot of the patient column, and a new session that starts from the last one."""

from __future__ import annotations

import datetime as dt

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu

from injectmap.domain.treatment_map import PassStatus
from injectmap.ui.plan.tick_box import TickBox
from injectmap.ui.widgets.dates import show_date

CTRL = Qt.KeyboardModifier.ControlModifier


def foot(room):
    room.space.side.column.compare.show_now()
    return room.space.side.column.compare


def pick(room, text):
    chosen = next(one for one in foot(room).choice.menu.actions() if one.text().startswith(text))
    chosen.trigger()


def test_the_session_before_is_compared_with_by_default(room):
    assert foot(room).choice.text() == "6 May 2025"
    assert foot(room).choice.accessibleName() == "Compare with: 6 May 2025"
    lines = [one.text() for one in foot(room).choice.menu.actions() if one.text()]
    assert lines == ["6 May 2025, 0.60 mL", "18 Mar 2024, 0.30 mL", "None"]
    assert [one.text() for one in foot(room).choice.menu.actions() if one.isChecked()] == lines[:1]


def test_another_one_is_shown_under_the_map_with_its_difference(room):
    pick(room, "18 Mar 2024")
    assert foot(room).choice.text() == "18 Mar 2024"
    assert len(room.space.chart.view.ghost.passes) == 2
    assert room.space.session.difference.isVisible()
    assert "18 Mar 2024" in room.space.session.difference.title.full_text()


def test_none_takes_it_from_under_the_map(room):
    pick(room, "6 May 2025")
    assert room.space.chart.view.ghost is not None
    pick(room, "None")
    assert foot(room).choice.text() == "None"
    assert room.space.chart.view.ghost is None
    assert not room.space.session.difference.isVisible()
    # Another session on the desk begins with its own last one.
    room.desk.open_session(next(s.id for s in room.desk.sessions if s.date == dt.date(2025, 5, 6)))
    assert foot(room).choice.text() == "18 Mar 2024"


def test_the_key_opens_the_list_on_what_is_chosen(room, qtbot, monkeypatch):
    # A real list would take the keyboard of the screen, which there is none of in a test.
    opened = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, at: opened.append(menu))
    room.space.chart.view.setFocus()
    room.key(Qt.Key.Key_H, CTRL)
    menu = room.space.side.column.compare.choice.menu
    assert opened == [menu]
    assert room.space.side.column.compare.choice.hasFocus()
    assert menu.activeAction().text().startswith("6 May 2025")
    room.key(Qt.Key.Key_Down)
    assert opened == [menu, menu]


def test_a_first_session_has_nothing_to_compare_with(make_shell):
    shell = make_shell(patient=False)
    niamh = next(one for one in shell.opener.database.state.patients.values() if one.id != shell.elin.id)
    shell.opener.put_session(niamh)
    shell.desk.open_patient(niamh)
    compare = shell.space.side.column.compare
    compare.show_now()
    assert compare.isHidden()
    shell.space.actions["compare_with"].trigger()
    assert shell.space.banner.text == "This patient has no other treatment session with passes."


def test_the_next_review_is_the_earliest_that_is_planned(room):
    assert not foot(room).review.isVisible()
    service, acting = room.desk.services.aftercare, room.desk.acting
    for day in (dt.date(2027, 2, 1), dt.date(2026, 12, 21)):
        service.plan(acting, room.shell.elin.id, day)
    assert foot(room).review.full_text() == "21 Dec 2026"
    assert foot(room).review.isVisible()


def start(room, *, from_last):
    room.space.actions["new_session"].trigger()
    form = room.space.session.form
    assert form.from_last.isVisible()
    assert not form.from_last.isChecked()
    assert form.from_last.text() == "Start from 22 Nov 2026: 8 passes, to confirm"
    if from_last:
        form.from_last.setFocus()
        room.key(Qt.Key.Key_Space)
    room.key(Qt.Key.Key_Return, CTRL)
    assert not room.space.session.form_open


def test_a_session_starts_from_the_last_one_if_that_is_ticked(room):
    before = room.editor.map
    start(room, from_last=True)
    passes = room.editor.map.passes
    assert room.editor.map is not before
    assert [one.status for one in passes] == [PassStatus.UNCONFIRMED] * 8
    assert [one.microlitres for one in passes] == [one.microlitres for one in before.passes]
    assert [one.reference for one in passes] == [f"pass:{one.id}" for one in before.passes]
    # Nothing of it counts before it is confirmed.
    assert room.panel.copies.said.full_text() == "8 copied, to confirm"


def test_a_session_starts_empty_unless_it_is_ticked(room):
    start(room, from_last=False)
    assert not room.editor.map.passes


def test_there_is_no_tick_for_a_first_session(make_shell):
    shell = make_shell(patient=False)
    niamh = next(one for one in shell.opener.database.state.patients.values() if one.id != shell.elin.id)
    shell.desk.open_patient(niamh)
    shell.space.actions["new_session"].trigger()
    assert not shell.space.session.form.from_last.isVisible()


def test_a_tick_box_paints_its_tick(qtbot, theme):
    box = TickBox(theme, "Start from the last one")
    qtbot.addWidget(box)
    box.resize(240, 26)
    box.show()
    empty = box.grab().toImage()
    qtbot.mouseClick(box, Qt.MouseButton.LeftButton)
    assert box.isChecked()
    assert box.grab().toImage() != empty


def test_sessions_of_one_day_are_told_apart_and_a_later_one_is_never_the_last(room):
    from injectmap.domain.session import record_number

    day = room.editor.session.date
    for _ in range(2):
        room.shell.opener.put_session(room.shell.elin, date=day, count=1)
    own = room.editor.session.id
    room.desk.open_patient(room.shell.elin)
    later = [one for one in room.desk.sessions if one.date == day and one.id != own]
    room.desk.open_session(own)
    names = [f"{show_date(day)}, {record_number(one.date, one.number)}" for one in later]
    lines = [one.text() for one in foot(room).choice.menu.actions() if one.text()]
    assert len(names) == 2
    assert [one.rpartition(",")[0] for one in lines[:2]] == names
    assert foot(room).choice.text() == "6 May 2025"
    room.desk.open_session(later[0].id)
    assert foot(room).choice.text() == names[1]
