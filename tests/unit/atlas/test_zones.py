"""The partition of the skin: tiling, look-up, exact splits, outlines."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings

from injectmap.atlas import Atlas, length, load_atlas, mirror
from injectmap.atlas.skin import CENTRE, chart, chart_directions
from tests.unit.atlas.places import skin_places

C_SHAPE = ("lateral_zygomatic_arch", "preauricular", "mandibular_angle", "mandibular_border")
OTHER_SIDE = {"left": "right", "right": "left"}
# The whole left half: 180 by 180 degrees, in half degrees.
WHOLE = 360.0 * 360.0


def chart_places(points: np.ndarray) -> np.ndarray:
    return np.stack(chart(points - CENTRE), axis=1)


def shared_border_mm(atlas: Atlas, one: str, other: str) -> float:
    polygons = dict(zip(atlas.zones.ids, atlas.zones.polygons, strict=True))
    shared = shapely.line_merge(polygons[one].exterior.intersection(polygons[other].exterior))
    places = shapely.get_coordinates(max(shapely.get_parts(shared), key=shapely.length))
    return length(atlas.skin.lay(chart_directions(*places.T)))


def test_zones_tile_without_gap_or_overlap(atlas: Atlas) -> None:
    polygons = atlas.zones.polygons
    assert shapely.is_valid(polygons).all()
    assert sum(polygon.area for polygon in polygons) == pytest.approx(WHOLE, abs=1e-6)
    assert shapely.union_all(polygons).area == pytest.approx(WHOLE, abs=1e-6)
    for one, other in combinations(polygons, 2):
        if one.intersects(other):
            assert one.intersection(other).area < 1e-9


def test_every_place_has_exactly_one_zone(atlas: Atlas) -> None:
    generator = np.random.default_rng(7)
    azimuth, elevation = generator.uniform(0.0, 360.0, (2, 30_000))
    inside = np.array([shapely.contains_xy(zone, azimuth, elevation) for zone in atlas.zones.polygons])
    assert (inside.sum(axis=0) == 1).all()
    points = atlas.skin.lay(chart_directions(azimuth, elevation))
    expected = [atlas.zones.ids[number] for number in inside.argmax(axis=0)]
    assert [zone for zone, side in atlas.zones.at(points) if side == "left"] == expected
    assert atlas.zones.at(mirror(points)) == [(zone, "right") for zone in expected]


def test_points_on_borders_and_poles_have_a_zone(atlas: Atlas) -> None:
    rings = [atlas.zones.outline(zone, "left") for zone in atlas.zones.ids]
    for ring in rings:
        assert len(atlas.zones.at(ring)) == len(ring)
    poles = np.array([[0.0, 120.0, 10.0], [0.0, -140.0, 10.0], [0.0, 0.0, -90.0], [0.0, -20.0, 110.0]])
    assert [zone for zone, _ in atlas.zones.at(poles)] == ["scalp", "neck", "scalp", "nose"]


def test_landmarks_lie_in_the_zones_named_after_them(atlas: Atlas) -> None:
    expected = {
        "zygion": "lateral_zygomatic_arch",
        "gonion": "mandibular_angle",
        "malar_eminence": "malar",
        "pogonion": "chin",
        "pronasale": "nose",
        "labiale_superius": "upper_lip",
        "labiale_inferius": "lower_lip",
        "exocanthion": "periorbital",
        "glabella": "glabella",
        "tragion": "auricular",
    }
    for name, zone in expected.items():
        assert atlas.zones.at(atlas.landmarks[name])[0][0] == zone, name


def test_the_c_shape_hangs_together(atlas: Atlas) -> None:
    neighbours = atlas.zones.neighbours
    for one, other in pairwise(C_SHAPE):
        assert other in neighbours[one]
        assert shared_border_mm(atlas, one, other) > 10.0
    assert "mandibular_angle" not in neighbours["lateral_zygomatic_arch"]
    assert "mandibular_border" not in neighbours["preauricular"]
    assert [zone for zone in atlas.zones.ids if atlas.zones.info[zone].group == "c_shape"] == list(C_SHAPE)


def test_subzygomatic_begins_at_the_front_border_of_preauricular(atlas: Atlas) -> None:
    assert atlas.zones.info["subzygomatic"].group == "c_shape_optional"
    assert shared_border_mm(atlas, "subzygomatic", "preauricular") > 8.0
    assert shared_border_mm(atlas, "subzygomatic", "lateral_zygomatic_arch") > 15.0


def test_every_zone_is_described(atlas: Atlas) -> None:
    from injectmap.domain.treatment_map import Plane

    names = set()
    for info in atlas.zones.info.values():
        assert info.name
        assert info.short_name
        assert info.borders.endswith(".")
        assert info.source
        assert info.plane in {"", *Plane}
        assert (info.plane == "subdermal") == info.group.startswith("c_shape")
        names.add(info.name)
    assert len(names) == len(atlas.zones.ids)


def test_the_c_shape_can_be_drawn_on(atlas: Atlas) -> None:
    for zone in (*C_SHAPE, "subzygomatic"):
        for side in ("left", "right"):
            assert atlas.skin.drawable(atlas.zones.outline(zone, side)).all(), zone


def test_areas_are_those_of_the_skin(atlas: Atlas) -> None:
    """Against triangles of the outline's own points, and zone by zone against sampled skin."""
    for zone in C_SHAPE:
        ring = atlas.zones.outline(zone, "left")
        middle = atlas.skin.snap(ring.mean(axis=0))[0]
        # Fan of triangles refined on the skin: the fan alone would cut through the curved zone.
        share = np.linspace(0.0, 1.0, 41)[:, None, None]
        rows = atlas.skin.snap((middle * (1.0 - share) + ring * share).reshape(-1, 3)).reshape(41, -1, 3)
        one, other = rows[1:, 1:] - rows[:-1, :-1], rows[1:, :-1] - rows[:-1, 1:]
        measured = np.linalg.norm(np.cross(one, other), axis=-1).sum() / 2.0
        assert atlas.zones.area_mm2(zone) == pytest.approx(measured, rel=0.03)


