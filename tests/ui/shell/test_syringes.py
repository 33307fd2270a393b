"""The syringes of the open session: all that is recorded of them can be typed, and the rest discarded at once."""

from __future__ import annotations

import datetime as dt

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from injectmap.domain.errors import Conflict


@pytest.fixture
def panel(shell):
    return shell.space.session.syringes


@pytest.fixture
def form(panel):
    panel.edit.click()
    return panel.form


def used(shell):
    return next(one for one in shell.editor.balances if one.syringe.id == shell.editor.syringe_id)


def test_the_rest_is_discarded_with_one_key(shell, panel) -> None:
    assert [one.left_ul for one in shell.editor.balances] == [650, 650]
    QTest.keyClick(
        shell.window.windowHandle(),
        Qt.Key.Key_R,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert [one.left_ul for one in shell.editor.balances] == [0, 0]
    assert "0.65 discarded" in panel.rows[0].accessibleName()
    assert panel.discard.isHidden()


def test_discarding_is_offered_while_there_is_a_rest(shell, panel) -> None:
    assert panel.discard.isVisible()
    panel.discard.click()
    assert panel.discard.isHidden()
    panel.discard_rest()
    assert "Nothing is left" in shell.space.banner.text


def test_every_field_of_a_syringe_is_stored(shell, form) -> None:
    before = used(shell).syringe
    number = before.number - 1
    form.lot.setText("Z9")
    form.serial.setText("S1")
    form.expiry.setText("06/2029")
    form.opened.setText("1.00")
    form.discarded.setText("0,4")
    form.submit()
    after = shell.editor.syringes[number]
    assert (after.id, after.lot, after.serial, after.expiry) == (before.id, "Z9", "S1", dt.date(2029, 6, 30))
    assert (after.opened_ul, after.discarded_ul, shell.editor.balances[number].left_ul) == (1000, 400, 0)


def test_the_product_can_be_corrected_in_a_draft(shell, form) -> None:
    form.product.setCurrentIndex(1)
    form.submit()
    assert (used(shell).syringe.product.name, used(shell).syringe.opened_ul) == ("Other filler", 1000)


def test_an_expired_syringe_asks_for_a_reason(shell, form) -> None:
    assert form.expired_reason.isHidden() or not form.expired_reason.isVisible()
    form.expiry.setText("31 Aug 2026")
    assert form.expired_reason.isVisible()
    form.expired_reason.setText("Checked with the maker")
    form.submit()
    assert used(shell).syringe.expired_reason == "Checked with the maker"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("discarded", "0.66", "Only 0.65 mL are left"),
        ("discarded", "many", "not a number"),
        ("discarded", "-1", "above zero"),
        ("opened", "1.3", "1.25 mL"),
        ("opened", "0.5", "0.60 mL are injected"),
        ("lot", "x" * 10_000, "40"),
        ("serial", "😀" * 41, "40"),
        ("expiry", "31 Feb 2027", "date"),
        ("expiry", "1 Jan 1990", "year"),
    ],
)
def test_what_cannot_be_is_refused_under_its_field_and_stays(shell, form, field, typed, said) -> None:
    before = used(shell).syringe
    getattr(form, field).setText(typed)
    form.submit()
    row = getattr(form, f"_{field}_row")
    assert row.problem, f"nothing said about {field}"
    assert said.casefold() in row.problem.casefold() or field in ("discarded", "expiry")
    assert getattr(form, field).text() == typed
    assert used(shell).syringe == before


def test_a_syringe_added_in_error_holds_nothing(shell, panel) -> None:
    panel.start_new()
    panel.form.submit()
    shell.editor.set_syringe(shell.editor.syringes[2].id)
    panel.edit.click()
    panel.form.unopened.click()
    assert shell.editor.balances[2].left_ul == 0
    assert "not opened" in panel.rows[2].accessibleName()
    panel.rows[2].edit_wanted.emit()
    panel.form.unopened.click()
    assert shell.editor.balances[2].left_ul == 1250


def test_a_syringe_that_was_injected_from_was_opened(shell, form) -> None:
    assert form.unopened.isHidden()


@pytest.mark.parametrize("how", ["key", "mouse"])
def test_a_line_is_edited_in_place(shell, panel, how) -> None:
    row = panel.rows[1]
    if how == "key":
        row.setFocus()
        QTest.keyClick(row, Qt.Key.Key_F2)
    else:
        QTest.mouseDClick(row, Qt.MouseButton.LeftButton)
    assert panel.form.discarded.hasFocus()
    panel.form.discarded.setText("0.65")
    QTest.keyClick(panel.form.discarded, Qt.Key.Key_Return)
    assert shell.editor.balances[1].left_ul == 0


def test_after_a_conflict_the_newer_state_is_shown(shell, form) -> None:
    shell.opener.database.failing = Conflict("session_has_changed")
    form.lot.setText("Z9")
    form.submit()
    shell.opener.database.failing = None
    assert "changed" in shell.space.banner.text.casefold()
    assert used(shell).syringe.lot == "H26C118"


def test_the_form_of_a_new_syringe_takes_over_the_lot_but_no_unit(shell, panel) -> None:
    panel.start_new()
    form = panel.form
    assert (form.lot.text(), form.serial.text(), form.opened.text()) == ("H26C118", "", "1.25")
    form.submit()
    assert shell.editor.syringes[2].lot == "H26C118"
