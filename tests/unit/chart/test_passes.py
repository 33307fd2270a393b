"""Passes as marks: in sight or turned away, their arrows, bands and single drawing."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest

from injectmap.atlas import VIEW_IDS, load_atlas
from injectmap.chart import styles
from injectmap.chart.map_drawing import draw_entry, draw_map, draw_pass, draw_path
from injectmap.chart.primitives import Polyline
from injectmap.chart.projection import project_map
from injectmap.chart.styles import MapStyle
from injectmap.domain.skin_paths import to_mm
from injectmap.domain.treatment_map import PassStatus, TreatmentMap
from tests.unit.chart.maps import c_shape_map, make_pass, midline_map, random_map

STYLE = MapStyle(px_per_mm=3.6)


def lines(items: tuple[object, ...]) -> list[Polyline]:
    return [item for item in items if isinstance(item, Polyline) and item.stroke is not None]


def heads(items: tuple[object, ...]) -> list[Polyline]:
    return [item for item in items if isinstance(item, Polyline) and item.closed and item.stroke is None]


def test_a_pass_that_is_wholly_turned_away_is_not_drawn() -> None:
    left = c_shape_map(("left",))
    assert len(heads(draw_map(load_atlas(), left, "left_lateral", STYLE).layer("passes").items)) == 9
    behind = draw_map(load_atlas(), left, "right_lateral", STYLE)
    assert behind.layer("passes").items == ()
    assert behind.layer("labels").items == ()
    assert behind.layer("entry_points").items == ()


def test_the_arrow_points_from_entry_to_tip() -> None:
    atlas, treatment_map = load_atlas(), c_shape_map(("left",), 1)
    (line,), (head,) = (
        lines(draw_map(atlas, treatment_map, "left_lateral", STYLE).layer("passes").items),
        heads(draw_map(atlas, treatment_map, "left_lateral", STYLE).layer("passes").items),
    )
    uv, _ = atlas.views["left_lateral"].project(
        np.array([treatment_map.passes[0].path.entry, treatment_map.passes[0].path.tip]) / 1000
    )
    assert line.points[0] == pytest.approx(tuple(uv[0] * 3.6), abs=0.01)
    assert head.points[0] == pytest.approx(tuple(uv[1] * 3.6), abs=0.01)
    width = np.hypot(*np.subtract(head.points[1], head.points[3]))
    assert width == pytest.approx(styles.ARROW_WIDTH, abs=0.05)
    # The line stops inside the head, so that the point of the arrow stays sharp.
    assert np.hypot(*np.subtract(line.points[-1], head.points[0])) == pytest.approx(7.8, abs=0.1)


def test_the_part_behind_the_head_is_dashed_faint_and_without_halo() -> None:
    # Seen from the front, a pass along the arch towards the ear leaves sight at the rim.
    atlas = load_atlas()
    found = None
    for seed, view_id in itertools.product(range(12), ("front", "left_oblique", "right_oblique")):
        for one in project_map(atlas, random_map(seed, 20), view_id, 3.6):
            if one.shown and 0.3 < one.in_sight.mean() < 0.8:
                found = (seed, view_id, one.id)
    assert found, "no random map has a pass at the rim"
    seed, view_id, id_ = found
    items = draw_pass(atlas, random_map(seed, 20).by_id[id_], view_id, STYLE)
    turned = [line for line in lines(items.lines) if line.dash]
    facing = [line for line in lines(items.lines) if not line.dash]
    assert turned
    assert facing
    assert {line.stroke_opacity for line in turned} == {styles.TURNED_OPACITY}
    assert all(line.flat_caps for line in turned)
    hidden_points = {point for line in turned for point in line.points[1:-1]}
    assert not hidden_points & {point for line in lines(items.halos) for point in line.points}


def test_planned_passes_are_dotted() -> None:
    treatment_map = midline_map()
    items = draw_pass(load_atlas(), treatment_map.passes[3], "front", STYLE)
    (line,) = [line for line in lines(items.lines) if not line.flat_caps]
    assert treatment_map.passes[3].status is PassStatus.PLANNED
    assert line.dash[1] == styles.PLANNED_STEP
    assert not line.flat_caps


@pytest.mark.parametrize("view_id", VIEW_IDS)
def test_one_pass_drawn_alone_is_as_in_the_whole(view_id: str) -> None:
    atlas, treatment_map = load_atlas(), c_shape_map()
    whole = draw_map(atlas, treatment_map, view_id, STYLE)
    alone = [draw_pass(atlas, one, view_id, STYLE) for one in treatment_map.passes]
    assert whole.layer("passes").items == tuple(item for one in alone for item in one.lines)
    assert whole.layer("pass_halos").items == tuple(item for one in alone for item in one.halos)


def test_a_path_being_drawn_looks_like_the_pass_it_becomes() -> None:
    atlas, one = load_atlas(), c_shape_map(("left",), 1).passes[0]
    preview = draw_path(atlas, to_mm(one.path.points), "left_lateral", STYLE)
    assert preview.lines == draw_pass(atlas, one, "left_lateral", STYLE).lines


def test_an_entry_point_shows_only_where_it_faces() -> None:
    atlas, one = load_atlas(), c_shape_map(("left",), 1).passes[0]
    point = np.array(one.path.entry) / 1000
    assert len(draw_entry(atlas, point, "left_lateral", STYLE)) == 2
    assert draw_entry(atlas, point, "right_lateral", STYLE) == ()


def test_hidden_passes_leave_numbers_and_letters_alone() -> None:
    atlas, treatment_map = load_atlas(), c_shape_map(("left",))
    whole = draw_map(atlas, treatment_map, "left_lateral", STYLE)
    without = draw_map(atlas, treatment_map, "left_lateral", STYLE, hidden=frozenset({"pass-1"}))
    gone = whole.marks_of("label").keys() - without.marks_of("label").keys()
    assert gone == {"pass-1"}
    texts = [item.text for item in without.layer("labels").items if hasattr(item, "text")]
    assert "1" not in texts
    assert "9" in texts
    assert without.marks_of("entry").keys() == whole.marks_of("entry").keys()


def test_both_sides_are_mirror_images() -> None:
    atlas, treatment_map = load_atlas(), c_shape_map()
    left = draw_map(atlas, treatment_map, "left_lateral", STYLE)
    right = draw_map(atlas, treatment_map, "right_lateral", STYLE)
    for one, other in zip(lines(left.layer("passes").items), lines(right.layer("passes").items), strict=True):
        flipped = [(left.width - x, y) for x, y in other.points]
        assert np.allclose(one.points, flipped, atol=0.011)


def test_hovering_adds_a_band_and_nothing_else() -> None:
    atlas, treatment_map = load_atlas(), c_shape_map(("left",))
    plain = draw_map(atlas, treatment_map, "left_lateral", STYLE)
    hovered = draw_map(atlas, treatment_map, "left_lateral", STYLE, hovered="pass-2")
    assert len(hovered.layer("pass_halos").items) == len(plain.layer("pass_halos").items) + 1
    assert hovered.layer("labels") == plain.layer("labels")


def test_an_empty_map_draws_the_head_ready_for_use() -> None:
    drawing = draw_map(load_atlas(), TreatmentMap(), "left_lateral", STYLE)
    assert drawing.layer("zone_fill").items
    assert not drawing.layer("passes").items
    assert {"lateral_zygomatic_arch", "preauricular", "mandibular_angle", "mandibular_border"} <= set(
        drawing.marks_of("zone_name")
    )


def test_very_short_passes_still_have_an_arrow() -> None:
    atlas, one = load_atlas(), c_shape_map(("left",), 1).passes[0]
    near = one.path.points[4]
    short = make_pass(1, one.path.entry, near)
    items = draw_pass(atlas, short, "left_lateral", MapStyle(px_per_mm=2.0))
    (head,) = heads(items.lines)
    assert np.hypot(*np.subtract(head.points[1], head.points[3])) >= 0.5 * styles.ARROW_WIDTH


def test_frozen() -> None:
    drawing = draw_map(load_atlas(), TreatmentMap(), "front", STYLE)
    with pytest.raises(dataclasses.FrozenInstanceError):
        drawing.width = 1.0  # type: ignore[misc]
