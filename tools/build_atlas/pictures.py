"""Shaded and line-art pictures with transparency, made from the buffers of one view."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from . import sculpture as sc
from .curves import Floats, even_curve, smoothstep
from .raster import Floats32
from .scene import KEY_LIGHT, Buffers
from .strokes import Features
from .views import TOP_MM

INK = np.array([0.25, 0.205, 0.19])
LINE_INK = np.array([0.07, 0.07, 0.08])
SKIN, LIPS, CAP = (np.array(c) for c in ((0.955, 0.868, 0.806), (0.835, 0.635, 0.600), (0.865, 0.885, 0.895)))
FADE_TOP_Y, FADE_BOTTOM_Y = -98.0, -133.0  # the neck dissolves between these heights

# Warmer skin: centre, radii, strength (malar cheek, tip of the nose, ear).
WARM_SPOTS = (
    ((44, -14, 65), (22, 18, 32), 0.16),
    ((0, -16, 109), (9, 8, 9), 0.30),
    ((72, -2, -14), (16, 34, 26), 0.25),
)


def albedo(b: Buffers) -> Floats32:
    """Colour of the surface: skin with warm spots, lips, lids, cap."""
    x, y, z = np.abs(b.position[..., 0]), b.position[..., 1], b.position[..., 2]
    colour = np.empty((*x.shape, 3), np.float32)
    colour[:] = SKIN
    lip = smoothstep((even_curve(sc.LIP_UPPER, x) - y) / 1.1 + 0.5) * smoothstep(
        (y - even_curve(sc.LIP_LOWER, x)) / 1.1 + 0.5
    )
    lip = 0.75 * lip * smoothstep((sc.CHEILION_X + 0.3 - x) / 1.5) * (z > 50)
    colour += lip[..., None].astype(np.float32) * (LIPS - colour)
    for centre, radii, strength in WARM_SPOTS:
        q = sum(((p - c) / r) ** 2 for p, c, r in zip((x, y, z), centre, radii, strict=True))
        colour *= 1 - (strength * np.exp(-q))[..., None] * (1 - np.array([0.99, 0.91, 0.89]))
    lids = 0.4 * np.exp(-(((x - 31) / 15) ** 2 + ((y - 15) / 8) ** 2)) * (z > 45)
    colour *= 1 - lids[..., None] * (1 - np.array([0.95, 0.90, 0.89]))
    return np.asarray(colour + b.cap[..., None] * (CAP - colour), np.float32)


def cavity(b: Buffers, scale_mm: float) -> Floats32:
    """Curvature in the picture plane at a scale in mm: negative in valleys."""
    right, up, _ = b.view.axes.astype(np.float32)
    mask = b.mask.astype(np.float32)
    sigma = scale_mm * b.px_per_mm
    weight = np.maximum(gaussian_filter(mask, sigma), 1e-3)
    across = np.gradient(gaussian_filter((b.normal @ right) * mask, sigma) / weight, axis=1)
    down = np.gradient(gaussian_filter((b.normal @ up) * mask, sigma) / weight, axis=0)
    return np.where(b.mask, (across - down) * b.px_per_mm, 0).astype(np.float32)


def shade(b: Buffers) -> Floats32:
    """Wrapped key light with soft shadow, fill and ambient light, warm shadows, darkened valleys; RGB."""
    axes = b.view.axes.astype(np.float32)
    seen = b.normal @ axes.T
    key_direction = (KEY_LIGHT / np.linalg.norm(KEY_LIGHT)).astype(np.float32)
    key = np.clip((seen @ key_direction + 0.25) / 1.25, 0, 1) ** 1.1 * (0.25 + 0.75 * b.lit)
    fill = np.clip(seen @ np.array([0.6, 0.15, 0.75], np.float32) * 0.6 + 0.4, 0, 1)
    ambient = np.clip(b.ambient, 0, 1)
    light = 0.45 * key + 0.23 * fill * ambient + 0.43 * ambient**1.1 * (0.8 + 0.2 * seen[..., 1])
    light *= 1 - 0.22 * np.clip(1 - seen[..., 2], 0, 1) ** 3
    shadow = np.clip(1 - light * 1.15, 0, 1)[..., None] * 1.2
    colour = light[..., None] * albedo(b) * (1 + np.array([0.09, -0.015, -0.075], np.float32) * shadow)
    halfway = key_direction + np.array([0, 0, 1], np.float32)
    sheen = np.clip(seen @ (halfway / np.linalg.norm(halfway)), 0, 1) ** 22 * (0.3 + 0.7 * b.lit) * ambient
    colour = np.clip(colour * 1.03 + 0.02 * sheen[..., None], 0, 1) ** (1 / 1.3)
    valleys = 0.30 * np.clip(-cavity(b, 0.7) - 0.10, 0, 0.6) + 0.18 * np.clip(-cavity(b, 2.0) - 0.04, 0, 0.5)
    return np.asarray(colour * (1 - np.clip(valleys, 0, 0.35) * (1 - 0.5 * b.cap))[..., None], np.float32)


def contours(b: Buffers, width_mm: float = 0.48, least_step_mm: float = 0.75) -> Floats32:
    """Occluding contours, from the second difference of depth so that slopes cancel.

    The low step at the cap's edge is left out: the edge is drawn as a stroke instead.
    """
    depth = np.where(b.mask, b.depth, b.depth[b.mask].min() - 40)
    edge = np.zeros_like(depth)
    for axis in (0, 1):
        edge = np.maximum(edge, np.abs(np.roll(depth, 1, axis) - 2 * depth + np.roll(depth, -1, axis)))
    edge[:2] = edge[-2:] = 0
    threshold = np.where(b.cap_rim, max(least_step_mm, 4.0), least_step_mm)
    sigma = 0.30 * width_mm * b.px_per_mm
    return np.clip(
        gaussian_filter(np.clip((edge - threshold) / 0.9, 0, 1), sigma) * sigma * 1.45, 0, 1
    ).astype(np.float32)


def _fade(b: Buffers) -> Floats:
    heights = TOP_MM - (np.arange(b.mask.shape[0]) + 0.5) / b.px_per_mm
    return smoothstep((heights - FADE_BOTTOM_Y) / (FADE_TOP_Y - FADE_BOTTOM_Y))[:, None]


def _over(ink: Floats, ink_alpha: Floats, colour: Floats32, alpha: Floats) -> Floats32:
    """Ink over a coloured layer: premultiplied RGBA."""
    below = alpha * (1 - ink_alpha)
    rgb = ink * ink_alpha[..., None] + colour * below[..., None]
    return np.dstack([rgb, ink_alpha + below]).astype(np.float32)


def shaded_picture(b: Buffers, features: Features) -> Floats32:
    """Premultiplied RGBA of the shaded head, transparent outside it and below the neck."""
    fade = _fade(b)
    ink = np.maximum(0.80 * contours(b), 0.85 * features.draw(b, line_art=False)) * fade
    return _over(INK, ink, shade(b), b.mask * fade)


def line_picture(b: Buffers, features: Features) -> Floats32:
    """Premultiplied RGBA of the line art: dark strokes on nothing."""
    x, z = np.abs(b.position[..., 0]), b.position[..., 2]
    on_ear = (x > 60) & (z < 20) & (b.cap < 0.01)
    ear_valleys = smoothstep((-cavity(b, 0.5) - 0.38) / 0.30) * 0.55 * on_ear
    lines = np.maximum(contours(b, least_step_mm=2.5), features.draw(b, line_art=True))
    ink = np.maximum(lines, ear_valleys) * _fade(b)
    return _over(LINE_INK, ink, np.zeros((*ink.shape, 3), np.float32), np.zeros_like(ink))


def reduce_by(picture: Floats32, factor: int) -> Floats32:
    """Mean over blocks of factor x factor pixels."""
    h, w, c = picture.shape
    return np.asarray(picture.reshape(h // factor, factor, w // factor, factor, c).mean((1, 3)), np.float32)


def to_image(picture: Floats32, *, blank: Floats, grey: bool = False) -> Image.Image:
    """8-bit picture with straight alpha; where nothing is, the colour is `blank`, so that scaling leaves no fringe."""
    alpha = np.clip(picture[..., 3:], 0, 1)
    rgb = np.where(alpha > 1 / 512, picture[..., :3] / np.maximum(alpha, 1e-6), blank)
    eight = (np.clip(np.dstack([rgb, alpha]), 0, 1) * 255 + 0.5).astype(np.uint8)
    eight[eight[..., 3] == 0, :3] = (blank * 255 + 0.5).astype(np.uint8)
    return Image.fromarray(eight[..., [0, 3]], "LA") if grey else Image.fromarray(eight, "RGBA")
