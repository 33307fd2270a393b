"""The whole window over a clinic in which three people sign in."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from injectmap.domain.accounts import Account
from injectmap.domain.acting import Role
from tests import builders
from tests.ui.shell.conftest import Shell, make_shell, theme

__all__ = ["make_shell", "theme"]

GOOD = "correct horse"


class House:
    """Okonjo-Lind treats and administers, Berg supervises, the front desk sees no record, Sandahl has no password."""

    def __init__(self, shell: Shell) -> None:
        self.shell, self.window, self.space, self.desk = shell, shell.window, shell.space, shell.desk
        state = shell.opener.database.state
        self.lind = state.practitioners[0]
        self.berg = builders.practitioner(name="Dr Ines Berg")
        self.front = builders.practitioner(name="P. Novak", profession="")
        state.practitioners = (*state.practitioners, self.berg, self.front)
        for one, roles in (
            (self.lind, {Role.PRACTITIONER, Role.ADMINISTRATOR}),
            (self.berg, {Role.SUPERVISOR}),
            (self.front, {Role.FRONT_DESK}),
        ):
            state.accounts[one.id] = Account(one.id, frozenset(roles), True, f"plain:{GOOD}")
        shell.opener.acting = type(shell.opener.acting)("", frozenset(), "room-1")

    @property
    def lock(self):
        return self.space.extras.lock

    @property
    def page(self):
        return self.lock.page

    def type_in(self, who, password: str = GOOD) -> None:
        QApplication.processEvents()
        for row in self.page._rows:
            if row.person.practitioner_id == who.id:
                QTest.mouseClick(row, Qt.MouseButton.LeftButton)
        QTest.keyClicks(self.page.password, password)
        QTest.keyClick(self.page.password, Qt.Key.Key_Return)

    def rows(self, kind):
        return [row for row in self.shell.opener.database.state.journal if row.kind is kind]


@pytest.fixture
def house(make_shell) -> House:
    """The clinic is chosen, and the page asks who comes in."""
    one = House(make_shell(open=False))
    one.shell.open()
    return one


@pytest.fixture
def seated(house) -> House:
    """Okonjo-Lind has signed in and has Elin's latest session on the desk."""
    house.type_in(house.lind)
    house.desk.open_patient(house.shell.elin)
    return house


@pytest.fixture
def drawing(make_shell) -> House:
    """The same with the head in sight."""
    one = House(make_shell(open=False, chart=True))
    one.shell.open()
    one.type_in(one.lind)
    one.desk.open_patient(one.shell.elin)
    return one
