"""Opens the inline editor beside the pass just drawn or selected, and keeps it in a free place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QObject, QPointF, QRect, QTimer

from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.head_view import HeadView
from injectmap.ui.canvas.inline_editor import InlineEditor

if TYPE_CHECKING:
    from injectmap.domain.treatment_map import CannulaPass


class InlineHost(QObject):
    """Rules: one pass selected, the editor is open; several or none, it is closed.

    A pass just drawn takes the keyboard into its volume; a pass selected by a click leaves it on the canvas,
    where typing a digit goes into the volume all the same.
    """

    def __init__(self, view: HeadView, inline: InlineEditor, bridge: EditorBridge) -> None:
        """Serve one view, which owns this."""
        super().__init__(view)
        self._view, self._inline, self._bridge = view, inline, bridge
        self._known: frozenset[str] = frozenset()
        self._dismissed: str | None = None
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self.place)
        bridge.changed.connect(self._on_changed)
        view.layer_rebuilt.connect(self._soon.start)
        view.camera_changed.connect(self._follow)
        inline.closed.connect(self._on_closed)
        inline.resized.connect(self._soon.start)

    def _on_changed(self, aspects: frozenset[str]) -> None:
        editor = self._bridge.editor
        if editor is None:
            self._known = frozenset()
            self._inline.close_editor()
            return
        if aspects >= {"map", "selection", "view"}:
            # Another session: what it holds was not drawn just now.
            self._known = frozenset(editor.map.by_id)
        if "selection" in aspects:
            self._follow_selection()
        if "map" in aspects:
            self._known &= frozenset(editor.map.by_id)

    def _follow_selection(self) -> None:
        editor, inline = self._bridge.editor, self._inline
        assert editor is not None
        only = next(iter(editor.selection)) if len(editor.selection) == 1 else None
        if inline.pass_id is not None and only != inline.pass_id:
            inline.close_editor()
        if only is None:
            return
        fresh = only not in self._known
        self._known = frozenset(editor.map.by_id)
        if inline.pass_id != only and not editor.read_only:
            inline.open(only)
            self._soon.start()
            if fresh:
                inline.take_focus()

    def reopen(self) -> bool:
        """Open it again for the one selected pass; False if there is none."""
        editor = self._bridge.editor
        if editor is None or len(editor.selection) != 1 or editor.read_only:
            return False
        self._inline.open(next(iter(editor.selection)))
        self.place()
        self._inline.take_focus()
        return True

    def _on_closed(self) -> None:
        self._view.set_leader(None)
        # Hiding the field leaves the keyboard nowhere; the canvas is where the next pass is drawn.
        if self._view.window().focusWidget() in (None, self._inline.field):
            self._view.setFocus()

    def _anchor(self, one: CannulaPass) -> QPointF | None:
        """The pixel of the tip, or of the path's nearest point in sight."""
        view, atlas = self._view, self._view.atlas
        if atlas is None:
            return None
        from injectmap.domain.skin_paths import to_mm

        uv, visible = atlas.views[view.view_id].project(to_mm(one.path.points))
        seen = uv[visible]
        return QPointF(*view.camera.to_px(*(float(x) for x in seen[-1]))) if len(seen) else None

    def _follow(self) -> None:
        if self._inline.isVisible():
            self._view.set_leader(None)
            self._soon.start(120)

    def place(self) -> None:
        """Find the free place nearest to the pass."""
        view, inline = self._view, self._inline
        one, drawing, scene = inline.one, view.layer.drawing, view.layer.scene
        if not inline.isVisible() or one is None or drawing is None or scene is None:
            view.set_leader(None)
            return
        from injectmap.ui.canvas.free_place import find_place, leader

        anchor = self._anchor(one)
        seen = anchor is not None and view.rect().toRectF().contains(anchor)
        # A pass that this view does not show is edited at the foot of the canvas, tied to nothing.
        near = anchor if anchor is not None and seen else QPointF(view.width() / 2, view.height() - 60.0)
        blocked = [child.geometry() for child in view.cards() if child.isVisible()]
        place = find_place(drawing, scene.camera.origin, view.size(), inline.size(), near, blocked)
        inline.setGeometry(QRect(place.topLeft(), inline.size()))
        ends = leader(place, near) if seen else None
        view.set_leader(QLineF(*ends) if ends is not None else None)
