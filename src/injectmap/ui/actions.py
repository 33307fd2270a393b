"""What can be done from the keyboard, as data: one table for menus, buttons, hints and the list of keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from injectmap.domain.acting import Right
from injectmap.words import load_words


class When(StrEnum):
    """What must be open for an action to be of use."""

    ALWAYS = "always"
    CLINIC = "clinic"
    WRITABLE = "writable"
    PATIENT = "patient"
    SESSION = "session"
    # Who acts has a password to come back with.
    LOCKABLE = "lockable"


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action: its words are `action.<id>`; the first key is the one shown.

    Without the `right` it is not offered. With a `page` it shows that page and calls `method` of it, if there is one; others have a handler of their own.
    """

    id: str
    keys: tuple[str, ...]
    when: When
    icon: str = ""
    page: str = ""
    method: str = ""
    right: Right | None = None


# Keys without a modifier belong to the chart: tools, views, volumes, F2 for the volume.
ACTIONS: tuple[ActionSpec, ...] = (
    ActionSpec("keys", ("F1",), When.ALWAYS, "info"),
    ActionSpec("palette", ("Ctrl+K",), When.ALWAYS, "search"),
    ActionSpec("chart", ("F3",), When.CLINIC, "cannula_pass"),
    ActionSpec("table", ("F4",), When.SESSION, "session"),
    ActionSpec("present", ("F5",), When.CLINIC, "screen"),
    ActionSpec("patient_page", ("F6",), When.PATIENT, "person", page="patient", right=Right.READ_RECORD),
    ActionSpec(
        "save_summary",
        (),
        When.PATIENT,
        "save",
        page="patient",
        method="save_summary",
        right=Right.PRINT_RECORD,
    ),
    ActionSpec(
        "print_summary",
        (),
        When.PATIENT,
        "printer",
        page="patient",
        method="print_summary",
        right=Right.PRINT_RECORD,
    ),
    ActionSpec("record", ("Ctrl+P",), When.SESSION, "printer", page="record", right=Right.READ_RECORD),
    ActionSpec("aftercare_page", ("F9",), When.PATIENT, "session", page="aftercare"),
    ActionSpec(
        "new_event",
        (),
        When.SESSION,
        "warning",
        page="aftercare",
        method="new_event",
        right=Right.EDIT_SESSION,
    ),
    ActionSpec(
        "access_report",
        (),
        When.PATIENT,
        "page",
        page="safety",
        method="access_report",
        right=Right.KEEP_PRIVATE,
    ),
    ActionSpec(
        "erase_patient",
        (),
        When.PATIENT,
        "trash",
        page="safety",
        method="erase_patient",
        right=Right.KEEP_PRIVATE,
    ),
    ActionSpec("stock_page", ("F7",), When.CLINIC, "box", page="stock"),
    ActionSpec("due_page", ("F8",), When.CLINIC, "calendar", page="due"),
    ActionSpec("safety_page", (), When.CLINIC, "shield", page="safety"),
    ActionSpec("settings_page", ("Ctrl+,",), When.CLINIC, "sliders", page="settings"),
    ActionSpec("find_patient", ("Ctrl+F",), When.CLINIC, "search"),
    ActionSpec("new_session", ("Ctrl+N",), When.WRITABLE, "plus", right=Right.EDIT_SESSION),
    ActionSpec("new_patient", ("Ctrl+Shift+N",), When.WRITABLE, "person", right=Right.EDIT_PATIENT),
    ActionSpec("add_syringe", ("Ctrl+Shift+S",), When.SESSION, "syringe", right=Right.EDIT_SESSION),
    ActionSpec("discard_rest", ("Ctrl+Shift+R",), When.SESSION, "syringe", right=Right.EDIT_SESSION),
    ActionSpec("copy_last", ("Ctrl+Shift+C",), When.SESSION, "session", right=Right.EDIT_SESSION),
    ActionSpec("compare_with", ("Ctrl+H",), When.SESSION, "session"),
    ActionSpec(
        "fulfil_all",
        ("Ctrl+Shift+Enter", "Ctrl+Shift+Return"),
        When.SESSION,
        "tick",
        right=Right.EDIT_SESSION,
    ),
    ActionSpec("confirm_all", (), When.SESSION, "tick", right=Right.EDIT_SESSION),
    ActionSpec("scan_picture", (), When.WRITABLE, "picture"),
    ActionSpec(
        "stock_receive", (), When.WRITABLE, "box", page="stock", method="receive", right=Right.KEEP_STOCK
    ),
    ActionSpec("recall", (), When.CLINIC, "search", page="stock", method="recall", right=Right.RECALL),
    ActionSpec(
        "save_pdf",
        ("Ctrl+S",),
        When.SESSION,
        "save",
        page="record",
        method="save_pdf",
        right=Right.PRINT_RECORD,
    ),
    ActionSpec("session_details", (), When.SESSION, "pencil", right=Right.EDIT_SESSION),
    ActionSpec("lay_protocol", ("Ctrl+L",), When.SESSION, "page", right=Right.EDIT_SESSION),
    ActionSpec("save_protocol", ("Ctrl+Shift+L",), When.SESSION, "save", right=Right.EDIT_PROTOCOL),
    ActionSpec("session_error", (), When.SESSION, "warning", right=Right.EDIT_SESSION),
    ActionSpec("lock", ("F12",), When.LOCKABLE, "lock"),
    ActionSpec("switch_person", ("Shift+F12",), When.CLINIC, "person"),
    ActionSpec("theme", ("Ctrl+Shift+D",), When.ALWAYS, "moon"),
    ActionSpec("close_clinic", ("Ctrl+W",), When.CLINIC, "folder"),
    ActionSpec("quit", ("Ctrl+Q",), When.ALWAYS, "cross"),
)


class ActionSet:
    """The table's actions on a window; a key works wherever the keyboard is in it."""

    def __init__(
        self, window: QWidget, handlers: Mapping[str, Callable[[], None]], on_page: Callable[[str, str], None]
    ) -> None:
        """`handlers` has one entry for each action that no page carries out, no more."""
        handlers = {
            spec.id: partial(on_page, spec.page, spec.method) for spec in ACTIONS if spec.page
        } | dict(handlers)
        if handlers.keys() != {spec.id for spec in ACTIONS}:
            raise ValueError("actions and handlers differ")
        self._by_id: dict[str, QAction] = {}
        self._may: Callable[[Right], bool] = lambda _: True
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

    def enable(self, open_now: frozenset[When], may: Callable[[Right], bool] = lambda _: True) -> None:
        """Enable what is of use with what is open, for somebody who may do it."""
        self._may = may
        for spec in ACTIONS:
            self._by_id[spec.id].setEnabled(spec.when in open_now and self.is_allowed(spec))

    def is_allowed(self, spec: ActionSpec) -> bool:
        """True if who acts may do it."""
        return spec.right is None or self._may(spec.right)


def shown_key(spec: ActionSpec) -> str:
    """The key as people read it on this system."""
    return QKeySequence(spec.keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if spec.keys else ""
