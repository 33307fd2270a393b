"""Differences in words: nothing left out, nothing judged."""

from __future__ import annotations

import pytest

from injectmap.domain.laying import ProtocolDifference
from injectmap.domain.places import Side
from injectmap.ui.plan.texts import by_side, listed, protocol_summary
from tests import builders


@pytest.mark.parametrize(
    ("numbers", "said"),
    [((), ""), ((4,), "4"), ((2, 1), "1, 2"), ((5, 1, 2, 3), "1–3, 5"), ((1, 2, 4, 5), "1, 2, 4, 5")],
)
def test_numbers_are_listed_in_order_and_long_runs_shortened(numbers, said):
    assert listed(numbers) == said


def test_passes_stand_under_their_side_right_before_left(shell_passes):
    passes, numbers = shell_passes
    assert by_side(passes, numbers) == "Patient’s right 5–8; Patient’s left 1–4"


@pytest.fixture
def shell_passes(qapp):
    session = builders.treatment_session(builders.patient(), builders.practitioner())
    syringes = [builders.syringe(session, number=number) for number in (1, 2)]
    passes = builders.c_shape(*syringes, count=8).passes
    ordered = sorted(passes, key=lambda one: one.side is Side.RIGHT)
    return passes, {one.id: number for number, one in enumerate(ordered, start=1)}


def test_a_side_is_said_in_one_line(shell_passes):
    passes, _ = shell_passes
    assert protocol_summary(ProtocolDifference(Side.LEFT, (), (), ())) == (
        "Patient’s left: as the protocol has it"
    )
    some = ProtocolDifference(Side.RIGHT, (2, 7), passes[:1], ())
    assert protocol_summary(some) == "Patient’s right: 2 not on the map, 1 beside it"
