"""The open clinic: opened in the worker, held here, released on closing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimeZone, Signal

from injectmap.domain.acting import Acting, Right
from injectmap.domain.clinic_places import ClinicPlace
from injectmap.domain.errors import StorageProblem
from injectmap.services.clinic import ClinicOpener
from injectmap.ui.start.opening import Locked, Opening, Ready, kept_in_vain, make_clinic, open_or_ask, release
from injectmap.ui.tasks import Task, Tasks
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.domain.errors import InjectmapError
    from injectmap.domain.keys import Unlock
    from injectmap.domain.session import OpenSession
    from injectmap.editing.editor import MapEditor
    from injectmap.services.clinic import Services
    from injectmap.ui.start.new_clinic import ClinicToMake


class Opener(ClinicOpener, Protocol):
    """What the composition root gives the window; each call imports what it needs when it is made."""

    def prepare(self) -> None:
        """Import and load what the chart needs, in the worker."""
        ...

    @property
    def dark(self) -> bool | None:
        """The look chosen last; None if it was never chosen."""
        ...

    def keep_dark(self, dark: bool) -> None:
        """Remember the look that was chosen."""
        ...

    def open_log(self) -> bool:
        """Begin the program's log, in the worker; True if the program ended unexpectedly before."""
        ...

    def close_log(self) -> None:
        """End the log; does nothing if none was begun."""
        ...

    def make_editor(self, services: Services, opened: OpenSession) -> MapEditor:
        """The editor of an opened treatment session."""
        ...


