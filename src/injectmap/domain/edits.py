"""Edits: the one way a treatment map changes, each with its inverse and its journal form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from injectmap.domain.errors import Conflict
from injectmap.domain.treatment_map import (
    CannulaPass,
    Instrument,
    InstrumentKind,
    PassStatus,
    Plane,
    Share,
    Side,
    SkinPath,
    SkinPoints,
    Technique,
    TreatmentMap,
    ZoneLength,
)

if TYPE_CHECKING:
    from injectmap.domain.acting import Acting


class EditKind(StrEnum):
    """What the clinician did, as they would say it; names the step in undo and in the audit trail."""

    ADD_PASS = "add_pass"  # noqa: S105 - a cannula pass, not a password
    REMOVE_PASS = "remove_pass"  # noqa: S105
    MOVE_ENTRY = "move_entry"
    MOVE_VERTEX = "move_vertex"
    SET_VOLUME = "set_volume"
    SET_TECHNIQUE = "set_technique"
    SET_PLANE = "set_plane"
    SET_INSTRUMENT = "set_instrument"
    SET_SYRINGE = "set_syringe"
    APPLY_PROTOCOL = "apply_protocol"


@dataclass(frozen=True, slots=True)
class PassChange:
    """One pass before and after; None before means it is new, None after that it is removed."""

    before: CannulaPass | None
    after: CannulaPass | None

    def __post_init__(self) -> None:
        """A change has a subject, and keeps it."""
        if self.before is None and self.after is None:
            raise ValueError("a change needs a pass")
        if self.before is not None and self.after is not None and self.before.id != self.after.id:
            raise ValueError("a change keeps the pass's id")

    @property
    def pass_id(self) -> str:
        """The id of the pass that changes."""
        one = self.after or self.before
        assert one is not None
        return one.id


@dataclass(frozen=True, slots=True)
class Edit:
    """A complete, invertible change of a treatment map, made by one gesture."""

    kind: EditKind
    changes: tuple[PassChange, ...]

    def apply(self, treatment_map: TreatmentMap) -> TreatmentMap:
        """Return the map after the edit; Conflict if a pass is not as the edit expects it."""
        passes = dict(treatment_map.by_id)
        for change in self.changes:
            if passes.get(change.pass_id) != change.before:
                raise Conflict("map_has_changed")
            if change.after is None:
                del passes[change.pass_id]
            else:
                passes[change.pass_id] = change.after
        return TreatmentMap(tuple(sorted(passes.values(), key=lambda one: one.order)))

    def inverse(self) -> Edit:
        """Return the edit that takes this one back."""
        return Edit(self.kind, tuple(PassChange(c.after, c.before) for c in reversed(self.changes)))


class EditSink(Protocol):
    """Where edits are made durable before anything shows them."""

    def commit(
        self, acting: Acting, session_id: str, edit: Edit, revision: int, undoes: int | None = None
    ) -> Committed:
        """Store the edit and its journal row in one transaction; Conflict if `revision` is not the latest."""
        ...


@dataclass(frozen=True, slots=True)
class Committed:
    """The proof of a stored edit: the session's new revision and the journal row's number."""

    revision: int
    journal_number: int


def pass_to_json(one: CannulaPass) -> dict[str, Any]:
    """Return the journal form of a pass: integers, strings and lists only."""
    return {
        "id": one.id,
        "order": one.order,
        "entry": one.entry_id,
        "curved": one.path.curved,
        "controls": one.path.controls.flat(),
        "points": one.path.points.flat(),
        "length_um": one.path.length_um,
        "zones": [[part.zone, part.side.value, part.length_um] for part in one.path.zones],
        "technique": one.technique.value,
        "plane": one.plane.value,
        "depth_um": one.depth_um,
        "instrument": [one.instrument.kind.value, one.instrument.gauge, one.instrument.length_um],
        "shares": [[share.syringe_id, share.microlitres] for share in one.shares],
        "status": one.status.value,
    }


def pass_from_json(data: dict[str, Any]) -> CannulaPass:
    """Return the pass of its journal form."""
    kind, gauge, length_um = data["instrument"]
    return CannulaPass(
        id=data["id"],
        order=data["order"],
        entry_id=data["entry"],
        path=SkinPath(
            controls=SkinPoints.from_flat(data["controls"]),
            points=SkinPoints.from_flat(data["points"]),
            length_um=data["length_um"],
            zones=tuple(ZoneLength(zone, Side(side), um) for zone, side, um in data["zones"]),
            curved=data["curved"],
        ),
        technique=Technique(data["technique"]),
        plane=Plane(data["plane"]),
        instrument=Instrument(InstrumentKind(kind), gauge, length_um),
        shares=tuple(Share(syringe, ul) for syringe, ul in data["shares"]),
        depth_um=data["depth_um"],
        status=PassStatus(data["status"]),
    )


def edit_to_json(edit: Edit) -> dict[str, Any]:
    """Return the journal payload of an edit."""

    def side(one: CannulaPass | None) -> dict[str, Any] | None:
        return None if one is None else pass_to_json(one)

    return {"kind": edit.kind.value, "changes": [[side(c.before), side(c.after)] for c in edit.changes]}


def edit_from_json(data: dict[str, Any]) -> Edit:
    """Return the edit of its journal payload."""

    def side(one: dict[str, Any] | None) -> CannulaPass | None:
        return None if one is None else pass_from_json(one)

    changes = tuple(PassChange(side(before), side(after)) for before, after in data["changes"])
    return Edit(EditKind(data["kind"]), changes)
