"""Tells those who follow an object which of its aspects changed, without any toolkit."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

Listener = Callable[[frozenset[str]], None]


class Followed:
    """Keeps its followers in the order in which they came."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._subscribers: list[Listener] = []

    def subscribe(self, callback: Listener) -> Callable[[], None]:
        """Be told which aspects changed; returns how to stop."""
        self._subscribers.append(callback)
        return partial(self._subscribers.remove, callback)

    def _tell(self, *aspects: str) -> None:
        for callback in tuple(self._subscribers):
            callback(frozenset(aspects))
