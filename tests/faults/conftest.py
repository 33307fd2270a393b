"""What several faults share: chance with a seed that is reported, and a disk of a size that a test sets."""

from __future__ import annotations

import os
import random

import pytest

from tests.faults.small_disk import small_disk

__all__ = ["small_disk"]


@pytest.fixture
def seed(record_property) -> int:
    """INJECTMAP_SEED, or one of chance; a failure names it."""
    chosen = int(os.environ.get("INJECTMAP_SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)
    record_property("seed", chosen)
    print("INJECTMAP_SEED", chosen)  # noqa: T201  shown with a failure
    return chosen


@pytest.fixture
def chance(seed: int) -> random.Random:
    return random.Random(seed)
