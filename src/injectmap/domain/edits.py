"""Edits: the one way a treatment map changes, each with its inverse and its journal form."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from injectmap.domain.errors import Conflict
from injectmap.domain.forms import form
from injectmap.domain.map_items import MapItem, item_from_json, item_to_json, path_from_json, path_to_json
from injectmap.domain.treatment_map import (
    CannulaPass,
    Deposit,
    Instrument,
    InstrumentKind,
    PassStatus,
    Plane,
    Share,
    Side,
    Technique,
    TreatmentMap,
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
    SET_DEPTH = "set_depth"
    SET_DEPOSITS = "set_deposits"
    SET_STATUS = "set_status"
    SET_DEVIATION = "set_deviation"
    SPLIT_SYRINGES = "split_syringes"
    DRAW_FAN = "draw_fan"
    DRAW_CROSS_HATCH = "draw_cross_hatch"
    PLACE_BOLUS = "place_bolus"
    MIRROR = "mirror"
    NUDGE = "nudge"
    REORDER = "reorder"
    MEASURE = "measure"
    REMOVE_MEASUREMENT = "remove_measurement"
    MOVE_ZONE_CORNER = "move_zone_corner"
    RESET_ZONES = "reset_zones"
    APPLY_PROTOCOL = "apply_protocol"
    COPY_SESSION = "copy_session"
    CONFIRM = "confirm"
    FULFIL_PLAN = "fulfil_plan"


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
class ItemChange:
    """One item other than a pass before and after; None before means it is new, None after that it is removed."""

    before: MapItem | None
    after: MapItem | None

    def __post_init__(self) -> None:
        """A change has a subject, and keeps it."""
        if self.before is None and self.after is None:
            raise ValueError("a change needs an item")
        if self.before is not None and self.after is not None and self.before.id != self.after.id:
            raise ValueError("a change keeps the item's id")

    @property
    def item_id(self) -> str:
        """The id of the item that changes."""
        one = self.after or self.before
        assert one is not None
        return one.id


@dataclass(frozen=True, slots=True)
class Edit:
    """A complete, invertible change of a treatment map, made by one gesture."""

    kind: EditKind
    changes: tuple[PassChange, ...]
    items: tuple[ItemChange, ...] = ()

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
        return TreatmentMap(
            tuple(sorted(passes.values(), key=lambda one: one.order)), self._items_after(treatment_map)
        )

    def _items_after(self, treatment_map: TreatmentMap) -> tuple[MapItem, ...]:
        if not self.items:
            return treatment_map.items
        items = dict(treatment_map.item_by_id)
        for change in self.items:
            if items.get(change.item_id) != change.before:
                raise Conflict("map_has_changed")
            if change.after is None:
                del items[change.item_id]
            else:
                items[change.item_id] = change.after
        return tuple(items[key] for key in sorted(items))

    def inverse(self) -> Edit:
        """Return the edit that takes this one back."""
        return Edit(
            self.kind,
            tuple(PassChange(c.after, c.before) for c in reversed(self.changes)),
            tuple(ItemChange(c.after, c.before) for c in reversed(self.items)),
        )


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
    data: dict[str, Any] = {
        "id": one.id,
        "order": one.order,
        "entry": one.entry_id,
        **path_to_json(one.path),
        "technique": one.technique.value,
        "plane": one.plane.value,
        "depth_um": one.depth_um,
        "instrument": [one.instrument.kind.value, one.instrument.gauge, one.instrument.length_um],
        "shares": [[share.syringe_id, share.microlitres] for share in one.shares],
        "status": one.status.value,
    }
    # Written only where there is something to say, so that rows of earlier programs keep their form.
    if one.deposits:
        data["deposits"] = [[d.position_um, d.microlitres, d.zone, d.side.value] for d in one.deposits]
    said = {"fulfils": one.fulfils, "deviation": one.deviation, "reference": one.reference}
    return data | {key: value for key, value in said.items() if value}


@form("pass")
def pass_from_json(data: dict[str, Any]) -> CannulaPass:
    """Return the pass of its journal form."""
    kind, gauge, length_um = data["instrument"]
    return CannulaPass(
        id=data["id"],
        order=data["order"],
        entry_id=data["entry"],
        path=path_from_json(data),
        technique=Technique(data["technique"]),
        plane=Plane(data["plane"]),
        instrument=Instrument(InstrumentKind(kind), gauge, length_um),
        shares=tuple(Share(syringe, ul) for syringe, ul in data["shares"]),
        depth_um=data["depth_um"],
        status=PassStatus(data["status"]),
        deposits=tuple(Deposit(um, ul, zone, Side(side)) for um, ul, zone, side in data.get("deposits", ())),
        fulfils=data.get("fulfils"),
        deviation=data.get("deviation", ""),
        reference=data.get("reference", ""),
    )


def edit_to_json(edit: Edit) -> dict[str, Any]:
    """Return the journal payload of an edit."""

    def side(one: CannulaPass | None) -> dict[str, Any] | None:
        return None if one is None else pass_to_json(one)

    def item(one: MapItem | None) -> dict[str, Any] | None:
        return None if one is None else item_to_json(one)

    data: dict[str, Any] = {
        "kind": edit.kind.value,
        "changes": [[side(c.before), side(c.after)] for c in edit.changes],
    }
    if edit.items:
        data["items"] = [[item(c.before), item(c.after)] for c in edit.items]
    return data


@form("edit")
def kind_from_json(data: dict[str, Any]) -> EditKind:
    """Return what was done, of an edit's journal payload."""
    return EditKind(data["kind"])


@form("edit")
def edit_from_json(data: dict[str, Any]) -> Edit:
    """Return the edit of its journal payload."""

    def side(one: dict[str, Any] | None) -> CannulaPass | None:
        return None if one is None else pass_from_json(one)

    def item(one: dict[str, Any] | None) -> MapItem | None:
        return None if one is None else item_from_json(one)

    changes = tuple(PassChange(side(before), side(after)) for before, after in data["changes"])
    items = tuple(ItemChange(item(before), item(after)) for before, after in data.get("items", ()))
    return Edit(EditKind(data["kind"]), changes, items)
