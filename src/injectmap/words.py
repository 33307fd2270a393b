"""The one catalogue of words: codes of the lower layers become sentences for the window and the page."""

from __future__ import annotations

import json
from functools import cache

from injectmap.resources import asset_path


class Words:
    """Texts by key; a missing key is a fault of ours and raises, so that no code is ever shown to a clinician."""

    def __init__(self, texts: dict[str, str]) -> None:
        """Keep the texts."""
        self.texts = texts

    def __call__(self, key: str, /, **blanks: object) -> str:
        """Return the text of a key with its blanks filled."""
        return self.texts[key].format(**blanks) if blanks else self.texts[key]

    def has(self, key: str) -> bool:
        """True if the catalogue holds the key."""
        return key in self.texts


@cache
def load_words(language: str = "en") -> Words:
    """Read all files of a language; the same key in two files is refused."""
    texts: dict[str, str] = {}
    for file in sorted(asset_path("i18n", language).glob("*.json")):
        part: dict[str, str] = json.loads(file.read_text("utf-8"))
        if doubled := texts.keys() & part.keys():
            raise ValueError(f"{file.name} repeats {sorted(doubled)}")
        texts |= part
    return Words(texts)
