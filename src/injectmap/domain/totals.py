"""Sums that must balance: volumes per zone and side, and per syringe, in integer microlitres."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from injectmap.domain.errors import InputRefused
from injectmap.domain.product import Syringe
from injectmap.domain.treatment_map import CannulaPass, Deposit, PassStatus, Side, TreatmentMap, ZoneLength
from injectmap.domain.units import share_out, show_volume


def zone_volumes(one: CannulaPass) -> dict[tuple[str, Side], int]:
    """Share a pass's volume over zones and sides; the parts sum to the volume.

    Deposits count where they lie, and the rest by mm along the skin.
    """
    return volumes_by_zone(one.microlitres, one.deposits, one.path.zones)


def volumes_by_zone(
    microlitres: int, deposits: Sequence[Deposit], zones: Sequence[ZoneLength]
) -> dict[tuple[str, Side], int]:
    """Share a volume as `zone_volumes` does, for what is known of a pass without its path."""
    along = microlitres - sum(deposit.microlitres for deposit in deposits)
    parts = share_out(along, [part.length_um for part in zones])
    volumes: dict[tuple[str, Side], int] = {}
    for deposit in deposits:
        key = (deposit.zone, deposit.side)
        volumes[key] = volumes.get(key, 0) + deposit.microlitres
    for zone, volume in zip(zones, parts, strict=True):
        key = (zone.zone, zone.side)
        volumes[key] = volumes.get(key, 0) + volume
    return {key: volume for key, volume in volumes.items() if volume} or volumes


def share_by_zone(
    share_ul: int, microlitres: int, deposits: Sequence[Deposit], zones: Sequence[ZoneLength]
) -> dict[tuple[str, Side], int]:
    """Share one syringe's part of a pass over its zones, in the ratio of the whole pass; the parts sum to the part."""
    whole = volumes_by_zone(microlitres, deposits, zones)
    parts = share_out(share_ul, list(whole.values()))
    return {key: part for key, part in zip(whole, parts, strict=True) if part}


# A path that only grazes a zone is not said to run through it.
GRAZED_UM = 1000


def zones_by_length(one: CannulaPass) -> tuple[tuple[str, Side, int], ...]:
    """Return the zones that a pass runs through as (zone, side, micrometres), the longest part first."""
    lengths: dict[tuple[str, Side], int] = {}
    for part in one.path.zones:
        lengths[part.zone, part.side] = lengths.get((part.zone, part.side), 0) + part.length_um
    ranked = sorted(lengths.items(), key=lambda item: -item[1])
    kept = [(zone, side, um) for (zone, side), um in ranked if um >= GRAZED_UM]
    return tuple(kept or [(*ranked[0][0], one.path.length_um)] if ranked else [])


@dataclass(frozen=True, slots=True)
class ZoneTotal:
    """Volume of one zone on both sides."""

    zone: str
    right_ul: int
    left_ul: int

    @property
    def both_ul(self) -> int:
        """Both sides together."""
        return self.right_ul + self.left_ul


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals of a map; the rows sum to the whole exactly."""

    zones: tuple[ZoneTotal, ...]
    right_ul: int
    left_ul: int

    @property
    def both_ul(self) -> int:
        """The volume of the whole session."""
        return self.right_ul + self.left_ul


def done_passes(treatment_map: TreatmentMap) -> Iterable[CannulaPass]:
    """Passes that count."""
    return (one for one in treatment_map.passes if one.status is PassStatus.DONE)


def totals(treatment_map: TreatmentMap, *, step_ul: int = 1) -> Totals:
    """Total a map per zone and side, zones in order of first use.

    With `step_ul` 10 the cells are multiples of 0.01 mL that still add up in rows and columns: the whole is
    rounded once and shared out by largest remainder, first over the sides and then over the zones of each, so that
    a side's sum is never moved to the other side by rounding.
    """
    sums: dict[str, dict[Side, int]] = {}
    for one in done_passes(treatment_map):
        for (zone, side), volume in zone_volumes(one).items():
            sides = sums.setdefault(zone, {Side.RIGHT: 0, Side.LEFT: 0})
            # The split is made at x = 0, where every length belongs to one side or the other.
            sides[Side.RIGHT if side is Side.RIGHT else Side.LEFT] += volume
    right, left = ([sums[zone][side] for zone in sums] for side in (Side.RIGHT, Side.LEFT))
    if step_ul > 1 and sums:
        whole = (sum(right) + sum(left) + step_ul // 2) // step_ul
        of_side = share_out(whole, [sum(right), sum(left)])
        right, left = (
            [part * step_ul for part in share_out(steps, cells)]
            for steps, cells in zip(of_side, (right, left), strict=True)
        )
    rows = tuple(ZoneTotal(zone, *cells) for zone, *cells in zip(sums, right, left, strict=True))
    return Totals(rows, sum(row.right_ul for row in rows), sum(row.left_ul for row in rows))


def shown_totals(treatment_map: TreatmentMap) -> Totals:
    """Totals for the eye: to 0.01 mL, or to the microlitre if any pass was given to the microlitre."""
    exact = any(one.microlitres % 10 for one in done_passes(treatment_map))
    return totals(treatment_map, step_ul=1 if exact else 10)


def exact_totals(treatment_map: TreatmentMap) -> dict[str, ZoneTotal]:
    """Totals to the microlitre by zone; a zone that only planned passes touch is not among them."""
    return {row.zone: row for row in totals(treatment_map).zones}


def show_part(shown_ul: int, exact_ul: int, *, decimals: int | None = None) -> str:
    """Write a share as it is shown: nothing for none, and never nothing for a volume that rounds to zero."""
    if shown_ul:
        return show_volume(shown_ul, decimals=decimals)
    return "<0.01" if exact_ul else ""


@dataclass(frozen=True, slots=True)
class SyringeBalance:
    """What became of a syringe."""

    syringe: Syringe
    injected_ul: int

    @property
    def left_ul(self) -> int:
        """Opened minus injected minus discarded: what is still to be accounted for."""
        return self.syringe.opened_ul - self.injected_ul - self.syringe.discarded_ul

    @property
    def balanced(self) -> bool:
        """True if injected and discarded make up what was opened."""
        return self.left_ul == 0


def syringe_balances(syringes: Iterable[Syringe], treatment_map: TreatmentMap) -> tuple[SyringeBalance, ...]:
    """Balance each syringe against the passes that count."""
    injected: dict[str, int] = {}
    for one in done_passes(treatment_map):
        for share in one.shares:
            injected[share.syringe_id] = injected.get(share.syringe_id, 0) + share.microlitres
    return tuple(SyringeBalance(syringe, injected.get(syringe.id, 0)) for syringe in syringes)


def check_syringes(syringes: Iterable[Syringe], treatment_map: TreatmentMap) -> None:
    """Refuse a map that draws more from a syringe than it holds, from one that is not there, or from none.

    A pass that is planned, or copied and not confirmed, keeps its volume without a syringe (an empty id).
    """
    known = tuple(syringes)
    ids = {syringe.id for syringe in known}
    for one in treatment_map.passes:
        drawn_from = {share.syringe_id for share in one.shares}
        if one.status is PassStatus.DONE and drawn_from <= {""}:
            raise InputRefused("syringe_missing")
        if not drawn_from <= (ids if one.status is PassStatus.DONE else ids | {""}):
            raise InputRefused("syringe_unknown")
    for balance in syringe_balances(known, treatment_map):
        if balance.left_ul < 0:
            raise InputRefused(
                "volume_above_syringe_rest",
                number=balance.syringe.number,
                over_ml=show_volume(-balance.left_ul),
            )
