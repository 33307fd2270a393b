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


def ink(effort: Effort) -> list[Part]:
    """Ours: the chart column with a pass drawn straight, and free-hand. Floor: a plain widget's new segment.

    An event ends when what it has made dirty is painted. What the program does between events (the exact path on
    the skin, once a frame) is told on standard error: it delays no ink unless an event comes just then.
    """
    stage = Stage()
    plain = PlainInk(stage.view.layer.pixmap, stage.view.size())
    plain.show()
    settle(stage.application)
    parts, at = [], stage.cheek()
    for tool, label in (("cannula_pass", "straight"), ("free_hand", "free-hand")):
        middle, worst, frames = Pairs(), Pairs(), []
        for number in range(effort.rounds + 1):
            stage.editor.choose_tool(tool)
            floor, _ = _draw(plain, at)
            ours, between = _draw(stage.view, at)
            if not (stage.editor.tool.active and stage.editor.previews):
                raise RuntimeError("the gesture drew nothing")
            stage.view.input.abandon()
            stage.settle()
            if number:
                middle.add(percentile(ours, 0.5), percentile(floor, 0.5))
                worst.add(percentile(ours, 0.99), percentile(floor, 0.99))
                frames += between
        parts += [middle.part(f"{label} p50"), worst.part(f"{label} p99")]
        say(
            f"{label}: a frame between events p50 {percentile(frames, 0.5):.2f} ms, p99 {percentile(frames, 0.99):.2f} ms"
        )
    return parts


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
