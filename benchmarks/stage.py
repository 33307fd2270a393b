"""The program's chart column on a large window with a crowded map, and the plain widgets it is compared with."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from benchmarks import samples
from benchmarks.runner import NotThere

# A full-HD window without the columns at its sides.
SIZE = QSize(1280, 1000)
PASSES = 200
VIEW = "left_lateral"
_INK = QPen(QColor("#14263C"), 2.2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)


class Stage:
    """A shown chart column whose editor keeps its edits in memory; 200 passes lie in the view shown."""

    def __init__(self) -> None:
        """Show it and let it come to rest."""
        from injectmap.atlas import load_atlas
        from injectmap.editing.editor import MapEditor
        from injectmap.ui.canvas.bridge import EditorBridge
        from injectmap.ui.canvas.chart_column import ChartColumn
        from injectmap.ui.theme import Theme
        from injectmap.words import load_words

        self.application = QApplication.instance() or QApplication([])
        self.theme = Theme(dark=False)
        self.theme.apply(self.application)
        self.atlas = load_atlas()
        opened = samples.open_session(self.atlas, PASSES, both_sides=False)
        acting = samples.acting_as(opened.practitioner)
        self.editor = MapEditor(opened, self.atlas, samples.MemorySink(), acting)
        self.bridge = EditorBridge()
        self.window = QWidget()
        self.column = ChartColumn(self.bridge, lambda: self.atlas, load_words(), self.theme)
        row = QVBoxLayout(self.window)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.column)
        self.window.resize(SIZE)
        self.bridge.set_editor(self.editor)
        self.editor.set_view(VIEW)
        self.window.show()
        self.settle()
        self.view = self.column.view
        if self.view.devicePixelRatioF() != 2:
            raise NotThere("no device pixel ratio of 2 on this platform")

    def cheek(self) -> QPointF:
        """The pixel of the middle of the worked-on cheek: skin that faces the view, with room all round."""
        import numpy as np

        points = self.atlas.skin.snap(np.array([[62.0, -38.0, 36.0]]))
        (place,), (seen,) = self.atlas.views[VIEW].project(points)
        if not seen or self.atlas.views[VIEW].draw_state(place) != "ok":
            raise NotThere("the cheek cannot be drawn on in the lateral view")
        return QPointF(*self.view.camera.to_px(*place))

    def settle(self) -> None:
        """Let timers and paints come to an end."""
        settle(self.application)


def settle(application: QCoreApplication, turns: int = 40) -> None:
    """Run the event loop until pending timers have had their time."""
    from PySide6.QtCore import QThread

    for _ in range(turns):
        application.processEvents()
        QThread.msleep(5)


def paint_now() -> None:
    """Paint what is waiting to be painted, and nothing else: no timer, no other event."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest)  # type: ignore[arg-type]


def mouse(kind: QEvent.Type, at: QPointF, *, held: bool = True) -> QMouseEvent:
    """Return an event of the left button at a place of a widget."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    button = none if kind == QEvent.Type.MouseMove else left
    return QMouseEvent(kind, at, at, button, left if held else none, Qt.KeyboardModifier.NoModifier)


class PlainInk(QWidget):
    """The floor of ink: each move repaints the rectangle of its own segment from a pixmap, and no more."""

    def __init__(self, ground: QPixmap, size: QSize) -> None:
        """Show a picture to draw on."""
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.resize(size)
        self._ground, self._points = ground, [QPointF()]

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._points = [event.position()]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._points.append(event.position())
        box = QRectF(self._points[-2], self._points[-1]).normalized().toAlignedRect()
        self.update(box.adjusted(-3, -3, 3, 3))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter, dirty = QPainter(self), event.rect()
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        ratio = self._ground.devicePixelRatio()
        source = QRect(dirty.topLeft() * ratio, dirty.size() * ratio)
        painter.drawPixmap(dirty, self._ground, source)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(_INK)
        # Of the older segments only the neighbours reach into this rectangle.
        painter.drawPolyline(self._points[-4:])
        painter.end()


class PlainPicture(QWidget):
    """The floor of an expose: one opaque pixmap, copied."""

    def __init__(self, ground: QPixmap, size: QSize) -> None:
        """Show a picture."""
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.resize(size)
        self._ground = ground

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.drawPixmap(0, 0, self._ground)
        painter.end()
