"""What holds for every test: no real folders, no leaked thread, widget or timer, no unexpected log line."""

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support.folders import use_folders_under

pytest_plugins = [
    "tests.support.leaks",
    "tests.support.log_lines",
    "tests.support.golden",
    "tests.support.server",
]

# Before any test module is imported: nothing may ever look into the folders of the person who runs the tests.
_SESSION = tempfile.TemporaryDirectory(prefix="injectmap-tests-", ignore_cleanup_errors=True)
use_folders_under(Path(_SESSION.name) / "session", os.environ)
# Shared by all tests, and read only once written: building matplotlib's font cache takes seconds.
os.environ["MPLCONFIGDIR"] = str(Path(_SESSION.name) / "matplotlib")

# No test puts a key into the keyring of the person who runs it.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# No test opens a window on the screen of the person who runs it, unless asked to.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

settings.register_profile("default", deadline=None, max_examples=100)
settings.register_profile(
    "ci", deadline=None, max_examples=100, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_unconfigure() -> None:
    _SESSION.cleanup()


@pytest.fixture(autouse=True)
def own_folders(monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder for this test alone; returns it."""
    home = Path(tempfile.mkdtemp(dir=_SESSION.name))
    changed: dict[str, str] = {}
    use_folders_under(home, changed)
    for name, value in changed.items():
        monkeypatch.setenv(name, value)
    return home


@pytest.fixture(autouse=True)
def thawed() -> Iterator[None]:
    """What the program freezes once after its start would be kept for every test of the run."""
    yield
    gc.unfreeze()
