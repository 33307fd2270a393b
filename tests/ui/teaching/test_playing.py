"""A play ends in exactly the recorded map, and what is told of it on the way is true."""

import datetime as dt
import itertools
from dataclasses import replace

import numpy as np
import pytest

from injectmap.domain import playback, skin_paths
from injectmap.domain.laying import lay
from injectmap.domain.play_steps import Phase
from injectmap.domain.treatment_map import Deposit, PassStatus, Share, Side, Technique, TreatmentMap
from injectmap.ui.teaching.player import SPEEDS, Player
from injectmap.ui.teaching.sentences import say
from injectmap.ui.teaching.show import Show, ShowKind, scene_at
from injectmap.ui.teaching.sources import Offer
from injectmap.words import load_words
from tests.key_fakes import PASSPHRASE, TINY


@pytest.fixture
def show(c_shape_map) -> Show:
    opened = {f"syringe-{side}": (1250, 1250) for side in ("left", "right")}
    return Show(ShowKind.MAP, "C-shape", (), playback.from_map(c_shape_map), opened)


def run_through(player: Player, *, frame_s: float = 0.25) -> list[float]:
    """Let it play to the end; returns the places passed."""
    player.seek(0.0)
    passed = []
    while not player.at_end:
        player.advance(frame_s)
        passed.append(player.seconds)
    return passed


@pytest.mark.parametrize("kind", [ShowKind.RECORDED, ShowKind.CHANGES, ShowKind.MAP])
def test_a_play_of_the_open_session_ends_in_exactly_its_map(room, kind) -> None:
    player = room.presenter.player
    player.take(room.presenter.sources.show_of(Offer(kind, "")))
    passed = run_through(player)
    assert passed == sorted(passed)
    scene = player.scene()
    assert scene.state.map == room.editor.map
    assert set(scene.told.finished) == set(room.editor.map.by_id)
    assert not scene.told.coming
    assert scene.in_hand is None


@pytest.mark.slow
def test_the_recorded_session_of_a_stored_clinic_plays_to_its_stored_map(tmp_path, atlas) -> None:
    from injectmap.bootstrap import Opener
    from injectmap.services.sessions import NewSyringes

    opener = Opener(data_folder=tmp_path, cost=TINY)
    services = opener.create(
        tmp_path / "clinic.injectmap",
        name="Test",
        practitioner="Dr Ada Holm",
        time_zone="Europe/London",
        passphrase=PASSPHRASE,
    ).services
    try:
        acting = services.acting
        from injectmap.domain.patient import PatientDetails

        details = PatientDetails("Vasterholm", "Elin", dt.date(1968, 3, 14))
        patient = services.patients.create(acting, details)
        opened = services.sessions.create(
            acting,
            patient_id=patient.id,
            practitioner_id=acting.practitioner_id,
            date=services.sessions.today(),
            syringes=[NewSyringes(services.products.products()[0], 2, "L1")],
        )
        editor = opener.make_editor(services, opened)
        for tip in ((58.0, 2.0, 52.0), (61.0, -38.0, 26.0), (50.0, -40.0, 50.0)):
            ends = [skin_paths.snap(atlas, np.array(point)) for point in ((64.0, -8.0, 20.0), tip)]
            known = {one.path.entry: one.entry_id for one in editor.map.passes}
            editor.draw(skin_paths.resolve(atlas, ends), entry_id=known.get(ends[0]))
        editor.select([editor.map.passes[0].id])
        editor.set_volume_text("0,15")
        editor.undo()
        editor.remove_selected()
        stored = services.sessions.open(acting, opened.session.id).map
        rows = services.sessions.history(acting, opened.session.id)
        for clean in (True, False):
            show = Show(ShowKind.RECORDED, "", (), playback.from_journal(rows, clean=clean))
            player = Player()
            player.take(show)
            run_through(player)
            assert player.scene().state.map == stored
    finally:
        services.close()


def test_at_the_end_nothing_is_in_hand_however_long_the_play(c_shape_map) -> None:
    for count in range(1, len(c_shape_map.passes) + 1):
        play = playback.from_map(TreatmentMap(c_shape_map.passes[:count]))
        scene = scene_at(Show(ShowKind.MAP, "", (), play), play.duration_s)
        assert scene.in_hand is None
        assert scene.state.map == play.final


