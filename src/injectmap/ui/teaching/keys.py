"""What a key means while presenting, as data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from injectmap.ui.canvas.head_pictures import VIEW_IDS

if TYPE_CHECKING:
    from injectmap.ui.teaching.presenter import Presenter

_Act = Callable[["Presenter"], object]
_K = Qt.Key

KEYS: Final[dict[Qt.Key, _Act]] = {
    _K.Key_Space: lambda one: one.player.toggle(),
    _K.Key_MediaPlay: lambda one: one.player.toggle(),
    _K.Key_MediaTogglePlayPause: lambda one: one.player.toggle(),
    _K.Key_Left: lambda one: one.player.previous_step(),
    # A clicker sends the page keys.
    _K.Key_PageUp: lambda one: one.player.previous_step(),
    _K.Key_Right: lambda one: one.player.next_step(),
    _K.Key_PageDown: lambda one: one.player.next_step(),
    _K.Key_Home: lambda one: one.player.seek(0.0),
    _K.Key_End: lambda one: one.go_to_end(),
    _K.Key_Plus: lambda one: one.player.change_speed(1),
    _K.Key_Equal: lambda one: one.player.change_speed(1),
    _K.Key_Minus: lambda one: one.player.change_speed(-1),
    _K.Key_0: lambda one: one.stage.fit(),
    _K.Key_S: lambda one: one.spotlight.click(),
    _K.Key_P: lambda one: one.pointer.click(),
    _K.Key_C: lambda one: one.caption.begin(),
    _K.Key_M: lambda one: one.choose(),
    _K.Key_F5: lambda one: one.close(),
    _K.Key_Escape: lambda one: one.close(),
}
# With Control the same keys zoom, as in other programs.
_ZOOM: Final = {_K.Key_Plus: 1.25, _K.Key_Equal: 1.25, _K.Key_Minus: 0.8}
_REPEATING: Final = frozenset({_K.Key_Left, _K.Key_Right, _K.Key_Plus, _K.Key_Minus})


def handle_key(presenter: Presenter, event: QKeyEvent) -> bool:
    """Do what a key means; False if it means nothing here."""
    try:
        key = Qt.Key(event.key())
    except ValueError:
        return False
    modifiers = event.modifiers()
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        if key not in _ZOOM:
            return False
        presenter.stage.zoom_by(_ZOOM[key])
        return True
    if modifiers & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
        return False
    place = key - _K.Key_1
    if 0 <= place < len(VIEW_IDS):
        presenter.stage.show_view(VIEW_IDS[place])
        return True
    if key not in KEYS:
        return False
    if not event.isAutoRepeat() or key in _REPEATING:
        KEYS[key](presenter)
    return True
