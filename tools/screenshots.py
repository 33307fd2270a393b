"""Writes pictures of every screen, light and dark, to build/screenshots.

`python tools/screenshots.py [FOLDER] [NAME ...]` opens a demonstration clinic of its own in the real window, without a
display, at 1440 x 900 and twice the pixels, and walks through a day's work in it, then makes an encrypted clinic and
walks through what it can be trusted by. With names it writes only the pictures whose names begin so. `--keep` writes
those that README and guide show to docs/screenshots, 1800 px wide; `--small` takes the smallest window there is. The
clock stands still and nothing comes from this computer, so that a picture changes only when its screen does
(the journal's hash on the page Safety is another one at each run).
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_SCALE_FACTOR"] = "2"
# A new clinic takes the zone of the computer it is made on.
os.environ["TZ"] = "Europe/London"

from camera import SIZE, SMALL_SIZE, Camera
from PySide6.QtWidgets import QApplication
from screens import Tour
from screens_clinic import PictureOpener, StandingClock, make_steady
from trust_screens import TrustTour

from injectmap.ui.app import Starter, first_window

if TYPE_CHECKING:
    from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "screenshots"
KEPT_FOLDER = ROOT / "docs" / "screenshots"
KEPT_WIDTH = 1800
PLAIN_COLOURS = 40
# What README.md and docs/guide show; a test compares.
KEPT = (
    "chart-light",
    "chart-dark",
    "fan-light",
    "plan-light",
    "palette-light",
    "review-light",
    "signed-light",
    "patient-light",
    "stock-light",
    "recall-light",
    "aftercare-light",
    "present-dark",
    "sign-in-light",
    "safety-light",
)


def _colours_of(picture: Image.Image) -> Image.Image:
    """A palette: the colours of plain areas as they are, so that they stay plain, the others for shaded skin."""
    from PIL import Image

    counted = sorted(picture.getcolors(picture.width * picture.height) or [], reverse=True)
    exact = [channel for _, colour in counted[:PLAIN_COLOURS] for channel in cast("tuple[int, ...]", colour)]
    others = picture.quantize(256 - PLAIN_COLOURS, method=Image.Quantize.FASTOCTREE, kmeans=2)
    palette = Image.new("P", (1, 1))
    palette.putpalette([*exact, *(others.getpalette() or [])[: 3 * (256 - PLAIN_COLOURS)]])
    return palette


def keep(folder: Path) -> None:
    """Put the pictures that the documents show beside them, smaller and with a palette of colours."""
    from PIL import Image

    KEPT_FOLDER.mkdir(parents=True, exist_ok=True)
    for name in KEPT:
        with Image.open(folder / f"{name}.png") as picture:
            high = round(picture.height * KEPT_WIDTH / picture.width)
            small = picture.convert("RGB").resize((KEPT_WIDTH, high), Image.Resampling.LANCZOS)
        few = small.quantize(palette=_colours_of(small), dither=Image.Dither.FLOYDSTEINBERG)
        few.save(KEPT_FOLDER / f"{name}.png", optimize=True)
        print(KEPT_FOLDER / f"{name}.png")


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder of its own, by the same name each time where it is free: pictures show it."""
    home = Path(tempfile.gettempdir()) / "injectmap-screens"
    try:
        home.mkdir(mode=0o700)
    except FileExistsError:
        home = Path(tempfile.mkdtemp(prefix="injectmap-screens-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def main(arguments: list[str]) -> int:
    """Write the pictures."""
    keeping, small = "--keep" in arguments, "--small" in arguments
    folder, *wanted = [one for one in arguments if one not in ("--keep", "--small")] or [str(FOLDER)]
    path = Path(folder)
    path.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    # A blinking cursor would make every picture another one.
    application.setCursorFlashTime(0)
    make_steady()
    with _folder() as home:
        window = first_window(application)
        window.theme.set_dark(False)
        window.resize(SMALL_SIZE if small else SIZE)
        clock = StandingClock()
        (home / "clinics").mkdir()
        starter = Starter(application, window, PictureOpener(home / "program", clock), None)
        window.show()
        camera = Camera(application, path, tuple(wanted) or (KEPT if keeping else ()))
        try:
            camera.wait(lambda: starter.workspace is not None, "the panels")
            assert starter.workspace is not None
            Tour(camera, starter.workspace).walk()
            TrustTour(camera, starter.workspace, home / "clinics", clock).walk()
        finally:
            window.close()
            starter.end()
    if keeping:
        keep(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
