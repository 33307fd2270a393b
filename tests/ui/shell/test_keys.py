"""The pages between a clinic's file and working in it: making it, its recovery key, opening it, another passphrase."""

from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLineEdit

from injectmap.domain.errors import StorageProblem
from injectmap.domain.keys import Unlock, show_recovery_key
from injectmap.ui.start.sheet_deeds import folder_apart
from tests.key_fakes import PASSPHRASE, PASSWORD

QUAY = Path("/clinics/Quay.injectmap")
OTHER = "three ferries and a tug"


@pytest.fixture
def closed(make_shell):
    """A window without a clinic; Quay is an encrypted one."""
    shell = make_shell(open=False)
    shell.key = shell.opener.keys.lock(QUAY)
    shell.start = shell.space.extras.start
    return shell


def make(start, password=PASSWORD, *, made=True) -> None:
    start.new.click()
    form = start.new_form
    form.name.setText("Quay Clinic")
    form.practitioner.setText("Dr M. Vale")
    form.file.setText("/clinics/New.injectmap")
    for field in (form.passphrase.field, form.passphrase.again):
        field.setText(PASSPHRASE)
    for field in (form.practitioner_password, form.password_again):
        field.setText(password)
    form.submit()
    assert form.problems() == [] or not made


def type_back(page) -> None:
    page.put_away.setChecked(True)
    for field, place in zip(page.fields, page.asked, strict=True):
        field.setText(page._groups[place - 1].lower())


# ---- making a clinic


def test_the_rule_stands_there_before_anything_is_typed(closed):
    closed.start.new.click()
    form = closed.start.new_form
    assert "At least 12 characters" in form.passphrase.row._under.full_text()
    assert form.problems() == []
    said = [one.full_text() for one in form.findChildren(type(form.passphrase.row._under))]
    assert any("nobody can read the records again" in one for one in said)


@pytest.mark.parametrize(
    ("field", "typed", "problem"),
    [
        ("passphrase", "short", "at least 12"),
        ("passphrase_again", "another one altogether", "differs"),
        ("password", "short", "10 characters"),
        ("password_again", "another one altogether", "differs"),
    ],
)
def test_what_opens_a_new_clinic_is_checked_where_it_was_typed(closed, field, typed, problem):
    form = closed.start.new_form
    fields = {
        "passphrase": form.passphrase.field,
        "passphrase_again": form.passphrase.again,
        "password": form.practitioner_password,
        "password_again": form.password_again,
    }
    make_fields = {"passphrase": PASSPHRASE, "passphrase_again": PASSPHRASE}
    closed.start.new.click()
    for name, one in fields.items():
        one.setText(make_fields.get(name, PASSWORD))
    fields[field].setText(typed)
    form.name.setText("Quay")
    form.practitioner.setText("Dr M. Vale")
    form.file.setText("/clinics/New.injectmap")
    form.submit()
    assert len(form.problems()) == 1
    assert problem in form.problems()[0]
    assert closed.opener.created == []


def test_what_is_typed_is_hidden_until_it_is_asked_for(closed):
    closed.start.new.click()
    form = closed.start.new_form
    secret = (form.passphrase.field, form.passphrase.again, form.practitioner_password, form.password_again)
    assert {one.echoMode() for one in secret} == {QLineEdit.EchoMode.Password}
    form.show_typed.click()
    assert {one.echoMode() for one in secret} == {QLineEdit.EchoMode.Normal}
    assert form.name.echoMode() is QLineEdit.EchoMode.Normal


def test_a_new_clinic_opens_once_two_groups_of_its_recovery_key_are_typed_back(closed):
    make(closed.start)
    page = closed.start.recovery
    assert page.isVisible()
    assert not closed.desk.has_clinic
    assert not page.accept.isEnabled()
    assert len(set(page.asked)) == 2
    # The sheet in the window is that of this key, and who cannot see it hears it.
    sheet = closed.opener.keys.sheets.sheets[-1]
    assert sheet.recovery_key == page.sheet.accessibleDescription().replace(" ", "-")
    type_back(page)
    page.fields[1].setText("00000")
    page.accept.click()
    assert page.problems == [f"Group {page.asked[1]} is not as on the sheet."]
    assert not closed.desk.has_clinic
    type_back(page)
    page.accept.click()
    assert closed.desk.has_clinic


def test_nothing_of_the_secrets_stays_in_the_window(closed):
    make(closed.start)
    page = closed.start.recovery
    groups = page._groups
    type_back(page)
    page.accept.click()
    said = [one.text() for one in closed.window.findChildren(QLineEdit)]
    assert not {PASSPHRASE, PASSWORD} & set(said)
    assert not any(group.casefold() == one.casefold() for group in groups for one in said if one)
    assert page.sheet.accessibleDescription() == ""
    assert page._groups == ()


