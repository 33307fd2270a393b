"""Lot and expiry of a syringe are never cut off."""

from __future__ import annotations

from injectmap.ui.session.syringe_row import _ROOM, _in_lines
from injectmap.ui.theme import metrics


def test_what_does_not_fit_is_broken_between_its_parts(theme) -> None:
    short = "Filler · lot A1 · exp 1 May 2027"
    assert _in_lines(short) == [short]
    assert _in_lines("") == []
    long = "HArmonyCa Lidocaine · lot H26D204 · exp 28 Aug 2027"
    assert _in_lines(long) == ["HArmonyCa Lidocaine", "lot H26D204 · exp 28 Aug 2027"]
    expired = "expired 28 Aug 2026 · HArmonyCa Lidocaine · lot H26D204 · serial SN0001234"
    assert _in_lines(expired)[0] == "expired 28 Aug 2026"
    for line in (*_in_lines(long), *_in_lines(expired)):
        assert metrics("label").horizontalAdvance(line) <= _ROOM
