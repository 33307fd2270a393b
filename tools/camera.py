"""Takes pictures of the window once it has come to rest, light and dark."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication, QWidget

from injectmap.ui.workspace import Workspace

SIZE = QSize(1440, 900)
SMALL_SIZE = QSize(1280, 800)
LONGEST_SECONDS = 60.0
# Time for what follows a change: small views, the pages of the record, figures, focus.
SETTLE_SECONDS = 0.9


class Camera:
    """Takes pictures of a widget once it has come to rest."""

    def __init__(self, application: QApplication, folder: Path, wanted: tuple[str, ...]) -> None:
        self._application, self._folder, self._wanted = application, folder, wanted

    def wait(self, until: Callable[[], object], what: str) -> None:
        """Let the program work until something is so."""
        end = time.monotonic() + LONGEST_SECONDS
        while not until():
            if time.monotonic() > end:
                raise TimeoutError(f"the window did not come to this: {what}")
            self._application.processEvents()
            time.sleep(0.005)

    def rest(self, seconds: float = SETTLE_SECONDS) -> None:
        """Let the program come to rest."""
        end = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > end, "rest")

    def wants(self, name: str) -> bool:
        """True if a picture of this name is asked for."""
        return not self._wanted or name.startswith(self._wanted)

    def take(self, name: str, widget: QWidget) -> None:
        """Wait for rest and write a picture."""
        if not self.wants(name):
            return
        self.rest()
        path = self._folder / f"{name}.png"
        if not widget.grab().save(str(path)):
            raise OSError(f"{path} cannot be written")
        print(path)


class Walk:
    """A walk through screens of the window, each taken in both themes."""

    def __init__(self, camera: Camera, workspace: Workspace) -> None:
        self.camera, self.workspace = camera, workspace
        self.desk, self.theme, self.chart = workspace.desk, workspace.theme, workspace.chart

    def both(self, name: str, seconds: float = 0.0) -> None:
        """Take a screen light and dark, with so much more time for what is drawn in the worker."""
        window = self.workspace.window
        if not self.camera.wants(f"{name}-light") and not self.camera.wants(f"{name}-dark"):
            return
        self.camera.rest(seconds)
        self.camera.take(f"{name}-light", window)
        if self.camera.wants(f"{name}-dark"):
            self.theme.set_dark(True)
            self.camera.rest(seconds)
            self.camera.take(f"{name}-dark", window)
            self.theme.set_dark(False)

    def page(self, action: str) -> None:
        """Go where an action leads."""
        self.workspace.actions[action].trigger()
