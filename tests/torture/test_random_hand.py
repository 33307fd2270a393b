"""Random sequences of valid edits: 300 in every run of the tests, as many as asked for in `make torture`."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from tests.torture.rules import RandomHand

pytestmark = pytest.mark.slow

EXAMPLES = int(os.environ.get("INJECTMAP_TORTURE", "300"))
STEPS = 12

TestRandomHand = RandomHand.TestCase
TestRandomHand.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS if EXAMPLES <= 300 else 2 * STEPS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
