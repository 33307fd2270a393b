"""A corner of the zones moved for a session: passes, deposits and sums follow in the same edit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from injectmap.domain import skin_paths
from injectmap.domain.edits import Edit, EditKind, ItemChange, PassChange
from injectmap.domain.errors import InputRefused
from injectmap.domain.map_items import Measurement, MeasurementKind
from injectmap.domain.totals import exact_totals, totals
from injectmap.domain.treatment_map import Deposit, Side, SkinPoint, TreatmentMap
from injectmap.editing import zone_corners
from injectmap.editing.compare import copy_session

if TYPE_CHECKING:
    from tests.unit.editing.conftest import Bench

CORNER = "angle_front_top"


def corner_place(
    bench: Bench, side: str, up: float, *, vertex: str = CORNER, forward: float = 0.0
) -> SkinPoint:
    corners = bench.atlas.zones_for(bench.editor.map.zone_moves).corners()
    (corner,) = [one for one in corners if (one.vertex, one.side) == (vertex, side)]
    return skin_paths.snap(bench.atlas, corner.place + np.array([0.0, up, forward]))


def draw_over_the_border(bench: Bench, side: Side = Side.LEFT, *, microlitres: int = 137) -> None:
    """A pass up the ramus that crosses from the angle into the preauricular zone, in front of the column's middle."""
    atlas, sign = bench.atlas, (-1 if side is Side.RIGHT else 1)
    ends = [atlas.landmarks["gonion"] + offset for offset in ((0, 2, 12), (2, 30, 14))]
    controls = [skin_paths.snap(atlas, end * (sign, 1, 1)) for end in ends]
    bench.editor.defaults = replace(bench.editor.defaults, microlitres=microlitres)
    bench.editor.draw(skin_paths.resolve(atlas, controls, zones=bench.editor.zones))


def test_the_passes_it_touches_are_split_anew_in_the_same_edit(bench: Bench) -> None:
    draw_over_the_border(bench)
    draw_over_the_border(bench, Side.RIGHT)
    left, right = bench.editor.map.passes
    before = exact_totals(bench.editor.map)
    assert zone_corners.move_corner(bench.editor, CORNER, Side.LEFT, corner_place(bench, "left", 7.0))
    after = bench.editor.map.by_id[left.id]
    assert bench.editor.map.by_id[right.id] == right
    assert after.path.points == left.path.points
    assert after.path.zones != left.path.zones
    assert sum(part.length_um for part in after.path.zones) == left.path.length_um
    sums = exact_totals(bench.editor.map)
    assert sums["mandibular_angle"].left_ul > before["mandibular_angle"].left_ul
    assert sums["mandibular_angle"].right_ul == before["mandibular_angle"].right_ul
    assert totals(bench.editor.map).both_ul == 274
    assert bench.editor.undo_kind is EditKind.MOVE_ZONE_CORNER
    bench.editor.undo()
    assert bench.editor.map.passes == (left, right)
    assert bench.editor.map.zone_moves == ()


def test_what_is_drawn_later_is_split_over_the_moved_zones(bench: Bench) -> None:
    zone_corners.move_corner(bench.editor, CORNER, "left", corner_place(bench, "left", 7.0))
    draw_over_the_border(bench)
    drawn = bench.editor.map.passes[0]
    zones = bench.atlas.zones_for(bench.editor.map.zone_moves)
    assert drawn.path == skin_paths.resplit(drawn.path, zones)
    assert drawn.path != skin_paths.resplit(drawn.path, bench.atlas.zones)


def test_deposits_boluses_and_measurements_are_told_by_the_moved_zones(bench: Bench) -> None:
    draw_over_the_border(bench)
    one = bench.editor.map.passes[0]
    border = one.path.zones[0].length_um
    deposit = Deposit(border + 1_500, 60, "preauricular", Side.LEFT)
    bench.editor.commit(Edit(EditKind.SET_DEPOSITS, (PassChange(one, replace(one, deposits=(deposit,))),)))
    kept = Measurement("measured", MeasurementKind.MEASURE, one.path, 30_000)
    bench.editor.commit(Edit(EditKind.MEASURE, (), (ItemChange(None, kept),)))
    zone_corners.move_corner(bench.editor, CORNER, Side.LEFT, corner_place(bench, "left", 7.0))
    after = bench.editor.map.by_id[one.id]
    assert after.deposits == (deposit._replace(zone="mandibular_angle"),)
    assert bench.editor.map.measurements[0].path.zones == after.path.zones
    assert totals(bench.editor.map).both_ul == one.microlitres


