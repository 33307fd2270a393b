"""The head generator at a coarse setting: frame, symmetry, profile, skin map, cameras, pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tools.build_atlas import sculpture
from tools.build_atlas.atlas_files import OUTSIDE, Quality, build
from tools.build_atlas.curves import even_curve, signed_distance_to_loop, spline
from tools.build_atlas.head import BOTTOM_Y, Head
from tools.build_atlas.landmarks import DEFINITIONS, find_landmarks
from tools.build_atlas.measures import MEASURES, measure
from tools.build_atlas.skin_map import (
    CENTRE,
    SINGLE_VALUED_MIN_Z,
    crossings,
    directions,
    is_visible_skin,
    outermost_radius,
)
from tools.build_atlas.views import TOP_MM, VIEWS

COARSE = Quality(
    voxel_mm=2.0, px_per_mm=1.0, supersample=2, print_px_per_mm=0.5, position_px_per_mm=1.0, occlusion_rays=12
)


@pytest.fixture(scope="module")
def head() -> Head:
    return Head()


@pytest.fixture(scope="module")
def points(head: Head) -> dict[str, np.ndarray]:
    return find_landmarks(head)


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("atlas")
    build(folder, COARSE, report=lambda _: None)
    return folder


def test_frame_is_the_frankfort_plane_through_the_tragia(points: dict[str, np.ndarray]) -> None:
    np.testing.assert_allclose(points["tragion"][1:], 0, atol=1e-9)
    assert points["orbitale"][1] == pytest.approx(0, abs=1e-9)


def test_tragion_is_the_notch_above_the_tragus(head: Head, points: dict[str, np.ndarray]) -> None:
    tragus = head.skin_from_side([(-2.0, -4.5)])[0, 0]
    in_front = head.skin_from_side([(9.0, 0.0)])[0, 0]
    assert in_front < points["tragion"][0] < tragus


def test_the_head_is_symmetrical(head: Head) -> None:
    somewhere = np.random.default_rng(1).uniform([1, -120, -80], [80, 100, 110], (500, 3))
    np.testing.assert_array_equal(head.distances(somewhere), head.distances(somewhere * [-1, 1, 1]))


def test_the_midline_follows_the_profile_table(head: Head) -> None:
    table = sculpture.PROFILE[(sculpture.PROFILE[:, 0] < 55) & (sculpture.PROFILE[:, 0] > -74)]
    table = table[(table[:, 0] > -16) | (table[:, 0] < -34)]  # the nasal base overhangs and is free
    error = np.abs(head.skin_from_front(np.c_[0 * table[:, 0], table[:, 0]])[:, 2] - table[:, 1])
    off_the_mouth = np.abs(table[:, 0] + 47.6) > 3
    assert error[off_the_mouth].max() < 0.8
    assert np.median(error) < 0.25


@pytest.mark.parametrize(
    ("name", "tolerance"),
    [
        ("bizygomatic", 2.0), ("bigonial", 3.0), ("tragion_gnathion", 3.0), ("tragion_nasion", 2.0),
        ("head_length", 3.0), ("head_breadth", 2.0), ("nasion_menton", 4.0), ("exocanthion_width", 1.0),
        ("mouth_width", 1.0), ("ear_length", 2.0), ("nose_width", 3.0),
    ],
)  # fmt: skip
def test_measures_meet_their_targets(points: dict[str, np.ndarray], name: str, tolerance: float) -> None:
    assert measure(points, name) == pytest.approx(MEASURES[name].target_mm, abs=tolerance)


def test_every_landmark_is_defined_and_on_the_skin(head: Head, points: dict[str, np.ndarray]) -> None:
    assert set(points) == set(DEFINITIONS)
    under_the_cap = {"vertex", "opisthocranion", "eurion"}
    visible = np.array([p for name, p in points.items() if name not in under_the_cap])
    assert np.abs(head.distances(visible)[:, 0]).max() < 0.1


def test_one_crossing_per_direction_of_the_skin_map(head: Head) -> None:
    rays = directions(2.0).reshape(-1, 3)
    skin = CENTRE + rays * outermost_radius(head, rays)[:, None]
    face = (skin[:, 2] > SINGLE_VALUED_MIN_Z) & (skin[:, 1] > -100)
    assert face.sum() > 2000
    assert (crossings(head, rays[face], 0.5) == 1).all()


def test_the_skin_map_is_finite_and_lies_on_the_bare_skin(head: Head) -> None:
    rays = directions(5.0).reshape(-1, 3)
    radius = outermost_radius(head, rays)
    skin = CENTRE + rays * radius[:, None]
    assert np.isfinite(radius).all()
    assert radius.min() > 40
    assert skin[:, 1].min() >= BOTTOM_Y - 1e-6
    free = skin[:, 1] > BOTTOM_Y + 0.01
    assert np.abs(head.distances(skin[free], bare=True)[:, 0]).max() < 1e-3


def test_the_cheek_is_drawable_and_ear_cap_and_nostril_are_not(
    head: Head, points: dict[str, np.ndarray]
) -> None:
    drawable = [
        "zygion",
        "gonion",
        "antegonial_notch",
        "mandibular_midbody",
        "prejowl",
        "malar_eminence",
        "pogonion",
    ]
    assert is_visible_skin(head, np.array([points[n] for n in drawable])).all()
    hidden = head.ray(
        [CENTRE] * 3, [[0.9, 0.25, -0.25], [0.3, 0.95, 0.0], [0.07, -0.065, 1.0]], 190.0, bare=True
    )
    outside = CENTRE + (hidden - CENTRE) * 1.0
    assert not is_visible_skin(head, outside).any()


def test_curves_have_the_sense_the_sculpture_relies_on() -> None:
    assert even_curve(sculpture.STOMION, np.array([0.0]))[0] == pytest.approx(-47.6)
    around = signed_distance_to_loop(
        np.array([[0.0, 30.0]]), np.array([[0.0, 0.0]]), spline([(5, 0), (0, 5), (-5, 0), (0, -5)], 40)
    )
    assert around[0, 0] < 0 < around[0, 1]


def test_a_view_puts_the_patients_left_where_it_belongs() -> None:
    front, oblique, lateral = VIEWS
    left, nose = [60.0, 0.0, 0.0], [0.0, 0.0, 110.0]
    middle = front.project([0, 0, 0], 1.0)[0, 0]
    assert front.project(left, 1.0)[0, 0] > middle  # seen from the front the patient's left is on the right
    assert lateral.project(nose, 1.0)[0, 0] < lateral.project([0, 0, 0], 1.0)[0, 0]
    assert oblique.project(left, 1.0)[0, 2] > 0
    assert front.project([0, TOP_MM, 0], 7.0)[0, 1] == 0


def test_position_maps_project_back_onto_their_pixels(atlas: Path) -> None:
    for view in VIEWS:
        position = np.load(atlas / f"{view.id}_position.npz")["position"]
        rows, columns = np.nonzero(position[..., 0] != OUTSIDE)
        assert len(rows) > 20000
        pixels = view.project(position[rows, columns] / 100.0, 1.0)[:, :2]
        assert np.abs(pixels - np.c_[columns + 0.5, rows + 0.5]).max() < 0.05


def test_coarse_position_maps_lie_on_the_field(atlas: Path, head: Head) -> None:
    for view in VIEWS:
        position = np.load(atlas / f"{view.id}_position.npz")["position"]
        surface = position[position[..., 0] != OUTSIDE][::37] / 100.0
        distance = np.abs(head.distances(surface).min(1))
        assert np.median(distance) < 0.05
        assert np.quantile(distance, 0.95) < 0.5


def test_shaded_pictures_have_clean_transparent_edges(atlas: Path) -> None:
    for view in VIEWS:
        picture = np.asarray(Image.open(atlas / f"{view.id}_shaded.png")).astype(int)
        alpha, light = picture[..., 3], picture[..., :3].mean(2)
        assert (alpha[0] == 0).all()
        assert (alpha[-1] == 0).all()
        assert (alpha == 255).mean() > 0.3
        head_rows = slice(0, int(TOP_MM + 90))  # above the fade of the neck
        rim = (alpha[head_rows] > 0) & (alpha[head_rows] < 200)
        assert rim.any()
        assert np.quantile(light[head_rows][rim], 0.95) < 150  # ink, never a light fringe
        assert (light[alpha == 0] < 100).all()


def test_line_art_is_ink_on_nothing(atlas: Path) -> None:
    for view in VIEWS:
        picture = Image.open(atlas / f"{view.id}_line.png")
        assert picture.mode == "LA"
        grey, alpha = np.asarray(picture.split()[0]), np.asarray(picture.split()[1])
        assert grey.max() < 40
        assert 0.005 < (alpha > 60).mean() < 0.12
