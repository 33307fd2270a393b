"""The record as PDF and as pictures of its pages, made by typst in memory."""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from injectmap.domain.errors import InputRefused
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings
from injectmap.output.record_document import record_document
from injectmap.resources import asset_path, asset_root
from injectmap.services.ports import RenderedPage

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.words import Words

STANDARDS = ["a-2a", "ua-1"]


class RecordWriter:
    """Makes the record of an open session; nothing of the patient is ever written to a temporary file.

    The same session, settings and instant give the same bytes.
    """

    def __init__(self, atlas_loader: Callable[[], Atlas], words: Words) -> None:
        """Take the atlas when first needed."""
        self._atlas_loader = atlas_loader
        self._words = words

    def pdf(
        self,
        opened: OpenSession,
        clinic: ClinicSettings,
        *,
        printed_at_ms: int,
        mono: bool = False,
        strict: bool = True,
    ) -> bytes:
        """The record as PDF/A-2a and PDF/UA-1; InputRefused("glyph_missing") for a letter without a glyph.

        Without `strict` such a record becomes a plain PDF that says on each page that it is not archival.
        """
        document = self._document(opened, clinic, printed_at_ms, mono=mono)
        try:
            return _compiled(document, printed_at_ms, format="pdf", pdf_standards=STANDARDS)[0]
        except InputRefused:
            if strict:
                raise
            document["marks"].append({"kind": "alert", "text": self._words("record.not_archival")})
            return _compiled(document, printed_at_ms, format="pdf")[0]

    def pages(
        self,
        opened: OpenSession,
        clinic: ClinicSettings,
        *,
        printed_at_ms: int,
        pixels_per_inch: float,
        mono: bool = False,
    ) -> tuple[RenderedPage, ...]:
        """The same pages as pictures."""
        document = self._document(opened, clinic, printed_at_ms, mono=mono)
        pictures = _compiled(document, printed_at_ms, format="png", ppi=pixels_per_inch)
        return tuple(_page(png, pixels_per_inch) for png in pictures)

    def _document(
        self, opened: OpenSession, clinic: ClinicSettings, printed_at_ms: int, *, mono: bool
    ) -> dict[str, Any]:
        return record_document(
            opened, clinic, self._atlas_loader(), self._words, printed_at_ms=printed_at_ms, mono=mono
        )


def _compiled(document: dict[str, Any], printed_at_ms: int, **how: Any) -> list[bytes]:
    """Compile the page template with its data; the data travels in memory only."""
    import typst

    try:
        made: Any = typst.compile(
            asset_path("templates", "record.typ").read_bytes(),
            root=str(asset_root()),
            font_paths=[str(asset_path("fonts"))],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(document, ensure_ascii=False)},
            timestamp=printed_at_ms // 1000,
            **how,
        )
    except typst.TypstError as error:
        letter = _missing_letter(str(error))
        if letter is None:
            raise
        # Only the letter leaves here: the message quotes the text around it.
        raise InputRefused("glyph_missing", letter=letter) from None
    return made if isinstance(made, list) else [made]


def _missing_letter(message: str) -> str | None:
    """The letter that typst could not find in any font, from its message; None for another fault."""
    found = re.search(r"the text `\"(.+?)\"` could not be displayed", message)
    if found:
        return found.group(1)
    return "?" if "could not be displayed" in message else None


def _page(png: bytes, pixels_per_inch: float) -> RenderedPage:
    # Width and height stand in the header of every PNG.
    width, height = struct.unpack(">II", png[16:24])
    return RenderedPage(png, width * 72 / pixels_per_inch, height * 72 / pixels_per_inch)
