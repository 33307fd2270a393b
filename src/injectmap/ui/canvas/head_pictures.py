"""The pictures of the head as Qt images, scaled for the screen; needs neither numpy nor the atlas."""

from __future__ import annotations

import json
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from injectmap.resources import asset_path
from injectmap.ui.canvas.camera import Camera

VIEW_IDS: Final = ("right_lateral", "right_oblique", "front", "left_oblique", "left_lateral")
MIRROR_OF: Final = {"right_lateral": "left_lateral", "right_oblique": "left_oblique"}
FIRST_VIEW: Final = "left_lateral"
# The patient's side or sides that a view shows, as they lie in the picture from left to right.
SIDE_BADGES: Final = {
    "right_lateral": ("right", ""),
    "right_oblique": ("right", ""),
    "front": ("right", "left"),
    "left_oblique": ("", "left"),
    "left_lateral": ("", "left"),
}
# The middle of what is worked on: the cheek in front of the ear, in head coordinates (mm).
_WORKING_POINT: Final = {0: (0.0, -28.0, 70.0), 45: (42.0, -28.0, 45.0), 90: (60.0, -28.0, 22.0)}
_VEIL: Final = QColor(0x0E, 0x12, 0x15, 26)
_KEPT_FINE, _KEPT_SCALED = 2, 4


@dataclass(frozen=True, slots=True)
class _Stored:
    """One stored picture at one size."""

    path: Path
    px_per_mm: float


@dataclass(frozen=True, slots=True)
class ViewPictures:
    """The pictures of one stored view and where the view looks first (mm of its window)."""

    fine: _Stored
    reduced: _Stored
    working_u: float
    working_v: float


class HeadPictures:
    """Reads head pictures on first use and keeps few: fine ones are 14 MB each in memory."""

    def __init__(self, folder: Path | None = None) -> None:
        """Read the list of views; pictures are decoded when asked for."""
        folder = folder or asset_path("atlas")
        data = json.loads((folder / "views.json").read_text("utf-8"))
        self.window_w = float(data["window_mm"]["width"])
        self.window_h = float(data["window_mm"]["height"])
        self._views = {name: self._read(folder, view) for name, view in data["views"].items()}
        self._reduced: dict[str, QImage] = {}
        self._fine: OrderedDict[str, QImage] = OrderedDict()
        self._scaled: OrderedDict[tuple[str, int, bool], QImage] = OrderedDict()

    def _read(self, folder: Path, view: dict) -> ViewPictures:
        def stored(style: str) -> _Stored:
            return _Stored(folder / view[style]["file"], float(view[style]["px_per_mm"]))

        point = _WORKING_POINT[round(view["yaw_degrees"])]
        u = sum(a * b for a, b in zip(point, view["right"], strict=True))
        v = sum(a * b for a, b in zip(point, view["up"], strict=True))
        return ViewPictures(stored("shaded"), stored("shaded_print"), u - view["left_mm"], view["top_mm"] - v)

    def camera(self, view_id: str, width: float, height: float) -> Camera:
        """The camera a view opens with on a widget of this size."""
        view = self._views[MIRROR_OF.get(view_id, view_id)]
        u = self.window_w - view.working_u if view_id in MIRROR_OF else view.working_u
        whole = Camera(max(1.0, width), max(1.0, height), self.window_w, self.window_h, u, view.working_v)
        return whole.clamped()

    def needs_fine(self, device_px_per_mm: float) -> bool:
        """True if the reduced picture would be blurred at this scale."""
        return device_px_per_mm > self._views[FIRST_VIEW].reduced.px_per_mm * 1.05

    def must_decode_fine(self, view_id: str, device_px_per_mm: float) -> bool:
        """True if the fine picture is wanted at this scale and is not in memory."""
        return self.needs_fine(device_px_per_mm) and MIRROR_OF.get(view_id, view_id) not in self._fine

    def decode_fine(self, view_id: str) -> None:
        """Bring the fine picture of a view into memory."""
        self._source(view_id, fine=True)

    def paint(
        self,
        painter: QPainter,
        view_id: str,
        camera: Camera,
        ratio: float,
        *,
        dark: bool,
        quick: bool = False,
    ) -> None:
        """Paint the head where the camera has it; `quick` takes the reduced picture whatever the scale."""
        scale = camera.px_per_mm * ratio
        stored, source = self._source(view_id, fine=not quick and self.needs_fine(scale))
        left, top = camera.origin
        size_w, size_h = self.window_w * camera.px_per_mm, self.window_h * camera.px_per_mm
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if view_id in MIRROR_OF:
            painter.translate(2 * left + size_w, 0)
            painter.scale(-1, 1)
        if scale < stored.px_per_mm:
            image = self._shrunk(view_id, source, round(size_w * ratio), round(size_h * ratio), dark=dark)
        else:
            image = self._veiled(source) if dark else source
        painter.drawImage(QRectF(left, top, size_w, size_h), image)
        painter.restore()

    def small(self, view_id: str, width: int, height: int, *, dark: bool) -> QImage:
        """The whole head of a view, `width` x `height` device pixels, mirrored where the view is."""
        _, source = self._source(view_id, fine=False)
        image = self._shrunk(view_id, source, width, height, dark=dark)
        return image.mirrored(True, False) if view_id in MIRROR_OF else image

    def _source(self, view_id: str, *, fine: bool) -> tuple[_Stored, QImage]:
        name = MIRROR_OF.get(view_id, view_id)
        view = self._views[name]
        if not fine:
            if name not in self._reduced:
                self._reduced[name] = _decode(view.reduced.path)
            return view.reduced, self._reduced[name]
        image = self._fine.pop(name, None)
        self._fine[name] = image = image if image is not None else _decode(view.fine.path)
        while len(self._fine) > _KEPT_FINE:
            self._fine.popitem(last=False)
        return view.fine, image

    def _shrunk(self, view_id: str, source: QImage, width: int, height: int, *, dark: bool) -> QImage:
        key = (MIRROR_OF.get(view_id, view_id), width, dark)
        image = self._scaled.pop(key, None)
        if image is None:
            image = source.scaled(
                width,
                height,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            image = self._veiled(image) if dark else image
        self._scaled[key] = image
        while len(self._scaled) > _KEPT_SCALED:
            self._scaled.popitem(last=False)
        return image

    @staticmethod
    def _veiled(image: QImage) -> QImage:
        """In the dark theme a 10 % veil lies over the head and nothing else."""
        veiled = image.copy()
        painter = QPainter(veiled)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceAtop)
        painter.fillRect(veiled.rect(), _VEIL)
        painter.end()
        return veiled


def _decode(path: Path) -> QImage:
    image = QImage(str(path))
    if image.isNull():
        raise RuntimeError(f"the head picture {path.name} cannot be read")
    return image.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied)
