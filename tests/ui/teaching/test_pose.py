"""The drawn syringe stays in the picture and on the line of the pass where it can."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.ui.teaching.syringe_pose import SHORTEST_SHARE, Room, pose

ROOM = Room(20, 20, 1068, 740)
BODY, SHAFT = 280.0, 220.0

inside = st.tuples(st.floats(21, 1067), st.floats(21, 739))
angles = st.floats(-math.pi, math.pi)


@given(inside, angles)
def test_shaft_and_body_fit_behind_any_entry_point(entry, outward) -> None:
    found = pose(ROOM, entry, outward, SHAFT, BODY)
    reach = found.share * SHAFT + BODY * found.scale
    end = (entry[0] + math.cos(found.angle) * reach, entry[1] + math.sin(found.angle) * reach)
    assert Room(19, 19, 1069, 741).holds(end)


@given(angles)
def test_with_room_it_lies_on_the_line_of_the_pass_at_full_length(outward) -> None:
    found = pose(Room(-2000, -2000, 2000, 2000), (0, 0), outward, SHAFT, BODY)
    assert (found.angle, found.share, found.scale) == (outward, 1.0, 1.0)


def test_it_is_foreshortened_before_it_is_turned() -> None:
    found = pose(ROOM, (1068 - BODY - SHAFT * 0.6, 400), 0.0, SHAFT, BODY)
    assert found.angle == 0.0
    assert found.share == pytest.approx(0.6)


def test_at_the_edge_it_is_turned_as_little_as_needed() -> None:
    entry = (1000, 400)
    found = pose(ROOM, entry, 0.0, SHAFT, BODY)
    assert found.share >= SHORTEST_SHARE
    back = found.angle - math.copysign(math.radians(6), found.angle)
    assert (ROOM.reach(entry, back) - BODY * found.scale) / SHAFT < SHORTEST_SHARE


def test_where_nothing_fits_it_is_drawn_small_towards_the_most_room() -> None:
    found = pose(Room(0, 0, 200, 60), (190, 30), 0.0, SHAFT, BODY)
    assert math.cos(found.angle) < -0.9
    assert found.scale < 1.0
