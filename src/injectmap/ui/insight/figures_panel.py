"""Volume by zone and dose map side by side, with the sums and what differs from the session before."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QWidget

from injectmap.domain.units import show_volume
from injectmap.services.insight import InsightFigure, Pixels, ScreenSize
from injectmap.services.over_time import OverTime
from injectmap.ui.desk import Desk
from injectmap.ui.insight.difference_table import DifferenceTable
from injectmap.ui.insight.figure_view import FigureView
from injectmap.ui.insight.save_menu import Save, save_button
from injectmap.ui.insight.sums_table import SumsTable
from injectmap.ui.tasks import Task
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

_GAP = 32
# The dose map's share of the width, and its height for that: two heads side by side and their scale below.
_DOSE_SHARE = 0.46
_HEAD_RATIO, _SCALE = 186 / 142, 64
_SHORTEST, _TALLEST = 220, 470


class FiguresPanel(QWidget):
    """Has the figures of one state drawn in the worker, at the size they have."""

    def __init__(self, theme: Theme, desk: Desk, save: Save) -> None:
        super().__init__()
        words = load_words()
        self._desk = desk
        self._over_time: OverTime | None = None
        self.volume = FigureView(theme, words("insight.volume.title"))
        self.dose = FigureView(theme, words("insight.dose.title"))
        self.dose_what = TextLabel(theme, "body", "text2")
        self.sums = SumsTable(theme)
        self.difference = DifferenceTable(theme, self._zone_name)
        self.save_volume = save_button(theme, InsightFigure.VOLUME, save, self)
        self.save_dose = save_button(theme, InsightFigure.DOSE, save, self)
        left, right = column(), column()
        what = TextLabel(theme, "body", "text2", words("insight.volume.what"))
        left.addLayout(heading(theme, words("insight.volume.title"), what, self.save_volume))
        left.addSpacing(4)
        left.addWidget(self.volume)
        left.addSpacing(12)
        left.addWidget(self.sums)
        left.addSpacing(18)
        left.addWidget(self.difference)
        left.addStretch(1)
        right.addLayout(heading(theme, words("insight.dose.title"), self.dose_what, self.save_dose))
        right.addSpacing(4)
        right.addWidget(self.dose)
        right.addStretch(1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(_GAP)
        across.addLayout(left, round(100 * (1 - _DOSE_SHARE)))
        across.addLayout(right, round(100 * _DOSE_SHARE))
        self.volume.wanted.connect(partial(self._draw, self.volume, InsightFigure.VOLUME))
        self.dose.wanted.connect(partial(self._draw, self.dose, InsightFigure.DOSE))

    def show_over_time(self, over_time: OverTime | None, compared: str | None) -> None:
        """Show a state, and how the session `compared` differs from the one before; nothing without any volume."""
        self._over_time = over_time
        treated = over_time is not None and bool(over_time.treated)
        self.setVisible(treated)
        if over_time is None:
            return
        self.sums.show_balance(over_time.balance)
        self.difference.show_difference(over_time.difference(compared))
        self.dose_what.setText(load_words()("insight.dose.what", ml=show_volume(over_time.balance.both_ul)))
        data = _data(over_time) if treated else None
        self.volume.show_data(data)
        self.dose.show_data(data)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The figures keep the shape of two heads side by side."""
        super().resizeEvent(event)
        width = (self.width() - _GAP) * _DOSE_SHARE
        height = round((width - 8) / 2 * _HEAD_RATIO) + _SCALE
        height = max(_SHORTEST, min(_TALLEST, height))
        self.dose.setFixedHeight(height)
        self.volume.setFixedHeight(height)

    def _zone_name(self, zone: str) -> str:
        atlas = self._desk.atlas()
        return atlas.zones.info[zone].name if atlas is not None else zone

    def _draw(self, view: FigureView, figure: InsightFigure, size: ScreenSize) -> None:
        over_time = self._over_time
        if over_time is None:
            return
        insight, acting = self._desk.services.insight, self._desk.acting
        data = _data(over_time)

        def work(task: Task) -> tuple[Pixels, str]:
            picture = insight.picture(acting, figure, over_time, size)
            task.check()
            return picture, insight.says(figure, over_time)

        def done(made: tuple[Pixels, str]) -> None:
            view.take(data, size, *made)

        def failed(error: Exception) -> None:
            view.failed()
            self._desk.problem.emit(error_sentence(error))

        # The first figure of all imports much: the window must not stand still for it.
        self._desk.tasks.run(
            work, done=done, failed=failed, owner=view, label=load_words()("insight.busy"), quiet=True
        )


def _data(over_time: OverTime) -> object:
    """Tells one state from another."""
    return over_time.patient.id, over_time.version


def heading(theme: Theme, title: str, *beside: QWidget) -> QLayout:
    """A section's title with a quiet word beside it, and whatever belongs at its right end."""
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(10)
    row.addWidget(TextLabel(theme, "section", "text", title), 0, Qt.AlignmentFlag.AlignVCenter)
    row.addWidget(beside[0], 0, Qt.AlignmentFlag.AlignVCenter)
    row.addStretch(1)
    for one in beside[1:]:
        row.addWidget(one, 0, Qt.AlignmentFlag.AlignVCenter)
    return row
