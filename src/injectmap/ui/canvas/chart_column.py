"""The centre column of the window: header, head with its tools, and the strip of views."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QVBoxLayout, QWidget

from injectmap.domain.errors import InjectmapError, InputRefused
from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.canvas.canvas_header import CanvasHeader
from injectmap.ui.canvas.chart_actions import ACTIONS, BY_ID
from injectmap.ui.canvas.empty_note import EmptyNote
from injectmap.ui.canvas.gesture_relay import NOTICES
from injectmap.ui.canvas.head_view import HeadView
from injectmap.ui.canvas.inline_editor import InlineEditor
from injectmap.ui.canvas.inline_host import InlineHost
from injectmap.ui.canvas.keys import handle_key
from injectmap.ui.canvas.mode_note import ModeNote
from injectmap.ui.canvas.note_field import NoteField
from injectmap.ui.canvas.notice_bar import NoticeBar
from injectmap.ui.canvas.overlay_toggles import OverlayToggles
from injectmap.ui.canvas.small_views import ViewStrip
from injectmap.ui.canvas.tool_palette import ToolPalette
from injectmap.ui.canvas.zoom_box import ZoomBox
from injectmap.ui.theme import Theme
from injectmap.words import Words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.domain.treatment_map import CannulaPass, TreatmentMap
    from injectmap.editing.editor import MapEditor

_INSET = 12
_NO_SYRINGE = ("syringe_missing", "syringes_empty")


class ChartColumn(QWidget):
    """Places the parts and passes words between them; every decision is the editor's.

    Until an editor is set it shows the head, its views and its zoom, and draws nothing.
    """

    syringe_wanted = Signal()
    # Another session's map as long as it shows under this one, else None, and its date in words.
    ghost_changed = Signal(object, str)

    def __init__(
        self,
        bridge: EditorBridge,
        atlas_provider: Callable[[], Atlas | None],
        words: Words,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        """`atlas_provider` gives the atlas, or None while it is still loading."""
        super().__init__(parent)
        self._without_session = "canvas.no_session"
        self.bridge, self._words, self._theme = bridge, words, theme
        self.view = HeadView(bridge, atlas_provider, words, theme, self)
        self.header = CanvasHeader(bridge, self.view.guarded, words, theme, self)
        self.strip = ViewStrip(bridge, atlas_provider, self.view.pictures, words, theme, self)
        self.palette_card = ToolPalette(bridge, words, theme, self.view)
        self.toggles = OverlayToggles(self.view, words, theme, self.view)
        self.zoom = ZoomBox(self.view, words, theme, self.view)
        self.notice = NoticeBar(words, theme, self.view)
        self.inline = InlineEditor(bridge, words, theme, self.view)
        self.host = InlineHost(self.view, self.inline, bridge)
        self.empty = EmptyNote(theme, self.view)
        self.modes = ModeNote(theme, self.view)
        self.note = NoteField(words, theme, self.view)
        self._ghost_source: Callable[[], TreatmentMap | None] | None = None
        self._ghost_text = ""
        self.toggles.allow_ghost(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.view, 1)
        column.addWidget(self.strip)
        self._order_keys()
        self.strip.picked.connect(self.view.show_view)
        self.view.view_changed.connect(self.header.show_view)
        self.view.view_changed.connect(self.strip.show_view)
        self.view.refused.connect(self._tell_refusal)
        self.view.pressed.connect(self.notice.press)
        self.toggles.changed.connect(self._show_overlays)
        self.toggles.resized.connect(self._place_cards)
        self.palette_card.undo.clicked.connect(self.undo)
        self.palette_card.redo.clicked.connect(self.redo)
        self.palette_card.mirror.clicked.connect(partial(BY_ID["mirror"].run, self))
        self.palette_card.linked.clicked.connect(partial(BY_ID["linked"].run, self))
        for action in ACTIONS:
            if action.always:
                QShortcut(QKeySequence(action.always), self, partial(action.run, self))
        self.inline.not_taken.connect(self.tell_not_taken)
        self.inline.refused.connect(self._tell_later)
        self.header.volume.not_taken.connect(self.tell_not_taken)
        self.header.volume.finished.connect(self.view.setFocus)
        self.inline.field.undo_asked.connect(self.undo)
        self.inline.field.redo_asked.connect(self.redo)
        self.notice.retry.connect(self._retry)
        self.notice.discard.connect(self._discard)
        self.notice.syringe_wanted.connect(self.syringe_wanted)
        bridge.changed.connect(self._on_changed)
        self.view.resized.connect(self._place_cards)
        self._show_empty()

    def set_editor(self, editor: MapEditor | None) -> None:
        """Chart another treatment session, or none."""
        self.bridge.set_editor(editor)

    def atlas_ready(self) -> None:
        """The atlas has been loaded: zones appear."""
        self.view.update()
        self.strip.refresh_later()
        self._show_empty()

    def offer_ghost(self, source: Callable[[], TreatmentMap | None] | None, said: str = "") -> None:
        """Offer another session's map for the overlay, read when it is wanted; `said` is its date in words."""
        self._ghost_source, self._ghost_text = source, said
        self.view.set_ghost(None)
        self.toggles.allow_ghost(source is not None)
        self._take_ghost()

    def _take_ghost(self) -> None:
        wanted = "last_session" in self.view.shown
        if wanted and self.view.ghost is None and self._ghost_source is not None:
            self.view.set_ghost(self._ghost_source())
        self.ghost_changed.emit(self.view.ghost if wanted else None, self._ghost_text)
        self._show_modes()

    def undo(self) -> None:
        """Take back the last step."""
        if self.bridge.editor is not None:
            self.view.guarded(self.bridge.editor.undo)

    def redo(self) -> None:
        """Do again what was taken back."""
        if self.bridge.editor is not None:
            self.view.guarded(self.bridge.editor.redo)

    def type_volume(self, typed: str = "") -> bool:
        """Type the volume of the selected passes: beside the one pass or fan, in the header for several."""
        editor = self.bridge.editor
        if editor is None or editor.read_only or not editor.selection:
            return False
        if not self.host.reopen(typed):
            self.header.type_volume(typed)
        return True

    def ask_asymmetry(self) -> bool:
        """Keep what was measured, or the selected measurement, as a baseline asymmetry with words asked for now."""
        editor = self.bridge.editor
        if editor is None:
            return False
        if editor.measured is not None:
            self.note.ask(self._keep_asymmetry)
            return True
        kept = next((one for one in editor.map.measurements if one.id == editor.selected_item), None)
        if kept is not None:
            self.note.ask(partial(self._word_asymmetry, kept.id), "asymmetry", kept.note)
        return kept is not None

    def _keep_asymmetry(self, words: str) -> bool:
        from injectmap.domain.map_items import MeasurementKind

        editor = self.bridge.editor
        if editor is None:
            return False
        return self.view.guarded(editor.keep_measurement, MeasurementKind.ASYMMETRY, words)

    def _word_asymmetry(self, item_id: str, words: str) -> bool:
        from injectmap.domain.map_items import MeasurementKind

        editor = self.bridge.editor
        if editor is None:
            return False
        change = partial(editor.set_measurement, item_id, kind=MeasurementKind.ASYMMETRY, note=words)
        return self.view.guarded(change)

    def ask_reason(self, one: CannulaPass) -> bool:
        """Ask why a pass deviates from the plan, beginning with what was said before."""
        self.note.ask(partial(self._keep_reason, one.id), "reason", one.deviation)
        return True

    def _keep_reason(self, pass_id: str, words: str) -> bool:
        from injectmap.editing.plan import set_deviation

        editor = self.bridge.editor
        if editor is None or pass_id not in editor.map.by_id:
            return True
        return self.view.guarded(set_deviation, editor, pass_id, words)

    def _order_keys(self) -> None:
        """Tab goes canvas, header, tools, overlays, zoom, views; from the inline volume to the header."""
        chain: list[QWidget] = [self.view, self.inline.field, *self.header.fields]
        chain += [button for group in self.palette_card.groups for button in group]
        chain += [*self.toggles.buttons.values(), self.zoom.less, self.zoom.more, self.zoom.fit]
        chain += self.strip.views.values()
        for first, second in pairwise(chain):
            QWidget.setTabOrder(first, second)

    # Following the editor

    def _on_changed(self, aspects: frozenset[str]) -> None:
        editor = self.bridge.editor
        if aspects & {"map", "selection", "view"}:
            # What was said was said of what was there before.
            self.notice.clear()
        if aspects & {"state", "map"}:
            failed = editor.failed if editor is not None else None
            if failed is not None:
                self.notice.tell_failed(self._sentence(failed.error))
            else:
                self.notice.solved()
            reason = editor.session.error_reason.rstrip(".") if editor is not None else ""
            self.notice.stand(self._words("notice.in_error", reason=reason) if reason else "")
        if aspects == {"hint"}:
            self._tell_hint()
        if aspects & {"mode", "tool", "state"}:
            self._show_modes()
        measuring = editor is not None and (editor.measured is not None or editor.selected_item is not None)
        if self.note.kind == "asymmetry" and not measuring:
            self.note.put_away()
        if aspects & {"map", "preview", "state"}:
            self._show_empty()

    def _show_overlays(self, shown: frozenset[str]) -> None:
        self.strip.set_zones("zones" in shown)
        self._take_ghost()

    def _show_modes(self) -> None:
        """Say what holds until it is switched off."""
        editor, words = self.bridge.editor, self._words
        said = []
        if editor is not None and editor.linked:
            said.append((words("mode.linked"), "W"))
        if editor is not None and editor.planning:
            said.append((words("mode.planning"), "Shift+P"))
        if editor is not None and self._ghost_text and "last_session" in self.view.shown:
            said.append((words("mode.ghost", date=self._ghost_text), "H"))
        self.modes.say(tuple(said))
        self._place_cards()

    def _tell_hint(self) -> None:
        editor, words = self.bridge.editor, self._words
        hint = editor.hint if editor is not None else None
        if hint is None:
            return
        if hint.code in NOTICES:
            params = dict(hint.params)
            if "side" in params:
                params["side"] = words(f"mirrored.{params['side'] or 'both'}")
            self.notice.tell(words(f"hint.{hint.code}", **params), wrong=False)
        elif words.has(f"error.{hint.code}"):
            self.notice.tell(words(f"error.{hint.code}", **hint.params), add_syringe=hint.code in _NO_SYRINGE)

    def tell_not_taken(self, typed: str) -> None:
        """Say that a number was not taken as a volume."""
        from injectmap.domain.units import parse_volume, show_volume

        try:
            sentence = self._words("hint.volume_not_taken", typed=typed, ml=show_volume(parse_volume(typed)))
        except InputRefused as refused:
            sentence = self._sentence(refused)
        self._tell_later(sentence, wrong=False)

    def _tell_later(self, sentence: str, *, wrong: bool = True) -> None:
        # The press that left the field would clear it at once.
        QTimer.singleShot(0, self, partial(self.notice.tell, sentence, wrong=wrong))

    def _sentence(self, error: InjectmapError) -> str:
        return self._words(f"error.{error.code}", **error.params)

    def _tell_refusal(self, error: InjectmapError) -> None:
        self.notice.tell(self._sentence(error))

    def _retry(self) -> None:
        if self.bridge.editor is not None:
            self.view.guarded(self.bridge.editor.retry)

    def _discard(self) -> None:
        if self.bridge.editor is not None:
            self.bridge.editor.discard_failed()

    def say_without_session(self, words_key: str) -> None:
        """What stands on the head while no treatment session is open."""
        if words_key != self._without_session:
            self._without_session = words_key
            self._show_empty()

    def _show_empty(self) -> None:
        editor = self.bridge.editor
        text = ""
        if editor is None:
            text = self._words(self._without_session)
        elif not editor.map.passes and not editor.previews and editor.failed is None:
            text = self._words("canvas.empty.read_only" if editor.read_only else "canvas.empty")
            text = "" if editor.session.error_reason else text
        self.empty.say(text)
        self._place_cards()

    # Places

    def _place_cards(self) -> None:
        width, height = self.view.width(), self.view.height()
        self.palette_card.fit(height - 2 * _INSET)
        self.palette_card.move(_INSET, _INSET)
        left = self.palette_card.geometry().right() + _INSET
        self.view.set_clear_left(left - 1.0)
        self.toggles.fit(width - left - _INSET)
        self.zoom.adjustSize()
        self.toggles.move(width - self.toggles.width() - _INSET, _INSET)
        self.zoom.move(width - self.zoom.width() - _INSET, height - self.zoom.height() - _INSET)
        self.empty.move(left + max(0, (width - left - self.empty.width()) // 2), _INSET + 60)
        self.modes.move(left + 8, height - self.modes.height() - 46)
        self.note.move(
            left + max(0, (width - left - self.note.width()) // 2), height - self.note.height() - 76
        )
        if self.notice.isVisible():
            self.notice.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not handle_key(self, event):
            super().keyPressEvent(event)
