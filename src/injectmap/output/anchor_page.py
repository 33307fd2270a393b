"""The page of an anchor: one row of the journal and its hash, to be kept where the clinic's computers are not."""

from __future__ import annotations

from typing import Any

from injectmap.domain.anchors import Anchor
from injectmap.domain.record import show_digest
from injectmap.output.show import show_instant
from injectmap.output.typesetting import typeset_pages, typeset_pdf
from injectmap.services.ports import RenderedPage
from injectmap.words import Words

_TEMPLATE = "anchor.typ"


class AnchorWriter:
    """Writes anchor pages; implements the port AnchorOutput."""

    def __init__(self, words: Words) -> None:
        """Keep the words."""
        self._words = words

    def anchor_pdf(self, anchor: Anchor, clinic_name: str, time_zone: str, paper: str) -> bytes:
        """One page as PDF/A-2a and PDF/UA-1."""
        return typeset_pdf(_TEMPLATE, self._data(anchor, clinic_name, time_zone, paper), anchor.at_ms)

    def anchor_pages(
        self, anchor: Anchor, clinic_name: str, time_zone: str, paper: str, *, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        """The same page as a picture."""
        data = self._data(anchor, clinic_name, time_zone, paper)
        return typeset_pages(_TEMPLATE, data, anchor.at_ms, pixels_per_inch=pixels_per_inch)

    def _data(self, anchor: Anchor, clinic_name: str, time_zone: str, paper: str) -> dict[str, Any]:
        words = self._words
        at = show_instant(anchor.at_ms, time_zone)
        signed = []
        if anchor.signature:
            signed = [
                [words("anchor.public_key"), show_digest(anchor.public_key)],
                [words("anchor.signature"), show_digest(anchor.signature)],
            ]
        return {
            "document": words("anchor.document", clinic=clinic_name, row=anchor.number),
            "author": clinic_name,
            "title": words("anchor.title"),
            "clinic": clinic_name,
            "facts": [
                [words("anchor.taken"), at],
                [words("anchor.row"), str(anchor.number)],
                [words("anchor.clinic"), anchor.clinic_id],
                [words("anchor.program"), f"injectmap {anchor.program}"],
            ],
            "hash_title": words("anchor.hash"),
            "groups": show_digest(anchor.hash).split(),
            "signed": signed,
            "parts": [
                {"title": words(f"anchor.{part}"), "text": words(f"anchor.{part}.text")}
                for part in ("what", "keep", "use")
            ],
            "kept_title": words("anchor.kept"),
            "paper": paper,
            "mono": False,
            "demo": "",
            "purpose": words("anchor.foot"),
            "printed": words("record.printed", when=at),
            "page": words("record.page"),
            "lengths": "",
            "placeholder_note": words("record.placeholders"),
        }
