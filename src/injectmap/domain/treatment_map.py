"""The treatment map: cannula passes on the reference head, as immutable values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple

from injectmap.domain.errors import InputRefused
from injectmap.domain.map_items import AppliedProtocol, MapItem, Measurement, ZoneMove
from injectmap.domain.places import (
    MIDLINE_UM,
    POINT_BYTES,
    Side,
    SkinPath,
    SkinPoint,
    SkinPoints,
    ZoneLength,
    side_of,
)

__all__ = [
    "MIDLINE_UM",
    "POINT_BYTES",
    "CannulaPass",
    "Deposit",
    "EntryPoint",
    "Instrument",
    "InstrumentKind",
    "PassStatus",
    "Plane",
    "Share",
    "Side",
    "SkinPath",
    "SkinPoint",
    "SkinPoints",
    "Technique",
    "TreatmentMap",
    "ZoneLength",
    "entry_letter",
    "side_of",
]


class Technique(StrEnum):
    """How the product was laid along the pass (clinical reference, section 6)."""

    LINEAR_RETROGRADE = "linear_retrograde"
    LINEAR_ANTEGRADE = "linear_antegrade"
    FANNING = "fanning"
    CROSS_HATCHING = "cross_hatching"
    SERIAL_PUNCTURE = "serial_puncture"
    TUNNELLING = "tunnelling"
    VECTORING = "vectoring"
    BOLUS = "bolus"
    MICRO_BOLUS = "micro_bolus"


class Plane(StrEnum):
    """The tissue layer, superficial to deep (clinical reference, section 6)."""

    INTRADERMAL_SUPERFICIAL = "intradermal_superficial"
    INTRADERMAL_MID = "intradermal_mid"
    INTRADERMAL_DEEP = "intradermal_deep"
    SUBDERMAL = "subdermal"
    SUPERFICIAL_FAT = "superficial_fat"
    SUPRA_SMAS = "supra_smas"
    SUB_SMAS = "sub_smas"
    INTRAMUSCULAR = "intramuscular"
    SUPRAPERIOSTEAL = "supraperiosteal"
    SUBGALEAL = "subgaleal"
    INTERFASCIAL = "interfascial"


class PassStatus(StrEnum):
    """Only passes that are done count in totals, balance, stock and recall."""

    PLANNED = "planned"
    UNCONFIRMED = "unconfirmed"
    DONE = "done"


class InstrumentKind(StrEnum):
    """Blunt or sharp."""

    CANNULA = "cannula"
    NEEDLE = "needle"


@dataclass(frozen=True, slots=True)
class Instrument:
    """A cannula or needle with its gauge and usable length."""

    kind: InstrumentKind
    gauge: int
    length_um: int

    def __post_init__(self) -> None:
        """Refuse what no maker sells, so that a slip of the finger cannot enter a record."""
        if not 10 <= self.gauge <= 34 or not 2_000 <= self.length_um <= 150_000:
            raise InputRefused("instrument_impossible", gauge=self.gauge, length_um=self.length_um)


class Share(NamedTuple):
    """A volume from one syringe."""

    syringe_id: str
    microlitres: int


class Deposit(NamedTuple):
    """A volume laid at one place of a pass, `position_um` along the skin from the entry point.

    The zone and side of that place are kept with it, since the path knows its zones by length only.
    """

    position_um: int
    microlitres: int
    zone: str
    side: Side


@dataclass(frozen=True, slots=True)
class CannulaPass:
    """One travel of the cannula, entry point to tip; a bolus is a travel of no length.

    Passes that share an `entry_id` share the same first control point. `order` is the order of treatment;
    people see the rank of it as the pass's number. What `deposits` do not hold of the volume is laid along the
    path. `fulfils` is the planned pass that this one carries out and `deviation` the reason where it differs;
    `reference` says what it was copied from (`protocol:<id>@<version>#<n>` or `pass:<id>`).
    """

    id: str
    order: int
    entry_id: str
    path: SkinPath
    technique: Technique
    plane: Plane
    instrument: Instrument
    shares: tuple[Share, ...]
    depth_um: int | None = None
    status: PassStatus = PassStatus.DONE
    deposits: tuple[Deposit, ...] = ()
    fulfils: str | None = None
    deviation: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        """Deposits lie on the pass, in order along it, and hold no more than its volume."""
        if not self.deposits:
            return
        places = [one.position_um for one in self.deposits]
        if places != sorted(places) or places[0] < 0 or places[-1] > self.path.length_um:
            raise InputRefused("deposit_off_path")
        if any(one.microlitres <= 0 for one in self.deposits):
            raise InputRefused("volume_zero", typed="0")
        if sum(one.microlitres for one in self.deposits) > self.microlitres:
            raise InputRefused("deposits_above_volume")

    @property
    def is_point(self) -> bool:
        """True for a bolus: a deposit at a point, without a path."""
        return self.path.length_um == 0

    @property
    def is_planned(self) -> bool:
        """True for a pass of the plan layer."""
        return self.status is PassStatus.PLANNED

    @property
    def microlitres(self) -> int:
        """The volume of the pass over all its syringes."""
        return sum(share.microlitres for share in self.shares)

    @property
    def side(self) -> Side:
        """The patient's side, taken at the entry point."""
        return side_of(self.path.entry)


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """A hole in the skin that one or more passes share; its letter starts anew on each side."""

    id: str
    position: SkinPoint
    side: Side
    letter: str


