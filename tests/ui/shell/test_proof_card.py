"""The card that proves the journal: what is said, progress and stopping, rights, anchors to file and printer."""

import json
from dataclasses import replace

import pytest

from injectmap.domain.acting import Role
from injectmap.domain.anchors import anchor_from_text
from injectmap.domain.proof import Finding, FindingCode, Findings, Head, Note, NoteCode
from injectmap.services.proof import ProofService
from injectmap.ui.tasks import Cancelled


@pytest.fixture
def shell(make_shell):
    made = make_shell()
    # The clinic in memory has no row yet.
    desk = made.desk
    desk.services.settings_service.update(
        desk.acting, replace(desk.services.settings_service.current(), low_stock=5)
    )
    assert made.space.pages.show("safety")
    return made


@pytest.fixture
def card(shell):
    return shell.space.pages["safety"].cards["ProofCard"]


def answering(monkeypatch, found: Findings):
    def verify(self, acting, progress, *, anchor=None):
        progress(1, 2)
        return found

    monkeypatch.setattr(ProofService, "verify", verify)


def test_it_says_that_nothing_was_proved_yet_and_names_the_head(card):
    assert card.state.text() == "Not yet proved on this computer."
    assert card.row.text().isdecimal()
    assert len(card.hash.text().replace(" ", "")) == 16


def test_a_proof_is_remembered(card, shell):
    card.prove.click()
    assert card.outcome.texts[0].startswith("Whole:")
    assert "cannot show" in card.outcome.texts[-1]
    assert "whole, up to row" in card.state.text()
    shell.space.pages.show_chart()
    shell.desk.services.settings_service.update(
        shell.desk.acting, replace(shell.desk.services.settings_service.current(), low_stock=6)
    )
    shell.space.pages.show("safety")
    assert card.state.text().endswith("1 row has been added since.")


def test_what_is_broken_is_said_plainly_and_what_to_do(card, monkeypatch):
    faults = (
        Finding(FindingCode.ROW_CHANGED, 14),
        Finding(FindingCode.TABLE_ROW_CHANGED, 9, None, "passes", "0190f000", "depth_um"),
        *(Finding(FindingCode.GUARD_MISSING, key=f"guard_{one}") for one in range(20)),
    )
    notes = (Note(NoteCode.CLOCK_SET_BACK, 7, 2),)
    answering(monkeypatch, Findings(Head(20, "a" * 64), 20, 30, faults, 3, notes))
    card.prove.click()
    said = card.outcome.texts
    assert said[0].startswith("Not whole")
    assert said[1] == "25 faults were found. The first is at row 14 of the journal."
    assert "Nothing was repaired" in said[2]
    assert said[3] == "Row 14 was changed."
    assert said[4] == "Changed in cannula passes: 0190f000, depth_um. Row 9 of the journal says otherwise."
    assert "13 more: injectmap verify lists them." in said
    assert any("clock was set back" in one for one in said)


def test_an_anchor_that_is_at_fault_is_no_fault_of_the_clinic(card, monkeypatch):
    faulty = Finding(FindingCode.ANCHOR_OTHER_CLINIC, 9)
    answering(monkeypatch, Findings(Head(20, "a" * 64), 20, 30, faulty_anchor=faulty))
    card.prove.click()
    said = " ".join(card.outcome.texts)
    assert said.startswith("Whole:")
    assert "This anchor proves nothing" in said
    assert "Compared with the anchor" not in said
    differs = (Finding(FindingCode.ANCHOR_HASH_DIFFERS, 9),)
    answering(monkeypatch, Findings(Head(20, "a" * 64), 20, 30, differs))
    card.prove.click()
    said = " ".join(card.outcome.texts)
    assert said.startswith("Not whole")
    assert "Compared with the anchor" not in said
    assert "cannot show" not in said


def test_it_can_be_stopped(card, monkeypatch):
    def verify(self, acting, progress, *, anchor=None):
        card.cancel()
        with pytest.raises(Cancelled):
            progress(1, 2)
        raise Cancelled

    monkeypatch.setattr(ProofService, "verify", verify)
    card.prove.click()
    assert card.outcome.texts == []
    assert card.prove.isVisible()
    assert not card.stop.isVisible()


