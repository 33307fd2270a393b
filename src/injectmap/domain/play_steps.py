"""One step of a play: how the cannula travels, where product is laid, and what is counted at each moment."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from injectmap.domain.edits import EditKind
from injectmap.domain.totals import done_passes, zone_volumes
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Side, Technique, TreatmentMap
from injectmap.domain.units import share_out

# The pace of a demonstration, slow enough to follow; it says nothing about how fast a cannula should travel.
_ENTRY_S = 0.6
_ADVANCE_UM_PER_S = 24_000
_DEPOSIT_UM_PER_S = 14_000
_POINT_S = 1.2
_STOP_S = 0.5
_CHANGE_S = 0.8

# The product leaves while the cannula advances; with every other technique it leaves on the way back.
_ANTEGRADE = frozenset({Technique.LINEAR_ANTEGRADE})


class StepKind(StrEnum):
    """What a step shows."""

    DRAW = "draw"
    CHANGE = "change"
    REMOVE = "remove"
    UNDO = "undo"


class Phase(StrEnum):
    """What the cannula is doing."""

    ENTRY = "entry"
    ADVANCE = "advance"
    DEPOSIT = "deposit"
    WITHDRAW = "withdraw"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A phase and how long it lasts."""

    phase: Phase
    seconds: float


@dataclass(frozen=True, slots=True)
class PlayState:
    """One moment of a play.

    `map` is without the pass in hand until that is complete. `tip_um` is where the cannula's tip is along the
    path and `advanced_um` the farthest it has been; `deposited` are the stretches laid so far. The sides count
    the whole map with what has been laid of the pass in hand, done passes only.
    """

    map: TreatmentMap
    one: CannulaPass | None
    number: int
    phase: Phase | None
    tip_um: int
    advanced_um: int
    deposited: tuple[tuple[int, int], ...]
    deposited_ul: int
    right_ul: int
    left_ul: int

    @classmethod
    def still(cls, treatment_map: TreatmentMap) -> PlayState:
        """Nothing in hand."""
        return cls(treatment_map, None, 0, None, 0, 0, (), 0, *_side_sums(treatment_map))


def _side_sums(treatment_map: TreatmentMap) -> tuple[int, int]:
    """Microlitres right and left of the midline of all passes that count."""
    sides = [_sides_of(one) for one in done_passes(treatment_map)]
    return sum(right for right, _ in sides), sum(left for _, left in sides)


def _sides_of(one: CannulaPass) -> tuple[int, int]:
    right = sum(volume for (_, side), volume in zone_volumes(one).items() if side is Side.RIGHT)
    return right, one.microlitres - right


@dataclass(frozen=True)
class Step:
    """One pass drawn, or one change of the map; `before` and `after` are the maps on either side of it."""

    kind: StepKind
    edit_kind: EditKind | None
    one: CannulaPass | None
    number: int
    before: TreatmentMap
    after: TreatmentMap

    @cached_property
    def _travel(self) -> _Travel | None:
        return _Travel(self.one) if self.kind is StepKind.DRAW and self.one is not None else None

    @property
    def phases(self) -> tuple[PhaseSpan, ...]:
        """What happens in turn."""
        return self._travel.phases if self._travel else (PhaseSpan(Phase.CHANGE, _CHANGE_S),)

    @property
    def duration_s(self) -> float:
        """The length of the step at the usual speed."""
        return sum(span.seconds for span in self.phases)

    def at(self, seconds: float) -> PlayState:
        """What shows so many seconds into the step; at its end the map is `after`."""
        if self._travel is None or self.one is None:
            state = PlayState.still(self.after if seconds >= self.duration_s / 2 else self.before)
            return _in_hand(state, self.one, self.number, Phase.CHANGE)
        if seconds >= self.duration_s:
            return self._complete(self.one, self._travel)
        phase, share = self._travel.phase_at(max(seconds, 0.0))
        moment = self._travel.moment(phase, share)
        right, left = self._before_sides
        if self.one.status is PassStatus.DONE and moment.deposited_ul:
            laid_right, laid_left = share_out(moment.deposited_ul, _sides_of(self.one))
            right, left = right + laid_right, left + laid_left
        return PlayState(
            self._before_without,
            self.one,
            self.number,
            phase,
            moment.tip_um,
            moment.advanced_um,
            moment.deposited,
            moment.deposited_ul,
            right,
            left,
        )

    def _complete(self, one: CannulaPass, travel: _Travel) -> PlayState:
        end = travel.moment(travel.phases[-1].phase, 1.0)
        return PlayState(
            self.after,
            one,
            self.number,
            travel.phases[-1].phase,
            end.tip_um,
            end.advanced_um,
            end.deposited,
            end.deposited_ul,
            *_side_sums(self.after),
        )

    @cached_property
    def _before_without(self) -> TreatmentMap:
        """The map before, without the pass in hand where that is one being confirmed."""
        if self.one is None or self.one.id not in self.before.by_id:
            return self.before
        kept = tuple(one for one in self.before.passes if one.id != self.one.id)
        return TreatmentMap(kept, self.before.items)

    @cached_property
    def _before_sides(self) -> tuple[int, int]:
        return _side_sums(self._before_without)


