"""Opens the inline editor beside the pass just drawn or selected, and keeps it in a free place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QObject, QPointF, QRect, QTimer

from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.head_view import HeadView
from injectmap.ui.canvas.inline_editor import InlineEditor

if TYPE_CHECKING:
    import numpy as np

    from injectmap.domain.treatment_map import CannulaPass
    from injectmap.editing.editor import MapEditor


class InlineHost(QObject):
    """Rules: one pass selected that this view shows, the editor is open; several or none, it is closed.

    A pass just drawn takes the keyboard into its volume; a pass selected by a click leaves it on the canvas,
    where typing a digit goes into the volume all the same.
    """

    def __init__(self, view: HeadView, inline: InlineEditor, bridge: EditorBridge) -> None:
        """Serve one view, which owns this."""
        super().__init__(view)
        self._view, self._inline, self._bridge = view, inline, bridge
        self._known: frozenset[str] = frozenset()
        self._turned_away = False
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
            self._follow_selection(editor)
        elif "view" in aspects:
            self._follow_view(editor)
        if editor.read_only:
            self._inline.close_editor()
        if "map" in aspects:
            self._known &= frozenset(editor.map.by_id)

    def _follow_selection(self, editor: MapEditor) -> None:
        inline = self._inline
        only = self._only
        self._turned_away = False
        if inline.pass_id is not None and only != inline.pass_id:
            inline.close_editor()
        if only is None:
            return
        fresh = only not in self._known
        self._known = frozenset(editor.map.by_id)
        # What undo brought back is shown; the hand is on undo still.
        if inline.pass_id == only or editor.read_only or editor.selected_by_undo:
            return
        if self._in_view(only):
            self._show(only)
            if fresh:
                inline.take_focus()
        else:
            self._turned_away = True

    def _follow_view(self, editor: MapEditor) -> None:
        """The editor never stands on the side of the face that its pass is not on."""
        only = self._only
        if self._inline.pass_id is not None and not self._in_view(self._inline.pass_id):
            self._inline.commit()
            self._inline.close_editor()
            self._turned_away = True
        elif only is not None and self._turned_away and self._in_view(only) and not editor.read_only:
            self._turned_away = False
            self._show(only)

    @property
    def _only(self) -> str | None:
        editor = self._bridge.editor
        return next(iter(editor.selection)) if editor is not None and len(editor.selection) == 1 else None

    def _in_view(self, pass_id: str) -> bool:
        editor = self._bridge.editor
        one = editor.map.by_id.get(pass_id) if editor is not None else None
        return one is not None and self._anchor(one) is not None

    def _show(self, pass_id: str) -> None:
        self._inline.open(pass_id)
        self._soon.start()

    def put_away(self) -> None:
        """The volume is being typed elsewhere: two fields for one figure would contradict each other."""
        self._turned_away = False
        if self._inline.isVisible() and not self._inline.field.hasFocus():
            self._inline.close_editor()

    def reopen(self, typed: str = "") -> bool:
        """Type the volume of the one selected pass, in a view that shows it; False if there is none."""
        editor, only = self._bridge.editor, self._only
        if editor is None or only is None or editor.read_only:
            return False
        if not self._in_view(only):
            editor.set_view(editor.atlas.best_view(self._middle(only)))
        if self._inline.pass_id != only:
            self._inline.open(only)
        self.place()
        self._inline.take_focus(typed)
        return True

    def _middle(self, pass_id: str) -> np.ndarray:
        from injectmap.domain.skin_paths import to_mm

        editor = self._bridge.editor
        assert editor is not None
        points = to_mm(editor.map.by_id[pass_id].path.points)
        return points[len(points) // 2]

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
