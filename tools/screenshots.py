"""Writes pictures of the main screens, light and dark, to build/screenshots.

`python tools/screenshots.py [FOLDER]` opens a demonstration clinic of its own in the real window, without a
display, at 1440 x 900 and twice the pixels. The README shows these pictures.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["QT_SCALE_FACTOR"] = "2"

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from injectmap.bootstrap import Opener
from injectmap.ui.app import Starter, first_window
from injectmap.ui.main_window import MainWindow
from injectmap.ui.workspace import Workspace

FOLDER = Path(__file__).resolve().parents[1] / "build" / "screenshots"
SIZE = QSize(1440, 900)
LONGEST_SECONDS = 120.0
# Time for what follows a change: small views, the pages of the record, focus.
SETTLE_SECONDS = 1.2


class Camera:
    """Takes pictures of one window once it has come to rest."""

    def __init__(self, application: QApplication, window: MainWindow, folder: Path) -> None:
        self._application, self._window, self._folder = application, window, folder

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Let the program work until something is so."""
        end = time.monotonic() + LONGEST_SECONDS
        while not until():
            if time.monotonic() > end:
                raise TimeoutError(f"the window did not come to this: {what}")
            self._application.processEvents()
            time.sleep(0.005)

    def take(self, name: str) -> None:
        """Wait for rest and write a picture."""
        end = time.monotonic() + SETTLE_SECONDS
        self.wait(lambda: time.monotonic() > end, "rest")
        path = self._folder / f"{name}.png"
        if not self._window.grab().save(str(path)):
            raise OSError(f"{path} cannot be written")
        print(path)


def take_all(camera: Camera, workspace: Workspace) -> None:
    """Walk through the screens."""
    desk, theme = workspace.desk, workspace.theme
    camera.take("start-light")
    desk.open_demo()
    camera.wait(lambda: desk.editor is not None, "the demonstration open at its latest session")
    editor = desk.editor
    assert editor is not None
    left = [one for one in editor.map.passes if one.side.value == "left"]
    editor.select([left[min(4, len(left) - 1)].id])
    camera.take("chart-light")
    theme.set_dark(True)
    camera.take("chart-dark")
    theme.set_dark(False)
    editor.select([])
    editor.set_view("front")
    camera.take("chart-front-light")
    editor.set_view("left_lateral")
    workspace.side.search()
    workspace.side.column.search.setText("ma")
    camera.take("search-light")
    workspace.side.column.search.clear()
    workspace.session.start_new_session()
    camera.take("new-session-light")
    workspace.session.form.cancelled.emit()
    workspace.side.column.start_new_patient()
    camera.take("new-patient-light")
    workspace.side.column.form.cancelled.emit()
    workspace.pages.show("record")
    camera.wait(lambda: workspace.pages["record"].preview.pages.page_count > 0, "the pages of the record")
    camera.take("record-light")
    theme.set_dark(True)
    camera.take("record-dark")


def main(arguments: list[str]) -> int:
    """Write all pictures."""
    folder = Path(arguments[0]) if arguments else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    application = QApplication(sys.argv[:1])
    # A blinking cursor would make every picture another one.
    application.setCursorFlashTime(0)
    with tempfile.TemporaryDirectory(prefix="injectmap-screens-") as home:
        window = first_window(application)
        window.theme.set_dark(False)
        window.resize(SIZE)
        starter = Starter(application, window, Opener(data_folder=Path(home)), None)
        window.show()
        camera = Camera(application, window, folder)
        try:
            camera.wait(lambda: starter.workspace is not None, "the panels")
            assert starter.workspace is not None
            take_all(camera, starter.workspace)
        finally:
            window.close()
            starter.end()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
