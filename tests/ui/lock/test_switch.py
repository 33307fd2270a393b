"""Another person sits down: what was typed is stored first, the session opened anew, what is not theirs put away."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.ui.lock.conftest import House


def draw(house: House) -> None:
    editor = house.desk.editor
    editor.select([editor.map.passes[0].id])
    editor.remove_selected()
    assert editor.undo_history.done


def test_the_session_is_opened_anew_and_undo_is_the_new_persons_own(seated):
    draw(seated)
    before = seated.desk.editor
    session, passes = before.session.id, len(before.map.passes)
    earlier = next(one for one in seated.desk.sessions if one.id != session)
    seated.desk.open_session(earlier.id)
    seated.space.actions["switch_person"].trigger()
    assert seated.lock.covers
    assert seated.page.title.full_text() == "Switch practitioner"
    seated.type_in(seated.berg)
    desk = seated.desk
    assert desk.acting.practitioner_id == seated.berg.id
    assert desk.patient.id == seated.shell.elin.id
    assert desk.editor.session.id == earlier.id, "the same session, not the latest"
    desk.open_session(session)
    assert desk.editor is not before
    assert len(desk.editor.map.passes) == passes
    assert not desk.editor.undo_history.done
    assert seated.space.top.practitioner.full_text() == "Dr Ines Berg"


def test_the_front_desk_sees_the_patient_and_not_the_chart(seated):
    seated.space.pages.show("record")
    seated.lock.switch()
    seated.type_in(seated.front)
    desk, space = seated.desk, seated.space
    assert desk.patient.id == seated.shell.elin.id
    assert desk.editor is None
    assert desk.sessions == ()
    assert space.pages.current == "chart"
    for action in ("record", "new_session", "patient_page", "save_summary"):
        assert not space.actions[action].isEnabled()
    assert not space.pages.show("patient")
    assert not space.pages.show("record")
    assert not space.top._tabs["patient"].isEnabled()
    assert space.top._tabs["patient"].toolTip() == "Your role does not permit this."
    assert space.side.column.header.isVisible()
    assert not space.chart.isVisible()
    assert not space.session.isVisible()
    assert space.pages.quiet.isVisible()
    assert space.banner.isHidden() or "permit" not in space.banner.text
    assert seated.shell.space.top._who.text() == "Signed in"


def test_the_front_desk_opens_a_patient_sees_reviews_and_registers(seated, qtbot):
    seated.lock.switch()
    seated.type_in(seated.front)
    desk, space = seated.desk, seated.space
    desk.close_patient()
    desk.open_patient(seated.shell.elin)
    assert desk.patient.id == seated.shell.elin.id
    assert space.pages.show("aftercare")
    page = space.pages["aftercare"]
    assert page.reviews.isVisible()
    assert not page.events.isVisible()
    assert not page.scores.isVisible()
    assert space.pages.show("due")
    assert space.pages.show("stock")
    assert space.pages.show("settings")
    space.pages.show_chart()
    space.actions["new_patient"].trigger()
    assert space.side.column.busy
    assert space.banner.isHidden(), space.banner.text


def test_who_sees_records_has_the_chart_again(drawing):
    seated, space = drawing, drawing.space
    assert space.chart.isVisible()
    seated.lock.switch()
    seated.type_in(seated.front)
    assert space.pages.quiet.isVisible()
    assert not space.chart.isVisible()
    seated.lock.lock()
    seated.type_in(seated.front)
    assert space.pages.quiet.isVisible()
    seated.lock.switch()
    seated.type_in(seated.lind)
    assert space.chart.isVisible()
    assert not space.pages.quiet.isVisible()


def test_a_tab_that_cannot_be_opened_looks_so_in_both_themes(seated):
    tabs = seated.space.top._tabs
    seated.lock.switch()
    seated.type_in(seated.front)
    assert tabs["patient"].cursor().shape() is Qt.CursorShape.ArrowCursor
    assert tabs["stock"].cursor().shape() is Qt.CursorShape.PointingHandCursor
    theme = seated.window.theme
    for dark in (False, True):
        theme.set_dark(dark)

        def ink(tab, ground):
            picture = tab.grab().toImage()
            places = [(x, y) for x in range(picture.width()) for y in range(picture.height())]
            return max(abs(picture.pixelColor(x, y).lightness() - ground) for x, y in places)

        ground = theme.colour("panel").lightness()
        assert ink(tabs["patient"], ground) < 0.8 * ink(tabs["stock"], ground)


def test_the_trainer_reads_and_draws_nothing(seated):
    from injectmap.domain.accounts import Account
    from injectmap.domain.acting import Role

    accounts = seated.shell.opener.database.state.accounts
    accounts[seated.berg.id] = Account(
        seated.berg.id, frozenset({Role.TRAINER}), True, accounts[seated.berg.id].password_hash
    )
    seated.lock.switch()
    seated.type_in(seated.berg)
    desk = seated.desk
    assert desk.editor is not None
    assert desk.editor.read_only
    assert not seated.space.actions["new_session"].isEnabled()
    assert seated.space.pages.show("record")
    assert seated.space.pages.show("patient")
    assert seated.space.banner.isHidden() or "permit" not in seated.space.banner.text


def test_whoever_comes_back_finds_the_own_undo_again(seated):
    draw(seated)
    seated.lock.switch()
    seated.type_in(seated.berg)
    seated.lock.switch()
    seated.type_in(seated.lind)
    assert len(seated.desk.editor.undo_history.done) == 1


def test_the_own_pass_can_be_undone_after_the_other_only_looked(seated):
    draw(seated)
    passes = len(seated.desk.editor.map.passes)
    seated.lock.switch()
    seated.type_in(seated.berg)
    seated.lock.switch()
    seated.type_in(seated.lind)
    seated.desk.editor.undo()
    assert len(seated.desk.editor.map.passes) == passes + 1


def test_nobody_is_chosen_and_the_list_has_the_keyboard(seated):
    page = seated.page
    seated.lock.switch()
    assert page.chosen is None
    assert not page.password.isEnabled()
    assert not page.enter.isEnabled()
    names = [row.person.name for row in page._rows]
    assert names == sorted(names)
    assert seated.window.focusWidget() is page._rows[0]
    QTest.keyClick(page._rows[0], Qt.Key.Key_Down)
    assert seated.window.focusWidget() is page._rows[1]
    assert page.chosen is None
    QTest.keyClick(page._rows[1], Qt.Key.Key_Return)
    assert page.chosen is page._rows[1].person
    assert seated.window.focusWidget() is page.password
    seated.type_in(seated.berg)
    assert seated.desk.acting.practitioner_id == seated.berg.id


def test_cancel_leads_back_through_the_own_lock(seated):
    page, editor = seated.page, seated.desk.editor
    seated.lock.switch()
    assert page.leave.isVisible()
    QTest.keyClick(page._rows[0], Qt.Key.Key_Escape)
    assert seated.lock.covers, "somebody else may stand there by then"
    assert seated.desk.nobody
    assert page.title.full_text() == "Locked"
    assert page.chosen.practitioner_id == seated.lind.id
    assert not page.leave.isVisible()
    assert seated.window.focusWidget() is page.password
    seated.type_in(seated.lind)
    assert not seated.lock.covers
    assert seated.desk.editor is editor


def test_the_names_stand_in_one_order_and_what_is_typed_can_be_seen(seated):
    page = seated.page
    orders = []
    for cover in (seated.lock.lock, seated.lock.switch):
        cover()
        orders.append([row.person.name for row in page._rows])
        seated.type_in(seated.lind)
    assert orders[0] == orders[1] == sorted(orders[0])
    seated.lock.lock()
    QTest.keyClicks(page.password, "corr")
    assert "corr" not in page.password.displayText()
    QTest.mouseClick(page.show_typed, Qt.MouseButton.LeftButton)
    assert page.password.displayText() == "corr"
    page.password.clear()
    seated.type_in(seated.lind)
    seated.lock.lock()
    assert not page.show_typed.isChecked(), "hidden again for who comes next"
