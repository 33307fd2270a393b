import datetime as dt
from dataclasses import replace

import pytest
from PySide6.QtGui import QColor, QImage

from injectmap.domain.errors import StorageProblem
from injectmap.domain.treatment_map import Side, TreatmentMap
from injectmap.ui.patients.thumbnails import SETTLE_MS, SIDE, Thumbnails
from injectmap.ui.patients.time_line import tip_of


@pytest.fixture
def drawn(shell, qtbot):
    """The thumbnails of the open clinic, at rest."""
    thumbnails = shell.space.side.column.time_line.view.thumbnails
    qtbot.waitUntil(lambda: picture(shell, 0) is not None and not thumbnails.busy)
    return thumbnails


def watch(shell, monkeypatch) -> list[str]:
    """The ids of the sessions read from now on."""
    seen: list[str] = []
    service = shell.desk.services.sessions
    for name in ("open", "map_of"):
        whole = getattr(service, name)
        monkeypatch.setattr(
            service, name, lambda acting, id_, whole=whole: seen.append(id_) or whole(acting, id_)
        )
    return seen


def picture(shell, row):
    time_line = shell.space.side.column.time_line
    ratio = time_line.view.devicePixelRatioF()
    return time_line.view.thumbnails.picture(shell.desk.sessions[row], ratio)


def image(shell, row) -> QImage:
    return picture(shell, row).toImage()


def rest(shell, qtbot):
    thumbnails = shell.space.side.column.time_line.view.thumbnails
    qtbot.waitUntil(lambda: not thumbnails.busy)


def test_each_session_with_passes_has_its_own_picture(make_shell, qtbot):
    shell = make_shell(patient=False)
    maps = shell.opener.database.state.maps
    before, latest = maps
    maps[before] = TreatmentMap(maps[latest].passes[:2])
    shell.desk.open_patient(shell.elin)
    qtbot.waitUntil(lambda: picture(shell, 0) is not None and picture(shell, 1) is not None)
    first, second = image(shell, 0), image(shell, 1)
    assert first.width() == first.height() == round(SIDE * first.devicePixelRatio())
    assert first != second


def test_a_session_without_passes_has_none(shell, drawn, qtbot):
    shell.opener.database.state.maps[shell.desk.sessions[1].id] = TreatmentMap()
    shell.desk.open_patient(shell.elin)
    rest(shell, qtbot)
    assert shell.desk.sessions[1].pass_count == 0
    assert picture(shell, 1) is None


def test_the_open_session_is_not_read_again_and_another_once(make_shell, qtbot, monkeypatch):
    shell = make_shell(patient=False)
    seen = watch(shell, monkeypatch)
    shell.desk.open_patient(shell.elin)
    qtbot.waitUntil(lambda: picture(shell, 0) is not None and picture(shell, 1) is not None)
    rest(shell, qtbot)
    shell.space.side.column.time_line.view.viewport().update()
    qtbot.wait(30)
    assert seen == [one.id for one in shell.desk.sessions]


