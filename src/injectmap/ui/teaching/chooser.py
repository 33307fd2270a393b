"""The list of all that can be presented: the open session's plays, and each protocol with its sides."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from injectmap.ui.teaching.sources import Offer
from injectmap.words import Words


class Chooser(QMenu):
    """A menu that hands on the offer chosen."""

    def __init__(
        self, offers: Iterable[Offer], take: Callable[[Offer], None], words: Words, parent: QWidget
    ) -> None:
        """`take` is a method of the parent, so that it lives as long."""
        super().__init__(parent)
        self._take = take
        protocols: dict[tuple[str, int], QMenu] = {}
        for offer in offers:
            into: QMenu = self
            text = offer.text
            if offer.protocol is not None:
                key = (offer.protocol.id, offer.protocol.version)
                if key not in protocols:
                    self.addSeparator()
                    protocols[key] = self.addMenu(_plain(offer.text))
                into, text = protocols[key], words(f"present.choose.{offer.sides}")
            into.addAction(_plain(text)).setData(offer)
        self.triggered.connect(self._on_chosen)

    def _on_chosen(self, action: QAction) -> None:
        offer = action.data()
        assert isinstance(offer, Offer)
        self._take(offer)


def _plain(text: str) -> str:
    """A text that somebody typed: an ampersand in it names no key."""
    return text.replace("&", "&&")
