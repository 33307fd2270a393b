"""Zones in a view: which are drawn, with which marks, and never beyond the head."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest

from injectmap.atlas import VIEW_IDS, load_atlas
from injectmap.chart import styles
from injectmap.chart.map_drawing import draw_map
from injectmap.chart.primitives import Dots, Polyline, Segments
from injectmap.chart.styles import ZONE_LOOKS, MapStyle, zone_look
from injectmap.chart.zone_drawing import (
    dot_grid,
    hatch_lines,
    inside,
    shapes_in_view,
    touched_zones,
    zone_shape,
)
from injectmap.domain.treatment_map import TreatmentMap
from tests.unit.chart.maps import c_shape_map, in_zone, make_pass

C_SHAPE = ["lateral_zygomatic_arch", "preauricular", "mandibular_angle", "mandibular_border"]


def zones_in(view_id: str, treatment_map: TreatmentMap) -> set[tuple[str, str]]:
    shapes = shapes_in_view(load_atlas(), view_id, touched_zones(treatment_map))
    return {(shape.zone, shape.side) for shape in shapes}


def fills(treatment_map: TreatmentMap, **how: object) -> list[str]:
    style = MapStyle(px_per_mm=3.6, **how)  # type: ignore[arg-type]
    drawing = draw_map(load_atlas(), treatment_map, "left_lateral", style)
    return [
        item.fill for item in drawing.layer("zone_fill").items if isinstance(item, Polyline) and item.fill
    ]


def test_the_c_shape_is_always_there_and_others_only_when_touched() -> None:
    empty = zones_in("left_lateral", TreatmentMap())
    assert empty == {(zone, "left") for zone in [*C_SHAPE, "subzygomatic"]}
    buccal = make_pass(1, in_zone("buccal", 0.4, 0.4), in_zone("buccal", 0.6, 0.6))
    assert zones_in("left_lateral", TreatmentMap((buccal,))) == empty | {("buccal", "left")}


def test_the_optional_zone_has_no_fill_until_used() -> None:
    pink = ZONE_LOOKS["subzygomatic"].fill
    assert pink not in fills(TreatmentMap())
    used = make_pass(1, in_zone("subzygomatic", 0.4, 0.4), in_zone("subzygomatic", 0.6, 0.55))
    assert pink in fills(TreatmentMap((used,)))


@pytest.mark.parametrize("view_id", VIEW_IDS)
def test_zones_lie_on_the_head(view_id: str) -> None:
    atlas = load_atlas()
    view = atlas.views[view_id]
    for zone, side in itertools.product([*C_SHAPE, "subzygomatic", "chin", "forehead"], ("left", "right")):
        shape = zone_shape(atlas, view_id, zone, side)
        if shape is None:
            continue
        # Half a millimetre inwards, because the outline itself may lie on the very rim.
        inner = shape.fill + (shape.centre - shape.fill) * 0.5 / np.maximum(
            np.linalg.norm(shape.centre - shape.fill, axis=1, keepdims=True), 1e-9
        )
        points, _ = view.to_skin(inner)
        off = np.isnan(points[:, 0]).mean()
        assert off < 0.05, (zone, side, off)


def test_each_side_shows_its_own_zones() -> None:
    assert {side for _, side in zones_in("right_lateral", TreatmentMap())} == {"right"}
    assert {side for _, side in zones_in("front", TreatmentMap())} == {"left", "right"}


def test_small_views_drop_the_pattern_and_names() -> None:
    atlas = load_atlas()
    large = draw_map(atlas, TreatmentMap(), "left_lateral", MapStyle(px_per_mm=2.0))
    small = draw_map(atlas, TreatmentMap(), "left_lateral", MapStyle(px_per_mm=0.6))
    assert large.layer("pattern").items
    assert large.layer("zone_names").items
    assert not small.layer("pattern").items
    assert not small.layer("zone_names").items
    assert small.layer("zone_edge").items


def test_line_art_needs_no_colour() -> None:
    style = MapStyle(px_per_mm=0.45, unit="paper", mono=True, badges=True)
    drawing = draw_map(load_atlas(), c_shape_map(), "left_lateral", style)
    assert not drawing.layer("zone_fill").items
    colours = set(re.findall(r"#[0-9A-Fa-f]{6}", repr(drawing)))
    assert colours
    assert all(colour[1:3] == colour[3:5] == colour[5:7] for colour in colours), colours


def test_zones_are_told_apart_by_pattern_alone() -> None:
    patterns = [look.pattern for look in ZONE_LOOKS.values()]
    assert len(set(patterns)) == len(patterns)
    assert zone_look("chin").pattern == "none"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_holds_in_grey() -> None:
    assert contrast(styles.INK, styles.WHITE) > 12
    assert contrast(styles.ENTRY_RED, styles.WHITE) > 4.5
    assert contrast(styles.WHITE, styles.SELECTION) > 4.5
    assert contrast(styles.MONO_GREY, styles.WHITE) > 7
    for zone, look in ZONE_LOOKS.items():
        assert contrast(look.edge, styles.SKIN_HALO) > 5.5, zone
        assert contrast(look.edge_dark, styles.CANVAS[True]) > 7, zone
        over = [round(255 * 0.7 + int(look.fill[i : i + 2], 16) * 0.3) for i in (1, 3, 5)]
        filled = "#{:02X}{:02X}{:02X}".format(*over)
        assert contrast(styles.INK, filled) > 6, zone


def test_layers_are_remembered() -> None:
    style = MapStyle(px_per_mm=3.3)
    first = draw_map(load_atlas(), c_shape_map(), "left_lateral", style)
    again = draw_map(load_atlas(), c_shape_map(), "left_lateral", style)
    assert first.layer("zone_fill").items is again.layer("zone_fill").items


SQUARE = np.array([[0.0, 0.0], [20.0, 0.0], [20.0, 10.0], [0.0, 10.0]])


def test_hatching_stays_inside_and_keeps_its_place() -> None:
    strokes = hatch_lines(SQUARE, 0.0, 4.0)
    assert [stroke[1] for stroke in strokes] == [0.0, 4.0, 8.0]
    assert all(stroke[0] == 0.0 and stroke[2] == 20.0 for stroke in strokes)
    moved = hatch_lines(SQUARE + np.array([0.0, 1.0]), 0.0, 4.0)
    assert [stroke[1] for stroke in moved] == [4.0, 8.0]
    slanted = np.array(hatch_lines(SQUARE, -45.0, 4.0))
    ends = slanted.reshape(-1, 2)
    assert (ends >= -0.01).all()
    assert (ends <= [20.01, 10.01]).all()


def test_dots_stay_inside() -> None:
    dots = dot_grid(SQUARE, 4.0)
    assert len(dots) > 5
    assert inside(SQUARE, dots).all()


def test_patterns_are_plain_marks() -> None:
    drawing = draw_map(load_atlas(), c_shape_map(), "left_lateral", MapStyle(px_per_mm=4.0))
    kinds = {type(item) for item in drawing.layer("pattern").items}
    assert kinds == {Segments, Dots}
