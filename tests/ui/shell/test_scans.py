"""Boxes are scanned into whatever is open: one operation a box, nothing typed into any field."""

import datetime as dt
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from injectmap.domain.record import RecordState
from tests.fakes import TODAY

BOX = "0105060917510011172809301028S93R"
NUMBERED = "0105060917510011172711301026C118|21A0001"
EXPIRED = "010506091751001117260831" + "10H24X"
OTHER = "0110012345678902172809301" + "0Z1"


def scan(shell, code: str, end: Qt.Key = Qt.Key.Key_Return) -> None:
    handle = shell.window.windowHandle()
    # Keys are pressed as fast as a loaded machine lets them through; a scanner's are stamped when they are sent.
    shell.space.scans.wedge.gap_ms = 5000
    for one in code:
        QTest.keyClick(handle, one)
    QTest.keyClick(handle, end)


def press(shell, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(shell.window.windowHandle(), key, modifier)


def know(shell, code: str = BOX) -> None:
    """The clinic has had a box with this code before."""
    services = shell.desk.services
    found = services.scans.read(services.acting, code)
    services.stock.receive(
        services.acting, product=shell.desk.products()[0], units=1, lot="OLD", expiry=None, udi=found.code.raw
    )


@pytest.fixture
def form(shell):
    shell.space.actions["new_session"].trigger()
    return shell.space.session.form


def texts(form) -> list[str]:
    return [row.text.full_text() for row in form.scans.rows]


def test_a_session_of_two_scanned_boxes_takes_four_operations(shell) -> None:
    know(shell)
    press(shell, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    scan(shell, BOX)
    scan(shell, BOX)
    press(shell, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    one, other = shell.editor.syringes
    assert (one.lot, one.expiry, one.udi) == ("28S93R", dt.date(2028, 9, 30), BOX)
    assert (one.product.name, one.number, other.number) == ("HArmonyCa", 1, 2)


def test_what_a_box_says_is_shown_before_it_is_stored(shell, form) -> None:
    know(shell, NUMBERED)
    scan(shell, NUMBERED)
    assert texts(form) == ["HArmonyCa · lot 26C118 · exp 30 Nov 2027 · serial A0001"]
    assert form.lot.isHidden() or not form.lot.isVisible()
    assert len(shell.desk.sessions) == 2


@pytest.mark.parametrize("field", ["lot", "date", "expiry", "product"])
def test_a_scan_reaches_no_field_wherever_the_keyboard_is(shell, form, field) -> None:
    know(shell)
    widget = getattr(form, field)
    before = widget.currentIndex() if field == "product" else widget.text()
    widget.setFocus()
    scan(shell, BOX)
    assert len(form.scans.scans) == 1
    assert (widget.currentIndex() if field == "product" else widget.text()) == before


def test_an_unknown_code_asks_for_its_product_and_a_known_one_does_not(shell, form) -> None:
    scan(shell, BOX)
    assert form.product.isVisible()
    assert texts(form) == ["new code, product not known yet · lot 28S93R · exp 30 Sep 2028"]
    assert (form.product.currentData(), form.product.hasFocus()) == (None, True)
    form.submit()
    assert form.problems() == ["Choose which product this code is of."]
    assert shell.space.session.form_open
    form.product.setCurrentIndex(1)
    assert form.problems() == []
    assert texts(form)[0].endswith("exp 30 Sep 2028 (chosen: Other filler)")
    scan(shell, OTHER)
    assert "not known yet" in form.scans.field.problem
    assert len(form.scans.scans) == 1
    know(shell, OTHER)
    scan(shell, OTHER)
    assert [one.product.name for one in form.scans.new_syringes(form.product.currentData())] == [
        "Other filler",
        "HArmonyCa",
    ]


def test_an_expired_box_is_marked_in_words_and_can_be_recorded(shell, form) -> None:
    scan(shell, EXPIRED)
    assert "expired 31 Aug 2026: a reason is needed before signing" in texts(form)[0]
    form.date.setText("1 Aug 2026")
    assert "expired" not in texts(form)[0]
    form.date.setText("22 Nov 2026")
    form.product.setCurrentIndex(0)
    form.submit()
    assert shell.editor.syringes[0].expired_on(TODAY)


def test_an_answered_code_is_known_everywhere_before_anything_is_signed(shell, form) -> None:
    scan(shell, BOX)
    form.product.setCurrentIndex(1)
    form.submit()
    shell.space.actions["new_session"].trigger()
    scan(shell, BOX)
    assert texts(form) == ["Other filler · lot 28S93R · exp 30 Sep 2028"]
    assert not form.product.isVisible()
    form.submit()
    assert [one.product.name for one in shell.editor.syringes] == ["Other filler"]
    shell.space.session.syringes.start_new()
    scan(shell, BOX)
    assert shell.space.session.syringes.form.product.currentData().name == "Other filler"
    services = shell.desk.services
    assert services.scans.read(services.acting, BOX).product.name == "Other filler"


def test_a_damaged_box_is_typed_beside_those_that_were_scanned(shell, form) -> None:
    know(shell)
    scan(shell, BOX)
    assert not form.lot.isVisible()
    scan(shell, "0105060917510012")
    assert form.lot.isVisible()
    assert form.expiry.isVisible()
    assert form.count.value() == 1
    form.submit()
    assert [one.lot for one in shell.editor.syringes] == ["28S93R"]
    shell.space.actions["new_session"].trigger()
    assert form.count.value() == 2
    scan(shell, BOX)
    scan(shell, "0105060917510012")
    form.lot.setText("H26")
    form.submit()
    assert [one.lot for one in shell.editor.syringes] == ["28S93R", "H26"]


def test_one_lot_with_two_expiry_dates_is_told_in_words(shell, form) -> None:
    scan(shell, "010506091751001117280930" + "10H26X002")
    assert form.scans.differs == ""
    scan(shell, "010506091751001117281031" + "10h26x002")
    assert form.scans.differs == (
        "Lot H26X002 stands here with different expiry dates: 30 Sep 2028, 31 Oct 2028. Compare the boxes."
    )
    form.scans.rows[0].remove.click()
    assert form.scans.differs == ""


def test_fast_text_that_is_no_code_is_typed_in_its_field(shell, monkeypatch) -> None:
    field = shell.space.session.syringes.form.lot
    router = shell.space.scans
    monkeypatch.setattr("injectmap.ui.session.scan_router.QApplication.focusWidget", lambda: field)
    assert router._is_typing("]Z9 no code")
    assert not router._is_typing("0105060917510012")
    assert not router._is_typing(BOX)
    monkeypatch.setattr("injectmap.ui.session.scan_router.QApplication.focusWidget", lambda: shell.window)
    assert not router._is_typing("]Z9 no code")


def test_a_lot_typed_before_a_scan_is_not_dropped(shell, form) -> None:
    know(shell)
    form.lot.setText("H26")
    form.count.set_value(1)
    scan(shell, BOX)
    assert form.lot.isVisible()
    form.submit()
    assert sorted(one.lot for one in shell.editor.syringes) == ["28S93R", "H26"]


def test_the_same_numbered_unit_is_one_syringe(shell, form) -> None:
    scan(shell, NUMBERED)
    scan(shell, NUMBERED)
    assert len(form.scans.scans) == 1
    assert "A0001" in form.scans.field.problem


def test_a_box_can_be_left_out_again(shell, form) -> None:
    scan(shell, BOX)
    scan(shell, NUMBERED)
    form.scans.rows[0].remove.click()
    assert [one.code.serial for one in form.scans.scans] == ["A0001"]
    form.scans.rows[0].remove.click()
    assert form.lot.isVisible()


def test_a_damaged_code_says_what_is_wrong_and_adds_nothing(shell, form) -> None:
    scan(shell, "0105060917510012")
    assert "check digit" in form.scans.field.problem
    assert form.scans.scans == []
    scan(shell, BOX)
    assert form.scans.field.problem == ""


def test_a_typed_code_that_was_not_read_yet_is_read_on_starting(shell, form) -> None:
    know(shell)
    form.scans.field.edit.setText("(01)05060917510011(17)280930(10)ABC")
    form.submit()
    assert [one.lot for one in shell.editor.syringes] == ["ABC"]


def test_a_typed_code_that_is_wrong_keeps_the_form(shell, form) -> None:
    form.scans.field.edit.setText("ABC")
    form.submit()
    assert shell.space.session.form_open
    assert form.scans.field.problem


def test_a_scan_on_the_open_session_opens_a_syringe_at_once(shell) -> None:
    know(shell)
    scan(shell, BOX)
    assert len(shell.editor.syringes) == 3
    assert shell.editor.syringes[2].lot == "28S93R"
    assert "Syringe 3 opened from the scan: HArmonyCa · lot 28S93R" in shell.space.banner.text
    assert shell.editor.map.passes[0].microlitres == 150


def test_an_unknown_code_on_the_open_session_asks_for_its_product_once(shell) -> None:
    scan(shell, BOX)
    form = shell.space.session.syringes.form
    assert (form.lot.text(), form.expiry.text()) == ("28S93R", "30 Sep 2028")
    assert len(shell.editor.syringes) == 2
    assert form.product.currentData() is None
    form.submit()
    assert form._product_row.problem == "Choose which product this code is of."
    form.product.setFocus()
    form.product.setCurrentIndex(1)
    assert shell.window.focusWidget() is form.product
    press(shell, Qt.Key.Key_Return)
    assert shell.editor.syringes[2].product.name == "Other filler"
    scan(shell, BOX)
    assert [one.product.name for one in shell.editor.syringes[2:]] == ["Other filler"] * 2


def test_a_scan_fills_the_open_form_of_a_syringe(shell) -> None:
    know(shell)
    shell.space.session.syringes.edit.click()
    scan(shell, NUMBERED)
    form = shell.space.session.syringes.form
    assert (form.lot.text(), form.serial.text()) == ("26C118", "A0001")
    form.submit()
    first = next(one for one in shell.editor.syringes if one.serial == "A0001")
    assert (first.lot, first.udi) == ("26C118", NUMBERED)


def test_a_scan_with_nothing_open_says_what_it_was(make_shell) -> None:
    shell = make_shell(patient=False)
    scan(shell, BOX)
    assert "lot 28S93R" in shell.space.banner.text
    assert "Open a treatment session" in shell.space.banner.text


def test_a_scan_changes_no_signed_session(shell) -> None:
    state = shell.opener.database.state
    from dataclasses import replace

    stored = state.sessions[shell.editor.session.id]
    state.sessions[stored.id] = replace(stored, state=RecordState.SIGNED)
    know(shell)
    shell.desk.reload_session()
    scan(shell, BOX)
    assert len(shell.editor.syringes) == 2
    assert "lot 28S93R" in shell.space.banner.text


def test_a_picture_of_a_box_is_read_like_a_scan(shell, form, tmp_path: Path) -> None:
    path = tmp_path / "box.png"
    path.write_bytes(b"a picture")
    shell.prompts.existing = path
    shell.opener.pictures.found = (BOX,)
    form.scans.field.picture.click()
    assert len(form.scans.scans) == 1
    assert shell.opener.pictures.seen == [b"a picture"]


def test_a_picture_without_a_code_is_explained(shell, form, tmp_path: Path) -> None:
    path = tmp_path / "box.png"
    path.write_bytes(b"a picture")
    shell.prompts.existing = path
    shell.space.actions["scan_picture"].trigger()
    assert "No code was found" in form.scans.field.problem


def test_a_copied_picture_is_pasted(shell, form) -> None:
    image = QImage(8, 8, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    data = QMimeData()
    data.setImageData(image)
    QApplication.clipboard().setMimeData(data)
    shell.opener.pictures.found = (BOX,)
    form.scans.field.edit.setFocus()
    press(shell, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert len(form.scans.scans) == 1
    assert shell.opener.pictures.seen[0].startswith(b"\x89PNG")
    QApplication.clipboard().clear()


def test_digits_still_type_a_volume_on_the_chart(make_shell, qtbot, monkeypatch) -> None:
    shell = make_shell(chart=True)
    # The passes of this clinic in memory lie beside the head's skin, where none is seen.
    monkeypatch.setattr("injectmap.ui.canvas.keys.in_sight", lambda *_: True)
    first = shell.editor.map.passes[0]
    shell.editor.select([first.id])
    shell.chart_view = shell.window.chart.view
    shell.chart_view.setFocus()
    for one in "0.12":
        press(shell, one)
    press(shell, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shell.editor.map.by_id[first.id].microlitres == 120)
