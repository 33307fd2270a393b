"""A random hand at the editor: every kind of edit in any order, and what has to hold after each of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from injectmap.atlas import load_atlas
from injectmap.domain import playback, skin_paths
from injectmap.domain.acting import Acting
from injectmap.domain.edits import Committed, Edit, edit_from_json, edit_to_json
from injectmap.domain.errors import Conflict, InjectmapError, InputRefused, StorageProblem
from injectmap.domain.journal import GENESIS, JournalKind, JournalRow, SubjectKind, canonical_json, make_row
from injectmap.domain.protocol import Protocol
from injectmap.domain.totals import done_passes, totals, zone_volumes
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Side, SkinPoint, TreatmentMap
from injectmap.editing.editor import MapEditor
from injectmap.system.catalogue import Catalogue
from tests import builders

# Enough passes for everything to meet everything; more only makes each step slower.
MOST_PASSES = 36

indices = st.integers(0, 10_000)


@cache
def places() -> tuple[SkinPoint, ...]:
    """Places on both sides of the face and on its midline, each side's the mirror image of the other's."""
    atlas = load_atlas()
    near = (
        "tragion",
        "zygion",
        "gonion",
        "malar_eminence",
        "antegonial_notch",
        "mandibular_midbody",
        "cheilion",
    )
    offsets = ((0.0, 6.0, 14.0), (0.0, -9.0, 22.0), (0.0, 3.0, 8.0))
    left = [
        skin_paths.snap(atlas, atlas.landmarks[name] + np.array(offset))
        for name in near
        for offset in offsets
    ]
    kept = [place for place in left if atlas.skin.drawable(skin_paths.to_mm([place]))[0]]
    middle = [skin_paths.snap(atlas, atlas.landmarks[name]) for name in ("menton", "pronasale", "glabella")]
    return (*kept, *skin_paths.mirrored(kept), *middle)


@cache
def protocols() -> tuple[Protocol, ...]:
    return Catalogue().protocols()


class JournallingSink:
    """Keeps what it is given as the journal does: as text, read back before it is applied."""

    def __init__(self) -> None:
        self.rows: list[JournalRow] = []
        self.map = TreatmentMap()
        self.fails = False

    @property
    def revision(self) -> int:
        return len(self.rows) + 1

    def commit(
        self, acting: Acting, session_id: str, edit: Edit, revision: int, undoes: int | None = None
    ) -> Committed:
        if self.fails:
            raise StorageProblem("disk_full")
        if revision != self.revision:
            raise Conflict("session_has_changed")
        payload = canonical_json(edit_to_json(edit))
        self.map = edit_from_json(json.loads(payload)).apply(self.map)
        self.rows.append(
            make_row(
                number=len(self.rows) + 1,
                at_ms=len(self.rows),
                practitioner_id=acting.practitioner_id,
                workstation=acting.workstation,
                subject_kind=SubjectKind.SESSION,
                subject_id=session_id,
                kind=JournalKind.EDIT,
                payload=payload,
                salt="00",
                previous=self.rows[-1].hash if self.rows else GENESIS,
                undoes=undoes,
            )
        )
        return Committed(self.revision, len(self.rows))


class EditorMachine(RuleBasedStateMachine):
    """The editor, its sink and the helpers of all rules; the rules are in `rules`."""

    def __init__(self) -> None:
        super().__init__()
        self.atlas = load_atlas()
        opened = builders.open_session(count=0)
        other = builders.product(product_id="other", name="Other filler", nominal_ul=1000)
        third = builders.syringe(opened.session, number=3, of=other)
        self.opened = replace(opened, syringes=(*opened.syringes, third))
        self.acting = builders.acting_as(self.opened.practitioner)
        self.sink = JournallingSink()
        self.editor = self.reopened()

    def reopened(self) -> MapEditor:
        """An editor as after closing and opening the session again."""
        session = replace(self.opened.session, revision=self.sink.revision)
        opened = replace(self.opened, session=session, map=self.sink.map)
        return MapEditor(opened, self.atlas, self.sink, self.acting, self.sink.rows)

    # For the rules

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What is refused has changed nothing and stored nothing."""
        before, rows, code = self.editor.map, len(self.sink.rows), ""
        try:
            yield
        except InputRefused as refused:
            code = refused.code
        if code:
            assert self.editor.map is before, code
            assert len(self.sink.rows) == rows, code
        assert self.editor.failed is None

    @property
    def passes(self) -> tuple[CannulaPass, ...]:
        return self.editor.map.passes

    @property
    def crowded(self) -> bool:
        return len(self.passes) >= MOST_PASSES

    def place(self, index: int) -> SkinPoint:
        return places()[index % len(places())]

    def chosen(self, index: int) -> CannulaPass:
        return self.passes[index % len(self.passes)]

    def some(self, picks: Sequence[int]) -> list[str]:
        return [self.chosen(pick).id for pick in picks] if self.passes else []

    # What has to hold

    @invariant()
    def what_shows_is_what_was_stored(self) -> None:
        assert self.editor.map == self.sink.map
        assert self.editor.revision == self.sink.revision

    @invariant()
    def the_sums_are_the_sums_of_the_passes(self) -> None:
        found = self.editor.map
        done = list(done_passes(found))
        for one in found.passes:
            shares = zone_volumes(one)
            assert all(isinstance(volume, int) and volume >= 0 for volume in shares.values())
            assert sum(shares.values()) == one.microlitres == sum(share.microlitres for share in one.shares)
            assert sum(part.length_um for part in one.path.zones) == one.path.length_um
        sums = totals(found)
        assert sums.both_ul == sums.right_ul + sums.left_ul == sum(one.microlitres for one in done)
        assert sums.both_ul == sum(one.both_ul for one in sums.zones)
        drawn = sum(balance.injected_ul for balance in self.editor.balances)
        assert drawn == sums.both_ul
        assert all(balance.left_ul >= 0 for balance in self.editor.balances)

    @invariant()
    def every_done_pass_has_its_syringes(self) -> None:
        known = {syringe.id for syringe in self.editor.syringes}
        for one in self.passes:
            ids = [share.syringe_id for share in one.shares]
            assert len(set(ids)) == len(ids)
            assert all(share.microlitres > 0 for share in one.shares)
            if one.status is PassStatus.DONE:
                assert ids
                assert set(ids) <= known

    @invariant()
    def entry_points_and_numbers_are_one_row_each(self) -> None:
        found = self.editor.map
        for planned in (False, True):
            layer = [one for one in found.passes if one.is_planned is planned]
            assert [found.numbers[one.id] for one in layer] == list(range(1, len(layer) + 1))
            for side in Side:
                ids = dict.fromkeys(one.entry_id for one in layer if one.side is side and not one.is_point)
                letters = [found.entry_points[one].letter for one in ids]
                assert len(set(letters)) == len(letters)
        for one in found.passes:
            if not one.is_point:
                assert found.entry_points[one.entry_id].position == one.path.entry

    @invariant()
    def the_selection_is_on_the_map(self) -> None:
        assert self.editor.selection <= self.editor.map.by_id.keys()
        assert self.editor.primary is None or self.editor.primary in self.editor.selection

    def teardown(self) -> None:
        """Undo all is the start, redo all the end, and the journal plays to the same map."""
        self._check_zones()
        for clean in (True, False):
            assert playback.from_journal(self.sink.rows, clean=clean).final == self.editor.map
        self._again(self.editor.redo)
        end = self.editor.map
        self._again(self.editor.undo)
        assert self.editor.undo_kind is None
        assert self.editor.map == TreatmentMap()
        self._again(self.editor.redo)
        assert self.editor.map == end == self.sink.map
        replayed = TreatmentMap()
        for row in self.sink.rows:
            data = json.loads(row.payload or "")
            edit = edit_from_json(data)
            assert canonical_json(edit_to_json(edit)) == row.payload
            assert edit.inverse().apply(edit.apply(replayed)) == replayed
            replayed = edit.apply(replayed)
        assert replayed == end

    def _again(self, step: object) -> None:
        """Undo or redo until the map stays as it is."""
        before: TreatmentMap | None = None
        while before is not self.editor.map:
            before = self.editor.map
            assert callable(step)
            step()

    def _check_zones(self) -> None:
        """Every path is split over the zones of this session, as they are now."""
        zones = self.atlas.zones_for(self.editor.map.zone_moves)
        for one in self.passes:
            assert one.path == skin_paths.resplit(one.path, zones)

    # The ways of time

    @precondition(lambda self: self.editor.undo_kind)
    @rule()
    def undo(self) -> None:
        self.editor.undo()

    @precondition(lambda self: self.editor.redo_kind)
    @rule()
    def redo(self) -> None:
        self.editor.redo()

    @precondition(lambda self: self.sink.rows)
    @rule()
    def close_and_open(self) -> None:
        self.editor = self.reopened()

    @precondition(lambda self: self.passes)
    @rule(index=indices, retried=st.booleans())
    def the_disk_is_full(self, index: int, retried: bool) -> None:
        before = self.editor.map
        self.editor.select([self.chosen(index).id])
        self.sink.fails = True
        self.editor.remove_selected()
        self.sink.fails = False
        assert self.editor.failed is not None
        assert self.editor.map is before
        code = ""
        try:
            self.editor.undo()
        except InjectmapError as waiting:
            code = waiting.code
        assert code in ("", "edit_waiting")  # with nothing to undo nothing is refused
        assert self.editor.map is before
        if retried:
            assert self.editor.retry()
        else:
            self.editor.discard_failed()
        assert self.editor.failed is None
