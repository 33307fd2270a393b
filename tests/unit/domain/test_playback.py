"""A play ends in exactly the recorded map, and on the way it never counts what has not been laid."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.atlas import load_atlas
from injectmap.domain.edits import Edit, EditKind, ItemChange, PassChange, edit_to_json
from injectmap.domain.errors import InputRefused
from injectmap.domain.journal import GENESIS, JournalKind, JournalRow, SubjectKind, canonical_json, make_row
from injectmap.domain.laying import lay
from injectmap.domain.map_items import Measurement, MeasurementKind
from injectmap.domain.play_steps import Phase, StepKind
from injectmap.domain.playback import Playback, from_journal, from_map, from_protocol
from injectmap.domain.totals import totals
from injectmap.domain.treatment_map import (
    CannulaPass,
    Deposit,
    PassStatus,
    Share,
    Side,
    SkinPath,
    Technique,
    TreatmentMap,
    ZoneLength,
)
from injectmap.system.catalogue import Catalogue
from tests import builders


@dataclass
class Recorder:
    """Edits as they are journalled, and the map they lead to."""

    map: TreatmentMap = field(default_factory=TreatmentMap)
    rows: list[JournalRow] = field(default_factory=list)
    done: list[tuple[Edit, int]] = field(default_factory=list)

    def commit(self, edit: Edit) -> None:
        self._write(edit, None)
        self.done.append((edit, len(self.rows)))

    def undo(self) -> None:
        if self.done:
            edit, number = self.done.pop()
            self._write(edit.inverse(), number)

    def _write(self, edit: Edit, undoes: int | None) -> None:
        self.map = edit.apply(self.map)
        self.rows.append(_row(len(self.rows) + 1, JournalKind.EDIT, edit_to_json(edit), undoes))


def _row(number: int, kind: JournalKind, payload: object, undoes: int | None = None) -> JournalRow:
    return make_row(
        number=number,
        at_ms=number,
        practitioner_id="someone",
        workstation="room-1",
        subject_kind=SubjectKind.SESSION,
        subject_id="session",
        kind=kind,
        payload=canonical_json(payload),
        salt="00",
        previous=GENESIS,
        undoes=undoes,
    )


def bolus(one: CannulaPass) -> CannulaPass:
    place = one.path.controls[:1] * 2
    zone, side, _ = one.path.zones[0]
    path = SkinPath(
        type(one.path.controls).of(place), type(one.path.points).of(place), 0, (ZoneLength(zone, side, 0),)
    )
    return replace(one, path=path, technique=Technique.BOLUS, deposits=())


@st.composite
def new_passes(draw: st.DrawFn, order: int) -> CannulaPass:
    side = draw(st.sampled_from([Side.LEFT, Side.RIGHT]))
    one = builders.cannula_pass(
        order=order,
        microlitres=draw(st.integers(1, 500)),
        side=side,
        tip=(draw(st.floats(30, 60)), draw(st.floats(-60, 0)), 30.0),
        technique=draw(st.sampled_from(Technique)),
        zones=draw(st.sampled_from([("preauricular",), ("preauricular", "mandibular_angle")])),
        status=draw(st.sampled_from(PassStatus)),
    )
    if draw(st.integers(0, 4)) == 0:
        return bolus(one)
    places = sorted(draw(st.lists(st.integers(0, one.path.length_um), max_size=3)))
    part = one.microlitres // 3
    return replace(one, deposits=tuple(Deposit(at, part, "chin", side) for at in places if part))


@st.composite
def journals(draw: st.DrawFn) -> Recorder:
    recorder = Recorder()
    for _ in range(draw(st.integers(0, 14))):
        present = recorder.map.passes
        choice = draw(
            st.sampled_from(["add", "add", "remove", "volume", "confirm", "order", "measure", "undo"])
        )
        if choice == "undo":
            recorder.undo()
        elif choice == "measure":
            kept = Measurement(
                f"m{len(recorder.rows)}", MeasurementKind.MEASURE, builders.cannula_pass().path, 9
            )
            recorder.commit(Edit(EditKind.MEASURE, (), (ItemChange(None, kept),)))
        elif choice == "add" or not present:
            first = recorder.map.next_order
            added = [draw(new_passes(first + index)) for index in range(draw(st.integers(1, 3)))]
            recorder.commit(Edit(EditKind.ADD_PASS, tuple(PassChange(None, one) for one in added)))
        else:
            recorder.commit(draw(changing(choice, present)))
    return recorder


@st.composite
def changing(draw: st.DrawFn, choice: str, present: tuple[CannulaPass, ...]) -> Edit:
    chosen = draw(st.lists(st.sampled_from(present), min_size=1, max_size=3, unique_by=lambda one: one.id))
    if choice == "remove":
        return Edit(EditKind.REMOVE_PASS, tuple(PassChange(one, None) for one in chosen))
    if choice == "confirm":
        pairs = [PassChange(one, replace(one, status=PassStatus.DONE)) for one in chosen]
        return Edit(EditKind.CONFIRM, tuple(pairs))
    if choice == "order":
        orders = draw(st.permutations([one.order for one in present]))
        pairs = [PassChange(a, replace(a, order=order)) for a, order in zip(present, orders, strict=True)]
        return Edit(EditKind.REORDER, tuple(pair for pair in pairs if pair.before != pair.after))
    volume = draw(st.integers(500, 900))
    return Edit(
        EditKind.SET_VOLUME,
        tuple(PassChange(one, replace(one, shares=(Share("other", volume),))) for one in chosen),
    )


def check_counting(play: Playback) -> None:
    """Steps join without a gap, volume only rises within a pass, and every moment's sums are whole."""
    now = play.start
    for index, step in enumerate(play.steps):
        assert step.before == now
        assert step.number >= 1 or step.one is None
        now = step.after
        laid = -1
        for tenth in range(11):
            state = step.at(step.duration_s * tenth / 10)
            if step.kind is StepKind.DRAW:
                assert step.one is not None
                assert state.deposited_ul >= laid
                assert 0 <= state.tip_um <= state.advanced_um <= step.one.path.length_um
                assert all(0 <= a <= b <= step.one.path.length_um for a, b in state.deposited)
                laid = state.deposited_ul
        end = step.at(step.duration_s)
        assert end.map == step.after
        sums = totals(step.after)
        assert (end.right_ul, end.left_ul) == (sums.right_ul, sums.left_ul)
        if step.kind is StepKind.DRAW and step.one is not None:
            done = step.one.status is PassStatus.DONE
            assert end.deposited_ul == (step.one.microlitres if done else 0)
        assert play.index_at(play.begins[index]) == index
    assert now == play.final
    assert play.at(play.duration_s).map == play.final
    assert play.state_before(len(play.steps)).map == play.final


