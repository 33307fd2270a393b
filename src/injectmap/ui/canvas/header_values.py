"""What the canvas header says of the selected passes, or of what is drawn next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from injectmap.domain.units import show_volume
from injectmap.ui.canvas.shapes import SHAPES, shape_text
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.domain.treatment_map import CannulaPass
    from injectmap.editing.editor import MapEditor

_BOLUSES = frozenset({"bolus", "micro_bolus"})


@dataclass(frozen=True, slots=True)
class HeaderValues:
    """The texts of the fields."""

    technique: str
    plane: str
    instrument: str
    syringe: str


def values(editor: MapEditor, words: Words, *, short: bool = False, shortest: bool = False) -> HeaderValues:
    """Read the editor; `short` takes the short words, `shortest` leaves the kind of instrument to its size."""
    from injectmap.ui.canvas.instruments import instrument_text

    chosen = editor.selected_passes
    techniques = [one.technique for one in chosen] or [editor.next_technique]
    planes = [one.plane for one in chosen] or [editor.defaults.plane]
    instruments = {one.instrument for one in chosen} or {editor.defaults.instrument}
    kinds = {one.kind for one in instruments}
    texts = [instrument_text(one, words) for one in instruments]
    if shortest and len(kinds) == 1:
        texts = [text.partition(" ")[2] for text in texts]
    return HeaderValues(
        _common([_written(f"technique.{one.value}", words, short) for one in techniques], words),
        _common([_written(f"plane.{one.value}", words, short) for one in planes], words),
        _common(texts, words),
        _common(_syringes(editor, chosen, words), words),
    )


def subject(editor: MapEditor, words: Words) -> str:
    """What the fields are about; of a shape in two lines."""
    chosen = editor.selected_passes
    if len(chosen) == 1:
        return words("header.pass", number=editor.map.numbers[chosen[0].id])
    if chosen:
        return words("header.passes", count=len(chosen))
    if editor.tool_id in SHAPES:
        # In two lines: the fields beside it need the room.
        return shape_text(editor, words).replace(", ", "\n", 2).replace("\n", ", ", 1)
    return words("header.next_bolus" if editor.tool_id in _BOLUSES else "header.next_pass")


def volume(editor: MapEditor, *, together: bool) -> str:
    """The volume of the next gesture, of each selected pass where they agree, or of all of them together.

    Nothing for passes that have none, as those of a protocol laid as a plan.
    """
    chosen = editor.selected_passes
    if not chosen:
        return show_volume(editor.next_volume_ul)
    if len(chosen) > 1 and together:
        return show_volume(editor.selection_volume_ul) if editor.selection_volume_ul else ""
    volumes = {one.microlitres for one in chosen}
    return show_volume(volumes.pop()) if len(volumes) == 1 and volumes != {0} else ""


def said(editor: MapEditor, words: Words) -> str:
    """The selected passes in one sentence, for a session that is only read; nothing if none is selected."""
    chosen = editor.selected_passes
    if not chosen:
        return ""
    read, mixed = values(editor, words, short=True), words("header.mixed")
    parts = [read.technique.lower(), read.plane[:1].lower() + read.plane[1:], read.instrument]
    kept = [part for part in parts if part.lower() != mixed.lower()]
    if read.syringe != mixed:
        kept.append(words("header.closed.syringe", number=read.syringe))
    key = "header.volume.value" if len(chosen) == 1 else "header.closed.volume"
    kept.append(words(key, ml=show_volume(editor.selection_volume_ul)))
    return words("header.closed", subject=subject(editor, words), values=", ".join(kept))


def _common(texts: Sequence[str], words: Words) -> str:
    return texts[0] if len(set(texts)) == 1 else words("header.mixed")


def _written(key: str, words: Words, short: bool) -> str:
    if not short:
        return words(key)
    text = words(f"{key}.short")
    return text[:1].upper() + text[1:]


def _syringes(editor: MapEditor, chosen: Sequence[CannulaPass], words: Words) -> list[str]:
    numbers = {syringe.id: str(syringe.number) for syringe in editor.syringes}
    none = words("header.none")
    used = ["+".join(numbers.get(s.syringe_id, none) for s in one.shares) or none for one in chosen]
    return used or [numbers.get(editor.syringe_id or "", none)]
