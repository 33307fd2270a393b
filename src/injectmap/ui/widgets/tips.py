"""Tooltips that hold what people typed: Qt has no plain ones, and would read a name as markup."""

from __future__ import annotations

import html


def plain_tip(text: str) -> str:
    """Return a text so that a tooltip shows it letter for letter; one that holds no markup stays as it is."""
    if "<" not in text:
        return text
    return f'<span style="white-space:pre-wrap">{html.escape(text)}</span>'
