"""The recovery sheet: the clinic's recovery key on one page, typeset in memory and never written by us."""

from __future__ import annotations

from typing import Any

from injectmap.domain.keys import recovery_groups
from injectmap.output.show import show_instant
from injectmap.output.typesetting import typeset_pages, typeset_pdf
from injectmap.services.keys import SheetText
from injectmap.services.ports import RenderedPage
from injectmap.words import Words

_TEMPLATE = "recovery_sheet.typ"


class RecoverySheetWriter:
    """Writes recovery sheets; implements the port SheetOutput."""

    def __init__(self, words: Words) -> None:
        """Keep the words."""
        self._words = words

    def pdf(self, sheet: SheetText) -> bytes:
        """The sheet as PDF/A-2a and PDF/UA-1."""
        return typeset_pdf(_TEMPLATE, self._data(sheet), sheet.at_ms)

    def pages(self, sheet: SheetText, *, pixels_per_inch: float) -> tuple[RenderedPage, ...]:
        """The same page as a picture."""
        return typeset_pages(_TEMPLATE, self._data(sheet), sheet.at_ms, pixels_per_inch=pixels_per_inch)

    def _data(self, sheet: SheetText) -> dict[str, Any]:
        words = self._words
        at = show_instant(sheet.at_ms, sheet.time_zone)
        return {
            "document": words("sheet.document", clinic=sheet.clinic),
            "author": sheet.clinic,
            "title": words("sheet.title"),
            "clinic": sheet.clinic,
            "facts": [[words("sheet.file"), sheet.file_name], [words("sheet.printed"), at]],
            "key_title": words("sheet.key"),
            "groups": list(recovery_groups(sheet.recovery_key)),
            "reading": words("sheet.reading"),
            "parts": [
                {"title": words(f"sheet.{part}"), "text": words(f"sheet.{part}.text")}
                for part in ("what", "keep", "use", "lost")
            ],
            "kept_title": words("sheet.kept"),
            "paper": sheet.paper.value,
            "mono": False,
            "demo": "",
            "purpose": words("sheet.foot"),
            "printed": words("record.printed", when=at),
            "page": words("record.page"),
            "lengths": "",
            "placeholder_note": words("record.placeholders"),
        }
