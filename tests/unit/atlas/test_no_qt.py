"""The atlas needs neither Qt nor a database."""

from __future__ import annotations

import subprocess
import sys

FORBIDDEN = ("PySide6", "shiboken6", "sqlalchemy", "sqlcipher3", "sqlite3", "PIL", "matplotlib", "scipy")


def test_the_atlas_imports_no_qt_and_no_database() -> None:
    code = (
        "import sys, numpy as np\nfrom injectmap.atlas import load_atlas\natlas = load_atlas()\n"
        "path = atlas.skin.path(atlas.landmarks['zygion'], atlas.landmarks['antegonial_notch'])\n"
        "atlas.zones.split(path); atlas.project_all(path)\n"
        f"print(sorted({{name.partition('.')[0] for name in sys.modules}} & set({FORBIDDEN!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
