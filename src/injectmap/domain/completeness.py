"""The list before signing: what the clinic requires in a record, what is there, and what is still missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from injectmap.domain.map_items import MeasurementKind
from injectmap.domain.product import Syringe
from injectmap.domain.record import RecordEntry, RecordField
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ALWAYS_REQUIRED, ClinicSettings, Requirement
from injectmap.domain.totals import syringe_balances
from injectmap.domain.treatment_map import CannulaPass, PassStatus
from injectmap.domain.units import show_volume


class LineState(StrEnum):
    """What a line of the list says."""

    DONE = "done"
    MISSING = "missing"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: a requirement, whether it is met, and a code with blanks for what stands under it.

    OPTIONAL is a line that is not met and that this clinic does not require. Of the blanks `at_ms` is an instant
    (and `treated` the ISO date of treatment beside it), `date` an ISO date and `plane` a plane's code; all others
    are ready figures or typed text.
    """

    requirement: Requirement
    state: LineState
    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        """True if the requirement is met."""
        return self.state is LineState.DONE


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found for one requirement, before the clinic's settings are asked."""

    done: bool
    code: str
    params: Mapping[str, object] = field(default_factory=dict)


# The order of the list, as it is worked through at the couch.
ORDER = (
    Requirement.CONSENT,
    Requirement.REASON,
    Requirement.RISKS,
    Requirement.HISTORY,
    Requirement.PLANE,
    Requirement.VOLUME,
    Requirement.LOT,
    Requirement.BALANCE,
    Requirement.CONFIRMED,
    Requirement.EXPIRY,
    Requirement.PREPARATION,
    Requirement.REACTIONS,
    Requirement.AFTERCARE,
    Requirement.ASYMMETRY,
    Requirement.PHOTOGRAPHS,
    Requirement.FOLLOW_UP,
)


def completeness(opened: OpenSession, settings: ClinicSettings) -> tuple[Line, ...]:
    """Return the list for a session, one line a requirement in the order of `ORDER`."""
    required = settings.required | ALWAYS_REQUIRED
    treated = opened.session.date.isoformat()
    return tuple(_line(one, _CHECKS[one](opened), required=one in required, treated=treated) for one in ORDER)


def missing(lines: tuple[Line, ...]) -> tuple[Requirement, ...]:
    """Return the requirements that stand against signing."""
    return tuple(line.requirement for line in lines if line.state is LineState.MISSING)


def required_counts(lines: tuple[Line, ...], settings: ClinicSettings) -> tuple[int, int]:
    """Return how many of the required lines are met, and how many there are."""
    wanted = [line for line in lines if line.requirement in settings.required | ALWAYS_REQUIRED]
    return sum(line.done for line in wanted), len(wanted)


def _line(requirement: Requirement, found: _Found, *, required: bool, treated: str) -> Line:
    state = LineState.DONE if found.done else LineState.MISSING if required else LineState.OPTIONAL
    params = {**found.params, "treated": treated} if "at_ms" in found.params else found.params
    return Line(requirement, state, f"complete.{found.code}", params)


def _written(opened: OpenSession, which: RecordField) -> RecordEntry | None:
    """The entry of a field if anything stands in it."""
    entry = opened.entries.get(which)
    return entry if entry is not None and (entry.text or any(text for _, text in entry.details)) else None


def _first_line(entry: RecordEntry) -> str:
    return entry.text.split("\n", 1)[0].strip()


def _text(which: RecordField) -> Callable[[OpenSession], _Found]:
    """A line that shows the first line of a field."""

    def check(opened: OpenSession) -> _Found:
        entry = _written(opened, which)
        if entry is None:
            return _Found(False, "not_recorded")
        return _Found(True, "text", {"text": _first_line(entry), "at_ms": entry.at_ms})

    return check


def _recorded(which: RecordField) -> Callable[[OpenSession], _Found]:
    """A line that only says when a field was written."""

    def check(opened: OpenSession) -> _Found:
        entry = _written(opened, which)
        return _Found(True, "recorded", {"at_ms": entry.at_ms}) if entry else _Found(False, "not_recorded")

    return check


def _consent(opened: OpenSession) -> _Found:
    """Which form and who gave it, or words that say so."""
    entry = _written(opened, RecordField.CONSENT)
    if entry is None:
        return _Found(False, "not_recorded")
    form, given_by = entry.detail("form"), entry.detail("given_by")
    if form and given_by:
        return _Found(True, "consent", {"form": form, "given_by": given_by, "at_ms": entry.at_ms})
    if entry.text:
        return _Found(True, "text", {"text": _first_line(entry), "at_ms": entry.at_ms})
    return _Found(False, "consent_by_whom" if form else "consent_form", {"form": form})


def _history(opened: OpenSession) -> _Found:
    entry = _written(opened, RecordField.HISTORY)
    return _Found(True, "reviewed", {"at_ms": entry.at_ms}) if entry else _Found(False, "not_recorded")


def _preparation(opened: OpenSession) -> _Found:
    skin = _written(opened, RecordField.PREPARATION)
    anaesthesia = _written(opened, RecordField.ANAESTHESIA)
    if skin and anaesthesia:
        return _Found(True, "recorded", {"at_ms": max(skin.at_ms, anaesthesia.at_ms)})
    if skin or anaesthesia:
        return _Found(False, "anaesthesia_missing" if skin else "preparation_missing")
    return _Found(False, "not_recorded")