def test_the_picture_follows_an_edit_when_the_hand_has_come_to_rest(shell, drawn, qtbot):
    before = image(shell, 0)
    shell.editor.select([one.id for one in shell.editor.map.passes if one.side is Side.LEFT][1:])
    shell.editor.remove_selected()
    qtbot.wait(SETTLE_MS // 5)
    assert image(shell, 0) == before
    rest(shell, qtbot)
    qtbot.waitUntil(lambda: image(shell, 0) != before)


def test_an_edit_that_keeps_count_and_volume_is_shown_too_even_if_the_session_is_left(shell, drawn, qtbot):
    before = image(shell, 0)
    edited = shell.desk.sessions[0]
    passes = shell.editor.map.passes
    shell.editor.select([passes[0].id])
    shell.editor.remove_selected()
    shell.editor.undo()
    assert image(shell, 0) == before
    stored = shell.opener.database.state.maps
    stored[edited.id] = TreatmentMap(
        tuple(replace(one, path=passes[0].path) if one.side is Side.LEFT else one for one in passes)
    )
    shell.desk.open_session(shell.desk.sessions[1].id)
    rest(shell, qtbot)
    assert (shell.desk.sessions[0].pass_count, shell.desk.sessions[0].microlitres) == (
        edited.pass_count,
        edited.microlitres,
    )
    qtbot.waitUntil(lambda: image(shell, 0) != before)


def test_the_side_with_more_volume_is_shown_and_the_left_if_both_have_as_much(shell, drawn, qtbot):
    both = image(shell, 0)
    assert corner(both, "right").lightness() < 90
    left = [one.id for one in shell.editor.map.passes if one.side is Side.LEFT]
    shell.editor.select(left[:1])
    shell.editor.remove_selected()
    rest(shell, qtbot)
    qtbot.waitUntil(lambda: image(shell, 0) != both)
    rest(shell, qtbot)
    right = image(shell, 0)
    assert corner(right, "left").lightness() < 90
    assert corner(right, "right").lightness() > 90


def corner(shown: QImage, side: str) -> QColor:
    """The ground of the badge on one side, beside its letter."""
    ratio = shown.devicePixelRatio()
    x = 5 if side == "left" else SIDE - 6
    return shown.pixelColor(round(x * ratio), round((SIDE - 10) * ratio))


def test_it_follows_the_theme(shell, drawn, qtbot):
    light = image(shell, 0)
    shell.space.theme.set_dark(True)
    qtbot.waitUntil(lambda: image(shell, 0) != light)
    shell.space.theme.set_dark(False)
    qtbot.waitUntil(lambda: image(shell, 0) == light)


def test_of_thirty_sessions_those_in_sight_are_read(make_shell, qtbot, monkeypatch):
    shell = make_shell(patient=False)
    for day in range(30):
        shell.opener.put_session(shell.elin, date=dt.date(2024, 1, 1) + dt.timedelta(days=day), count=3)
    seen = watch(shell, monkeypatch)
    shell.desk.open_patient(shell.elin)
    qtbot.waitUntil(lambda: picture(shell, 0) is not None)
    rest(shell, qtbot)
    view = shell.space.side.column.time_line.view
    shown = [one.id for one in shell.desk.sessions if view.shows(one.id)]
    assert 3 < len(shown) < 15
    assert set(seen) == set(shown)
    view.scrollToBottom()
    last = shell.desk.sessions[-1].id
    qtbot.waitUntil(lambda: last in seen)
    rest(shell, qtbot)
    assert len(seen) < 25


def test_opening_a_patient_draws_nothing_at_once(make_shell, qtbot, monkeypatch):
    shell = make_shell(patient=False)
    turns: list[int] = []
    whole = Thumbnails._step
    monkeypatch.setattr(Thumbnails, "_step", lambda self: (turns.append(1), whole(self))[1])
    shell.desk.open_patient(shell.elin)
    assert not turns
    assert picture(shell, 0) is None
    qtbot.waitUntil(lambda: picture(shell, 0) is not None and picture(shell, 1) is not None)
    # Taken up, read, ground, drawn, painted: a turn of the event loop for each.
    assert len(turns) >= 2 * 5


def test_a_session_that_cannot_be_read_has_no_picture_and_is_not_asked_for_again(
    make_shell, qtbot, monkeypatch
):
    shell = make_shell(patient=False)
    asked: list[str] = []
    service = shell.desk.services.sessions
    whole = service.map_of
    bad = shell.desk.services.sessions.of_patient(shell.desk.acting, shell.elin.id)[1].id

    def broken(acting, session_id):
        asked.append(session_id)
        if session_id == bad:
            raise StorageProblem("file_damaged", name="x")
        return whole(acting, session_id)

    monkeypatch.setattr(service, "map_of", broken)
    shell.desk.open_patient(shell.elin)
    qtbot.waitUntil(lambda: bad in asked)
    rest(shell, qtbot)
    shell.space.side.column.time_line.view.viewport().update()
    qtbot.wait(30)
    assert asked.count(bad) == 1
    assert picture(shell, 1) is None
    assert not shell.space.banner.isVisible()


def test_nothing_is_read_after_the_clinic_is_closed(shell, monkeypatch):
    reads = watch(shell, monkeypatch)
    shell.space.theme.set_dark(not shell.space.theme.dark)
    thumbnails = shell.space.side.column.time_line.view.thumbnails
    thumbnails.picture(shell.desk.sessions[1], 3.0)
    assert thumbnails.busy
    shell.desk.close_clinic()
    assert not thumbnails.busy
    assert not reads


def test_the_tooltip_says_all_of_it_with_practitioner_and_record_number(shell):
    session = shell.desk.sessions[0]
    said = shell.space.side.column.time_line.model.index(0, 0).data(3)
    assert said == tip_of(session)
    assert said.splitlines() == [
        "22 Nov 2026",
        "HArmonyCa · 1.20 mL",
        "8 passes",
        "Dr R. Okonjo-Lind",
        "Record 2026-00002",
    ]
    wrong = replace(session, error_reason="wrong patient")
    assert tip_of(wrong).endswith("Entered in error: wrong patient")
