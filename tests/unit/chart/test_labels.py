"""Labels, letters and names: never overlapping, always there, the same for the same map."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from injectmap.atlas import VIEW_IDS, load_atlas
from injectmap.chart.map_drawing import draw_map, draw_selection
from injectmap.chart.primitives import Box, Drawing, Polyline
from injectmap.chart.projection import project_map
from injectmap.chart.styles import MapStyle
from injectmap.domain.treatment_map import TreatmentMap
from tests.unit.chart.maps import c_shape_map, random_map


def labels_of(drawing: Drawing) -> dict[str, Box]:
    return drawing.marks_of("label") | drawing.marks_of("chip")


def shown_ids(treatment_map: TreatmentMap, view_id: str) -> set[str]:
    return {one.id for one in project_map(load_atlas(), treatment_map, view_id, 1.0) if one.shown}


def assert_apart(drawing: Drawing) -> None:
    labels = labels_of(drawing)
    for (one, box), (other, other_box) in itertools.combinations(labels.items(), 2):
        assert not box.overlaps(other_box), (one, other)
    letters = drawing.marks_of("letter")
    entries = drawing.marks_of("entry")
    names = drawing.marks_of("zone_name")
    for kind, boxes in (("letter", letters), ("entry", entries), ("name", names)):
        for (one, box), (other, other_box) in itertools.product(labels.items(), boxes.items()):
            assert not box.overlaps(other_box), (one, kind, other)
    for box, other_box in itertools.combinations((letters | names).values(), 2):
        assert not box.overlaps(other_box)


@given(
    seed=st.integers(0, 10_000),
    count=st.integers(0, 60),
    view_id=st.sampled_from(VIEW_IDS),
    scale=st.sampled_from([2.0, 3.6, 7.0]),
)
@settings(max_examples=15)
def test_labels_are_complete_and_never_overlap(seed: int, count: int, view_id: str, scale: float) -> None:
    treatment_map = random_map(seed, count)
    drawing = draw_map(load_atlas(), treatment_map, view_id, MapStyle(px_per_mm=scale))
    assert_apart(drawing)
    assert set(labels_of(drawing)) == shown_ids(treatment_map, view_id)
    whole = Box(0, 0, drawing.width, drawing.height)
    for box in labels_of(drawing).values():
        assert whole.contains((box.left, box.top))
        assert whole.contains((box.right, box.bottom))


def test_sixty_passes_on_a_small_printed_view_keep_their_chips_inside_the_picture() -> None:
    treatment_map = random_map(7, 60)
    style = MapStyle(0.31, labels="chip", unit="paper", bounds=Box(12.0, 19.0, 66.0, 76.0), mark_scale=0.72)
    drawing = draw_map(load_atlas(), treatment_map, "front", style)
    assert_apart(drawing)
    found = labels_of(drawing)
    assert len(found) > 40
    assert set(found) == shown_ids(treatment_map, "front")
    assert all(style.bounds and style.bounds.overlaps(box) for box in found.values())


def test_the_same_map_has_the_same_drawing() -> None:
    style = MapStyle(px_per_mm=3.6, badges=True)
    first = draw_map(load_atlas(), random_map(3, 30), "front", style)
    again = draw_map(load_atlas(), random_map(3, 30), "front", style)
    assert first == again


def test_selection_moves_no_label_and_marks_its_own() -> None:
    atlas, treatment_map, style = load_atlas(), c_shape_map(), MapStyle(px_per_mm=3.6)
    plain = draw_map(atlas, treatment_map, "left_lateral", style)
    chosen = frozenset({"pass-5"})
    selected = draw_map(atlas, treatment_map, "left_lateral", style, selected=chosen)
    assert selected.marks == plain.marks
    assert [layer for layer in selected.layers if layer.name != "selection"] == [
        layer for layer in plain.layers if layer.name != "selection"
    ]
    alone = draw_selection(atlas, treatment_map, "left_lateral", style, chosen, plain)
    assert selected.layer("selection") == alone
    assert not plain.layer("selection").items
    assert any(getattr(item, "fill", None) == "#1C6FE0" for item in alone.items)


def test_a_label_stands_beyond_its_tip_when_there_is_room() -> None:
    atlas, treatment_map = load_atlas(), c_shape_map(("left",), 1)
    drawing = draw_map(atlas, treatment_map, "left_lateral", MapStyle(px_per_mm=4.0))
    (projected,) = project_map(atlas, treatment_map, "left_lateral", 4.0)
    box = labels_of(drawing)["pass-1"]
    entry, tip = projected.points[0], projected.points[-1]
    forward = (tip - entry) / np.hypot(*(tip - entry))
    away = np.array(box.centre) - tip
    assert away @ forward > 0.9 * np.hypot(*away)
    nearest = np.clip(tip, (box.left, box.top), (box.right, box.bottom))
    assert np.hypot(*(nearest - tip)) == pytest.approx(7.0, abs=1.5)


@pytest.mark.parametrize(("scale", "kind"), [(1.9, "chip"), (2.1, "label")])
def test_small_views_show_numbers_only(scale: float, kind: str) -> None:
    drawing = draw_map(load_atlas(), c_shape_map(("left",)), "left_lateral", MapStyle(px_per_mm=scale))
    assert len(drawing.marks_of(kind)) == 9


def test_letters_start_anew_on_each_side() -> None:
    treatment_map = c_shape_map()
    drawing = draw_map(load_atlas(), treatment_map, "left_lateral", MapStyle(px_per_mm=3.6))
    texts = [item.text for item in drawing.layer("entry_points").items if hasattr(item, "text")]
    assert texts == ["A", "B"]
    assert sorted(one.letter for one in treatment_map.entry_points.values()) == ["A", "A", "B", "B"]


def test_no_name_lies_over_a_pass_or_in_another_zone_of_the_c_shape() -> None:
    atlas = load_atlas()
    for seed in range(6):
        treatment_map = random_map(seed, 12)
        drawing = draw_map(atlas, treatment_map, "left_lateral", MapStyle(px_per_mm=4.0))
        lines = [item for item in drawing.layer("passes").items if isinstance(item, Polyline) and item.stroke]
        view = atlas.views["left_lateral"]
        for zone, box in drawing.marks_of("zone_name").items():
            assert not any(box.contains(point) for line in lines for point in line.points)
            points, on_skin = view.to_skin(np.array([box.centre]) / 4.0)
            if on_skin[0]:
                found = atlas.zones.at(points)[0][0]
                assert found == zone or atlas.zones.info[found].group != "c_shape", (seed, zone, found)