def _aftercare(opened: OpenSession) -> _Found:
    entry = _written(opened, RecordField.AFTERCARE)
    if entry is None:
        return _Found(False, "not_recorded")
    said = entry.detail("leaflet") or _first_line(entry)
    return _Found(True, "text", {"text": said, "at_ms": entry.at_ms})


def _performed(opened: OpenSession) -> tuple[CannulaPass, ...]:
    """Passes that are meant as done, confirmed or not; the plan layer is not."""
    return tuple(one for one in opened.map.passes if not one.is_planned)


def _plane(opened: OpenSession) -> _Found:
    passes = _performed(opened)
    if not passes:
        return _Found(True, "review_only")
    planes = list(dict.fromkeys(one.plane for one in passes))
    blanks = {"count": len(passes), "of": len(passes)}
    if len(planes) == 1:
        return _Found(True, "plane", {**blanks, "plane": planes[0].value})
    return _Found(True, "planes", {**blanks, "planes": len(planes)})


def _volume(opened: OpenSession) -> _Found:
    passes = _performed(opened)
    if not passes:
        return _Found(True, "review_only")
    known = {syringe.id for syringe in opened.syringes}
    count = sum(
        one.microlitres > 0 and all(share.syringe_id in known for share in one.shares) for one in passes
    )
    return _Found(count == len(passes), "count", {"count": count, "of": len(passes)})


def _used(opened: OpenSession) -> list[Syringe]:
    """The syringes that were opened; a line entered in error is kept as one that was not."""
    return [one for one in opened.syringes if one.opened_ul]


def _lot(opened: OpenSession) -> _Found:
    syringes = _used(opened)
    if not syringes:
        return _Found(not _performed(opened), "no_syringe")
    count = sum(bool(one.lot) and one.expiry is not None for one in syringes)
    scanned = count == len(syringes) and all(one.udi for one in syringes)
    return _Found(
        count == len(syringes), "scanned" if scanned else "count", {"count": count, "of": len(syringes)}
    )


def _balance(opened: OpenSession) -> _Found:
    if not opened.syringes:
        return _Found(True, "no_syringe")
    balances = syringe_balances(opened.syringes, opened.map)
    sums = {
        "injected": show_volume(sum(one.injected_ul for one in balances)),
        "discarded": show_volume(sum(one.syringe.discarded_ul for one in balances)),
        "opened": show_volume(sum(one.syringe.opened_ul for one in balances)),
    }
    for one in balances:
        if one.left_ul:
            code = "balance_rest" if one.left_ul > 0 else "balance_over"
            blanks = {**sums, "number": one.syringe.number, "rest": show_volume(abs(one.left_ul))}
            return _Found(False, code, blanks)
    return _Found(True, "balance", sums)


def _confirmed(opened: OpenSession) -> _Found:
    copied = [one for one in opened.map.passes if one.reference.startswith("pass:")]
    waiting = sum(one.status is PassStatus.UNCONFIRMED for one in opened.map.passes)
    if waiting:
        return _Found(False, "unconfirmed", {"count": waiting})
    return _Found(True, "confirmed", {"count": len(copied)}) if copied else _Found(True, "none_copied")


def _expiry(opened: OpenSession) -> _Found:
    date = opened.session.date
    expired = [one for one in _used(opened) if one.expired_on(date)]
    if not expired:
        return _Found(True, "none_expired")
    for one in expired:
        if not one.expired_reason:
            return _Found(False, "expired", _of_expired(one))
    return _Found(True, "expired_reason", {**_of_expired(expired[0]), "reason": expired[0].expired_reason})


def _of_expired(syringe: Syringe) -> dict[str, object]:
    assert syringe.expiry is not None
    return {"number": syringe.number, "date": syringe.expiry.isoformat()}


def _asymmetry(opened: OpenSession) -> _Found:
    entry = _written(opened, RecordField.ASYMMETRY)
    marks = [one for one in opened.map.measurements if one.kind is MeasurementKind.ASYMMETRY]
    if entry is not None:
        return _Found(True, "text", {"text": _first_line(entry), "at_ms": entry.at_ms})
    return _Found(True, "marks", {"count": len(marks)}) if marks else _Found(False, "not_recorded")


def _follow_up(opened: OpenSession) -> _Found:
    day = opened.session.follow_up
    return _Found(True, "date", {"date": day.isoformat()}) if day else _Found(False, "no_date")


_CHECKS: dict[Requirement, Callable[[OpenSession], _Found]] = {
    Requirement.CONSENT: _consent,
    Requirement.REASON: _text(RecordField.REASON),
    Requirement.RISKS: _recorded(RecordField.RISKS),
    Requirement.HISTORY: _history,
    Requirement.PLANE: _plane,
    Requirement.VOLUME: _volume,
    Requirement.LOT: _lot,
    Requirement.BALANCE: _balance,
    Requirement.CONFIRMED: _confirmed,
    Requirement.EXPIRY: _expiry,
    Requirement.PREPARATION: _preparation,
    Requirement.REACTIONS: _text(RecordField.REACTIONS),
    Requirement.AFTERCARE: _aftercare,
    Requirement.ASYMMETRY: _asymmetry,
    Requirement.PHOTOGRAPHS: _text(RecordField.PHOTOGRAPHS),
    Requirement.FOLLOW_UP: _follow_up,
}
