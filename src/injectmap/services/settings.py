"""Use cases around what a clinic sets once: what it requires before signing, its phrases, its paper."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from zoneinfo import available_timezones

from injectmap.domain.acting import Acting, Right
from injectmap.domain.errors import Conflict, InputRefused
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import NAME_LIMIT, clean_text
from injectmap.domain.record import FIELD_LIMIT, RecordField
from injectmap.domain.settings import ALWAYS_REQUIRED, ClinicSettings, Phrase, settings_to_json
from injectmap.services.ports import Clock, Database

PHRASE_COUNT = 200
REVIEW_MONTHS = range(1, 121)
RETENTION_YEARS = range(1, 101)
LOW_STOCK = range(1001)
NOTICE_DAYS = range(1001)
IDLE_MINUTES = range(241)


def checked_settings(settings: ClinicSettings) -> ClinicSettings:
    """Return settings cleaned, with what no clinic can switch off; InputRefused for what makes no sense."""
    name = clean_text(settings.name, limit=NAME_LIMIT)
    if not name:
        raise InputRefused("clinic_name_empty")
    if settings.time_zone not in available_timezones():
        raise InputRefused("time_zone_unknown", typed=settings.time_zone)
    if settings.review_months is not None and settings.review_months not in REVIEW_MONTHS:
        raise InputRefused("review_months_impossible", most=REVIEW_MONTHS[-1])
    if settings.retention_years is not None and settings.retention_years not in RETENTION_YEARS:
        raise InputRefused("retention_years_impossible", most=RETENTION_YEARS[-1])
    if settings.low_stock not in LOW_STOCK or settings.expiry_notice_days not in NOTICE_DAYS:
        raise InputRefused("stock_limits_impossible", most=LOW_STOCK[-1])
    if settings.idle_lock_minutes not in IDLE_MINUTES:
        raise InputRefused("idle_lock_impossible", most=IDLE_MINUTES[-1])
    return replace(
        settings,
        name=name,
        required=frozenset(settings.required) | ALWAYS_REQUIRED,
        consent_form=clean_text(settings.consent_form, limit=NAME_LIMIT),
        aftercare_leaflet=clean_text(settings.aftercare_leaflet, limit=NAME_LIMIT),
        phrases=_checked_phrases(settings.phrases),
    )


def _checked_phrases(phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """Phrases cleaned, empty and doubled ones left out, in their order."""
    cleaned = (Phrase(one.field, clean_text(one.text, limit=FIELD_LIMIT)) for one in phrases)
    kept = tuple(dict.fromkeys(one for one in cleaned if one.text))
    if len(kept) > PHRASE_COUNT:
        raise InputRefused("too_many_phrases", limit=PHRASE_COUNT)
    return kept


def _require_phrases(acting: Acting) -> None:
    """Phrases are kept by those who write records, too."""
    if not acting.may(Right.ADMINISTER):
        acting.require(Right.EDIT_SESSION)


class SettingsService:
    """The clinic's settings change only here, with their journal row; whether it is a demo never changes.

    They are read once and kept: the window asks for them at every edit. `forget` after others may have changed them.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on an open clinic."""
        self._database = database
        self._clock = clock
        self._kept: ClinicSettings | None = None

    def current(self) -> ClinicSettings:
        """The settings as stored, as far as is known."""
        kept = self._kept
        if kept is None:
            with self._database.reading() as work:
                kept = self._kept = work.clinic.settings()
        return kept

    def forget(self) -> None:
        """Read anew when next asked."""
        self._kept = None

    def update(self, acting: Acting, settings: ClinicSettings) -> ClinicSettings:
        """Store settings; what is the same already is not written again.

        Conflict("settings_have_changed") if somebody else has changed them since they were read here.
        """
        acting.require(Right.ADMINISTER)
        seen = self.current()

        def change(stored: ClinicSettings) -> ClinicSettings:
            if stored != seen:
                raise Conflict("settings_have_changed")
            return settings

        return self._store(acting, change)

    def _store(self, acting: Acting, change: Callable[[ClinicSettings], ClinicSettings]) -> ClinicSettings:
        self.forget()
        with self._database.writing() as work:
            stored = work.clinic.settings()
            wanted = replace(checked_settings(change(stored)), demo=stored.demo)
            if wanted == stored:
                return stored
            work.clinic.put(wanted)
            work.journal.append(
                acting,
                kind=JournalKind.PUT,
                subject_kind=SubjectKind.CLINIC,
                subject_id="clinic",
                payload=settings_to_json(wanted),
                at_ms=self._clock.now_ms(),
            )
            work.commit()
        self._kept = wanted
        return wanted

    def add_phrase(self, acting: Acting, field: RecordField, text: str) -> ClinicSettings:
        """Keep a text that the clinic writes often; InputRefused for an empty one."""
        _require_phrases(acting)
        if not clean_text(text, limit=FIELD_LIMIT):
            raise InputRefused("phrase_empty")
        more = Phrase(field, text)
        return self._store(acting, lambda stored: replace(stored, phrases=(*stored.phrases, more)))

    def remove_phrase(self, acting: Acting, phrase: Phrase) -> ClinicSettings:
        """Take a phrase off the list; records written with it keep their words."""
        _require_phrases(acting)
        return self._store(
            acting,
            lambda stored: replace(stored, phrases=tuple(one for one in stored.phrases if one != phrase)),
        )


def phrases_of(settings: ClinicSettings, field: RecordField) -> tuple[str, ...]:
    """Return the clinic's phrases for one field, in its own order."""
    return tuple(one.text for one in settings.phrases if one.field is field)
