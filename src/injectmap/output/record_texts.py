"""What a record says in words: its fields, what was measured, and what followed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from injectmap.domain.map_items import Measurement, MeasurementKind
from injectmap.domain.record import HistoryFlag, RecordEntry, RecordField
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.treatment_map import Side
from injectmap.output.show import show_date, show_instant
from injectmap.services.record_parts import Attached
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

# The order in which a visit goes.
_ORDER = (
    RecordField.CONCERN,
    RecordField.HISTORY,
    RecordField.REASON,
    RecordField.RISKS,
    RecordField.CONSENT,
    RecordField.ASYMMETRY,
    RecordField.PREPARATION,
    RecordField.ANAESTHESIA,
    RecordField.REACTIONS,
    RecordField.AFTERCARE,
    RecordField.PHOTOGRAPHS,
    RecordField.NOTES,
)


def _is_written(entry: RecordEntry | None) -> bool:
    return entry is not None and bool(entry.text or entry.details)


def written_fields(
    opened: OpenSession, clinic: ClinicSettings, attached: Attached, words: Words
) -> list[dict[str, Any]]:
    """Every field that was written, with when and by whom; the follow-up date last."""
    names = {opened.practitioner.id: opened.practitioner.name, **dict(attached.names)}
    fields = []
    for which in _ORDER:
        entry = opened.entries.get(which)
        if entry is None or not _is_written(entry):
            continue
        by = names.get(entry.practitioner_id, "")
        when = show_instant(entry.at_ms, clinic.time_zone)
        if not when.startswith(f"{show_date(opened.session.date)},"):
            # Written on another day than the treatment: the page says that it is the time of writing.
            when = words("complete.recorded", time=when)
        fields.append(
            {
                "label": words(f"field.{which.value}"),
                "notes": [part for part in (when, by) if part],
                "details": details_of(which, entry, words),
                "text": entry.text,
            }
        )
    if opened.session.follow_up is not None:
        fields.append(
            {
                "label": words("field.follow_up"),
                "notes": [],
                "details": [],
                "text": show_date(opened.session.follow_up),
            }
        )
    return fields


def details_of(which: RecordField, entry: RecordEntry, words: Words) -> list[list[str]]:
    """Named details as label and value; answers of the history in the order in which they are asked."""
    known = dict(entry.details)
    if which is RecordField.HISTORY:
        order = [flag.value for flag in HistoryFlag if flag.value in known]
        return [[words(f"history.{key}"), _answer(known[key], words)] for key in order]
    shown = []
    for key, text in entry.details:
        label = f"detail.{key}"
        shown.append([words(label) if words.has(label) else key, text])
    return shown


def _answer(text: str, words: Words) -> str:
    return words(f"answer.{text}") if text in ("yes", "no") else text


def not_written(opened: OpenSession, words: Words) -> str:
    """A sentence that names the fields in which nothing stands."""
    names = [words(f"field.{one.value}") for one in _ORDER if not _is_written(opened.entries.get(one))]
    names = [name for name in names if name != words("field.notes")]
    if opened.session.follow_up is None:
        names.append(words("field.follow_up"))
    return (
        words("record.not_written", fields=", ".join(name[:1].lower() + name[1:] for name in names))
        if names
        else ""
    )


def map_notes(opened: OpenSession, atlas: Atlas, words: Words) -> list[str]:
    """What must stand under the map: that zone outlines were adjusted, on which side and of which zones."""
    moves = opened.map.zone_moves
    if not moves:
        return []
    info = atlas.zones.info
    corners = [one for one in atlas.zones_for(moves).corners() if one.moved]
    notes = []
    for side in Side:
        named = dict.fromkeys(zone for one in corners if one.side == side.value for zone in one.zones)
        if named:
            zones = ", ".join(info[zone].name for zone in named if zone in info)
            notes.append(words("record.zones_adjusted_side", side=words(f"side.{side.value}"), zones=zones))
    return [" ".join([words("record.zones_adjusted"), *notes])]


def measurement_lines(opened: OpenSession, words: Words) -> list[dict[str, str]]:
    """What was measured, baseline asymmetries first."""

    def line(one: Measurement) -> dict[str, str]:
        return {
            "kind": words(f"record.measured.{one.kind.value}"),
            "mm": words("record.measured_mm", skin=tenths(one.path.length_um), chord=tenths(one.chord_um)),
            "note": one.note,
        }

    ranked = sorted(opened.map.measurements, key=lambda one: one.kind is not MeasurementKind.ASYMMETRY)
    return [line(one) for one in ranked]


def tenths(micrometres: int) -> str:
    """Write a length in mm to a tenth."""
    whole, tenth = divmod((micrometres + 50) // 100, 10)
    return f"{whole}.{tenth}"


def event_lines(attached: Attached, clinic: ClinicSettings, words: Words) -> list[dict[str, str]]:
    """Adverse events of the session by title; each has a form of its own."""
    return [
        {
            "title": one.title,
            "when": show_instant(one.onset_ms, clinic.time_zone),
            "state": words("record.event_closed" if one.closed else "record.event_open"),
            "text": "; ".join(_seen(one.entries)),
            "outcome": one.outcome,
        }
        for one in sorted(attached.events, key=lambda event: event.onset_ms)
    ]


def _seen(entries: Iterable[Any]) -> list[str]:
    return [one.observed.split("\n", 1)[0] for one in entries if one.observed]


def score_lines(attached: Attached) -> list[list[str]]:
    """Outcome scores of the session: date, scale, score, rater, note."""
    return [
        [show_date(one.date), one.scale, one.score, one.rater, one.note]
        for one in sorted(attached.scores, key=lambda score: (score.date, score.id))
    ]
