"""People, roles and passwords in the settings, and what the settings show to whom."""

from __future__ import annotations

import pytest

from injectmap.domain.acting import Role
from injectmap.domain.errors import InputRefused
from tests.ui.lock.conftest import GOOD


@pytest.fixture
def page(seated):
    assert seated.space.pages.show("settings")
    return seated.space.pages["settings"]


def account(house, who):
    return house.shell.opener.database.state.accounts[who.id]


def test_roles_are_changed_and_a_forgotten_password_given_anew(seated, page):
    form = page.people.form
    page.people.buttons[seated.berg.id].click()
    assert [role for role, box in form.roles.items() if box.isChecked()] == [Role.SUPERVISOR]
    form.roles[Role.TRAINER].setChecked(True)
    form.password.setText("short")
    form.submit()
    assert "At least 10 characters" in form.problems[0]
    form.password.setText("another one!")
    form.submit()
    assert form.isHidden()
    assert account(seated, seated.berg).roles == {Role.SUPERVISOR, Role.TRAINER}
    assert account(seated, seated.berg).password_hash == "plain:another one!"
    assert form.password.text() == ""


def test_an_account_is_closed_and_opened_again(seated, page):
    page.people.buttons[seated.front.id].click()
    page.people.form.close_account.click()
    assert not account(seated, seated.front).active
    page.people.buttons[seated.front.id].click()
    assert page.people.form.close_account.text() == "Open the account again"
    page.people.form.close_account.click()
    assert account(seated, seated.front).active


def test_the_last_administrator_stays_one(seated, page):
    form = page.people.form
    page.people.buttons[seated.lind.id].click()
    form.close_account.click()
    assert form.problems == ["At least one person who can sign in must be an administrator."]
    form.roles[Role.ADMINISTRATOR].setChecked(False)
    form.submit()
    assert form.problems == ["At least one person who can sign in must be an administrator."]
    assert Role.ADMINISTRATOR in account(seated, seated.lind).roles


def test_a_person_is_added_with_roles_and_a_first_password(seated, page):
    form = page.people.form
    page.people.add.click()
    form.submit()
    assert form.problems
    form.name.setText("Sister Mo Byrne")
    form.profession.setText("Nurse")
    form.roles[Role.FRONT_DESK].setChecked(True)
    form.password.setText(GOOD)
    form.submit()
    people = {one.name: one for one in seated.desk.services.accounts.people()}
    added = people["Sister Mo Byrne"]
    assert added.roles == {Role.FRONT_DESK}, "no role that was not given"
    assert seated.window.focusWidget() is page.people.buttons[added.practitioner_id]
    assert people["Sister Mo Byrne"].lets_in


def test_the_own_password_is_changed_with_the_present_one(seated, page):
    own = page.own
    own.change.click()
    assert seated.window.focusWidget() is own.old
    for field, text in ((own.old, "wrong horse"), (own.new, "brand new one"), (own.again, "brand new two")):
        field.setText(text)
    own.submit()
    assert own.problems == ["The two are not the same."]
    own.again.setText("brand new one")
    own.submit()
    assert own.problems == ["The name and the password do not go together."]
    own.old.setText(GOOD)
    own.submit()
    assert not own.problems
    assert own.said.full_text() == "The password is changed."
    assert own.new.text() == ""
    assert account(seated, seated.lind).password_hash == "plain:brand new one"


def test_idle_minutes_and_looks_are_set(seated, page):
    page.idle_lock_minutes.setText("5")
    page.idle_lock_minutes.setModified(True)
    page.idle_lock_minutes.editingFinished.emit()
    page.journal_reads.click()
    stored = seated.shell.opener.database.state.settings
    assert (stored.idle_lock_minutes, stored.journal_reads) == (5, True)
    assert seated.lock.idle._limit_s == 300
    page.idle_lock_minutes.setText("1000")
    page.idle_lock_minutes.setModified(True)
    page.idle_lock_minutes.editingFinished.emit()
    assert page._rows["idle_lock_minutes"].problem == "Whole minutes from 0 to 240; 0 never locks."


def test_who_does_not_administer_changes_the_own_password_and_nothing_else(seated):
    seated.lock.switch()
    seated.type_in(seated.front)
    assert seated.space.pages.show("settings")
    page = seated.space.pages["settings"]
    assert page._not_yours.isVisible()
    assert page.own.isVisible()
    assert page.own.isEnabled()
    for widget in (page.people, page.people.add, page.name, page.paper, page.journal_reads, page.phrases):
        assert not widget.isVisible()
        assert not widget.isEnabled()
    assert page.idle_lock_minutes.isVisible()
    assert not page.idle_lock_minutes.isEnabled()
    assert seated.space.banner.isHidden()


