"""Volumes as integer microlitres and lengths as integer micrometres, and how people write and share them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from injectmap.domain.errors import InputRefused

UL_PER_ML = 1000
UM_PER_MM = 1000

_VOLUME = re.compile(r"(\d{0,4})(?:[.,](\d{0,6}))?")


def parse_volume(text: str) -> int:
    """Read a volume in mL such as `0.15` or `0,15` as microlitres.

    At most three decimals; signs, thousands separators and units are refused, never guessed.
    """
    typed = text.strip()
    if not typed:
        raise InputRefused("volume_empty")
    if typed.startswith(("-", "−")):
        raise InputRefused("volume_negative", typed=typed)
    match = _VOLUME.fullmatch(typed)
    if match is None or not typed.strip(".,"):
        raise InputRefused("volume_not_a_number", typed=typed)
    whole, decimals = match.group(1) or "0", match.group(2) or ""
    if len(decimals.rstrip("0")) > 3:
        raise InputRefused("volume_too_precise", typed=typed)
    volume = int(whole) * UL_PER_ML + int(decimals[:3].ljust(3, "0") or 0)
    if volume == 0:
        raise InputRefused("volume_zero", typed=typed)
    return volume


def needs_confirming(text: str) -> bool:
    """True of a bare whole number such as `1`: it may have been meant as a key, so only Enter gives it as a volume."""
    return text.strip().isdecimal()


def show_volume(microlitres: int, *, decimals: int | None = None) -> str:
    """Write a volume in mL: two decimals, or three where the third is not zero, so that nothing is rounded away."""
    places = decimals if decimals is not None else (2 if microlitres % 10 == 0 else 3)
    step = 10 ** (3 - places)
    sign, size = ("-", -microlitres) if microlitres < 0 else ("", microlitres)
    units = (size + step // 2) // step
    return f"{sign}{units // 10**places}.{units % 10**places:0{places}d}"


def show_length(micrometres: int) -> str:
    """Write a length in whole mm."""
    return str((micrometres + UM_PER_MM // 2) // UM_PER_MM)


def volume_per_cm(microlitres: int, micrometres: int) -> str:
    """Write mL per cm of skin with two decimals, or nothing for a path without length."""
    if micrometres <= 0:
        return ""
    return f"{microlitres / UL_PER_ML / (micrometres / UM_PER_MM / 10):.2f}"


def share_out(total: int, weights: Sequence[int]) -> list[int]:
    """Share an integer over weights by largest remainder; the parts always add up to the total.

    Equal remainders go to the earlier part. All-zero weights give everything to the first part.
    """
    if not weights:
        raise ValueError("nothing to share over")
    if total < 0 or any(weight < 0 for weight in weights):
        raise ValueError("share_out takes counts, not debts")
    whole = sum(weights)
    if whole == 0:
        return [total, *[0] * (len(weights) - 1)]
    parts = [total * weight // whole for weight in weights]
    left = total - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in by_remainder[:left]:
        parts[index] += 1
    return parts
