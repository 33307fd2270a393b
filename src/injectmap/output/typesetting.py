"""Pages from templates and data, made by typst in memory; nothing of a patient is written to a temporary file."""

from __future__ import annotations

import json
import re
import struct
from typing import Any

from injectmap.domain.errors import InputRefused
from injectmap.output.glyphs import settable_data
from injectmap.resources import asset_path, asset_root
from injectmap.services.ports import RenderedPage

STANDARDS = ["a-2a", "ua-1"]


def typeset_pdf(template: str, data: dict[str, Any], at_ms: int) -> bytes:
    """Compile a template with its data to PDF/A-2a and PDF/UA-1; the same data and instant give the same bytes."""
    return _compiled(template, data, at_ms, format="pdf", pdf_standards=STANDARDS)[0]


def typeset_pages(
    template: str, data: dict[str, Any], at_ms: int, *, pixels_per_inch: float
) -> tuple[RenderedPage, ...]:
    """The same pages as pictures."""
    pictures = _compiled(template, data, at_ms, format="png", ppi=pixels_per_inch)
    return tuple(_page(png, pixels_per_inch) for png in pictures)


def _compiled(template: str, data: dict[str, Any], at_ms: int, **how: Any) -> list[bytes]:
    """Compile `assets/templates/<template>` with data; `data.placeholders` says whether a letter had no glyph."""
    import typst

    shown, changed = settable_data(data)
    shown["placeholders"] = changed
    try:
        made: Any = typst.compile(
            asset_path("templates", template).read_bytes(),
            root=str(asset_root()),
            font_paths=[str(asset_path("fonts"))],
            ignore_system_fonts=True,
            sys_inputs={"data": json.dumps(shown, ensure_ascii=False)},
            timestamp=at_ms // 1000,
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
