"""What was injected in a patient over time, as plain data: by session, zone and side, in volume and in length."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from injectmap.domain.aftercare import FollowUp
from injectmap.domain.patient import Patient
from injectmap.domain.record import RecordEntry, RecordField, RecordState
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.totals import ZoneTotal, done_passes, shown_totals, zone_volumes
from injectmap.domain.treatment_map import Side, TreatmentMap
from injectmap.domain.units import share_out


@dataclass(frozen=True, slots=True)
class ZoneShare:
    """What done passes laid in one zone of one side: volume, and mm of their paths there."""

    zone: str
    side: Side
    microlitres: int
    length_um: int


@dataclass(frozen=True, slots=True)
class Balance:
    """Right beside left as plain figures; a difference is right minus left. Nothing is judged."""

    right_ul: int = 0
    left_ul: int = 0
    right_um: int = 0
    left_um: int = 0

    @property
    def both_ul(self) -> int:
        """Both sides together."""
        return self.right_ul + self.left_ul

    @property
    def difference_ul(self) -> int:
        """Right minus left, microlitres."""
        return self.right_ul - self.left_ul

    @property
    def difference_um(self) -> int:
        """Right minus left, micrometres of path."""
        return self.right_um - self.left_um


def balance_of(shares: Iterable[ZoneShare]) -> Balance:
    """Add shares up by side."""
    sums = dict.fromkeys(((side, what) for side in Side for what in ("ul", "um")), 0)
    for one in shares:
        sums[one.side, "ul"] += one.microlitres
        sums[one.side, "um"] += one.length_um
    return Balance(
        sums[Side.RIGHT, "ul"], sums[Side.LEFT, "ul"], sums[Side.RIGHT, "um"], sums[Side.LEFT, "um"]
    )


def zone_shares(treatment_map: TreatmentMap) -> tuple[ZoneShare, ...]:
    """Volume and mm of the done passes by zone and side, the side of the skin; zones in order of first use."""
    volumes: dict[tuple[str, Side], int] = {}
    lengths: dict[tuple[str, Side], int] = {}
    for one in done_passes(treatment_map):
        for (zone, side), volume in zone_volumes(one).items():
            key = (zone, Side.RIGHT if side is Side.RIGHT else Side.LEFT)
            volumes[key] = volumes.get(key, 0) + volume
        for part in one.path.zones:
            key = (part.zone, Side.RIGHT if part.side is Side.RIGHT else Side.LEFT)
            lengths[key] = lengths.get(key, 0) + part.length_um
    keys = dict.fromkeys((*volumes, *lengths))
    return tuple(ZoneShare(*key, volumes.get(key, 0), lengths.get(key, 0)) for key in keys)


@dataclass(frozen=True)
class SessionInTime:
    """One treatment session among the others of its patient."""

    id: str
    number_text: str
    date: dt.date
    practitioner_name: str
    product_names: tuple[str, ...]
    state: RecordState
    version: int
    revision: int
    map: TreatmentMap
    shares: tuple[ZoneShare, ...]
    entries: Mapping[RecordField, RecordEntry]
    follow_up: dt.date | None = None

    @property
    def signed(self) -> bool:
        """True if nothing of it waits to be signed."""
        return self.state is RecordState.SIGNED

    @cached_property
    def balance(self) -> Balance:
        """Right beside left."""
        return balance_of(self.shares)

    def share(self, zone: str, side: Side) -> ZoneShare:
        """What lies in one zone of one side, nothing if no pass runs there."""
        for one in self.shares:
            if one.zone == zone and one.side is side:
                return one
        return ZoneShare(zone, side, 0, 0)

    @classmethod
    def of(cls, opened: OpenSession) -> SessionInTime:
        """Take what counts over time from an opened session."""
        session = opened.session
        return cls(
            id=session.id,
            number_text=session.number_text,
            date=session.date,
            practitioner_name=opened.practitioner.name,
            product_names=tuple(dict.fromkeys(one.product.name for one in opened.syringes)),
            state=session.state,
            version=session.version,
            revision=session.revision,
            map=opened.map,
            shares=zone_shares(opened.map),
            entries=opened.entries,
            follow_up=session.follow_up,
        )


@dataclass(frozen=True, slots=True)
class ZoneChange:
    """What one zone holds more (or less) than in the session before: microlitres by side, micrometres of path."""

    zone: str
    right_ul: int
    left_ul: int
    length_um: int

    @property
    def both_ul(self) -> int:
        """Both sides together."""
        return self.right_ul + self.left_ul


@dataclass(frozen=True)
class SessionChange:
    """A treatment session beside the one before it, later minus earlier; zones in order of first use."""

    before: SessionInTime
    after: SessionInTime
    zones: tuple[ZoneChange, ...]

    @property
    def right_ul(self) -> int:
        """More or less on the patient's right."""
        return sum(one.right_ul for one in self.zones)

    @property
    def left_ul(self) -> int:
        """More or less on the patient's left."""
        return sum(one.left_ul for one in self.zones)

    @property
    def length_um(self) -> int:
        """More or less path."""
        return sum(one.length_um for one in self.zones)


