"""What differs: what was done from what was planned, and one treatment session from another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from injectmap.domain.skin_paths import apart_um
from injectmap.domain.totals import ZoneTotal, done_passes, shown_totals, totals
from injectmap.domain.treatment_map import CannulaPass, TreatmentMap

# Passes of two sessions whose entry points or tips lie farther apart than this are not the same pass.
FARTHEST_MATCH_UM = 20_000


@dataclass(frozen=True, slots=True)
class Deviation:
    """A planned pass and what was done of it; differences are done minus planned.

    Without `done` it was planned and not done, without `planned` it was done and not planned. Distances are
    straight on the reference head; `fields` are the codes of what else differs.
    """

    planned: CannulaPass | None
    done: CannulaPass | None
    entry_moved_um: int = 0
    tip_moved_um: int = 0
    length_um: int = 0
    microlitres: int = 0
    fields: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """True unless it was done exactly as planned; without a planned volume any volume is as planned."""
        moved = self.entry_moved_um or self.tip_moved_um or self.length_um
        return self.planned is None or self.done is None or bool(moved or self.microlitres or self.fields)

    @property
    def reason(self) -> str:
        """The clinician's reason, as far as one was given."""
        given = (one.deviation for one in (self.done, self.planned) if one is not None)
        return next((reason for reason in given if reason), "")


def deviations(treatment_map: TreatmentMap) -> tuple[Deviation, ...]:
    """Set what was done beside the plan: planned passes in order, then what was done without being planned.

    Nothing without a plan. A planned pass carried out twice is listed with each.
    """
    planned = [one for one in treatment_map.passes if one.is_planned]
    if not planned:
        return ()
    done = list(done_passes(treatment_map))
    plan = {one.id for one in planned}
    found: list[Deviation] = []
    for one in planned:
        fulfilments = [other for other in done if other.fulfils == one.id]
        found += [_deviation(one, other) for other in fulfilments] or [Deviation(one, None)]
    found += [Deviation(None, one) for one in done if one.fulfils not in plan]
    return tuple(found)


def _deviation(planned: CannulaPass, done: CannulaPass) -> Deviation:
    differing = {
        "technique": planned.technique is not done.technique,
        "plane": planned.plane is not done.plane,
        "instrument": planned.instrument != done.instrument,
        "depth": planned.depth_um != done.depth_um,
        "deposits": [(d.position_um, d.microlitres) for d in planned.deposits]
        != [(d.position_um, d.microlitres) for d in done.deposits],
        "course": planned.path.controls[1:-1] != done.path.controls[1:-1]
        or planned.path.curved is not done.path.curved,
    }
    return Deviation(
        planned,
        done,
        apart_um(planned.path.entry, done.path.entry),
        apart_um(planned.path.tip, done.path.tip),
        done.path.length_um - planned.path.length_um,
        done.microlitres - planned.microlitres if planned.microlitres else 0,
        tuple(code for code, differs in differing.items() if differs),
    )


@dataclass(frozen=True, slots=True)
class ZoneDifference:
    """Volume of one zone in two sessions."""

    zone: str
    right_before_ul: int
    right_after_ul: int
    left_before_ul: int
    left_after_ul: int

    @property
    def right_ul(self) -> int:
        """More or less on the patient's right."""
        return self.right_after_ul - self.right_before_ul

    @property
    def left_ul(self) -> int:
        """More or less on the patient's left."""
        return self.left_after_ul - self.left_before_ul

    @property
    def both_ul(self) -> int:
        """More or less on both sides together."""
        return self.right_ul + self.left_ul


@dataclass(frozen=True, slots=True)
class MatchedPass:
    """A pass of one session and its like in the other; distances straight, differences after minus before."""

    before: CannulaPass
    after: CannulaPass
    entry_moved_um: int
    tip_moved_um: int
    length_um: int
    microlitres: int

    @classmethod
    def of(cls, before: CannulaPass, after: CannulaPass) -> MatchedPass:
        """Measure a pair."""
        return cls(
            before,
            after,
            apart_um(before.path.entry, after.path.entry),
            apart_um(before.path.tip, after.path.tip),
            after.path.length_um - before.path.length_um,
            after.microlitres - before.microlitres,
        )