@given(journals())
def test_a_recorded_session_plays_to_exactly_the_recorded_map(recorder: Recorder) -> None:
    for clean in (True, False):
        play = from_journal(recorder.rows, clean=clean)
        assert play.final == recorder.map
        check_counting(play)
    check_counting(from_map(recorder.map))
    assert from_map(recorder.map).final == recorder.map


@given(journals())
def test_a_clean_play_draws_each_pass_that_was_done_once_in_the_order_of_first_drawing(
    recorder: Recorder,
) -> None:
    play = from_journal(recorder.rows)
    drawn = [step.one.id for step in play.steps if step.one is not None]
    done = [one.id for one in recorder.map.passes if one.status is PassStatus.DONE]
    assert sorted(drawn) == sorted(done or recorder.map.by_id)
    assert {step.kind for step in play.steps} <= {StepKind.DRAW}
    first = {}
    for number, row in enumerate(recorder.rows):
        for pass_id in drawn:
            if row.payload and pass_id in row.payload:
                first.setdefault(pass_id, number)
    assert [first[pass_id] for pass_id in drawn] == sorted(first.values())


def test_every_edit_plays_where_nothing_is_left_out() -> None:
    recorder = Recorder()
    one, other = builders.cannula_pass(order=1), builders.cannula_pass(order=2, side=Side.RIGHT)
    recorder.commit(Edit(EditKind.MIRROR, (PassChange(None, one), PassChange(None, other))))
    changed = replace(one, shares=(Share("syringe-1", 140),))
    recorder.commit(builders.change(EditKind.SET_VOLUME, one, changed))
    recorder.commit(builders.remove(other))
    recorder.undo()
    play = from_journal([_row(99, JournalKind.PUT, {"id": "session"}), *recorder.rows], clean=False)
    assert [(step.kind, step.one and step.one.microlitres) for step in play.steps] == [
        (StepKind.DRAW, 100),
        (StepKind.DRAW, 100),
        (StepKind.CHANGE, 140),
        (StepKind.REMOVE, 100),
        (StepKind.UNDO, 100),
    ]
    assert [step.one.id for step in from_journal(recorder.rows).steps if step.one] == [one.id, other.id]


