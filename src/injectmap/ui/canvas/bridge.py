"""The one place where the editor's plain-Python notices become a Qt signal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor

ALL_ASPECTS: Final = frozenset(
    {"map", "selection", "preview", "defaults", "tool", "view", "state", "syringes", "hint"}
)


class EditorBridge(QObject):
    """Holds the editor of the open treatment session, or none, and says what of it changed.

    Widgets connect bound methods to `changed`; Qt drops those with the receiver, whereas a lambda kept by the
    editor would keep a closed widget alive.
    """

    changed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        """Start without an editor."""
        super().__init__(parent)
        self._editor: MapEditor | None = None
        self._unsubscribe: Callable[[], None] | None = None

    @property
    def editor(self) -> MapEditor | None:
        """The editor of the open treatment session."""
        return self._editor

    def set_editor(self, editor: MapEditor | None) -> None:
        """Follow another editor; every aspect counts as changed."""
        if editor is self._editor:
            return
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._editor = editor
        if editor is not None:
            self._unsubscribe = editor.subscribe(self._tell)
        self.changed.emit(ALL_ASPECTS)

    def _tell(self, aspects: frozenset[str]) -> None:
        self.changed.emit(aspects)