@dataclass(frozen=True, slots=True)
class SessionDifference:
    """How a later session differs from an earlier one, done passes only; zones in order of first use."""

    zones: tuple[ZoneDifference, ...]
    matched: tuple[MatchedPass, ...]
    only_before: tuple[CannulaPass, ...]
    only_after: tuple[CannulaPass, ...]

    @property
    def right_ul(self) -> int:
        """More or less on the patient's right."""
        return sum(one.right_ul for one in self.zones)

    @property
    def left_ul(self) -> int:
        """More or less on the patient's left."""
        return sum(one.left_ul for one in self.zones)

    @property
    def both_ul(self) -> int:
        """More or less in all."""
        return self.right_ul + self.left_ul


def compare(before: TreatmentMap, after: TreatmentMap, *, as_shown: bool = False) -> SessionDifference:
    """Compare two sessions' maps: volume by zone and side, and passes matched by descent, else by nearness.

    Volumes to the microlitre, or `as_shown`: the differences of the figures that the totals of both show.
    """
    old, new = list(done_passes(before)), list(done_passes(after))
    pairs = _by_descent(old, new)
    pairs += _by_nearness(_without(old, (one for one, _ in pairs)), _without(new, (one for _, one in pairs)))
    order = {one.id: number for number, one in enumerate(new)}
    pairs.sort(key=lambda pair: order[pair[1].id])
    return SessionDifference(
        _zones(before, after, as_shown=as_shown),
        tuple(MatchedPass.of(*pair) for pair in pairs),
        tuple(_without(old, (one for one, _ in pairs))),
        tuple(_without(new, (one for _, one in pairs))),
    )


def _without(passes: Sequence[CannulaPass], taken: Iterable[CannulaPass]) -> list[CannulaPass]:
    ids = {one.id for one in taken}
    return [one for one in passes if one.id not in ids]


def _by_descent(
    old: Sequence[CannulaPass], new: Sequence[CannulaPass]
) -> list[tuple[CannulaPass, CannulaPass]]:
    """Copies with what they were copied from; of two copies the first."""
    originals = {f"pass:{one.id}": one for one in old}
    pairs = []
    for one in new:
        original = originals.pop(one.reference, None)
        if original is not None and _near(original, one):
            pairs.append((original, one))
    return pairs


def _near(one: CannulaPass, other: CannulaPass) -> bool:
    farthest = max(apart_um(one.path.entry, other.path.entry), apart_um(one.path.tip, other.path.tip))
    return farthest <= FARTHEST_MATCH_UM


def _by_nearness(
    old: Sequence[CannulaPass], new: Sequence[CannulaPass]
) -> list[tuple[CannulaPass, CannulaPass]]:
    """The nearest pair first; a bolus is only ever the like of a bolus, and a pass of one on its side."""
    distances = sorted(
        (apart_um(one.path.entry, other.path.entry) + apart_um(one.path.tip, other.path.tip), at, to)
        for at, one in enumerate(old)
        for to, other in enumerate(new)
        if one.is_point is other.is_point and one.side is other.side and _near(one, other)
    )
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for _, at, to in distances:
        if at not in pairs and to not in taken:
            pairs[at] = to
            taken.add(to)
    return [(old[at], new[to]) for at, to in pairs.items()]


def _zones(before: TreatmentMap, after: TreatmentMap, *, as_shown: bool) -> tuple[ZoneDifference, ...]:
    summed = shown_totals if as_shown else totals
    old, new = ({row.zone: row for row in summed(one).zones} for one in (before, after))
    none = ZoneTotal("", 0, 0)
    rows = ((zone, old.get(zone, none), new.get(zone, none)) for zone in dict.fromkeys((*old, *new)))
    return tuple(
        ZoneDifference(zone, one.right_ul, other.right_ul, one.left_ul, other.left_ul)
        for zone, one, other in rows
    )
