import pytest

from injectmap.domain.record import RecordField
from injectmap.domain.settings import Paper, Requirement


@pytest.fixture
def page(shell):
    shell.space.actions["settings_page"].trigger()
    return shell.space.pages["settings"]


def stored(shell):
    return shell.desk.services.settings_service.current()


def typed(field, text):
    field.setText(text)
    field.setModified(True)
    field.editingFinished.emit()


def test_each_field_is_stored_on_leaving_it(shell, page):
    typed(page.name, "Praxis Nord")
    typed(page.consent_form, "Form 4")
    typed(page.low_stock, "5")
    typed(page.review_months, "")
    settings = stored(shell)
    assert (settings.name, settings.consent_form, settings.low_stock) == ("Praxis Nord", "Form 4", 5)
    assert settings.review_months is None
    page.paper.setCurrentIndex(page.paper.findData(Paper.LETTER))
    page.paper.activated.emit(1)
    assert stored(shell).paper is Paper.LETTER


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("zone", "Nowhere/None", "is not a time zone"),
        ("name", "  ", "Type the clinic"),
        ("review_months", "soon", "1 to 120 months"),
        ("low_stock", "-1", "whole number"),
        ("expiry_notice_days", "٣", "whole number"),
    ],
)
def test_what_makes_no_sense_is_refused_under_its_field(shell, page, field, text, said):
    before = stored(shell)
    edit = getattr(page, field)
    typed(edit, text)
    row = page._rows[page._texts()[edit]]
    assert said in row.problem
    assert edit.text() == text
    assert stored(shell) == before


def test_what_no_clinic_can_switch_off_stays_ticked(shell, page):
    page.required[Requirement.REASON].setChecked(False)
    assert Requirement.REASON not in stored(shell).required
    assert not page.required[Requirement.BALANCE].isEnabled()
    assert page.required[Requirement.BALANCE].isChecked()
    assert Requirement.BALANCE in stored(shell).required


def test_phrases_are_added_numbered_and_taken_off(shell, page):
    phrases = page.phrases
    phrases.text.setText("First words")
    phrases.add.click()
    phrases.text.setText('Second "words" 🙂')
    phrases.text.returnPressed.emit()
    found = [one.text for one in stored(shell).phrases if one.field is RecordField.REASON]
    assert found == ["First words", 'Second "words" 🙂']
    phrases.text.setText("   ")
    phrases.add.click()
    assert "Type the phrase" in phrases._new.problem
    phrases._remove(stored(shell).phrases[0])
    assert [one.text for one in stored(shell).phrases] == ['Second "words" 🙂']


def test_somebody_who_only_treats_is_added_without_a_password(shell, page):
    page.people.add.click()
    page.people.form.name.setText("Dr New")
    page.people.form.submit()
    assert "Dr New" in {one.name for one in shell.desk.services.practitioners}
    assert not shell.desk.services.accounts.asked_for()
    assert page.people.add.isVisible()
