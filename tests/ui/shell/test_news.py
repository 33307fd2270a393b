"""Two workstations: what the other one writes appears, nothing is broken off, and a lost connection is retried."""

from __future__ import annotations

from dataclasses import replace

import pytest

from injectmap.domain.errors import StorageProblem
from injectmap.domain.patient import PatientDetails
from tests import builders


@pytest.fixture
def shell(make_shell):
    one = make_shell(patient=False)
    one.opener.database.shared = True
    one.open()
    one.desk.open_patient(one.elin)
    one.space.extras.news.ask()
    return one


@pytest.fixture
def watch(shell):
    return shell.space.extras.news


@pytest.fixture
def other(shell):
    """The same practitioner's hand in another room."""
    return replace(shell.desk.acting, workstation="room-2")


def add_pass(shell, acting) -> None:
    sessions, editor = shell.desk.services.sessions, shell.editor
    opened = sessions.open(acting, editor.session.id)
    order = max((one.order for one in opened.map.passes), default=0) + 1
    edit = builders.add(builders.cannula_pass(syringe_id=opened.syringes[0].id, order=order))
    sessions.commit(acting, opened.session.id, edit, opened.session.revision)


def test_a_file_that_nobody_else_writes_is_not_asked(make_shell) -> None:
    one = make_shell()
    assert not one.space.extras.news._timer.isActive()


def test_a_pass_drawn_elsewhere_appears_with_the_name_of_who_drew_it(shell, watch, other) -> None:
    assert watch._timer.isActive()
    assert watch._timer.interval() <= 2_000
    before = len(shell.editor.map.passes)
    add_pass(shell, other)
    watch.ask()
    assert len(shell.editor.map.passes) == before + 1
    assert "room-2" in shell.space.banner.text
    assert "Okonjo-Lind" in shell.space.banner.text
    assert shell.desk.sessions[0].pass_count == before + 1


def test_our_own_edits_are_no_news(shell, watch) -> None:
    add_pass(shell, shell.desk.acting)
    shell.desk.reload_session()
    shell.space.banner.put_away()
    told = []
    shell.desk.notice.connect(told.append)
    watch.ask()
    assert not told


def test_a_name_corrected_elsewhere_is_shown(shell, watch, other) -> None:
    patients = shell.desk.services.patients
    stored = patients.get(other, shell.elin.id)
    details = PatientDetails("Västerholm", stored.given_name, stored.birth_date, stored.sex, stored.telephone)
    patients.update(other, stored, details)
    watch.ask()
    assert shell.desk.patient.family_name == "Västerholm"


def test_a_gesture_in_hand_is_not_broken_off(shell, watch, other, monkeypatch) -> None:
    before = shell.editor.map
    add_pass(shell, other)
    monkeypatch.setattr(type(shell.editor.tool), "active", property(lambda _: True))
    watch.ask()
    assert shell.editor.map == before
    monkeypatch.undo()
    watch.ask()
    assert len(shell.editor.map.passes) == len(before.passes) + 1


def test_a_pass_that_met_a_newer_map_is_kept_and_added_by_retry(shell, other, qtbot) -> None:
    before = len(shell.editor.map.passes)
    mine = builders.cannula_pass(
        syringe_id=shell.editor.syringes[0].id, order=max(one.order for one in shell.editor.map.passes) + 1
    )
    add_pass(shell, other)
    shell.editor.commit(builders.add(mine))
    qtbot.waitUntil(lambda: shell.editor.failed is not None and len(shell.editor.map.passes) == before + 1)
    assert shell.editor.failed.error.code == "kept_on_newer_map"
    shell.desk.retry()
    assert shell.editor.failed is None
    assert len(shell.editor.map.passes) == before + 2


def test_a_lost_connection_keeps_the_pass_says_so_and_stores_it_by_itself(shell, watch, monkeypatch) -> None:
    mine = builders.cannula_pass(
        syringe_id=shell.editor.syringes[0].id, order=max(one.order for one in shell.editor.map.passes) + 1
    )
    before = len(shell.editor.map.passes)
    database = shell.opener.database
    database.failing = StorageProblem("server_lost")
    reading = type(database).reading

    def fails(self):
        raise StorageProblem("server_lost")

    monkeypatch.setattr(type(database), "reading", fails)
    shell.editor.commit(builders.add(mine))
    assert shell.editor.failed is not None
    watch.ask()
    assert watch.lost
    assert "connection" in shell.space.banner.text
    watch.ask()
    assert shell.editor.failed is not None
    monkeypatch.setattr(type(database), "reading", reading)
    database.failing = None
    watch.ask()
    assert not watch.lost
    assert shell.editor.failed is None
    assert len(shell.editor.map.passes) == before + 1
    assert "back" in shell.space.banner.text


def test_nothing_is_asked_on_behalf_of_nobody(shell, watch, monkeypatch) -> None:
    services = shell.desk.services
    nobody = replace(services.acting, roles=frozenset())
    monkeypatch.setattr(type(shell.desk), "acting", property(lambda _: nobody))
    asked = []
    monkeypatch.setattr(shell.desk.tasks, "run", lambda *a, **k: asked.append(a))
    watch.ask()
    assert not asked


def test_closing_the_clinic_ends_the_asking(shell, watch) -> None:
    shell.desk.close_clinic()
    assert not watch._timer.isActive()
