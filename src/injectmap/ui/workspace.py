"""Everything around the head: puts the panels into the window and passes on what they ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QObject, Qt

from injectmap.domain.settings import Requirement
from injectmap.ui.actions import ActionSet
from injectmap.ui.desk import Desk
from injectmap.ui.extras import Extras
from injectmap.ui.hints import hints_now
from injectmap.ui.main_window import MainWindow
from injectmap.ui.open_now import may, open_now
from injectmap.ui.opening_notes import tell_at_opening
from injectmap.ui.pages import BY_ID, CHART, Pages
from injectmap.ui.patients.side import IdentityLine, PatientSide
from injectmap.ui.patients.thumbnails import Thumbnails
from injectmap.ui.plan.plan_actions import PlanActions
from injectmap.ui.prompts import Prompts
from injectmap.ui.session.column import SessionColumn
from injectmap.ui.session.scan_router import ScanRouter
from injectmap.ui.theme import Theme
from injectmap.ui.top_bar import TopBar
from injectmap.ui.widgets.dates import show_time
from injectmap.ui.widgets.sentences import error_sentence, read_only_text
from injectmap.ui.widgets.status_line import Banner, Footer
from injectmap.words import load_words

# Below this the middle column would be too narrow for the fields of the next pass.
NARROW = 1400


@dataclass
class Panels:
    """The panels of the window, built one after the other so that the window never stands still for long."""

    side: PatientSide
    session: SessionColumn
    top: TopBar
    footer: Footer


def build_panels(theme: Theme, desk: Desk) -> Iterator[Panels | None]:
    """Build the panels with a rest after each; the last thing yielded is all of them."""
    session = SessionColumn(theme, desk)
    yield None
    side = PatientSide(theme, desk)
    yield None
    yield Panels(side, session, TopBar(theme), Footer(theme))


class Workspace(QObject):
    """Start screen, or patient side, chart or record, and session column around one desk.

    It decides nothing about treatment: it shows, and passes on.
    """

    def __init__(self, window: MainWindow, desk: Desk, prompts: Prompts, panels: Panels) -> None:
        """Take the places that the window has kept free."""
        super().__init__(window)
        self.window, self.theme, self.desk = window, window.theme, desk
        self.chart = window.chart
        self.side, self.session = panels.side, panels.session
        self.top, self.footer = panels.top, panels.footer
        self.pages = Pages(window, desk, prompts)
        self.scans = ScanRouter(window, desk, prompts, self.session, self.pages)
        self.plan = PlanActions(desk, self.chart, self.session, self.side, self._show_chart)
        self.extras = Extras(window, desk, prompts, self.session)
        self.actions = self.extras.actions = ActionSet(window, self._handlers(), self._on_page_action)
        self.plan.follow(self.extras.last_session, self.actions["lay_protocol"].trigger)
        self.top.take_actions(self.actions)
        self.extras.show_backups(self.footer, partial(self._on_page_action, "safety", ""))
        self.banner = Banner(self.theme)
        self.identity = IdentityLine(self.theme, desk)
        window.furnish(
            top=self.top,
            banner=self.banner,
            side=self.side,
            identity=self.identity,
            session=self.session,
            footer=self.footer,
        )
        time_line = self.side.column.time_line
        time_line.take_thumbnails(
            Thumbnails(self.theme, desk, self.chart.view.pictures, time_line.view.shows)
        )
        window.closing = self._may_close
        window.atlas_source = desk.atlas
        self._connect()
        self._on_width(window.width())
        self._on_clinic()

    def _connect(self) -> None:
        desk = self.desk
        desk.clinic_changed.connect(self._on_clinic)
        desk.bridge.changed.connect(self._on_edited)
        desk.opening_failed.connect(self._on_not_opened)
        desk.asked.connect(self._on_asked)
        desk.acting_changed.connect(self._enable_actions)
        self.extras.lock.covered.connect(self._enable_actions)
        desk.patient_changed.connect(self._on_patient)
        desk.session_changed.connect(self._on_session)
        desk.save_state_changed.connect(self._show_save_state)
        desk.problem.connect(self.banner.say_problem)
        desk.notice.connect(self.banner.say)
        desk.tasks.slow.connect(self.footer.show_busy)
        self.top.page_wanted.connect(self.pages.show)
        self.pages.shown.connect(self._on_page)
        self.top.save.retry.connect(desk.retry)
        self.side.folded_changed.connect(self._on_folded)
        self.side.column.new_session_wanted.connect(self._new_session)
        self.side.column.chart_wanted.connect(self.pages.focus)
        self.side.column.before.line_wanted.connect(self._review)
        self.session.chart_wanted.connect(self.pages.focus)
        self.session.form_shown.connect(self._on_form)
        self.session.volume_opened.connect(self.chart.host.put_away)
        self.session.table.not_taken.connect(self.chart.tell_not_taken)
        self.chart.syringe_wanted.connect(self._add_syringe)
        self.chart.ghost_changed.connect(self.session.difference.compare_with)
        self.window.width_changed.connect(self._on_width)

    def _handlers(self) -> dict[str, Callable[[], None]]:
        return {
            "keys": self.extras.toggle_keys,
            "palette": self.extras.toggle_palette,
            "chart": self._show_chart,
            "present": self.extras.present,
            "table": self._focus_table,
            "find_patient": self._find_patient,
            "new_session": self._new_session,
            "new_patient": self._new_patient,
            "add_syringe": self._add_syringe,
            "discard_rest": self.session.syringes.discard_rest,
            **self.plan.handlers,
            "scan_picture": self.scans.choose_picture,
            "session_details": self._session_details,
            "lay_protocol": self._lay_protocol,
            "save_protocol": self._save_protocol,
            "session_error": self._session_error,
            "lock": self.extras.lock.lock,
            "switch_person": self.extras.lock.switch,
            "theme": self._switch_theme,
            "close_clinic": self._close_clinic,
            "quit": self._quit,
        }

    # Following the desk

    def _on_clinic(self) -> None:
        desk, words = self.desk, load_words()
        is_open = desk.has_clinic
        self.window.show_whole(None if is_open or desk.is_opening else self.extras.start)
        self.banner.hide()
        self.chart.atlas_ready()
        if is_open:
            services = desk.services
            self.window.setWindowTitle(words("window.title", clinic=services.settings.name))
            self.top.show_clinic(
                practitioner=services.practitioner.name, demo=services.settings.demo, is_open=True
            )
        else:
            self.window.setWindowTitle(words("app.name"))
            self.top.show_clinic(practitioner="", demo=False, is_open=False)
            if not desk.is_opening:
                self.extras.start.begin(desk.opener.recent())
                self.extras.start.show_problem(desk.opening_problem)
                self.extras.start.show_door()
        self.pages.show_chart()
        self._on_session()
        self._show_save_state()
        if is_open:
            self.side.column.focus_search()
            tell_at_opening(desk.services, self.banner)

    def _on_not_opened(self, sentence: str) -> None:
        if self.desk.has_clinic:
            self.banner.say_problem(sentence)
            return
        self.window.show_whole(self.extras.start)
        self.extras.start.show_recent(self.desk.opener.recent())
        self.extras.start.show_problem(sentence)

    def _on_asked(self) -> None:
        self.window.show_whole(self.extras.start)
        self.extras.start.show_door()

    def _on_patient(self) -> None:
        self._on_folded(self.side.folded)
        self._enable_actions()

    def _on_session(self) -> None:
        self._enable_actions()
        self._show_hints()
        self._show_save_state()
        if self.desk.editor is not None and not self.side.column.busy:
            self.pages.focus()

    def _enable_actions(self) -> None:
        desk, now = self.desk, open_now(self.desk, can_lock=self.extras.lock.can_lock)
        self.chart.say_without_session(
            "canvas.no_session" if desk.patient is not None else "canvas.no_patient"
        )
        self.actions.enable(now, partial(may, desk))
        if not self.extras.lock.covers:
            # Under the lock the page stays that was shown.
            self.pages.allow(now, partial(may, desk))
            self.top.allow(now, partial(may, desk), desk.editor)

    def _show_save_state(self) -> None:
        desk, save = self.desk, self.top.save
        if not desk.has_clinic:
            save.hide()
        elif desk.editor is not None and desk.editor.failed is not None:
            # On the chart the way out stands beside the pass that is kept.
            save.show_failed(error_sentence(desk.editor.failed.error), retry=self.pages.current != CHART)
        elif desk.read_only:
            save.show_read_only(read_only_text(desk.read_only_reason))
        elif desk.saved_at_ms is not None:
            save.show_saved(show_time(desk.saved_at_ms, desk.services.settings.time_zone))
        self.top.fit()

    def _on_form(self, shown: bool) -> None:
        """While a form is typed in nothing can be drawn: it would go into the session before."""
        self.chart.setEnabled(not shown)
        self._show_hints()

    def _on_folded(self, folded: bool) -> None:
        beside = BY_ID[self.pages.current].side
        self.identity.setVisible(folded and beside and self.desk.patient is not None)

    # Pages

    def _on_page(self, page: str) -> None:
        self.top.show_page(page)
        self.side.setVisible(BY_ID[page].side)
        self._on_folded(self.side.folded)
        self._show_hints()
        self._show_save_state()

    def _on_page_action(self, page: str, method: str) -> None:
        if self.pages.show(page):
            self.pages.focus()
            if method:
                getattr(self.pages[page], method)()

    def _review(self, requirement: Requirement | None) -> None:
        if self.pages.show("record"):
            self.pages["record"].open_line(requirement)

    def _show_hints(self) -> None:
        form = self.session.form_hints or self.pages.hints
        self.footer.show_hints(hints_now(self.desk, form=form))

    def _on_edited(self, aspects: frozenset[str]) -> None:
        if aspects & {"selection", "tool", "measured", "map", "view"}:
            self._show_hints()

    # What the keys do

    def _show_chart(self) -> None:
        self.pages.show_chart()
        self.side.fold_back()
        self.pages.focus()

    def _focus_table(self) -> None:
        self.pages.show_chart()
        self.session.table.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _find_patient(self) -> None:
        if self.pages.current == "patient":
            self.pages["patient"].focus_search()
        else:
            self._show_side()
            self.side.search()

    def _show_side(self) -> None:
        """The patient column is wanted: a page without it gives way to the chart."""
        if not BY_ID[self.pages.current].side:
            self.pages.show_chart()

    def _new_session(self) -> None:
        patient = self.desk.patient
        if patient is None or patient.error_reason:
            self.banner.say_problem(
                load_words()("patients.first" if patient is None else "error.patient_in_error")
            )
            self.side.search()
            return
        self.pages.show_chart()
        self.session.start_new_session()

    def _new_patient(self) -> None:
        self._show_side()
        self.side.new_patient()

    def _add_syringe(self) -> None:
        self.pages.show_chart()
        self.session.syringes.start_new()

    def _session_details(self) -> None:
        self.pages.show_chart()
        self.session.start_correction()

    def _lay_protocol(self) -> None:
        self.pages.show_chart()
        self.extras.protocols.lay()

    def _save_protocol(self) -> None:
        self.pages.show_chart()
        self.extras.protocols.save()

    def _session_error(self) -> None:
        self._show_side()
        self.side.unfold()
        self.side.column.start_session_error()

    def _switch_theme(self) -> None:
        self.theme.set_dark(not self.theme.dark)
        self.desk.opener.keep_dark(self.theme.dark)

    def _close_clinic(self) -> None:
        if not self._unsaved():
            self.desk.close_clinic()

    def _quit(self) -> None:
        self.window.close()

    # The window itself

    def _on_width(self, width: int) -> None:
        """The side column folds first."""
        self.side.set_narrow(width < NARROW)

    def _may_close(self) -> bool:
        """Everything is saved already, save for an edit that failed: that one keeps the window, unless the system ends it."""
        if self._unsaved() and not self.window.must_close:
            return False
        self.desk.retry()
        self.extras.close()
        self.extras.backups.end()
        self.desk.tasks.close()
        self.desk.close_clinic(tell=False)
        return True

    def _unsaved(self) -> bool:
        self.desk.leaving.emit()
        if self.desk.editor is not None and self.desk.editor.failed is not None:
            self.banner.say_problem(load_words()("window.problem.closing"))
            return True
        return False
