"""From pointer event to ink: what a clinician feels when drawing."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Iterator

from PySide6.QtCore import QEvent, QPointF, QThread
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.runner import Effort, Pairs, Part, percentile, say
from benchmarks.stage import PlainInk, Stage, mouse, paint_now, settle

_EVENTS = 300
# A mouse of 250 reports a second; frames and previews happen between the events, as they do under a hand.
_BETWEEN_MS = 4
# Less than this between two events is an idle turn of the event loop.
_A_FRAME_MS = 0.5


def ink(effort: Effort) -> list[Part]:
    """Ours: a free-hand pass in the chart column. Floor: a plain widget that repaints the new segment alone.

    An event ends when what it has made dirty is painted. What the program does between events (the course on the
    skin, once a frame) is told beside the table: it delays ink only if an event comes just then. A straight pass
    has no ink of its own; it is laid on the skin and painted once a frame, so its frames are told too.
    """
    stage = Stage()
    plain = PlainInk(stage.view.layer.pixmap, stage.view.size())
    plain.show()
    settle(stage.application)
    at, middle, worst, frames = stage.cheek(), Pairs(), Pairs(), []
    stage.editor.choose_tool("free_hand")
    for number in range(effort.rounds + 1):
        floor, _ = _draw(plain, at)
        ours, between = _gesture(stage, at)
        if number:
            middle.add(percentile(ours, 0.5), percentile(floor, 0.5))
            worst.add(percentile(ours, 0.99), percentile(floor, 0.99))
            frames += between
    _tell("free-hand", frames)
    stage.editor.choose_tool("cannula_pass")
    _tell("straight", [took for _ in range(2) for took in _gesture(stage, at)[1]])
    return [middle.part("p50"), worst.part("p99")]


def _gesture(stage: Stage, at: QPointF) -> tuple[list[float], list[float]]:
    found = _draw(stage.view, at)
    if not (stage.editor.tool.active and stage.editor.previews):
        raise RuntimeError("the gesture drew nothing")
    stage.view.input.abandon()
    stage.settle()
    return found


def _tell(what: str, between: list[float]) -> None:
    frames = [took for took in between if took > _A_FRAME_MS]
    if frames:
        middle, worst = percentile(frames, 0.5), percentile(frames, 0.99)
        say(
            f"{what}: {len(frames)} frames among {len(between)} events, p50 {middle:.1f} ms, p99 {worst:.1f} ms"
        )


def _course(at: QPointF) -> Iterator[QPointF]:
    """A line that winds over the cheek, some 4 px an event."""
    for number in range(_EVENTS):
        turn = number * 2 * math.pi / 130
        reach = 30 + number * 0.45
        yield at + QPointF(reach * math.cos(turn), reach * math.sin(turn))


def _draw(widget: QWidget, at: QPointF) -> tuple[list[float], list[float]]:
    """Press and draw; return the milliseconds of processor time of each event, and of what came between two."""
    first, *course = _course(at)
    QApplication.sendEvent(widget, mouse(QEvent.Type.MouseButtonPress, first))
    QApplication.processEvents()
    gc.collect()
    events, between = [], []
    for place in course:
        event = mouse(QEvent.Type.MouseMove, place)
        started = time.thread_time()
        QApplication.sendEvent(widget, event)
        paint_now()
        events.append((time.thread_time() - started) * 1000)
        QThread.msleep(_BETWEEN_MS)
        started = time.thread_time()
        QApplication.processEvents()
        paint_now()
        between.append((time.thread_time() - started) * 1000)
    return events, between