def same(one: dict, other: dict, tolerance: float) -> bool:
    return all(abs(one.get(key, 0.0) - other.get(key, 0.0)) <= tolerance for key in one.keys() | other.keys())


@settings(max_examples=100)
@given(skin_places(), skin_places())
def test_a_split_sums_to_the_length(start: np.ndarray, end: np.ndarray) -> None:
    atlas = load_atlas()
    path = atlas.skin.path(start, end)
    shares = atlas.zones.split(path)
    assert sum(shares.values()) == pytest.approx(length(path), abs=1e-9)
    assert same(shares, atlas.zones.split(path[::-1]), 1e-9)
    turned = {
        (zone, OTHER_SIDE[side]): share for (zone, side), share in atlas.zones.split(mirror(path)).items()
    }
    assert same(shares, turned, 1e-9)
    stored = np.rint(path * 1000.0).astype(int)
    length_um = round(length(stored / 1000.0) * 1000.0)
    parts = atlas.zones.split_um(stored, length_um)
    assert sum(part for _, _, part in parts) == length_um
    assert all(isinstance(part, int) and part >= min(length_um, 1) for _, _, part in parts)
    assert len({(zone, side) for zone, side, _ in parts}) == len(parts)
    if length_um > 100:
        exact = atlas.zones.split(stored / 1000.0)
        assert all(abs(part - 1000.0 * exact[zone, side]) < 2.0 for zone, side, part in parts)


@settings(max_examples=40)
@given(skin_places(), skin_places())
def test_a_split_is_what_dense_sampling_finds(start: np.ndarray, end: np.ndarray) -> None:
    atlas = load_atlas()
    path = atlas.skin.path(start, end)
    share = (np.arange(50) + 0.5) / 50.0
    steps = np.diff(path, axis=0)
    samples = (path[:-1, None] + steps[:, None] * share[None, :, None]).reshape(-1, 3)
    weights = np.repeat(np.linalg.norm(steps, axis=1) / 50.0, 50)
    found: dict[tuple[str, str], float] = {}
    for key, weight in zip(atlas.zones.at(samples), weights, strict=True):
        found[key] = found.get(key, 0.0) + weight
    assert same(atlas.zones.split(path), found, 0.06)


def test_zones_come_in_path_order(atlas: Atlas) -> None:
    start = atlas.landmarks["tragion"] + (0.0, -1.0, 20.0)
    end = atlas.landmarks["gonion"] + (0.0, 4.0, 12.0)
    path = np.rint(atlas.skin.path(start, end) * 1000.0).astype(int)
    zones = [zone for zone, _, _ in atlas.zones.split_um(path, 60_000)]
    assert zones == list(C_SHAPE[:3])
    assert [zone for zone, _, _ in atlas.zones.split_um(path[::-1], 60_000)] == list(C_SHAPE[2::-1])


