"""Tables as CSV for a spreadsheet: RFC 4180, UTF-8 with a byte order mark, no cell that becomes a formula."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence

# What makes spreadsheets compute a cell (OWASP, CSV injection), also behind spaces and in its full-width forms.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """Text that a spreadsheet shows and never computes: an apostrophe goes before what would begin a formula."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text


def csv_bytes(head: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The table as bytes; line ends within a cell stay in it."""
    page = io.StringIO(newline="")
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([harmless(cell.replace("\x00", "")) for cell in row])
    return codecs.BOM_UTF8 + page.getvalue().encode("utf-8")
