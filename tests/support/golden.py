"""Golden pictures: a picture must look as the one kept in tests/data/golden, which a person has looked at.

`pytest --update-golden` keeps the new pictures instead; look at each one and name it in the commit.
"""

import io
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops

_KEPT = Path(__file__).resolve().parents[1] / "data" / "golden"
_SEEN = Path(__file__).resolve().parents[2] / "build" / "golden"

# Of 255. Rounding differs between processors, and the edges of letters by up to 4 with what the process painted before
# them, such as in another order of tests. A stray pixel may differ by more; even one changed digit differs by far more
# and in more pixels than that, however large the page.
_SAME_WITHIN = 6
_PIXELS_THAT_MAY_DIFFER = 8


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="keep the pictures drawn now as the golden ones"
    )


def differing_pixels(one: Image.Image, other: Image.Image) -> int:
    """The number of pixels in which any channel differs by more than rounding."""
    worst = Image.new("L", one.size)
    for channel in ImageChops.difference(one, other).split():
        worst = ImageChops.lighter(worst, channel)
    return sum(worst.histogram()[_SAME_WITHIN + 1 :])


def _read(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGBA")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, bytes], None]:
    """`golden("canvas-front-light", png)` fails unless the PNG looks as the kept picture of that name."""
    if sys.platform != "linux":
        pytest.skip("golden pictures are kept for Linux")
    update = request.config.getoption("--update-golden")

    def compare(name: str, png: bytes) -> None:
        kept = _KEPT / f"{name}.png"
        if update:
            kept.parent.mkdir(parents=True, exist_ok=True)
            if not (kept.exists() and differs(kept.read_bytes(), png) is None):
                kept.write_bytes(png)
            return
        if not kept.exists():
            reason: str | None = "there is no golden picture of that name yet"
        else:
            reason = differs(kept.read_bytes(), png)
        if reason is not None:
            seen = _SEEN / f"{name}.png"
            seen.parent.mkdir(parents=True, exist_ok=True)
            seen.write_bytes(png)
            pytest.fail(f"{name}: {reason}; the picture drawn now is {seen}. If it is right: --update-golden")

    return compare


def differs(kept: bytes, drawn: bytes) -> str | None:
    """Why two pictures do not look the same, or None if they do."""
    if kept == drawn:
        return None
    one, other = _read(kept), _read(drawn)
    if one.size != other.size:
        return f"size {other.size} is not {one.size}"
    count = differing_pixels(one, other)
    return f"{count} pixels differ" if count > _PIXELS_THAT_MAY_DIFFER else None