def test_the_sheet_is_out_of_sight_while_its_groups_are_typed_back(closed):
    make(closed.start)
    page = closed.start.recovery
    QCoreApplication.processEvents()
    seen = page.sheet.grab().toImage()
    heard = page.sheet.accessibleDescription()
    assert heard
    assert not page.sheet.show_again.isVisible()
    page.put_away.click()
    assert page.sheet.covered
    assert page.sheet.accessibleDescription() == ""
    assert page.sheet.show_again.isVisible()
    assert page.fields[0].hasFocus()
    hidden = page.sheet.grab().toImage()
    assert hidden.size() == seen.size()
    assert hidden != seen
    page.sheet.show_again.click()
    assert not page.put_away.isChecked()
    assert not page.accept.isEnabled()
    assert page.sheet.accessibleDescription() == heard
    assert page.sheet.grab().toImage() == seen
    type_back(page)
    page.accept.click()
    assert closed.desk.has_clinic


def test_the_sheet_is_proposed_apart_from_the_clinic(tmp_path):
    documents, home = tmp_path / "Documents", tmp_path
    assert folder_apart(tmp_path / "clinics", (documents, home)) == home
    documents.mkdir()
    assert folder_apart(tmp_path / "clinics", (documents, home)) == documents
    assert folder_apart(documents, (documents, home)) == home
    assert folder_apart(tmp_path / "Documents" / ".." / "Documents", (documents, home)) == home


def test_a_sheet_saved_beside_the_clinic_is_said(closed, card, tmp_path, monkeypatch):
    card.again.click()
    card.present.setText(PASSPHRASE)
    card.submit()
    closed.prompts.new = tmp_path / "apart.pdf"
    card.save.click()
    assert "does not belong beside the clinic’s file" in card.said
    assert closed.prompts.asked[-1][1].parent != QUAY.parent
    monkeypatch.setattr(type(closed.desk.services.keys), "folder", tmp_path)
    closed.prompts.new = tmp_path / "beside.pdf"
    card.save.click()
    assert "It must not stay there" in card.said


def test_the_sheet_is_printed_and_saved_under_the_chosen_name_alone(closed, tmp_path):
    make(closed.start)
    page = closed.start.recovery
    closed.prompts.printers = False
    page.print.click()
    assert "No printer" in page.said
    closed.prompts.new = tmp_path / "sheet.pdf"
    page.save.click()
    assert closed.prompts.asked[-1][1].name == "recovery sheet New.pdf"
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    assert [one.name for one in tmp_path.iterdir()] == ["sheet.pdf"]
    assert "delete the file" in page.said
    closed.prompts.new = tmp_path / "missing folder" / "sheet.pdf"
    page.save.click()
    assert "No such file" in page.said


def test_the_sheet_goes_to_a_printer(closed, tmp_path):
    from PySide6.QtPrintSupport import QPrinter

    make(closed.start)
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    closed.prompts.printer = printer
    closed.start.recovery.print.click()
    assert closed.start.recovery.said == "Handed to the printer."
    assert closed.prompts.asked[-1] == ("printer", "Recovery sheet of Test clinic", 1, False)
    assert (tmp_path / "printed.pdf").stat().st_size > 1000


def test_a_window_closed_before_the_key_is_put_away_releases_the_clinic(closed):
    make(closed.start)
    closed.window.close()
    assert closed.opener.database.closed


# ---- opening a locked one


def test_a_locked_clinic_asks_for_its_passphrase(closed):
    closed.desk.open_clinic(QUAY)
    page = closed.start.unlock_page
    assert page.isVisible()
    assert page.passphrase.hasFocus()
    assert not page.keep.isVisible()
    page.submit()
    assert page.problem == "Type the passphrase."
    page.passphrase.setText(PASSPHRASE)
    page.accept.click()
    assert closed.desk.has_clinic


def test_a_wrong_passphrase_says_so_and_the_next_attempt_waits(closed, qtbot):
    closed.desk.open_clinic(QUAY)
    page, seconds = closed.start.unlock_page, closed.opener.keys.seconds
    page.passphrase.setText("not this one")
    page.submit()
    assert page.isVisible()
    assert page.problem == "This is not the passphrase of “Quay”."
    # What was typed is there still, marked to be typed over.
    assert page.passphrase.selectedText() == "not this one"
    assert not page.accept.isEnabled()
    assert page.accept.text() == "Open clinic (in 1 s)"
    page.passphrase.setText(PASSPHRASE)
    page.submit()
    assert not closed.desk.has_clinic
    seconds.now += 1
    qtbot.waitUntil(page.accept.isEnabled)
    assert page.accept.text() == "Open clinic"
    page.submit()
    assert closed.desk.has_clinic
    assert page.passphrase.text() == ""