def _change(before: SessionInTime, after: SessionInTime) -> SessionChange:
    """Differences of what is shown of both sessions, so that rows and columns add up."""
    old, new = ({row.zone: row for row in shown_totals(one.map).zones} for one in (before, after))
    none = ZoneTotal("", 0, 0)
    rows = []
    for zone in dict.fromkeys((*old, *new)):
        was, now = old.get(zone, none), new.get(zone, none)
        lengths = [
            sum(session.share(zone, side).length_um for side in (Side.RIGHT, Side.LEFT))
            for session in (before, after)
        ]
        rows.append(
            ZoneChange(zone, now.right_ul - was.right_ul, now.left_ul - was.left_ul, lengths[1] - lengths[0])
        )
    return SessionChange(before, after, tuple(rows))


@dataclass(frozen=True)
class OverTime:
    """All treatment sessions of a patient that are not in error, oldest first, as read in one transaction."""

    patient: Patient
    sessions: tuple[SessionInTime, ...]
    clinic: ClinicSettings
    follow_ups: tuple[FollowUp, ...] = ()

    @property
    def treated(self) -> tuple[SessionInTime, ...]:
        """The sessions in which something was injected."""
        return tuple(one for one in self.sessions if one.balance.both_ul)

    @cached_property
    def shares(self) -> tuple[ZoneShare, ...]:
        """All sessions together by zone and side."""
        sums: dict[tuple[str, Side], tuple[int, int]] = {}
        for session in self.sessions:
            for one in session.shares:
                volume, length = sums.get((one.zone, one.side), (0, 0))
                sums[one.zone, one.side] = (volume + one.microlitres, length + one.length_um)
        return tuple(ZoneShare(*key, *both) for key, both in sums.items())

    @cached_property
    def balance(self) -> Balance:
        """All sessions together, right beside left."""
        return balance_of(self.shares)

    @cached_property
    def shown_zones(self) -> tuple[ZoneTotal, ...]:
        """All sessions by zone for the eye: to 0.01 mL by largest remainder, or to the microlitre if a pass was given so."""
        zones = dict.fromkeys(one.zone for one in self.shares if one.microlitres)
        volumes = {(one.zone, one.side): one.microlitres for one in self.shares}
        cells = [volumes.get((zone, side), 0) for zone in zones for side in (Side.RIGHT, Side.LEFT)]
        exact = any(one.microlitres % 10 for session in self.sessions for one in done_passes(session.map))
        if cells and not exact:
            cells = [10 * part for part in share_out(round(sum(cells) / 10), cells)]
        return tuple(ZoneTotal(zone, *cells[2 * at : 2 * at + 2]) for at, zone in enumerate(zones))

    @cached_property
    def cumulative(self) -> tuple[Balance, ...]:
        """After each session, all that had been injected up to it."""
        grown, sums = [], Balance()
        for one in self.sessions:
            new = one.balance
            sums = Balance(
                sums.right_ul + new.right_ul,
                sums.left_ul + new.left_ul,
                sums.right_um + new.right_um,
                sums.left_um + new.left_um,
            )
            grown.append(sums)
        return tuple(grown)

    def difference(self, session_id: str | None) -> SessionChange | None:
        """A treated session (the latest, unless another is named) beside the one before it; None if it is the first."""
        treated = self.treated
        places = {one.id: place for place, one in enumerate(treated)}
        place = places.get(session_id or "", len(treated) - 1)
        return _change(treated[place - 1], treated[place]) if place > 0 else None

    def last_written(self, field: RecordField) -> tuple[RecordEntry, SessionInTime] | None:
        """What was last written in a field of any record, and in which session."""
        for session in reversed(self.sessions):
            entry = session.entries.get(field)
            if entry is not None and (entry.text or entry.details):
                return entry, session
        return None

    @property
    def next_review(self) -> tuple[dt.date, str] | None:
        """The first review that is planned and open, with its note; else the date written last in a record."""
        planned = sorted((one.due, one.note) for one in self.follow_ups if one.done_on is None)
        if planned:
            return planned[0]
        written = [one.follow_up for one in self.sessions if one.follow_up is not None]
        return (written[-1], "") if written else None

    @property
    def version(self) -> tuple[tuple[str, int, int], ...]:
        """Tells this state from any other."""
        return tuple((one.id, one.revision, one.version) for one in self.sessions)
