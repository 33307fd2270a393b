"""What can be shown on the head besides the passes, as data: one row per overlay with its key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class OverlaySpec:
    """One overlay: its words are `overlay.<id>`, and `overlay.<id>.short` where there is little room."""

    id: str
    key: str
    on: bool = False


OVERLAYS: Final = (
    OverlaySpec("zones", "Z", on=True),
    OverlaySpec("labels", "L", on=True),
    OverlaySpec("landmarks", "K"),
    OverlaySpec("midline", "T"),
    OverlaySpec("grid", "G"),
    OverlaySpec("last_session", "H"),
)
FIRST_SHOWN: Final = frozenset(one.id for one in OVERLAYS if one.on)
