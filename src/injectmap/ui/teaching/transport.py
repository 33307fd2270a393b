"""The foot of the presenter: play, step, speed, and the bar of all passes by zone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.ui.teaching.buttons import StageButton
from injectmap.ui.teaching.looks import MARGIN, SIDE, TRANSPORT, stage_font, stage_metrics
from injectmap.ui.teaching.player import Player
from injectmap.ui.teaching.segments import Group, Segment, Span, groups, segments_of, spans
from injectmap.ui.theme import Theme
from injectmap.words import Words

_GAP = 4.0
_BAR_TOP, _BAR = 34, 13
_TICK = 4
_UNPLAYED = 0.55
_MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft


class SegmentBar(QWidget):
    """All steps side by side; a press or drag goes to a place in them.

    Invariant: the kept picture shows the segments with the present one marked; only the tick moves between steps.
    """

    sought = Signal(int, float)

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        """No segments."""
        super().__init__(parent)
        self._words, self._theme = words, theme
        self.segments: tuple[Segment, ...] = ()
        self._spans: tuple[Span, ...] = ()
        self._kept = QPixmap()
        self._key: tuple[object, ...] = ()
        self._index, self._share, self._done = 0, 0.0, False
        self.setFixedHeight(TRANSPORT)
        self.setMinimumWidth(200)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(words("present.passes"))
        self.setToolTip(words("present.passes"))

    def sizeHint(self) -> QSize:
        return QSize(800, TRANSPORT)

    def take(self, segments: tuple[Segment, ...]) -> None:
        """Show other segments."""
        self.segments = segments
        self._lay_out()

    def show_place(self, index: int, share: float, *, done: bool) -> None:
        """Mark a place; `done` when all has been played."""
        before = self._tick()
        same = (index, done) == (self._index, self._done)
        self._index, self._share, self._done = index, share, done
        if not same:
            self._tell()
            self.update()
        elif self._tick() != before:
            self.update(before)
            self.update(self._tick())

    def _tell(self) -> None:
        if self._index < len(self.segments):
            one = self.segments[self._index]
            self.setAccessibleDescription(
                self._words("present.passes.at", number=one.number, zone=one.group, amount=one.amount)
            )

    def _lay_out(self) -> None:
        self._spans = spans(self.segments, 1.0, self.width() - 1.0, _GAP)
        self._key = ()
        self._tell()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _tick(self) -> QRect:
        if not self._spans or self._done:
            return QRect()
        span = self._spans[min(self._index, len(self._spans) - 1)]
        x = round(span.left + span.width * self._share)
        return QRect(x - _TICK // 2 - 1, _BAR_TOP - 6, _TICK + 2, _BAR + 12)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        key = (self._index, self._done, self.devicePixelRatioF(), self.width(), id(self.segments))
        if key != self._key:
            self._key = key
            self._rebuild()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._kept)
        tick = self._tick()
        if not tick.isNull():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._theme.colour("canvas"), 1))
            painter.setBrush(self._theme.colour("text"))
            painter.drawRoundedRect(QRectF(tick).adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
        painter.end()

    def _rebuild(self) -> None:
        ratio = self.devicePixelRatioF()
        self._kept = QPixmap(self.size() * ratio)
        self._kept.setDevicePixelRatio(ratio)
        self._kept.fill(self._theme.colour("canvas"))
        painter = QPainter(self._kept)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index in range(len(self.segments)):
            self._paint_segment(painter, index)
        self._paint_groups(painter)
        self._paint_numbers(painter)
        painter.end()

    def _current(self, index: int) -> bool:
        return index == self._index and not self._done

    def _paint_segment(self, painter: QPainter, index: int) -> None:
        one, span = self.segments[index], self._spans[index]
        played = index <= self._index or self._done
        at = span.left
        edge = QColor(255, 255, 255, 120 if played else 60)
        for colour, share in one.parts:
            box = QRectF(at, _BAR_TOP, span.width * share, _BAR)
            painter.fillRect(box, self._dimmed(QColor(colour)) if not played else QColor(colour))
            at += span.width * share
        painter.setPen(QPen(edge, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(QRectF(span.left, _BAR_TOP, span.width, _BAR), 2, 2)

    def _dimmed(self, colour: QColor) -> QColor:
        ground = self._theme.colour("canvas")
        mixed = [
            round(a + (b - a) * _UNPLAYED)
            for a, b in (
                (colour.red(), ground.red()),
                (colour.green(), ground.green()),
                (colour.blue(), ground.blue()),
            )
        ]
        return QColor(*mixed)

    def _paint_groups(self, painter: QPainter) -> None:
        """The zones over their passes; the present one always, others where they find room."""
        found = groups(self.segments, self._words)
        if not found:
            return
        ends = [*(self._spans[group.first].left - 6 for group in found[1:]), float(self.width())]
        # Measured bold, so that a name does not change as the play reaches it.
        width = stage_metrics("small_strong").horizontalAdvance
        taken: tuple[float, float] = (0.0, 0.0)
        for group in found:
            if self._in_group(group):
                left = self._spans[group.first].left
                room = ends[found.index(group)] - left
                text = next((one for one in (group.text, group.short) if width(one) <= room), group.alone)
                left = min(left, self.width() - width(text) - 1.0)
                taken = (left, left + width(text) + 6)
                self._write(painter, "small_strong", QRectF(left, 6, self.width() - left, 22), text)
        for group, end in zip(found, ends, strict=True):
            left = self._spans[group.first].left
            text = group.text if left + width(group.text) <= end else group.short
            free = left + width(text) <= taken[0] or left >= taken[1]
            if not self._in_group(group) and free and left + width(text) <= end:
                self._write(painter, "small", QRectF(left, 6, self.width() - left, 22), text)

    def _in_group(self, group: Group) -> bool:
        return group.first <= self._index <= group.last and not self._done

    def _write(self, painter: QPainter, role: str, box: QRectF, text: str) -> None:
        painter.setFont(stage_font(role))
        painter.setPen(self._theme.colour("text" if role == "small_strong" else "text2"))
        painter.drawText(box, _MIDDLE, text)

    def _paint_numbers(self, painter: QPainter) -> None:
        """Number and amount under each segment: all amounts or none, all numbers or only the present one."""
        written = [(one, span) for one, span in zip(self.segments, self._spans, strict=True) if one.number]
        strong = stage_metrics("small_strong").horizontalAdvance
        amounts = all(strong(f"{one.number}  {one.amount}") <= span.width + _GAP for one, span in written)
        numbers = all(strong(one.number) + 3 <= span.width + _GAP for one, span in written)
        for index, (one, span) in enumerate(zip(self.segments, self._spans, strict=True)):
            current = self._current(index)
            if not one.number or not (numbers or current):
                continue
            role = "small_strong" if current else "small"
            left = min(span.left, self.width() - strong(one.number) - 1)
            self._write(painter, role, QRectF(left, _BAR_TOP + _BAR + 6, 200, 22), one.number)
            if amounts:
                left += stage_metrics("small").horizontalAdvance(one.number) + 8
                self._write(painter, "small", QRectF(left, _BAR_TOP + _BAR + 6, 200, 22), one.amount)

    # Going to a place

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._seek(event.position().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event.position().toPoint())

    def _seek(self, at: QPoint) -> None:
        if not self._spans:
            return
        x = float(at.x())
        index = min(
            range(len(self._spans)), key=lambda i: max(self._spans[i].left - x, x - self._spans[i].right, 0.0)
        )
        span = self._spans[index]
        self.sought.emit(index, min(1.0, max(0.0, (x - span.left) / max(span.width, 1.0))))


class Transport(QWidget):
    """Buttons and bar; forwards to the player and shows where it is."""

    def __init__(self, player: Player, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        """Follow a player."""
        super().__init__(parent)
        self._player, self._words = player, words
        self.setFixedHeight(TRANSPORT)
        self.previous = StageButton(
            theme, words("present.previous"), icon_name="step_back", key="←", parent=self
        )
        self.play = StageButton(
            theme, words("present.play"), icon_name="play", key="Space", wide=72, strong=True, parent=self
        )
        self.next = StageButton(theme, words("present.next"), icon_name="step_on", key="→", parent=self)
        self.speed = StageButton(theme, "", key="+ −", wide=72, parent=self)
        self.bar = SegmentBar(words, theme, self)
        buttons = QWidget(self)
        buttons.setFixedWidth(SIDE)
        row = QHBoxLayout(buttons)
        row.setContentsMargins(MARGIN, 0, 0, 0)
        row.setSpacing(10)
        for button in (self.previous, self.play, self.next, self.speed):
            row.addWidget(button)
        row.addStretch(1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, MARGIN, 0)
        whole.setSpacing(0)
        whole.addWidget(buttons)
        whole.addWidget(self.bar, 1)
        self.previous.clicked.connect(player.previous_step)
        self.play.clicked.connect(player.toggle)
        self.next.clicked.connect(player.next_step)
        self.speed.clicked.connect(player.next_speed)
        self.bar.sought.connect(player.seek_step)
        player.changed.connect(self._on_changed)
        player.moved.connect(self._on_moved)
        self._on_changed()

    def take_show(self, name_of: Callable[[str], str], short_of: Callable[[str], str]) -> None:
        """Show the segments of the player's show."""
        show = self._player.show
        self.bar.take(segments_of(show, name_of, short_of, self._words) if show is not None else ())
        self._on_moved()

    def _on_changed(self) -> None:
        player, words = self._player, self._words
        playing = player.playing
        self.play.tell(words("present.pause" if playing else "present.play"), "pause" if playing else "play")
        for button in (self.previous, self.play, self.next):
            button.setEnabled(player.playback is not None)
        speed = f"{player.speed:g}"
        self.speed.setText(words("present.speed.text", speed=speed))
        self.speed.tell(words("present.speed", speed=speed))

    def _on_moved(self) -> None:
        playback = self._player.playback
        if playback is None:
            self.bar.show_place(0, 0.0, done=True)
            return
        index = self._player.index
        gone = self._player.seconds - playback.begins[index]
        share = min(1.0, gone / playback.steps[index].duration_s)
        self.bar.show_place(index, share, done=self._player.at_end)
