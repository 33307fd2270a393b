"""What stands on a treatment map beside its passes: measurements, moved zone corners, applied protocols."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from injectmap.domain.forms import form
from injectmap.domain.places import Side, SkinPath, SkinPoint, SkinPoints, ZoneLength


class MeasurementKind(StrEnum):
    """Why something was measured."""

    MEASURE = "measure"
    ASYMMETRY = "asymmetry"


@dataclass(frozen=True, slots=True)
class Measurement:
    """A length that was measured and kept: along the skin (`path`) and straight (`chord_um`).

    A baseline asymmetry is a measurement of its own kind with the clinician's words.
    """

    id: str
    kind: MeasurementKind
    path: SkinPath
    chord_um: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class ZoneMove:
    """A corner of the zones moved for this session, on one side; both zones that share it follow.

    `vertex` is a name of the zones file and `place` a skin point on that side.
    """

    vertex: str
    side: Side
    place: SkinPoint

    @property
    def id(self) -> str:
        """One move a corner and side."""
        return f"{self.vertex}:{self.side.value}"


@dataclass(frozen=True, slots=True)
class AppliedProtocol:
    """A protocol laid on one side of this map: which version, and the digest of what it said."""

    protocol_id: str
    version: int
    name: str
    label: str
    source: str
    digest: str
    side: Side

    @property
    def id(self) -> str:
        """One application a protocol version and side."""
        return f"{self.protocol_id}@{self.version}:{self.side.value}"


MapItem = Measurement | ZoneMove | AppliedProtocol


def path_to_json(path: SkinPath) -> dict[str, Any]:
    """Return the journal form of a path."""
    return {
        "curved": path.curved,
        "controls": path.controls.flat(),
        "points": path.points.flat(),
        "length_um": path.length_um,
        "zones": [[part.zone, part.side.value, part.length_um] for part in path.zones],
    }


def path_from_json(data: dict[str, Any]) -> SkinPath:
    """Return the path of its journal form."""
    return SkinPath(
        controls=SkinPoints.from_flat(data["controls"]),
        points=SkinPoints.from_flat(data["points"]),
        length_um=data["length_um"],
        zones=tuple(ZoneLength(zone, Side(side), um) for zone, side, um in data["zones"]),
        curved=data["curved"],
    )


def item_to_json(item: MapItem) -> dict[str, Any]:
    """Return the journal form of an item; `item` names its kind."""
    match item:
        case Measurement():
            return {
                "item": "measurement",
                "id": item.id,
                "kind": item.kind.value,
                "path": path_to_json(item.path),
                "chord_um": item.chord_um,
                "note": item.note,
            }
        case ZoneMove():
            return {
                "item": "zone_move",
                "vertex": item.vertex,
                "side": item.side.value,
                "place": list(item.place),
            }
        case AppliedProtocol():
            return {
                "item": "protocol",
                "protocol": item.protocol_id,
                "version": item.version,
                "name": item.name,
                "label": item.label,
                "source": item.source,
                "digest": item.digest,
                "side": item.side.value,
            }


@form("map_item")
def item_from_json(data: dict[str, Any]) -> MapItem:
    """Return the item of its journal form."""
    match data["item"]:
        case "measurement":
            kind = MeasurementKind(data["kind"])
            return Measurement(data["id"], kind, path_from_json(data["path"]), data["chord_um"], data["note"])
        case "zone_move":
            return ZoneMove(data["vertex"], Side(data["side"]), SkinPoint(*data["place"]))
        case "protocol":
            return AppliedProtocol(
                data["protocol"],
                data["version"],
                data["name"],
                data["label"],
                data["source"],
                data["digest"],
                Side(data["side"]),
            )
        case unknown:
            raise ValueError(f"no such map item: {unknown}")
