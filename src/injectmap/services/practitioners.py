"""Use cases around the people who treat: who there is, and adding one."""

from __future__ import annotations

from typing import Any

from injectmap.domain.acting import Acting, Right
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import NAME_LIMIT, Practitioner, clean_text, fold_name
from injectmap.services.ports import Clock, Database, UnitOfWork


def practitioner_to_json(practitioner: Practitioner) -> dict[str, Any]:
    """Return the journal's after-image of a practitioner."""
    return {
        "id": practitioner.id,
        "name": practitioner.name,
        "profession": practitioner.profession,
        "register_number": practitioner.register_number,
    }


def put_practitioner(work: UnitOfWork, acting: Acting, practitioner: Practitioner, *, at_ms: int) -> None:
    """Store a new practitioner with the journal row."""
    work.practitioners.add(practitioner)
    work.journal.append(
        acting,
        kind=JournalKind.PUT,
        subject_kind=SubjectKind.PRACTITIONER,
        subject_id=practitioner.id,
        payload=practitioner_to_json(practitioner),
        at_ms=at_ms,
    )


def new_practitioner(name: str, profession: str, *, now_ms: int) -> Practitioner:
    """Return a practitioner of what was typed; InputRefused without a name."""
    one = Practitioner(
        new_id(now_ms), clean_text(name, limit=NAME_LIMIT), clean_text(profession, limit=NAME_LIMIT)
    )
    if not fold_name(one.name):
        raise InputRefused("practitioner_name_empty")
    return one


def put_new(work: UnitOfWork, acting: Acting, one: Practitioner, *, at_ms: int) -> None:
    """Store a new practitioner; InputRefused for a name that is there already."""
    folded = fold_name(one.name)
    if any(fold_name(other.name) == folded for other in work.practitioners.all()):
        raise InputRefused("practitioner_exists", name=one.name)
    put_practitioner(work, acting, one, at_ms=at_ms)


class PractitionerService:
    """The practitioners of a clinic; none is ever taken away, for their records name them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on an open clinic."""
        self._database = database
        self._clock = clock

    def all(self) -> tuple[Practitioner, ...]:
        """All practitioners by name, as stored now."""
        with self._database.reading() as work:
            return work.practitioners.all()

    def add(self, acting: Acting, name: str, profession: str = "") -> Practitioner:
        """Add a practitioner who cannot sign in; InputRefused without a name, or for one that is there already."""
        acting.require(Right.ADMINISTER)
        one = new_practitioner(name, profession, now_ms=self._clock.now_ms())
        with self._database.writing() as work:
            put_new(work, acting, one, at_ms=self._clock.now_ms())
            work.commit()
        return one