def test_who_treats_without_administering_keeps_phrases_too(seated):
    from injectmap.domain.accounts import Account

    accounts = seated.shell.opener.database.state.accounts
    accounts[seated.berg.id] = Account(
        seated.berg.id, frozenset({Role.PRACTITIONER}), True, accounts[seated.berg.id].password_hash
    )
    seated.lock.switch()
    seated.type_in(seated.berg)
    assert seated.space.pages.show("settings")
    page = seated.space.pages["settings"]
    assert page.phrases.isVisible()
    assert page.phrases.isEnabled()
    assert not page.people.isVisible()


def test_the_form_of_a_person_shows_its_last_button_and_what_is_typed_where_it_is_asked_to(
    seated, page, qtbot
):
    seated.window.resize(1440, 900)
    page.people.add.click()
    form, view = page.people.form, page._scroller.viewport()

    def in_sight(widget):
        return view.rect().contains(widget.mapTo(view, widget.rect().center()))

    qtbot.waitUntil(lambda: in_sight(form.store))
    assert in_sight(form.name)
    assert seated.window.focusWidget() is form.name
    assert not any(box.isChecked() for box in form.roles.values())
    form.password.setText(GOOD)
    assert form.password.displayText() != GOOD
    form.show_typed.setChecked(True)
    assert form.password.displayText() == GOOD
    form.cancel.click()
    assert seated.window.focusWidget() is page.people.add
    page.people.add.click()
    assert form.password.displayText() == ""
    assert not form.show_typed.isChecked()


def test_the_page_opens_at_its_top(seated, page, qtbot):
    bar = page._scroller.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    bar.setValue(bar.maximum())
    seated.space.pages.show_chart()
    seated.space.actions["settings_page"].trigger()
    assert bar.value() == 0


def test_in_a_demonstration_the_first_password_goes_to_an_administrator(make_shell):
    shell = make_shell()
    shell.space.pages.show("settings")
    page = shell.space.pages["settings"]
    assert page.own.isHidden()
    assert page.people._none.isVisible()
    founder = shell.desk.acting.practitioner_id
    page.people.buttons[founder].click()
    page.people.form.password.setText(GOOD)
    page.people.form.submit()
    assert shell.opener.database.state.accounts[founder].roles == frozenset(Role)
    assert page.own.isVisible()
    assert shell.space.actions["lock"].isEnabled()
    shell.space.actions["lock"].trigger()
    assert shell.space.extras.lock.covers


@pytest.fixture
def signed(seated):
    """The signature's panel of a record that Okonjo-Lind has signed."""
    from injectmap.domain.record import RecordState

    desk = seated.desk
    state = seated.shell.opener.database.state
    session = desk.editor.session
    from injectmap.domain.record import SignedDocument, SignedVersion, document_digest

    document = SignedDocument("{}", ())
    with seated.shell.opener.database.writing() as work:
        work.records.sign(
            SignedVersion(session.id, 1, document_digest(document), 1, seated.lind.id, seated.lind.name),
            document,
        )
        work.commit()
    assert state is not seated.shell.opener.database.state
    desk.reload_session()
    assert desk.editor.session.state is RecordState.SIGNED
    assert seated.space.pages.show("record")
    return seated.space.pages["record"].signature


def test_a_supervisor_cosigns_with_the_own_password(seated, signed):
    from injectmap.ui.records import record_deeds

    panel, desk = signed, seated.desk
    assert [panel.by.itemText(at) for at in range(panel.by.count())] == ["Dr Ines Berg"]
    assert panel.password.isVisible()
    panel.password.setText("wrong horse")
    panel.cosign.click()
    assert panel._cosign_row.problem == "The name and the password do not go together."
    with pytest.raises(InputRefused, match="sign_in_refused"):
        record_deeds.cosign(desk, 1, seated.berg.id, "")
    panel.password.setText(GOOD)
    panel.cosign.click()
    version = desk.editor.opened.versions[-1]
    assert version.cosignature.practitioner_id == seated.berg.id
    assert desk.acting.practitioner_id == seated.lind.id
    assert panel.password.text() == ""


def test_the_wait_for_a_cosignature_counts_down(seated, signed, qtbot):
    panel, clock = signed, seated.shell.opener.clock
    for _ in range(3):
        panel.password.setText("wrong horse")
        panel.cosign.click()
    assert panel._cosign_row.problem.endswith("Next attempt in 5 s.")
    assert not panel.password.isEnabled()
    assert not panel.cosign.isEnabled()
    clock.ms += 2_000
    qtbot.waitUntil(lambda: panel._cosign_row.problem.endswith("Next attempt in 3 s."))
    clock.ms += 3_000
    qtbot.waitUntil(panel.password.isEnabled)
    assert "Next attempt" not in panel._cosign_row.problem
    panel.password.setText(GOOD)
    panel.cosign.click()
    assert seated.desk.editor.opened.versions[-1].cosignature is not None
