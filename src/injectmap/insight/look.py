"""Colours of figures on the screen, light and dark, and on paper, in colour and in black and white."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from injectmap.chart import styles
from injectmap.chart.styles import zone_look


@dataclass(frozen=True, slots=True)
class Look:
    """What a figure is drawn with; sizes are logical pixels, on paper points.

    `ground` lies behind the figure, `canvas` behind the head; `badge` is the ground of R and L. `veil` is the share of
    black over the head. With `mono` zones are told by pattern and the dose by grey.
    """

    ground: str
    canvas: str
    text: str
    text2: str
    line: str
    frame: str
    badge: str
    on_badge: str
    veil: float = 0.0
    mono: bool = False


# As the chrome of the window (screen tokens, section 1), which this package cannot see.
LIGHT: Final = Look("#F1F2F0", "#FDFDFC", "#1A242D", "#4F5B66", "#DCDFDB", "#C4C9C6", "#1A242D", "#FAFAF8")
DARK: Final = Look(
    "#12161A", "#0E1215", "#E9EDF0", "#B0BAC3", "#2B323A", "#414B55", "#E9EDF0", "#191E23", veil=0.10
)
PAPER: Final = Look("#FFFFFF", "#FFFFFF", "#14263C", "#4F5B66", "#D3D8D5", "#C4C9C6", "#1A242D", "#FFFFFF")
MONO: Final = Look(
    "#FFFFFF", "#FFFFFF", "#000000", "#3C3C3C", "#B4B4B4", "#969696", "#000000", "#FFFFFF", mono=True
)


@dataclass(frozen=True, slots=True)
class BarLook:
    """How the part of a bar that stands for a zone is filled and marked."""

    fill: str
    edge: str
    mark: str
    pattern: str
    spacing: float


# Zones without a colour of their own are told by greys and patterns in turn; the name stands beside them.
_GREYS: Final = ("#6F7B86", "#98A4AE", "#4F5B66")
_PATTERNS: Final = ("none", "falling", "dots", "vertical", "horizontal", "diagonal")


def bar_look(zone_id: str, number: int, look: Look) -> BarLook:
    """The look of a zone in a chart; `number` tells apart zones that share one look on the head."""
    own = zone_look(zone_id)
    fill, edge, pattern, spacing = own.fill, own.edge, own.pattern, own.spacing
    if own is styles.OTHER_ZONE:
        fill, pattern, spacing = _GREYS[number % 3], _PATTERNS[number % 6], 7.0
    if look.mono:
        return BarLook("#FFFFFF", "#000000", styles.MONO_GREY, pattern, spacing)
    return BarLook(fill, edge, "#FFFFFF", pattern, spacing)


# The dose (screen tokens, section 2), from none to the top in mL/cm2; more than that is drawn as that.
_DOSE_TOP: Final = 0.30
_CONTOURS: Final = (0.05, 0.10, 0.20)
# Many sessions lie many times as thick: their scale is so many times as long, or all would be one colour.
_LONGER: Final = (1, 2, 5, 10, 20, 50, 100)
_OVER: Final = 1.5


@dataclass(frozen=True, slots=True)
class DoseScale:
    """The top of the colours and the lines of equal dose, in mL/cm2."""

    top: float
    contours: tuple[float, ...]


def dose_scale(most: float) -> DoseScale:
    """The scale for a map whose highest density is `most`; the usual one unless that is well above its top."""
    factor = next((one for one in _LONGER if most <= _OVER * _DOSE_TOP * one), _LONGER[-1])
    return DoseScale(_DOSE_TOP * factor, tuple(level * factor for level in _CONTOURS))


DOSE_COLOURS: Final = ("#F6D88A", "#E89C4E", "#C74B5A", "#7A2463", "#2E123F")
DOSE_GREYS: Final = ("#DADADA", "#B4B4B4", "#828282", "#4B4B4B", "#1E1E1E")
CONTOUR: Final = "#2E123F"


def dose_colours(look: Look) -> tuple[str, ...]:
    """The colours from little to much."""
    return DOSE_GREYS if look.mono else DOSE_COLOURS
