"""What the record's page does to the open treatment session: each call stores, then lays the new state on the desk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from injectmap.domain.errors import Conflict, InputRefused
from injectmap.domain.record import RecordField

if TYPE_CHECKING:
    from injectmap.domain.record import RecordEntry
    from injectmap.domain.session import OpenSession
    from injectmap.ui.desk import Desk


def _take(desk: Desk, deed: Callable[[], OpenSession]) -> None:
    """Do it; after a conflict, or where somebody else has signed, the newer state is shown, and it is told."""
    desk.refuse_if_unsaved()
    try:
        opened = deed()
    except Conflict:
        desk.reload_session()
        raise
    except InputRefused as refused:
        if refused.code == "session_signed":
            desk.reload_session()
            let_go(desk)
        raise
    desk.take_changed(opened)


def let_go(desk: Desk) -> None:
    """Select nothing: after a signature, or when it is opened again, no digit reaches what was chosen before."""
    if desk.editor is not None:
        desk.editor.select(())


def same(entry: RecordEntry | None, text: str, details: tuple[tuple[str, str], ...]) -> bool:
    """True if this is what stands in the entry."""
    there = (entry.text, entry.details) if entry is not None else ("", ())
    return (text.strip(), tuple(pair for pair in details if pair[1])) == there


def write(desk: Desk, which: RecordField, text: str, details: tuple[tuple[str, str], ...] = ()) -> None:
    """Write a field; what stands there already is left alone."""
    editor = desk.editor
    assert editor is not None
    if same(editor.opened.entries.get(which), text, details):
        return
    fields, session = desk.services.fields, desk.session_now()
    _take(desk, lambda: fields.write(desk.acting, session, which, text, details))


def set_follow_up(desk: Desk, day: dt.date | None) -> None:
    """Set or clear the follow-up date."""
    if desk.session_now().follow_up != day:
        fields, session = desk.services.fields, desk.session_now()
        _take(desk, lambda: fields.set_follow_up(desk.acting, session, day))


def amend(desk: Desk, reason: str) -> None:
    """Begin an amendment of the signed record."""
    signing, session = desk.services.signing, desk.session_now()
    _take(desk, lambda: signing.amend(desk.acting, session.id, reason))
    let_go(desk)
    desk.stored(session=True)


def cosign(desk: Desk, version: int, by_practitioner_id: str, password: str = "") -> None:
    """Put a supervisor's signature under a version, with the supervisor's own password where people sign in."""
    signing, session = desk.services.signing, desk.session_now()
    desk.refuse_if_unsaved()
    supervisor = desk.services.accounts.confirm(desk.acting, by_practitioner_id, password)
    signing.cosign(supervisor, session.id, version, supervisor.practitioner_id)
    desk.reload_session()
    desk.session_changed.emit()
