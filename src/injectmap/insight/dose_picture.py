"""The dose map on the pictures of the head: colours under contours, hidden parts left out, with its scale."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from injectmap.atlas import FACING_TO_DRAW
from injectmap.atlas.arrays import Floats
from injectmap.atlas.views import Style
from injectmap.chart.primitives import Box
from injectmap.domain.units import show_volume
from injectmap.insight.density import DoseMap
from injectmap.insight.look import CONTOUR, DoseScale, Look, dose_colours, dose_scale
from injectmap.insight.sheet import Sheet
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas, View

LATERALS: Final = ("right_lateral", "left_lateral")
WITH_FRONT: Final = ("right_lateral", "front", "left_lateral")

# The part of the head that is shown, mm from the point midway between the tragia: face and ear, brow to below the jaw.
_ABOVE, _BELOW = 76.0, 110.0
_BESIDE: Final = {"lateral": (116.0, 26.0), "front": (80.0, 80.0)}
# The dose is read at this many places per mm and smoothed in between: the bell is six times as wide.
_READ_PER_MM: Final = 2.0
# Shares of the scale from nothing to full colour.
_FAINT, _FULL, _OPACITY = 0.013, 0.15, 0.86
# Skin that faces the view less than this shows no dose; from where one may draw on it, it shows it in full.
_TURNED: Final = 0.05
# Below this share of the dose out of the lateral views the front view shows nothing new.
_FRONT_SHARE: Final = 0.02
_GAP, _RADIUS, _BADGE = 8.0, 6.0, 18.0
# Scale, its numbers and the sentence below the pictures.
LEGEND: Final = 62.0
_SCALE_WIDTH, _SCALE_HEIGHT = 250.0, 9.0

Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class _Window:
    """The part of a view that is shown (mm of its window), and the skin (n, 3) under its reading places (h, w).

    `clear` (h, w) is 1 where the skin is seen well, 0 where it is not seen, and between where it turns away.
    """

    box: Box
    skin: Floats
    on_skin: npt.NDArray[np.bool_]
    clear: Floats


def shown_part(view: View) -> Box:
    """The part of a view's window that a dose map shows, in mm."""
    ((middle, level),), _ = view.project(np.zeros((1, 3)))
    left, right = _BESIDE["front" if view.side is None else "lateral"]
    if view.mirrored:
        left, right = right, left
    return Box(float(middle) - left, float(level) - _ABOVE, float(middle) + right, float(level) + _BELOW)


@lru_cache(maxsize=8)
def _window(view: View) -> _Window:
    box = shown_part(view)
    columns, rows = round(box.width * _READ_PER_MM), round(box.height * _READ_PER_MM)
    u = box.left + (np.arange(columns) + 0.5) / _READ_PER_MM
    v = box.top + (np.arange(rows) + 0.5) / _READ_PER_MM
    places = np.stack(np.meshgrid(u, v), axis=-1).reshape(-1, 2)
    skin, on_skin = view.to_skin(places)
    clear = np.zeros(len(places))
    clear[on_skin] = np.clip((view.facing(skin[on_skin]) - _TURNED) / (FACING_TO_DRAW - _TURNED), 0.0, 1.0)
    return _Window(box, skin[on_skin], on_skin.reshape(rows, columns), clear.reshape(rows, columns))


def seen_dose(view: View, dose: DoseMap) -> tuple[Floats, Floats]:
    """The density (h, w) in mL/cm2 that a view shows, two places per mm and nought off the skin, and how clear it is."""
    window = _window(view)
    values = np.zeros(window.on_skin.shape)
    values[window.on_skin] = dose.seen(window.skin)
    return values, window.clear


def views_for(atlas: Atlas, dose: DoseMap) -> tuple[str, ...]:
    """The lateral views, and the front one between them if they leave some of the dose out of sight."""
    held = dose.cells * dose.grid.areas
    there = np.flatnonzero(held > held.max(initial=0.0) * 1e-3)
    if not len(there):
        return LATERALS
    points = dose.grid.points[there]
    seen = np.zeros(len(there), dtype=bool)
    for name in LATERALS:
        view = atlas.views[name]
        # Skin at a glancing angle is there but cannot be read.
        seen |= view.project(points)[1] & (view.facing(points) > 0.25)
    hidden = float(held[there][~seen].sum())
    return WITH_FRONT if hidden > _FRONT_SHARE * float(held.sum()) else LATERALS


def width_for(atlas: Atlas, names: tuple[str, ...], height: float) -> float:
    """The width of a map of some views that fills a height."""
    parts = [shown_part(atlas.views[name]) for name in names]
    scale = (height - LEGEND) / parts[0].height
    return float(np.ceil(sum(part.width for part in parts) * scale)) + _GAP * (len(parts) - 1)


def draw_dose(
    dose: DoseMap,
    atlas: Atlas,
    words: Words,
    width: float,
    height: float,
    look: Look,
    ratio: float,
    *,
    views: tuple[str, ...] = (),
    picture_ratio: float | None = None,
) -> Sheet:
    """Draw the map on a new sheet; `picture_ratio` is how fine the heads are, for files finer than the screen."""
    sheet = Sheet(width, height, look, ratio=ratio)
    names = views or views_for(atlas, dose)
    parts = [shown_part(atlas.views[name]) for name in names]
    room = width - _GAP * (len(names) - 1)
    scale = min(room / sum(part.width for part in parts), (height - LEGEND) / parts[0].height)
    x = 0.0
    for name, part in zip(names, parts, strict=True):
        # Whole pixels, so that the picture is not resampled again.
        box = Box(x, 0.0, x + int(part.width * scale), float(int(part.height * scale)))
        _draw_view(sheet, atlas.views[name], dose, box, words, picture_ratio or ratio)
        x = box.right + _GAP
    _draw_scale(sheet, float(int(parts[0].height * scale)) + 10.0, dose, words)
    return sheet


