from pathlib import Path

import pytest
from PySide6.QtCore import QMarginsF, Qt
from PySide6.QtGui import QPageSize
from PySide6.QtPrintSupport import QPrinter

from injectmap.domain.errors import InputRefused
from injectmap.domain.settings import Paper
from injectmap.ui.records.preview import PRINT_PPI


def rendered(shell, qtbot):
    """Show the record and wait until it has been rendered at its size."""
    shell.space.pages.show("record")
    page = shell.space.pages["record"].preview
    qtbot.waitUntil(lambda: not page._settle.isActive())
    return page


@pytest.fixture
def page(shell, qtbot):
    return rendered(shell, qtbot)


def shade(page):
    """The grey of the first page, which counts the passes."""
    return page.pages._sheets._images[0].pixelColor(5, 5).red()


def test_the_stored_record_is_shown_page_by_page(shell, page):
    assert page.pages.page_count == 2
    assert page._where.full_text() == "page 1 of 2"
    assert shade(page) == 255 - 8
    assert page.save.isEnabled()
    page.pages.verticalScrollBar().setValue(page.pages.verticalScrollBar().maximum())
    assert page._where.full_text() == "page 2 of 2"


def test_it_is_as_fine_as_the_screen(shell, page):
    width = page.pages.sheet_width()
    assert shell.opener.output.asked[-1] == pytest.approx(width / (210 / 25.4), rel=0.01)


def test_nothing_is_rendered_twice_without_a_change(shell, page, qtbot):
    count = len(shell.opener.output.asked)
    shell.space.pages.show("chart")
    rendered(shell, qtbot)
    assert len(shell.opener.output.asked) == count


def test_a_change_of_the_map_is_seen_in_the_record(shell, page, qtbot):
    shell.editor.select([shell.editor.map.passes[0].id])
    shell.editor.remove_selected()
    qtbot.waitUntil(lambda: shade(page) == 255 - 7)


def test_another_session_is_another_record(shell, page, qtbot):
    shell.desk.open_session(shell.desk.sessions[1].id)
    qtbot.waitUntil(lambda: shade(page) == 255 - 4)


def test_without_a_session_there_is_no_record(shell, page):
    shell.desk.close_patient()
    assert not page.isVisible()
    assert not shell.space.actions["record"].isEnabled()
    assert not shell.space.top.sign.isEnabled()
    assert "Open one" in shell.space.top.sign.toolTip()


def test_a_record_that_cannot_be_made_says_why(shell, qtbot):
    shell.opener.output.failing = InputRefused("glyph_missing", letter="漢")
    page = rendered(shell, qtbot)
    assert "cannot be printed" in page._said.full_text()
    assert not page.save.isEnabled()
    shell.opener.output.failing = None
    page.refresh()
    assert page.save.isEnabled()


def test_the_pdf_is_saved_under_the_record_number_without_a_name(shell, page, tmp_path):
    target = tmp_path / "record.pdf"
    shell.prompts.new = target
    page.save.click()
    suggested = shell.prompts.asked[0][1]
    assert suggested.name == f"record-{shell.editor.session.number_text}.pdf"
    assert "Vasterholm" not in str(suggested)
    assert target.read_bytes().startswith(b"%PDF")
    assert str(target) in shell.space.banner.text
    assert [file.name for file in tmp_path.iterdir()] == ["record.pdf"]


def test_a_pdf_that_cannot_be_written_loses_nothing(shell, page, tmp_path):
    shell.prompts.new = tmp_path / "missing" / "record.pdf"
    page.save.click()
    assert "No such file or directory" in shell.space.banner.text


def test_saving_can_be_called_off(shell, page):
    page.save.click()
    assert shell.space.banner.text == ""


def test_without_a_printer_the_pdf_is_named_as_the_way(shell, page):
    shell.prompts.printers = False
    page.print.click()
    assert shell.space.banner.text.startswith("No printer is set up")


def test_the_pages_go_to_the_printer_in_full(shell, page, tmp_path):
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    printer.setPageMargins(QMarginsF(0, 0, 0, 0))
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    shell.prompts.printer = printer
    page.print.click()
    assert shell.prompts.asked == [
        ("printer", f"Treatment record {shell.editor.session.number_text}", 2, False)
    ]
    assert shell.opener.output.asked[-1] == PRINT_PPI
    assert "2 pages handed to the printer" in shell.space.banner.text
    from pypdf import PdfReader

    assert len(PdfReader(tmp_path / "printed.pdf").pages) == 2


@pytest.mark.qt_log_ignore("QPainter::begin")
def test_a_printer_that_gives_up_is_said(shell, page):
    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName("/nowhere/at/all.pdf")
    shell.prompts.printer = printer
    page.print.click()
    assert "did not take the record" in shell.space.banner.text


def test_escape_goes_back_to_the_chart(shell, page, qtbot):
    qtbot.keyClick(page.pages, Qt.Key.Key_Escape)
    assert not page.isVisible()


def test_the_clinics_paper_comes_first_and_another_can_be_chosen(make_shell, qtbot):
    shell = make_shell(open=False)
    from dataclasses import replace

    shell.opener.settings = replace(shell.opener.settings, paper=Paper.LETTER)
    shell.open()
    shell.desk.open_patient(shell.elin)
    record, output = rendered(shell, qtbot), shell.opener.output
    assert record.paper.currentText() == "US Letter"
    assert output.looks[-1] == (Paper.LETTER, False)
    for field, index in ((record.paper, record.paper.findData(Paper.A4)), (record.ink, 1)):
        field.setCurrentIndex(index)
        field.activated.emit(index)
    assert output.looks[-1] == (Paper.A4, True)


def test_the_file_dialog_keeps_the_suffix(tmp_path, monkeypatch, qtbot):
    from PySide6.QtWidgets import QFileDialog, QWidget

    from injectmap.ui.prompts import QtPrompts

    widget = QWidget()
    qtbot.addWidget(widget)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "record"), ""))
    chosen = QtPrompts(widget).choose_new_file("t", Path("record-1.pdf"), "PDF (*.pdf)")
    assert chosen == tmp_path / "record.pdf"
