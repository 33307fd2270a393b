"""Measuring between two places, and what is kept of it."""

from __future__ import annotations

import math

import pytest

from injectmap.domain.edits import EditKind
from injectmap.domain.errors import InputRefused, StorageProblem
from injectmap.domain.map_items import MeasurementKind
from injectmap.domain.treatment_map import Side
from tests.unit.editing.conftest import Bench


def measure(bench: Bench, *, dz: float = 20, dy: float = 0) -> None:
    bench.editor.choose_tool("measure")
    bench.stroke(bench.at("zygion", dz=-8), bench.at("zygion", dz=0), bench.at("zygion", dz=dz, dy=dy))


def test_a_drag_measures_along_the_skin_and_straight_and_stores_nothing(bench: Bench) -> None:
    measure(bench)
    measured = bench.editor.measured
    assert measured is not None
    assert 25_000 < measured.chord_um < measured.length_um < 30_000
    assert measured.chord_um == round(math.dist(measured.start, measured.end))
    assert measured.side is Side.LEFT
    assert measured.path.length_um == pytest.approx(measured.length_um, abs=2)
    assert bench.sink.rows == []
    assert bench.editor.previews == ()


def test_it_is_shown_during_the_drag_and_until_the_next_gesture(bench: Bench) -> None:
    bench.editor.choose_tool("measure")
    heard: list[str] = []
    bench.editor.subscribe(heard.extend)
    tool = bench.editor.tool
    tool.press(bench.at("zygion", dz=-8))
    tool.drag(bench.at("zygion", dz=5))
    short = bench.editor.measured
    assert short is not None
    tool.drag(bench.at("zygion", dz=15))
    assert bench.editor.measured.length_um > short.length_um
    assert "measured" in heard
    tool.cancel()
    assert bench.editor.measured is None
    measure(bench)
    tool.cancel()
    assert bench.editor.measured is not None
    tool.press(bench.at("gonion", dz=10, dy=8))
    assert bench.editor.measured is None
    tool.cancel()
    measure(bench)
    bench.editor.clear_measured()
    assert bench.editor.measured is None
    measure(bench)
    bench.editor.choose_tool("select")
    assert bench.editor.measured is None


def test_what_is_kept_is_an_item_that_can_be_undone(bench: Bench) -> None:
    measure(bench)
    assert bench.editor.keep_measurement(MeasurementKind.ASYMMETRY, "right fuller by")
    (kept,) = bench.editor.map.measurements
    assert (kept.kind, kept.note) == (MeasurementKind.ASYMMETRY, "right fuller by")
    assert bench.editor.selected_item == kept.id
    assert bench.editor.measured is None
    assert bench.editor.map == bench.sink.map
    assert bench.editor.undo_kind is EditKind.MEASURE
    bench.editor.undo()
    assert bench.editor.map.items == ()
    assert bench.editor.selected_item is None
    bench.editor.redo()
    assert bench.editor.map.measurements == (kept,)
    assert bench.editor.selected_item == kept.id
    assert bench.reopened().undo_kind is EditKind.MEASURE


def test_a_kept_measurement_is_selected_changed_and_deleted(bench: Bench) -> None:
    measure(bench)
    bench.editor.keep_measurement()
    (kept,) = bench.editor.map.measurements
    bench.editor.select_item(None)
    bench.editor.choose_tool("select")
    bench.stroke(bench.at("zygion", dz=10))
    assert bench.editor.selected_item == kept.id
    bench.editor.set_measurement(kept.id, note="base of the arch")
    assert bench.editor.map.measurements[0].note == "base of the arch"
    bench.editor.remove_selected()
    assert bench.editor.map.measurements == ()
    assert bench.editor.undo_kind is EditKind.REMOVE_MEASUREMENT
    bench.editor.undo()
    assert len(bench.editor.map.measurements) == 1
    bench.editor.remove_measurement(kept.id)
    with pytest.raises(InputRefused, match="measurement_unknown"):
        bench.editor.remove_measurement(kept.id)


def test_a_pass_and_a_measurement_are_never_selected_at_once(bench: Bench) -> None:
    bench.stroke(bench.at("gonion", dz=6, dy=8), bench.at("gonion", dz=28))
    measure(bench)
    bench.editor.keep_measurement()
    assert bench.editor.selection == frozenset()
    bench.editor.select_next(1)
    assert bench.editor.selected_item is None
    bench.editor.select_item(bench.editor.map.measurements[0].id)
    assert bench.editor.selection == frozenset()
    bench.editor.select([])
    assert bench.editor.selected_item is None
    bench.editor.select_item("no such thing")
    assert bench.editor.selected_item is None


def test_short_lengths_are_kept_and_clicks_measure_nothing(bench: Bench) -> None:
    bench.editor.choose_tool("measure")
    bench.stroke(bench.at("zygion"), bench.at("zygion", dz=1.2))
    assert bench.editor.keep_measurement()
    assert 1000 < bench.editor.map.measurements[0].path.length_um < 1400
    bench.stroke(bench.at("gonion", dz=20), bench.at("gonion", dz=20.1))
    assert bench.editor.measured is None
    with pytest.raises(InputRefused, match="nothing_measured"):
        bench.editor.keep_measurement()


def test_a_measurement_that_could_not_be_stored_waits(bench: Bench) -> None:
    measure(bench)
    bench.sink.fails_with = StorageProblem("disk_full")
    assert not bench.editor.keep_measurement()
    bench.sink.fails_with = None
    assert bench.editor.retry()
    assert len(bench.editor.map.measurements) == 1


def test_far_too_long_words_are_refused(bench: Bench) -> None:
    measure(bench)
    with pytest.raises(InputRefused, match="text_too_long"):
        bench.editor.keep_measurement(note="x" * 10_001)