def test_the_recovery_key_opens_and_offers_a_new_passphrase(closed):
    closed.desk.open_clinic(QUAY)
    page, renew = closed.start.unlock_page, closed.start.renew
    page.other.click()
    page.recovery_key.setPlainText("T6WDX-6G89A")
    page.submit()
    assert "10 were typed" in page.problem
    page.recovery_key.setPlainText(show_recovery_key(bytes(32)))
    page.submit()
    assert "not the recovery key" in page.problem
    assert page.accept.isEnabled()
    page.recovery_key.setPlainText(show_recovery_key(closed.key).lower().replace("-", "\n"))
    page.submit()
    assert renew.isVisible()
    assert not closed.desk.has_clinic
    renew.passphrase.field.setText(OTHER)
    renew.submit()
    assert renew.passphrase.again_row.problem
    renew.passphrase.again.setText(OTHER)
    renew.submit()
    assert closed.desk.has_clinic
    assert closed.opener.keys.room.unlock(QUAY, Unlock(passphrase=OTHER)) == closed.key
    assert page.recovery_key.toPlainText() == ""


def test_the_new_passphrase_may_come_later(closed):
    closed.desk.open_clinic(QUAY)
    closed.desk.open_clinic(QUAY, Unlock(recovery_key=show_recovery_key(closed.key)))
    closed.start.renew.skip.click()
    assert closed.desk.has_clinic
    assert closed.opener.keys.room.unlock(QUAY, Unlock(passphrase=PASSPHRASE)) == closed.key


def test_a_new_passphrase_that_could_not_be_written_is_said_and_asked_for_again(closed):
    closed.desk.open_clinic(QUAY, Unlock(recovery_key=show_recovery_key(closed.key)))
    closed.opener.keys.slots.failing = StorageProblem("keys_not_written", name="Quay.injectmap.keys.json")
    renew = closed.start.renew
    for field in (renew.passphrase.field, renew.passphrase.again):
        field.setText(OTHER)
    renew.submit()
    assert renew.isVisible()
    assert "could not be written" in closed.start.problem
    assert renew.passphrase.field.text() == OTHER


def test_without_slots_only_the_recovery_key_is_asked_for(closed):
    closed.opener.keys.slots.files.clear()
    closed.desk.open_clinic(QUAY)
    page = closed.start.unlock_page
    assert page.recovery_key.isVisible()
    assert not page.passphrase.isVisible()
    assert not page.other.isVisible()
    assert "is not there" in page._about.full_text()
    page.recovery_key.setPlainText(show_recovery_key(closed.key))
    page.submit()
    assert "no passphrase at present" in closed.start.renew._about.full_text()


def test_where_a_keyring_works_the_key_can_be_kept(closed):
    closed.opener.keys.keyring.works = True
    closed.desk.open_clinic(QUAY)
    page = closed.start.unlock_page
    assert page.keep.isVisible()
    page.keep.click()
    page.passphrase.setText(PASSPHRASE)
    page.submit()
    assert closed.desk.has_clinic
    closed.desk.close_clinic()
    closed.desk.open_clinic(QUAY)
    assert closed.desk.has_clinic


@pytest.mark.parametrize("by_key", [False, True])
def test_a_key_that_could_not_be_kept_is_said(closed, monkeypatch, by_key):
    keyring = closed.opener.keys.keyring
    keyring.works = True
    monkeypatch.setattr(keyring, "keep", lambda *_: False)
    closed.desk.open_clinic(QUAY)
    typed = {"recovery_key": show_recovery_key(closed.key)} if by_key else {"passphrase": PASSPHRASE}
    closed.desk.open_clinic(QUAY, Unlock(**typed, keep=True))
    if by_key:
        closed.start.renew.skip.click()
    assert closed.desk.has_clinic
    assert closed.space.banner.text == "This computer did not keep the key."
    closed.desk.close_clinic()
    closed.space.banner.put_away()
    closed.desk.open_clinic(QUAY, Unlock(passphrase=PASSPHRASE))
    assert closed.desk.has_clinic
    assert closed.space.banner.text == ""