def _in_hand(state: PlayState, one: CannulaPass | None, number: int, phase: Phase) -> PlayState:
    length = one.path.length_um if one else 0
    return PlayState(state.map, one, number, phase, length, length, (), 0, state.right_ul, state.left_ul)


@dataclass(frozen=True, slots=True)
class _Moment:
    tip_um: int
    advanced_um: int
    deposited: tuple[tuple[int, int], ...]
    deposited_ul: int


class _Travel:
    """The cannula's travel along one pass; everything at a moment follows from the phase and how far it is gone."""

    def __init__(self, one: CannulaPass) -> None:
        self._one = one
        self._length = one.path.length_um
        self._along_ul = one.microlitres - sum(deposit.microlitres for deposit in one.deposits)
        self._antegrade = one.technique in _ANTEGRADE
        self.phases = tuple(self._spans())

    def _spans(self) -> list[PhaseSpan]:
        one = self._one
        entry = PhaseSpan(Phase.ENTRY, _ENTRY_S)
        carried_out = one.status is PassStatus.DONE
        if one.is_point:
            return [entry, PhaseSpan(Phase.DEPOSIT, _POINT_S)] if carried_out else [entry]
        advance = PhaseSpan(Phase.ADVANCE, self._length / _ADVANCE_UM_PER_S)
        if not carried_out:
            return [entry, advance]
        laying = PhaseSpan(Phase.DEPOSIT, self._length / _DEPOSIT_UM_PER_S + _STOP_S * len(one.deposits))
        if self._antegrade:
            return [entry, laying, PhaseSpan(Phase.WITHDRAW, advance.seconds)]
        return [entry, advance, laying]

    def phase_at(self, seconds: float) -> tuple[Phase, float]:
        """The phase at a moment and the share of it that is over."""
        for span in self.phases:
            if seconds < span.seconds:
                return span.phase, seconds / span.seconds
            seconds -= span.seconds
        return self.phases[-1].phase, 1.0

    def moment(self, phase: Phase, share: float) -> _Moment:
        """Where the tip is and what is laid when a share of a phase is over."""
        if phase is Phase.ENTRY:
            return _Moment(0, 0, (), 0)
        if self._length == 0:
            return _Moment(0, 0, ((0, 0),), round(self._one.microlitres * share))
        if phase is Phase.ADVANCE:
            tip = round(self._length * share)
            return _Moment(tip, tip, (), 0)
        if phase is Phase.WITHDRAW:
            tip = round(self._length * (1.0 - share))
            return _Moment(tip, self._length, self._laid(self._length)[0], self._one.microlitres)
        gone = round(self._length * self._without_stops(share))
        laid, volume = self._laid(gone)
        return _Moment(gone if self._antegrade else self._length - gone, self._far(gone), laid, volume)

    def _far(self, gone: int) -> int:
        return gone if self._antegrade else self._length

    def _laid(self, gone: int) -> tuple[tuple[tuple[int, int], ...], int]:
        """Stretches and microlitres laid when the tip has gone so far while laying."""
        if gone <= 0:
            return (), 0
        reached = (0, gone) if self._antegrade else (self._length - gone, self._length)
        met = [one for one in self._one.deposits if reached[0] <= one.position_um <= reached[1]]
        volume = self._along_ul * gone // self._length + sum(one.microlitres for one in met)
        spots = tuple((one.position_um, one.position_um) for one in met)
        return ((reached,) if self._along_ul or not self._one.deposits else ()) + spots, volume

    def _without_stops(self, share: float) -> float:
        """The share of the way that is gone when a share of the time is over: the tip rests at each deposit."""
        stops = sorted(
            one.position_um / self._length if self._antegrade else 1.0 - one.position_um / self._length
            for one in self._one.deposits
        )
        moving = self._length / _DEPOSIT_UM_PER_S
        seconds = share * (moving + _STOP_S * len(stops))
        for stop in stops:
            arrival = stop * moving
            if seconds <= arrival:
                break
            if seconds <= arrival + _STOP_S:
                return stop
            seconds -= _STOP_S
        return min(seconds / moving, 1.0)
