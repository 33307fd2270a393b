"""The recovery key of a clinic just made: printed or saved, put away, and two groups of it typed back from paper."""

from __future__ import annotations

import secrets

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.domain.keys import recovery_groups, same_group
from injectmap.services.clinic import NewClinic
from injectmap.services.ports import RenderedPage
from injectmap.ui.plan.tick_box import TickBox
from injectmap.ui.prompts import Prompts
from injectmap.ui.start.sheet_deeds import SheetDeeds
from injectmap.ui.tasks import Tasks
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import Form, FormRow, text_field
from injectmap.words import load_words

_SHEET_WIDTH = 440
_TYPED_BACK = 2


class RecoveryPage(QWidget):
    """Stands between making a clinic and working in it; the key is shown this once and let go of afterwards."""

    confirmed = Signal()

    def __init__(self, theme: Theme, tasks: Tasks, prompts: Prompts) -> None:
        super().__init__()
        words = load_words()
        self._groups: tuple[str, ...] = ()
        self._asked: tuple[int, ...] = ()
        self.deeds = SheetDeeds(tasks, prompts, self)
        self.sheet = _Sheet(theme)
        self.print = Button(theme, words("keys.print"), kind="primary", icon_name="printer")
        self.save = Button(theme, words("keys.save_pdf"), icon_name="save")
        self._said = TextLabel(theme, "table", "text2", wrap=True)
        self.put_away = TickBox(theme, words("keys.put_away"))
        self._back = QWidget()
        self._form = Form(theme, steady=True)
        self.fields = tuple(text_field(limit=20) for _ in range(_TYPED_BACK))
        self._rows: tuple[FormRow, ...] = tuple(self._form.row("", one) for one in self.fields)
        self._form.beside(*self._rows)
        back = column(self._back, spacing=8)
        back.addWidget(TextLabel(theme, "table", "text2", words("keys.type_back"), wrap=True))
        back.addWidget(self._form)
        self.accept = Button(theme, words("keys.enter"), kind="primary")
        right = column(spacing=12)
        right.addWidget(TextLabel(theme, "section", "text", words("keys.new_key")))
        for text in ("keys.new_key.what", "keys.new_key.lost"):
            right.addWidget(TextLabel(theme, "body", "text2", words(text), wrap=True))
        deeds = QHBoxLayout()
        deeds.setSpacing(10)
        deeds.addWidget(self.print)
        deeds.addWidget(self.save)
        deeds.addStretch(1)
        right.addLayout(deeds)
        right.addWidget(self._said)
        right.addSpacing(8)
        right.addWidget(self.put_away)
        right.addWidget(self._back)
        right.addWidget(self.accept)
        right.addStretch(1)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(32)
        across.addWidget(self.sheet, 0, Qt.AlignmentFlag.AlignTop)
        across.addLayout(right, 1)
        self.print.clicked.connect(self.deeds.print)
        self.save.clicked.connect(self.deeds.save)
        self.deeds.said.connect(self._say)
        self.deeds.refused.connect(self._refuse)
        self.put_away.toggled.connect(self._ask_back)
        self.sheet.show_again.clicked.connect(self._show_again)
        self.accept.clicked.connect(self.submit)
        for one in self.fields:
            one.returnPressed.connect(self.submit)

    def show_key(self, made: NewClinic) -> None:
        """Show the key of a clinic just made."""
        services, keys = made.services, made.services.keys
        assert keys is not None
        self._groups = recovery_groups(made.recovery_key)
        self._asked = tuple(
            sorted(secrets.SystemRandom().sample(range(1, len(self._groups) + 1), _TYPED_BACK))
        )
        words = load_words()
        for row, place in zip(self._rows, self._asked, strict=True):
            row.show_label(words("keys.group", number=place))
        settings = services.settings
        sheet = keys.sheet(made.recovery_key, settings, settings.paper, at_ms=services.clock.now_ms())
        self.deeds.take(keys, sheet)
        self.sheet.clear()
        # Who does not see the picture hears the groups.
        self.sheet.take(" ".join(self._groups))
        self._say("")
        self.put_away.setChecked(False)
        self._ask_back(False)
        for one in self.fields:
            one.clear()
        self.deeds.render(self.sheet.show_pages, width=_SHEET_WIDTH * self.devicePixelRatioF())
        self.print.setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Compare what was typed back with the key."""
        if not self.accept.isEnabled():
            return
        words = load_words()
        self._form.clear_problems()
        for row, field, place in zip(self._rows, self.fields, self._asked, strict=True):
            if not same_group(field.text(), self._groups[place - 1]):
                row.show_problem(words("keys.group_differs", number=place))
        if any(row.problem for row in self._rows):
            self._form.focus_problem()
            return
        self.forget()
        self.confirmed.emit()

    @property
    def asked(self) -> tuple[int, ...]:
        """The numbers of the groups to be typed back, from 1."""
        return self._asked

    @property
    def problems(self) -> list[str]:
        """The problems shown."""
        return [row.problem for row in self._rows if row.problem]

    @property
    def said(self) -> str:
        """What was said of printing or saving."""
        return self._said.full_text()

    def forget(self) -> None:
        """Leave nothing of the key in the window."""
        self._groups = ()
        self.deeds.forget()
        self.sheet.clear()
        for one in self.fields:
            one.clear()

    def _show_again(self) -> None:
        """It is not put away yet: look again."""
        self.put_away.setChecked(False)
        self.print.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_back(self, put_away: bool) -> None:
        """Typed back is what is on paper: meanwhile the sheet is not in sight."""
        self.sheet.cover(put_away)
        self._back.setEnabled(put_away)
        self.accept.setEnabled(put_away)
        if put_away:
            self.fields[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def _say(self, sentence: str) -> None:
        self._said.set_colour("text2")
        self._said.setText(sentence)
        self._said.setVisible(bool(sentence))

    def _refuse(self, sentence: str) -> None:
        self._say(sentence)
        self._said.set_colour("error")


class _Sheet(QWidget):
    """The page as it prints; covered, nothing of it is seen or heard."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._picture = QPixmap()
        self._groups, self._covered = "", False
        words = load_words()
        self.setAccessibleName(words("sheet.title"))
        said = TextLabel(theme, "body", "text2", words("keys.sheet_hidden"), wrap=True)
        said.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.show_again = Button(theme, words("keys.sheet_shown"))
        self._cover = QWidget(self)
        inside = column(self._cover, spacing=16)
        inside.addWidget(said)
        inside.addWidget(self.show_again, 0, Qt.AlignmentFlag.AlignHCenter)
        layout = column(self, margins=(56, 0, 56, 0))
        layout.addStretch(1)
        layout.addWidget(self._cover)
        layout.addStretch(1)
        theme.changed.connect(self.update)
        self.clear()

    @property
    def covered(self) -> bool:
        return self._covered

    def take(self, groups: str) -> None:
        self._groups = groups
        self.cover(False)

    def cover(self, covered: bool) -> None:
        self._covered = covered
        self._cover.setVisible(covered)
        self.setAccessibleDescription("" if covered else self._groups)
        self.update()

    def clear(self) -> None:
        self._picture = QPixmap()
        self._groups = ""
        self.cover(False)
        self.setFixedSize(_SHEET_WIDTH, round(_SHEET_WIDTH * 1.414))
        self.update()

    def show_pages(self, pages: tuple[RenderedPage, ...]) -> None:
        page = pages[0]
        self._picture = QPixmap.fromImage(QImage.fromData(page.png))
        self.setFixedSize(_SHEET_WIDTH, round(_SHEET_WIDTH * page.height_pt / page.width_pt))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._covered or self._picture.isNull():
            painter.fillRect(self.rect(), self._theme.colour("win"))
        else:
            painter.drawPixmap(self.rect(), self._picture)
        painter.setPen(QPen(self._theme.colour("line2"), 1))
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
