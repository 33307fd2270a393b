"""Treatment maps on the real head for tests of drawing: the C-shape, crowds, and passes in odd places."""

from __future__ import annotations

import random
from functools import cache

import numpy as np

from injectmap.atlas import load_atlas
from injectmap.domain.errors import InputRefused
from injectmap.domain.session import DEFAULT_INSTRUMENT
from injectmap.domain.skin_paths import resolve, snap
from injectmap.domain.treatment_map import (
    CannulaPass,
    PassStatus,
    Plane,
    Share,
    SkinPath,
    SkinPoint,
    Technique,
    TreatmentMap,
)


def in_zone(zone: str, across: float, down: float, side: str = "left") -> SkinPoint:
    """A skin point at a fraction of a zone's width and height as the left lateral view shows it."""
    atlas = load_atlas()
    view = atlas.views["left_lateral"]
    uv, _ = view.project(atlas.zones.outline(zone, "left"))
    low, high = uv.min(axis=0), uv.max(axis=0)
    at = low + (high - low) * np.array([across, down])
    points, _ = view.to_skin(at[None])
    point = snap(atlas, points[0])
    return point if side == "left" else SkinPoint(-point.x, point.y, point.z)


def make_pass(
    order: int,
    entry: SkinPoint,
    tip: SkinPoint,
    *,
    entry_id: str | None = None,
    syringe_id: str = "syringe-1",
    microlitres: int = 100,
    status: PassStatus = PassStatus.DONE,
    shares: tuple[Share, ...] | None = None,
    technique: Technique = Technique.LINEAR_RETROGRADE,
    plane: Plane = Plane.SUBDERMAL,
    path: SkinPath | None = None,
) -> CannulaPass:
    return CannulaPass(
        id=f"pass-{order}",
        order=order,
        entry_id=entry_id or f"entry-{entry}",
        path=path or resolve(load_atlas(), [entry, tip]),
        technique=technique,
        plane=plane,
        instrument=DEFAULT_INSTRUMENT,
        shares=shares if shares is not None else (Share(syringe_id, microlitres),),
        status=status,
    )


_UPPER, _LOWER = ("preauricular", 0.5, 0.08), ("mandibular_border", 0.85, 0.2)
_C_SHAPE = (
    (_UPPER, ("lateral_zygomatic_arch", 0.12, 0.35), 130),
    (_UPPER, ("lateral_zygomatic_arch", 0.10, 0.60), 150),
    (_UPPER, ("lateral_zygomatic_arch", 0.25, 0.85), 120),
    (_UPPER, ("preauricular", 0.30, 0.85), 130),
    (_UPPER, ("preauricular", 0.60, 0.92), 140),
    (_LOWER, ("mandibular_angle", 0.70, 0.30), 110),
    (_LOWER, ("mandibular_angle", 0.60, 0.70), 100),
    (_LOWER, ("mandibular_border", 0.15, 0.60), 130),
    (_LOWER, ("mandibular_border", 0.30, 0.85), 120),
)


@cache
def c_shape_map(sides: tuple[str, ...] = ("left", "right"), per_side: int = 9) -> TreatmentMap:
    """A C-shape of up to nine passes a side; the volumes are made up for tests."""
    passes = []
    for syringe, side in enumerate(sides, start=1):
        for start, end, volume in _C_SHAPE[:per_side]:
            passes.append(
                make_pass(
                    len(passes) + 1,
                    in_zone(*start, side),
                    in_zone(*end, side),
                    syringe_id=f"syringe-{syringe}",
                    microlitres=volume,
                )
            )
    return TreatmentMap(tuple(passes))


def random_map(seed: int, count: int, *, entries: int = 4, volume_step: int = 10) -> TreatmentMap:
    """`count` passes from a few entry points anywhere on the drawable face of both sides."""
    atlas = load_atlas()
    view = atlas.views["left_lateral"]
    dice = random.Random(seed)
    starts: list[SkinPoint] = []
    passes: list[CannulaPass] = []
    while len(passes) < count:
        u, v = dice.uniform(40, 128), dice.uniform(80, 215)
        if view.draw_state((u, v)) != "ok":
            continue
        point = snap(atlas, view.to_skin(np.array([[u, v]]))[0][0])
        if dice.random() < 0.5:
            point = SkinPoint(-point.x, point.y, point.z)
        if len(starts) < entries:
            starts.append(point)
            continue
        entry = dice.choice(starts)
        if (entry.x > 0) != (point.x > 0):
            point = SkinPoint(-point.x, point.y, point.z)
        try:
            path = resolve(atlas, [entry, point])
        except InputRefused:
            continue
        passes.append(
            make_pass(
                len(passes) + 1,
                entry,
                point,
                path=path,
                syringe_id=f"syringe-{1 + len(passes) % 2}",
                microlitres=volume_step * dice.randint(2, 20),
            )
        )
    return TreatmentMap(tuple(passes))


def midline_map() -> TreatmentMap:
    """Passes over and from the midline of the chin, one of them planned, one from two syringes."""
    atlas = load_atlas()
    pogonion = atlas.landmarks["pogonion"]

    def at(x: float) -> SkinPoint:
        return snap(atlas, pogonion + np.array([x, 0.0, -abs(x) * 0.35]))

    return TreatmentMap(
        (
            make_pass(1, at(0.0), at(18.0)),
            make_pass(2, at(0.0), at(-18.0)),
            make_pass(3, at(10.0), at(-16.0), shares=(Share("syringe-1", 55), Share("syringe-2", 70))),
            make_pass(4, at(10.0), at(24.0), status=PassStatus.PLANNED, plane=Plane.SUPRAPERIOSTEAL),
        )
    )


def every_zone_map() -> TreatmentMap:
    """One short pass in each zone of each side that can be drawn on."""
    atlas = load_atlas()
    passes: list[CannulaPass] = []
    for zone in atlas.zones.ids:
        outline = atlas.zones.outline(zone, "left")
        middle = atlas.skin.snap(outline.mean(axis=0)[None])[0]
        for x in (1.0, -1.0):
            entry = snap(atlas, middle * np.array([x, 1.0, 1.0]))
            tip = snap(atlas, (middle + np.array([2.0, 5.0, 0.0])) * np.array([x, 1.0, 1.0]))
            try:
                passes.append(make_pass(len(passes) + 1, entry, tip))
            except InputRefused:
                continue
    return TreatmentMap(tuple(passes))
