"""What is always said: the save state, the line at the foot, the calm banner."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from injectmap.ui.icons import paint_icon
from injectmap.ui.theme import FOOTER, Theme
from injectmap.ui.widgets.basics import KeyCap, Surface, TextLabel, clear_layout
from injectmap.ui.widgets.buttons import Button, IconButton
from injectmap.words import load_words

_SAID_MS = 6_000
# The footer: at its ends, between what stands in it, and after a hint.
_SIDE, _GAP, _HINT_GAP = 16, 16, 10


class Mark(QWidget):
    """A small icon in a colour token."""

    def __init__(self, theme: Theme, name: str = "tick", colour: str = "ok", px: int = 16) -> None:
        super().__init__()
        self._theme, self._name, self._colour, self._px = theme, name, colour, px
        self.setFixedSize(QSize(px, px))
        theme.changed.connect(self.update)

    def show_mark(self, name: str, colour: str) -> None:
        """Show another icon."""
        self._name, self._colour = name, colour
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The icon."""
        centre = QPointF(self.width() / 2, self.height() / 2)
        paint_icon(QPainter(self), self._name, centre, self._theme.colour(self._colour), self._px)


class SaveState(QWidget):
    """Whether everything is kept, always in words: saved at a time, or what failed and how to go on."""

    retry = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self._said, self._room = "", 400
        self._mark = Mark(theme)
        self._text = TextLabel(theme, "body", "ok")
        self._time = TextLabel(theme, "body", "text2")
        self._retry = Button(theme, words("save.retry"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (self._mark, self._text, self._time, self._retry):
            layout.addWidget(widget)
        self._retry.clicked.connect(self.retry)
        self._kept(False)
        self.hide()

    def show_saved(self, time: str) -> None:
        """All saved, at a local time."""
        self._kept(False)
        self._mark.show_mark("tick", "ok")
        self._text.set_colour("ok")
        self._said = load_words()("save.saved")
        self._text.setToolTip("")
        self._fit()
        self._time.setText(time)
        self._time.setVisible(bool(time))
        self.show()

    def show_read_only(self, reason: str) -> None:
        """Nothing can be written, and why."""
        self._kept(False)
        self._mark.show_mark("lock", "text2")
        self._text.set_colour("text2")
        words = load_words()
        self._said = words("save.read_only.why", reason=reason) if reason else words("save.read_only")
        self._text.setToolTip(self._said)
        self._fit()
        self._time.hide()
        self.show()

    def show_failed(self, sentence: str, *, retry: bool = True) -> None:
        """Not saved, and why; stays until solved. `retry` offers to try again where the chart does not."""
        self._mark.show_mark("cross", "error")
        self._text.set_colour("error")
        # The whole sentence stands on the chart beside the pass; here there is room for what happened.
        happened = sentence.split(". ", maxsplit=1)[0].rstrip(".")
        self._said = load_words()("save.failed", reason=f"{happened}.")
        self._text.setToolTip(sentence)
        self._time.hide()
        self._fit()
        self._kept(True)
        self._retry.setVisible(retry)
        self.show()

    @property
    def text(self) -> str:
        """What is said."""
        return self._said

    @property
    def failed(self) -> bool:
        """True while something is not saved."""
        return self._failed

    def set_room(self, width: int) -> None:
        """Tell how wide the words may be, logical px."""
        self._room = width
        self._fit()

    def _fit(self) -> None:
        metrics = self._text.fontMetrics()
        self._text.setText(metrics.elidedText(self._said, Qt.TextElideMode.ElideRight, self._room))
        self._text.setAccessibleName(self._said)

    def _kept(self, failed: bool) -> None:
        self._failed = failed
        self._retry.setVisible(failed)


class Footer(Surface):
    """Key hints at the left, the intended purpose at the right; the purpose is never covered."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "panel", edges="top")
        self._theme = theme
        self.setFixedHeight(FOOTER)
        self._shown: list[tuple[str, str]] = []
        self._groups: list[list[QWidget]] = []
        self._state: QAbstractButton | None = None
        self._hints = QHBoxLayout()
        self._hints.setSpacing(6)
        self._busy = TextLabel(theme, "label", "text2")
        self.purpose = TextLabel(theme, "label", "text2", load_words()("app.purpose.short"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(_SIDE, 1, _SIDE, 0)
        layout.setSpacing(_GAP)
        layout.addLayout(self._hints)
        layout.addWidget(self._busy)
        layout.addStretch(1)
        layout.addWidget(self.purpose)
        self._layout = layout
        theme.changed.connect(self._tint)

    def take_state(self, state: QAbstractButton, wanted: Callable[[], None]) -> None:
        """Show a state at the left of the purpose, which a click tells more about; call `fit` when its words change."""
        self._state = state
        self._layout.insertWidget(self._layout.indexOf(self.purpose), state)
        state.clicked.connect(wanted)

    def show_hints(self, hints: list[tuple[str, str]]) -> None:
        """Show (key, what it does) pairs; an empty key is a sentence alone."""
        if hints == self._shown:
            return
        self._shown = list(hints)
        clear_layout(self._hints)
        self._groups.clear()
        for key, text in hints:
            group: list[QWidget] = [KeyCap(self._theme, key)] if key else []
            group.append(TextLabel(self._theme, "label", "text2", text))
            for widget in group:
                self._hints.addWidget(widget)
            self._hints.addSpacing(_HINT_GAP)
            self._groups.append(group)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many hints as there is room for."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Hints give way to the purpose and to what else is said: the first and the last ones go last."""
        others = [one for one in (self._busy, self._state, self.purpose) if one is not None]
        room = self.width() - 2 * _SIDE - sum(one.sizeHint().width() + _GAP for one in others)
        widths = {
            id(group): _HINT_GAP + sum(one.sizeHint().width() + 6 for one in group) for group in self._groups
        }
        shown = list(self._groups)
        for group in self._groups[-2:0:-1] + self._groups[:1] + self._groups[-1:]:
            if sum(widths[id(one)] for one in shown) <= room:
                break
            shown = [one for one in shown if one is not group]
        for group in self._groups:
            for widget in group:
                widget.setVisible(group in shown)

    def _tint(self) -> None:
        """In another theme the hints are written anew."""
        hints, self._shown = self._shown, []
        self.show_hints(hints)

    def show_busy(self, label: str) -> None:
        """Name work that takes long; empty when it is over."""
        self._busy.setText(label)
        self.fit()


class Banner(Surface):
    """One calm line under the top bar that says what happened and what to do.

    A problem stays until it is put away, and has room made for it; what was done is said for some seconds, longer under
    the pointer, over the page: nothing may move under the hand, and move back.
    """

    dismissed = Signal()
    said = Signal()
    floats = False

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "raised", edges="top bottom left right")
        self._mark = Mark(theme, "cross", "error")
        self._text = TextLabel(theme, "body", "text", wrap=True)
        self._text.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        close = IconButton(theme, "cross", load_words()("banner.close"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 12, 8)
        layout.setSpacing(10)
        layout.addWidget(self._mark)
        layout.addWidget(self._text, 1)
        layout.addWidget(close)
        close.clicked.connect(self.put_away)
        self.timer = QTimer(self)
        self.timer.setSingleShot(True)
        self.timer.setInterval(_SAID_MS)
        self.timer.timeout.connect(self._over)
        self.hide()

    @property
    def text(self) -> str:
        """What is said, or nothing."""
        return self._text.full_text() if not self.isHidden() else ""

    def say_problem(self, sentence: str) -> None:
        """Say what went wrong."""
        self._mark.show_mark("cross", "error")
        self._show(sentence)

    def say(self, sentence: str) -> None:
        """Say what was done."""
        self._mark.show_mark("tick", "ok")
        self._show(sentence, floats=True)
        self.timer.start()

    def say_notice(self, sentence: str) -> None:
        """Say what is worth knowing, neither done nor wrong."""
        self._mark.show_mark("info", "text2")
        self._show(sentence)

    def put_away(self) -> None:
        """Close."""
        self.timer.stop()
        self.hide()
        self.dismissed.emit()

    def _over(self) -> None:
        if self.underMouse():
            self.timer.start()
        else:
            self.put_away()

    def _show(self, sentence: str, *, floats: bool = False) -> None:
        self.timer.stop()
        # What needs no room takes it away from nothing that has it.
        self.floats = floats
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        self.show()
        self.said.emit()
