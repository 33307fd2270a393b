"""Signing in after opening: nothing of the clinic before, the wait said with its seconds, the roles taken."""

from __future__ import annotations

import json

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from injectmap.domain.journal import JournalKind
from injectmap.domain.patient import Practitioner


def test_nothing_of_the_clinic_is_shown_before_somebody_signed_in(house):
    assert house.lock.covers
    assert not house.desk.has_clinic
    assert not house.window.paper.isVisible()
    assert house.window.windowTitle() == "injectmap"
    assert [row.person.name for row in house.page._rows] == [
        "Dr Ines Berg",
        "Dr R. Okonjo-Lind",
        "P. Novak",
    ], "who has no password is not asked for one"
    assert house.page.password.hasFocus()
    assert house.page.clinic.full_text() == "Test clinic"


def test_who_signs_in_acts_from_then_on_and_stands_in_the_top_bar(house):
    house.type_in(house.berg)
    assert not house.lock.covers
    assert house.window.paper.isVisible()
    assert house.desk.acting.practitioner_id == house.berg.id
    assert house.space.top.practitioner.full_text() == "Dr Ines Berg"
    (row,) = house.rows(JournalKind.ENTER)
    assert row.practitioner_id == house.berg.id


def test_a_wrong_password_is_refused_in_words_and_the_field_emptied(house):
    house.type_in(house.berg, "wrong horse")
    assert house.lock.covers
    assert house.page.problem == "The name and the password do not go together."
    assert house.page.password.text() == ""
    assert house.page.password.hasFocus()
    QTest.keyClicks(house.page.password, "c")
    assert house.page.problem == ""
    assert "wrong horse" not in json.dumps([row.payload for row in house.rows(JournalKind.REFUSE)])


def test_after_failures_the_seconds_count_down_and_nothing_can_be_typed(house, qtbot):
    for _ in range(3):
        house.type_in(house.berg, "wrong horse")
    assert house.page.problem.endswith("Next attempt in 5 s.")
    assert not house.page.password.isEnabled()
    assert not house.page.enter.isEnabled()
    house.shell.opener.clock.ms += 2_000
    house.page._count()
    assert house.page.problem.endswith("Next attempt in 3 s.")
    QTest.keyClick(house.page, Qt.Key.Key_Down)
    house.shell.opener.clock.ms += 3_000
    qtbot.waitUntil(house.page.password.isEnabled)
    assert house.page.password.hasFocus()
    house.type_in(house.berg)
    assert house.desk.acting.practitioner_id == house.berg.id


def test_a_long_wait_is_said_in_minutes_and_is_that_persons_alone(house):
    for _ in range(9):
        house.shell.opener.clock.ms += 900_000
        house.type_in(house.berg, "wrong horse")
    assert house.page.problem.endswith("Next attempt in 5 min 20 s.")
    QTest.mouseClick(house.page._rows[2], Qt.MouseButton.LeftButton)
    assert house.page.problem == ""
    assert house.page.password.isEnabled()


def test_the_arrows_choose_who_comes_in_and_an_empty_password_is_not_tried(house):
    QTest.keyClick(house.page.password, Qt.Key.Key_Down)
    assert house.page.chosen.name == "Dr R. Okonjo-Lind"
    QTest.keyClick(house.page.password, Qt.Key.Key_Return)
    assert house.page.problem == "Type the password."
    QTest.keyClick(house.page.password, Qt.Key.Key_Up)
    QTest.keyClick(house.page.password, Qt.Key.Key_Up)
    assert house.page.chosen.name == "Dr Ines Berg"
    assert not house.rows(JournalKind.REFUSE)


def test_nobody_comes_in_and_the_clinic_is_released(house):
    house.page.leave.click()
    assert not house.lock.covers
    assert house.shell.opener.database.closed
    assert house.space.extras.start.isVisible()


def test_the_window_can_be_closed_from_the_page(house):
    assert house.window.close()
    assert house.shell.opener.database.closed


def test_a_demonstration_without_accounts_asks_nobody(make_shell):
    shell = make_shell()
    assert not shell.space.extras.lock.covers
    assert isinstance(shell.desk.services.practitioner, Practitioner)
    actions = shell.space.actions
    assert not actions["lock"].isEnabled()
    actions["switch_person"].trigger()
    assert not shell.space.extras.lock.covers
    assert shell.space.banner.text.startswith("Nobody has a password in this clinic yet")


def test_no_shortcut_works_on_the_page(house):
    actions = house.space.actions
    from injectmap.ui.actions import ACTIONS

    assert not any(actions[spec.id].isEnabled() for spec in ACTIONS)
    QTest.keyClick(house.window, Qt.Key.Key_F1)
    QTest.keyClick(house.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert "keys" not in house.space.extras.__dict__
    assert "palette" not in house.space.extras.__dict__
