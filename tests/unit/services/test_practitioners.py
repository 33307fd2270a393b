"""Adding a practitioner: stored and journalled once, refused without a name or twice."""

import json

import pytest

from injectmap.domain.errors import InputRefused
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.services.practitioners import PractitionerService
from tests import builders
from tests.fakes import FixedClock, MemoryDatabase


def test_a_practitioner_is_added_with_a_journal_row():
    database, first = MemoryDatabase(), builders.practitioner()
    database.state.practitioners = (first,)
    staff, acting = PractitionerService(database, FixedClock()), builders.acting_as(first)
    added = staff.add(acting, "  M. Sandahl RN ", "Nurse")
    assert added.name == "M. Sandahl RN"
    assert added in staff.all()
    (row,) = database.state.journal
    assert (row.kind, row.subject_kind, row.subject_id) == (
        JournalKind.PUT,
        SubjectKind.PRACTITIONER,
        added.id,
    )
    assert json.loads(row.payload or "")["profession"] == "Nurse"
    for name, code in (("  ", "practitioner_name_empty"), ("m sandahl RN", "practitioner_exists")):
        with pytest.raises(InputRefused, match=code):
            staff.add(acting, name)
    assert len(database.state.journal) == 1
