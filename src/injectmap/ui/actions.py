"""What can be done from the keyboard, as data: one table for menus, buttons, hints and the list of keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from injectmap.words import load_words


class When(StrEnum):
    """What must be open for an action to be of use."""

    ALWAYS = "always"
    CLINIC = "clinic"
    WRITABLE = "writable"
    SESSION = "session"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action: its words are `action.<id>`; the first key is the one shown."""

    id: str
    keys: tuple[str, ...]
    when: When
    icon: str = ""


# Keys without a modifier belong to the chart: tools, views, volumes, F2 for the volume.
ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("keys", ("F1",), When.ALWAYS, "info"),
    ActionSpec("chart", ("F3",), When.CLINIC, "cannula_pass"),
    ActionSpec("record", ("Ctrl+P",), When.SESSION, "printer"),
    ActionSpec("table", ("F4",), When.SESSION, "session"),
    ActionSpec("find_patient", ("Ctrl+F",), When.CLINIC, "search"),
    ActionSpec("new_session", ("Ctrl+N",), When.WRITABLE, "plus"),
    ActionSpec("new_patient", ("Ctrl+Shift+N",), When.WRITABLE, "person"),
    ActionSpec("add_syringe", ("Ctrl+Shift+S",), When.SESSION, "syringe"),
    ActionSpec("save_pdf", ("Ctrl+S",), When.SESSION, "save"),
    ActionSpec("session_details", (), When.SESSION, "pencil"),
    ActionSpec("session_error", (), When.SESSION, "warning"),
    ActionSpec("theme", ("Ctrl+Shift+D",), When.ALWAYS, "moon"),
    ActionSpec("close_clinic", ("Ctrl+W",), When.CLINIC, "folder"),
    ActionSpec("quit", ("Ctrl+Q",), When.ALWAYS, "cross"),
)


class ActionSet:
    """The table's actions on a window; a key works wherever the keyboard is in it."""

    def __init__(self, window: QWidget, handlers: Mapping[str, Callable[[], None]]) -> None:
        """`handlers` has one entry for each action, no more."""
        if handlers.keys() != {spec.id for spec in ACTIONS}:
            raise ValueError("actions and handlers differ")
        self._by_id: dict[str, QAction] = {}
        for spec in ACTIONS:
            action = QAction(load_words()(f"action.{spec.id}"), window)
            action.setObjectName(spec.id)
            action.setShortcuts([QKeySequence(key) for key in spec.keys])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.triggered.connect(handlers[spec.id])
            window.addAction(action)
            self._by_id[spec.id] = action

    def __getitem__(self, action_id: str) -> QAction:
        """One action."""
        return self._by_id[action_id]

    def enable(self, open_now: frozenset[When]) -> None:
        """Enable what is of use with what is open."""
        for spec in ACTIONS:
            self._by_id[spec.id].setEnabled(spec.when in open_now)


def shown_key(spec: ActionSpec) -> str:
    """The key as people read it on this system."""
    return QKeySequence(spec.keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if spec.keys else ""
