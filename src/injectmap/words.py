"""The one catalogue of words: codes of the lower layers become sentences for the window and the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from injectmap.resources import asset_path

if TYPE_CHECKING:
    import datetime as dt

    from injectmap.domain.backups import Comparison
    from injectmap.domain.completeness import Line
    from injectmap.domain.privacy import AccessLine, RetentionLine
    from injectmap.domain.proof import Finding, Findings, Note
    from injectmap.domain.treatment_map import CannulaPass


class Words:
    """Texts by key; a missing key is a fault of ours and raises, so that no code is ever shown to a clinician."""

    def __init__(self, texts: dict[str, str]) -> None:
        """Keep the texts."""
        self.texts = texts

    def __call__(self, key: str, /, **blanks: object) -> str:
        """Return the text of a key with its blanks filled."""
        return self.texts[key].format(**blanks) if blanks else self.texts[key]

    def has(self, key: str) -> bool:
        """True if the catalogue holds the key."""
        return key in self.texts


@cache
def load_words(language: str = "en") -> Words:
    """Read all files of a language; the same key in two files is refused."""
    texts: dict[str, str] = {}
    for file in sorted(asset_path("i18n", language).glob("*.json")):
        part: dict[str, str] = json.loads(file.read_text("utf-8"))
        if doubled := texts.keys() & part.keys():
            raise ValueError(f"{file.name} repeats {sorted(doubled)}")
        texts |= part
    return Words(texts)


def zone_text(one: CannulaPass, name_of: Callable[[str], str], words: Words) -> str:
    """Name the zones of a pass, the longest part first: the same on screen and on paper.

    Over the midline each part says its side. Two names that begin alike say so once: "Angle + border".
    """
    from injectmap.domain.totals import zones_by_length
    from injectmap.domain.treatment_map import Side

    parts = zones_by_length(one)
    sides = {side for _, side, _ in parts}
    names = []
    for zone, side, _ in parts:
        own = side is one.side or (one.side is Side.MIDLINE and len(sides) == 1)
        names.append(name_of(zone) if own else f"{name_of(zone)} ({words(f'side.{side.value}.badge')})")
    names = list(dict.fromkeys(names))
    firsts = {name.split(" ", 1)[0] for name in names}
    if len(names) == 2 and len(firsts) == 1 and all(" " in name for name in names):
        first, second = (name.split(" ", 1)[1] for name in names)
        return f"{first[:1].upper()}{first[1:]} + {second}"
    return " + ".join(names)


def line_text(line: Line, words: Words, time_zone: str) -> str:
    """Return what stands under a line of the list before signing, with its time, date and plane in words.

    A time on another day than the treatment says its date.
    """
    import datetime as dt
    from zoneinfo import ZoneInfo

    blanks = dict(line.params)
    if isinstance(at_ms := blanks.pop("at_ms", None), int):
        moment = dt.datetime.fromtimestamp(at_ms / 1000, ZoneInfo(time_zone))
        other_day = blanks.pop("treated", None) not in (None, moment.date().isoformat())
        blanks["time"] = f"{_date(moment.date(), words)}, {moment:%H:%M}" if other_day else f"{moment:%H:%M}"
    if isinstance(day := blanks.get("date"), str):
        date = dt.date.fromisoformat(day)
        blanks["date"] = _date(date, words)
    if isinstance(plane := blanks.get("plane"), str):
        blanks["plane"] = words(f"plane.{plane}.short")
    optional = f"{line.code}.{line.state.value}"
    return words(optional if words.has(optional) else line.code, **blanks)


def show_size(size: int, words: Words) -> str:
    """A file's size, in bytes, for the eye."""
    if size < 1_000_000:
        return words("backup.size.kib", number=max(1, round(size / 1000)))
    return words("backup.size.mib", number=f"{size / 1_000_000:.1f}")


# So many record numbers are named; the others are counted.
_NUMBERS_NAMED = 12


def comparison_lines(found: Comparison, words: Words, moment: Callable[[int], str]) -> list[str]:
    """What a restore would change beside the counts, a sentence to a line; `moment` writes a time in ms."""
    lines = [words(f"backup.chains.{found.chains.value}")]
    if found.rows_lost:
        key = "backup.compare.lost.one" if found.rows_lost == 1 else "backup.compare.lost"
        first, last = moment(found.lost_from_ms), moment(found.lost_to_ms)
        lines.append(words(key, rows=found.rows_lost, first=first, last=last))
    for key, numbers in (("lost", found.sessions_lost), ("changed", found.sessions_changed)):
        if not numbers:
            continue
        named = ", ".join(numbers[:_NUMBERS_NAMED])
        if len(numbers) > _NUMBERS_NAMED:
            named = words("backup.compare.more", numbers=named, more=len(numbers) - _NUMBERS_NAMED)
        lines.append(words(f"backup.compare.sessions.{key}", numbers=named))
    if found.erased_again:
        key = "backup.compare.erased.one" if found.erased_again == 1 else "backup.compare.erased"
        lines.append(words(key, count=found.erased_again))
    return lines


def _date(day: dt.date, words: Words) -> str:
    return f"{day.day} {words('date.months').split()[day.month - 1]} {day.year}"


def access_texts(line: AccessLine, words: Words) -> tuple[str, str, str]:
    """Who did what to which part of a patient's data: the same on screen, on paper and in a table."""
    row = line.row
    who = line.practitioner or words("access.nobody")
    told = row.what or row.subject_kind
    key = f"access.{row.kind}.{told}"
    what = words(key if words.has(key) else f"access.{row.kind}")
    subject = words(f"access.subject.{row.subject_kind}")
    return who, what, f"{subject} {line.subject}" if line.subject else subject


def retention_text(line: RetentionLine, words: Words) -> str:
    """From what a retention period was counted: the same on screen and in a table."""
    if line.from_18:
        return words("retention.from.18")
    return words("retention.from.seen" if line.kept.last_seen else "retention.from.registered")


def finding_text(finding: Finding, words: Words) -> str:
    """Say what a proof found at one place: table, key and column, and the row of the journal."""
    key = f"proof.found.{finding.code.value}"
    if finding.to_row is not None and words.has(f"{key}.run"):
        key += ".run"
    table = words(f"proof.table.{finding.table}") if finding.table else ""
    row = "–" if finding.row is None else finding.row
    return words(key, row=row, to_row=finding.to_row, table=table, key=finding.key, column=finding.column)


def note_text(note: Note, words: Words) -> str:
    """Say what a proof notes beside what it found."""
    key = f"proof.note.{note.code.value}.{'one' if note.count == 1 else 'many'}"
    return words(key, row=note.row, count=note.count)


def faulty_anchor_text(fault: Finding, words: Words) -> str:
    """Say that an anchor proves nothing, and why."""
    return words("proof.anchor.faulty", why=finding_text(fault, words))


def limit_text(found: Findings, words: Words) -> str:
    """Say how far a comparison with an anchor reaches, or what a proof without one cannot show; empty if it differs."""
    if found.anchored is not None:
        return words("proof.limit.anchored", row=found.anchored)
    return "" if found.differs_from_anchor else words("proof.limit")
