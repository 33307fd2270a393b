"""Where a clinic's backups go on this computer, what was made there last, and when the next is due."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from injectmap.domain.backups import HOUR_MS, Backup, Head, read_name

FORM = 1
FOLDER_LIMIT = 8
TEXT_LIMIT = 65_536
_PATH_LIMIT = 4_096
# Later than this the clinic is told that its last backup is old.
OLD_MS = 24 * HOUR_MS


class PlanRefused(ValueError):
    """A stored plan is not in the form that is written."""


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was written, opened and found whole."""

    file: str
    at_ms: int
    head: Head
    size: int

    @property
    def backup(self) -> Backup | None:
        """What its name tells."""
        return read_name(self.file)


@dataclass(frozen=True, slots=True)
class Place:
    """A folder for backups.

    `mount` is where its disk was mounted when it was chosen, so that a removable disk which is not there is told
    from an empty folder of the same name.
    """

    folder: str
    mount: str = ""
    last: Made | None = None
    # What went wrong at the last attempt, and when; empty after a good one.
    problem: str = ""
    problem_ms: int = 0
    # Files found damaged when they were opened again.
    damaged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """The folders of one clinic; `path` is where its file was when the plan was last kept."""

    clinic_id: str
    path: str
    places: tuple[Place, ...] = ()

    def place(self, folder: str) -> Place | None:
        """The place with this folder."""
        return next((one for one in self.places if one.folder == folder), None)

    def with_place(self, place: Place) -> BackupPlan:
        """The plan with a place changed, or added last."""
        if self.place(place.folder) is None:
            return replace(self, places=(*self.places, place))
        return replace(
            self, places=tuple(place if one.folder == place.folder else one for one in self.places)
        )

    def without(self, folder: str) -> BackupPlan:
        """The plan without a folder."""
        return replace(self, places=tuple(one for one in self.places if one.folder != folder))

    @property
    def last_good(self) -> tuple[Place, Made] | None:
        """The newest backup that was found whole, and where it lies."""
        made = [(one, one.last) for one in self.places if one.last is not None]
        return max(made, key=lambda pair: (pair[1].at_ms, pair[1].head.number), default=None)


def is_due(place: Place, head: Head, now_ms: int, *, after_ms: int = HOUR_MS) -> bool:
    """True if the journal has grown since the place's last backup and that is long enough ago.

    A clock that was set back does not put a backup off.
    """
    last = place.last
    if last is None:
        return True
    return last.head != head and not 0 <= now_ms - last.at_ms < after_ms


def plan_to_json(plan: BackupPlan) -> str:
    """Return the text that is kept."""
    places = [
        {
            "folder": one.folder,
            "mount": one.mount,
            "last": None
            if one.last is None
            else {
                "file": one.last.file,
                "at_ms": one.last.at_ms,
                "row": one.last.head.number,
                "hash": one.last.head.hash,
                "size": one.last.size,
            },
            "problem": one.problem,
            "problem_ms": one.problem_ms,
            "damaged": list(one.damaged),
        }
        for one in plan.places
    ]
    whole = {"form": FORM, "clinic_id": plan.clinic_id, "path": plan.path, "places": places}
    return json.dumps(whole, ensure_ascii=False, indent=1)


def plan_from_json(text: str) -> BackupPlan:
    """Read what `plan_to_json` wrote; PlanRefused for anything else."""
    if len(text) > TEXT_LIMIT:
        raise PlanRefused("too long")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        raise PlanRefused("not JSON") from None
    fields = _Fields(whole, {"form", "clinic_id", "path", "places"})
    if fields.number("form") != FORM:
        raise PlanRefused("another form")
    places = tuple(_place(one) for one in fields.listed("places", FOLDER_LIMIT))
    if len({one.folder for one in places}) != len(places):
        raise PlanRefused("a folder twice")
    return BackupPlan(fields.text("clinic_id", least=1), fields.text("path"), places)


def _place(value: Any) -> Place:
    fields = _Fields(value, {"folder", "mount", "last", "problem", "problem_ms", "damaged"})
    last = value["last"]
    damaged = fields.listed("damaged", 1000)
    if not all(isinstance(one, str) and len(one) <= _PATH_LIMIT for one in damaged):
        raise PlanRefused("damaged")
    return Place(
        fields.text("folder", least=1),
        fields.text("mount"),
        None if last is None else _made(last),
        fields.text("problem"),
        fields.number("problem_ms"),
        tuple(damaged),
    )


def _made(value: Any) -> Made:
    fields = _Fields(value, {"file", "at_ms", "row", "hash", "size"})
    file = fields.text("file")
    if read_name(file) is None or "/" in file or "\\" in file:
        raise PlanRefused("file")
    head = Head(fields.number("row"), fields.text("hash", least=64))
    return Made(file, fields.number("at_ms"), head, fields.number("size"))


@dataclass(frozen=True, slots=True)
class _Fields:
    """The fields of one object: all of them, no others, each of its kind."""

    value: Any
    names: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not isinstance(self.value, Mapping) or set(self.value) != self.names:
            raise PlanRefused("fields")

    def text(self, name: str, *, least: int = 0) -> str:
        value = self.value[name]
        if not isinstance(value, str) or not least <= len(value) <= _PATH_LIMIT or "\0" in value:
            raise PlanRefused(name)
        return value

    def number(self, name: str) -> int:
        value = self.value[name]
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 53:
            raise PlanRefused(name)
        return value

    def listed(self, name: str, limit: int) -> list[Any]:
        value = self.value[name]
        if not isinstance(value, list) or len(value) > limit:
            raise PlanRefused(name)
        return value
