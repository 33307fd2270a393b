"""What a record says in words: its fields, its plan, its protocols, what was measured, and what followed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from injectmap.domain.map_items import AppliedProtocol, Measurement, MeasurementKind
from injectmap.domain.record import HistoryFlag, RecordEntry, RecordField
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Side, TreatmentMap
from injectmap.domain.units import show_length, show_volume
from injectmap.output.show import show_date, show_instant
from injectmap.services.record_parts import Attached
from injectmap.words import Words, zone_text

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
        fields.append(
            {
                "label": words(f"field.{which.value}"),
                "notes": [part for part in (when, by) if part],
                "details": _details(which, entry, words),
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


def _details(which: RecordField, entry: RecordEntry, words: Words) -> list[list[str]]:
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
    """What must stand under the map: that zone outlines were adjusted, and which."""
    moves = opened.map.zone_moves
    if not moves:
        return []
    zones = getattr(atlas.zones, "zones_of_vertex", None)
    sides = [words(f"side.{side.value}.badge") for side in Side if any(one.side is side for one in moves)]
    named: list[str] = []
    if zones is not None:
        touched = dict.fromkeys(zone for one in moves for zone in zones(one.vertex))
        named = [atlas.zones.info[zone].name for zone in touched if zone in atlas.zones.info]
    text = words("record.zones_adjusted", count=len(moves), sides=", ".join(sides))
    return [f"{text} {words('record.zones_adjusted_which', zones=', '.join(named))}" if named else text]


def plan_lines(opened: OpenSession, atlas: Atlas, words: Words) -> dict[str, Any] | None:
    """Planned beside done, in the order of the plan; None for a session without a plan."""
    treatment_map = opened.map
    planned = [one for one in treatment_map.passes if one.is_planned]
    fulfilled = {one.fulfils: one for one in treatment_map.passes if one.fulfils}
    if not planned and not fulfilled:
        return None

    def about(one: CannulaPass | None) -> list[str]:
        if one is None:
            return ["", "", "", ""]
        return [
            str(treatment_map.numbers[one.id]),
            zone_text(one, lambda zone: atlas.zones.info[zone].short_name, words),
            "–" if one.is_point else show_length(one.path.length_um),
            show_volume(one.microlitres) if one.microlitres else "–",
        ]

    rows = []
    for one in planned:
        done = fulfilled.get(one.id)
        rows.append(
            {
                "side": words(f"side.{one.side.value}.badge"),
                "planned": about(one),
                "done": about(done),
                "note": done.deviation if done else words("record.not_done"),
            }
        )
    return {"rows": rows, "left_out": sum(one.id not in fulfilled for one in planned)}


def protocol_lines(opened: OpenSession, attached: Attached, words: Words) -> list[dict[str, str]]:
    """Each protocol that was applied: version, label, source, and what differs on the map."""
    return [
        {
            "name": words(
                "record.protocol",
                name=one.name,
                version=one.version,
                side=words(f"side.{one.side.value}"),
                label=words(f"protocol.{one.label}") if words.has(f"protocol.{one.label}") else one.label,
            ),
            "source": words("record.protocol_source", source=one.source.rstrip(".")) if one.source else "",
            "differs": _differs(one, opened.map, attached, words),
        }
        for one in opened.map.protocols
    ]


def _differs(one: AppliedProtocol, treatment_map: TreatmentMap, attached: Attached, words: Words) -> str:
    """What of a protocol is on its side of the map, what is not, and what was drawn beside it."""
    mark = f"protocol:{one.protocol_id}@{one.version}#"
    own = [each for each in treatment_map.passes if each.side in (one.side, Side.MIDLINE)]
    used = {each.reference.removeprefix(mark) for each in own if each.reference.startswith(mark)}
    performed = [each for each in own if each.status is not PassStatus.PLANNED]
    referred = {each.id for each in own if each.reference.startswith(mark)}
    beside = sum(not (each.id in referred or each.fulfils in referred) for each in performed)
    whole = dict(attached.protocol_counts).get((one.protocol_id, one.version))
    parts = [
        words("record.protocol_used_of", count=len(used), of=whole)
        if whole
        else words("record.protocol_used", count=len(used))
    ]
    if beside:
        parts.append(words("record.protocol_beside", count=beside))
    return "; ".join(parts) + "."


def measurement_lines(opened: OpenSession, words: Words) -> list[dict[str, str]]:
    """What was measured, baseline asymmetries first."""

    def line(one: Measurement) -> dict[str, str]:
        return {
            "kind": words(f"record.measured.{one.kind.value}"),
            "mm": words("record.measured_mm", skin=_tenths(one.path.length_um), chord=_tenths(one.chord_um)),
            "note": one.note,
        }

    ranked = sorted(opened.map.measurements, key=lambda one: one.kind is not MeasurementKind.ASYMMETRY)
    return [line(one) for one in ranked]


def _tenths(micrometres: int) -> str:
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
