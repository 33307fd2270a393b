"""The whole window, with the protocols that are shipped and room in the syringes for all of them."""

from __future__ import annotations

import datetime as dt

import pytest

from injectmap.system.catalogue import Catalogue
from tests.ui.shell.conftest import Shell, make_shell, theme

__all__ = ["make_shell", "theme"]


class Planning:
    """What the tests do again and again."""

    def __init__(self, shell: Shell, qtbot) -> None:
        self.shell, self.qtbot = shell, qtbot
        self.space, self.desk = shell.space, shell.desk

    @property
    def editor(self):
        return self.shell.editor

    @property
    def panel(self):
        """The panel as of now, without waiting for its turn."""
        self.space.session.plan.show_now()
        return self.space.session.plan

    def clear(self) -> None:
        self.editor.select(self.editor.map.by_id)
        self.editor.remove_selected()

    def lay(self, *sides, planned: bool) -> None:
        from injectmap.editing.protocols import apply_protocol

        (c_shape,) = [p for p in self.desk.services.protocols.all(self.desk.acting) if p.id == "c_shape"]
        assert apply_protocol(self.editor, c_shape, sides, planned=planned)

    def key(self, *arguments) -> None:
        self.qtbot.keyClick(self.shell.window.focusWidget(), *arguments)


@pytest.fixture
def room(make_shell, qtbot) -> Planning:
    """A wide window with the chart, Elin's session of eight passes, and her one of four in May 2025."""
    shell = make_shell(chart=True, open=False)
    shell.window.resize(1440, 900)
    shell.opener.catalogue.protocols = Catalogue().protocols
    shell.opener.put_session(shell.elin, date=dt.date(2024, 3, 18), count=2)
    shell.open()
    shell.desk.open_patient(shell.elin)
    return Planning(shell, qtbot)
