"""Nothing heavy is imported before the first paint: a window that is late is the first thing a clinic sees."""

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

# Each costs more to import than the program has before its window; the first clinic opened brings them in.
HEAVY = [
    "alembic",
    "injectmap.atlas",
    "injectmap.chart",
    "injectmap.editing",
    "injectmap.storage",
    "matplotlib",
    "numpy",
    "PIL",
    "pydantic",
    "shapely",
    "sqlalchemy",
    "sqlcipher3",
    "typst",
]


def loaded_by(module: str) -> list[str]:
    program = f"import json, sys, {module}; print(json.dumps([m for m in {HEAVY!r} if m in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return list(json.loads(done.stdout))


def test_the_measure_sees_a_heavy_import() -> None:
    assert "sqlalchemy" in loaded_by("injectmap.storage.tables")


def test_the_command_line_starts_light() -> None:
    assert loaded_by("injectmap.cli") == []


def test_the_window_starts_light() -> None:
    pytest.importorskip("PySide6.QtWidgets")
    if find_spec("injectmap.ui.app") is None:
        pytest.skip("no window yet")
    assert loaded_by("injectmap.ui.app") == []
