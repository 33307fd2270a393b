"""Writes the atlas: pictures and position maps per view, skin map, landmarks, views."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from . import HEAD_VERSION
from .head import Head
from .landmarks import DEFINITIONS, FRAME, find_landmarks
from .measures import MEASURES, measure
from .pictures import INK, LINE_INK, line_picture, reduce_by, shaded_picture, to_image
from .scene import Scene
from .skin_map import build_skin_map
from .strokes import Features
from .views import HEIGHT_MM, TOP_MM, VIEWS, WIDTH_MM, View

OUTSIDE = -32768  # position map: no surface


@dataclass(frozen=True)
class Quality:
    """Resolution of a build. Pictures are rendered at `supersample` times their resolution and averaged."""

    voxel_mm: float = 0.6
    px_per_mm: float = 7.0
    supersample: int = 2
    print_px_per_mm: float = 4.0
    position_px_per_mm: float = 3.3
    occlusion_rays: int = 128


COARSE = Quality(
    voxel_mm=0.9, px_per_mm=3.5, supersample=2, print_px_per_mm=2.0, position_px_per_mm=1.0, occlusion_rays=64
)


def build(
    out: Path, quality: Quality, views: Iterable[View] = VIEWS, report: Callable[[str], None] = print
) -> None:
    """Build the whole atlas into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    head = Head()
    report(f"tables and profile lock, largest correction {np.abs(head.profile_error_mm).max():.1f} mm")
    write_landmarks(out, head)
    write_skin_map(out, head)
    report("landmarks and skin map")
    scene = Scene(head, quality.voxel_mm, quality.occlusion_rays)
    report(f"mesh of {len(scene.mesh.vertices)} vertices, occlusion")
    features = Features(head)
    entries: dict[str, Any] = {}
    for view in views:
        entries[view.id] = {
            "yaw_degrees": view.yaw_degrees,
            "right": view.axes[0].tolist(),
            "up": view.axes[1].tolist(),
            "toward": view.axes[2].tolist(),
            "left_mm": view.left_mm,
            "top_mm": TOP_MM,
            **write_pictures(out, scene, features, view, quality),
            "position": write_position_map(out, scene, view, quality.position_px_per_mm),
        }
        report(view.id)
    _write_json(
        out / "views.json",
        {
            "head_version": HEAD_VERSION,
            "window_mm": {"width": WIDTH_MM, "height": HEIGHT_MM},
            "views": entries,
        },
    )


def write_pictures(
    out: Path, scene: Scene, features: Features, view: View, quality: Quality
) -> dict[str, Any]:
    """Shaded and line-art pictures of a view with their reductions for print."""
    buffers = scene.buffers(view, quality.px_per_mm * quality.supersample)
    entries: dict[str, Any] = {}
    for style, paint, ink in (("shaded", shaded_picture, INK), ("line", line_picture, LINE_INK)):
        picture = reduce_by(paint(buffers, features), quality.supersample)
        full = to_image(picture, blank=ink, grey=style == "line")
        entries[style] = _save(full, out / f"{view.id}_{style}.png", quality.px_per_mm)
        size = view.size(quality.print_px_per_mm)
        channels = [
            np.asarray(Image.fromarray(picture[..., i], "F").resize(size, Image.Resampling.BOX))
            for i in range(4)
        ]
        reduced = to_image(np.stack(channels, -1), blank=ink, grey=style == "line")
        entries[f"{style}_print"] = _save(
            reduced, out / f"{view.id}_{style}_print.png", quality.print_px_per_mm
        )
    return entries


def _save(image: Image.Image, path: Path, px_per_mm: float) -> dict[str, Any]:
    image.save(path, optimize=True)
    return {"file": path.name, "px_per_mm": px_per_mm, "size": list(image.size)}


def write_position_map(out: Path, scene: Scene, view: View, px_per_mm: float) -> dict[str, Any]:
    """Visible surface at pixel centres, 1/100 mm."""
    buffers = scene.buffers(view, px_per_mm)
    hundredths = np.round(buffers.position * 100).astype(np.int16)
    hundredths[~buffers.mask] = OUTSIDE
    path = out / f"{view.id}_position.npz"
    np.savez_compressed(path, position=hundredths)
    return {"file": path.name, "px_per_mm": px_per_mm, "size": [hundredths.shape[1], hundredths.shape[0]]}


def write_skin_map(out: Path, head: Head) -> None:
    """Radial map of the bare skin."""
    skin = build_skin_map(head)
    np.savez_compressed(out / "skin.npz", radius_um=skin.radius_um, drawable=skin.drawable)


def write_landmarks(out: Path, head: Head) -> None:
    """Landmarks with definitions, and the measures with their targets."""
    points = find_landmarks(head)
    marks = {
        name: {
            **{axis: round(float(c), 3) + 0.0 for axis, c in zip("xyz", p, strict=True)},
            "definition": DEFINITIONS[name],
        }
        for name, p in sorted(points.items())
    }
    measures = {
        name: {"mm": round(measure(points, name), 1), "target_mm": m.target_mm, "source": m.source}
        for name, m in MEASURES.items()
    }
    _write_json(
        out / "landmarks.json",
        {"head_version": HEAD_VERSION, "frame": FRAME, "landmarks": marks, "measures": measures},
    )


def _write_json(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
