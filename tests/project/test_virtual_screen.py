"""The virtual screen is one that a real Qt window can open on."""

import subprocess
import sys

import pytest

from tests.support.virtual_screen import virtual_screen, x11_environment

pytestmark = [pytest.mark.x11, pytest.mark.skipif(sys.platform != "linux", reason="X11 is tested on Linux")]


def test_a_window_opens_on_a_virtual_screen() -> None:
    pytest.importorskip("PySide6.QtWidgets")
    program = (
        "from PySide6.QtWidgets import QApplication, QWidget\n"
        "app = QApplication([]); w = QWidget(); w.show(); app.processEvents()\n"
        "size = app.primaryScreen().size(); print(app.platformName(), size.width(), size.height())"
    )
    with virtual_screen(1234, 777) as display:
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=x11_environment(display),
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.stdout.split() == ["xcb", "1234", "777"], done.stderr
