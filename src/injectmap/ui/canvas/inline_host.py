"""Opens the inline editor beside the pass just drawn or selected, and keeps it in a free place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QObject, QPointF, QRect, Qt, QTimer

from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.card import Card
from injectmap.ui.canvas.head_view import HeadView
from injectmap.ui.canvas.inline_editor import InlineEditor
from injectmap.ui.canvas.sight import in_sight

if TYPE_CHECKING:
    import numpy as np

    from injectmap.domain.treatment_map import CannulaPass
    from injectmap.editing.editor import MapEditor


class InlineHost(QObject):
    """Rules: one pass or one whole fan selected that this view shows, the editor is open; otherwise it is closed.

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
        wanted = self._subject
        self._turned_away = False
        if inline.pass_ids and wanted != frozenset(inline.pass_ids):
            inline.close_editor()
        if not wanted:
            return
        fresh = not wanted & self._known
        self._known = frozenset(editor.map.by_id)
        # What undo brought back is shown; the hand is on undo still.
        if inline.pass_ids or editor.read_only or editor.selected_by_undo:
            return
        # A fan is asked for its volume when it has been drawn; selected later it has the header's field.
        if len(wanted) > 1 and not fresh:
            return
        if self._in_view(wanted):
            self._show(wanted)
            if fresh:
                self._view.refresh_layer()
                self.place()
                inline.take_focus()
        else:
            self._turned_away = True

    def _follow_view(self, editor: MapEditor) -> None:
        """The editor never stands on the side of the face that its pass is not on."""
        wanted = self._subject
        if self._inline.pass_ids and not self._in_view(frozenset(self._inline.pass_ids)):
            self._inline.leave()
            self._inline.close_editor()
            self._turned_away = True
        elif wanted and self._turned_away and self._in_view(wanted) and not editor.read_only:
            self._turned_away = False
            self._show(wanted)

    @property
    def _subject(self) -> frozenset[str]:
        """The one selected pass, or the fan selected whole; nothing otherwise."""
        editor = self._bridge.editor
        if editor is None or (len(editor.selection) != 1 and not editor.shares_volume):
            return frozenset()
        return editor.selection

    def _in_view(self, pass_ids: frozenset[str]) -> bool:
        editor = self._bridge.editor
        return editor is not None and in_sight(editor, pass_ids)

    def _passes(self, pass_ids: frozenset[str]) -> list[CannulaPass]:
        editor = self._bridge.editor
        return [one for one in editor.map.passes if one.id in pass_ids] if editor is not None else []

    def _show(self, pass_ids: frozenset[str]) -> None:
        """Placed first and shown then, or it would be seen to leap."""
        self._inline.prepare([one.id for one in self._passes(pass_ids)])
        self._soon.start()

    def put_away(self) -> None:
        """The volume is being typed elsewhere: two fields for one figure would contradict each other."""
        self._turned_away = False
        if self._inline.isVisible() and not self._inline.field.hasFocus():
            self._inline.close_editor()

    def reopen(self, typed: str = "") -> bool:
        """Type the volume of the one selected pass or fan, in a view that shows it; False if there is none."""
        editor, wanted = self._bridge.editor, self._subject
        if editor is None or not wanted or editor.read_only:
            return False
        if not self._in_view(wanted):
            editor.set_view(editor.atlas.best_view(self._middle(next(iter(wanted)))))
        if frozenset(self._inline.pass_ids) != wanted:
            self._inline.prepare([one.id for one in self._passes(wanted)])
        self._view.refresh_layer()
        self.place()
        self._inline.take_focus(typed)
        return True

    def open_row(self, row: str) -> bool:
        """Type deposits or syringes of the one selected pass; False if there is none."""
        if len(self._subject) != 1 or not self.reopen():
            return False
        self._inline.open_row(row)
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
        if self._view.window().focusWidget() in (None, self._inline.field, self._inline.row_field):
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
        """Find the free place nearest to the pass, and show the editor there."""
        view, inline = self._view, self._inline
        one, drawing, scene = inline.one, view.layer.drawing, view.layer.scene
        if one is None or drawing is None or scene is None:
            view.set_leader(None)
            return
        if scene.view_id != view.view_id:
            # The picture of the view just chosen is on its way; it will ask again.
            return
        from injectmap.ui.canvas.free_place import find_place, leader

        anchor = next((at for each in inline.passes if (at := self._anchor(each)) is not None), None)
        seen = anchor is not None and view.rect().toRectF().contains(anchor)
        # A pass that this view does not show is edited at the foot of the canvas, tied to nothing.
        near = anchor if anchor is not None and seen else QPointF(view.width() / 2, view.height() - 60.0)
        cards = view.findChildren(Card, options=Qt.FindChildOption.FindDirectChildrenOnly)
        blocked = [card.geometry() for card in cards if card.isVisible()]
        place = find_place(drawing, scene.camera.origin, view.size(), inline.size(), near, blocked)
        inline.setGeometry(QRect(place.topLeft(), inline.size()))
        inline.appear()
        ends = leader(place, near) if seen else None
        view.set_leader(QLineF(*ends) if ends is not None else None)