def test_coarse_paths_are_cut_as_exactly(atlas: Atlas) -> None:
    ends = np.array(
        [atlas.landmarks["tragion"] + (0.0, -1.0, 20.0), atlas.landmarks["gonion"] + (0.0, 4.0, 12.0)]
    )
    fine = atlas.skin.path(*ends)
    coarse = fine[:: len(fine) // 6]
    shares = atlas.zones.split(coarse)
    assert sum(shares.values()) == pytest.approx(length(coarse), abs=1e-9)
    assert same(shares, atlas.zones.split(fine[: (len(coarse) - 1) * (len(fine) // 6) + 1]), 0.5)


def test_a_path_over_the_midline_is_cut_there(atlas: Atlas) -> None:
    start = atlas.skin.snap(atlas.landmarks["pogonion"] + (12.0, 0.0, -2.0))[0]
    path = atlas.skin.path(start, mirror(start))
    shares = atlas.zones.split(path)
    assert set(shares) == {("chin", "left"), ("chin", "right")}
    assert shares["chin", "left"] == pytest.approx(shares["chin", "right"], abs=1e-12)
    assert sum(shares.values()) == pytest.approx(length(path))


def test_a_path_on_the_midline_counts_half_to_each_side(atlas: Atlas) -> None:
    path = atlas.skin.path(atlas.landmarks["pogonion"], atlas.landmarks["sublabiale"])
    assert (path[:, 0] == 0.0).all()
    shares = atlas.zones.split(path)
    assert shares["chin", "left"] == shares["chin", "right"]
    assert sum(shares.values()) == pytest.approx(length(path))


def test_a_path_along_a_border_loses_nothing(atlas: Atlas) -> None:
    """The outline itself is the hardest path: all of it lies between two zones."""
    for zone in C_SHAPE:
        ring = atlas.zones.outline(zone, "left")
        shares = atlas.zones.split(ring)
        assert sum(shares.values()) == pytest.approx(length(ring), abs=1e-6)
        assert {name for name, _ in shares} <= {zone, *atlas.zones.neighbours[zone]}


def test_a_path_without_length_has_a_zone(atlas: Atlas) -> None:
    point = np.rint(atlas.landmarks["zygion"] * 1000.0).astype(int)
    assert atlas.zones.split_um(np.array([point, point]), 0) == [("lateral_zygomatic_arch", "left", 0)]


@pytest.mark.parametrize(("gap_mm", "round_mm"), [(0.0, 0.0), (0.6, 1.6)])
def test_outlines_are_closed_and_on_the_skin(atlas: Atlas, gap_mm: float, round_mm: float) -> None:
    for zone in atlas.zones.ids:
        ring = atlas.zones.outline(zone, "left", gap_mm, round_mm)
        assert np.array_equal(ring[0], ring[-1])
        assert np.abs(atlas.skin.height(ring)).max() < 1e-9
        assert np.array_equal(atlas.zones.outline(zone, "right", gap_mm, round_mm), mirror(ring))
    with pytest.raises(ValueError, match="read-only"):
        atlas.zones.outline("chin", "left")[0, 0] = 0.0


def test_drawn_gap_and_rounding_are_millimetres_on_the_skin(atlas: Atlas) -> None:
    for one, other in pairwise(C_SHAPE):
        first, second = (atlas.zones.outline(zone, "left", 0.6, 1.6) for zone in (one, other))
        apart = np.linalg.norm(first[:, None] - second[None], axis=-1).min()
        assert 0.45 < apart < 1.0, (one, other)
    sharp, drawn = (atlas.zones.outline("preauricular", "left", *how) for how in ((0.0, 0.0), (0.6, 1.6)))
    steps = np.diff(np.concatenate([drawn, drawn[1:2]]), axis=0)
    steps /= np.linalg.norm(steps, axis=1)[:, None]
    assert np.einsum("ij,ij->i", steps[1:], steps[:-1]).min() > 0.8  # no corner left
    assert 0.9 < length(drawn) / length(sharp) < 1.0


def test_the_quick_split_serves_ordinary_paths_and_agrees_with_the_thorough_one(
    atlas: Atlas, skin_points: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = skin_points[skin_points[:, 0] > 3.0]
    paths = [atlas.skin.path(*ends) for ends in left[:160].reshape(-1, 2, 3)]
    thorough = [atlas.zones._split_by_pieces(path) for path in paths]
    turned_over: list[int] = []
    monkeypatch.setattr(
        type(atlas.zones), "_split_by_pieces", lambda zones, path: turned_over.append(len(path))
    )
    for path, expected in zip(paths, thorough, strict=True):
        quick = atlas.zones.split(path)
        if quick is not None:
            assert same(quick, expected, 1e-9)
    assert len(turned_over) <= 2  # only where a border is grazed


def test_places_the_picture_calls_safe_are_far_from_every_border(atlas: Atlas) -> None:
    """Half the longest step it is asked about: both ends safe in one zone means the step stays there."""
    from injectmap.atlas.raster import NEAR, REACH_MM

    generator = np.random.default_rng(11)
    azimuth, elevation = generator.uniform(0.0, 200.0, 4000), generator.uniform(70.0, 290.0, 4000)
    safe = atlas.zones.raster.at(azimuth, elevation) != NEAR
    points = atlas.skin.lay(chart_directions(azimuth[safe], elevation[safe]))
    borders = [border.edge for border in atlas.zones.partition.borders]
    edges = np.concatenate(
        [shapely.get_coordinates(shapely.segmentize(shapely.LineString(one), 0.3)) for one in borders]
    )
    on_skin = atlas.skin.lay(chart_directions(*edges.T))
    nearest = min(np.linalg.norm(on_skin - point, axis=1).min() for point in points)
    assert safe.mean() > 0.5
    assert nearest >= REACH_MM / 2.0
    assert REACH_MM > 1.0  # paths are resampled at up to one millimetre
