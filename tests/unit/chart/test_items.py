"""What else stands on a map: boluses, deposits, measurements, what is not confirmed, another session, moved zones."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from injectmap.atlas import VIEW_IDS, load_atlas
from injectmap.chart import styles
from injectmap.chart.map_drawing import draw_map, draw_selection, zones_of
from injectmap.chart.primitives import Box, Disc, Dots, Polyline, Text
from injectmap.chart.styles import MapStyle
from injectmap.domain import skin_paths
from injectmap.domain.map_items import Measurement, MeasurementKind, ZoneMove
from injectmap.domain.treatment_map import (
    CannulaPass,
    Deposit,
    PassStatus,
    Share,
    Side,
    Technique,
    TreatmentMap,
)
from tests.unit.chart.maps import c_shape_map, in_zone, make_pass

STYLE = MapStyle(px_per_mm=3.6)
VIEW = "left_lateral"


def bolus(
    order: int = 1,
    technique: Technique = Technique.BOLUS,
    *,
    microlitres: int = 100,
    status: PassStatus = PassStatus.DONE,
    at: tuple[str, float, float] = ("buccal", 0.5, 0.5),
) -> CannulaPass:
    place = in_zone(*at)
    path = skin_paths.point(load_atlas(), place)
    return make_pass(
        order, place, place, path=path, technique=technique, microlitres=microlitres, status=status
    )


def drawn(*passes: CannulaPass, **how: object):
    return draw_map(load_atlas(), TreatmentMap(passes), VIEW, replace(STYLE, **how))


def measured(note: str = "", kind: MeasurementKind = MeasurementKind.MEASURE) -> Measurement:
    ends = [in_zone("temple", 0.3, 0.3), in_zone("temple", 0.7, 0.7)]
    path = skin_paths.resolve(load_atlas(), ends)
    return Measurement("m", kind, path, path.length_um - 1500, note)


def test_a_bolus_is_a_disc_of_its_kind_whatever_its_volume() -> None:
    sizes = {}
    for technique, volume in itertools.product((Technique.BOLUS, Technique.MICRO_BOLUS), (10, 900)):
        (mark,) = drawn(bolus(1, technique, microlitres=volume)).layer("passes").items
        assert isinstance(mark, Disc)
        assert mark.fill == styles.INK
        sizes[technique, volume] = mark.radius
    assert sizes[Technique.BOLUS, 10] == sizes[Technique.BOLUS, 900]
    assert sizes[Technique.MICRO_BOLUS, 10] == sizes[Technique.MICRO_BOLUS, 900]
    assert sizes[Technique.MICRO_BOLUS, 10] < sizes[Technique.BOLUS, 10]


def test_a_bolus_lies_at_its_place_with_a_label_that_leaves_it_free() -> None:
    one = bolus()
    drawing = drawn(one)
    uv, _ = load_atlas().views[VIEW].project(np.array([one.path.entry]) / 1000)
    (mark,) = drawing.layer("passes").items
    assert mark.centre == pytest.approx(tuple(uv[0] * 3.6), abs=0.01)
    label = drawing.marks_of("label")[one.id]
    assert not label.overlaps(Box.around(mark.centre, 2 * mark.radius, 2 * mark.radius), 1.0)
    assert drawing.layer("entry_points").items == ()
    assert drawing.marks_of("letter") == {}


def test_a_bolus_colours_the_optional_zone_that_it_lies_in() -> None:
    pink = styles.ZONE_LOOKS["subzygomatic"].fill
    fills = [item.fill for item in drawn(bolus(at=("subzygomatic", 0.5, 0.5))).layer("zone_fill").items]
    assert pink in fills


def test_the_states_of_passes_and_boluses_never_look_alike() -> None:
    base = c_shape_map(("left",), 1).passes[0]
    looks = set()
    for status in PassStatus:
        items = drawn(replace(base, status=status)).layer("passes").items
        looks.add(tuple((type(i), getattr(i, "dash", ()), getattr(i, "stroke", None)) for i in items))
    assert len(looks) == len(PassStatus)
    kinds = {tuple(map(type, drawn(bolus(status=one)).layer("passes").items)) for one in PassStatus}
    kinds |= {(drawn(bolus(status=one)).layer("passes").items[0].fill,) for one in PassStatus}
    assert {(Dots,), (styles.WHITE,), (styles.INK,)} <= kinds


def test_an_unconfirmed_pass_is_hollow_to_its_arrow_and_number() -> None:
    one = replace(c_shape_map(("left",), 1).passes[0], status=PassStatus.UNCONFIRMED)
    drawing = drawn(one)
    lines = [i for i in drawing.layer("passes").items if isinstance(i, Polyline)]
    outer, inner, head = lines
    assert (outer.stroke, inner.stroke) == (styles.INK, styles.WHITE)
    assert outer.width > inner.width
    assert head.closed
    assert head.fill == styles.WHITE
    numbers = [t for t in drawing.layer("labels").items if isinstance(t, Text) and t.text == "1"]
    assert [t.colour for t in numbers] == [styles.INK]


def test_a_planned_pass_without_volume_has_a_number_alone_and_one_carried_out_none() -> None:
    first, second = c_shape_map(("left",), 2).passes
    planned = replace(first, status=PassStatus.PLANNED, shares=())
    drawing = drawn(planned, second)
    assert planned.id in drawing.marks_of("chip")
    done = replace(second, fulfils=planned.id)
    assert set(drawn(planned, done).marks_of("label")) == {done.id}
    assert drawn(planned, done).marks_of("chip") == {}


def test_deposits_lie_along_the_pass_in_millimetres_and_scale_with_it() -> None:
    one = c_shape_map(("left",), 1).passes[0]
    places = [0, one.path.length_um // 2, one.path.length_um]
    laid = tuple(Deposit(um, 10, "lateral_zygomatic_arch", Side.LEFT) for um in places)
    for scale in (3.6, 7.2):
        drawing = drawn(replace(one, deposits=laid), px_per_mm=scale)
        discs = [item for item in drawing.layer("passes").items if isinstance(item, Disc)]
        uv, _ = load_atlas().views[VIEW].project(skin_paths.to_mm(one.path.points))
        for disc, at in zip(discs, (uv[0], None, uv[-1]), strict=True):
            assert disc.radius == pytest.approx(styles.DEPOSIT_MM * scale, abs=1.0)
            if at is not None:
                assert disc.centre == pytest.approx(tuple(at * scale), abs=0.1)
        middle = uv[np.argmin(np.abs(np.linspace(0, 1, len(uv)) - 0.5))] * scale
        assert np.hypot(*np.subtract(discs[1].centre, middle)) < 2 * scale


def test_a_measurement_has_its_length_and_an_asymmetry_its_words() -> None:
    items = (measured("left cheek lower", MeasurementKind.ASYMMETRY),)
    drawing = draw_map(load_atlas(), TreatmentMap((), items), VIEW, STYLE)
    texts = [i.text for i in drawing.layer("measurements").items if isinstance(i, Text)]
    assert texts == [f"{round(items[0].path.length_um / 1000)} mm", "left cheek lower"]
    # Line and a tick at each end, each on its white underlay.
    assert len([i for i in drawing.layer("measurements").items if isinstance(i, Polyline)]) == 6
    plain = draw_map(load_atlas(), TreatmentMap((), items), VIEW, replace(STYLE, labels="none"))
    assert not [i for i in plain.layer("measurements").items if isinstance(i, Text)]
    turned = draw_map(load_atlas(), TreatmentMap((), items), "right_lateral", STYLE)
    assert turned.layer("measurements").items == ()


def test_long_words_of_a_measurement_are_cut_not_run_over_the_head() -> None:
    items = (measured("word " * 60),)
    drawing = draw_map(load_atlas(), TreatmentMap((), items), VIEW, STYLE)
    words = [i.text for i in drawing.layer("measurements").items if isinstance(i, Text)][1]
    assert len(words) <= 28
    assert words.endswith("…")


def test_the_words_of_measurements_keep_off_labels() -> None:
    treatment_map = replace(c_shape_map(("left",)), items=(measured("asymmetry"),))
    drawing = draw_map(load_atlas(), treatment_map, VIEW, STYLE)
    box = drawing.marks_of("measurement")["m"]
    others = [*drawing.marks_of("label").values(), *drawing.marks_of("letter").values()]
    assert not any(box.overlaps(other) for other in others)


def test_another_session_is_faint_without_labels_and_moves_nothing() -> None:
    present, other = c_shape_map(("left",), 4), c_shape_map(("left",), 9)
    planned = replace(other.passes[-1], status=PassStatus.PLANNED)
    ghost = TreatmentMap((*other.passes[:-1], planned))
    plain = draw_map(load_atlas(), present, VIEW, STYLE)
    over = draw_map(load_atlas(), present, VIEW, STYLE, ghost=ghost)
    heads = [i for i in over.layer("ghost").items if isinstance(i, Polyline) and i.closed]
    # What was only planned was not done.
    assert len(heads) == 8
    assert {head.fill_opacity for head in heads} == {styles.GHOST_OPACITY}
    assert not [i for i in over.layer("ghost").items if isinstance(i, Text)]
    assert not any(getattr(i, "dash", ()) for i in over.layer("ghost").items)
    assert [layer for layer in over.layers if layer.name != "ghost"] == [
        layer for layer in plain.layers if layer.name != "ghost"
    ]
    assert plain.layer("ghost").items == ()


def moved_map() -> TreatmentMap:
    atlas = load_atlas()
    corner = next(
        one
        for one in atlas.zones.corners({"mandibular_angle"})
        if one.vertex == "angle_front_top" and one.side == "left"
    )
    to = skin_paths.snap(atlas, corner.place + np.array([0.0, 4.0, 4.0]))
    return TreatmentMap((), (ZoneMove(corner.vertex, Side.LEFT, to),))


def test_zones_are_drawn_as_adjusted_on_their_side_only() -> None:
    atlas, treatment_map = load_atlas(), moved_map()
    assert zones_of(atlas, TreatmentMap()) is atlas.zones
    for view_id, differs in ((VIEW, True), ("right_lateral", False)):
        plain = draw_map(atlas, TreatmentMap(), view_id, STYLE).layer("zone_edge")
        moved = draw_map(atlas, treatment_map, view_id, STYLE).layer("zone_edge")
        assert (plain.items != moved.items) is differs
    again = draw_map(atlas, TreatmentMap(), VIEW, STYLE).layer("zone_edge")
    assert again.items == draw_map(atlas, TreatmentMap(), VIEW, STYLE).layer("zone_edge").items


def test_corners_are_handles_only_when_asked_for_and_moved_ones_are_filled() -> None:
    atlas = load_atlas()
    assert draw_map(atlas, TreatmentMap(), VIEW, STYLE).layer("corners").items == ()
    drawing = draw_map(atlas, moved_map(), VIEW, replace(STYLE, corners=True))
    marks = drawing.marks_of("corner")
    assert "angle_front_top:left" in marks
    assert not any(name.endswith(":right") for name in marks)
    filled = [i for i in drawing.layer("corners").items if i.closed and i.fill == styles.SELECTION]
    assert len(filled) == 1


@pytest.mark.parametrize("view_id", VIEW_IDS)
def test_names_of_landmarks_never_lie_on_labels_or_one_another(view_id: str) -> None:
    style = replace(STYLE, landmarks=True, midline=True)
    drawing = draw_map(load_atlas(), c_shape_map(), view_id, style)
    names = drawing.marks_of("landmark_name")
    assert len(names) >= 8
    boxes = [*names.values()]
    for one, other in itertools.combinations(boxes, 2):
        assert not one.overlaps(other)
    for kind in ("label", "letter", "zone_name", "third"):
        for taken in drawing.marks_of(kind).values():
            assert not any(box.overlaps(taken) for box in boxes), kind


def test_guides_are_there_when_asked_for_and_in_the_words_given() -> None:
    said = {"landmark.gonion": "Angle of the jaw", "third.middle": "Middle part"}
    style = replace(STYLE, landmarks=True, midline=True, grid=True, zones=False)
    drawing = draw_map(
        load_atlas(), TreatmentMap(), VIEW, style, words=lambda key: said.get(key, key.upper())
    )
    texts = {i.text for i in drawing.items() if isinstance(i, Text)}
    assert {"Angle of the jaw", "Middle part"} <= texts
    plain = draw_map(load_atlas(), TreatmentMap(), VIEW, STYLE)
    for layer in ("landmarks", "midline", "grid"):
        assert drawing.layer(layer).items
        assert plain.layer(layer).items == ()


def test_the_grid_is_ten_millimetres_along_the_skin_and_mirrors() -> None:
    from injectmap.chart.guides import _make_grid

    grid = _make_grid(load_atlas())
    heights = sorted({round(float(line[0][1])) for line in grid.level})
    assert set(np.diff(heights)) == {10}
    # The first upright lines lie 10 mm of skin from the midline at each height.
    level = next(line for line in grid.level if round(float(line[0][1])) == 60 and (line[:, 0] == 0).any())
    right = level[level[:, 0] >= 0]
    right = right[np.argsort(right[:, 0])]
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(right, axis=0), axis=1))])
    at_ten = [np.interp(10.0, along, right[:, axis]) for axis in range(3)]
    nearest = min(float(np.linalg.norm(line - at_ten, axis=1).min()) for line in grid.upright)
    assert nearest < 0.2
    assert np.abs(load_atlas().skin.height(np.concatenate(grid.level))).max() < 0.1


def test_selecting_keeps_the_look_of_what_does_not_count() -> None:
    atlas = load_atlas()
    one = replace(c_shape_map(("left",), 1).passes[0], status=PassStatus.PLANNED, shares=(Share("", 50),))
    treatment_map = TreatmentMap((one,))
    base = draw_map(atlas, treatment_map, VIEW, STYLE)
    band = draw_selection(atlas, treatment_map, VIEW, STYLE, frozenset({one.id}), base)
    assert any(isinstance(i, Polyline) and i.dash for i in band.items)
    only = bolus()
    base = drawn(only)
    ring = draw_selection(atlas, TreatmentMap((only,)), VIEW, STYLE, frozenset({only.id}), base)
    assert any(isinstance(i, Disc) and i.stroke == styles.SELECTION and i.fill is None for i in ring.items)


def test_a_selected_measurement_and_the_partners_of_a_selection_are_marked() -> None:
    atlas = load_atlas()
    treatment_map = replace(c_shape_map(), items=(measured(),))
    base = draw_map(atlas, treatment_map, VIEW, STYLE)
    line = draw_selection(atlas, treatment_map, VIEW, STYLE, frozenset(), base, item="m")
    assert any(i.stroke == styles.SELECTION for i in line.items if isinstance(i, Polyline))
    first, second = treatment_map.passes[:2]
    soft = draw_selection(
        atlas, treatment_map, VIEW, STYLE, frozenset({first.id}), base, partners=frozenset({second.id})
    )
    assert any(isinstance(i, Polyline) and i.stroke_opacity < 0.5 for i in soft.items)
