"""Protocols laid on the head, and those of the clinic's own."""

from __future__ import annotations

from injectmap.domain.laying import LaidPass, lay, place

__all__ = ["LaidPass", "lay", "place"]