def test_every_moment_shows_each_pass_once(show) -> None:
    all_ids = set(show.playback.final.by_id)
    for seconds in np.linspace(0, show.playback.duration_s, 400):
        scene = scene_at(show, float(seconds))
        finished, coming = set(scene.told.finished), set(scene.told.coming)
        assert finished | coming == all_ids
        assert not finished & coming
        assert scene.in_hand is None or scene.in_hand.id in coming


def test_the_count_never_falls_within_a_pass_and_ends_at_its_volume(show) -> None:
    words = load_words()
    step, begin = show.playback.steps[8], show.playback.begins[8]
    counts = []
    for gone in np.linspace(0, step.duration_s - 1e-6, 60):
        state = step.at(float(gone))
        counts.append(float(say(show, 8, state, at_end=False, words=words).count))
    assert counts == sorted(counts)
    assert counts[0] == 0
    # 0.125 mL is given to the microlitre and shown so.
    assert say(show, 8, step.at(step.duration_s), at_end=False, words=words).count == "0.125"
    assert begin > 0


def test_each_phase_is_said_in_words(show) -> None:
    words = load_words()
    step = show.playback.steps[1]
    said, gone = {}, 0.0
    for span in step.phases:
        state = step.at(gone + span.seconds / 2)
        said[span.phase] = say(show, 1, state, at_end=False, words=words)
        gone += span.seconds
    assert said[Phase.ADVANCE].happening[0] == "Cannula advancing"
    assert said[Phase.DEPOSIT].happening == ("Cannula withdrawing", "Retrograde deposit")
    assert said[Phase.DEPOSIT].heading == "Pass 2 of 20, from entry A"
    assert said[Phase.DEPOSIT].of == "of 0.15 mL in this pass"
    assert said[Phase.DEPOSIT].facts == "46 mm · subdermal · 22G × 50 mm"
    (side,) = said[Phase.DEPOSIT].sides
    assert (side.text, side.total) == ("Right side so far", "of 1.245 mL")
    assert float(side.so_far) > 0.13


@pytest.mark.parametrize(
    ("technique", "expected"),
    [
        (Technique.LINEAR_ANTEGRADE, ("Cannula advancing", "Antegrade deposit")),
        (Technique.FANNING, ("Cannula withdrawing", "Deposit: Fanning")),
    ],
)
def test_how_the_product_is_laid_is_said_of_linear_techniques_only(show, technique, expected) -> None:
    one = replace(show.playback.final.passes[0], technique=technique)
    played = replace(show, playback=playback.from_map(TreatmentMap((one,))))
    step = played.playback.steps[0]
    depositing = next(
        state
        for state in (step.at(t) for t in np.linspace(0.7, step.duration_s - 0.01, 50))
        if state.phase is Phase.DEPOSIT
    )
    assert say(played, 0, depositing, at_end=False, words=load_words()).happening == expected


def test_a_protocol_counts_millimetres_and_says_that_it_holds_no_dose(atlas, c_shape) -> None:
    laid = lay(atlas, c_shape, Side.LEFT)
    show = Show(ShowKind.PROTOCOL, "C-shape", (), playback.from_protocol(laid))
    words = load_words()
    for seconds in np.linspace(0, show.playback.duration_s, 200):
        index = show.playback.index_at(float(seconds))
        at_end = seconds >= show.playback.duration_s
        said = say(show, index, show.playback.at(float(seconds)), at_end=at_end, words=words)
        assert said.unit == "mm"
        assert said.note == "No dose is given in a protocol."
        assert "mL" not in " ".join([said.heading, said.of, said.facts, *said.happening])
        assert "22G" not in said.facts
    length_mm = sum(one.path.length_um for one in laid) / 1000
    assert abs(float(said.count) - length_mm) <= 1


def test_the_syringe_empties_by_what_has_been_laid(show) -> None:
    right = [one for one in show.playback.final.passes if one.side is Side.RIGHT]
    last = len(right) - 1
    step = show.playback.steps[last]
    almost = show.playback.begins[last] + step.duration_s * 0.999
    scene = scene_at(show, almost)
    assert scene.in_hand is not None
    laid = sum(one.microlitres for one in right[:-1]) + scene.state.deposited_ul
    assert scene.fill == pytest.approx((1250 - laid) / 1250)
    # The other side has a syringe of its own, still full.
    assert scene_at(show, show.playback.begins[last + 1]).fill == 1.0


