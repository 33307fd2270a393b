"""The note beside a clinic file that was moved: where its work goes on, so that nobody works on in two places."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from pathlib import Path

from injectmap.domain.errors import InjectmapError, StorageProblem
from injectmap.domain.forms import FAULTS, read_json
from injectmap.services.files import put_whole

FORM = 1
_LIMIT = 2_048
_PLACE = re.compile(r"[^\x00-\x1f\x7f]{1,400}")
_LATEST_MS = 253_402_300_799_000


@dataclass(frozen=True, slots=True)
class MovedNote:
    """Where a clinic was moved, without name and password of whoever moved it, and when."""

    to: str
    at_ms: int

    @property
    def day(self) -> str:
        """The day, as this computer's calendar has it."""
        return dt.datetime.fromtimestamp(self.at_ms / 1000, dt.UTC).astimezone().date().isoformat()


def note_path(clinic: Path) -> Path:
    """Where the note of a clinic file lies: beside it."""
    return clinic.with_name(f"{clinic.name}.moved.json")


def write_note(clinic: Path, note: MovedNote) -> None:
    """Put the note beside a clinic file at once, never half of it; OSError where it cannot be written."""
    text = json.dumps({"injectmap_moved": FORM, "to": note.to, "at_ms": note.at_ms}, ensure_ascii=False)
    put_whole(note_path(clinic), text.encode())


def note_from_text(content: bytes) -> MovedNote:
    """Return the note of a file's content; ValueError for whatever is none."""
    try:
        data = read_json(content.decode("utf-8"), "moved", limit=_LIMIT)
        if data.keys() != {"injectmap_moved", "to", "at_ms"}:
            raise ValueError
        form, to, at_ms = data["injectmap_moved"], data["to"], data["at_ms"]
        if type(form) is not int or form != FORM or type(at_ms) is not int or not 0 <= at_ms <= _LATEST_MS:
            raise ValueError
        if not isinstance(to, str) or not _PLACE.fullmatch(to):
            raise ValueError
    except (*FAULTS, InjectmapError):
        raise ValueError("no note of a clinic that was moved") from None
    return MovedNote(to, at_ms)


def why_moved(clinic: Path) -> StorageProblem | None:
    """Why nothing is written in a clinic file that was moved; None beside which no note lies.

    `clinic_moved`; `moved_note_unreadable` for a note that says nothing, which is no leave to write.
    """
    path = note_path(clinic)
    try:
        with path.open("rb") as file:
            note = note_from_text(file.read(_LIMIT + 1))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        return StorageProblem("moved_note_unreadable", name=clinic.stem, note=path.name)
    return StorageProblem("clinic_moved", name=clinic.stem, to=note.to, day=note.day, note=path.name)
