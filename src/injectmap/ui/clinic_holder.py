"""The open clinic: opened in the worker, held here, released on closing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimeZone, Signal

from injectmap.domain.acting import Acting
from injectmap.services.clinic import ClinicOpener
from injectmap.ui.tasks import Task, Tasks
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.domain.errors import InjectmapError
    from injectmap.domain.session import OpenSession
    from injectmap.editing.editor import MapEditor
    from injectmap.services.clinic import Services


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
    # Before anything is put away: what is still being typed is stored now.
    leaving = Signal()

    def __init__(self, opener: Opener, tasks: Tasks, parent: QObject | None = None) -> None:
        """Start without a clinic."""
        super().__init__(parent)
        self.opener = opener
        self.tasks = tasks
        self.opening_problem = ""
        self._services: Services | None = None
        self._prepared = False
        self._is_opening = False
        self._show_latest = False

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

    def open_clinic(self, path: Path) -> None:
        """Open a clinic file."""
        self._open(partial(self.opener.open, path))

    def create_clinic(self, path: Path, name: str, practitioner: str) -> None:
        """Make and open a new clinic file."""
        zone = bytes(QTimeZone.systemTimeZoneId().data()).decode() or "UTC"
        self._open(partial(self.opener.create, path, name=name, practitioner=practitioner, time_zone=zone))

    def _open(self, how: Callable[[], Services], *, show_latest: bool = False) -> None:
        if self._is_opening or not self.may_leave():
            return
        self._show_latest = show_latest
        self._is_opening = True
        self.opening_problem = ""
        self.opening.emit(True)

        def work(task: Task) -> Services:
            services = how()
            if task.cancelled:
                # The window is gone: nobody else will release the file.
                services.close()
                task.check()
            if not self._prepared:
                self.opener.prepare()
            return services

        self.tasks.run(
            work,
            done=self._take_clinic,
            failed=self._not_opened,
            owner=self,
            label=load_words()("busy.opening"),
            quiet=not self._prepared,
        )

    def _take_clinic(self, services: Services) -> None:
        self._is_opening = False
        self._prepared = True
        self.close_clinic(tell=False)
        self._services = services
        self.opening.emit(False)
        self.clinic_changed.emit()
        if self._show_latest:
            self.open_latest()

    def _not_opened(self, error: Exception) -> None:
        self._is_opening = False
        self.opening.emit(False)
        # Kept: a clinic named on the command line may fail before there is a screen to say it on.
        self.opening_problem = error_sentence(error)
        self.opening_failed.emit(self.opening_problem)

    def close_clinic(self, *, tell: bool = True) -> None:
        """Put everything away and release the file."""
        self.put_away()
        if self._services is not None:
            self._services.close()
            self._services = None
        if tell:
            self.clinic_changed.emit()
