"""Which syringes a volume is drawn from: the one in use first, then the next ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from injectmap.domain.errors import InputRefused
from injectmap.domain.product import Syringe
from injectmap.domain.totals import syringe_balances
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Share, TreatmentMap
from injectmap.domain.units import share_out, show_volume

Shares = tuple[Share, ...]


def syringe_in_use(
    treatment_map: TreatmentMap,
    syringes: Iterable[Syringe],
    last_id: str | None,
    added: Collection[str] = (),
    wanted_ul: int = 0,
) -> str | None:
    """Return the syringe that the next pass is drawn from: the last used one, unless it is empty.

    One just added takes over if the last used one holds less than is wanted and the new one more than it.
    """
    left = {balance.syringe.id: balance.left_ul for balance in syringe_balances(syringes, treatment_map)}
    if last_id not in left:
        last_id = next(iter(left), None)
    if last_id is None:
        return None
    if left[last_id] < max(wanted_ul, 1):
        fuller = next((one for one in added if left[one] > left[last_id]), None)
        if fuller is not None:
            return fuller
    if left[last_id] > 0:
        return last_id
    return next((one for one, rest in left.items() if rest > 0), last_id)


class Rests:
    """What is left in each syringe while one volume after another is drawn.

    A volume comes from the syringe in use. Where that does not hold it, it is split over this and the following
    ones of the same product; one pass is never split over two products.
    """

    def __init__(
        self, treatment_map: TreatmentMap, syringes: Iterable[Syringe], in_use: str | None = None
    ) -> None:
        """Begin with what the map leaves; InputRefused("syringe_missing") without a syringe."""
        self.syringes = {one.id: one for one in syringes}
        balances = syringe_balances(self.syringes.values(), treatment_map)
        self.left = {balance.syringe.id: balance.left_ul for balance in balances}
        if not self.left:
            raise InputRefused("syringe_missing")
        self.in_use = in_use if in_use in self.left else next(iter(self.left))

    def in_turn(self, first: str) -> list[str]:
        """All syringes from one on, going round."""
        ids = list(self.left)
        at = ids.index(first)
        return ids[at:] + ids[:at]

    def of_product(self, first: str) -> list[str]:
        """As `in_turn`, those of the same product."""
        product = self.syringes[first].product.id
        return [one for one in self.in_turn(first) if self.syringes[one].product.id == product]

    def rest_of_product(self, first: str) -> int:
        """What the syringes of one product hold together."""
        return sum(max(self.left[one], 0) for one in self.of_product(first))

    def draw(self, microlitres: int, *, whole_first: bool) -> Shares | None:
        """Draw a volume, or return None where no one product holds it.

        With `whole_first` a syringe that holds all of it is preferred to splitting it.
        """
        if self.left[self.in_use] >= microlitres:
            return self._take([self.in_use], microlitres)
        same = self.of_product(self.in_use)
        if whole_first:
            holder = next((one for one in same if self.left[one] >= microlitres), None)
            if holder is not None:
                return self._take([holder], microlitres)
        if self.rest_of_product(self.in_use) >= microlitres:
            return self._take(same, microlitres)
        for other in self.in_turn(self.in_use):
            if self.rest_of_product(other) >= microlitres:
                return self._take(self.of_product(other), microlitres)
        return None

    def resize(self, shares: Shares, microlitres: int) -> Shares:
        """Give a pass that is drawn already another volume, from more syringes where its own do not hold it."""
        old = {share.syringe_id: share.microlitres for share in shares}
        more = microlitres - sum(old.values())
        last = shares[-1].syringe_id
        if more > 0:
            ids = [last, *(one for one in (*old, *self.of_product(last)) if one != last)]
            ids = list(dict.fromkeys(ids))
            if sum(max(self.left[one], 0) for one in ids) >= more:
                for one in ids:
                    part = min(more, max(self.left[one], 0))
                    if part:
                        old[one] = old.get(one, 0) + part
                        more -= part
                new: Shares = tuple(Share(one, part) for one, part in old.items())
                return self._counted(shares, new)
        return self._counted(shares, resized(shares, microlitres))

    def _counted(self, before: Shares, after: Shares) -> Shares:
        for share in before:
            self.left[share.syringe_id] += share.microlitres
        for share in after:
            self.left[share.syringe_id] -= share.microlitres
        return after

    def _take(self, ids: Sequence[str], microlitres: int) -> Shares:
        shares = []
        for one in ids:
            part = min(microlitres, self.left[one])
            if part > 0:
                self.left[one] -= part
                microlitres -= part
                shares.append(Share(one, part))
        self.in_use = shares[-1].syringe_id
        return tuple(shares)


@dataclass(frozen=True, slots=True)
class Allotment:
    """The shares of new passes, and what the clinician should hear of it."""

    shares: tuple[Shares, ...]
    in_use: str
    switched: int | None = None
    split: tuple[int, int] | None = None
    reduced: bool = False

    @property
    def microlitres(self) -> int:
        """The volume of all of them."""
        return sum(share.microlitres for shares in self.shares for share in shares)


def allot(
    treatment_map: TreatmentMap,
    syringes: Iterable[Syringe],
    volumes: Sequence[int],
    *,
    in_use: str | None,
    whole_first: bool = False,
    exactly: bool = False,
) -> Allotment:
    """Choose the syringes of new passes, first to last.

    Where the syringes hold less, the passes share what is left, or with `exactly` none is drawn.
    InputRefused: syringe_missing, syringes_empty, and mirror_above_rest with `exactly`.
    """
    known = tuple(syringes)
    rests = Rests(treatment_map, known, in_use)
    shares = _drawn(rests, volumes, whole_first=whole_first)
    reduced = shares is None
    if shares is None:
        rests = Rests(treatment_map, known, in_use)
        enough = (one for one in rests.in_turn(rests.in_use) if rests.rest_of_product(one) >= len(volumes))
        start = next(enough, None)
        rest = rests.rest_of_product(start) if start is not None else 0
        if exactly:
            raise InputRefused("mirror_above_rest", missing_ml=show_volume(max(sum(volumes) - rest, 1)))
        parts = share_out(rest, volumes)
        if start is None or not all(parts):
            raise InputRefused("syringes_empty")
        rests.in_use = start
        shares = _drawn(rests, parts, whole_first=whole_first)
        assert shares is not None
    numbers = {one.id: one.number for one in known}
    split = next((part for part in shares if len(part) > 1), None)
    switched = in_use is not None and rests.in_use != in_use and split is None
    return Allotment(
        shares=shares,
        in_use=rests.in_use,
        switched=numbers[rests.in_use] if switched else None,
        split=(numbers[split[0].syringe_id], numbers[split[-1].syringe_id]) if split else None,
        reduced=reduced,
    )


def _drawn(rests: Rests, volumes: Sequence[int], *, whole_first: bool) -> tuple[Shares, ...] | None:
    found = []
    for volume in volumes:
        shares = rests.draw(volume, whole_first=whole_first)
        if shares is None:
            return None
        found.append(shares)
    return tuple(found)


def resized(shares: Shares, microlitres: int) -> Shares:
    """Return the shares of a pass with another volume: less comes off the last ones, more from the last."""
    if not shares:
        return (Share("", microlitres),)
    more = microlitres - sum(share.microlitres for share in shares)
    kept = list(shares)
    while more < 0 and len(kept) > 1 and kept[-1].microlitres <= -more:
        more += kept.pop().microlitres
    kept[-1] = kept[-1]._replace(microlitres=kept[-1].microlitres + more)
    return tuple(kept)


def with_volume(one: CannulaPass, microlitres: int) -> CannulaPass:
    """Return a pass with another volume from its own syringes."""
    return replace(one, shares=resized(one.shares, microlitres))


def with_syringe(one: CannulaPass, syringe_id: str) -> CannulaPass:
    """Return a pass with its whole volume from another syringe; one that is not done yet has none."""
    if one.status is not PassStatus.DONE:
        return one
    return replace(one, shares=(Share(syringe_id, one.microlitres),))


def with_volumes(
    treatment_map: TreatmentMap, syringes: Iterable[Syringe], wanted: Mapping[str, int]
) -> tuple[dict[str, CannulaPass], tuple[int, int] | None]:
    """Give passes other volumes, by pass id; also returns the numbers of two syringes that now share one.

    Less is taken off a pass's last syringe. More comes from its own syringes, then from others of the same
    product; where those do not hold it, its last syringe is overdrawn, for `check_syringes` to refuse.
    """
    known = tuple(syringes)
    changed = {one.id: one for one in treatment_map.passes if one.id in wanted}
    counted = [one for one in changed.values() if one.status is PassStatus.DONE]
    plain = [one for one in changed.values() if one.status is not PassStatus.DONE]
    changed |= {one.id: with_volume(one, wanted[one.id]) for one in plain}
    if not counted:
        return changed, None
    rests = Rests(treatment_map, known)
    split = None
    # What becomes less makes room for what becomes more.
    for one in sorted(counted, key=lambda one: wanted[one.id] > one.microlitres):
        shares = rests.resize(one.shares, wanted[one.id])
        if len(shares) > len(one.shares):
            split = tuple(rests.syringes[shares[at].syringe_id].number for at in (0, -1))
        changed[one.id] = replace(one, shares=shares)
    return changed, (split[0], split[1]) if split else None


def drawn_anew(
    treatment_map: TreatmentMap, syringes: Iterable[Syringe], wanted: Mapping[str, int], *, in_use: str
) -> tuple[dict[str, CannulaPass], tuple[int, int] | None, str] | None:
    """As `with_volumes`, as if the passes were only now drawn, from a syringe on; also the syringe then in use.

    None where a pass of them is not done, that syringe is gone, or the syringes do not hold all of it.
    """
    own = [one for one in treatment_map.passes if one.id in wanted]
    known = tuple(syringes)
    if any(one.status is not PassStatus.DONE for one in own) or in_use not in {one.id for one in known}:
        return None
    others = TreatmentMap(tuple(one for one in treatment_map.passes if one.id not in wanted))
    try:
        drawn = allot(others, known, [wanted[one.id] for one in own], in_use=in_use, whole_first=len(own) > 1)
    except InputRefused:
        return None
    if drawn.reduced:
        return None
    changed = {one.id: replace(one, shares=shares) for one, shares in zip(own, drawn.shares, strict=True)}
    return changed, drawn.split, drawn.in_use
