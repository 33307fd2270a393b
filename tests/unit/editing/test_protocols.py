"""A protocol laid on the map: one edit, the clinician's own volumes, and a note of which version it was."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from injectmap.domain import skin_paths
from injectmap.domain.compare import deviations
from injectmap.domain.edits import Edit, EditKind, PassChange
from injectmap.domain.errors import InputRefused
from injectmap.domain.laying import differences, lay, pattern
from injectmap.domain.protocol import Anchor, Protocol, ProtocolPass, protocol_digest
from injectmap.domain.totals import totals
from injectmap.domain.treatment_map import PassStatus, Plane, Share, Side, Technique
from injectmap.editing import plan
from injectmap.editing.protocols import apply_protocol
from injectmap.system.catalogue import Catalogue

if TYPE_CHECKING:
    from tests.unit.editing.conftest import Bench

BOTH = (Side.LEFT, Side.RIGHT)


@pytest.fixture
def c_shape() -> Protocol:
    (found,) = [one for one in Catalogue().protocols() if one.id == "c_shape"]
    return found


def test_both_sides_are_laid_as_done_with_the_volume_the_clinician_set(
    bench: Bench, c_shape: Protocol
) -> None:
    bench.editor.set_volume_text("0.15")
    assert apply_protocol(bench.editor, c_shape, BOTH, planned=False)
    passes = bench.editor.map.passes
    assert [one.side for one in passes] == [Side.LEFT] * 8 + [Side.RIGHT] * 8
    assert {one.microlitres for one in passes} == {150}
    assert {one.status for one in passes} == {PassStatus.DONE}
    assert {one.instrument for one in passes} == {bench.editor.defaults.instrument}
    sums = totals(bench.editor.map)
    assert (sums.left_ul, sums.right_ul) == (1200, 1200)
    first, second = (one.id for one in bench.editor.syringes)
    # The first syringe ends within the ninth pass.
    assert passes[8].shares == (Share(first, 50), Share(second, 100))
    assert [one.reference for one in passes[:3]] == [f"protocol:c_shape@2#{n}" for n in (1, 3, 4)]
    assert bench.editor.selection == bench.editor.map.by_id.keys()
    assert bench.editor.syringe_id == second
    assert len(bench.sink.rows) == 1
    assert [point.letter for point in bench.editor.map.entry_points.values()] == ["A", "B", "A", "B"]


def test_the_record_keeps_which_version_was_laid_on_which_side(bench: Bench, c_shape: Protocol) -> None:
    apply_protocol(bench.editor, c_shape, [Side.RIGHT], planned=False, with_optional=True)
    assert len(bench.editor.map.passes) == 10
    (applied,) = bench.editor.map.protocols
    assert (applied.protocol_id, applied.version, applied.side) == ("c_shape", 2, Side.RIGHT)
    assert (applied.label, applied.source) == ("training_convention", c_shape.source)
    assert applied.digest == protocol_digest(c_shape)
    assert protocol_digest(replace(c_shape, note="other")) != applied.digest
    bench.editor.undo()
    assert bench.editor.map.protocols == ()


def test_a_plan_needs_no_syringe_and_becomes_done_in_order(bench: Bench, c_shape: Protocol) -> None:
    apply_protocol(bench.editor, c_shape, BOTH, planned=True)
    assert {one.shares for one in bench.editor.map.passes} == {()}
    assert totals(bench.editor.map).both_ul == 0
    bench.editor.select([])
    bench.editor.set_volume_text("0.12")
    plan.fulfil(bench.editor)
    assert totals(bench.editor.map).both_ul == 16 * 120
    assert not any(one.differs for one in deviations(bench.editor.map))
    assert all(one.none for one in differences(bench.editor.map, c_shape, bench.atlas))
    with pytest.raises(InputRefused, match="protocol_applied_already"):
        apply_protocol(bench.editor, c_shape, [Side.LEFT], planned=True)


def test_it_is_not_laid_twice_but_again_once_it_was_taken_away(bench: Bench, c_shape: Protocol) -> None:
    apply_protocol(bench.editor, c_shape, [Side.LEFT], planned=False)
    with pytest.raises(InputRefused, match="protocol_applied_already"):
        apply_protocol(bench.editor, c_shape, BOTH, planned=False)
    bench.editor.remove_selected()
    assert apply_protocol(bench.editor, c_shape, BOTH, planned=False)
    assert {one.side for one in bench.editor.map.protocols} == set(BOTH)


def test_more_than_the_syringes_hold_is_not_laid_at_all(bench: Bench, c_shape: Protocol) -> None:
    bench.editor.set_volume_text("0.2")
    with pytest.raises(InputRefused, match="syringes_hold_less"):
        apply_protocol(bench.editor, c_shape, BOTH, planned=False)
    assert bench.sink.rows == []


def test_passes_share_an_entry_point_that_is_already_there(bench: Bench, c_shape: Protocol) -> None:
    first = lay(bench.atlas, c_shape, Side.LEFT)[0]
    bench.editor.draw(first.path)
    entry = bench.editor.map.passes[0].entry_id
    apply_protocol(bench.editor, c_shape, [Side.LEFT], planned=False)
    assert [one.entry_id == entry for one in bench.editor.map.passes[1:]] == [True] * 4 + [False] * 4


def test_what_differs_from_the_protocol_is_told_pass_by_pass(bench: Bench, c_shape: Protocol) -> None:
    apply_protocol(bench.editor, c_shape, [Side.LEFT], planned=False)
    passes = bench.editor.map.passes
    tip = skin_paths.snap(bench.atlas, skin_paths.to_mm([passes[0].path.tip])[0] + (0, -3, 0))
    moved = replace(passes[0], path=skin_paths.resolve(bench.atlas, [passes[0].path.entry, tip]))
    deeper = replace(passes[1], plane=Plane.SUPRA_SMAS, technique=Technique.TUNNELLING)
    changes = (PassChange(passes[0], moved), PassChange(passes[1], deeper), PassChange(passes[2], None))
    bench.editor.commit(Edit(EditKind.NUDGE, changes))
    bench.editor.draw(skin_paths.point(bench.atlas, tip))
    (found,) = differences(bench.editor.map, c_shape, bench.atlas)
    assert found.side is Side.LEFT
    assert found.missing == (4,)
    assert [one.is_point for one in found.added] == [True]
    first, second = found.changed
    assert (first.number, first.entry_moved_um) == (1, 0)
    assert first.tip_moved_um == skin_paths.apart_um(tip, passes[0].path.tip)
    assert (first.technique, first.plane, first.course_changed) == (False, False, False)
    assert (second.number, second.technique, second.plane) == (3, True, True)


def test_a_bolus_on_the_midline_is_laid_once_and_takes_the_volume_of_a_bolus(bench: Bench) -> None:
    chin = Anchor("pogonion") if "pogonion" in bench.atlas.landmarks else Anchor("menton", (0.0, 6.0, 4.0))
    bolus = ProtocolPass("chin", chin, Technique.MICRO_BOLUS, Plane.SUPRAPERIOSTEAL)
    protocol = Protocol("chin", 1, "Chin", "clinic_protocol", "Own", "", {"chin": chin}, (bolus,))
    apply_protocol(bench.editor, protocol, BOTH, planned=False)
    (one,) = bench.editor.map.passes
    assert one.is_point
    assert one.microlitres == bench.editor.micro_bolus_volume_ul
    assert {one.side for one in bench.editor.map.protocols} == set(BOTH)


def test_an_unknown_landmark_is_named(bench: Bench, c_shape: Protocol) -> None:
    wrong = replace(c_shape, entries={name: Anchor("nowhere") for name in c_shape.entries})
    with pytest.raises(InputRefused, match="protocol_landmark_unknown"):
        apply_protocol(bench.editor, wrong, BOTH, planned=True)


def test_what_was_laid_makes_the_same_pattern_from_either_side(bench: Bench, c_shape: Protocol) -> None:
    apply_protocol(bench.editor, c_shape, BOTH, planned=True, with_optional=True)
    passes = bench.editor.map.passes
    left = pattern(bench.atlas, passes[:10], Side.LEFT)
    assert left == pattern(bench.atlas, passes[10:], Side.RIGHT)
    entries, references = left
    again = Protocol("mine", 1, "Mine", "clinic_protocol", "Own", "", entries, references)
    for side, own in ((Side.LEFT, passes[:10]), (Side.RIGHT, passes[10:])):
        assert [one.path for one in lay(bench.atlas, again, side)] == [one.path for one in own]


def test_a_plan_without_volumes_is_mirrored_without_them_and_takes_one_where_it_is_given(
    bench: Bench, c_shape: Protocol
) -> None:
    apply_protocol(bench.editor, c_shape, [Side.LEFT], planned=True)
    bench.editor.mirror_selection()
    assert {one.shares for one in bench.editor.map.passes} == {()}
    first, second = bench.editor.map.passes[:2]
    bench.editor.select([first.id])
    bench.editor.set_volume_text("0.07")
    bench.editor.select([])
    bench.editor.set_volume_text("0.11")
    plan.fulfil(bench.editor, [first.id, second.id])
    assert [one.microlitres for one in bench.editor.map.passes[-2:]] == [70, 110]
    assert not any(one.differs for one in deviations(bench.editor.map) if one.done is not None)


def test_a_plan_without_volumes_leaves_the_volume_of_the_next_pass_as_it_was(
    bench: Bench, c_shape: Protocol
) -> None:
    bench.stroke(bench.at("zygion", dz=-12), bench.at("zygion", dz=12))
    bench.editor.set_volume_text("0.13")
    apply_protocol(bench.editor, c_shape, BOTH, planned=True)
    again = bench.reopened()
    assert again.defaults.microlitres == bench.editor.defaults.microlitres == 130
    bench.editor.set_plane(Plane.SUPRA_SMAS)
    bench.editor.undo()
    assert bench.editor.defaults.microlitres == 130
