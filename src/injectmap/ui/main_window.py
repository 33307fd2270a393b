"""The window: puts the panels together and passes on what they ask for; it decides nothing about treatment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from injectmap.ui.actions import ActionSet, When
from injectmap.ui.canvas.chart_column import ChartColumn
from injectmap.ui.desk import Desk
from injectmap.ui.key_list import KeyList
from injectmap.ui.patients.side import IdentityLine, PatientSide
from injectmap.ui.prompts import Prompts
from injectmap.ui.records.record_page import RecordPage
from injectmap.ui.session.column import SessionColumn
from injectmap.ui.start.start_screen import StartScreen
from injectmap.ui.theme import Theme
from injectmap.ui.top_bar import TopBar
from injectmap.ui.widgets.basics import Surface, column
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.ui.widgets.status_line import Banner, Footer
from injectmap.words import load_words

SMALLEST = QSize(1024, 640)
FIRST_SIZE = QSize(1440, 900)
# Below this the middle column would be too narrow for the fields of the next pass.
NARROW = 1400


class MainWindow(QMainWindow):
    """Start screen, or patient side, chart or record, and session column around one desk."""

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts | None = None) -> None:
        """`prompts` asks outside the window; without one Qt's dialogs do."""
        super().__init__()
        from injectmap.ui.prompts import QtPrompts

        self.theme, self.desk = theme, desk
        self.prompts: Prompts = prompts or QtPrompts(self)
        self._page = "chart"
        self.actions_by_id = ActionSet(self, self._handlers())
        self.top = TopBar(theme, self.actions_by_id)
        self.banner = Banner(theme)
        self.start = StartScreen(theme, self.prompts)
        self.side = PatientSide(theme, desk)
        self.identity = IdentityLine(theme, desk)
        self.chart = ChartColumn(desk.bridge, desk.atlas, load_words(), theme)
        self.session = SessionColumn(theme, desk)
        self.record = RecordPage(theme, desk, self.prompts)
        self.footer = Footer(theme)
        self._build()
        self.keys = KeyList(theme, self)
        self._connect()
        self._on_clinic()

    def _build(self) -> None:
        chart_page = QWidget()
        across = _row(chart_page)
        across.addWidget(self.chart, 1)
        across.addWidget(self.session)
        self._pages = QStackedWidget()
        self._pages.addWidget(chart_page)
        self._pages.addWidget(self.record)
        middle = QWidget()
        down = column(middle)
        down.addWidget(self.identity)
        down.addWidget(self._pages, 1)
        self._work = QWidget()
        row = _row(self._work)
        row.addWidget(self.side)
        row.addWidget(middle, 1)
        self._whole = QStackedWidget()
        self._whole.addWidget(self.start)
        self._whole.addWidget(self._work)
        self.paper = Surface(self.theme, "win")
        layout = column(self.paper)
        layout.addWidget(self.top)
        layout.addWidget(self.banner)
        layout.addWidget(self._whole, 1)
        layout.addWidget(self.footer)
        self.setCentralWidget(self.paper)
        self.setMinimumSize(SMALLEST)
        self.resize(FIRST_SIZE)

    def _connect(self) -> None:
        desk = self.desk
        desk.clinic_changed.connect(self._on_clinic)
        desk.opening.connect(self.start.show_opening)
        desk.opening_failed.connect(self._on_not_opened)
        desk.patient_changed.connect(self._on_patient)
        desk.session_changed.connect(self._on_session)
        desk.save_state_changed.connect(self._show_save_state)
        desk.problem.connect(self.banner.say_problem)
        desk.notice.connect(self.banner.say)
        desk.tasks.slow.connect(self.footer.show_busy)
        self.start.demo_wanted.connect(desk.open_demo)
        self.start.open_wanted.connect(desk.open_clinic)
        self.start.create_wanted.connect(desk.create_clinic)
        self.top.page_wanted.connect(self.show_page)
        self.top.save.retry.connect(desk.retry)
        self.side.folded_changed.connect(self._on_folded)
        self.side.column.new_session_wanted.connect(self._new_session)
        self.side.column.chart_wanted.connect(self._focus_page)
        self.session.chart_wanted.connect(self._focus_page)
        self.record.chart_wanted.connect(self._show_chart)

    def _handlers(self) -> dict[str, Callable[[], None]]:
        return {
            "keys": self._toggle_keys,
            "chart": self._show_chart,
            "record": self._show_record,
            "table": self._focus_table,
            "find_patient": self._find_patient,
            "new_session": self._new_session,
            "new_patient": self._new_patient,
            "add_syringe": self._add_syringe,
            "save_pdf": self._save_pdf,
            "session_error": self._session_error,
            "theme": self._switch_theme,
            "close_clinic": self._close_clinic,
            "quit": self._quit,
        }

    # Following the desk

    def _on_clinic(self) -> None:
        desk, words = self.desk, load_words()
        is_open = desk.has_clinic
        self._whole.setCurrentWidget(self._work if is_open else self.start)
        self.banner.hide()
        self.chart.atlas_ready()
        if is_open:
            services = desk.services
            self.setWindowTitle(words("window.title", clinic=services.settings.name))
            self.top.show_clinic(
                practitioner=services.practitioner.name, demo=services.settings.demo, is_open=True
            )
        else:
            self.setWindowTitle(words("app.name"))
            self.top.show_clinic(practitioner="", demo=False, is_open=False)
            self.start.reset()
            self.start.show_recent(list(desk.opener.recent()))
        self.show_page("chart")
        self._on_session()
        self._show_save_state()
        if is_open:
            self.side.column.focus_search()

    def _on_not_opened(self, sentence: str) -> None:
        if self.desk.has_clinic:
            self.banner.say_problem(sentence)
        else:
            self.start.show_problem(sentence)

    def _on_patient(self) -> None:
        self._on_folded(self.side.folded)
        self._enable_actions()

    def _on_session(self) -> None:
        if self.desk.editor is None and self._page == "record":
            self.show_page("chart")
        self.top.show_session(self.desk.editor is not None)
        self._enable_actions()
        self._show_hints()
        self._show_save_state()
        if self.desk.editor is not None and not self.side.column.busy:
            self._focus_page()

    def _enable_actions(self) -> None:
        desk = self.desk
        now = {When.ALWAYS}
        if desk.has_clinic:
            now.add(When.CLINIC)
            if not desk.read_only:
                now.add(When.WRITABLE)
            if desk.patient is not None and not desk.read_only:
                now.add(When.PATIENT)
        if desk.editor is not None:
            now.add(When.SESSION)
        self.actions_by_id.enable(frozenset(now))

    def _show_save_state(self) -> None:
        desk, save = self.desk, self.top.save
        if not desk.has_clinic:
            save.hide()
        elif desk.editor is not None and desk.editor.failed is not None:
            save.show_failed(error_sentence(desk.editor.failed.error))
        elif desk.read_only:
            save.show_read_only()
        elif desk.saved_at_ms is not None:
            moment = dt.datetime.fromtimestamp(desk.saved_at_ms / 1000, tz=dt.UTC).astimezone()
            save.show_saved(f"{moment:%H:%M}")

    def _on_folded(self, folded: bool) -> None:
        self.identity.setVisible(folded and self.desk.patient is not None)

    # Pages

    def show_page(self, page: str) -> None:
        """Show the chart or the record."""
        if page == "record" and self.desk.editor is None:
            return
        self._page = page
        self._pages.setCurrentIndex(1 if page == "record" else 0)
        self.top.show_page(page)
        self._show_hints()

    def _show_hints(self) -> None:
        words = load_words()
        if not self.desk.has_clinic:
            self.footer.show_hints([("F1", words("hint.keys"))])
        elif self._page == "record":
            self.footer.show_hints([("Esc", words("hint.back")), ("Ctrl S", words("hint.save_pdf"))])
        elif self.desk.editor is not None:
            self.footer.show_hints(
                [("", words("hint.drag")), ("", words("hint.digits")), ("F1", words("hint.keys"))]
            )
        else:
            self.footer.show_hints([("", words("hint.choose")), ("F1", words("hint.keys"))])

    def _focus_page(self) -> None:
        if self._page == "record":
            self.record.pages.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.chart.view.setFocus(Qt.FocusReason.OtherFocusReason)

    # What the keys do

    def _toggle_keys(self) -> None:
        self.keys.toggle()

    def _show_chart(self) -> None:
        self.show_page("chart")
        self.side.fold_back()
        self._focus_page()

    def _show_record(self) -> None:
        self.show_page("record")

    def _focus_table(self) -> None:
        self.show_page("chart")
        self.session.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _find_patient(self) -> None:
        self.side.search()

    def _new_session(self) -> None:
        self.show_page("chart")
        self.session.start_new_session()

    def _new_patient(self) -> None:
        self.side.new_patient()

    def _add_syringe(self) -> None:
        self.show_page("chart")
        self.session.syringes.start_new()

    def _save_pdf(self) -> None:
        self.record.save_pdf()

    def _session_error(self) -> None:
        self.side.unfold()
        self.side.column.start_session_error()

    def _switch_theme(self) -> None:
        self.theme.set_dark(not self.theme.dark)

    def _close_clinic(self) -> None:
        if not self._unsaved():
            self.desk.close_clinic()

    def _quit(self) -> None:
        self.close()

    # The window itself

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The side column folds first."""
        super().resizeEvent(event)
        self.side.set_narrow(event.size().width() < NARROW)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Everything is saved already, save for an edit that failed: that one keeps the window."""
        if self._unsaved():
            event.ignore()
            return
        self.desk.tasks.close()
        self.desk.close_clinic(tell=False)
        event.accept()

    def _unsaved(self) -> bool:
        if self.desk.editor is not None and self.desk.editor.failed is not None:
            self.banner.say_problem(load_words()("window.problem.closing"))
            return True
        return False


def _row(widget: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    return layout
