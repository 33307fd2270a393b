"""How a map came to be, pass by pass: a play for teaching, read from a journal, a map or a protocol."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from injectmap.domain.edits import Edit, EditKind, PassChange, edit_from_json
from injectmap.domain.errors import InputRefused
from injectmap.domain.forms import parse_json
from injectmap.domain.journal import JournalKind, JournalRow
from injectmap.domain.laying import LaidPass
from injectmap.domain.play_steps import PlayState, Step, StepKind
from injectmap.domain.session import DEFAULT_INSTRUMENT
from injectmap.domain.treatment_map import CannulaPass, PassStatus, TreatmentMap


@dataclass(frozen=True)
class Playback:
    """Steps from a first map to a final one, each beginning where the one before it ended.

    Seconds are those of the play at its usual speed; nothing here knows the time of day.
    """

    start: TreatmentMap
    steps: tuple[Step, ...]

    @property
    def final(self) -> TreatmentMap:
        """The map at the end."""
        return self.steps[-1].after if self.steps else self.start

    @cached_property
    def begins(self) -> tuple[float, ...]:
        """The second at which each step begins."""
        return tuple(accumulate((step.duration_s for step in self.steps[:-1]), initial=0.0))[
            : len(self.steps)
        ]

    @property
    def duration_s(self) -> float:
        """The whole play."""
        return self.begins[-1] + self.steps[-1].duration_s if self.steps else 0.0

    def index_at(self, seconds: float) -> int:
        """The step that runs at a second of the play; ValueError for a play without steps."""
        if not self.steps:
            raise ValueError("nothing to play")
        return max(bisect_right(self.begins, seconds) - 1, 0)

    def at(self, seconds: float) -> PlayState:
        """What shows at a second of the play; before its start and after its end it stands still."""
        if not self.steps:
            return PlayState.still(self.start)
        if seconds >= self.duration_s:
            return self.steps[-1].at(self.steps[-1].duration_s)
        index = self.index_at(seconds)
        return self.steps[index].at(seconds - self.begins[index])

    def state_before(self, index: int) -> PlayState:
        """What shows before a step begins; after the last one for `len(steps)`."""
        return PlayState.still(self.steps[index].before if index < len(self.steps) else self.final)


def from_map(treatment_map: TreatmentMap) -> Playback:
    """Play a map in the order of its passes."""
    return _drawn_anew(treatment_map, [one.id for one in treatment_map.passes])


def from_protocol(laid: Sequence[LaidPass]) -> Playback:
    """Play reference passes as they lie on the head; they hold no volume, so none is counted."""
    passes = tuple(
        CannulaPass(
            id=f"laid:{one.side.value}:{one.number}",
            order=order,
            entry_id=f"laid:{one.side.value}:{one.entry}",
            path=one.path,
            technique=one.reference.technique,
            plane=one.reference.plane,
            instrument=DEFAULT_INSTRUMENT,
            shares=(),
        )
        for order, one in enumerate(laid, start=1)
    )
    return from_map(TreatmentMap(passes))


def from_journal(rows: Sequence[JournalRow], *, clean: bool = True) -> Playback:
    """Play the journal of one treatment session, its rows oldest first.

    Clean, it holds the passes of the final map alone, as they are at the end, in the order in which they were
    first drawn; otherwise every edit plays as it was made. Both end in exactly the recorded map.
    InputRefused("journal_erased") where the content of a row was erased.
    """
    edits = list(_edits(rows))
    maps = list(accumulate((edit for edit, _ in edits), _applied, initial=TreatmentMap()))
    if clean:
        first_drawn: dict[str, None] = {}
        for edit, _ in edits:
            first_drawn.update(dict.fromkeys(c.pass_id for c in edit.changes if c.after is not None))
        return _drawn_anew(maps[-1], list(first_drawn))
    steps: list[Step] = []
    for (edit, undoes), before, after in zip(edits, maps[:-1], maps[1:], strict=True):
        steps += [_taken_back(edit, before, after)] if undoes else _played(edit, before, after)
    return Playback(TreatmentMap(), tuple(steps))


def _applied(treatment_map: TreatmentMap, edit: Edit) -> TreatmentMap:
    return edit.apply(treatment_map)


def _edits(rows: Sequence[JournalRow]) -> Iterator[tuple[Edit, bool]]:
    """Edits of a journal, and whether each took back or repeated another."""
    for row in rows:
        if row.kind is JournalKind.EDIT:
            if row.payload is None:
                raise InputRefused("journal_erased", number=row.number)
            yield edit_from_json(parse_json(row.payload, "edit")), row.undoes is not None


def _drawn_anew(final: TreatmentMap, in_order: Sequence[str]) -> Playback:
    """Draw the passes of a map that were done, or all of a mere plan; everything else stands from the start."""
    done = {one.id for one in final.passes if one.status is PassStatus.DONE} or set(final.by_id)
    drawn = [pass_id for pass_id in in_order if pass_id in done]
    present = set(final.by_id) - done
    before = start = _only(final, present)
    steps = []
    for pass_id in drawn:
        present.add(pass_id)
        after = _only(final, present)
        steps.append(_draw(final.by_id[pass_id], final.numbers[pass_id], before, after))
        before = after
    return Playback(start, tuple(steps))


def _only(treatment_map: TreatmentMap, pass_ids: set[str]) -> TreatmentMap:
    return TreatmentMap(tuple(one for one in treatment_map.passes if one.id in pass_ids), treatment_map.items)


def _draw(
    one: CannulaPass, number: int, before: TreatmentMap, after: TreatmentMap, kind: EditKind | None = None
) -> Step:
    return Step(StepKind.DRAW, kind, one, number, before, after)


def _is_drawing(change: PassChange) -> bool:
    """True if a change carries a pass out: a new one, or one confirmed where it lay."""
    before, after = change.before, change.after
    if after is None:
        return False
    if before is None:
        return True
    confirmed = before.status is not PassStatus.DONE and after.status is PassStatus.DONE
    return confirmed and before.path == after.path and before.order == after.order


def _played(edit: Edit, before: TreatmentMap, after: TreatmentMap) -> Iterator[Step]:
    """What an edit changes or takes away as one step, then each pass it draws."""
    drawn = [change for change in edit.changes if _is_drawing(change)]
    others = tuple(change for change in edit.changes if not _is_drawing(change))
    now = before
    if others or edit.items or not edit.changes:
        now = Edit(edit.kind, others, edit.items).apply(before)
        removes = bool(others) and all(change.after is None for change in others)
        kind = StepKind.REMOVE if removes and not edit.items else StepKind.CHANGE
        yield _changed(kind, edit.kind, others, before, now)
    for change in drawn:
        assert change.after is not None
        last, now = now, Edit(edit.kind, (change,)).apply(now)
        yield _draw(change.after, now.numbers[change.pass_id], last, now, edit.kind)
    assert now == after


def _taken_back(edit: Edit, before: TreatmentMap, after: TreatmentMap) -> Step:
    return _changed(StepKind.UNDO, edit.kind, edit.changes, before, after)


def _changed(
    kind: StepKind,
    edit_kind: EditKind,
    changes: Sequence[PassChange],
    before: TreatmentMap,
    after: TreatmentMap,
) -> Step:
    first = changes[0] if changes else None
    one = (first.after or first.before) if first else None
    shown = after if one is not None and one.id in after.by_id else before
    return Step(kind, edit_kind, one, shown.numbers[one.id] if one else 0, before, after)
