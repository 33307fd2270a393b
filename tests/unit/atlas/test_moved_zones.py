"""Zones whose corners were moved still tile the skin, each side for itself, and split paths as exactly as before."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from injectmap.atlas import Atlas, ZoneMoveRefused, Zones, load_atlas
from injectmap.atlas.raster import ZoneRaster
from injectmap.atlas.skin import CENTRE, chart, mirror
from tests.unit.atlas.places import skin_places

MIRRORED = {"left": "right", "right": "left", "midline": "midline"}


class Move(NamedTuple):
    vertex: str
    side: str
    place: tuple[int, int, int]


def moved_by(vertex: str, side: str, mm: tuple[float, float, float]) -> Move:
    """A corner of the unmoved zones pushed by some mm and dropped on the skin."""
    atlas = load_atlas()
    (corner,) = [one for one in atlas.zones.corners() if (one.vertex, one.side) == (vertex, side)]
    away = np.array(mm) * ((0.0 if side == "midline" else -1.0 if side == "right" else 1.0), 1.0, 1.0)
    place = atlas.skin.snap((corner.place + away).reshape(1, 3))[0]
    return Move(vertex, side, tuple(np.rint(place * 1000).astype(int).tolist()))


def mirrored(moves: list[Move]) -> list[Move]:
    return [Move(v, MIRRORED[side], (-x, y, z)) for v, side, (x, y, z) in moves]


MOVABLE = [(one.vertex, one.side) for one in load_atlas().zones.corners()]
offsets = st.tuples(*[st.floats(-7, 7)] * 3)


@st.composite
def adjustments(draw: st.DrawFn) -> list[Move]:
    """One to three moves that are possible together."""
    corners = draw(st.lists(st.sampled_from(MOVABLE), min_size=1, max_size=3, unique=True))
    moves = [moved_by(*corner, draw(offsets)) for corner in corners]
    try:
        load_atlas().zones_for(moves)
    except ZoneMoveRefused:
        assume(False)
    return moves


def polygons(zones: Zones) -> list[shapely.Polygon]:
    return [shapely.Polygon(ring) for ring in zones.partition.rings]


def half(atlas: Atlas, moves: list[Move], side: str) -> Zones:
    """Zones that have on the left what the moves give on a side."""
    own = [one for one in moves if one.side in (side, "midline")]
    return atlas.zones_for([one if one.side != "right" else mirrored([one])[0] for one in own])


def test_without_moves_the_zones_are_the_atlas_own(atlas: Atlas) -> None:
    assert atlas.zones_for([]) is atlas.zones
    moves = [moved_by("angle_front_top", "left", (0, 3, 2))]
    assert atlas.zones_for(moves) is atlas.zones_for(tuple(moves))


def test_both_neighbours_follow_a_corner_on_its_side_alone(atlas: Atlas) -> None:
    zones = atlas.zones_for([moved_by("angle_front_top", "right", (0, 6, 0))])
    changed = {
        zone
        for zone in zones.ids
        if zones.area_mm2(zone, "right") != pytest.approx(atlas.zones.area_mm2(zone), abs=2.0)
    }
    assert {"mandibular_angle", "preauricular"} <= changed
    assert "lateral_zygomatic_arch" not in changed
    assert all(zones.area_mm2(zone, "left") == atlas.zones.area_mm2(zone) for zone in zones.ids)
    for name, side, same in (("mandibular_angle", "left", True), ("mandibular_angle", "right", False)):
        own = zones.outline(name, side)
        assert np.array_equal(own, atlas.zones.outline(name, side)) is same


@given(adjustments())
@settings(max_examples=40)
def test_the_moved_zones_tile_the_whole_chart(moves: list[Move]) -> None:
    atlas = load_atlas()
    for side in ("left", "right"):
        zones = half(atlas, moves, side)
        found = polygons(zones)
        assert shapely.is_valid(np.array(found, dtype=object)).all()
        assert sum(one.area for one in found) == pytest.approx(360.0 * 360.0, rel=1e-9)
        assert shapely.union_all(found).area == pytest.approx(360.0 * 360.0, rel=1e-9)
        assert {k: set(v) for k, v in zones.neighbours.items()} == {
            k: set(v) for k, v in atlas.zones.neighbours.items()
        }


@given(adjustments(), st.lists(skin_places(), min_size=1, max_size=8))
@settings(max_examples=30)
def test_a_point_lies_in_the_zone_that_contains_it_on_its_side(
    moves: list[Move], points: list[np.ndarray]
) -> None:
    atlas = load_atlas()
    zones = atlas.zones_for(moves)
    for point, (zone, side) in zip(points, zones.at(np.array(points)), strict=True):
        assert side == ("right" if point[0] < 0 else "left")
        own = polygons(half(atlas, moves, side))[zones.ids.index(zone)]
        azimuth, elevation = chart((point - CENTRE).reshape(1, 3))
        assert own.distance(shapely.Point(azimuth[0], elevation[0])) < 1e-6


@given(adjustments(), skin_places(), skin_places())
@settings(max_examples=40)
def test_a_split_is_whole_and_agrees_with_the_points_of_the_path(
    moves: list[Move], start: np.ndarray, end: np.ndarray
) -> None:
    atlas = load_atlas()
    zones = atlas.zones_for(moves)
    path = atlas.skin.path(start, end)
    lengths = np.linalg.norm(path[1:] - path[:-1], axis=1)
    shares = zones.split(path)
    assert sum(shares.values()) == pytest.approx(lengths.sum(), abs=1e-6)
    # Each step cut into hundred parts, and each part looked up.
    along = (np.arange(100) + 0.5) / 100
    parts = path[:-1, None] + (path[1:] - path[:-1])[:, None] * along[:, None]
    looked: dict[tuple[str, str], float] = {}
    for key, length in zip(zones.at(parts.reshape(-1, 3)), np.repeat(lengths / 100, 100), strict=True):
        looked[key] = looked.get(key, 0.0) + length
    for key in shares.keys() | looked.keys():
        assert shares.get(key, 0.0) == pytest.approx(looked.get(key, 0.0), abs=0.05), key
    stored = np.rint(path * 1000).astype(int)
    whole = round(float(lengths.sum()) * 1000)
    assert sum(part for _, _, part in zones.split_um(stored, whole)) == whole


@given(adjustments(), skin_places(), skin_places())
@settings(max_examples=30)
def test_mirrored_moves_split_the_mirrored_path_alike(
    moves: list[Move], start: np.ndarray, end: np.ndarray
) -> None:
    atlas = load_atlas()
    path = atlas.skin.path(start, end)
    here = atlas.zones_for(moves).split(path)
    there = atlas.zones_for(mirrored(moves)).split(mirror(path))
    assert {(zone, MIRRORED[side]) for zone, side in here} == there.keys()
    for (zone, side), share in here.items():
        assert there[zone, MIRRORED[side]] == pytest.approx(share, abs=1e-9)


def test_a_path_on_the_midline_counts_half_to_each_side_by_its_own_zones(atlas: Atlas) -> None:
    zones = atlas.zones_for([moved_by("chin_top", "midline", (0, -5, 0))])
    top, bottom = (atlas.landmarks[name] * (0.0, 1.0, 1.0) for name in ("sublabiale", "menton"))
    path = atlas.skin.path(top, bottom)
    assert np.array_equal(path[:, 0], np.zeros(len(path)))
    shares, before = zones.split(path), atlas.zones.split(path)
    assert shares["lower_lip", "left"] == pytest.approx(shares["lower_lip", "right"])
    assert shares["lower_lip", "left"] > before.get(("lower_lip", "left"), 0.0) + 2.0


def test_the_corners_to_take_hold_of_lie_on_both_sides_and_say_what_was_moved(atlas: Atlas) -> None:
    move = moved_by("angle_front_top", "left", (0, 4, 0))
    zones = atlas.zones_for([move])
    corners = {(one.vertex, one.side): one for one in zones.corners(["mandibular_angle"])}
    left, right = corners["angle_front_top", "left"], corners["angle_front_top", "right"]
    assert np.allclose(left.place * 1000, move.place, atol=1.0)
    assert (left.moved, right.moved) == (True, False)
    (before,) = [
        one for one in atlas.zones.corners() if (one.vertex, one.side) == ("angle_front_top", "left")
    ]
    assert np.allclose(mirror(right.place), before.place)
    assert {"mandibular_angle", "preauricular", "masseteric"} <= set(left.zones)
    every = atlas.zones.corners()
    assert atlas.skin.drawable(np.array([one.place for one in every])).all()
    assert [one.side for one in every if one.vertex == "chin_top"] == ["midline"]
    for one, other in pairwise(sorted(every, key=lambda corner: (corner.vertex, corner.side))):
        assert (one.vertex, one.side) != (other.vertex, other.side)


@pytest.mark.parametrize(
    "move",
    [
        moved_by("angle_front_top", "left", (0, 60, 30)),  # far over the zones around it
        moved_by("angle_front_top", "left", (0, -40, -10)),  # the angle zone turns over
        Move("angle_front_top", "left", (-45_000, -45_000, 30_000)),  # the other side
        Move("angle_front_top", "midline", (0, -45_000, 90_000)),
        Move("chin_top", "left", (4_000, -60_000, 90_000)),  # off the midline
        Move("angle_front_top", "left", (60_000, -20_000, -60_000)),  # behind the ear
        Move("nowhere", "left", (60_000, -20_000, 20_000)),
        Move("hairline_nape", "left", (60_000, -20_000, 20_000)),
    ],
)
def test_a_move_that_breaks_the_zones_is_refused(atlas: Atlas, move: Move) -> None:
    with pytest.raises(ZoneMoveRefused):
        atlas.zones_for([move])


def test_a_corner_cannot_be_laid_on_another(atlas: Atlas) -> None:
    (other,) = [one for one in atlas.zones.corners() if (one.vertex, one.side) == ("border_back_top", "left")]
    place = tuple(np.rint(other.place * 1000).astype(int).tolist())
    with pytest.raises(ZoneMoveRefused, match="each other"):
        atlas.zones_for([Move("angle_front_top", "left", place)])


@given(adjustments())
@settings(max_examples=30)
def test_the_picture_redrawn_where_corners_moved_is_the_picture_drawn_anew(moves: list[Move]) -> None:
    atlas = load_atlas()
    for side in ("left", "right"):
        own = [
            one if side == "left" else mirrored([one])[0] for one in moves if one.side in (side, "midline")
        ]
        zones = atlas.zones_for([Move(v, s if s == "midline" else "left", p) for v, s, p in own])
        if zones is atlas.zones:
            continue
        redrawn, anew = zones._halves["left"].raster, ZoneRaster(zones._halves["left"].partition.rings)
        assert np.array_equal(redrawn.labels, anew.labels)
        assert np.array_equal(redrawn.numbers, anew.numbers)
