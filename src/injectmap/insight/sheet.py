"""A matplotlib figure used as a sheet: places in logical pixels from the top left, text in our own fonts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import Any

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import EllipseCollection, LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patches import FancyBboxPatch, PathPatch, Polygon, Rectangle
from matplotlib.path import Path as Outline

from injectmap.chart.primitives import Box
from injectmap.chart.text_widths import text_width
from injectmap.insight.look import Look
from injectmap.resources import asset_path
from injectmap.services.insight import Pixels

_FACES = {400: "Regular", 600: "Semibold", 700: "Bold"}
PRINT_DPI = 300.0
# Pictures within an SVG are as fine as the stored ones of the head.
SVG_DPI = 216.0
# What makes the ids in an SVG; any fixed text gives the same file each time.
_SALT = "injectmap"


@cache
def _face(weight: int) -> FontProperties:
    return FontProperties(fname=str(asset_path("fonts", f"SourceSansPro-{_FACES[weight]}.ttf")))


class Sheet:
    """Draws on one axes that covers the figure; y grows downwards and one unit is one logical pixel (one point).

    Everything is drawn in the order of the calls.
    """

    def __init__(self, width: float, height: float, look: Look, *, ratio: float = 1.0) -> None:
        """An empty sheet; `ratio` device pixels make one logical one."""
        self.width, self.height, self.look, self.ratio = width, height, look, ratio
        self.figure = Figure(figsize=(width / 72, height / 72), dpi=72 * ratio, facecolor=look.ground)
        self._canvas = FigureCanvasAgg(self.figure)
        self.axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self.axes.set_axis_off()
        self.axes.set_xlim(0, width)
        self.axes.set_ylim(height, 0)
        self._order = 1.0

    def _next(self) -> float:
        self._order += 1.0
        return self._order

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12.0,
        weight: int = 400,
        colour: str | None = None,
        anchor: str = "left",
        clear: bool = False,
    ) -> None:
        """Write one line with its baseline at y; `clear` keeps the ground free around it."""
        if clear:
            wide = self.width_of(text, size=size, weight=weight) + 6.0
            left = x - {"left": 3.0, "center": wide / 2, "right": wide - 3.0}[anchor]
            self.box(Box(left, y - 0.8 * size, left + wide, y + 0.16 * size), fill=self.look.ground)
        self.axes.text(
            x,
            y,
            # Two dollars would be read as mathematics.
            text.replace("$", r"\$"),
            fontproperties=_face(weight),
            fontsize=size,
            color=colour or self.look.text,
            ha=anchor,
            va="baseline",
            zorder=self._next(),
        )

    @staticmethod
    def width_of(text: str, *, size: float = 12.0, weight: int = 400) -> float:
        """How wide a line of text is."""
        return text_width(text, size, weight)

    def box(
        self,
        box: Box,
        *,
        fill: str | None = None,
        stroke: str | None = None,
        width: float = 1.0,
        radius: float = 0.0,
        dash: tuple[float, ...] = (),
    ) -> Any:
        """Draw a rectangle, with round corners if wanted; returns it, to clip others to it."""
        how: dict[str, Any] = {
            "facecolor": fill or "none",
            "edgecolor": stroke or "none",
            "linewidth": width if stroke else 0.0,
            "zorder": self._next(),
        }
        if dash:
            how["linestyle"] = (0, tuple(part / width for part in dash))
        if radius > 0.0:
            patch: Any = FancyBboxPatch(
                (box.left, box.top),
                box.width,
                box.height,
                boxstyle=f"round,pad=0,rounding_size={radius:g}",
                mutation_aspect=1.0,
                **how,
            )
        else:
            patch = Rectangle((box.left, box.top), box.width, box.height, **how)
        self.axes.add_patch(patch)
        return patch

    def lines(
        self,
        lines: Sequence[Sequence[tuple[float, float]]],
        colour: str,
        *,
        width: float = 1.0,
        opacity: float = 1.0,
        flat: bool = True,
        clip: Any = None,
    ) -> None:
        """Draw lines through points."""
        if not lines:
            return
        drawn = LineCollection(
            [np.asarray(line) for line in lines],
            colors=[colour],
            linewidths=[width],
            alpha=opacity,
            capstyle="butt" if flat else "round",
            zorder=self._next(),
        )
        self.axes.add_collection(drawn, autolim=False)
        if clip is not None:
            drawn.set_clip_path(clip)

    def dots(
        self, centres: npt.NDArray[np.float64], radius: float, colour: str, *, opacity: float = 1.0
    ) -> None:
        """Draw small discs."""
        if not len(centres):
            return
        size = np.full(len(centres), 2 * radius)
        drawn = EllipseCollection(
            size,
            size,
            np.zeros(len(centres)),
            offsets=centres,
            units="xy",
            facecolors=[colour],
            alpha=opacity,
            linewidths=[0.0],
            offset_transform=self.axes.transData,
            zorder=self._next(),
        )
        self.axes.add_collection(drawn, autolim=False)

    def picture(self, pixels: npt.NDArray[np.uint8], box: Box, clip: Any) -> None:
        """Lay an RGB picture over a box, pixel for pixel if it has the box's device pixels."""
        self.axes.imshow(
            pixels,
            extent=(box.left, box.right, box.bottom, box.top),
            aspect="auto",
            interpolation="nearest" if self._fits(pixels, box) else "antialiased",
            zorder=self._next(),
        ).set_clip_path(clip)
        # imshow takes the axes to be about the picture.
        self.axes.set_xlim(0, self.width)
        self.axes.set_ylim(self.height, 0)

    def _fits(self, pixels: npt.NDArray[np.uint8], box: Box) -> bool:
        return bool(pixels.shape[1] == round(box.width * self.ratio))

    def contours(
        self,
        values: npt.NDArray[np.float64],
        box: Box,
        levels: Sequence[float],
        colour: str,
        *,
        width: float,
        clip: Any,
    ) -> None:
        """Draw lines of equal value; `values` (h, w) stand at the middles of pixels that fill the box.

        A line ends where there is no value (not a number).
        """
        most = float(np.nanmax(values, initial=0.0))
        within = [level for level in levels if level < most]
        if not within:
            return
        rows, columns = values.shape
        x = box.left + (np.arange(columns) + 0.5) * (box.width / columns)
        y = box.top + (np.arange(rows) + 0.5) * (box.height / rows)
        drawn = self.axes.contour(
            x,
            y,
            np.ma.masked_invalid(values),
            levels=within,
            colors=[colour],
            linewidths=width,
            zorder=self._next(),
        )
        drawn.set_clip_path(clip)

    def polygon(self, points: Sequence[tuple[float, float]], fill: str) -> None:
        """Fill a polygon."""
        self.axes.add_patch(
            Polygon(np.asarray(points), facecolor=fill, edgecolor="none", zorder=self._next())
        )

    def outline(self, points: Sequence[tuple[float, float]], colour: str, width: float) -> None:
        """Draw an open line with round joins."""
        path = Outline(np.asarray(points))
        self.axes.add_patch(
            PathPatch(path, facecolor="none", edgecolor=colour, linewidth=width, zorder=self._next())
        )

    # What it becomes

    def pixels(self) -> Pixels:
        """The sheet in device pixels."""
        self._canvas.draw()  # type: ignore[no-untyped-call]
        buffer = np.asarray(self._canvas.buffer_rgba())  # type: ignore[no-untyped-call]
        height, width = buffer.shape[:2]
        return Pixels(buffer.tobytes(), width, height)

    def png(self) -> bytes:
        """The sheet as PNG, 300 device pixels an inch."""
        content = io.BytesIO()
        self.figure.savefig(content, format="png", dpi=PRINT_DPI, metadata={"Software": None})
        return content.getvalue()

    def svg(self, title: str) -> bytes:
        """The sheet as SVG: letters as outlines, so that it looks the same wherever it is opened."""
        content = io.BytesIO()
        how: dict[Any, Any] = {"svg.hashsalt": _SALT, "svg.fonttype": "path", "svg.image_inline": True}
        with mpl.rc_context(how):
            self.figure.savefig(
                content,
                format="svg",
                dpi=SVG_DPI,
                metadata={"Date": None, "Creator": "injectmap", "Title": title},
            )
        return content.getvalue()
