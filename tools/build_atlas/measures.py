"""Distances between landmarks beside the anthropometric figures that the head was modelled to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .curves import Floats


@dataclass(frozen=True)
class Measure:
    """`between` two landmarks; `width` doubles x; `vertical` takes y only."""

    between: tuple[str, str]
    target_mm: float
    source: str
    kind: str = "distance"


_ANSUR = "ANSUR II 2012, women, mean"
_FARKAS = "Farkas 1994/2005, North American white women, as recalled; not verified"
_DESIGN = "design figure of this head, between bone (Farkas) and skin (NIOSH 2005) readings"

MEASURES: dict[str, Measure] = {
    "bizygomatic": Measure(("zygion", "zygion"), 133.8, _ANSUR, "width"),
    "bigonial": Measure(("gonion", "gonion"), 104.0, _DESIGN, "width"),
    "head_length": Measure(("glabella", "opisthocranion"), 189.8, _ANSUR),
    "head_breadth": Measure(("eurion", "eurion"), 147.8, _ANSUR, "width"),
    "tragion_vertex_height": Measure(("tragion", "vertex"), 126.5, _ANSUR, "vertical"),
    "ear_length": Measure(("superaurale", "subaurale"), 59.4, _ANSUR),
    "nasion_menton": Measure(("nasion", "menton"), 113.1, _ANSUR + " (menton-sellion)"),
    "nasion_subnasale": Measure(("nasion", "subnasale"), 50.6, _FARKAS),
    "subnasale_menton": Measure(("subnasale", "menton"), 64.3, _FARKAS),
    "subnasale_stomion": Measure(("subnasale", "stomion"), 20.0, _FARKAS),
    "subnasale_pronasale": Measure(("subnasale", "pronasale"), 19.7, _FARKAS),
    "endocanthion_width": Measure(("endocanthion", "endocanthion"), 31.8, _FARKAS, "width"),
    "exocanthion_width": Measure(("exocanthion", "exocanthion"), 87.8, _FARKAS, "width"),
    "nose_width": Measure(("alare", "alare"), 31.4, _FARKAS, "width"),
    "mouth_width": Measure(("cheilion", "cheilion"), 50.2, _FARKAS, "width"),
    "bitragion": Measure(("tragion", "tragion"), 133.0, _FARKAS, "width"),
    "tragion_nasion": Measure(("tragion", "nasion"), 115.0, _FARKAS),
    "tragion_subnasale": Measure(("tragion", "subnasale"), 119.0, _FARKAS),
    "tragion_gnathion": Measure(("tragion", "gnathion"), 136.0, _FARKAS),
}


def measure(points: dict[str, Floats], name: str) -> float:
    """One measure in mm."""
    m = MEASURES[name]
    a, b = (points[k] for k in m.between)
    if m.kind == "width":
        return float(2 * a[0])
    if m.kind == "vertical":
        return float(abs(a[1] - b[1]))
    return float(np.linalg.norm(a - b))
