"""What an amendment changed: the record as it was signed last against the record as it stands, as codes and values."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from injectmap.domain.edits import Edit
from injectmap.domain.map_items import MapItem, ZoneMove
from injectmap.domain.product import Syringe
from injectmap.domain.record import RecordEntry, RecordField
from injectmap.domain.session import OpenSession
from injectmap.domain.totals import zones_by_length
from injectmap.domain.treatment_map import CannulaPass, Side, SkinPath, SkinPoint, TreatmentMap


class ChangeCode(StrEnum):
    """What differs between two versions of a record."""

    PASS_ADDED = "pass_added"  # noqa: S105 - a cannula pass, not a password
    PASS_REMOVED = "pass_removed"  # noqa: S105
    PASS_VOLUME = "pass_volume"  # noqa: S105
    PASS_SYRINGE = "pass_syringe"  # noqa: S105
    PASS_TECHNIQUE = "pass_technique"  # noqa: S105
    PASS_PLANE = "pass_plane"  # noqa: S105
    PASS_INSTRUMENT = "pass_instrument"  # noqa: S105
    PASS_PATH = "pass_path"  # noqa: S105
    PASS_ZONES = "pass_zones"  # noqa: S105
    PASS_DEPOSITS = "pass_deposits"  # noqa: S105
    PASS_STATUS = "pass_status"  # noqa: S105
    PASS_DEVIATION = "pass_deviation"  # noqa: S105
    PASS_OTHER = "pass_other"  # noqa: S105
    NUMBERS = "numbers"
    ZONE_OUTLINES = "zone_outlines"
    ITEM = "item"
    SYRINGE_ADDED = "syringe_added"
    SYRINGE_REMOVED = "syringe_removed"
    SYRINGE_PRODUCT = "syringe_product"
    SYRINGE_LOT = "syringe_lot"
    SYRINGE_EXPIRY = "syringe_expiry"
    SYRINGE_SERIAL = "syringe_serial"
    SYRINGE_UDI = "syringe_udi"
    SYRINGE_OPENED = "syringe_opened"
    SYRINGE_DISCARDED = "syringe_discarded"
    SYRINGE_EXPIRED_REASON = "syringe_expired_reason"
    SYRINGE_OTHER = "syringe_other"
    ENTRY = "entry"
    DATE = "date"
    PRACTITIONER = "practitioner"
    FOLLOW_UP = "follow_up"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: what it is of (`subject`: number, side, planned, field) and the value it had and has.

    None says that there is no such value in that version. Values are those of the domain, never words.
    """

    code: ChangeCode
    subject: Mapping[str, Any]
    was: Any = None
    now: Any = None


@dataclass(frozen=True, slots=True)
class Contents:
    """All of a record that an amendment can change."""

    map: TreatmentMap
    syringes: tuple[Syringe, ...]
    date: dt.date
    practitioner_id: str
    follow_up: dt.date | None = None
    entries: Mapping[RecordField, RecordEntry] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PathValue:
    """How long a pass is and, of a path that was moved, how far entry point, tip or farthest point moved."""

    length_um: int
    moved_um: int | None = None


@dataclass(frozen=True, slots=True)
class CornersValue:
    """How many corners of zones were adjusted on one side and, if they were moved again, by how much at most."""

    count: int
    moved_um: int | None = None


def contents_of(opened: OpenSession) -> Contents:
    """The contents of a record as it stands."""
    session = opened.session
    return Contents(
        opened.map, opened.syringes, session.date, session.practitioner_id, session.follow_up, opened.entries
    )


def map_before(now: TreatmentMap, edits_since: Sequence[Edit]) -> TreatmentMap:
    """Take back edits, given oldest first, from the latest; Conflict if they do not lead to this map."""
    for edit in reversed(edits_since):
        now = edit.inverse().apply(now)
    return now


