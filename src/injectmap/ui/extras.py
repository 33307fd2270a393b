"""What lies over or beside the window and is built when it is first wanted: none of it is needed to draw."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from injectmap.ui.last_session import LastSession
from injectmap.ui.lock.program_lock import ProgramLock
from injectmap.ui.news import NewsWatch
from injectmap.ui.trust.backup_watch import BackupWatch
from injectmap.ui.trust.damage import DamageWatch

if TYPE_CHECKING:
    from collections.abc import Callable

    from injectmap.ui.actions import ActionSet
    from injectmap.ui.desk import Desk
    from injectmap.ui.key_list import KeyList
    from injectmap.ui.main_window import MainWindow
    from injectmap.ui.palette import CommandPalette
    from injectmap.ui.prompts import Prompts
    from injectmap.ui.session.column import SessionColumn
    from injectmap.ui.session.protocol_forms import ProtocolForms
    from injectmap.ui.start.start_screen import StartScreen
    from injectmap.ui.teaching.presenter import Presenter
    from injectmap.ui.widgets.status_line import Footer


class Extras:
    """Start screen, list of keys, list of actions and presenter of one window."""

    actions: ActionSet

    def __init__(self, window: MainWindow, desk: Desk, prompts: Prompts, session: SessionColumn) -> None:
        """Build nothing yet; `actions` are given later."""
        self._window, self._desk, self._prompts = window, desk, prompts
        self._session = session
        self.lock = ProgramLock(window, desk, self._put_away)
        self.last_session = LastSession(desk, window.chart)
        self.news = NewsWatch(desk)
        self.backups = BackupWatch(desk, window, window.theme)
        self.damage = DamageWatch(desk)

    def show_backups(self, footer: Footer, wanted: Callable[[], None]) -> None:
        """Show the last good backup in the footer; a click goes where more of it is told."""
        from injectmap.ui.trust.backup_state import BackupState

        footer.take_state(BackupState(self._window.theme, self._desk, self.backups), wanted)
        self.backups.changed.connect(footer.fit)

    @cached_property
    def start(self) -> StartScreen:
        """The start screen."""
        from injectmap.ui.start.start_screen import StartScreen

        return StartScreen(self._window.theme, self._prompts, self._desk)

    @cached_property
    def keys(self) -> KeyList:
        """The list of keys."""
        from injectmap.ui.key_list import KeyList

        return KeyList(self._window.theme, self._window)

    @cached_property
    def palette(self) -> CommandPalette:
        """All actions by name."""
        from injectmap.ui.palette import CommandPalette
        from injectmap.ui.palette_commands import ProtocolCommands

        chart, protocols = self._window.chart, ProtocolCommands(self._desk)
        providers = (protocols, self.last_session.commands)
        return CommandPalette(self._window.theme, self._window, self.actions, chart, providers)

    @cached_property
    def protocols(self) -> ProtocolForms:
        """The forms of protocols."""
        from injectmap.ui.session.protocol_forms import ProtocolForms

        return ProtocolForms(self._window.theme, self._desk, self._session)

    @cached_property
    def presenter(self) -> Presenter:
        """The full-screen view without a patient's identity."""
        from injectmap.ui.teaching.presenter import Presenter

        return Presenter(self._window.theme, self._desk)

    def toggle_keys(self) -> None:
        """Show the list of keys, or put it away."""
        self.keys.toggle()

    def toggle_palette(self) -> None:
        """Show all actions by name, or put them away."""
        self.palette.toggle()

    def present(self) -> None:
        """Show the full-screen view."""
        self.presenter.begin()

    def _put_away(self) -> None:
        """Nothing stays over or beside the window that is being locked."""
        for name in ("keys", "palette"):
            one = self.__dict__.get(name)
            if one is not None and one.isVisible():
                one.toggle()
        self.close()

    def close(self) -> None:
        """The window closes, and what stands beside it."""
        if "presenter" in self.__dict__:
            self.presenter.close()