def test_while_it_runs_there_is_progress_and_a_way_to_stop(card, monkeypatch):
    seen = []

    def verify(self, acting, progress, *, anchor=None):
        progress(200, 1000)
        seen.append((card.progress.text(), card.stop.isVisible(), card.prove.isVisible()))
        return Findings(Head(1, "a" * 64), 1, 1)

    monkeypatch.setattr(ProofService, "verify", verify)
    card.prove.click()
    assert seen == [("200 of 1000 rows", True, False)]


def test_it_is_an_administrators(card, shell, monkeypatch):
    desk = shell.desk
    others = desk.acting.roles - {Role.ADMINISTRATOR}
    fewer = replace(desk.acting, roles=others)
    monkeypatch.setattr(type(desk), "acting", property(lambda self: fewer))
    card.refresh()
    assert card.not_yours.isVisible()
    assert not card.prove.isVisible()


def test_an_anchor_is_written_signed_and_compared(card, shell, tmp_path):
    shell.prompts.new = tmp_path / "anchor.json"
    shell.prompts.existing = tmp_path / "clinic.pem"
    card.export_signed.click()
    anchor = anchor_from_text(shell.prompts.new.read_bytes())
    assert anchor.signature
    assert str(anchor.number) == card.row.text()
    shell.prompts.new = tmp_path / "unsigned.json"
    card.export.click()
    assert not anchor_from_text(shell.prompts.new.read_bytes()).signature
    shell.prompts.existing = shell.prompts.new
    card.check.click()
    assert f"Compared with the anchor of row {anchor.number}" in card.outcome.texts[-1]
    data = json.loads(shell.prompts.new.read_text()) | {"hash": "0" * 64}
    shell.prompts.new.write_text(json.dumps(data))
    card.check.click()
    assert card.outcome.texts[0].startswith("Not whole")
    shell.prompts.new.write_text("{}")
    told = []
    shell.desk.problem.connect(told.append)
    card.check.click()
    assert told == ["This is no anchor of injectmap."]


def test_a_file_that_was_not_chosen_does_nothing(card, shell):
    shell.prompts.new = shell.prompts.existing = None
    for button in (card.export, card.export_signed, card.check):
        button.click()
    assert card.outcome.texts == []


def test_printing_without_a_printer_is_said(card, shell):
    shell.prompts.printers = False
    told = []
    shell.desk.problem.connect(told.append)
    card.print.click()
    assert len(told) == 1
    assert "printer" in told[0]


def test_an_outcome_goes_with_its_clinic(card, shell):
    card.prove.click()
    assert card.outcome.texts
    shell.desk.close_clinic()
    assert card.outcome.texts == []


def test_an_older_anchor_is_never_replaced(card, shell, tmp_path):
    older = tmp_path / "anchor.json"
    older.write_text("the anchor of January")
    shell.prompts.new = older
    card.deeds.export()
    assert older.read_text() == "the anchor of January"
    assert "already a file" in shell.space.banner.text


def test_an_anchor_is_not_written_over_the_keys_of_a_clinic(card, shell, tmp_path):
    keys = tmp_path / "Berg.injectmap.keys.json"
    keys.write_text("the only keys")
    shell.prompts.new = keys
    card.deeds.export()
    assert keys.read_text() == "the only keys"
    assert "belongs to a clinic" in shell.space.banner.text
    assert keys.name in shell.space.banner.text


def test_a_proof_moves_no_button(card, qtbot):
    buttons = (card.prove, card.check, card.export, card.print)
    before = [one.mapTo(card, one.rect().topLeft()) for one in buttons]
    card.state.setText("Last proved")
    card.prove.click()
    qtbot.wait(20)
    assert card.outcome.isVisible()
    assert [one.mapTo(card, one.rect().topLeft()) for one in buttons] == before
    assert card.outcome.mapTo(card, card.outcome.rect().topLeft()).y() > before[-1].y()
