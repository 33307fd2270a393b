"""The clinic's protocols beside those shipped: saved from a map, each version kept as it was."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from injectmap.domain.acting import Acting, Right
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.patient import clean_text
from injectmap.domain.protocol import Protocol, protocol_to_json
from injectmap.domain.session import OpenSession
from injectmap.domain.treatment_map import CannulaPass, Side, TreatmentMap
from injectmap.services.ports import Clock, Database, ProtocolCatalogue

NAME_LIMIT: Final = 80
SOURCE_LIMIT: Final = 300
NOTE_LIMIT: Final = 2000

CLINIC_LABEL: Final = "clinic_protocol"


class ProtocolService:
    """Protocols are only ever added: a saved version is never changed, and a shipped one never replaced."""

    def __init__(self, database: Database, clock: Clock, catalogue: ProtocolCatalogue) -> None:
        """Work on an open clinic and the protocols shipped with the program."""
        self._database = database
        self._clock = clock
        self._catalogue = catalogue

    def all(self, acting: Acting) -> tuple[Protocol, ...]:
        """Those shipped and the latest version of each of the clinic's own, by name."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            own = work.protocols.all()
        found = (*self._catalogue.protocols(), *own)
        return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.id)))

    def get(self, acting: Acting, protocol_id: str, version: int) -> Protocol | None:
        """One version, as far as it is known here: an older one of a shipped protocol is not kept."""
        acting.require(Right.READ)
        with self._database.reading() as work:
            own = work.protocols.get(protocol_id, version)
        shipped = (
            one for one in self._catalogue.protocols() if (one.id, one.version) == (protocol_id, version)
        )
        return own or next(shipped, None)

    def save(
        self,
        acting: Acting,
        opened: OpenSession,
        pass_ids: Collection[str] | None = None,
        *,
        name: str,
        source: str,
        note: str = "",
        label: str = CLINIC_LABEL,
        protocol_id: str | None = None,
        side: Side | None = None,
    ) -> Protocol:
        """Save passes of one side as a protocol for either, or as the next version of the clinic's `protocol_id`.

        Without passes chosen it takes what was done on `side`, or on the side with more passes; a plan where
        nothing was done. What was drawn on the right is kept as its mirror image. Volumes are never part of it.
        InputRefused: protocol_name_empty, protocol_source_empty, protocol_name_taken, protocol_without_passes,
        protocol_both_sides, protocol_shipped, text_too_long.
        """
        from injectmap.atlas import load_atlas
        from injectmap.domain.laying import one_side, pattern

        acting.require(Right.EDIT_PROTOCOL)
        words = _checked(name, source, note)
        chosen = _chosen(opened.map, pass_ids, side)
        if not chosen:
            raise InputRefused("protocol_without_passes")
        entries, passes = pattern(load_atlas(), chosen, one_side(chosen))
        now = self._clock.now_ms()
        shipped = self._catalogue.protocols()
        if protocol_id in {one.id for one in shipped}:
            raise InputRefused("protocol_shipped")
        with self._database.writing() as work:
            own = work.protocols.all()
            before = next((one for one in own if one.id == protocol_id), None)
            taken = {one.name.casefold() for one in (*shipped, *own) if one is not before}
            if words[0].casefold() in taken:
                raise InputRefused("protocol_name_taken", name=words[0])
            protocol = Protocol(
                before.id if before else protocol_id or new_id(now),
                before.version + 1 if before else 1,
                words[0],
                label,
                words[1],
                words[2],
                entries,
                passes,
            )
            work.protocols.add(protocol)
            work.journal.append(
                acting,
                kind=JournalKind.PUT,
                subject_kind=SubjectKind.PROTOCOL,
                subject_id=protocol.id,
                payload=protocol_to_json(protocol),
                at_ms=now,
            )
            work.commit()
        return protocol


def _checked(name: str, source: str, note: str) -> tuple[str, str, str]:
    """The words of a protocol; name and source have to be there."""
    cleaned = (
        " ".join(clean_text(name, limit=NAME_LIMIT).split()),
        clean_text(source, limit=SOURCE_LIMIT),
        clean_text(note, limit=NOTE_LIMIT),
    )
    if not cleaned[0]:
        raise InputRefused("protocol_name_empty")
    if not cleaned[1]:
        raise InputRefused("protocol_source_empty")
    return cleaned


def _chosen(
    treatment_map: TreatmentMap, pass_ids: Collection[str] | None, side: Side | None
) -> Sequence[CannulaPass]:
    if pass_ids is not None:
        return [one for one in treatment_map.passes if one.id in pass_ids]
    treated = [one for one in treatment_map.passes if not one.is_planned]
    layer = treated or treatment_map.passes
    counts = {which: sum(one.side is which for one in layer) for which in (Side.LEFT, Side.RIGHT)}
    wanted = side or (Side.RIGHT if counts[Side.RIGHT] > counts[Side.LEFT] else Side.LEFT)
    return [one for one in layer if one.side in (wanted, Side.MIDLINE)]
