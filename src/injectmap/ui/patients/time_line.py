"""The patient's treatment sessions on a time line, latest first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from injectmap.domain.patient import ERASED
from injectmap.domain.record import RecordState
from injectmap.domain.session import record_number
from injectmap.domain.units import show_volume
from injectmap.services.ports import SessionSummary
from injectmap.ui.icons import paint_icon
from injectmap.ui.patients.thumbnails import RADIUS, SIDE, Thumbnails
from injectmap.ui.theme import Theme, font, metrics
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.dates import show_date
from injectmap.ui.widgets.lists import Index, RowDelegate, RowsModel, RowsView
from injectmap.words import load_words

_ROW = 84
_MARGIN = 12


def products_of(summary: SessionSummary) -> str:
    """The products injected, as described that day."""
    return ", ".join(summary.product_names) or load_words()("session.no_product")


def volume_of(summary: SessionSummary) -> str:
    """Such as 1.41 mL; nothing without passes."""
    return load_words()("volume.ml", volume=show_volume(summary.microlitres)) if summary.pass_count else ""


def products_and_volume(summary: SessionSummary) -> str:
    """Such as HArmonyCa · 1.41 mL; a session without passes names its product alone."""
    return " · ".join(filter(None, (products_of(summary), volume_of(summary))))


def count_of_passes(summary: SessionSummary) -> str:
    """How many passes were done, in words where there is none or one; a plan without any says what is planned."""
    words, count = load_words(), summary.pass_count
    if summary.error_reason == ERASED:
        return ""
    if not count and summary.planned_count:
        return words("session.passes.planned", count=summary.planned_count)
    if not count:
        return words("session.passes.none")
    return words("session.pass") if count == 1 else words("session.passes", count=count)


def state_of(summary: SessionSummary, *, is_open: bool) -> tuple[str, str]:
    """The words for the standing of a record, and the icon beside them."""
    words = load_words()
    if summary.error_reason == ERASED:
        return words("erased.state"), "lock"
    if summary.error_reason:
        return words("session.state.error"), "cross"
    if summary.state is RecordState.SIGNED:
        key = "insight.card.amended" if summary.version > 1 else "insight.card.signed"
        icon = "lock"
    elif summary.state is RecordState.AMENDING:
        key, icon = "insight.card.amending", "pencil"
    else:
        key, icon = "session.state.draft", "pencil"
    text = words(key)
    return (words("insight.card.open", state=text) if is_open else text), icon


def say_summary(summary: SessionSummary) -> str:
    """One treatment session in one sentence."""
    words = load_words()
    if summary.error_reason == ERASED:
        return f"{show_date(summary.date)}, {products_of(summary)}. {_mark_of(summary)}"
    line = words(
        "session.line",
        date=show_date(summary.date),
        what=products_and_volume(summary),
        passes=count_of_passes(summary),
        practitioner=summary.practitioner_name,
    )
    return f"{line} {_mark_of(summary)}" if summary.error_reason else line


def _mark_of(summary: SessionSummary) -> str:
    words = load_words()
    if summary.error_reason == ERASED:
        return words("erased.session")
    return words("session.in_error", reason=summary.error_reason)


def tip_of(summary: SessionSummary) -> str:
    """All about a treatment session, with who treated and the record number, which the row has no room for."""
    words = load_words()
    lines = [
        show_date(summary.date),
        products_and_volume(summary),
        *filter(None, (count_of_passes(summary), summary.practitioner_name)),
        words("session.record", number=record_number(summary.date, summary.number)),
    ]
    if summary.error_reason:
        lines.append(_mark_of(summary))
    return "\n".join(lines)


class _TimeLineDelegate(RowDelegate):
    """A dot on a line, then date, products, volume and passes, state; a small picture of the passes."""

    def __init__(self, theme: Theme, parent: TimeLineView) -> None:
        super().__init__(theme, _ROW, parent)
        self._view = parent

    def paint_row(self, painter: QPainter, rect: QRect, row: SessionSummary, index: Index) -> None:
        theme = self.theme
        is_open = row.id == self._view.open_id
        if is_open:
            painter.fillRect(rect, theme.colour("accentbg"))
        x, y = rect.left() + 24.0, rect.top() + 21.0
        painter.setPen(QPen(theme.colour("line2"), 1))
        if index.row() > 0:
            painter.drawLine(QPointF(x, rect.top()), QPointF(x, y - 6))
        if index.row() < index.model().rowCount() - 1:
            painter.drawLine(QPointF(x, y + 6), QPointF(x, rect.bottom() + 1))
        if is_open:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("accent"))
        else:
            painter.setPen(QPen(theme.colour("text3"), 2))
            painter.setBrush(theme.colour("panel"))
        painter.drawEllipse(QPointF(x, y), 5, 5)
        left, width = rect.left() + 44, rect.width() - 44 - _MARGIN
        if row.pass_count and self._view.thumbnails is not None:
            self._paint_picture(painter, rect, row)
            width -= SIDE + 8
        struck = bool(row.error_reason)
        # The products' names may be cut short; the volume beside the passes never is.
        amount = " · ".join(filter(None, (volume_of(row), count_of_passes(row))))
        state, mark = state_of(row, is_open=is_open)
        state = metrics("label").elidedText(state, Qt.TextElideMode.ElideRight, width - 18)
        lines = (
            ("table_strong", "text2" if struck else "text", show_date(row.date), 12),
            ("table", "text2" if struck else "text", products_of(row), 30),
            ("label", "text2", amount, 47),
        )
        for role, colour, text, top in lines:
            painter.setFont(font(role))
            painter.setPen(theme.colour(colour))
            shown = metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, width)
            painter.drawText(QRect(left, rect.top() + top, width, 18), Qt.AlignmentFlag.AlignVCenter, shown)
        centre = QPointF(left + 6, rect.top() + 71)
        paint_icon(painter, mark, centre, theme.colour("text2"), 13)
        painter.setFont(font("label"))
        painter.setPen(theme.colour("text2"))
        painter.drawText(
            QRect(left + 18, rect.top() + 62, width - 18, 18), Qt.AlignmentFlag.AlignVCenter, state
        )

    def _paint_picture(self, painter: QPainter, rect: QRect, row: SessionSummary) -> None:
        """The picture in its frame; the frame keeps the place until there is a picture."""
        thumbnails, theme = self._view.thumbnails, self.theme
        assert thumbnails is not None
        box = QRectF(rect.right() + 1 - _MARGIN - SIDE, rect.top() + 11, SIDE, SIDE)
        picture = thumbnails.picture(row, painter.device().devicePixelRatio())
        if picture is not None:
            # What was entered in error stays readable but does not speak as loud.
            painter.setOpacity(0.5 if row.error_reason else 1.0)
            painter.drawPixmap(box.topLeft(), picture)
            painter.setOpacity(1.0)
        painter.setPen(QPen(theme.colour("line2"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)


class TimeLineView(RowsView):
    """The list; the open session is tinted whatever the keyboard marks."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, name)
        self.open_id: str | None = None
        self.thumbnails: Thumbnails | None = None

    def shows(self, session_id: str) -> bool:
        """True if any of a session's row is in sight."""
        index = self._index_of(session_id)
        return self.isVisible() and self.visualRect(index).intersects(self.viewport().rect())

    def update_session(self, session_id: str) -> None:
        """Paint a session's row again."""
        self.update(self._index_of(session_id))

    def _index_of(self, session_id: str) -> QModelIndex:
        model = self.model()
        for number in range(model.rowCount()):
            index = model.index(number, 0)
            if index.data(Qt.ItemDataRole.UserRole).id == session_id:
                return index
        return QModelIndex()


