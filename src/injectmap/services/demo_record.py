"""What stands in the demo clinic's records beside their maps: invented words, signed on the day of the visit."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

from injectmap.domain.edits import Edit, EditKind, PassChange
from injectmap.domain.record import HistoryFlag, RecordField
from injectmap.domain.session import TreatmentSession
from injectmap.domain.totals import syringe_balances
from injectmap.domain.treatment_map import Share

if TYPE_CHECKING:
    from injectmap.services.clinic import Services
    from injectmap.services.ports import Clock

MINUTE_MS = 60_000
# A visit begins at this hour, UTC; each thing done in it takes some seconds.
_HOUR, _STEP_MS = 10, 7_000


class VisitClock:
    """The time as it was at each invented visit; it only goes forward.

    Without it a record of two years ago would carry today's signature.
    """

    def __init__(self, clock: Clock, *, days_ago: int) -> None:
        """Begin so many days before the true time."""
        self._clock = clock
        self._ms = clock.now_ms() - days_ago * 86_400_000

    def go_to(self, day: dt.date) -> None:
        """Go to the hour of visits on a day, or stay where that lies behind."""
        moment = dt.datetime.combine(day, dt.time(_HOUR), dt.UTC)
        self._ms = min(max(self._ms, int(moment.timestamp() * 1000)), self._clock.now_ms())

    def now_ms(self) -> int:
        """Some seconds after the last time it was asked, and never after the true time."""
        self._ms = min(self._ms + _STEP_MS, self._clock.now_ms())
        return self._ms

    def today(self, time_zone: str) -> dt.date:
        """The local date of that moment."""
        from zoneinfo import ZoneInfo

        return dt.datetime.fromtimestamp(self._ms / 1000, ZoneInfo(time_zone)).date()


# Answers to the medical history that are not no.
_HISTORY = {HistoryFlag.PREVIOUS_FILLER: "yes", HistoryFlag.DENTAL: "check-up three weeks ago"}


def write_record(services: Services, session_id: str, *, whole: bool) -> None:
    """Write a record's fields; a draft that is not whole has only what is written before treatment."""
    settings = services.settings_service.current()
    phrases: dict[RecordField, str] = {}
    for phrase in settings.phrases:
        phrases.setdefault(phrase.field, phrase.text)
    history = tuple((flag.value, _HISTORY.get(flag, "no")) for flag in HistoryFlag)
    before = [
        (RecordField.CONSENT, "", (("form", settings.consent_form), ("given_by", "the patient"))),
        (RecordField.HISTORY, "", history),
        (RecordField.REASON, phrases.get(RecordField.REASON, ""), ()),
        (RecordField.ASYMMETRY, "Left mandibular angle 2 mm lower than the right.", ()),
    ]
    after = [
        (RecordField.RISKS, phrases.get(RecordField.RISKS, ""), ()),
        (RecordField.PREPARATION, phrases.get(RecordField.PREPARATION, ""), ()),
        (RecordField.ANAESTHESIA, phrases.get(RecordField.ANAESTHESIA, ""), ()),
        (RecordField.REACTIONS, "Mild redness on both sides, settled within half an hour.", ()),
        (RecordField.AFTERCARE, "", (("leaflet", settings.aftercare_leaflet),)),
    ]
    for field, text, details in [*before, *(after if whole else ())]:
        opened = services.sessions.open(services.acting, session_id)
        services.fields.write(services.acting, opened.session, field, text, details)


def sign(services: Services, session_id: str) -> TreatmentSession:
    """Discard what is left in the syringes and sign."""
    opened = services.sessions.open(services.acting, session_id)
    if any(one.left_ul > 0 for one in syringe_balances(opened.syringes, opened.map)):
        opened = services.sessions.discard_rest(services.acting, opened.session)
    services.signing.sign(services.acting, session_id, opened.session.revision)
    return services.sessions.open(services.acting, session_id).session


def amend_volume(services: Services, session_id: str, *, less_ul: int, reason: str) -> None:
    """Amend a signed record: the first pass had less, and so much more was discarded."""
    acting = services.acting
    opened = services.signing.amend(acting, session_id, reason)
    first = opened.map.passes[0]
    share = first.shares[0]
    changed = replace(first, shares=(Share(share.syringe_id, share.microlitres - less_ul),))
    edit = Edit(EditKind.SET_VOLUME, (PassChange(first, changed),))
    services.sessions.commit(acting, session_id, edit, opened.session.revision)
    opened = services.sessions.open(acting, session_id)
    syringe = next(one for one in opened.syringes if one.id == share.syringe_id)
    services.sessions.update_syringe(
        acting, opened.session, replace(syringe, discarded_ul=syringe.discarded_ul + less_ul)
    )
    sign(services, session_id)
