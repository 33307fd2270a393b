"""Lets people in and keeps others out: sign-in after opening, the lock, and the change of practitioner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from injectmap.domain.acting import Acting
from injectmap.domain.errors import InjectmapError
from injectmap.ui.canvas.gesture_widget import GestureWidget
from injectmap.ui.lock.idle import IdleWatch
from injectmap.ui.lock.sign_in_page import Entrance, SignInPage
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.services.accounts import AccountService
    from injectmap.ui.desk import Desk
    from injectmap.ui.main_window import MainWindow


@dataclass(frozen=True)
class _Left:
    """What was left when the program was locked: who sat here, where the keyboard was, what the window was called."""

    acting: Acting
    focus: QWidget | None
    title: str


class ProgramLock(QObject):
    """Covers the window while nobody acts; under the cover everything stays as it was left.

    While it covers, the desk acts for nobody: what a timer still tried would be refused by the services. The same person
    goes on exactly there; for another the session is opened anew, and what this one may not see is put away.
    """

    covered = Signal(bool)

    def __init__(self, window: MainWindow, desk: Desk, put_away: Callable[[], None]) -> None:
        """`put_away` closes what stands beside the window."""
        super().__init__(window)
        self._window, self._desk, self._put_away = window, desk, put_away
        self._left: _Left | None = None
        self._entrance = ""
        # True if who acts has a password to come back with; read when another acts, not at every glance.
        self.can_lock = False
        self.idle = IdleWatch(self)
        self.idle.idle.connect(self.lock)
        desk.sign_in_wanted.connect(self._ask_at_opening)
        desk.clinic_changed.connect(self._on_clinic)
        desk.settings_changed.connect(self._watch)
        desk.acting_changed.connect(self._on_acting)
        if desk.unseated is not None:
            self._ask_at_opening()

    @cached_property
    def page(self) -> SignInPage:
        """The page, built when it is first wanted."""
        page = SignInPage(self._window.theme)
        page.entered.connect(self._enter)
        page.left.connect(self._leave)
        return page

    @property
    def covers(self) -> bool:
        """True while the window is covered."""
        return bool(self._entrance)

    # Locking

    def lock(self) -> None:
        """Lock now, for the same person to go on or for another."""
        if not self.covers and self.can_lock:
            self._cover_desk("locked", self._desk.acting.practitioner_id)

    def switch(self) -> None:
        """Let another person sit down."""
        if self.covers or self._desk.nobody:
            return
        if not self._desk.services.accounts.asked_for():
            self._desk.problem.emit(load_words()("switch.nobody"))
            return
        self._desk.leaving.emit()
        if self._desk.may_leave():
            self._cover_desk("switch", "")

    def _cover_desk(self, entrance: str, chosen: str) -> None:
        desk, window = self._desk, self._window
        for canvas in window.findChildren(GestureWidget):
            # The hand may let go under the lock: nobody draws there.
            canvas.input.abandon()
        # What is being typed is stored while it is still known by whom.
        desk.leaving.emit()
        self._close_over()
        can_come_back = self._has_password(desk.acting)
        focus = QApplication.focusWidget() or window.focusWidget()
        self._left = _Left(desk.acting, focus, window.windowTitle())
        self.idle.watch(0)
        self._entrance = entrance
        desk.act_as(Acting("", frozenset(), desk.acting.workstation))
        # From a change of person who sat here goes back through the own lock: others may stand there by then.
        leave = "form.cancel" if entrance == "switch" or not can_come_back else ""
        self._cover(entrance, desk.services.accounts, desk.services.settings.name, chosen, leave)

    def _has_password(self, acting: Acting) -> bool:
        return self._desk.services.accounts.has_password(acting.practitioner_id)

    def _close_over(self) -> None:
        """Put away what stands over or beside the window: nothing of a patient may stay in sight."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            dialog.reject()
        self._put_away()

    def _ask_at_opening(self) -> None:
        waiting = self._desk.unseated
        assert waiting is not None
        self._cover("sign_in", waiting.accounts, waiting.settings.name, "", "sign_in.leave")

    def _cover(self, entrance: str, accounts: AccountService, clinic: str, chosen: str, leave: str) -> None:
        words, window = load_words(), self._window
        self._entrance = entrance
        people = tuple(one for one in accounts.people() if one.lets_in)
        name = next((one.name for one in people if one.practitioner_id == chosen), "")
        self.page.begin(
            Entrance(
                clinic=clinic,
                title=words(f"{entrance}.title"),
                note=words(f"{entrance}.note", name=name) if words.has(f"{entrance}.note") else "",
                people=people,
                waits=accounts.seconds_to_wait,
                chosen=chosen,
                choose_first=entrance != "switch",
                leave=words(leave) if leave else "",
            )
        )
        window.setWindowTitle(words("app.name"))
        window.cover(self.page)
        self.covered.emit(True)
        self.page.take_focus()

    # Coming in

    def _enter(self, practitioner_id: str, password: str) -> None:
        desk, left = self._desk, self._left
        services = desk.services if desk.unseated is None else desk.unseated
        accounts = services.accounts
        same = left is not None and left.acting.practitioner_id == practitioner_id

        def work(_task: object) -> Acting:
            if same and left is not None:
                return accounts.unlock(left.acting, password)
            return accounts.sign_in(practitioner_id, password)

        desk.tasks.run(work, done=self._let_in, failed=self._refuse, owner=self, label="")

    def _refuse(self, error: Exception) -> None:
        if not isinstance(error, InjectmapError | OSError):
            raise error
        self.page.show_refusal(error)

    def _let_in(self, acting: Acting) -> None:
        desk, left = self._desk, self._left
        if desk.unseated is not None:
            self._uncover()
            desk.take_seat(acting)
            return
        if left is None or desk.nobody is False:
            return
        if acting == left.acting:
            desk.act_as(acting)
            self._uncover()
            self._go_on(left)
        elif desk.editor is not None and desk.editor.failed is not None:
            # Only who drew it can store it or let it go.
            self.page.set_busy(False)
            self.page.say(load_words()("switch.unsaved"))
        else:
            self._uncover()
            seat_another(desk, acting)
        self._watch()

    def _leave(self) -> None:
        """Nobody came in: back to where it was, or to the first screen."""
        left = self._left
        if left is not None and self._entrance == "switch" and self._has_password(left.acting):
            desk = self._desk
            self._cover(
                "locked", desk.services.accounts, desk.services.settings.name, left.acting.practitioner_id, ""
            )
            return
        self._uncover()
        if left is not None:
            self._desk.act_as(left.acting)
            self._go_on(left)
            self._watch()
        else:
            self._desk.turn_away()

    def _go_on(self, left: _Left) -> None:
        """The window is called as it was, and the keyboard is where it was."""
        self._window.setWindowTitle(left.title)
        if left.focus is not None and _is_there(left.focus):
            left.focus.setFocus(Qt.FocusReason.OtherFocusReason)

    def _uncover(self) -> None:
        self._entrance, self._left = "", None
        self.page.end()
        self._window.cover(None)
        self.covered.emit(False)

    # Following the desk

    def _on_clinic(self) -> None:
        self._on_acting()
        if self._desk.has_clinic or self._desk.unseated is None:
            if self.covers and self._left is None:
                self._uncover()
            self._watch()

    def _on_acting(self) -> None:
        desk = self._desk
        self.can_lock = not desk.nobody and desk.services.accounts.has_password(desk.acting.practitioner_id)

    def _watch(self) -> None:
        """Count the idle minutes of who can come back."""
        if self.covers:
            return
        desk = self._desk
        try:
            minutes = desk.services.settings_service.current().idle_lock_minutes if self.can_lock else 0
        except InjectmapError as error:
            desk.problem.emit(error_sentence(error))
            minutes = desk.services.settings.idle_lock_minutes
        self.idle.watch(minutes)


def seat_another(desk: Desk, acting: Acting) -> None:
    """Lay the desk anew for another person: the same patient and session, as far as this one may see them."""
    patient = desk.patient
    session_id = desk.editor.session.id if desk.editor is not None else None
    desk.close_patient()
    desk.act_as(acting)
    desk.clinic_changed.emit()
    if patient is not None:
        desk.open_patient(patient, session_id)


def _is_there(widget: QWidget) -> bool:
    import shiboken6

    return shiboken6.isValid(widget) and widget.isVisible()
