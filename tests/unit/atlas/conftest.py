"""The shipped atlas, and skin points to try it with."""

from __future__ import annotations

import numpy as np
import pytest

from injectmap.atlas import Atlas, load_atlas


@pytest.fixture(scope="session")
def atlas() -> Atlas:
    return load_atlas()


@pytest.fixture(scope="session")
def skin_points(atlas: Atlas) -> np.ndarray:
    """Some thousand points of both sides where a pass may lie."""
    generator = np.random.default_rng(20261122)
    points = atlas.skin.lay(generator.normal(size=(12_000, 3)))
    return points[atlas.skin.drawable(points)]
