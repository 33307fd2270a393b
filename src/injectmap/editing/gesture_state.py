"""What a tool leaves on show while a gesture lasts: previews, cursor and hint."""

from __future__ import annotations

from collections.abc import Sequence

from injectmap.editing.listeners import Followed
from injectmap.editing.pointer import Cursor, Hint, Marquee, Measured, Preview


class GestureState(Followed):
    """Nothing of it is stored; followers hear of each change."""

    def __init__(self) -> None:
        """Begin without a gesture."""
        super().__init__()
        self.previews: tuple[Preview, ...] = ()
        self.preview_replaces: frozenset[str] = frozenset()
        self.cursor = Cursor.ARROW
        self.hint: Hint | None = None
        self.marquee: Marquee | None = None
        self.measured: Measured | None = None

    @property
    def preview(self) -> Preview | None:
        """The pass being drawn or moved."""
        return self.previews[0] if self.previews else None

    def show_preview(self, preview: Preview | None) -> None:
        """Show one path that is not stored, or none."""
        self.show_previews([preview] if preview is not None else [], frozenset())

    def show_previews(self, previews: Sequence[Preview], replaces: frozenset[str]) -> None:
        """Show paths that are not stored in place of stored ones."""
        if self.previews or previews:
            self.previews, self.preview_replaces = tuple(previews), replaces
            self._tell("preview")

    def show_hint(self, cursor: Cursor, hint: Hint | None) -> None:
        """Say what the pointer would do here."""
        if (cursor, hint) != (self.cursor, self.hint):
            self.cursor, self.hint = cursor, hint
            self._tell("hint")

    def show_marquee(self, marquee: Marquee | None) -> None:
        """Show the rectangle that selects, or none."""
        if marquee != self.marquee:
            self.marquee = marquee
            self._tell("marquee")

    def show_measured(self, measured: Measured | None) -> None:
        """Show a measurement that is not kept, or none."""
        if measured is not self.measured:
            self.measured = measured
            self._tell("measured")

    def clear_measured(self) -> None:
        """Let go of a measurement that was not kept."""
        self.show_measured(None)

    def tell_preview(self) -> None:
        """Say that something of the gesture in hand looks different, other than its passes."""
        self._tell("preview")
