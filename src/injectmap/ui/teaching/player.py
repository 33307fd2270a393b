"""Plays a show: where it is, whether it runs and how fast; one timer, and only while it runs."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal

from injectmap.domain.playback import Playback
from injectmap.ui.teaching.show import EMPTY_SCENE, Scene, Show, scene_at, still_scene

SPEEDS: Final = (0.5, 1.0, 2.0, 4.0)
_FRAME_MS: Final = 16
# After a stall the play goes on where it was and does not leap.
_LONGEST_FRAME_S: Final = 0.1
# Going back within this of a step's begin goes to the step before it.
_JUST_BEGUN_S: Final = 0.8


class Player(QObject):
    """A place in a show. `moved` comes with every frame, `changed` when play, speed or show change."""

    moved = Signal()
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        """Nothing to play yet."""
        super().__init__(parent)
        self.show: Show | None = None
        self.seconds = 0.0
        self.speed = 1.0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=_FRAME_MS)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)

    @property
    def playback(self) -> Playback | None:
        """What is played, if it has any steps."""
        return self.show.playback if self.show is not None and self.show.playback.steps else None

    @property
    def playing(self) -> bool:
        """True while it runs."""
        return self._timer.isActive()

    @property
    def index(self) -> int:
        """The step that runs."""
        return self.playback.index_at(self.seconds) if self.playback is not None else 0

    @property
    def at_end(self) -> bool:
        """True when all has been played."""
        return self.playback is None or self.seconds >= self.playback.duration_s

    def scene(self) -> Scene:
        """What is on the stage now."""
        if self.show is None:
            return EMPTY_SCENE
        if self.playback is None:
            return still_scene(self.show.playback.start)
        return scene_at(self.show, self.seconds)

    def take(self, show: Show | None) -> None:
        """Take another show; it stands at its end, with the whole map on the head."""
        self.pause()
        self.show = show
        self.seconds = self.playback.duration_s if self.playback is not None else 0.0
        self.changed.emit()
        self.moved.emit()

    def toggle(self) -> None:
        """Play or pause; at the end play from the beginning."""
        if self.playing:
            self.pause()
        else:
            self.play()

    def play(self) -> None:
        """Run."""
        if self.playback is None or self.playing:
            return
        if self.at_end:
            self.seek(0.0)
        self._clock.start()
        self._timer.start()
        self.changed.emit()

    def pause(self) -> None:
        """Stand still."""
        if self.playing:
            self._timer.stop()
            self.changed.emit()

    def seek(self, seconds: float) -> None:
        """Go to a second of the show."""
        if self.playback is not None:
            self.seconds = min(max(seconds, 0.0), self.playback.duration_s)
            self.moved.emit()

    def seek_step(self, index: int, share: float = 0.0) -> None:
        """Go to a share of a step."""
        if self.playback is not None:
            step = self.playback.steps[index]
            # A step's own end is the next one's begin: only the last one is shown complete.
            last = index == len(self.playback.steps) - 1
            within = step.duration_s * share if last else min(step.duration_s * share, step.duration_s - 1e-6)
            self.seek(self.playback.begins[index] + within)

    def next_step(self) -> None:
        """Go on to the next step, after the last one to the end."""
        if self.playback is None:
            return
        if self.index + 1 < len(self.playback.steps):
            self.seek_step(self.index + 1)
        else:
            self.seek(self.playback.duration_s)

    def previous_step(self) -> None:
        """Go back to the begin of the step, and from there to the one before; from the end to the last one."""
        if self.playback is None:
            return
        begun = self.seconds - self.playback.begins[self.index]
        back = 0 if self.at_end or begun > _JUST_BEGUN_S * self.speed else 1
        self.seek_step(max(0, self.index - back))

    def set_speed(self, speed: float) -> None:
        """Play at another speed."""
        if speed != self.speed:
            self.speed = speed
            self.changed.emit()

    def change_speed(self, by: int) -> None:
        """Faster or slower by steps."""
        place = SPEEDS.index(self.speed) + by
        self.set_speed(SPEEDS[min(max(place, 0), len(SPEEDS) - 1)])

    def next_speed(self) -> None:
        """The next speed, after the fastest the slowest."""
        self.set_speed(SPEEDS[(SPEEDS.index(self.speed) + 1) % len(SPEEDS)])

    def advance(self, seconds: float) -> None:
        """Let so much time pass; at the end it stops."""
        if self.playback is None:
            return
        self.seek(self.seconds + seconds * self.speed)
        if self.at_end:
            self.pause()

    def _tick(self) -> None:
        self.advance(min(self._clock.restart() / 1000, _LONGEST_FRAME_S))
