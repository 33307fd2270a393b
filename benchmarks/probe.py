"""Runs the program as a user would, `injectmap open --demo`, and reports when it has come so far.

`python -m benchmarks.probe paint|usable|idle`. Nothing of the program is replaced: two of its methods are
followed by a look at what they have done.
"""

from __future__ import annotations

import json
import sys
import time

# What must not be imported before the first paint (performance reference, section 8).
HEAVY = ("sqlalchemy", "alembic", "numpy", "matplotlib", "shapely", "typst", "PIL", "pydantic")
OURS_LATER = ("injectmap.atlas", "injectmap.editing", "injectmap.chart")


def _report(**found: object) -> None:
    cpu_ms = time.process_time() * 1000
    print(json.dumps({"cpu_ms": cpu_ms, **found}), flush=True)


def main() -> int:
    """Start the program with a look-out on it."""
    from PySide6.QtCore import QEvent, QPointF, Qt, QTimer
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    from injectmap.cli import main as program
    from injectmap.ui.canvas.head_view import HeadView

    wanted, reached = sys.argv[1], []
    paint = HeadView.paintEvent

    def leave() -> None:
        for window in QApplication.topLevelWidgets():
            window.close()
        QApplication.quit()

    def painted(view: HeadView, event: object) -> None:
        paint(view, event)
        if reached or view.layer.scene is None:
            return
        if wanted == "paint":
            reached.append("paint")
            heavy = [name for name in (*HEAVY, *OURS_LATER) if name in sys.modules]
            _report(heavy=heavy)
            QTimer.singleShot(0, leave)
        elif view.editor is not None and view.layer.scene.treatment_map is not None:
            reached.append("usable")
            QTimer.singleShot(0, view, lambda: usable(view))

    def usable(view: HeadView) -> None:
        """Press on the cheek: only a tool that takes hold of the skin shows that drawing is possible."""
        at = QPointF(view.width() / 2, view.height() / 2)
        button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QApplication.sendEvent(view, QMouseEvent(QEvent.Type.MouseButtonPress, at, at, button, button, keys))
        active = view.editor is not None and view.editor.tool.active
        _report(active=active)
        view.input.abandon()
        if wanted == "usable":
            leave()
        else:
            QTimer.singleShot(1500, view, wait)

    def wait() -> None:
        print("idle", flush=True)
        sys.stdin.readline()
        leave()

    HeadView.paintEvent = painted  # type: ignore[method-assign]
    return program(["open", "--demo"])


if __name__ == "__main__":
    sys.exit(main())
