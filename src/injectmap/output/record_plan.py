"""What a record says of its plan and of the protocols laid on its map: what was carried out, and what differs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from injectmap.domain.compare import Deviation, deviations
from injectmap.domain.laying import ChangedPass, ProtocolDifference, differences, number_in
from injectmap.domain.map_items import AppliedProtocol
from injectmap.domain.protocol import Protocol, protocol_digest
from injectmap.domain.session import OpenSession
from injectmap.domain.treatment_map import CannulaPass, Side
from injectmap.domain.units import show_length, show_volume
from injectmap.services.record_parts import Attached
from injectmap.words import Words, zone_text

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

_NOTHING = "–"
# Half a millimetre of the head cannot be seen on paper and says nothing about a pass.
_MOVED_UM = 500


def plan_lines(opened: OpenSession, atlas: Atlas, words: Words) -> dict[str, Any] | None:
    """Planned beside done, in the order of the plan, and what was done beside it; None without a plan."""
    found = deviations(opened.map)
    if not found:
        return None
    numbers = opened.map.numbers

    def about(one: CannulaPass | None) -> list[str]:
        if one is None:
            return [_NOTHING, "", "", ""]
        return [
            str(numbers[one.id]),
            zone_text(one, lambda zone: atlas.zones.info[zone].short_name, words),
            _NOTHING if one.is_point else show_length(one.path.length_um),
            show_volume(one.microlitres) if one.microlitres else _NOTHING,
        ]

    rows = []
    for each in found:
        if each.planned is None:
            continue
        one = each.done or each.planned
        rows.append(
            {
                "side": words(f"side.{one.side.value}.badge"),
                "planned": about(each.planned),
                "done": about(each.done),
                "differs": _differs(each, words),
                "reason": each.reason,
            }
        )
    beside = [str(numbers[each.done.id]) for each in found if each.planned is None and each.done is not None]
    return {"rows": rows, "beside": words("record.not_planned", numbers=", ".join(beside)) if beside else ""}


def _differs(one: Deviation, words: Words) -> str:
    """What differs between the plan and what was done, in figures and words."""
    if one.done is None:
        return words("record.not_done")
    if not one.differs:
        return words("record.as_planned")
    parts = []
    if one.entry_moved_um >= _MOVED_UM:
        parts.append(words("record.entry_moved", mm=show_length(one.entry_moved_um)))
    if one.tip_moved_um >= _MOVED_UM:
        parts.append(words("record.tip_moved", mm=show_length(one.tip_moved_um)))
    if one.microlitres:
        sign = "+" if one.microlitres > 0 else "−"
        parts.append(words("record.volume_differs", ml=f"{sign}{show_volume(abs(one.microlitres))}"))
    parts += [words(f"deviation.{code}") for code in one.fields]
    return ", ".join(parts) or words("record.moved_little")


def protocol_lines(
    opened: OpenSession, attached: Attached, atlas: Atlas, words: Words
) -> list[dict[str, str]]:
    """Each protocol that was applied: version, side, label, source, and what differs on the map."""
    known = {protocol_digest(one): one for one in attached.protocols}
    return [
        {
            "name": words(
                "record.protocol",
                name=one.name,
                version=one.version,
                side=words(f"side.{one.side.value}"),
                label=words(f"protocol.{one.label}") if words.has(f"protocol.{one.label}") else one.label,
            ),
            "source": words("record.protocol_source", source=one.source.rstrip(".")) if one.source else "",
            "differs": _from_protocol(one, known.get(one.digest), opened, atlas, words),
        }
        for one in opened.map.protocols
    ]


def _from_protocol(
    applied: AppliedProtocol, protocol: Protocol | None, opened: OpenSession, atlas: Atlas, words: Words
) -> str:
    """What differs from the very version that was applied; without it, that it is not at hand."""
    if protocol is None:
        return words("record.protocol_unknown")
    found = next(one for one in differences(opened.map, protocol, atlas) if one.side is applied.side)
    said = words("record.protocol_as_is") if found.none else _difference(found, opened, words)
    followed = any(
        number_in(protocol, one.reference)
        for one in opened.map.passes
        if not one.is_planned and one.side in (applied.side, Side.MIDLINE)
    )
    return said if followed else f"{words('record.protocol_not_done')} {said}"


def _difference(found: ProtocolDifference, opened: OpenSession, words: Words) -> str:
    numbers = opened.map.numbers
    parts = []
    if found.missing:
        parts.append(words("record.protocol_missing", numbers=", ".join(map(str, found.missing))))
    if found.changed:
        changed = "; ".join(_changed(one, numbers, words) for one in found.changed)
        parts.append(words("record.protocol_changed", passes=changed))
    if found.added:
        beside = ", ".join(str(numbers[one.id]) for one in found.added)
        parts.append(words("record.protocol_beside", numbers=beside))
    return " ".join(parts)


def _changed(one: ChangedPass, numbers: dict[str, int], words: Words) -> str:
    what = []
    if one.entry_moved_um >= _MOVED_UM:
        what.append(words("record.entry_moved", mm=show_length(one.entry_moved_um)))
    if one.tip_moved_um >= _MOVED_UM:
        what.append(words("record.tip_moved", mm=show_length(one.tip_moved_um)))
    flags = (("course", one.course_changed), ("technique", one.technique), ("plane", one.plane))
    what += [words(f"deviation.{code}") for code, changed in flags if changed]
    return words(
        "record.protocol_pass",
        number=numbers[one.one.id],
        what=", ".join(what) or words("record.moved_little"),
    )
