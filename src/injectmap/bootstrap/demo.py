"""Makes the demonstration clinic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from injectmap.bootstrap.assembly import atlas

if TYPE_CHECKING:
    from collections.abc import Callable

    from injectmap.domain.patient import Practitioner
    from injectmap.domain.settings import ClinicSettings, Phrase
    from injectmap.services.clinic import Services
    from injectmap.services.ports import Clock

Filling = tuple["ClinicSettings", "list[Practitioner]", "Callable[[Services], None]", "Clock"]


def shipped_phrases() -> tuple[Phrase, ...]:
    """Texts a new clinic begins with, each to be edited or removed by it: `phrase.<field>.<number>`."""
    from injectmap.domain.record import RecordField
    from injectmap.domain.settings import Phrase
    from injectmap.words import load_words

    texts = load_words().texts
    keys = (key.split(".") for key in texts if key.startswith("phrase."))
    return tuple(Phrase(RecordField(field), texts[f"phrase.{field}.{number}"]) for _, field, number in keys)


def demo_filling(now: Clock) -> Filling:
    """What the demonstration clinic is made of: its settings, its people, what fills it, and the clock of its visits."""
    from injectmap.domain.ids import new_id
    from injectmap.domain.patient import Practitioner
    from injectmap.domain.settings import ClinicSettings
    from injectmap.services.demo_clinic import (
        AFTERCARE_LEAFLET,
        CLINIC_NAME,
        CONSENT_FORM,
        FIRST_DAY,
        PRACTITIONERS,
        fill,
    )
    from injectmap.services.demo_record import VisitClock

    settings = ClinicSettings(
        CLINIC_NAME,
        demo=True,
        consent_form=CONSENT_FORM,
        aftercare_leaflet=AFTERCARE_LEAFLET,
        phrases=shipped_phrases(),
    )
    practitioners = [Practitioner(new_id(), *fields) for fields in PRACTITIONERS]
    clock = VisitClock(now, days_ago=FIRST_DAY)
    today = now.today(settings.time_zone)
    return settings, practitioners, lambda services: fill(services, atlas(), clock, today), clock
