"""Deposits along a pass: what was typed of them, and where they lie when the pass moves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from injectmap.domain.errors import InputRefused
from injectmap.domain.skin_paths import to_mm
from injectmap.domain.treatment_map import CannulaPass, Deposit, Side, SkinPath
from injectmap.domain.units import UM_PER_MM, parse_volume

if TYPE_CHECKING:
    from injectmap.atlas import Zones

_LENGTH = re.compile(r"(\d{0,3})(?:[.,](\d{0,3}))?")


def parse_length(text: str, *, empty: str, not_a_number: str) -> int:
    """Read a length in mm such as `12` or `12,5` as micrometres; InputRefused with the codes given."""
    typed = text.strip()
    if not typed:
        raise InputRefused(empty)
    match = _LENGTH.fullmatch(typed)
    if match is None or not typed.strip(".,"):
        raise InputRefused(not_a_number, typed=typed)
    whole, decimals = match.group(1) or "0", match.group(2) or ""
    return int(whole) * UM_PER_MM + int(decimals.ljust(3, "0") or 0)


def parse_position(text: str) -> int:
    """Read a place along a pass in mm from the entry point as micrometres."""
    return parse_length(text, empty="position_empty", not_a_number="position_not_a_number")


def at_position(path: SkinPath, positions_um: Sequence[int]) -> np.ndarray:
    """Return the places (n, 3) mm that lie so far along a path from its entry point."""
    points = to_mm(path.points)
    gone = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    share = np.asarray(positions_um) / max(path.length_um, 1) * gone[-1]
    return np.stack([np.interp(share, gone, points[:, axis]) for axis in range(3)], axis=1)


def placed(path: SkinPath, laid: Sequence[tuple[int, int]], zones: Zones) -> tuple[Deposit, ...]:
    """Return deposits of (position in micrometres, microlitres), in order along a path, with their zones."""
    ranked = sorted(laid)
    if not ranked:
        return ()
    if ranked[0][0] < 0 or ranked[-1][0] > path.length_um:
        raise InputRefused("deposit_off_path")
    places = zones.at(at_position(path, [position for position, _ in ranked]))
    return tuple(
        Deposit(position, microlitres, zone, Side(side))
        for (position, microlitres), (zone, side) in zip(ranked, places, strict=True)
    )


def typed(one: CannulaPass, rows: Sequence[tuple[str, str]], zones: Zones) -> tuple[Deposit, ...]:
    """Return the deposits of a pass as typed: rows of (mm from the entry point, mL)."""
    if rows and one.is_point:
        raise InputRefused("deposits_need_path")
    laid = [(parse_position(position), parse_volume(volume)) for position, volume in rows]
    return placed(one.path, laid, zones)


def with_path(one: CannulaPass, path: SkinPath, zones: Zones) -> CannulaPass:
    """Return a pass on another path; its deposits keep their share of the length."""
    if not one.deposits:
        return replace(one, path=path)
    before = max(one.path.length_um, 1)
    laid = [
        (min(round(each.position_um * path.length_um / before), path.length_um), each.microlitres)
        for each in one.deposits
    ]
    return replace(one, path=path, deposits=placed(path, laid, zones))
