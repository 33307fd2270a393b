"""What can be done about a patient's privacy, in the menus beside the name: the window's own actions."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from injectmap.words import load_words

_ACTIONS = ("access_report", "erase_patient")


def add_privacy(menu: QMenu, within: QWidget) -> None:
    """Add the entries; each is there when the menu opens if the window's action may be run then."""
    line, entries = menu.addSeparator(), {}
    line.setVisible(False)
    for name in _ACTIONS:
        entry = QAction(load_words()(f"action.{name}"), menu)
        entry.triggered.connect(partial(_run, within, name))
        entry.setVisible(False)
        menu.addAction(entry)
        entries[name] = entry

    def fit() -> None:
        for name, entry in entries.items():
            action = within.window().findChild(QAction, name)
            erased = name == "erase_patient" and bool(within.property("erased"))
            entry.setVisible(action is not None and action.isEnabled() and not erased)
        line.setVisible(any(entry.isVisible() for entry in entries.values()))

    menu.aboutToShow.connect(fit)


def _run(within: QWidget, name: str, *_: object) -> None:
    action = within.window().findChild(QAction, name)
    if action is not None:
        action.trigger()
