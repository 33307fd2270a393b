"""Skin to picture and back, in all five views."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from injectmap.atlas import FACING_TO_DRAW, VIEW_IDS, Atlas, load_atlas, mirror
from injectmap.atlas.views import Camera
from tests.unit.atlas.places import skin_places

PX_PER_MM = 7.0


def grid(atlas: Atlas, step: float = 1.7) -> np.ndarray:
    width, height = atlas.views["front"].window_mm
    u, v = np.meshgrid(np.arange(0.4, width, step), np.arange(0.4, height, step))
    return np.column_stack([u.ravel(), v.ravel()])


def away_from_contours(camera: Camera, by_mm: float = 1.0) -> np.ndarray:
    """Pixels of a position map at least so far from where the visible surface jumps in depth."""
    depth = camera.depth
    jump = np.zeros(depth.shape, dtype=bool)
    for axis in (0, 1):
        bend = np.abs(np.diff(depth, n=2, axis=axis)) > 0.75
        jump |= np.pad(bend, [(1, 1) if one == axis else (0, 0) for one in (0, 1)])
    reach = int(np.ceil(by_mm * camera.px_per_mm))
    sums = np.pad(np.cumsum(np.cumsum(np.pad(jump, reach), axis=0), axis=1), ((1, 0), (1, 0)))
    size = 2 * reach + 1
    return (sums[size:, size:] - sums[:-size, size:] - sums[size:, :-size] + sums[:-size, :-size]) == 0


@pytest.mark.parametrize("view_id", VIEW_IDS)
def test_picture_to_skin_to_picture(atlas: Atlas, view_id: str) -> None:
    view, uv = atlas.views[view_id], grid(atlas)
    points, on_skin = view.to_skin(uv)
    assert on_skin.sum() > 2500
    back, visible = view.project(points[on_skin])
    assert np.abs(back - uv[on_skin]).max() * PX_PER_MM <= 0.3
    assert np.abs(atlas.skin.height(points[on_skin])).max() < 1e-4
    squarely = view.facing(points[on_skin]) >= FACING_TO_DRAW
    assert visible[squarely].mean() > 0.998  # the rest lies on the very edge of the cap or the ear


@pytest.mark.parametrize("view_id", VIEW_IDS)
def test_skin_to_picture_to_skin(atlas: Atlas, skin_points: np.ndarray, view_id: str) -> None:
    view = atlas.views[view_id]
    uv, visible = view.project(skin_points)
    seen = visible & (view.facing(skin_points) >= FACING_TO_DRAW)
    points, on_skin = view.to_skin(uv[seen])
    apart = np.linalg.norm(points - skin_points[seen], axis=1)
    assert seen.sum() > 200
    assert on_skin.mean() > 0.998
    assert apart[on_skin].max() < 0.01


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("front", "left_oblique"),
        ("left_oblique", "left_lateral"),
        ("front", "left_lateral"),
        ("front", "right_oblique"),
    ],
)
def test_a_skin_point_read_in_two_views_agrees(atlas: Atlas, one: str, other: str) -> None:
    first, second = atlas.views[one], atlas.views[other]
    points, on_skin = first.to_skin(grid(atlas))
    points = points[on_skin]
    uv, visible = second.project(points)
    wanted = visible & (first.facing(points) >= 0.2) & (second.facing(points) >= 0.2)
    stored = np.column_stack([second.window_mm[0] - uv[:, 0], uv[:, 1]]) if second.mirrored else uv
    column, row = np.clip((stored * second.camera.px_per_mm).astype(int), 0, 800).T
    wanted &= away_from_contours(second.camera)[row, column]
    read, found = second.to_skin(uv[wanted])
    assert wanted.sum() > 500
    assert found.mean() > 0.999
    assert np.linalg.norm(read - points[wanted], axis=1)[found].max() <= 0.5


@settings(max_examples=40)
@given(skin_places(sides=(1,), furthest=60.0), skin_places(sides=(1,), furthest=60.0))
def test_a_pass_drawn_in_two_views_is_one_path(start: np.ndarray, end: np.ndarray) -> None:
    atlas = load_atlas()
    ends = np.array([start, end])
    drawn = []
    for name in VIEW_IDS:
        view = atlas.views[name]
        uv, visible = view.project(ends)
        if visible.all() and (view.facing(ends) >= FACING_TO_DRAW).all():
            read, on_skin = view.to_skin(uv)
            if on_skin.all():
                stored = np.rint(read * 1000.0) / 1000.0
                drawn.append(atlas.skin.path(stored[0], stored[1]))
    for path in drawn[1:]:
        assert path.shape == drawn[0].shape
        assert np.abs(path - drawn[0]).max() < 2e-3  # the ends' micrometres may be rounded either way


@pytest.mark.parametrize(
    ("left", "right"),
    [("left_lateral", "right_lateral"), ("left_oblique", "right_oblique"), ("front", "front")],
)
def test_right_views_are_mirror_images(atlas: Atlas, skin_points: np.ndarray, left: str, right: str) -> None:
    one, other = atlas.views[left], atlas.views[right]
    uv, visible = one.project(skin_points)
    turned, visible_turned = other.project(mirror(skin_points))
    assert np.abs(uv[:, 0] + turned[:, 0] - one.window_mm[0]).max() < 1e-9
    assert np.array_equal(uv[:, 1], turned[:, 1])
    assert (visible == visible_turned).mean() > (
        0.999 if left != right else 0.997
    )  # the front's own two halves
    seen = visible & visible_turned & (one.facing(skin_points) >= FACING_TO_DRAW)
    points, on_skin = one.to_skin(uv[seen])
    mirrored, on_mirrored = other.to_skin(turned[seen])
    assert (on_skin == on_mirrored).mean() > (0.999 if left != right else 0.99)
    both = on_skin & on_mirrored
    assert np.abs(mirror(points[both]) - mirrored[both]).max() < 2e-3
    assert other.mirrored == (right != "front")
    assert one.picture() == other.picture()


def test_all_views_at_once_give_what_each_view_gives(atlas: Atlas, skin_points: np.ndarray) -> None:
    together = atlas.project_all(skin_points)
    assert tuple(together) == VIEW_IDS
    for name, view in atlas.views.items():
        uv, visible = view.project(skin_points)
        assert np.abs(uv - together[name][0]).max() < 1e-9
        assert (visible == together[name][1]).mean() > 0.9995


@pytest.mark.parametrize("view_id", VIEW_IDS)
def test_what_stands_before_a_point_hides_it(atlas: Atlas, skin_points: np.ndarray, view_id: str) -> None:
    """Against the skin itself: walk from each point to the camera and see whether the walk enters the head."""
    view, points = atlas.views[view_id], skin_points[::4]
    _, visible = view.project(points)
    facing = view.facing(points)
    walk = np.arange(1.0, 160.0, 1.0)
    way = points[:, None] + walk[None, :, None] * view.toward
    depth = atlas.skin.height(way.reshape(-1, 3)).reshape(len(points), -1).min(axis=1)
    assert not visible[facing < -0.02].any()
    assert not visible[(facing > 0.0) & (depth < -2.0)].any()
    away_from_ear = points[:, 2] > 25.0
    free = (facing >= FACING_TO_DRAW) & (depth > 0.3) & away_from_ear
    assert free.sum() > 50
    assert visible[free].mean() > 0.995


def test_draw_state_names_the_reason(atlas: Atlas) -> None:
    lateral, front = atlas.views["left_lateral"], atlas.views["front"]
    place = lambda view, name: view.project(atlas.landmarks[name])[0][0]  # noqa: E731
    assert lateral.draw_state((1.0, 1.0)) == "off_head"
    assert lateral.draw_state((-50.0, 9999.0)) == "off_head"
    assert lateral.draw_state(place(lateral, "zygion")) == "ok"
    assert front.draw_state(place(front, "malar_eminence")) == "ok"
    assert lateral.draw_state(place(lateral, "porion")) == "not_skin"
    crown = lateral.project(np.array([[10.0, 110.0, 0.0]]))[0][0]
    assert lateral.draw_state(crown) == "not_skin"
    around = atlas.skin.path(atlas.landmarks["malar_eminence"], atlas.landmarks["zygion"])
    facing = front.facing(around)
    beside = front.project(around[(facing > 0.1) & (facing < FACING_TO_DRAW)])[0]
    assert len(beside) > 2
    assert {front.draw_state(one) for one in beside} == {"turned_away"}
    point, state = lateral.pick(place(lateral, "zygion"))
    assert state == "ok"
    assert np.linalg.norm(point - atlas.landmarks["zygion"]) < 0.5


def test_off_the_head_is_not_a_point(atlas: Atlas) -> None:
    points, on_skin = atlas.views["front"].to_skin(np.array([[0.5, 0.5], [1e6, -3.0]]))
    assert np.isnan(points).all()
    assert not on_skin.any()


def test_best_view(atlas: Atlas) -> None:
    assert atlas.best_view(atlas.landmarks["zygion"]) == "left_lateral"
    assert atlas.best_view(mirror(atlas.landmarks["zygion"])) == "right_lateral"
    assert atlas.best_view(atlas.landmarks["malar_eminence"]) == "left_oblique"
    assert atlas.best_view(atlas.landmarks["pogonion"]) == "front"


def test_position_maps_are_decoded_when_first_needed() -> None:
    from injectmap.resources import asset_path

    atlas = Atlas.read(asset_path("atlas"))
    front, lateral = atlas.views["front"].camera, atlas.views["left_lateral"].camera
    assert "depth" not in vars(front)
    atlas.views["front"].project(atlas.landmarks["pogonion"])
    assert "depth" in vars(front)
    assert "depth" not in vars(lateral)


@pytest.mark.parametrize("view_id", VIEW_IDS)
def test_pictures_are_there_in_every_style(atlas: Atlas, view_id: str) -> None:
    view = atlas.views[view_id]
    for style in ("shaded", "line"):
        for reduced in (False, True):
            assert view.picture(style, reduced=reduced).is_file()
        assert view.picture_px_per_mm(style) >= 7.0
        assert view.picture_px_per_mm(style, reduced=True) < view.picture_px_per_mm(style)
    assert view.side == (None if view_id == "front" else view_id.split("_")[0])
