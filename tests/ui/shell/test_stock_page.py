"""The stock page: receive by scan or by hand, adjust, count, the lists, and a recall."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest

from injectmap.domain.errors import Conflict, StorageProblem
from injectmap.ui.stock.shelf import Filter
from injectmap.ui.stock.stock_rows import say_line
from tests.fakes import TODAY
from tests.ui.shell.test_scans import BOX, NUMBERED, scan


@pytest.fixture
def page(shell):
    shell.space.actions["stock_page"].trigger()
    return shell.space.pages["stock"]


def receive(shell, **changed):
    services = shell.desk.services
    fields = {
        "product": shell.desk.products()[0],
        "units": 4,
        "lot": "H26C118",
        "expiry": dt.date(2027, 9, 30),
    }
    item = services.stock.receive(services.acting, **(fields | changed))
    shell.space.pages["stock"].refresh()
    return item


def listed(page) -> list[str]:
    return [say_line(line) for line in page.shelf._model.rows]


def counts(page) -> list[tuple[str, int]]:
    return [(line.item.lot, line.item.count) for line in page.shelf._model.rows]


def test_an_empty_shelf_says_the_next_step(page) -> None:
    assert (
        page.shelf.none.full_text() == "Nothing in stock yet. Scan a box, or press Ins to receive the first."
    )
    QTest.keyClick(page.shelf.receive, Qt.Key.Key_Insert)
    assert page.shelf.receiving.isVisible()


def test_a_delivery_is_scanned_box_by_box(shell, page) -> None:
    scan(shell, BOX)
    form = page.shelf.receiving
    assert form.product.currentIndex() == -1
    form.product.setCurrentIndex(0)
    scan(shell, BOX)
    assert form.units.value() == 2
    assert counts(page) == []
    scan(shell, NUMBERED)
    assert counts(page) == [("28S93R", 2)]
    assert (form.lot.text(), form.serial.text(), form.product.currentIndex()) == ("26C118", "A0001", 0)
    QTest.keyClick(shell.window.windowHandle(), Qt.Key.Key_Return)
    assert sorted(counts(page)) == [("26C118", 1), ("28S93R", 2)]
    assert "Received: 1" in shell.space.banner.text


def test_a_box_of_an_unknown_code_is_never_taken_for_the_product_before(shell, page) -> None:
    scan(shell, BOX)
    page.shelf.receiving.submit()
    assert "product" in page.shelf.receiving.problems()[0].casefold()
    assert counts(page) == []


def test_the_same_numbered_unit_is_received_once(shell, page) -> None:
    scan(shell, NUMBERED)
    scan(shell, NUMBERED)
    assert page.shelf.receiving.units.value() == 1
    assert "A0001" in page.shelf.receiving.scan.problem


def test_units_are_received_by_hand(shell, page) -> None:
    page.shelf.start_receiving()
    form = page.shelf.receiving
    form.lot.setText("H26C118")
    form.expiry.setText("09/2027")
    form.units.set_value(3)
    form.submit()
    assert listed(page) == ["HArmonyCa, lot H26C118, 30 Sep 2027, 3 units."]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"lot": ""}, "Type the lot"),
        ({"lot": "x" * 50}, "40"),
        ({"lot": "A", "expiry": "31 Feb 2027"}, "date"),
    ],
)
def test_what_cannot_be_received_is_explained_and_stays(shell, page, fields, said) -> None:
    page.shelf.start_receiving()
    form = page.shelf.receiving
    for name, text in fields.items():
        getattr(form, name).setText(text)
    form.submit()
    assert said in form.problems()[0] or form.problems()
    assert form.lot.text() == fields["lot"]
    assert counts(page) == []


def test_a_count_is_adjusted_with_a_reason(shell, page) -> None:
    receive(shell)
    QTest.keyClick(page.shelf.list, Qt.Key.Key_A)
    form = page.shelf.changing
    for typed in ("", "x", "--1", "0", "1.5", "٣"):
        form.by.setText(typed)
        form.reason.setText("Dropped")
        form.submit()
        assert form._by_row.problem
    form.by.setText("−1")
    form.reason.clear()
    form.submit()
    assert form._reason_row.problem
    form.reason.setText("Dropped")
    form.submit()
    assert counts(page) == [("H26C118", 3)]
    assert page.shelf.history.lines[0].full_text().startswith("−1 adjusted\n22 Nov 2026")
    assert page.shelf.history.lines[0].full_text().endswith("Dropped")


def test_a_count_is_set_to_what_was_counted(shell, page) -> None:
    receive(shell)
    QTest.keyClick(page.shelf.list, Qt.Key.Key_C)
    form = page.shelf.changing
    form.counted.setText("-1")
    form.submit()
    assert form._counted_row.problem
    form.counted.setText("2")
    QTest.keyClick(form.counted, Qt.Key.Key_Return)
    assert counts(page) == [("H26C118", 2)]


def test_a_count_changed_elsewhere_is_read_again(shell, page) -> None:
    receive(shell)
    page.shelf._start_counting()
    shell.opener.database.failing = Conflict("stock_item_has_changed")
    page.shelf.changing.counted.setText("2")
    page.shelf.changing.submit()
    shell.opener.database.failing = None
    assert shell.space.banner.text
    assert counts(page) == [("H26C118", 4)]


def test_the_lists_of_expiry_and_low_stock(shell, page) -> None:
    receive(shell, units=9)
    receive(shell, lot="SOON", expiry=TODAY + dt.timedelta(1), units=1)
    receive(shell, lot="PAST", expiry=TODAY - dt.timedelta(1), units=1)
    receive(shell, lot="FEW", product=shell.desk.products()[1], units=2)
    item = receive(shell, lot="GONE", units=1)
    shell.desk.services.stock.count(shell.desk.acting, item, 0)
    page.refresh()

    def lots(which: Filter) -> list[str]:
        page.shelf.filter.setCurrentIndex(page.shelf.filter.findData(which))
        page.shelf._show()
        return [lot for lot, _ in counts(page)]

    assert lots(Filter.ALL) == ["PAST", "SOON", "H26C118", "FEW"]
    assert lots(Filter.EXPIRING) == ["PAST", "SOON"]
    assert "expired" in listed(page)[0]
    assert "expires in 1 day" in listed(page)[1]
    assert lots(Filter.LOW) == ["FEW"]
    assert "GONE" in lots(Filter.USED_UP)


def test_more_used_than_received_is_said_in_words(shell, page) -> None:
    item = receive(shell, units=1)
    shell.desk.services.stock.adjust(shell.desk.acting, item, -2, "Used before it was received")
    page.refresh()
    assert listed(page) == ["HArmonyCa, lot H26C118, 30 Sep 2027, −1 units. 1 more used than received, low"]


def test_a_read_only_clinic_changes_no_count(shell, page) -> None:
    receive(shell)
    shell.opener.database.read_only = True
    page.refresh()
    assert not page.shelf.receive.isEnabled()
    assert not page.shelf.adjust.isEnabled()
    scan(shell, BOX)
    assert counts(page) == [("H26C118", 4)]


def test_a_list_that_cannot_be_read_is_explained(shell, page, monkeypatch) -> None:
    def fail(*_):
        raise StorageProblem("file_missing")

    monkeypatch.setattr(shell.desk.services.stock, "lines", fail)
    page.refresh()
    assert shell.space.banner.text


def test_a_recall_finds_everyone_whatever_the_case(shell, page) -> None:
    shell.space.actions["recall"].trigger()
    view = page.recalls
    view.lot.setText(" h26c118 ")
    QTest.keyClick(view.lot, Qt.Key.Key_Return)
    assert view.found.patients == 1
    assert view.said.full_text().startswith("Patients: 1. Treatment sessions: 2. Syringes: 4.")
    assert "Vasterholm, Elin, born 14 Mar 1968" in view._say(view.found.rows[0])


def test_a_recall_of_an_unknown_lot_says_so_and_nothing_typed_asks(shell, page) -> None:
    page.recall()
    page.recalls.ask()
    assert "Type the lot" in shell.space.banner.text
    page.recalls.lot.setText("nothing of it")
    page.recalls.ask()
    assert (
        page.recalls.said.full_text() == "No syringe of lot nothing of it is in the records of this clinic."
    )
    assert not page.recalls.list.isVisible()


def test_a_recalled_box_can_be_scanned(shell, page) -> None:
    page.recall()
    scan(shell, BOX)
    assert page.recalls.lot.text() == "28S93R"
    assert page.recalls.found is not None


@pytest.mark.parametrize("kind", ["pdf", "csv"])
def test_the_list_is_saved_where_the_clinician_chooses(shell, page, kind, tmp_path: Path) -> None:
    page.recall()
    page.recalls.lot.setText("H26C118")
    page.recalls.ask()
    shell.prompts.new = tmp_path / f"list.{kind}"
    getattr(page.recalls, kind).click()
    assert (tmp_path / f"list.{kind}").read_bytes().endswith(b"4")
    (asked,) = [one[1] for one in shell.prompts.asked if one[0] == "new"]
    assert asked.name == f"recall H26C118 demonstration.{kind}"
    assert "saved" in shell.space.banner.text


def test_the_list_is_printed_whole(shell, page, tmp_path: Path) -> None:
    page.recall()
    page.recalls.lot.setText("H26C118")
    page.recalls.ask()
    shell.prompts.printers = False
    page.recalls.print.click()
    assert "printer" in shell.space.banner.text.casefold()
    shell.prompts.printers = True
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    shell.prompts.printer = printer
    page.recalls.print.click()
    assert shell.prompts.asked[-1][:3] == ("printer", "Recall of lot H26C118", 4)
    assert len(PdfReader(tmp_path / "out.pdf").pages) == 4


def test_a_list_that_cannot_be_written_is_explained(shell, page, tmp_path: Path) -> None:
    page.recall()
    page.recalls.lot.setText("H26C118")
    page.recalls.ask()
    shell.prompts.new = tmp_path / "no such folder" / "list.csv"
    page.recalls.csv.click()
    assert "No such file" in shell.space.banner.text


def test_what_was_found_goes_with_the_clinic(shell, page) -> None:
    page.recall()
    page.recalls.lot.setText("H26C118")
    page.recalls.ask()
    shell.desk.close_clinic()
    assert page.recalls.found is None
    assert page.recalls.lot.text() == ""


def test_the_keys_at_the_foot_are_those_of_the_tab(shell, page) -> None:
    assert [key for key, _ in page.hints] == ["Ins", "A", "C", "Esc"]
    page.tabs[page.recalls].click()
    assert [key for key, _ in page.hints] == ["Enter", "Esc"]
    QTest.keyClick(page.recalls.lot, Qt.Key.Key_Escape)
    assert shell.space.pages.current == "chart"


def test_a_form_is_put_away_with_escape(shell, page) -> None:
    receive(shell)
    page.shelf._start_adjusting()
    QTest.keyClick(page.shelf.changing.by, Qt.Key.Key_Escape)
    assert page.shelf.history.isVisible()
    assert shell.space.pages.current == "stock"


def test_the_row_chosen_is_kept_when_the_list_is_read_again(shell, page) -> None:
    receive(shell)
    second = receive(shell, lot="ZZ")
    page.shelf.list.setCurrentIndex(page.shelf._model.index(1, 0))
    assert page.shelf.chosen.item.id == second.id
    receive(shell, lot="AA", expiry=dt.date(2026, 12, 31))
    assert page.shelf.chosen.item.id == second.id