def test_a_pass_of_two_syringes_goes_on_with_the_second(show) -> None:
    one = replace(show.playback.final.passes[0], shares=(Share("first", 60), Share("second", 70)))
    played = replace(
        show,
        playback=playback.from_map(TreatmentMap((one,))),
        opened_ul={"first": (60, 1000), "second": (1000, 1000)},
    )
    step = played.playback.steps[0]
    fills = [scene_at(played, float(t)).fill for t in np.linspace(0, step.duration_s * 0.999, 80)]
    assert fills[0] == pytest.approx(0.06)
    # It empties, and the next one is taken up full; neither ever fills.
    changes = [after - before for before, after in itertools.pairwise(fills)]
    assert sum(change > 0 for change in changes) == 1
    assert fills[-1] == pytest.approx(0.93, abs=0.005)


def test_what_is_only_planned_stands_from_the_start_and_is_not_played(c_shape_map) -> None:
    passes = list(c_shape_map.passes)
    passes[0] = replace(passes[0], status=PassStatus.PLANNED, shares=(Share("", 130),), entry_id="plan")
    show = Show(ShowKind.MAP, "", (), playback.from_map(TreatmentMap(tuple(passes))))
    assert show.pass_count == len(passes) - 1
    assert passes[0].id in scene_at(show, 0.0).told.finished


def test_deposits_are_shown_where_the_tip_has_been(show) -> None:
    one = show.playback.final.passes[0]
    length = one.path.length_um
    spots = (
        Deposit(length // 4, 30, "preauricular", one.side),
        Deposit(length // 2, 40, "preauricular", one.side),
    )
    played = replace(show, playback=playback.from_map(TreatmentMap((replace(one, deposits=spots),))))
    step = played.playback.steps[0]
    for gone in np.linspace(0, step.duration_s * 0.999, 100):
        state = scene_at(played, float(gone)).state
        for low, high in state.deposited:
            assert state.phase is Phase.DEPOSIT
            if low == high:
                assert low >= state.tip_um


class TestPlayer:
    @pytest.fixture
    def player(self, qapp, show) -> Player:
        one = Player()
        one.take(show)
        return one

    def test_it_begins_with_the_whole_map_and_plays_from_the_start(self, player) -> None:
        assert player.at_end
        player.play()
        assert player.playing
        assert player.seconds == 0.0
        player.pause()

    def test_the_timer_runs_only_while_it_plays(self, player) -> None:
        from PySide6.QtCore import QTimer

        (timer,) = player.findChildren(QTimer)
        assert not timer.isActive()
        player.toggle()
        assert timer.isActive()
        player.toggle()
        assert not timer.isActive()
        player.play()
        player.seek(player.playback.duration_s - 0.01)
        player.advance(1.0)
        assert player.at_end
        assert not timer.isActive()

    def test_steps_forward_and_back(self, player) -> None:
        player.seek(0.0)
        player.next_step()
        player.next_step()
        assert player.index == 2
        player.seek(player.seconds + 2.0)
        player.previous_step()
        assert (player.index, player.seconds) == (2, player.playback.begins[2])
        player.previous_step()
        assert player.index == 1
        player.seek(player.playback.begins[-1])
        player.next_step()
        assert player.at_end
        player.previous_step()
        assert player.index == len(player.playback.steps) - 1
        assert not player.at_end

    def test_speed_is_one_of_four(self, player) -> None:
        player.seek(0.0)
        for speed in SPEEDS:
            player.set_speed(speed)
            before = player.seconds
            player.advance(0.5)
            assert player.seconds - before == pytest.approx(0.5 * speed)
        player.change_speed(1)
        assert player.speed == 4.0
        player.next_speed()
        assert player.speed == 0.5
        player.change_speed(-1)
        assert player.speed == 0.5

    def test_a_place_in_a_step_stays_in_that_step(self, player) -> None:
        for index in range(len(player.playback.steps)):
            player.seek_step(index, 1.0)
            assert player.index == index

    def test_nothing_to_play_is_nothing_wrong(self, player) -> None:
        player.take(None)
        for call in (player.toggle, player.next_step, player.previous_step):
            call()
        player.seek(3.0)
        player.advance(1.0)
        assert not player.playing
        assert player.scene().told.finished == ()
