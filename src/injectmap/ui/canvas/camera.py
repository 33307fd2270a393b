"""Where the millimetres of a view's window lie on the widget: zoom and pan without any toolkit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

MIN_ZOOM: Final = 1.0
MAX_ZOOM: Final = 8.0
# The cheek and jaw fill the canvas when a view opens; "Fit" shows the whole head.
WORKING_ZOOM: Final = 1.7


@dataclass(frozen=True, slots=True)
class Camera:
    """A window of `window_w` x `window_h` mm seen on a widget of `width` x `height` logical pixels.

    (`centre_u`, `centre_v`) mm lies at the widget's centre. At zoom 1 the whole window fits.
    """

    width: float
    height: float
    window_w: float
    window_h: float
    centre_u: float
    centre_v: float
    zoom: float = WORKING_ZOOM

    @property
    def px_per_mm(self) -> float:
        """Logical pixels per mm."""
        return self.zoom * min(self.width / self.window_w, self.height / self.window_h)

    def to_px(self, u: float, v: float) -> tuple[float, float]:
        """The pixel of a place in the window."""
        scale = self.px_per_mm
        return (u - self.centre_u) * scale + self.width / 2, (v - self.centre_v) * scale + self.height / 2

    def to_mm(self, x: float, y: float) -> tuple[float, float]:
        """The place in the window under a pixel."""
        scale = self.px_per_mm
        return (x - self.width / 2) / scale + self.centre_u, (y - self.height / 2) / scale + self.centre_v

    @property
    def origin(self) -> tuple[float, float]:
        """The pixel of the window's top-left corner."""
        return self.to_px(0.0, 0.0)

    def resized(self, width: float, height: float) -> Camera:
        """The same place on a widget of another size."""
        return replace(self, width=max(1.0, width), height=max(1.0, height)).clamped()

    def zoomed(self, factor: float, at_x: float, at_y: float) -> Camera:
        """Zoom about a pixel, which keeps its place in the window."""
        zoom = min(MAX_ZOOM, max(MIN_ZOOM, self.zoom * factor))
        u, v = self.to_mm(at_x, at_y)
        scale = zoom * min(self.width / self.window_w, self.height / self.window_h)
        centre_u = u - (at_x - self.width / 2) / scale
        centre_v = v - (at_y - self.height / 2) / scale
        return replace(self, zoom=zoom, centre_u=centre_u, centre_v=centre_v).clamped()

    def panned(self, dx: float, dy: float) -> Camera:
        """Move the picture by pixels."""
        scale = self.px_per_mm
        return replace(
            self, centre_u=self.centre_u - dx / scale, centre_v=self.centre_v - dy / scale
        ).clamped()

    def fitted(self) -> Camera:
        """The whole window."""
        return replace(self, zoom=1.0, centre_u=self.window_w / 2, centre_v=self.window_h / 2)

    def clamped(self) -> Camera:
        """Keep the window's middle part in sight: the head can be pushed aside, never lost."""
        half_w, half_h = (self.width / 2 / self.px_per_mm, self.height / 2 / self.px_per_mm)

        def hold(centre: float, half: float, size: float) -> float:
            if 2 * half >= size:
                return size / 2
            margin = min(half, size / 2) * 0.5
            return min(max(centre, half - margin), size - half + margin)

        return replace(
            self,
            centre_u=hold(self.centre_u, half_w, self.window_w),
            centre_v=hold(self.centre_v, half_h, self.window_h),
        )
