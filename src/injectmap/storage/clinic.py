"""Stored practitioners and the clinic's own settings."""

from __future__ import annotations

import json
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, select, update

from injectmap.domain.forms import reads, refuse_form
from injectmap.domain.patient import Practitioner
from injectmap.domain.settings import ClinicSettings, settings_from_json, settings_to_json
from injectmap.storage.statements import Prepared
from injectmap.storage.tables import clinic, file_mark, practitioners

# Asked at every look at a record, and compiled once: the settings cost as much as the session otherwise.
_SETTINGS = Prepared(
    select(clinic.c.name, clinic.c.time_zone, clinic.c.paper, clinic.c.options, file_mark.c.demo).where(
        clinic.c.id == file_mark.c.id
    )
)


@lru_cache(maxsize=8)
def _settings_of(name: str, time_zone: str, paper: str, options: str, demo: int) -> ClinicSettings:
    # Every date asks for it: one that is none, or that no system here knows, is said at once.
    ZoneInfo(time_zone)
    own = {"name": name, "time_zone": time_zone, "paper": paper}
    return settings_from_json(json.loads(options) | own, demo=bool(demo))


class StoredPractitioners:
    """The people treating."""

    def __init__(self, connection: Connection) -> None:
        """Work on the transaction of this connection."""
        self._connection = connection

    def all(self) -> tuple[Practitioner, ...]:
        """All practitioners by name."""
        rows = self._connection.execute(
            select(practitioners).order_by(practitioners.c.name, practitioners.c.id)
        )
        return tuple(Practitioner(*row) for row in rows)

    def add(self, practitioner: Practitioner) -> None:
        """Store a new practitioner."""
        self._connection.execute(insert(practitioners).values(practitioner_values(practitioner)))


class StoredClinic:
    """The clinic's settings; whether the file is a demo is fixed when it is made."""

    def __init__(self, connection: Connection) -> None:
        """Work on the transaction of this connection."""
        self._connection = connection

    @reads("settings")
    def settings(self) -> ClinicSettings:
        """The stored settings."""
        found = _SETTINGS.rows(self._connection, {})
        return _settings_of(*found[0]) if found else refuse_form("settings")

    def clinic_id(self) -> str:
        """The clinic's id, the same from its making on, wherever its file lies."""
        return str(self._connection.execute(select(file_mark.c.clinic_id)).scalar_one())

    def put(self, settings: ClinicSettings) -> None:
        """Store settings; ValueError for an attempt to turn a demo into a clinic or back."""
        if settings.demo != self.settings().demo:
            raise ValueError("a demo stays a demo")
        self._connection.execute(update(clinic).values(settings_values(settings)))


def practitioner_values(practitioner: Practitioner) -> dict[str, str]:
    """Return what a practitioner's row holds."""
    return {
        "id": practitioner.id,
        "name": practitioner.name,
        "profession": practitioner.profession,
        "register_number": practitioner.register_number,
    }


def settings_values(settings: ClinicSettings) -> dict[str, str]:
    """Return what the clinic's one row holds beside its key."""
    own = settings_to_json(settings)
    columns = {name: own.pop(name) for name in ("name", "time_zone", "paper")}
    return columns | {"options": json.dumps(own, ensure_ascii=False, sort_keys=True, separators=(",", ":"))}
