"""The clock is set back, or far ahead: rows keep their order, nothing breaks, and it is said once."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from injectmap.bootstrap import Opener
from injectmap.bootstrap.assembly import services_of
from injectmap.domain.acting import Acting
from injectmap.domain.errors import InputRefused
from injectmap.domain.patient import PatientDetails
from injectmap.domain.proof import NoteCode
from injectmap.domain.record import RecordState
from injectmap.services.clinic import Services
from injectmap.services.clock_check import LEEWAY_MS, written_ahead_ms
from injectmap.storage.opening import open_clinic
from tests.faults.clinic import copied, look
from tests.faults.test_disk_full import draw
from tests.output.test_signing_for_real import completed

pytestmark = pytest.mark.slow
DAY_MS = 86_400_000


class SetClock:
    """A clock that somebody sets."""

    def __init__(self, ms: int) -> None:
        self.ms = ms

    def now_ms(self) -> int:
        self.ms += 10
        return self.ms

    def today(self, time_zone: str) -> dt.date:
        return dt.datetime.fromtimestamp(self.ms / 1000, ZoneInfo(time_zone)).date()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    services = Opener(data_folder=tmp_path_factory.mktemp("made")).demo()
    services.close()
    return services.database.path


@pytest.fixture
def clinic(made: Path, tmp_path: Path):
    """Opens the demonstration under a clock that is so many days wrong."""
    path, opened = copied(made, tmp_path / "clinic"), list[Services]()

    def open_at(days: int) -> Services:
        for one in opened:
            one.close()
        clock = SetClock(int(dt.datetime.now(dt.UTC).timestamp() * 1000) + days * DAY_MS)
        opened.append(services_of(open_clinic(path), clock, tmp_path))
        return opened[-1]

    yield open_at
    for one in opened:
        one.close()


def a_days_work(services: Services) -> str:
    """A new patient, a session of today with some passes, and a session from before signed and amended."""
    acting = services.acting
    details = PatientDetails("Clockwise", "Ada", dt.date(1980, 1, 2))
    patient = services.patients.create(acting, details)
    opened = services.sessions.create(
        acting, patient_id=patient.id, practitioner_id=acting.practitioner_id, date=services.sessions.today()
    )
    return opened.session.id


@pytest.mark.parametrize("days", [-400, -1, 400, 150_000])
def test_work_goes_on_under_a_wrong_clock_and_after_it_is_right_again(clinic, days: int) -> None:
    services = clinic(days)
    acting: Acting = services.acting
    session_id = services.records.latest(acting)
    assert session_id is not None
    before = look(services.database).rows
    draw(services, session_id, 2)
    opened = completed(services, session_id)
    services.signing.sign(acting, session_id, opened.session.revision)
    services.signing.amend(acting, session_id, "Note forgotten")
    new_id = a_days_work(services)
    assert services.sessions.open(acting, session_id).session.state is RecordState.AMENDING
    services = clinic(0)
    assert services.signing.verify_version(session_id, 1)
    last_id = a_days_work(services)
    rows = look(services.database).rows
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    assert rows[: len(before)] == before
    assert len({new_id, last_id, *(row.subject_id for row in before)}) == 2 + len(
        {row.subject_id for row in before}
    )
    with services.database.reading() as work:
        found = work.proof.prove()
    assert not found.findings
    assert [note.code for note in found.notes].count(NoteCode.CLOCK_SET_BACK) == 1


def test_a_clock_behind_the_last_entry_is_said_until_something_is_written(clinic) -> None:
    services = clinic(0)
    session_id = services.records.latest(services.acting)
    draw(services, session_id, 1)
    last = look(services.database).rows[-1].at_ms
    clock = services.clock
    assert isinstance(clock, SetClock)
    assert written_ahead_ms(services.database, clock) is None
    clock.ms = last - LEEWAY_MS + 1_000
    assert written_ahead_ms(services.database, clock) is None
    clock.ms = last - LEEWAY_MS - 1_000
    assert written_ahead_ms(services.database, clock) == last
    draw(services, session_id, 1)
    assert written_ahead_ms(services.database, clock) is None


def test_under_a_clock_set_back_a_session_proposes_that_day_and_one_to_come_keeps_its_own(clinic) -> None:
    services = clinic(0)
    acting = services.acting
    today = services.sessions.today()
    first = services.sessions.open(acting, a_days_work(services))
    services = clinic(-30)
    # To a day: summer time may lie between.
    assert abs((today - services.sessions.today()).days - 30) <= 1
    # Who treated is corrected; the day, which now lies ahead, is left as it is and not questioned.
    other = next(one for one in services.practitioners if one.id != first.session.practitioner_id)
    corrected = services.sessions.set_details(
        acting, first.session, date=today, practitioner_id=other.id
    ).session
    assert (corrected.date, corrected.practitioner_id) == (today, other.id)
    with pytest.raises(InputRefused, match="treatment_date_in_future"):
        services.sessions.set_details(
            acting, corrected, date=today - dt.timedelta(days=1), practitioner_id=other.id
        )
    assert services.sessions.open(acting, corrected.id).session == replace(corrected)
