"""The runner's arithmetic and report; never a time."""

import json
import time
from collections.abc import Iterator

import pytest

from benchmarks.runner import (
    GOALS,
    Effort,
    Goal,
    Outcome,
    Pairs,
    Part,
    in_turn,
    percentile,
    table,
    write_report,
)

# performance.md, section 8: the names and goals that others read.
SPECIFIED = {
    "first_paint": 1.5,
    "usable": 4.0,
    "idle_memory": 2.0,
    "ink": 1.3,
    "repaint": 1.5,
    "full_repaint": 1.2,
    "five_views": 3,
    "save_edit": 2.5,
    "load_session": 3.0,
    "search": 0.15,
    # Of the issue on trust: what encryption may cost, and a search as it is typed.
    "encrypted_save": 1.5,
    "encrypted_open": 2.0,
    "search_typing": 3.0,
    "recall": 1.5,
    "record_pdf": 1.5,
    "pass_geometry": 4,
    "standard_session_seconds": 60,
    "standard_session_operations": 40,
}
GOAL = Goal("thing", 2.0, "nowhere", "a thing")


class Clock:
    """Time that passes only when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def takes(self, *seconds: float):
        waits: Iterator[float] = iter(seconds)

        def act() -> None:
            self.now += next(waits)

        return act


def test_the_goals_are_those_specified():
    assert {goal.name: goal.goal for goal in GOALS} == SPECIFIED


def test_the_ratio_is_the_median_of_the_pairs_not_the_ratio_of_the_medians():
    pairs = Pairs()
    for ours, floor in ((2.0, 1.0), (30.0, 10.0), (8.0, 2.0)):
        pairs.add(ours, floor)
    part = pairs.part("x")
    assert (part.ratio, part.ours, part.floor) == (3.0, 8.0, 2.0)


def test_measuring_in_turn_warms_up_once_and_counts_each_call():
    clock = Clock()
    ours = clock.takes(9.0, *[0.004] * 6)
    floor = clock.takes(9.0, *[0.002] * 6)
    part = in_turn(ours, floor, Effort(3), repeats=2, clock=clock)
    assert part.ratio == pytest.approx(2.0)
    assert (part.ours, part.floor) == (pytest.approx(4.0), pytest.approx(2.0))


def test_the_best_of_some_tries_counts_on_both_sides():
    clock = Clock()
    ours = clock.takes(1.0, 0.009, 0.003)
    floor = clock.takes(1.0, 0.001, 0.007)
    part = in_turn(ours, floor, Effort(1), best_of=2, clock=clock)
    assert part.ratio == pytest.approx(3.0)


def test_quick_repeats_less_but_never_not_at_all():
    assert Effort(3, quick=True).times(200) == 50
    assert Effort(3, quick=True).times(1) == 1
    assert Effort(3).times(200) == 200


def test_the_clock_is_processor_time_unless_told_otherwise():
    part = in_turn(lambda: sum(range(1_000_000)), lambda: time.sleep(0.2), Effort(1))
    assert part.ratio > 1.0


def test_a_percentile_is_one_of_the_values():
    values = [float(value) for value in range(100, 0, -1)]
    assert percentile(values, 0.5) == 51.0
    assert percentile(values, 0.99) == 100.0
    assert percentile([7.0], 0.99) == 7.0


def test_a_measure_is_as_good_as_its_worst_part():
    outcome = Outcome(GOAL, (Part("hit", 1.0, 1.0, 1.0), Part("miss", 2.5, 5.0, 2.0)))
    assert outcome.worst.label == "miss"
    assert not outcome.met


def test_the_table_names_what_is_missed_and_what_is_not_measured():
    met = Outcome(GOAL, (Part("", 2.0, 2.0, 1.0),))
    missed = Outcome(Goal("other", 1.0, "nowhere", ""), (Part("", 1.2, 1.2, 1.0),))
    broken = Outcome(Goal("third", 1.0, "nowhere", ""), trouble="no such thing", missing=True)
    text = table([met, missed, broken])
    assert "Missed: other." in text
    assert "no such thing" in text
    assert text.count("MISSED") == 1
    assert "Every goal measured is met." in table([met])


def test_the_report_has_one_entry_a_measured_goal(tmp_path):
    path = tmp_path / "build" / "bench.json"
    outcome = Outcome(GOAL, (Part("a", 1.25, 2.5, 2.0), Part("b", 1.5, 3.0, 2.0)))
    broken = Outcome(Goal("third", 1.0, "nowhere", ""), trouble="no such thing")
    write_report([outcome, broken], whole=True, path=path)
    assert json.loads(path.read_text()) == {
        "thing": {"ratio": 1.5, "goal": 2.0, "ours_ms": 3.0, "floor_ms": 2.0}
    }


def test_a_run_of_some_goals_keeps_the_other_entries(tmp_path):
    path = tmp_path / "bench.json"
    other = Goal("other", 1.0, "nowhere", "")
    write_report([Outcome(GOAL, (Part("", 1.0, 1.0, 1.0),))], whole=True, path=path)
    write_report([Outcome(other, (Part("", 9.0, 9.0, 1.0),))], whole=False, path=path)
    assert set(json.loads(path.read_text())) == {"thing", "other"}
    write_report([Outcome(other, (Part("", 9.0, 9.0, 1.0),))], whole=True, path=path)
    assert set(json.loads(path.read_text())) == {"other"}
