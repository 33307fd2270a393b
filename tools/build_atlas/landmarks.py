"""Named landmarks of the left side and midline, found on the skin by rule, and the measures between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from .curves import Floats
from .head import Head

FRAME = (
    "Origin midway between the tragia; x to the patient's left, y up, z forward; millimetres on the reference head. "
    "Tragion y = z = 0, orbitale y = 0. Left side or midline; the right side is the mirror."
)
Finder = Literal["front", "side", "bare_side", "snap", "bare_snap", "ear"]


@dataclass(frozen=True)
class Landmark:
    """A point and how it is dropped onto the skin: `at` is (x, y), (z, y), (x, y, z) or ear (s, t) by finder."""

    finder: Finder
    at: tuple[float, ...]
    definition: str


LANDMARKS: dict[str, Landmark] = {
    "trichion": Landmark("front", (0, 77), "midline point at the usual height of the hairline"),
    "vertex": Landmark("bare_snap", (0, 126, -15), "top of the head beneath the cap, midline"),
    "opisthocranion": Landmark(
        "bare_snap", (0, 32, -95), "hindmost point of the head beneath the cap, midline"
    ),
    "eurion": Landmark("bare_side", (-20, 45), "side of the head where it is broadest, beneath the cap"),
    "frontotemporale": Landmark("front", (52, 43), "temporal line above the lateral end of the brow"),
    "rhinion": Landmark("front", (0, 3), "midline of the nasal dorsum where bone meets cartilage"),
    "subnasale": Landmark("snap", (0, -27.5, 95), "midline angle where the columella meets the upper lip"),
    "labiale_superius": Landmark("front", (0, -40.4), "midline of the upper vermilion border"),
    "stomion": Landmark("front", (0, -47.6), "midline where the closed lips meet"),
    "labiale_inferius": Landmark("front", (0, -56.4), "midline of the lower vermilion border"),
    "cervical_point": Landmark(
        "snap", (0, -85, 30), "midline angle between the floor of the mouth and the neck"
    ),
    "endocanthion": Landmark("front", (16, 12.6), "inner corner of the closed eye"),
    "exocanthion": Landmark("front", (44, 13.8), "outer corner of the closed eye"),
    "orbitale": Landmark("front", (31, 0), "lowest point of the orbital rim, in the Frankfort plane"),
    "zygion": Landmark("side", (27, -2), "most lateral point of the zygomatic arch"),
    "malar_eminence": Landmark("snap", (48, -9, 61), "most prominent point of the cheekbone"),
    "alar_base": Landmark("snap", (13.5, -24.5, 90), "junction of the ala and the cheek"),
    "cheilion": Landmark("front", (25, -48.2), "corner of the mouth"),
    "tragion": Landmark("side", (0, 0), "notch above the tragus; origin of y and z"),
    "porion": Landmark("ear", (8, 2), "entrance of the ear canal, upper rim"),
    "superaurale": Landmark("ear", (14, 34), "highest point of the ear"),
    "subaurale": Landmark("ear", (8.5, -29), "lowest point of the ear lobule"),
    "postaurale": Landmark("ear", (33, 11), "hindmost point of the ear"),
    "otobasion_superius": Landmark("ear", (1.5, 22), "upper attachment of the ear to the head"),
    "otobasion_inferius": Landmark("ear", (-1.5, -24), "lower attachment of the lobule to the cheek"),
    "gonion": Landmark("side", (9, -54), "skin over the angle of the mandible"),
    "antegonial_notch": Landmark(
        "side", (25, -62.5), "skin over the notch in the lower border in front of the angle"
    ),
    "mandibular_midbody": Landmark("side", (43, -70.5), "lower border of the mandible, middle of its body"),
    "prejowl": Landmark("side", (57, -78.5), "lower border in front of the jowl, beside the chin"),
}

EXTREMES = {
    "glabella": "most prominent midline point between the brows",
    "nasion": "deepest midline point of the nasal root",
    "pronasale": "most prominent point of the nasal tip",
    "sublabiale": "deepest midline point between lower lip and chin",
    "pogonion": "most prominent midline point of the chin",
    "gnathion": "midline point of the chin that is both lowest and most forward",
    "menton": "lowest midline point of the chin",
    "alare": "most lateral point of the nasal wing",
}
DEFINITIONS = {**{name: mark.definition for name, mark in LANDMARKS.items()}, **EXTREMES}


def find_landmarks(head: Head) -> dict[str, Floats]:
    """All landmarks as skin points (x, y, z)."""
    points = {name: _drop(head, mark) for name, mark in LANDMARKS.items()}
    for name, mark in LANDMARKS.items():
        if mark.finder in ("front", "snap", "bare_snap") and mark.at[0] == 0:
            points[name][0] = 0.0
    return {**points, **_extreme_points(head)}


def _drop(head: Head, mark: Landmark) -> Floats:
    if mark.finder == "front":
        found = head.skin_from_front([mark.at])
    elif mark.finder == "ear":
        found = head.ear_skin([mark.at])
    elif mark.finder in ("side", "bare_side"):
        found = head.skin_from_side([mark.at], bare=mark.finder == "bare_side")
    else:
        found = head.snap([mark.at], bare=mark.finder == "bare_snap")
    return np.asarray(found[0])


def _extreme_points(head: Head) -> dict[str, Floats]:
    """The landmarks of EXTREMES, searched on the midline outline and on the wing of the nose."""
    outline = head.skin_from_front(np.c_[np.zeros(1400), np.linspace(50, -86, 1400)])

    def foremost(high: float, low: float, sign: float = 1.0) -> Floats:
        span = outline[(outline[:, 1] <= high) & (outline[:, 1] >= low)]
        return np.asarray(span[np.argmax(sign * span[:, 2])])

    angle = np.deg2rad(np.linspace(-120, 20, 1400))  # the chin is searched around a point inside it
    rays = np.c_[0 * angle, np.sin(angle), np.cos(angle)]
    chin = head.ray(np.array([0.0, -70.0, 65.0]) + 55.0 * rays, -rays, 55.0)
    wing = head.skin_from_front(
        np.stack(np.meshgrid(np.linspace(12, 19, 71), np.linspace(-22, -15, 29)), -1).reshape(-1, 2)
    )
    wing = wing[wing[:, 2] > wing[:, 2].max() - 7]
    return {
        "glabella": foremost(48, 30),
        "nasion": foremost(27, 12, -1),
        "pronasale": foremost(-5, -24),
        "sublabiale": foremost(-60, -72, -1),
        "pogonion": foremost(-72, -84),
        "gnathion": chin[np.argmax(chin[:, 2] - chin[:, 1])],
        "menton": chin[np.argmin(chin[:, 1])],
        "alare": wing[np.argmax(wing[:, 0])],
    }
