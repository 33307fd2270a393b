"""The table of what an amendment changed, in words: what, how it was, how it is now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from injectmap.domain.amending import Change, ChangeCode, CornersValue, PathValue
from injectmap.domain.map_items import AppliedProtocol, MapItem, Measurement
from injectmap.domain.product import Syringe
from injectmap.domain.record import RecordEntry
from injectmap.domain.session import OpenSession
from injectmap.domain.treatment_map import Instrument, PassStatus, Plane, Side, Technique
from injectmap.domain.units import show_length, show_volume
from injectmap.output.record_texts import details_of, tenths
from injectmap.output.show import kept_together, printable, show_date
from injectmap.services.record_parts import Attached
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

# Letters of an entry's first words, and words told again before the first that differs.
FIRST_LETTERS = 70
TOLD_AGAIN = 3
_VOLUMES = (
    ChangeCode.PASS_ADDED,
    ChangeCode.PASS_REMOVED,
    ChangeCode.PASS_VOLUME,
    ChangeCode.SYRINGE_OPENED,
    ChangeCode.SYRINGE_DISCARDED,
)


def change_table(
    version: int, attached: Attached, opened: OpenSession, atlas: Atlas, words: Words
) -> dict[str, Any]:
    """Return the table against a version: heading, names of columns, rows, and what stands there without rows."""
    names = {opened.practitioner.id: opened.practitioner.name, **dict(attached.names)}
    table = _Table(names, atlas, words)
    known = attached.changes is not None
    return {
        "heading": words("amending.heading", version=version),
        "columns": [words(f"amending.col.{name}") for name in ("what", "was", "now")],
        "rows": [table.row(one) for one in attached.changes or ()],
        "none": words("amending.none") if known else words("amending.unknown", version=version),
    }


class _Table:
    """Puts changes into words."""

    def __init__(self, names: dict[str, str], atlas: Atlas, words: Words) -> None:
        """Take practitioners' names by id, the zones' names and the words."""
        self._names = names
        self._zones = atlas.zones.info
        self._words = words
        self._writers: dict[type, Callable[[Any], str]] = {
            dt.date: show_date,
            Syringe: self._syringe,
            Technique: lambda one: words(f"technique.{one.value}"),
            PassStatus: lambda one: words(f"amending.status.{one.value}"),
            Instrument: self._instrument,
            PathValue: self._path,
            CornersValue: self._corners,
            Measurement: self._measurement,
            AppliedProtocol: lambda one: f"{one.name} ({one.version})",
        }

    def row(self, change: Change) -> list[str]:
        """What, was, now."""
        if change.code in (ChangeCode.PASS_OTHER, ChangeCode.SYRINGE_OTHER):
            return [self._what(change), self._words("amending.nothing"), self._words("amending.changed")]
        if change.code is ChangeCode.ENTRY:
            was, now = first_words(*(self._entry(change, one) for one in (change.was, change.now)))
        else:
            was, now = (self._value(change.code, one) for one in (change.was, change.now))
        nothing = self._words("amending.nothing")
        gone = (
            self._words("amending.removed") if change.now is None and change.code is ChangeCode.ITEM else ""
        )
        return [
            kept_together(self._what(change)),
            kept_together(was or nothing),
            kept_together(now or gone or nothing),
        ]

    def _what(self, change: Change) -> str:
        words, subject, code = self._words, change.subject, change.code
        if code is ChangeCode.ENTRY:
            return words(f"field.{subject['field'].value}")
        if code is ChangeCode.ITEM:
            return self._item(change.now or change.was)
        if code is ChangeCode.NUMBERS:
            return words("amending.numbers_planned" if subject["planned"] else "amending.numbers")
        what = f"amending.{code.value}"
        if "planned" in subject:
            of = "amending.of_planned" if subject["planned"] else "amending.of_pass"
            return words(of, number=subject["number"], side=self._side(subject["side"]), what=words(what))
        if "number" in subject:
            return words("amending.of_syringe", number=subject["number"], what=words(what))
        return words(what, side=self._side(subject["side"])) if "side" in subject else words(what)

    def _side(self, side: Side) -> str:
        name = self._words(f"side.{side.value}")
        return name[:1].lower() + name[1:]

    def _item(self, item: MapItem) -> str:
        if isinstance(item, Measurement):
            return self._words(f"record.measured.{item.kind.value}")
        return self._words("amending.protocol", side=self._side(item.side))

    def _value(self, code: ChangeCode, value: Any) -> str:
        if value is None:
            return ""
        if code in _VOLUMES:
            return self._words("amending.ml", ml=show_volume(value))
        if code is ChangeCode.PRACTITIONER:
            return self._names.get(value, "")
        if isinstance(value, tuple):
            return self._several(code, value)
        write = self._writers.get(type(value), printable)
        return write(value)

    def _several(self, code: ChangeCode, values: tuple[Any, ...]) -> str:
        words = self._words
        if code is ChangeCode.PASS_PLANE:
            return self._plane(*values)
        if code is ChangeCode.PASS_SYRINGE:
            return " + ".join(
                str(number) if ul is None else words("amending.share", number=number, ml=show_volume(ul))
                for number, ul in values
            )
        if code is ChangeCode.PASS_DEPOSITS:
            return "; ".join(
                words("amending.deposit", ml=show_volume(one.microlitres), mm=show_length(one.position_um))
                for one in values
            )
        if code is ChangeCode.PASS_ZONES:
            several = len({side for _, side in values}) > 1
            return " + ".join(
                f"{self._zones[zone].short_name} ({words(f'side.{side.value}.badge')})"
                if several
                else self._zones[zone].short_name
                for zone, side in values
            )
        return ", ".join(map(str, values))

    def _plane(self, plane: Plane, depth_um: int | None) -> str:
        text = self._words(f"plane.{plane.value}")
        if depth_um is None:
            return text
        return self._words("record.depth", plane=text, mm=f"{depth_um / 1000:.1f}")

    def _instrument(self, one: Instrument) -> str:
        return self._words(f"instrument.{one.kind.value}", gauge=one.gauge, mm=f"{one.length_um / 1000:g}")

    def _syringe(self, one: Syringe) -> str:
        lot = self._words("amending.syringe_lot_value", lot=one.lot) if one.lot else ""
        volume = self._words("amending.ml", ml=show_volume(one.opened_ul))
        return ", ".join(part for part in (one.product.name, lot, volume) if part)

    def _path(self, value: PathValue) -> str:
        kind = "length" if value.length_um else "point"
        if value.moved_um is None:
            return self._words(f"amending.{kind}", mm=show_length(value.length_um))
        return self._words(
            f"amending.{kind}_moved", mm=show_length(value.length_um), moved=self._moved(value.moved_um)
        )

    def _moved(self, micrometres: int) -> str:
        if micrometres < 50:
            return self._words("amending.moved_little")
        return self._words("amending.moved_mm", mm=tenths(micrometres))

    def _corners(self, value: CornersValue) -> str:
        key = {0: "corners_none", 1: "corners_one"}.get(value.count, "corners")
        corners = self._words(f"amending.{key}", count=value.count)
        if value.moved_um is None:
            return corners
        return self._words("amending.corners_moved", corners=corners, moved=self._moved(value.moved_um))

    def _measurement(self, one: Measurement) -> str:
        mm = self._words("record.measured_mm", skin=tenths(one.path.length_um), chord=tenths(one.chord_um))
        return ", ".join(part for part in (mm, one.note) if part)

    def _entry(self, change: Change, entry: RecordEntry | None) -> str:
        if entry is None:
            return ""
        pairs = details_of(change.subject["field"], entry, self._words)
        parts = [f"{label}: {text}" for label, text in pairs if text]
        return " ".join([*parts, *entry.text.split()])


def first_words(was: str, now: str) -> tuple[str, str]:
    """Shorten two texts to their first words, from shortly before the first word in which they differ."""
    old, new = was.split(), now.split()
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    start = max(0, same - TOLD_AGAIN)
    if (
        not old
        or not new
        or len(" ".join((old if len(old) > len(new) else new)[: same + 1])) <= FIRST_LETTERS
    ):
        start = 0
    return _shortened(old, start), _shortened(new, start)


def _shortened(parts: list[str], start: int) -> str:
    text = " ".join(parts[start:])
    if len(text) > FIRST_LETTERS:
        text = text[:FIRST_LETTERS].rsplit(" ", 1)[0] + " …"
    return f"… {text}" if start and text else text
