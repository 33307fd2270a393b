"""What the fields of the canvas header offer, for the selected passes or the next one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from injectmap.domain.treatment_map import Plane, Technique
from injectmap.domain.units import show_volume
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.header_field import Choice
from injectmap.ui.canvas.instruments import instrument_text, offered
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.domain.treatment_map import CannulaPass

OTHER: Final = "other"


class HeaderChoices:
    """Reads the editor each time a list opens; what all selected passes have is marked as chosen."""

    def __init__(self, bridge: EditorBridge, words: Words) -> None:
        """Offer in these words."""
        self._bridge, self._words = bridge, words

    def _current(self, of_pass: Callable[[CannulaPass], object], of_next: object) -> set[object]:
        editor = self._bridge.editor
        passes = editor.selected_passes if editor is not None else ()
        return {of_pass(one) for one in passes} or {of_next}

    def techniques(self) -> list[Choice]:
        """All techniques."""
        editor = self._bridge.editor
        if editor is None:
            return []
        now = self._current(lambda one: one.technique, editor.next_technique)
        return [Choice(self._words(f"technique.{t.value}"), t.value, now == {t}) for t in Technique]

    def planes(self) -> list[Choice]:
        """All planes."""
        editor = self._bridge.editor
        if editor is None:
            return []
        now = self._current(lambda one: one.plane, editor.defaults.plane)
        return [Choice(self._words(f"plane.{p.value}"), p.value, now == {p}) for p in Plane]

    def instruments(self) -> list[Choice]:
        """Those sold, those in use, and any other."""
        editor = self._bridge.editor
        if editor is None:
            return []
        now = self._current(lambda one: one.instrument, editor.defaults.instrument)
        listed = offered()
        listed += [one for one in now if one not in listed]  # type: ignore[misc]
        choices = [Choice(instrument_text(one, self._words), one, now == {one}) for one in listed]
        return [*choices, Choice(self._words("header.instrument.other"), OTHER)]

    def syringes(self) -> list[Choice]:
        """The session's syringes with what is left in them."""
        editor, words = self._bridge.editor, self._words
        if editor is None:
            return []
        if not editor.balances:
            return [Choice(words("header.syringe.missing"))]
        now = self._current(_first_syringe, editor.syringe_id)
        return [
            Choice(
                words(
                    "header.syringe.choice",
                    number=balance.syringe.number,
                    product=balance.syringe.product.name,
                    left=show_volume(balance.left_ul),
                ),
                balance.syringe.id,
                now == {balance.syringe.id},
            )
            for balance in editor.balances
        ]

    def sharings(self, together: bool) -> list[Choice]:
        """Whether a volume is that of each pass or of all."""
        ways = (("each", not together), ("together", together))
        return [Choice(self._words(f"header.sharing.{way}"), way, chosen) for way, chosen in ways]


def _first_syringe(one: CannulaPass) -> str | None:
    return one.shares[0].syringe_id if one.shares else None
