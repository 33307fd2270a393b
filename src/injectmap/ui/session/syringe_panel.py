"""The syringes of the open treatment session, emptying as passes are drawn."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk
from injectmap.ui.session.scan_text import scan_line
from injectmap.ui.session.syringe_row import SyringeRow, lot_line, product_line
from injectmap.ui.session.syringe_work import discard_rest, open_syringe, scanned_syringe
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Scroller, TextLabel, column
from injectmap.ui.widgets.buttons import Button, IconButton
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.ui.widgets.status_line import Mark
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.services.scanning import Scan
    from injectmap.ui.session.scan_field import AskPicture
    from injectmap.ui.session.syringe_form import SyringeForm

_SHOWN = 2
DISCARD_KEY = "Ctrl+Shift+R"


class SyringePanel(QWidget):
    """Lists the syringes; a click chooses where the next pass is drawn from, the pencil opens lot and expiry."""

    chart_wanted = Signal()
    form_shown = Signal(bool)

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        words = load_words()
        self._theme, self._desk = theme, desk
        self._title = TextLabel(theme, "table_strong", "text", words("syringes.title"))
        self.common = TextLabel(theme, "label", "text2", elide=True)
        self._expired = Mark(theme, "warning", "error", 14)
        common = QHBoxLayout()
        common.setContentsMargins(16, 0, 16, 2)
        common.setSpacing(6)
        common.addWidget(self._expired)
        common.addWidget(self.common, 1)
        self.edit = IconButton(theme, "pencil", words("syringes.edit"), side=26)
        self.add = IconButton(theme, "plus", words("syringes.add"), side=26)
        self.empty = TextLabel(theme, "body", "text2", words("syringes.none"), wrap=True)
        self.empty.setContentsMargins(16, 4, 16, 8)
        self.discard = Button(theme, words("syringe.discard_rest"), kind="flat")
        self.discard.setObjectName("discard_rest")
        self.discard.setToolTip(words("syringe.discard_rest.tip", key=DISCARD_KEY))
        self.ask_picture: AskPicture | None = None
        self.rows: list[SyringeRow] = []
        self._seen: SyringeRow | None = None
        body = QWidget()
        self._list = column(body)
        self._scroller = Scroller(body)
        self._form: SyringeForm | None = None
        self._form_place: Scroller | None = None
        head = QHBoxLayout()
        head.setContentsMargins(16, 6, 8, 0)
        head.setSpacing(6)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self.edit)
        head.addWidget(self.add)
        layout = self._column = column(self, margins=(0, 0, 0, 6))
        layout.addLayout(head)
        layout.addLayout(common)
        layout.addWidget(self.empty)
        layout.addWidget(self._scroller)
        foot = QHBoxLayout()
        foot.setContentsMargins(16, 2, 16, 0)
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.discard)
        layout.addLayout(foot)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.edit.clicked.connect(self._edit)
        self.add.clicked.connect(self.start_new)
        self.discard.clicked.connect(self.discard_rest)
        desk.bridge.changed.connect(self._on_changed)
        desk.session_changed.connect(self._close_form)

    @property
    def form(self) -> SyringeForm:
        """The form of a syringe, built when it is first wanted."""
        if self._form is None:
            from injectmap.ui.session.syringe_form import SyringeForm

            self._form = SyringeForm(self._theme, self._desk)
            self._form.finished.connect(self._close_form)
            self._form.scan.ask_picture = self.ask_picture
            self._form_place = Scroller(self._form)
            self._form_place.hide()
            self._column.addWidget(self._form_place, 1)
        return self._form

    @property
    def form_open(self) -> bool:
        """True while a syringe is being typed."""
        return self._form_place is not None and not self._form_place.isHidden()

    @property
    def editable(self) -> bool:
        """True while the syringes of the open session may be changed."""
        editor = self._desk.editor
        return editor is not None and not editor.read_only and not self._desk.read_only

    def start_new(self) -> None:
        """Open the form of one more syringe."""
        editor = self._desk.editor
        if editor is None or not self.editable:
            return
        try:
            self.form.begin(editor.syringes[-1] if editor.syringes else None)
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
            return
        self._open_form()

    def take_text(self, text: str) -> None:
        """A code scanned anywhere; one that cannot be read is explained and changes nothing."""
        if self.form_open:
            self.form.scan.take_text(text)
            return
        try:
            scan = self._desk.services.scans.read(self._desk.acting, text)
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
            return
        self.take_scan(scan)

    def take_scan(self, scan: Scan) -> None:
        """A box scanned anywhere: it fills the open form, or opens one more syringe at once.

        A code whose product is not known yet opens the form, where the product is chosen once.
        """
        if self.form_open:
            self.form.take(scan)
            return
        product = scan.product
        if product is None:
            self.start_new()
            if self.form_open:
                self.form.take(scan)
            return
        syringe = scanned_syringe(scan, product)
        try:
            open_syringe(self._desk, syringe)
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
            return
        editor = self._desk.editor
        if editor is not None:
            line = scan_line(scan.code, product, editor.session.date)
            self._desk.notice.emit(load_words()("scan.added", number=editor.syringes[-1].number, what=line))

    def discard_rest(self) -> None:
        """Record what is left in every syringe as discarded."""
        if not self.editable:
            return
        try:
            discard_rest(self._desk)
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
        self.chart_wanted.emit()

    def _edit(self) -> None:
        editor = self._desk.editor
        if editor is None or not self.editable or not editor.balances:
            return
        balances = editor.balances
        chosen = next((one for one in balances if one.syringe.id == editor.syringe_id), balances[0])
        self.form.edit(chosen)
        self._open_form()

    def _edit_row(self, number: int) -> None:
        """The form of one line, with the keyboard on what was discarded."""
        editor = self._desk.editor
        if editor is None or not self.editable or number >= len(editor.balances):
            return
        self.form.edit(editor.balances[number])
        self._open_form()
        self.form.discarded.setFocus(Qt.FocusReason.OtherFocusReason)
        self.form.discarded.selectAll()

    def _open_form(self) -> None:
        assert self._form_place is not None
        self._form_place.show()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._show_list(False)
        self.form_shown.emit(True)
        self.form.lot.setFocus(Qt.FocusReason.OtherFocusReason)
        self.form.lot.selectAll()

    def _close_form(self) -> None:
        if self.form_open:
            assert self._form_place is not None
            self._form_place.hide()
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
            self._show()
            self.form_shown.emit(False)
            self.chart_wanted.emit()

    def _show_list(self, shown: bool) -> None:
        """The lines give way to the form, which needs the height."""
        for widget in (self._scroller, self.discard, self.common, self._expired):
            widget.setVisible(shown)

    def _show_used(self) -> None:
        """The syringe in use is in sight, once the rows have their places."""
        if self._seen is not None:
            self._scroller.ensureWidgetVisible(self._seen, 0, 0)

    def _choose(self) -> None:
        editor = self._desk.editor
        row = self.sender()
        if editor is None or not isinstance(row, SyringeRow) or row.syringe is None or editor.read_only:
            return
        # Passes already drawn keep their syringe: with nothing selected the choice is for the next pass alone.
        editor.select(())
        editor.set_syringe(row.syringe.id)
        self.chart_wanted.emit()

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if aspects & {"syringes", "map", "defaults"}:
            self._show()

    def _show(self) -> None:
        editor = self._desk.editor
        balances = editor.balances if editor is not None else ()
        while len(self.rows) < len(balances):
            row = SyringeRow(self._theme)
            row.clicked.connect(self._choose)
            row.edit_wanted.connect(partial(self._edit_row, len(self.rows)))
            self.rows.append(row)
            self._list.addWidget(row)
        while len(self.rows) > len(balances):
            gone = self.rows.pop()
            self._list.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        date = editor.session.date if editor is not None else None
        lines = {product_line(b.syringe, date) for b in balances}
        self.common.setText(next(iter(lines)) if len(lines) == 1 else "")
        self.common.setVisible(len(lines) == 1)
        expired = [
            date is not None and bool(b.syringe.opened_ul) and b.syringe.expired_on(date) for b in balances
        ]
        self._expired.setVisible(len(lines) == 1 and any(expired))
        self.common.set_colour("error" if any(expired) else "text2")
        height = 0
        used: SyringeRow | None = None
        for number, (row, balance) in enumerate(zip(self.rows, balances, strict=True)):
            line = product_line(balance.syringe, date)
            in_use = editor is not None and balance.syringe.id == editor.syringe_id
            row.show_balance(
                balance,
                in_use=in_use,
                own_line="" if len(lines) == 1 else line,
                lot=lot_line(balance.syringe, date),
                expired=expired[number],
            )
            used = row if in_use else used
            if number < _SHOWN:
                height += row.height()
        more = len(balances) > _SHOWN
        # A third syringe is seen to be there, and the list scrolls.
        self._scroller.setFixedHeight(height + (30 if more else 0))
        self._scroller.setVisible(bool(balances))
        if more and used is not None and used is not self._seen:
            QTimer.singleShot(0, self, self._show_used)
        self._seen = used
        self.empty.setVisible(editor is not None and not balances)
        self.edit.setEnabled(self.editable and bool(balances))
        self.add.setEnabled(self.editable)
        drawn = editor is not None and bool(editor.map.passes)
        self.discard.setVisible(self.editable and drawn and any(one.left_ul for one in balances))
        if self.form_open:
            self._show_list(False)
