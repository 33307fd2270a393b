"""Build-time generator of the reference head: pictures, position maps, skin map, landmarks and measures."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

HEAD_VERSION = 1


def _kernel_cache() -> Path:
    """A cache folder per state of the sources: numba does not notice a change in a kernel that another one calls."""
    digest = hashlib.sha256()
    for source in ("primitives.py", "field.py", "raster.py", "maps.py"):
        digest.update((Path(__file__).parent / source).read_bytes())
    return (
        Path(tempfile.gettempdir())
        / f"build-atlas-kernels-{os.getuid() if hasattr(os, 'getuid') else 0}-{digest.hexdigest()[:16]}"
    )


os.environ.setdefault("NUMBA_CACHE_DIR", str(_kernel_cache()))