def changes(before: Contents, after: Contents) -> tuple[Change, ...]:
    """What differs, in the order of the page: the visit, passes, zones and other items, syringes, what is written."""
    return (
        *_of_visit(before, after),
        *_of_passes(before, after),
        *_of_items(before.map, after.map),
        *_of_syringes(before.syringes, after.syringes),
        *_of_entries(before.entries, after.entries),
    )


def _of_visit(before: Contents, after: Contents) -> Iterator[Change]:
    pairs = (
        (ChangeCode.DATE, before.date, after.date),
        (ChangeCode.PRACTITIONER, before.practitioner_id, after.practitioner_id),
        (ChangeCode.FOLLOW_UP, before.follow_up, after.follow_up),
    )
    return (Change(code, {}, was, now) for code, was, now in pairs if was != now)


def _of_passes(before: Contents, after: Contents) -> Iterator[Change]:
    old, new = before.map, after.map
    numbers = {one.id: one.number for one in (*before.syringes, *after.syringes)}
    for one in old.passes:
        subject = _subject(old, one)
        later = new.by_id.get(one.id)
        if later is None:
            yield Change(ChangeCode.PASS_REMOVED, subject, was=one.microlitres)
        elif later != one:
            yield from _of_pass(subject, one, later, numbers)
    for one in new.passes:
        if one.id not in old.by_id:
            yield Change(ChangeCode.PASS_ADDED, _subject(new, one), now=one.microlitres)
    for planned in (False, True):
        kept = [
            one.id
            for one in old.passes
            if one.is_planned is planned
            and (later := new.by_id.get(one.id)) is not None
            and later.is_planned is planned
            and old.numbers[one.id] != new.numbers[one.id]
        ]
        if kept:
            was, now = (tuple(drawn.numbers[key] for key in kept) for drawn in (old, new))
            yield Change(ChangeCode.NUMBERS, {"planned": planned}, was, now)


def _subject(drawn: TreatmentMap, one: CannulaPass) -> dict[str, Any]:
    return {"number": drawn.numbers[one.id], "side": one.side, "planned": one.is_planned}


def _of_pass(
    subject: Mapping[str, Any], one: CannulaPass, later: CannulaPass, numbers: Mapping[str, int]
) -> Iterator[Change]:
    pairs = (
        (ChangeCode.PASS_STATUS, one.status, later.status),
        (ChangeCode.PASS_VOLUME, one.microlitres, later.microlitres),
        (ChangeCode.PASS_SYRINGE, _drawn_from(one, numbers), _drawn_from(later, numbers)),
        (ChangeCode.PASS_TECHNIQUE, one.technique, later.technique),
        (ChangeCode.PASS_PLANE, (one.plane, one.depth_um), (later.plane, later.depth_um)),
        (ChangeCode.PASS_INSTRUMENT, one.instrument, later.instrument),
        (ChangeCode.PASS_DEPOSITS, one.deposits, later.deposits),
        (ChangeCode.PASS_DEVIATION, one.deviation, later.deviation),
        (ChangeCode.PASS_ZONES, _zones(one), _zones(later)),
    )
    found = [Change(code, subject, was, now) for code, was, now in pairs if was != now]
    moved = moved_um(one.path, later.path)
    if moved or one.path.length_um != later.path.length_um:
        values = PathValue(one.path.length_um), PathValue(later.path.length_um, moved)
        found.append(Change(ChangeCode.PASS_PATH, subject, *values))
    if not found and one.order == later.order:
        found.append(Change(ChangeCode.PASS_OTHER, subject))
    yield from found


def _zones(one: CannulaPass) -> tuple[tuple[str, Side], ...]:
    return tuple((zone, side) for zone, side, _ in zones_by_length(one))


def _drawn_from(one: CannulaPass, numbers: Mapping[str, int]) -> tuple[tuple[int, int | None], ...]:
    """The numbers of the syringes of a pass; with the volume of each only where there are several."""
    known = [share for share in one.shares if share.syringe_id in numbers]
    several = len(known) > 1
    return tuple((numbers[share.syringe_id], share.microlitres if several else None) for share in known)


