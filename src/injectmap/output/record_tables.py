"""The tables of a record: syringes, passes of each side, and totals by zone."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING, Any

from injectmap.domain.product import Syringe
from injectmap.domain.session import OpenSession
from injectmap.domain.totals import (
    Totals,
    ZoneTotal,
    exact_totals,
    show_part,
    shown_totals,
    syringe_balances,
    zones_by_length,
)
from injectmap.domain.treatment_map import CannulaPass, PassStatus, Side, TreatmentMap
from injectmap.domain.units import show_length, show_volume, volume_per_cm
from injectmap.output.samples import Samples
from injectmap.output.show import kept_together, printable, show_date
from injectmap.words import Words, zone_text

if TYPE_CHECKING:
    from injectmap.atlas import Atlas

# Letters of a name on one line of the page, and lines that fit under the map (measured on both papers).
_NAME_LINE = 44
_ROWS_UNDER_MAP = 8
NOTHING = "–"


def count_text(count: int, words: Words) -> str:
    """How many passes, in words."""
    if count == 0:
        return words("record.no_passes")
    return words("record.one_pass") if count == 1 else words("record.passes", count=count)


def decimals_of(treatment_map: TreatmentMap) -> int:
    """Two decimals, or three everywhere if any pass needs them, so that columns line up."""
    return 3 if any(one.microlitres % 10 for one in treatment_map.passes) else 2


def map_page_full(opened: OpenSession, changes: int = 0) -> bool:
    """True if the syringes will not fit under the map, so that the passes follow them without a new page.

    `changes` is how many lines an amendment's table has.
    """
    name_lines = -(-len(opened.patient.display_name) // _NAME_LINE)
    products = len({syringe.product.id for syringe in opened.syringes})
    expired = sum(1 + len(one.expired_reason) // 60 for one in opened.syringes if _expired(one, opened))
    codes = sum(bool(one.udi) for one in opened.syringes)
    rows = len(opened.syringes) + products + expired + codes
    rows += 2 * (name_lines - 1) + 2 * bool(opened.session.error_reason)
    rows += 4 + changes if opened.amendment else 0
    rows += len(opened.map.zone_moves) > 0
    return rows > _ROWS_UNDER_MAP


def _expired(syringe: Syringe, opened: OpenSession) -> bool:
    return syringe.expired_on(opened.session.date)


def syringe_table(opened: OpenSession, words: Words) -> dict[str, Any]:
    """Every syringe with its lot, expiry and codes, and what became of its volume."""
    balances = syringe_balances(opened.syringes, opened.map)
    # A syringe may hold or discard a volume finer than any pass.
    fine = any(ul % 10 for one in opened.syringes for ul in (one.opened_ul, one.discarded_ul))
    decimals = 3 if fine else decimals_of(opened.map)

    def show(microlitres: int) -> str:
        return show_volume(microlitres, decimals=decimals)

    def volumes(parts: Iterable[int]) -> list[str]:
        return [show(part) for part in parts]

    rows = []
    for one in balances:
        syringe = one.syringe
        notes = []
        if _expired(syringe, opened):
            reason = syringe.expired_reason
            notes.append(
                words("record.expired_reason", reason=reason) if reason else words("record.expired_no_reason")
            )
        if syringe.udi:
            notes.append(words("record.udi", udi=printable(syringe.udi)))
        rows.append(
            {
                "number": str(syringe.number),
                "product": syringe.product.name,
                "lot": syringe.lot,
                "expiry": show_date(syringe.expiry) if syringe.expiry else "",
                "expired": _expired(syringe, opened),
                "serial": syringe.serial,
                "notes": notes,
                "volumes": volumes((syringe.opened_ul, one.injected_ul, syringe.discarded_ul, one.left_ul)),
            }
        )
    sums = (
        sum(one.syringe.opened_ul for one in balances),
        sum(one.injected_ul for one in balances),
        sum(one.syringe.discarded_ul for one in balances),
        sum(one.left_ul for one in balances),
    )
    return {
        "rows": rows,
        "sum": volumes(sums),
        "serials": any(row["serial"] for row in rows),
        "empty": words("record.no_syringes"),
        "expired": words("record.expired"),
    }


def how_text(one: CannulaPass, words: Words) -> str:
    """Technique, plane, instrument and standing of a pass in one line."""
    plane = words(f"plane.{one.plane.value}")
    if one.depth_um is not None:
        plane = words("record.depth", plane=plane, mm=f"{one.depth_um / 1000:.1f}")
    instrument = one.instrument
    parts = [
        words(f"technique.{one.technique.value}"),
        plane,
        words(
            f"instrument.{instrument.kind.value}",
            gauge=instrument.gauge,
            mm=f"{instrument.length_um / 1000:g}",
        ),
    ]
    if one.status is PassStatus.UNCONFIRMED:
        parts.append(words("record.unconfirmed"))
    return kept_together(" · ".join(parts))


def side_tables(opened: OpenSession, atlas: Atlas, words: Words, samples: Samples) -> list[dict[str, Any]]:
    """The passes of each side as done, right first; the plan layer stands in a list of its own."""
    treatment_map = opened.map
    decimals = decimals_of(treatment_map)
    performed = [one for one in treatment_map.passes if not one.is_planned]
    numbers, entries = treatment_map.numbers, treatment_map.entry_points
    syringes = {syringe.id: syringe.number for syringe in opened.syringes}

    def row(one: CannulaPass) -> dict[str, Any]:
        entry = entries.get(one.entry_id)
        numbered = [str(syringes[share.syringe_id]) for share in one.shares if share.syringe_id in syringes]
        return {
            "number": str(numbers[one.id]),
            "zone": zone_text(one, lambda zone: atlas.zones.info[zone].short_name, words),
            "sample": samples.name((zone, max(um, 1)) for zone, _, um in zones_by_length(one)),
            "entry": entry.letter if entry and not one.is_point else NOTHING,
            "mm": NOTHING if one.is_point else show_length(one.path.length_um),
            "ml_per_cm": volume_per_cm(one.microlitres, one.path.length_um) or NOTHING,
            "syringe": "+".join(numbered) or NOTHING,
            "ml": show_volume(one.microlitres, decimals=decimals),
        }

    def side(which: Side) -> dict[str, Any]:
        passes = [one for one in performed if one.side is which]
        waiting = any(one.status is not PassStatus.DONE for one in passes)
        return {
            "side": which.value,
            "heading": words(f"side.{which.value}"),
            "count": count_text(len(passes), words),
            "groups": [
                {"how": how, "rows": [row(one) for one in group]}
                for how, group in groupby(passes, key=lambda one: how_text(one, words))
            ],
            "notes": [
                *_shared(passes, numbers, syringes, words, decimals),
                *_deposits(passes, numbers, words, decimals),
            ],
            "sum": show_volume(
                sum(one.microlitres for one in passes if one.status is PassStatus.DONE), decimals=decimals
            ),
            "sum_label": words("record.sum_done" if waiting else "record.sum"),
        }

    wanted = [Side.RIGHT, Side.LEFT]
    if any(one.side is Side.MIDLINE for one in performed):
        wanted.append(Side.MIDLINE)
    return [side(which) for which in wanted] if performed else []


def _shared(
    passes: Iterable[CannulaPass],
    numbers: dict[str, int],
    syringes: dict[str, int],
    words: Words,
    decimals: int,
) -> list[str]:
    """A sentence for each pass that drew from more than one syringe."""
    sentences = []
    for one in passes:
        if len(one.shares) > 1:
            parts = ", ".join(
                words(
                    "record.from_syringe",
                    ml=show_volume(share.microlitres, decimals=decimals),
                    number=syringes.get(share.syringe_id, NOTHING),
                )
                for share in one.shares
            )
            sentences.append(words("record.from_syringes", number=numbers[one.id], parts=parts))
    return sentences


def _deposits(
    passes: Iterable[CannulaPass], numbers: dict[str, int], words: Words, decimals: int
) -> list[str]:
    """A sentence for each pass with deposits: how much lies where along it, and what lies along the rest."""
    sentences = []
    for one in passes:
        # A bolus is its own one deposit: its row says all.
        if not one.deposits or one.is_point:
            continue
        parts = [
            words(
                "record.deposit",
                ml=show_volume(each.microlitres, decimals=decimals),
                mm=show_length(each.position_um),
            )
            for each in one.deposits
        ]
        rest = one.microlitres - sum(each.microlitres for each in one.deposits)
        if rest:
            parts.append(words("record.deposit_rest", ml=show_volume(rest, decimals=decimals)))
        sentences.append(words("record.deposits", number=numbers[one.id], parts=", ".join(parts)))
    return sentences


def totals_table(treatment_map: TreatmentMap, atlas: Atlas, samples: Samples) -> dict[str, Any] | None:
    """Volume by zone and side; rows and columns add up as they are shown."""
    shown: Totals = shown_totals(treatment_map)
    if not shown.zones:
        return None
    decimals = decimals_of(treatment_map)
    exact = exact_totals(treatment_map)

    def cells(row: ZoneTotal | Totals, true: ZoneTotal | Totals) -> list[str]:
        pairs = zip(_three(row), _three(true), strict=True)
        return [show_part(part, real, decimals=decimals) or NOTHING for part, real in pairs]

    return {
        "rows": [
            {
                "zone": atlas.zones.info[row.zone].name,
                "sample": samples.name([(row.zone, 1)]),
                "cells": cells(row, exact[row.zone]),
            }
            for row in shown.zones
            if exact[row.zone].both_ul
        ],
        "sum": cells(shown, shown),
    }


def _three(row: ZoneTotal | Totals) -> tuple[int, int, int]:
    return row.right_ul, row.left_ul, row.both_ul