def entry_letter(index: int) -> str:
    """Name the index-th entry point of a side: A to Z, then AA, AB and so on."""
    letters = ""
    index += 1
    while index:
        index, place = divmod(index - 1, 26)
        letters = chr(ord("A") + place) + letters
    return letters


@dataclass(frozen=True)
class TreatmentMap:
    """All that is drawn in one treatment session; an immutable value changed only by edits.

    Passes stand in order; other items (measurements, moved zone corners, applied protocols) by id.
    """

    passes: tuple[CannulaPass, ...] = ()
    items: tuple[MapItem, ...] = ()

    def __post_init__(self) -> None:
        """Hold the invariants that edits rely on."""
        orders = [one.order for one in self.passes]
        if orders != sorted(set(orders)):
            raise ValueError("passes must be in strictly rising order")
        if len(self.by_id) != len(self.passes):
            raise ValueError("a pass appears twice")
        if len(self.item_by_id) != len(self.items):
            raise ValueError("an item appears twice")
        entries: dict[str, bytes] = {}
        for one in self.passes:
            place = one.path.controls.packed[:POINT_BYTES]
            if entries.setdefault(one.entry_id, place) != place:
                raise ValueError("passes of one entry point must start at it")

    @cached_property
    def by_id(self) -> dict[str, CannulaPass]:
        """Passes by id."""
        return {one.id: one for one in self.passes}

    @cached_property
    def item_by_id(self) -> dict[str, MapItem]:
        """Items other than passes by id."""
        return {one.id: one for one in self.items}

    @cached_property
    def measurements(self) -> tuple[Measurement, ...]:
        """Lengths that were measured and kept."""
        return tuple(one for one in self.items if isinstance(one, Measurement))

    @cached_property
    def zone_moves(self) -> tuple[ZoneMove, ...]:
        """Corners of zones that were adjusted for this session."""
        return tuple(one for one in self.items if isinstance(one, ZoneMove))

    @cached_property
    def protocols(self) -> tuple[AppliedProtocol, ...]:
        """Protocols that were laid on this map."""
        return tuple(one for one in self.items if isinstance(one, AppliedProtocol))

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number people see, by pass id; the plan counts from 1 on its own, beside the treatment."""
        used = {True: 0, False: 0}
        numbers: dict[str, int] = {}
        for one in self.passes:
            used[one.is_planned] += 1
            numbers[one.id] = used[one.is_planned]
        return numbers

    @cached_property
    def entry_points(self) -> dict[str, EntryPoint]:
        """Entry points by id, lettered per side in the order of their first pass; a bolus is no entry point.

        Like the numbers, the letters of the plan are its own.
        """
        found: dict[str, EntryPoint] = {}
        used: dict[tuple[Side, bool], int] = {}
        for one in self.passes:
            if one.entry_id not in found and not one.is_point:
                side, index = one.side, used.get((one.side, one.is_planned), 0)
                found[one.entry_id] = EntryPoint(one.entry_id, one.path.entry, side, entry_letter(index))
                used[side, one.is_planned] = index + 1
        return found

    @property
    def next_order(self) -> int:
        """The order of a pass drawn now."""
        return self.passes[-1].order + 1 if self.passes else 1

    def passes_of_entry(self, entry_id: str) -> tuple[CannulaPass, ...]:
        """All passes through one entry point, in order."""
        return tuple(one for one in self.passes if one.entry_id == entry_id)

    def reach_um(self, entry_id: str) -> int:
        """How far along the skin the farthest tip lies from an entry point."""
        return max((one.path.length_um for one in self.passes_of_entry(entry_id)), default=0)
