"""Colours and measures of everything drawn on the head; clinical colours are data and have no theme."""

from __future__ import annotations

from dataclasses import dataclass

from injectmap.chart.primitives import Box

INK = "#14263C"
ENTRY_RED = "#B3202A"
SELECTION = "#1C6FE0"
WHITE = "#FFFFFF"
HALO_OPACITY = 0.92
SKIN_HALO = "#F6EFEA"
CANVAS = {False: "#FDFDFC", True: "#0E1215"}
PILL_EDGE = "#C4C9C6"
BADGE = "#1A242D"
MONO_GREY = "#3A3A3A"

LAYERS = (
    "grid",
    "midline",
    "zone_fill",
    "pattern",
    "zone_edge",
    "zone_names",
    "landmarks",
    "ghost",
    "measurements",
    "pass_halos",
    "passes",
    "labels",
    "entry_points",
    "corners",
    "selection",
    "badges",
)
# What lies under the lines of the passes.
GROUND_LAYERS = LAYERS[: LAYERS.index("pass_halos") + 1]


@dataclass(frozen=True, slots=True)
class ZoneLook:
    """How a zone is told apart: by fill, edge, pattern and name.

    `edge_dark` is the colour of the name off a dark head; `edge_share` thins the edge.
    """

    fill: str
    edge: str
    edge_dark: str
    pattern: str
    spacing: float
    fill_opacity: float = 0.30
    dash: tuple[float, ...] = ()
    edge_share: float = 1.0


ZONE_LOOKS: dict[str, ZoneLook] = {
    "lateral_zygomatic_arch": ZoneLook("#0B7F7A", "#075652", "#7FD6CF", "horizontal", 7),
    "preauricular": ZoneLook("#CF8414", "#7E4D00", "#F2C27A", "vertical", 7),
    "mandibular_angle": ZoneLook("#2C55A0", "#1C3E7C", "#A9C3F2", "dots", 8),
    "mandibular_border": ZoneLook("#9A63CF", "#62359A", "#D3B4F0", "diagonal", 8),
    "subzygomatic": ZoneLook("#C0507E", "#8A3060", "#F0A9C8", "falling", 8, dash=(5, 4)),
}
# Zones outside the C-shape are named and outlined, never coloured as if they belonged to it.
OTHER_ZONE = ZoneLook("#6F7B86", "#4F5B66", "#C3CCD4", "none", 0, fill_opacity=0.10, edge_share=0.6)


def zone_look(zone_id: str) -> ZoneLook:
    """The look of a zone; a plain slate for zones without a colour of their own."""
    return ZONE_LOOKS.get(zone_id, OTHER_ZONE)


# One design pixel on paper: 12.5 px labels become 6.9 pt, the 2.2 px pass 1.2 pt.
PAPER_PX_MM = 0.195

# Design pixels, not scaled by zoom.
PASS_WIDTH = 2.2
SELECTED_WIDTH = 3.0
HALO_EXTRA = 3.2
ARROW_LENGTH = 10.0
ARROW_WIDTH = 10.0
ENTRY_RADIUS = 8.5
ENTRY_RING = 2.5
ENTRY_DOT = 3.0
ZONE_EDGE = 1.5
ZONE_UNDERLAY = 3.5
SELECTION_BAND = 11.0
SELECTION_WHITE = 6.6
LABEL_HEIGHT = 19.0
LABEL_TEXT = 12.5
LABEL_GAP = 7.0
LABEL_SLIDE = 14.0
LETTER_TEXT = 17.0
NAME_TEXT = 12.5
NAME_HALO = 3.5
LEADER = 1.0
TURNED_DASH = (2.5, 2.5)
TURNED_OPACITY = 0.38
PLANNED_DOT = 3.0
PLANNED_STEP = 8.0
# A pass copied from another session and not confirmed is a hollow line.
HOLLOW_WIDTH = 5.2
HOLLOW_INNER = 2.4
GHOST_OPACITY = 0.35
BOLUS_RADIUS = 5.5
MICRO_BOLUS_RADIUS = 3.6
BOLUS_RIM = 1.8
# Deposits on a pass are drawn in mm of the head, and never thinner than the line that carries them.
DEPOSIT_MM = 1.1
DEPOSIT_LEAST = 2.4
MEASURE_WIDTH = 1.3
MEASURE_TICK = 9.0
MEASURE_TEXT = 12.5
NOTE_TEXT = 11.5
GUIDE_WIDTH = 1.0
GUIDE_DASH = (6.0, 4.0)
GRID_WIDTH = 0.8
LANDMARK_RADIUS = 2.6
LANDMARK_TEXT = 11.5
CORNER_SIZE = 9.0
BADGE_SIZE = 24.0
# Below this scale a view is too small for volumes.
SMALL_VIEW = 2.0


@dataclass(frozen=True, slots=True)
class MapStyle:
    """How one view is drawn.

    `px_per_mm` is drawing units per mm of the head. On screen a unit is a logical pixel; on paper
    (`unit="paper"`) it is a millimetre of the page and every mark is a fixed fraction of one. `mark_scale`
    makes all marks smaller, `line_scale` and `badge_scale` lines and side badges on top of that. `bounds`, in
    drawing units, is where labels and names may stand; None allows the whole window of the view. `corners` shows
    the corners of the zones as handles.
    """

    px_per_mm: float
    labels: str = "full"
    zones: bool = True
    patterns: bool = True
    names: bool = True
    badges: bool = False
    landmarks: bool = False
    midline: bool = False
    grid: bool = False
    corners: bool = False
    mono: bool = False
    unit: str = "screen"
    dark: bool = False
    mark_scale: float = 1.0
    line_scale: float = 1.0
    badge_scale: float = 1.0
    bounds: Box | None = None

    @property
    def mark(self) -> float:
        """Drawing units per design pixel."""
        return self.mark_scale * (PAPER_PX_MM if self.unit == "paper" else 1.0)

    @property
    def line(self) -> float:
        """Drawing units per design pixel of passes, entry points and edges, finer than text in small pictures."""
        return self.mark * self.line_scale

    @property
    def small(self) -> bool:
        """True for a screen view too small for patterns and volumes."""
        return self.unit == "screen" and self.px_per_mm < SMALL_VIEW

    @property
    def label_kind(self) -> str:
        """What is written at the tips at this scale."""
        return "chip" if self.small and self.labels == "full" else self.labels

    @property
    def ink(self) -> str:
        """The colour of a pass."""
        return "#000000" if self.mono else INK

    @property
    def entry(self) -> str:
        """The colour of an entry point."""
        return "#000000" if self.mono else ENTRY_RED
