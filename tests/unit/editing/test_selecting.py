"""Selecting with the rubber-band, by zone, and several passes in one change."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from injectmap.domain.edits import EditKind
from injectmap.domain.errors import InputRefused
from injectmap.domain.skin_paths import to_mm
from injectmap.domain.treatment_map import Instrument, InstrumentKind, Plane, Technique
from injectmap.editing.pointer import Marquee
from tests.unit.editing.conftest import Bench


def rows(bench: Bench, count: int = 3) -> list[str]:
    for i in range(count):
        bench.stroke(bench.at("zygion", dz=-12, dy=-9 * i), bench.at("zygion", dz=12, dy=-9 * i))
    return [one.id for one in bench.editor.map.passes]


def pull(bench: Bench, start: tuple[float, float], end: tuple[float, float], **keys: bool) -> None:
    """Pull up a rectangle between two places given as (dz, dy) from the zygion."""
    bench.editor.choose_tool("select")
    a, b = (bench.at("zygion", dz=dz, dy=dy, **keys) for dz, dy in (start, end))
    tool = bench.editor.tool
    tool.press(a)
    tool.drag(b)
    tool.release(b)


def test_the_rectangle_selects_what_crosses_or_lies_in_it(bench: Bench) -> None:
    a, b, c = rows(bench)
    pull(bench, (-16, 5), (16, -5))
    assert bench.editor.selection == {a}
    pull(bench, (2, -4), (4, -14))  # crosses the second one only, no end of it inside
    assert bench.editor.selection == {b}
    pull(bench, (16, 5), (-16, -22))
    assert bench.editor.selection == {a, b, c}
    pull(bench, (16, 3), (18, 6))
    assert bench.editor.selection == frozenset()
    assert len(bench.sink.rows) == 3


@pytest.mark.parametrize("key", ["ctrl", "shift"])
def test_with_a_key_the_rectangle_adds(bench: Bench, key: str) -> None:
    a, b, c = rows(bench)
    bench.editor.select([c])
    pull(bench, (2, -4), (4, -14), **{key: True})
    assert bench.editor.selection == {b, c}
    bench.editor.select([a])
    bench.editor.choose_tool("select")
    bench.stroke(bench.at("zygion", dz=3, dy=-9, shift=True))
    assert bench.editor.selection == {a, b}


def test_the_rectangle_is_shown_meanwhile_and_escape_drops_it(bench: Bench) -> None:
    (a,) = rows(bench, 1)
    bench.editor.choose_tool("select")
    heard: list[str] = []
    bench.editor.subscribe(heard.extend)
    tool = bench.editor.tool
    start, end = bench.at("zygion", dz=-16, dy=6), bench.at("zygion", dz=5, dy=-5)
    tool.press(start)
    assert bench.editor.marquee is None
    tool.drag(end)
    marquee = bench.editor.marquee
    assert isinstance(marquee, Marquee)
    assert tool.active
    assert marquee.rect == (
        min(start.u_mm, end.u_mm),
        min(start.v_mm, end.v_mm),
        max(start.u_mm, end.u_mm),
        max(start.v_mm, end.v_mm),
    )
    assert "marquee" in heard
    tool.cancel()
    assert bench.editor.marquee is None
    assert not tool.active
    assert a not in bench.editor.selection


def test_a_read_only_session_can_still_be_selected_in(bench: Bench) -> None:
    (a,) = rows(bench, 1)
    bench.editor.protect()
    pull(bench, (-16, 5), (16, -5))
    assert bench.editor.selection == {a}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(*[st.floats(0, 260)] * 4)
def test_the_rectangle_agrees_with_points_along_the_paths(u0: float, v0: float, u1: float, v1: float) -> None:
    bench = _crowded()
    rect = Marquee("left_oblique", u0, v0, u1, v1).rect
    found = set(bench.editor.hits.inside(bench.editor.map, "left_oblique", rect))
    left, top, right, bottom = rect
    for one in bench.editor.map.passes:
        uv, visible = bench.atlas.views["left_oblique"].project(to_mm(one.path.points))
        inside = (uv[:, 0] >= left) & (uv[:, 0] <= right) & (uv[:, 1] >= top) & (uv[:, 1] <= bottom)
        seen = visible & inside
        # A point seen inside with a seen neighbour is enough; a rectangle between two points is found too.
        if (seen[:-1] & visible[1:]).any() or (seen[1:] & visible[:-1]).any():
            assert one.id in found
        near = (
            (uv[:, 0] >= left - 1)
            & (uv[:, 0] <= right + 1)
            & (uv[:, 1] >= top - 1)
            & (uv[:, 1] <= bottom + 1)
        )
        if not (near & visible).any():
            assert one.id not in found


_CROWDED: list[Bench] = []


def _crowded() -> Bench:
    if not _CROWDED:
        bench = Bench()
        rows(bench, 3)
        bench.stroke(bench.at("gonion", dz=6, dy=8), bench.at("gonion", dz=28))
        bench.editor.mirror_selection()
        bench.editor.choose_tool("bolus")
        bench.stroke(bench.at("zygion", dz=22, dy=-20))
        _CROWDED.append(bench)
    return _CROWDED[0]


def test_zones_are_gone_through_in_turn(bench: Bench) -> None:
    bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=12))
    bench.stroke(bench.at("gonion", dz=20, dy=4), bench.at("gonion", dz=40, dy=2))
    bench.stroke(bench.at("zygion", dz=-12, dy=2), bench.at("zygion", dz=12, dy=2))
    arch, border, arch_too = (one.id for one in bench.editor.map.passes)
    bench.editor.select([])
    bench.editor.select_next_zone(1)
    assert bench.editor.selection == {arch, arch_too}
    bench.editor.select_next_zone(1)
    assert bench.editor.selection == {border}
    bench.editor.select_next_zone(1)
    assert bench.editor.selection == {arch, arch_too}
    bench.editor.select_next_zone(-1)
    assert bench.editor.selection == {border}


SETTERS = {
    EditKind.SET_VOLUME: lambda editor: editor.set_volume_text("0.21"),
    EditKind.SET_PLANE: lambda editor: editor.set_plane(Plane.SUPRA_SMAS),
    EditKind.SET_TECHNIQUE: lambda editor: editor.set_technique(Technique.TUNNELLING),
    EditKind.SET_INSTRUMENT: lambda editor: editor.set_instrument(
        Instrument(InstrumentKind.NEEDLE, 27, 19_000)
    ),
    EditKind.SET_SYRINGE: lambda editor: editor.set_syringe(editor.syringes[1].id),
    EditKind.SET_DEPTH: lambda editor: editor.set_depth_text("4,5"),
}


@pytest.mark.parametrize("kind", SETTERS)
def test_one_change_of_several_passes_is_one_edit(bench: Bench, kind: EditKind) -> None:
    a, _, c = rows(bench)
    before = bench.editor.map
    bench.editor.select([a, c])
    SETTERS[kind](bench.editor)
    assert len(bench.sink.rows) == 4
    assert bench.editor.undo_kind is kind
    changed = [one.id for one in bench.editor.map.passes if one != before.by_id[one.id]]
    assert changed == [a, c]
    assert bench.editor.selection == {a, c}
    bench.editor.undo()
    assert bench.editor.map == before


def test_depth_is_optional_and_plausible(bench: Bench) -> None:
    rows(bench, 1)
    bench.editor.set_depth(4.0)
    assert bench.editor.map.passes[0].depth_um == 4000
    bench.editor.set_depth_text(" ")
    assert bench.editor.map.passes[0].depth_um is None
    for typed, code in (
        ("0", "depth_impossible"),
        ("41", "depth_impossible"),
        ("deep", "depth_not_a_number"),
    ):
        with pytest.raises(InputRefused, match=code):
            bench.editor.set_depth_text(typed)


def test_a_signed_record_is_only_shown(bench: Bench) -> None:
    from injectmap.domain.record import RecordState

    (a,) = rows(bench, 1)
    signed = replace(bench.opened.session, state=RecordState.SIGNED, revision=bench.sink.revision)
    bench.editor.reload(replace(bench.opened, session=signed, map=bench.sink.map), bench.sink.rows)
    assert bench.editor.read_only
    assert bench.editor.tool_id == "select"
    bench.editor.select([a])
    for act in (bench.editor.remove_selected, bench.editor.mirror_selection, bench.editor.undo):
        with pytest.raises(InputRefused, match="session_signed"):
            act()
    with pytest.raises(InputRefused, match="session_signed"):
        bench.editor.nudge(0.5, 0)
    amending = replace(signed, state=RecordState.AMENDING)
    bench.editor.reload(replace(bench.opened, session=amending, map=bench.sink.map), bench.sink.rows)
    assert not bench.editor.read_only
    bench.editor.select([a])
    bench.editor.remove_selected()
    assert bench.editor.map.passes == ()
