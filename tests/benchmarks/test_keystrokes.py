"""The prices of the Keystroke-Level Model, worked out by hand."""

import pytest

from benchmarks.keystrokes import PricedHand


class Nothing:
    def __init__(self) -> None:
        self.done: list[object] = []

    def keys(self, *names: str) -> None:
        self.done += names

    def type(self, text: str) -> None:
        self.done.append(text)

    def click(self, widget: object, at: object = None) -> None:
        self.done.append(("click", widget, at))

    def drag(self, widget: object, stops: list[object]) -> None:
        self.done.append(("drag", widget, tuple(stops)))

    def scan(self, code: str) -> None:
        self.done.append(("scan", code))


def test_a_search_costs_a_thought_a_chord_its_letters_and_enter() -> None:
    hand = PricedHand(Nothing())
    hand.think()
    hand.keys("ctrl+f")
    hand.type("vast")
    hand.keys("Return")
    assert hand.ledger.seconds == pytest.approx(1.35 + 2 * 0.28 + 4 * 0.28 + 0.28)
    assert hand.ledger.operations == 2


def test_the_way_to_the_mouse_and_back_is_paid_once_each() -> None:
    hand = PricedHand(Nothing())
    hand.click("a")
    hand.drag("canvas", [1, 2])
    hand.keys("x")
    assert hand.ledger.seconds == pytest.approx(0.4 + 1.1 + 0.2 + (1.1 + 0.1 + 1.1 + 0.1) + 0.4 + 0.28)
    assert hand.ledger.operations == 3


def test_a_scan_is_one_operation_and_everything_reaches_the_hand() -> None:
    inner = Nothing()
    hand = PricedHand(inner)
    hand.scan("]d201")
    hand.keys("a", "b")
    assert hand.ledger.operations == 3
    assert inner.done == [("scan", "]d201"), "a", "b"]
