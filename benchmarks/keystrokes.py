"""Prices what a hand does with the Keystroke-Level Model (Card, Moran and Newell 1980): seconds and operations.

Operators as the project uses them: a key K 0.28 s (a chord is one key stroke for each key in it), pointing P 1.1 s,
a click 0.2 s, the hand's way between keyboard and mouse H 0.4 s, and making up one's mind M 1.35 s before each
command that the one before does not lead to. An operation is a key stroke outside typed text (a chord is one), a
click, a drag or a scan; text that is typed counts key by key in the seconds alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

K, P, CLICK, H, M = 0.28, 1.1, 0.2, 0.4, 1.35
# Holding a button down or letting it go is half a click.
PRESS = CLICK / 2


class Hand(Protocol):
    """What moves mouse and keyboard; the places are the window's own business."""

    def keys(self, *names: str) -> None:
        """Press chords such as ctrl+f, one after another."""
        ...

    def type(self, text: str) -> None:
        """Type a text."""
        ...

    def click(self, widget: Any, at: Any = None) -> None:
        """Click a widget."""
        ...

    def drag(self, widget: Any, stops: list[Any]) -> None:
        """Press at the first stop, let go at the last."""
        ...

    def scan(self, code: str) -> None:
        """Read a box with a scanner that types the code and ends with Enter."""
        ...


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done, with its price."""

    what: str
    seconds: float
    operations: int


@dataclass
class Ledger:
    """Adds up deeds; knows where the hand is, so that its way between keyboard and mouse is paid when it is gone."""

    deeds: list[Deed] = field(default_factory=list)
    _at_mouse: bool = False

    @property
    def seconds(self) -> float:
        """All that was done, priced."""
        return sum(deed.seconds for deed in self.deeds)

    @property
    def operations(self) -> int:
        """How many operations that were."""
        return sum(deed.operations for deed in self.deeds)

    def _add(self, what: str, seconds: float, operations: int, *, mouse: bool, mind: bool) -> None:
        way = H if mouse != self._at_mouse else 0.0
        self._at_mouse = mouse
        self.deeds.append(Deed(what, seconds + way + (M if mind else 0.0), operations))

    def key(self, chord: str, *, mind: bool) -> None:
        """A key stroke outside typed text."""
        self._add(chord, K * len(chord.split("+")), 1, mouse=False, mind=mind)

    def text(self, typed: str, *, mind: bool) -> None:
        """Typed text."""
        self._add(f"type {len(typed)} keys", K * len(typed), 0, mouse=False, mind=mind)

    def click(self, *, mind: bool) -> None:
        """Point and click."""
        self._add("click", P + CLICK, 1, mouse=True, mind=mind)

    def drag(self, *, mind: bool) -> None:
        """Point, press, point, let go."""
        self._add("drag", P + PRESS + P + PRESS, 1, mouse=True, mind=mind)

    def scan(self, *, mind: bool) -> None:
        """Aim the scanner at the box and pull: the hand leaves the keyboard for it, and comes back."""
        self._add("scan", P + CLICK, 1, mouse=True, mind=mind)


class PricedHand:
    """Does what another hand does, and writes down the price. `think` marks the next deed as a new command."""

    def __init__(self, hand: Hand) -> None:
        """Work through a hand."""
        self._hand, self.ledger = hand, Ledger()
        self._mind = False

    def think(self) -> None:
        """The next deed is a command that the one before did not lead to."""
        self._mind = True

    def _took_thought(self) -> bool:
        mind, self._mind = self._mind, False
        return mind

    def keys(self, *names: str) -> None:
        """Press chords."""
        for name in names:
            self.ledger.key(name, mind=self._took_thought())
        self._hand.keys(*names)

    def type(self, text: str) -> None:
        """Type a text."""
        self.ledger.text(text, mind=self._took_thought())
        self._hand.type(text)

    def click(self, widget: Any, at: Any = None) -> None:
        """Click a widget."""
        self.ledger.click(mind=self._took_thought())
        self._hand.click(widget, at)

    def drag(self, widget: Any, stops: Sequence[Any]) -> None:
        """Drag over a widget."""
        self.ledger.drag(mind=self._took_thought())
        self._hand.drag(widget, list(stops))

    def scan(self, code: str) -> None:
        """Scan a box."""
        self.ledger.scan(mind=self._took_thought())
        self._hand.scan(code)