def test_moving_twice_keeps_one_move_and_resetting_takes_it_back(bench: Bench) -> None:
    draw_over_the_border(bench)
    drawn = bench.editor.map
    for side in ("left", "right"):
        zone_corners.move_corner(bench.editor, CORNER, side, corner_place(bench, side, 4.0))
        zone_corners.move_corner(bench.editor, CORNER, side, corner_place(bench, side, 3.0))
    assert [(one.vertex, one.side) for one in bench.editor.map.zone_moves] == [
        (CORNER, Side.LEFT),
        (CORNER, Side.RIGHT),
    ]
    steps = len(bench.sink.rows)
    zone_corners.move_corner(bench.editor, CORNER, Side.LEFT, bench.editor.map.zone_moves[0].place)
    assert len(bench.sink.rows) == steps
    zone_corners.reset_corner(bench.editor, CORNER, "left")
    assert [one.side for one in bench.editor.map.zone_moves] == [Side.RIGHT]
    assert bench.editor.map.passes == drawn.passes
    zone_corners.reset_zones(bench.editor)
    assert bench.editor.map == drawn
    steps = len(bench.sink.rows)
    assert zone_corners.reset_zones(bench.editor)
    assert len(bench.sink.rows) == steps


def test_a_corner_of_the_midline_stays_on_it(bench: Bench) -> None:
    to = corner_place(bench, "midline", -4.0, vertex="chin_top")
    zone_corners.move_corner(bench.editor, "chin_top", "midline", to._replace(x=3_000))
    (move,) = bench.editor.map.zone_moves
    assert move.place.x == 0
    assert move.side is Side.MIDLINE


def test_what_cannot_be_is_refused_and_nothing_has_changed(bench: Bench) -> None:
    draw_over_the_border(bench)
    before = bench.editor.map
    far = corner_place(bench, "left", 60.0, forward=30.0)
    for side, to in (
        ("left", far),
        ("right", corner_place(bench, "left", 2.0)),
        ("left", SkinPoint(9, 9, -90_000)),
    ):
        assert zone_corners.preview(bench.editor, CORNER, side, to) is None
        with pytest.raises(InputRefused, match="zone_corner_impossible"):
            zone_corners.move_corner(bench.editor, CORNER, side, to)
    assert bench.editor.map is before


def test_a_preview_shows_the_zones_and_stores_nothing(bench: Bench) -> None:
    to = corner_place(bench, "left", 5.0)
    zones = zone_corners.preview(bench.editor, CORNER, "left", to)
    assert zones is not None
    outline = zones.outline("mandibular_angle", "left")
    assert np.linalg.norm(outline * 1000 - to, axis=1).min() < 20
    assert bench.sink.rows == []


def test_a_copied_session_brings_its_corners_unless_this_one_has_its_own(bench: Bench) -> None:
    zone_corners.move_corner(bench.editor, CORNER, "left", corner_place(bench, "left", 7.0))
    draw_over_the_border(bench)
    before = bench.editor.map
    bench.editor.undo()
    bench.editor.undo()
    draw_over_the_border(bench)
    copy_session(bench.editor, before)
    drawn, copied = bench.editor.map.passes
    assert bench.editor.map.zone_moves == before.zone_moves
    assert copied.path == before.passes[0].path == drawn.path
    bench.editor.undo()
    zone_corners.move_corner(bench.editor, CORNER, "right", corner_place(bench, "right", 4.0))
    copy_session(bench.editor, before)
    assert [one.side for one in bench.editor.map.zone_moves] == [Side.RIGHT]
    zones = bench.atlas.zones_for(bench.editor.map.zone_moves)
    assert bench.editor.map.passes[-1].path == skin_paths.resplit(before.passes[0].path, zones)
    bench.editor.undo()
    bench.editor.undo()
    bench.editor.undo()
    assert bench.editor.map == TreatmentMap()