def moved_um(one: SkinPath, other: SkinPath) -> int:
    """How far a path was moved: the farthest that its entry, its tip or any of its points lies from the other path."""
    if one.points == other.points:
        return 0
    first, second = tuple(one.points), tuple(other.points)
    ends = (math.dist(first[0], second[0]), math.dist(first[-1], second[-1]))
    return round(max(*ends, _farthest(first, second), _farthest(second, first)))


def _farthest(points: Sequence[SkinPoint], path: Sequence[SkinPoint]) -> float:
    return max(min(math.dist(a, b) for b in path) for a in points)


def _of_items(old: TreatmentMap, new: TreatmentMap) -> Iterator[Change]:
    for side in Side:
        was, now = (
            {one.id: one.place for one in drawn.zone_moves if one.side is side} for drawn in (old, new)
        )
        if was != now:
            again = [math.dist(place, now[key]) for key, place in was.items() if key in now]
            moved = round(max(again, default=0.0)) or None
            values = CornersValue(len(was)), CornersValue(len(now), moved)
            yield Change(ChangeCode.ZONE_OUTLINES, {"side": side}, *values)
    before, after = _other_items(old), _other_items(new)
    for key in dict.fromkeys((*before, *after)):
        if before.get(key) != after.get(key):
            yield Change(ChangeCode.ITEM, {}, before.get(key), after.get(key))


def _other_items(drawn: TreatmentMap) -> dict[str, MapItem]:
    return {one.id: one for one in drawn.items if not isinstance(one, ZoneMove)}


def _of_syringes(before: Iterable[Syringe], after: Iterable[Syringe]) -> Iterator[Change]:
    old, new = {one.id: one for one in before}, {one.id: one for one in after}
    for key in dict.fromkeys((*old, *new)):
        was, now = old.get(key), new.get(key)
        if was is not None and now is not None:
            yield from _of_syringe(was, now)
        elif now is not None:
            yield Change(ChangeCode.SYRINGE_ADDED, {"number": now.number}, now=now)
        elif was is not None:
            yield Change(ChangeCode.SYRINGE_REMOVED, {"number": was.number}, was=was)


def _of_syringe(one: Syringe, later: Syringe) -> Iterator[Change]:
    pairs = (
        (ChangeCode.SYRINGE_PRODUCT, one.product.name, later.product.name),
        (ChangeCode.SYRINGE_LOT, one.lot, later.lot),
        (ChangeCode.SYRINGE_EXPIRY, one.expiry, later.expiry),
        (ChangeCode.SYRINGE_SERIAL, one.serial, later.serial),
        (ChangeCode.SYRINGE_UDI, one.udi, later.udi),
        (ChangeCode.SYRINGE_OPENED, one.opened_ul, later.opened_ul),
        (ChangeCode.SYRINGE_DISCARDED, one.discarded_ul, later.discarded_ul),
        (ChangeCode.SYRINGE_EXPIRED_REASON, one.expired_reason, later.expired_reason),
    )
    subject = {"number": one.number}
    found = [Change(code, subject, was, now) for code, was, now in pairs if was != now]
    if one.product != later.product and one.product.name == later.product.name:
        found.append(Change(ChangeCode.SYRINGE_OTHER, subject))
    yield from found


def _of_entries(
    before: Mapping[RecordField, RecordEntry], after: Mapping[RecordField, RecordEntry]
) -> Iterator[Change]:
    for which in RecordField:
        was, now = (_written(entries.get(which)) for entries in (before, after))
        if (was and (was.text, was.details)) != (now and (now.text, now.details)):
            yield Change(ChangeCode.ENTRY, {"field": which}, was, now)


def _written(entry: RecordEntry | None) -> RecordEntry | None:
    return entry if entry is not None and (entry.text or entry.details) else None
