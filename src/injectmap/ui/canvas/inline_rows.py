"""What a pass holds besides its volume, as one line of text each: deposits, syringes, why it differs from the plan."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from injectmap.domain.errors import InputRefused
from injectmap.domain.units import UM_PER_MM, parse_volume, show_volume

if TYPE_CHECKING:
    from injectmap.domain.treatment_map import CannulaPass
    from injectmap.editing.editor import MapEditor
    from injectmap.words import Words

_BETWEEN = re.compile(r"[+;\n]")
_UNITS = re.compile(r"\s*(?:mm|ml)\b\.?", re.IGNORECASE)


def deposits_text(one: CannulaPass) -> str:
    """Such as 10 0.05 + 22 0.03: mm from the entry point, mL; empty without deposits."""
    return " + ".join(f"{_mm(each.position_um)} {show_volume(each.microlitres)}" for each in one.deposits)


def _mm(micrometres: int) -> str:
    return f"{micrometres / UM_PER_MM:.1f}".removesuffix(".0")


def split_text(editor: MapEditor, one: CannulaPass) -> str:
    """Such as 1 0.05 + 2 0.09: the syringe's number, mL."""
    numbers = {syringe.id: str(syringe.number) for syringe in editor.syringes}
    return " + ".join(
        f"{numbers[share.syringe_id]} {show_volume(share.microlitres)}"
        for share in one.shares
        if share.syringe_id in numbers
    )


def said(editor: MapEditor, one: CannulaPass, words: Words) -> list[str]:
    """What there is to say under the volume: split syringes and deposits; nothing for a plain pass."""
    lines = []
    if len(one.shares) > 1:
        lines.append(words("inline.split.line", split=split_text(editor, one)))
    if one.deposits:
        laid = sum(each.microlitres for each in one.deposits)
        text = ", ".join(
            words("inline.deposit", mm=_mm(each.position_um), ml=show_volume(each.microlitres))
            for each in one.deposits
        )
        rest = one.microlitres - laid
        lines.append(words("inline.deposits.line", deposits=text))
        if rest:
            lines.append(words("inline.deposits.rest", ml=show_volume(rest)))
    if one.deviation:
        lines.append(words("inline.deviation.line", reason=one.deviation))
    return lines


def row_text(row: str, editor: MapEditor, one: CannulaPass) -> str:
    """What stands in a row when it is opened."""
    return deposits_text(one) if row == "deposits" else split_text(editor, one)


def store(row: str, editor: MapEditor, pass_id: str, typed: str) -> None:
    """Give a pass what was typed in a row; InputRefused as the editor does, or if it cannot be read."""
    pairs = _pairs(typed, f"{row}_form")
    if row == "deposits":
        editor.set_deposits(pass_id, pairs)
        return
    if not pairs:
        raise InputRefused("split_form")
    ids = {str(syringe.number): syringe.id for syringe in editor.syringes}
    for number, _ in pairs:
        if number not in ids:
            raise InputRefused("syringe_number_unknown", number=number)
    editor.split_shares(pass_id, [(ids[number], parse_volume(volume)) for number, volume in pairs])


def _pairs(typed: str, code: str) -> list[tuple[str, str]]:
    """Read `a b + c d` as pairs; nothing typed is no pair."""
    if not typed.strip():
        return []
    pairs = []
    for part in _BETWEEN.split(_UNITS.sub("", typed)):
        pieces = part.split()
        if len(pieces) != 2:
            raise InputRefused(code)
        pairs.append((pieces[0], pieces[1]))
    return pairs
