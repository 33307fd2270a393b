"""The named landmarks of the reference head, read from the file the head generator writes."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from injectmap.atlas.arrays import Floats


def read_landmarks(file: Path) -> tuple[int, dict[str, Floats]]:
    """Return the head version and the landmarks, mm (3,), each on the patient's left side or on the midline."""
    stored = json.loads(file.read_text("utf-8"))
    places = {
        name: np.array([place["x"], place["y"], place["z"]], dtype=float)
        for name, place in stored["landmarks"].items()
    }
    return int(stored["head_version"]), places
