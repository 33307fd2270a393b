"""Letters that no shipped font has: on paper each stands as its name in brackets, and the text stays as typed."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Any

from injectmap.resources import asset_path

# Marks that only shape their neighbours: without the neighbour's glyph they say nothing on paper.
_SHAPERS = frozenset({0x200D, *range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400), *range(0xE0020, 0xE0080)})
_BREAKS = "\n\t"
# These turn the letters after them round: on paper they are named, so that nothing reads as it was not typed.
_OVERRIDES = "\u202d\u202e"


@cache
def _covered() -> frozenset[int]:
    """The code points that every weight of one of the shipped families has."""
    from fontTools.ttLib import TTFont

    families: dict[str, frozenset[int]] = {}
    for file in sorted(asset_path("fonts").glob("*.ttf")):
        family = file.stem.split("-")[0]
        with TTFont(file, lazy=True) as font:
            letters = frozenset(font.getBestCmap())
        families[family] = families.get(family, letters) & letters
    return frozenset().union(*families.values())


def has_glyph(letter: str) -> bool:
    """True if a letter can be set, or needs no glyph."""
    if letter in _OVERRIDES:
        return False
    return (
        ord(letter) in _covered() or letter in _BREAKS or unicodedata.category(letter) in ("Cf", "Zl", "Zp")
    )


def settable(text: str) -> str:
    """Text with `[name]` for every letter without a glyph; what only shapes such a letter goes with it."""
    if text.isascii() or all(map(has_glyph, text)):
        return text
    parts: list[str] = []
    after_named = False
    for letter in text:
        if after_named and ord(letter) in _SHAPERS:
            continue
        after_named = not has_glyph(letter)
        parts.append(f"[{_name(letter)}]" if after_named else letter)
    return "".join(parts)


def _name(letter: str) -> str:
    name = unicodedata.name(letter, "")
    # Names such as "CJK UNIFIED IDEOGRAPH-738B" say no more than the code does.
    return name.lower() if name and not any(c.isdigit() for c in name) else f"U+{ord(letter):04X}"


def settable_data(data: Any) -> tuple[Any, bool]:
    """Return a page's data with every text made settable, and whether any was not so as it stood."""
    changed = False

    def walk(value: Any) -> Any:
        nonlocal changed
        if isinstance(value, str):
            shown = settable(value)
            changed = changed or shown is not value
            return shown
        if isinstance(value, dict):
            return {key: walk(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [walk(item) for item in value]
        return value

    return walk(data), changed