def test_a_retrograde_pass_advances_empty_and_lays_on_the_way_back() -> None:
    one = builders.cannula_pass(microlitres=120)
    (step,) = from_map(TreatmentMap((one,))).steps
    assert [span.phase for span in step.phases] == [Phase.ENTRY, Phase.ADVANCE, Phase.DEPOSIT]
    entry, advance, deposit = (span.seconds for span in step.phases)
    there = step.at(entry + advance * 0.999)
    assert (there.phase, there.deposited_ul) == (Phase.ADVANCE, 0)
    assert there.tip_um > one.path.length_um * 0.99
    half = step.at(entry + advance + deposit / 2)
    assert half.deposited_ul == half.left_ul == pytest.approx(60, abs=1)
    assert half.tip_um == pytest.approx(one.path.length_um / 2, abs=2)
    assert half.deposited == ((half.tip_um, one.path.length_um),)
    assert half.map.passes == ()


def test_an_antegrade_pass_lays_while_it_advances() -> None:
    one = builders.cannula_pass(microlitres=120, technique=Technique.LINEAR_ANTEGRADE)
    (step,) = from_map(TreatmentMap((one,))).steps
    assert [span.phase for span in step.phases] == [Phase.ENTRY, Phase.DEPOSIT, Phase.WITHDRAW]
    half = step.at(step.phases[0].seconds + step.phases[1].seconds / 2)
    assert half.deposited_ul == pytest.approx(60, abs=1)
    assert half.deposited == ((0, half.tip_um),)


def test_deposits_are_laid_where_they_lie_and_the_cannula_rests_there() -> None:
    one = builders.cannula_pass(microlitres=120)
    place = one.path.length_um // 2
    one = replace(one, deposits=(Deposit(place, 120, "preauricular", Side.LEFT),))
    (step,) = from_map(TreatmentMap((one,))).steps
    start = sum(span.seconds for span in step.phases[:-1])
    states = [step.at(start + step.phases[-1].seconds * share / 50) for share in range(51)]
    assert {state.deposited_ul for state in states} == {0, 120}
    resting = [state for state in states if abs(state.tip_um - place) <= 2]
    assert len(resting) > 5


def test_a_plan_is_drawn_without_product_and_stands_from_the_start_once_something_was_done() -> None:
    planned = builders.cannula_pass(order=1, status=PassStatus.PLANNED, shares=(Share("", 100),))
    (step,) = from_map(TreatmentMap((planned,))).steps
    assert [span.phase for span in step.phases] == [Phase.ENTRY, Phase.ADVANCE]
    assert step.at(99).deposited_ul == 0
    play = from_map(TreatmentMap((planned, builders.cannula_pass(order=2))))
    assert play.start.passes == (planned,)
    assert [step.number for step in play.steps] == [1]


def test_a_protocol_plays_its_passes_without_a_volume() -> None:
    (protocol,) = [one for one in Catalogue().protocols() if one.id == "c_shape"]
    laid = [one for side in (Side.LEFT, Side.RIGHT) for one in lay(load_atlas(), protocol, side)]
    play = from_protocol(laid)
    assert len(play.steps) == 20
    assert play.at(play.duration_s).deposited_ul == 0
    assert (play.at(play.duration_s).right_ul, play.at(play.duration_s).left_ul) == (0, 0)
    assert {point.letter for point in play.final.entry_points.values()} == {"A", "B"}
    check_counting(play)


def test_an_erased_row_cannot_be_played() -> None:
    recorder = Recorder()
    recorder.commit(builders.add(builders.cannula_pass()))
    with pytest.raises(InputRefused, match="journal_erased"):
        from_journal([replace(recorder.rows[0], payload=None, salt=None)])


def test_an_empty_play_stands_still() -> None:
    play = from_journal([])
    assert (play.steps, play.duration_s) == ((), 0)
    assert play.at(3).map == TreatmentMap()


def test_a_copied_pass_gets_its_product_when_it_is_confirmed() -> None:
    recorder = Recorder()
    copied = builders.cannula_pass(status=PassStatus.UNCONFIRMED, shares=(Share("", 100),))
    recorder.commit(builders.add(copied))
    done = replace(copied, status=PassStatus.DONE, shares=(Share("syringe-1", 100),))
    recorder.commit(builders.change(EditKind.CONFIRM, copied, done))
    first, second = from_journal(recorder.rows, clean=False).steps
    assert (first.at(99).deposited_ul, first.at(99).left_ul) == (0, 0)
    assert second.kind is StepKind.DRAW
    assert second.at(0).map.passes == ()
    assert (second.at(99).deposited_ul, second.at(99).left_ul) == (100, 100)