@pytest.mark.parametrize("spelt", ["printed", "one word", "with a slip"])
def test_a_recovery_key_among_the_passphrases_is_told_and_costs_nothing(closed, spelt):
    text = show_recovery_key(closed.key)
    match spelt:
        case "one word":
            text = text.replace("-", "").lower()
        case "with a slip":
            text = text[:2] + ("0" if text[2] != "0" else "1") + text[3:]
    closed.desk.open_clinic(QUAY)
    page = closed.start.unlock_page
    page.passphrase.setText(text)
    page.submit()
    assert "This is the recovery key, not the passphrase" in page.problem
    assert closed.opener.wait_s(QUAY) == 0
    assert page.accept.isEnabled()
    page.other.click()
    assert page.passphrase.text() == ""
    assert page.problem == ""
    page.submit()
    if spelt == "with a slip":
        assert page.problem == "Group 1 of the recovery key is not as printed. Compare it with the sheet."
    else:
        assert closed.start.renew.isVisible()


def test_the_password_is_not_the_passphrase_again(closed):
    make(closed.start, password=f" {PASSPHRASE.upper()} ", made=False)
    form = closed.start.new_form
    assert form.problems() == [
        "Choose other words than the passphrase: whoever sees you sign in must not have seen what opens the file."
    ]
    assert closed.opener.created == []


def test_escape_and_back_give_the_choices_again(closed, qtbot):
    for leave in (
        lambda page: qtbot.keyClick(page.passphrase, Qt.Key.Key_Escape),
        lambda page: page.cancel.click(),
    ):
        closed.desk.open_clinic(QUAY)
        page = closed.start.unlock_page
        page.passphrase.setText("half typed")
        leave(page)
        assert closed.start.demo.isVisible()
        assert page.passphrase.text() == ""
        assert closed.desk.at_door is None
    closed.start.demo.click()
    assert closed.desk.has_clinic


def test_a_damaged_clinic_is_said_where_the_passphrase_was_typed(closed):
    closed.desk.open_clinic(QUAY)
    closed.opener.refusals[QUAY] = StorageProblem("file_damaged", name="Quay")
    page = closed.start.unlock_page
    page.passphrase.setText(PASSPHRASE)
    page.submit()
    assert "is damaged" in closed.start.problem


# ---- the settings


@pytest.fixture
def card(closed):
    closed.opener.keys.keyring.works = True
    closed.desk.open_clinic(QUAY, Unlock(passphrase=PASSPHRASE))
    assert closed.space.pages.show("settings")
    return closed.space.pages["settings"].keys


def test_the_passphrase_is_changed_in_the_settings(closed, card):
    card.change.click()
    card.present.setText("not this one")
    for field in (card.passphrase.field, card.passphrase.again):
        field.setText(OTHER)
    card.submit()
    assert card.problem == "This is not the passphrase of “Quay”."
    closed.opener.keys.seconds.now += 1
    card.present.setText(PASSPHRASE)
    card.submit()
    assert "is changed" in card.said
    assert "old copy of “Quay.injectmap.keys.json”" in card.said
    assert closed.opener.keys.room.unlock(QUAY, Unlock(passphrase=OTHER)) == closed.key
    assert [one.text() for one in (card.present, card.passphrase.field, card.passphrase.again)] == [""] * 3


def test_the_recovery_sheet_is_saved_again(closed, card, tmp_path):
    card.again.click()
    assert not card.passphrase.field.isVisible()
    card.present.setText(PASSPHRASE)
    card.submit()
    closed.prompts.new = tmp_path / "again.pdf"
    card.save.click()
    assert show_recovery_key(closed.key).encode() in (tmp_path / "again.pdf").read_bytes()
    card.done.click()
    asked = len(closed.prompts.asked)
    card.deeds.save()
    assert len(closed.prompts.asked) == asked


def test_the_key_is_kept_and_forgotten_in_the_settings(closed, card):
    assert card.keep.isVisible()
    assert not card.keep.isChecked()
    card.keep.click()
    assert closed.opener.keys.keyring.kept == {"c0": closed.key}
    card.keep.click()
    assert closed.opener.keys.keyring.kept == {}
    assert "no longer" in card.said


def test_what_was_typed_does_not_stay_on_a_page_that_is_left(closed, card):
    card.change.click()
    card.present.setText(PASSPHRASE)
    closed.space.pages.show_chart()
    assert card.present.text() == ""
    assert not card._ask.isVisible()


def test_a_demonstration_has_no_such_card(make_shell):
    shell = make_shell()
    assert shell.space.pages.show("settings")
    assert not shell.space.pages["settings"].keys.isVisible()
