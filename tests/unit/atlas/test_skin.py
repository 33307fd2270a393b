"""The radial map and the paths laid on it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from injectmap.atlas import Atlas, length, load_atlas, mirror
from tests.unit.atlas.places import skin_places


def test_the_map_is_met_at_its_nodes(atlas: Atlas) -> None:
    nodes = atlas.skin.node_points[10:350:7, 10:350:11].reshape(-1, 3)
    assert np.abs(atlas.skin.height(nodes)).max() < 1e-9
    assert np.abs(atlas.skin.snap(nodes) - nodes).max() < 1e-9


def test_mirroring_is_exact_and_undoes_itself(atlas: Atlas, skin_points: np.ndarray) -> None:
    skin = atlas.skin
    assert np.array_equal(mirror(mirror(skin_points)), skin_points)
    assert np.array_equal(skin.radius(mirror(skin_points)), skin.radius(skin_points))
    assert np.array_equal(skin.snap(mirror(skin_points)), mirror(skin.snap(skin_points)))
    assert np.array_equal(skin.normals(mirror(skin_points)), mirror(skin.normals(skin_points)))
    assert np.array_equal(skin.drawable(mirror(skin_points)), skin.drawable(skin_points))


def test_normals_stand_on_the_skin(atlas: Atlas, skin_points: np.ndarray) -> None:
    normals = atlas.skin.normals(skin_points)
    assert np.abs(np.linalg.norm(normals, axis=1) - 1.0).max() < 1e-12
    assert (atlas.skin.height(skin_points + 0.5 * normals) > 0.0).mean() > 0.999
    assert (atlas.skin.height(skin_points - 0.5 * normals) < 0.0).mean() > 0.999
    # A step across the normal stays on the skin to second order.
    across = np.cross(normals, (0.0, 1.0, 0.0))
    across /= np.linalg.norm(across, axis=1)[:, None]
    assert np.median(np.abs(atlas.skin.height(skin_points + 0.2 * across))) < 0.01


def test_the_skin_is_what_the_views_show(atlas: Atlas) -> None:
    """In the region that can be drawn on, the position maps and the radial map are one surface."""
    for name in ("front", "left_oblique", "left_lateral"):
        camera = atlas.views[name].camera
        height, width = camera.depth.shape
        row, column = np.mgrid[3:height:5, 3:width:5].reshape(2, -1)
        seen = camera.depth[row, column].astype(float)
        places = np.column_stack([(column + 0.5) / camera.px_per_mm, (row + 0.5) / camera.px_per_mm, seen])
        points = ((places + camera.origin) @ camera.basis.T)[seen > -1e6]
        facing = atlas.views[name].facing(points)
        wanted = facing >= 0.2
        for shift in np.vstack([np.zeros(3), 3.0 * np.eye(3), -3.0 * np.eye(3)]):
            wanted &= atlas.skin.drawable(points + shift)
        away = np.abs(atlas.skin.height(points[wanted]))
        assert wanted.sum() > 2000
        assert np.quantile(away, 0.99) < 0.15, name
        assert (away > 0.6).mean() < 0.002, name  # nostrils


@settings(max_examples=60)
@given(skin_places(), skin_places())
def test_a_path_is_the_same_both_ways_and_on_both_sides(start: np.ndarray, end: np.ndarray) -> None:
    skin = load_atlas().skin
    path = skin.path(start, end)
    assert np.array_equal(path[0], skin.snap(start)[0])
    assert np.array_equal(path[-1], skin.snap(end)[0])
    assert np.array_equal(skin.path(end, start), path[::-1])
    assert np.array_equal(skin.path(mirror(start), mirror(end)), mirror(path))


@settings(max_examples=60)
@given(skin_places(), skin_places())
def test_a_path_is_the_plane_section_in_steps_of_a_millimetre(start: np.ndarray, end: np.ndarray) -> None:
    skin = load_atlas().skin
    path = skin.path(start, end)
    stored = np.rint(path * 1000.0) / 1000.0
    assert np.linalg.norm(np.diff(stored, axis=0), axis=1).max() <= 1.0
    assert np.abs(skin.height(path)).max() < 1e-9
    plane = np.cross(start - skin.centre, end - skin.centre)
    if np.linalg.norm(plane) > 1e-3:
        assert np.abs((path - skin.centre) @ (plane / np.linalg.norm(plane))).max() < 1e-6
    assert length(path) >= np.linalg.norm(end - start) - 1e-3


@settings(max_examples=30)
@given(skin_places(sides=(1,)))
def test_a_path_to_the_mirrored_point_is_its_own_mirror_image(start: np.ndarray) -> None:
    skin = load_atlas().skin
    path = skin.path(start, mirror(start))
    assert np.array_equal(mirror(path), path[::-1])
    assert np.array_equal(skin.path(mirror(start), start), path[::-1])


@settings(max_examples=40)
@given(
    st.lists(skin_places(sides=(1,)), min_size=3, max_size=6, unique_by=lambda point: tuple(point.round(1)))
)
def test_a_curve_meets_every_control(controls: list[np.ndarray]) -> None:
    skin = load_atlas().skin
    curve = skin.curve(np.array(controls))
    for control in controls:
        assert np.linalg.norm(curve - control, axis=1).min() < 1e-6
    assert np.linalg.norm(np.diff(np.rint(curve * 1000.0) / 1000.0, axis=0), axis=1).max() <= 1.0
    assert np.array_equal(skin.curve(np.array(controls[::-1])), curve[::-1])
    assert np.array_equal(skin.curve(mirror(np.array(controls))), mirror(curve))


def test_a_curve_of_two_controls_is_a_straight_pass(atlas: Atlas, skin_points: np.ndarray) -> None:
    ends = skin_points[:2]
    assert np.array_equal(atlas.skin.curve(ends), atlas.skin.path(*ends))
    assert np.array_equal(atlas.skin.curve(np.repeat(ends, 3, axis=0)), atlas.skin.path(*ends))


def test_a_path_from_a_point_to_itself_has_no_length(atlas: Atlas, skin_points: np.ndarray) -> None:
    path = atlas.skin.path(skin_points[0], skin_points[0])
    assert length(path) == 0.0
    assert np.isfinite(path).all()


def test_ear_and_cap_are_not_drawable(atlas: Atlas) -> None:
    hidden = np.array([atlas.landmarks["porion"], atlas.landmarks["otobasion_superius"], (0.0, 125.0, -5.0)])
    assert not atlas.skin.drawable(hidden).any()
    assert not atlas.skin.drawable(mirror(hidden)).any()
    open_skin = [
        atlas.landmarks[name] for name in ("zygion", "malar_eminence", "antegonial_notch", "pogonion")
    ]
    assert atlas.skin.drawable(np.array(open_skin)).all()


def test_a_map_of_the_wrong_size_is_refused() -> None:
    from injectmap.atlas import Skin

    with pytest.raises(ValueError, match="361"):
        Skin(np.ones((10, 10), dtype=int), np.ones((10, 10), dtype=int))
