"""What is open at the desk, for whom: what the actions and the pages of the window go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from injectmap.ui.actions import When

if TYPE_CHECKING:
    from injectmap.domain.acting import Right
    from injectmap.ui.desk import Desk


def open_now(desk: Desk, *, can_lock: bool = False) -> frozenset[When]:
    """What actions can be about; nothing at all while the program is locked."""
    if desk.unseated is not None or (desk.has_clinic and desk.nobody):
        return frozenset()
    now = {When.ALWAYS}
    if desk.has_clinic:
        now.add(When.CLINIC)
        if not desk.read_only:
            now.add(When.WRITABLE)
        if desk.patient is not None:
            now.add(When.PATIENT)
        if can_lock:
            now.add(When.LOCKABLE)
    if desk.editor is not None:
        now.add(When.SESSION)
    return frozenset(now)


def may(desk: Desk, right: Right) -> bool:
    """True if who acts may do it; without a clinic nothing is forbidden yet."""
    return not desk.has_clinic or desk.acting.may(right)