class ClinicHolder(QObject):
    """Opens clinics away from the window's thread and holds one; a failed opening leaves the open one as it is."""

    clinic_changed = Signal()
    opening = Signal(bool)
    opening_failed = Signal(str)
    # What a click met, and what was done or is worth knowing.
    problem = Signal(str)
    notice = Signal(str)
    # The clinic file, what was typed to open it, and the code of what is wrong with it.
    opening_refused = Signal(object, object, str)
    # Before a clinic can be worked in the start screen asks for something; see `at_door`.
    asked = Signal()
    # Before anything is put away: what is still being typed is stored now.
    leaving = Signal()
    # The clinic is open, and somebody must sign in before anything of it is shown.
    sign_in_wanted = Signal()
    # Another person acts, or nobody while the program is locked.
    acting_changed = Signal()
    settings_changed = Signal()
    # A backup was made by hand, or its folders are others: how they stand is to be read anew.
    backups_changed = Signal()

    def __init__(self, opener: Opener, tasks: Tasks, parent: QObject | None = None) -> None:
        """Start without a clinic."""
        super().__init__(parent)
        self.opener = opener
        self.tasks = tasks
        self.opening_problem = ""
        self._services: Services | None = None
        self._unseated: Services | None = None
        self._prepared = False
        self._is_opening = False
        self._show_latest = False
        self._kept_in_vain = False
        self.at_door: Locked | Ready | None = None
        # Made while the clinic can still be read, such as a backup.
        self.before_closing: Callable[[], None] | None = None
        self._tried: tuple[Path, Unlock | None] | None = None

    # What the one who holds patients and sessions does about it

    def may_leave(self) -> bool:
        """True if what is open may be put away."""
        return True

    def put_away(self) -> None:
        """Put away all that belongs to the clinic."""

    def open_latest(self) -> None:
        """Show where the clinic was left."""

    # The clinic

    @property
    def services(self) -> Services:
        """The services of the open clinic."""
        assert self._services is not None
        return self._services

    @property
    def has_clinic(self) -> bool:
        """True while a clinic is open."""
        return self._services is not None

    @property
    def acting(self) -> Acting:
        """On whose behalf everything is done."""
        return self.services.acting

    @property
    def nobody(self) -> bool:
        """True while nothing may be done on anybody's behalf: no clinic, or a locked one."""
        return self._services is None or not self._services.acting.practitioner_id

    @property
    def reads_records(self) -> bool:
        """True if who acts may see what was done to a patient."""
        return not self.nobody and self.acting.may(Right.READ_RECORD)

    @property
    def draws(self) -> bool:
        """True if who acts may change a treatment session."""
        return not self.nobody and self.acting.may(Right.EDIT_SESSION)

    def act_as(self, acting: Acting) -> None:
        """From now on everything is done on behalf of this person, or of nobody."""
        self._services = replace(self.services, acting=acting)
        self.acting_changed.emit()

    @property
    def unseated(self) -> Services | None:
        """The clinic that waits for somebody to sign in."""
        return self._unseated

    def take_seat(self, acting: Acting) -> None:
        """Somebody signed in to the clinic that waits: it is open."""
        assert self._unseated is not None
        services, self._unseated = replace(self._unseated, acting=acting), None
        self._hold(services)

    def turn_away(self) -> None:
        """Nobody signed in: release the clinic that waits."""
        if self._unseated is not None:
            self._unseated.close()
            self._unseated = None
            self.clinic_changed.emit()

    @property
    def today(self) -> dt.date:
        """The clinic's local date."""
        return self.services.clock.today(self.services.settings.time_zone)

    def atlas(self) -> Atlas | None:
        """The reference head, once it has been loaded."""
        if not self._prepared:
            return None
        from injectmap.atlas import load_atlas

        return load_atlas()

    @property
    def read_only(self) -> bool:
        """True if the clinic cannot be written."""
        return self._services is not None and self._services.database.read_only

    @property
    def read_only_reason(self) -> InjectmapError | None:
        """Why the clinic cannot be written, where that is known."""
        if self._services is None:
            return None
        return self._services.database.read_only_reason

    @property
    def is_opening(self) -> bool:
        """True while a clinic is being opened."""
        return self._is_opening

    def open_demo(self) -> None:
        """Open the demonstration clinic."""
        self._open(self.opener.demo, show_latest=True)

    def open_clinic(self, place: ClinicPlace, unlock: Unlock | None = None) -> None:
        """Open a clinic; a locked file asks for what opens it first."""
        self._tried = (place, unlock) if isinstance(place, Path) else None

        def how() -> Opening:
            opened = open_or_ask(self.opener, place, unlock)
            self._kept_in_vain = kept_in_vain(opened, unlock)
            return opened

        self._open(how)

    def create_clinic(self, typed: ClinicToMake) -> None:
        """Make a new clinic file; it opens once its recovery key is put away."""
        zone = bytes(QTimeZone.systemTimeZoneId().data()).decode() or "UTC"
        self._open(partial(make_clinic, self.opener, typed, zone))

    def set_passphrase(self, passphrase: str) -> None:
        """Set a new passphrase for the clinic that its recovery key has opened, then go in."""
        ready = self.at_door
        assert isinstance(ready, Ready)
        assert ready.unlock is not None
        change = partial(self.opener.set_passphrase, ready.path, ready.unlock, passphrase)
        self.opening.emit(True)
        self.tasks.run(
            lambda _task: change(),
            done=self._passphrase_set,
            failed=self._not_opened,
            owner=self,
            label=load_words()("busy.passphrase"),
        )

    def enter(self) -> None:
        """Go into the clinic at the door."""
        ready = self.at_door
        if isinstance(ready, Ready):
            self.at_door = None
            self._take_clinic(ready.services)

    def turn_back(self) -> None:
        """Give up the clinic at the door."""
        if self.at_door is not None:
            release(self.at_door)
            self.at_door = None

    def _open(self, how: Callable[[], Opening], *, show_latest: bool = False) -> None:
        if self._is_opening or not self.may_leave():
            return
        self._show_latest = show_latest
        self._kept_in_vain = False
        self._is_opening = True
        self.opening_problem = ""
        self.opening.emit(True)

        def work(task: Task) -> Opening:
            opened = how()
            if task.cancelled:
                # The window is gone: nobody else will release the file.
                release(opened)
                task.check()
            if not self._prepared and not isinstance(opened, Locked):
                self.opener.prepare()
            return opened

        self.tasks.run(
            work,
            done=self._opened,
            failed=self._not_opened,
            owner=self,
            label=load_words()("busy.opening"),
            quiet=not self._prepared,
        )

    def _opened(self, opened: Opening) -> None:
        if isinstance(opened, Locked | Ready):
            self._is_opening = False
            self._prepared |= isinstance(opened, Ready)
            self.turn_back()
            self.at_door = opened
            self.opening.emit(False)
            self.asked.emit()
            return
        self.turn_back()
        self._take_clinic(opened)

    def _passphrase_set(self, _done: None) -> None:
        self.opening.emit(False)
        self.enter()

    def _take_clinic(self, services: Services) -> None:
        self._is_opening = False
        self._prepared = True
        self.close_clinic(tell=False)
        if not services.acting.practitioner_id:
            self._unseated = services
            self.opening.emit(False)
            self.sign_in_wanted.emit()
            return
        self._hold(services)

    def _hold(self, services: Services) -> None:
        self._tried = None
        self._services = services
        self.opening.emit(False)
        self.clinic_changed.emit()
        if self._kept_in_vain:
            self._kept_in_vain = False
            self.problem.emit(load_words()("keys.not_kept"))
        if self._show_latest:
            self.open_latest()

    def _not_opened(self, error: Exception) -> None:
        self._is_opening = False
        self.opening.emit(False)
        # Kept: a clinic named on the command line may fail before there is a screen to say it on.
        self.opening_problem = error_sentence(error)
        self.opening_failed.emit(self.opening_problem)
        tried, self._tried = self._tried, None
        if tried is not None and isinstance(error, StorageProblem):
            self.opening_refused.emit(*tried, error.code)

    def close_clinic(self, *, tell: bool = True, back_up: bool = True) -> None:
        """Put everything away, back up what was written and release the file."""
        self.put_away()
        if back_up and self.before_closing is not None:
            self.before_closing()
        self.turn_back()
        if self._services is not None:
            self._services.close()
            self._services = None
        if self._unseated is not None:
            self._unseated.close()
            self._unseated = None
        if tell:
            self.clinic_changed.emit()