class TimeLine(QWidget):
    """The heading with '+ New', the treatment sessions, or the sentence that says how to start."""

    chosen = Signal(object)
    new_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        heading = TextLabel(theme, "table_strong", "text", words("sessions.title"))
        self.new = Button(theme, words("sessions.new"), kind="flat", icon_name="plus")
        self.new.setAccessibleName(words("sessions.new.name"))
        self.new.setToolTip(words("sessions.new.tip"))
        self.new.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.model = RowsModel(say_summary, self, tip=tip_of)
        self.view = TimeLineView(theme, words("sessions.title"))
        self.view.setModel(self.model)
        self.view.setItemDelegate(_TimeLineDelegate(theme, self.view))
        self.empty = TextLabel(theme, "body", "text2", words("sessions.none"), wrap=True)
        self.empty.setContentsMargins(16, 4, 16, 4)
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 8, 4)
        head.addWidget(heading)
        head.addStretch(1)
        head.addWidget(self.new)
        layout = column(self)
        layout.addLayout(head)
        layout.addWidget(self.empty)
        layout.addWidget(self.view, 1)
        self.view.chosen.connect(self.chosen)
        self.new.clicked.connect(self.new_wanted)

    def show_changeable(self, changeable: bool, *, seen: bool = True) -> None:
        """Offer a new treatment session, or not; `seen` if who acts may see those there are."""
        self.new.setEnabled(changeable)
        self.new.setVisible(seen)
        none = "sessions.none" if changeable else "sessions.none_in_error"
        self.empty.setText(load_words()(none if seen else "sessions.not_seen"))

    def take_thumbnails(self, thumbnails: Thumbnails) -> None:
        """Show pictures from now on."""
        self.view.thumbnails = thumbnails
        thumbnails.changed.connect(self.view.update_session)
        self.view.viewport().update()

    def show_sessions(self, summaries: Sequence[SessionSummary], open_id: str | None) -> None:
        """Show the sessions and which of them is open."""
        self.view.open_id = open_id
        if tuple(summaries) != self.model.rows:
            self.model.show(summaries)
        self.empty.setVisible(not summaries)
        for row, summary in enumerate(summaries):
            if summary.id == open_id:
                self.view.setCurrentIndex(self.model.index(row, 0))
                break
        else:
            self.view.setCurrentIndex(QModelIndex())
        self.view.viewport().update()
