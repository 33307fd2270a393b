"""Finds the files shipped with the program: in an installed wheel, a source checkout and a frozen program."""

import errno
import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


class MissingResourceError(FileNotFoundError):
    """A file that belongs to the program is not there: the installation is incomplete."""


def _candidates() -> list[Path]:
    """Where the assets folder may lie, the most specific place first."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return [Path(frozen) / "injectmap" / "assets", Path(frozen) / "assets"]
    # The wheel holds a copy inside the package; an editable install reads the checkout's own folder.
    return [_PACKAGE / "assets", _PACKAGE.parents[1] / "assets"]


def asset_root() -> Path:
    """The folder that holds everything shipped."""
    for candidate in _candidates():
        if candidate.is_dir():
            return candidate
    looked = ", ".join(str(candidate) for candidate in _candidates())
    raise _missing(looked)


def asset_path(*parts: str) -> Path:
    """An existing shipped file or folder, such as `asset_path("fonts", "SourceSansPro-Regular.ttf")`."""
    path = asset_root().joinpath(*parts)
    if not path.exists():
        raise _missing(str(path))
    return path


def _missing(where: str) -> MissingResourceError:
    return MissingResourceError(
        errno.ENOENT, "the program's own files are incomplete; install injectmap again", where
    )