def _draw_view(sheet: Sheet, view: View, dose: DoseMap, box: Box, words: Words, ratio: float) -> None:
    look = sheet.look
    frame = sheet.box(box, fill=look.canvas, radius=_RADIUS)
    values, clear = seen_dose(view, dose)
    size = (round(box.width * ratio), round(box.height * ratio))
    scale = dose_scale(dose.most)
    sheet.picture(_coloured(_head(view, size, look), values, clear, look, scale), box, frame)
    # A contour ends where the skin turns away: along the rim it would only draw the rim.
    read = np.where(clear >= 1.0, values, np.nan)
    sheet.contours(read, box, scale.contours, "#000000" if look.mono else CONTOUR, width=0.8, clip=frame)
    sheet.box(box, stroke=look.frame, width=1.0, radius=_RADIUS)
    for side in ("right", "left"):
        if view.side in (side, None):
            _draw_badge(sheet, box, words(f"side.{side}.badge"), on_the_left=side == "right")


def _draw_badge(sheet: Sheet, box: Box, letter: str, *, on_the_left: bool) -> None:
    left = box.left + 8 if on_the_left else box.right - 8 - _BADGE
    badge = Box(left, box.top + 8, left + _BADGE, box.top + 8 + _BADGE)
    sheet.box(badge, fill=sheet.look.badge, radius=4.0)
    x, y = badge.centre
    sheet.text(x, y + 4.0, letter, size=12.0, weight=700, colour=sheet.look.on_badge, anchor="center")


def _head(view: View, size: tuple[int, int], look: Look) -> Floats:
    """The head's picture over its ground, (h, w, 3) from 0 to 1."""
    part = shown_part(view)
    style: Style = "line" if look.mono else "shaded"
    per_mm = view.picture_px_per_mm(style, reduced=True)
    with Image.open(view.picture(style, reduced=True)) as stored:
        image = stored.convert("RGBA")
    if view.mirrored:
        image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    crop = (part.left * per_mm, part.top * per_mm, part.right * per_mm, part.bottom * per_mm)
    pixels = np.asarray(image.resize(size, Image.Resampling.LANCZOS, box=crop), dtype=float) / 255.0
    ground = _rgb(look.canvas)
    cover = pixels[..., 3:]
    # The veil of the dark screen lies over the head alone.
    head = pixels[..., :3] * (1.0 - look.veil) + np.array(_rgb("#0E1215")) * look.veil
    return np.asarray(head * cover + np.array(ground) * (1.0 - cover))


def _coloured(head: Floats, values: Floats, clear: Floats, look: Look, scale: DoseScale) -> Picture:
    """The head with the dose over it, (h, w, 3) bytes."""
    rows, columns = head.shape[:2]

    def smooth(places: Floats) -> Floats:
        image = Image.fromarray(places.astype(np.float32))
        resized = np.asarray(image.resize((columns, rows), Image.Resampling.BILINEAR), dtype=float)
        return np.asarray(np.maximum(resized, 0.0))

    dose = smooth(values)
    share = dose / scale.top
    cover = np.clip((share - _FAINT) / (_FULL - _FAINT), 0.0, 1.0) ** 0.8 * _OPACITY * smooth(clear)
    mixed = head * (1.0 - cover[..., None]) + _colours_at(share, look) * cover[..., None]
    return np.asarray(np.rint(np.clip(mixed, 0.0, 1.0) * 255.0), dtype=np.uint8)


def _colours_at(share: Floats, look: Look) -> Floats:
    """Colours (..., 3) from 0 to 1 of shares of the scale."""
    anchors = np.array([_rgb(colour) for colour in dose_colours(look)])
    stops = np.linspace(0.0, 1.0, len(anchors))
    return np.stack([np.interp(share, stops, anchors[:, channel]) for channel in range(3)], axis=-1)


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255.0 for at in (1, 3, 5))
    return red, green, blue


def _draw_scale(sheet: Sheet, top: float, dose: DoseMap, words: Words) -> None:
    """The colours with the densities of the contours, and what the picture is."""
    look = sheet.look
    unit = words("insight.dose.unit")
    width = min(_SCALE_WIDTH, sheet.width - sheet.width_of(unit) - 16.0)
    bar = Box(0.0, top, width, top + _SCALE_HEIGHT)
    frame = sheet.box(bar, fill=look.canvas, radius=2.0)
    strip = _colours_at(np.linspace(0.0, 1.0, 256), look)[None]
    sheet.picture(np.asarray(np.rint(strip * 255.0), dtype=np.uint8), bar, frame)
    scale = dose_scale(dose.most)
    for level in scale.contours:
        x = width * level / scale.top
        sheet.lines([[(x, top - 1.0), (x, top + _SCALE_HEIGHT + 1.0)]], look.text)
        sheet.text(x, top + 24.0, f"{level:.2f}", colour=look.text2, anchor="center")
    if dose.most > scale.top:
        more = words("insight.dose.more", top=f"{scale.top:.2f}")
        sheet.text(width, top + 24.0, more, colour=look.text2, anchor="right")
    sheet.text(width + 12.0, top + 9.0, unit, colour=look.text2)
    sheet.text(0.0, top + 44.0, words("insight.dose.schematic"), colour=look.text2)


def says_dose(dose: DoseMap, words: Words) -> str:
    """The map in words."""
    if not dose.both_ul:
        return words("insight.nothing")
    return words(
        "insight.dose.said",
        both=show_volume(dose.both_ul),
        right=show_volume(dose.right_ul),
        left=show_volume(dose.left_ul),
        most=f"{dose.most:.2f}",
    )
