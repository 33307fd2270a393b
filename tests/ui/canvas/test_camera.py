"""Zoom and pan as arithmetic, and the pictures a camera looks at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.ui.canvas.camera import MAX_ZOOM, MIN_ZOOM, Camera
from injectmap.ui.canvas.head_pictures import VIEW_IDS, HeadPictures

CAMERA = Camera(900, 600, 250, 280, 120, 150)
NUMBERS = st.floats(-2000, 2000)


@given(NUMBERS, NUMBERS, st.floats(0.3, 4))
def test_pixels_and_millimetres_are_each_others_inverse(x: float, y: float, factor: float) -> None:
    camera = CAMERA.zoomed(factor, 450, 300)
    assert camera.to_px(*camera.to_mm(x, y)) == pytest.approx((x, y), abs=1e-6)


@given(st.floats(200, 700), st.floats(150, 450), st.floats(0.9, 1.3))
def test_zooming_keeps_the_place_under_the_pointer(x: float, y: float, factor: float) -> None:
    before = CAMERA.to_mm(x, y)
    after = CAMERA.zoomed(factor, x, y)
    if after.clamped() == after and MIN_ZOOM < after.zoom < MAX_ZOOM and after.zoomed(1, x, y) == after:
        unclamped = CAMERA.zoom * factor * min(900 / 250, 600 / 280)
        assert after.px_per_mm == pytest.approx(unclamped)
    assert after.to_mm(x, y) == pytest.approx(before, abs=40)


@given(st.lists(st.tuples(NUMBERS, NUMBERS, st.floats(0.2, 5)), max_size=8))
def test_the_head_cannot_be_lost(moves: list[tuple[float, float, float]]) -> None:
    camera = CAMERA
    for dx, dy, factor in moves:
        camera = camera.panned(dx, dy).zoomed(factor, 450, 300)
    u, v = camera.to_mm(450, 300)
    assert 0 <= u <= 250
    assert 0 <= v <= 280
    assert MIN_ZOOM <= camera.zoom <= MAX_ZOOM


def test_fit_shows_the_whole_window() -> None:
    camera = CAMERA.fitted()
    assert camera.to_px(0, 0)[1] >= -1e-6
    assert camera.to_px(250, 280)[1] <= 600 + 1e-6


def test_right_views_look_at_the_mirrored_place() -> None:
    pictures = HeadPictures()
    for right, left in (("right_lateral", "left_lateral"), ("right_oblique", "left_oblique")):
        one, other = pictures.camera(right, 900, 600), pictures.camera(left, 900, 600)
        assert one.centre_u == pytest.approx(pictures.window_w - other.centre_u)
        assert one.centre_v == other.centre_v
    assert len(VIEW_IDS) == 5
