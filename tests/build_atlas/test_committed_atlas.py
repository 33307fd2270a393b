"""The committed atlas: size, views, measures, and agreement of position maps with the skin map."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.ndimage import binary_erosion, map_coordinates, maximum_filter, minimum_filter

from tools.build_atlas import HEAD_VERSION
from tools.build_atlas.atlas_files import OUTSIDE
from tools.build_atlas.measures import MEASURES, measure
from tools.build_atlas.skin_map import CENTRE

ATLAS = Path(__file__).parents[2] / "assets" / "atlas"
VIEW_IDS = ("front", "left_oblique", "left_lateral")


@pytest.fixture(scope="module")
def views() -> dict[str, Any]:
    return json.loads((ATLAS / "views.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def marks() -> dict[str, Any]:
    return json.loads((ATLAS / "landmarks.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def skin() -> dict[str, np.ndarray]:
    with np.load(ATLAS / "skin.npz") as stored:
        return {name: stored[name] for name in stored.files}


def test_the_atlas_is_at_most_15_megabytes() -> None:
    assert sum(f.stat().st_size for f in ATLAS.iterdir() if f.is_file()) <= 15_000_000


def test_head_version(views: dict[str, Any], marks: dict[str, Any]) -> None:
    assert views["head_version"] == marks["head_version"] == HEAD_VERSION


def test_views_share_one_window_and_have_fine_pictures(views: dict[str, Any]) -> None:
    assert tuple(views["views"]) == VIEW_IDS
    window = views["window_mm"]
    for view in views["views"].values():
        assert view["top_mm"] == views["views"]["front"]["top_mm"]
        basis = np.array([view["right"], view["up"], view["toward"]])
        np.testing.assert_allclose(basis @ basis.T, np.eye(3), atol=1e-9)
        for style, least in (("shaded", 7.0), ("line", 7.0), ("shaded_print", 3.9), ("line_print", 3.9)):
            picture = view[style]
            assert picture["px_per_mm"] >= least
            expected = [round(window[k] * picture["px_per_mm"]) for k in ("width", "height")]
            head = (ATLAS / picture["file"]).read_bytes()[:26]
            width, height, depth, colour = struct.unpack(">IIBB", head[16:26])
            assert [width, height] == picture["size"] == expected
            assert depth == 8
            assert colour == (6 if style.startswith("shaded") else 4)  # RGBA; grey with alpha


def test_written_measures_are_those_of_the_written_landmarks(marks: dict[str, Any]) -> None:
    points = {name: np.array([p["x"], p["y"], p["z"]]) for name, p in marks["landmarks"].items()}
    assert set(marks["measures"]) == set(MEASURES)
    for name, entry in marks["measures"].items():
        assert entry["mm"] == pytest.approx(measure(points, name), abs=0.06)


def test_frozen_measures_of_head_version_1(marks: dict[str, Any]) -> None:
    mm = {name: entry["mm"] for name, entry in marks["measures"].items()}
    assert mm["bizygomatic"] == pytest.approx(133.3, abs=0.15)
    assert mm["bigonial"] == pytest.approx(102.7, abs=0.15)
    assert mm["tragion_gnathion"] == pytest.approx(137.9, abs=0.15)
    tragion, orbitale = (marks["landmarks"][n] for n in ("tragion", "orbitale"))
    assert [tragion["y"], tragion["z"], orbitale["y"]] == [0, 0, 0]


def _skin_radius(
    skin: dict[str, np.ndarray], points: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Radius of the points, radius of the map in their direction, and whether all four nodes are drawable."""
    offset = points * np.where(points[..., :1] < 0, [-1, 1, 1], 1) - CENTRE
    radius = np.linalg.norm(offset, axis=-1)
    azimuth = np.degrees(np.arctan2(offset[..., 0], offset[..., 2]))
    elevation = np.degrees(np.arcsin(offset[..., 1] / radius))
    nodes = np.stack([azimuth * 2, (elevation + 90) * 2])
    mapped = map_coordinates(skin["radius_um"] / 1000.0, nodes, order=1, mode="nearest")
    drawable = map_coordinates(skin["drawable"].astype(float), nodes, order=1, mode="nearest") > 0.999
    return radius, mapped, drawable


@pytest.mark.parametrize("view_id", VIEW_IDS)
def test_position_map_agrees_with_the_skin_map(
    views: dict[str, Any], skin: dict[str, np.ndarray], view_id: str
) -> None:
    view = views["views"][view_id]
    with np.load(ATLAS / view["position"]["file"]) as stored:
        position = stored["position"]
    assert position.dtype == np.int16
    assert [position.shape[1], position.shape[0]] == view["position"]["size"]
    inside = position[..., 0] != OUTSIDE
    points = position / 100.0
    radius, mapped, drawable = _skin_radius(skin, points)
    depth = points @ np.array(view["toward"])
    scale = view["position"]["px_per_mm"]
    reach = 2 * round(scale) + 1  # 1 mm either side
    step = maximum_filter(depth, 3) - minimum_filter(depth, 3)
    away_from_contours = maximum_filter(np.where(inside, step, 99), reach) < 4.0
    checked = inside & drawable & away_from_contours & binary_erosion(inside, iterations=reach)
    assert checked.sum() > 30000
    error = np.abs(radius - mapped)[checked]
    assert np.median(error) < 0.02
    assert np.quantile(error, 0.99) < 0.15
    assert error.max() < 0.6


@pytest.mark.parametrize("view_id", VIEW_IDS)
def test_position_map_round_trip(views: dict[str, Any], view_id: str) -> None:
    view = views["views"][view_id]
    scale = view["position"]["px_per_mm"]
    with np.load(ATLAS / view["position"]["file"]) as stored:
        position = stored["position"]
    rows, columns = np.nonzero(position[..., 0] != OUTSIDE)
    points = position[rows, columns] / 100.0
    x = (points @ np.array(view["right"]) - view["left_mm"]) * scale
    y = (view["top_mm"] - points @ np.array(view["up"])) * scale
    assert np.hypot(x - columns - 0.5, y - rows - 0.5).max() < 0.1


def test_skin_map_is_complete_and_drawable_where_zones_lie(
    skin: dict[str, np.ndarray], marks: dict[str, Any]
) -> None:
    assert skin["radius_um"].shape == skin["drawable"].shape == (361, 361)
    assert skin["radius_um"].dtype == np.int32
    assert skin["drawable"].dtype == np.uint8
    assert skin["radius_um"].min() > 40_000
    names = (
        "zygion",
        "malar_eminence",
        "gonion",
        "antegonial_notch",
        "mandibular_midbody",
        "prejowl",
        "pogonion",
    )
    points = np.array([[marks["landmarks"][n][k] for k in "xyz"] for n in names])
    radius, mapped, drawable = _skin_radius(skin, points)
    assert drawable.all()
    np.testing.assert_allclose(radius, mapped, atol=0.15)
    ear = np.array(
        [[marks["landmarks"][n][k] for k in "xyz"] for n in ("subaurale", "postaurale", "superaurale")]
    )
    assert not _skin_radius(skin, ear)[2].any()
