"""Keeps who was treated, by whom and with which lot out of texts that a clinic typed itself."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from injectmap.domain.patient import Practitioner
    from injectmap.domain.session import OpenSession

_WORD = re.compile(r"[^\W_]+")
# Shorter words and titles stand in many texts and name nobody.
_SHORTEST = 3
_TITLES = frozenset({"prof", "mrs", "miss", "nurse", "doctor"})


def _folded(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))


@dataclass(frozen=True)
class Identity:
    """The words by which the people and packs of a clinic's open session would be known."""

    words: frozenset[str]

    @classmethod
    def of(cls, opened: OpenSession | None, practitioners: Iterable[Practitioner]) -> Identity:
        """Gather them; without a session only those of the practitioners."""
        texts = [one.name for one in practitioners]
        if opened is not None:
            patient = opened.patient
            texts += [patient.family_name, patient.given_name, opened.practitioner.name]
            texts += [text for one in opened.syringes for text in (one.lot, one.serial, one.udi)]
        words = {word for text in texts for word in _folded(text)}
        return cls(frozenset(word for word in words if len(word) >= _SHORTEST and word not in _TITLES))

    def named_in(self, text: str) -> bool:
        """True if a text holds one of the words."""
        return not self.words.isdisjoint(_folded(text))
