"""Hypothesis strategies for places on the skin."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from injectmap.atlas import load_atlas
from injectmap.atlas.skin import chart_directions


def _point(azimuth: float, elevation: float, side: int) -> np.ndarray:
    direction = chart_directions(np.array([2.0 * azimuth]), np.array([2.0 * elevation + 180.0]))
    return load_atlas().skin.lay(direction * (side, 1.0, 1.0))[0]


def skin_places(sides: tuple[int, ...] = (1, -1), furthest: float = 88.0) -> st.SearchStrategy[np.ndarray]:
    """Drawable points, mm (3,), of the given sides."""
    return st.builds(_point, st.floats(0.5, furthest), st.floats(-55.0, 40.0), st.sampled_from(sides)).filter(
        lambda point: bool(load_atlas().skin.drawable(point)[0])
    )
