"""Stored sessions: what goes in comes out, changes name the revision they saw, and faults change nothing."""

import dataclasses
import datetime as dt
import itertools
import threading

import pytest

from injectmap.domain.edits import Edit, EditKind, PassChange
from injectmap.domain.errors import Conflict, InputRefused, StorageProblem
from injectmap.domain.session import PassDefaults
from injectmap.domain.treatment_map import (
    Instrument,
    InstrumentKind,
    PassStatus,
    Plane,
    Share,
    Side,
    Technique,
    TreatmentMap,
)
from tests import builders
from tests.storage.conftest import Charted, listening


def stored_map(charted: Charted) -> TreatmentMap:
    with charted.database.reading() as work:
        return work.sessions.open(charted.session.id).map


def journal_length(charted: Charted) -> int:
    with charted.database.reading() as work:
        return len(work.journal.all())


def test_a_session_comes_back_as_it_was_stored(charted):
    first, second = charted.syringes
    revision = 1
    one = builders.cannula_pass(
        order=1,
        shares=(Share(second.id, 30), Share(first.id, 70)),
        zones=("preauricular", "mandibular_angle"),
        plane=Plane.SUPRAPERIOSTEAL,
        technique=Technique.FANNING,
        instrument=Instrument(InstrumentKind.NEEDLE, 27, 13_000),
        status=PassStatus.PLANNED,
        depth_um=4200,
        side=Side.RIGHT,
    )
    two = builders.cannula_pass(order=5, syringe_id=first.id, entry_id=one.entry_id, side=Side.RIGHT)
    for each in (one, two):
        revision, _ = charted.commit(builders.add(each), revision)
    with charted.database.reading() as work:
        opened = work.sessions.open(charted.session.id)
    assert opened.map.passes == (one, two)
    assert opened.syringes == charted.syringes
    assert opened.patient == charted.patient
    assert opened.practitioner == charted.practitioner
    assert opened.session == dataclasses.replace(charted.session, revision=3)


def test_opening_a_session_takes_exactly_three_statements(charted):
    full = builders.c_shape(*charted.syringes, microlitres=20, count=20)
    charted.commit(Edit(EditKind.APPLY_PROTOCOL, tuple(PassChange(None, one) for one in full.passes)), 1)
    with charted.database.reading() as work, listening(work) as said:
        assert work.sessions.open(charted.session.id).map == full
    assert len(said) == 3
    assert all(statement.startswith("SELECT") for statement in said)


@pytest.mark.of_file
def test_an_edit_takes_six_statements_and_a_transaction(charted):
    said: list[str] = []
    driver = charted.database._writer.connection.driver_connection
    driver.set_trace_callback(said.append)
    charted.commit(builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id)), 1)
    driver.set_trace_callback(None)
    # A statement with a trigger is reported again for what the trigger does.
    words = [statement.split()[0] for statement, _ in itertools.groupby(said)]
    assert words == ["BEGIN", "UPDATE", "INSERT", "INSERT", "SELECT", "INSERT", "UPDATE", "COMMIT"]


def test_a_stale_revision_is_a_conflict_and_changes_nothing(charted):
    one = builders.cannula_pass(order=1, syringe_id=charted.syringes[0].id)
    two = builders.cannula_pass(order=2, syringe_id=charted.syringes[0].id)
    charted.commit(builders.add(one), 1)
    with pytest.raises(Conflict, match="session_has_changed"):
        charted.commit(builders.add(two), 1)
    assert stored_map(charted).passes == (one,)
    assert journal_length(charted) == 1
    charted.commit(builders.add(two), 2)


@pytest.mark.parametrize("kind", [EditKind.REMOVE_PASS, EditKind.SET_VOLUME, EditKind.ADD_PASS])
def test_a_pass_that_is_not_as_the_edit_expects_is_a_conflict(charted, kind):
    known = builders.cannula_pass(order=1, syringe_id=charted.syringes[0].id)
    unknown = builders.cannula_pass(order=2, syringe_id=charted.syringes[0].id)
    charted.commit(builders.add(known), 1)
    edit = {
        EditKind.REMOVE_PASS: builders.remove(unknown),
        EditKind.SET_VOLUME: builders.change(
            kind, unknown, dataclasses.replace(unknown, shares=(Share(charted.syringes[0].id, 5),))
        ),
        EditKind.ADD_PASS: builders.add(known),
    }[kind]
    with pytest.raises(Conflict, match="map_has_changed"):
        charted.commit(edit, 2)
    assert stored_map(charted).passes == (known,)
    with charted.database.reading() as work:
        assert work.sessions.get(charted.session.id).revision == 2


def test_an_edit_cannot_reach_into_another_session(charted):
    other = builders.treatment_session(charted.patient, charted.practitioner)
    syringe = builders.syringe(other)
    foreign = builders.cannula_pass(syringe_id=syringe.id)
    with charted.database.writing() as work:
        work.sessions.add(other)
        work.sessions.put_syringe(syringe)
        work.sessions.apply_edit(other.id, builders.add(foreign), 1)
        work.commit()
    with pytest.raises(Conflict):
        charted.commit(builders.remove(foreign), 1)
    with pytest.raises(Conflict):
        charted.commit(
            builders.change(EditKind.SET_PLANE, foreign, dataclasses.replace(foreign, plane=Plane.SUB_SMAS)),
            1,
        )
    with charted.database.reading() as work:
        assert work.sessions.open(other.id).map.passes == (foreign,)


def test_passes_may_trade_places(charted):
    one, two = (builders.cannula_pass(order=n, syringe_id=charted.syringes[0].id) for n in (1, 2))
    charted.commit(Edit(EditKind.APPLY_PROTOCOL, (PassChange(None, one), PassChange(None, two))), 1)
    traded = dataclasses.replace(one, order=2), dataclasses.replace(two, order=1)
    charted.commit(Edit(EditKind.APPLY_PROTOCOL, (PassChange(one, traded[0]), PassChange(two, traded[1]))), 2)
    assert stored_map(charted).passes == (traded[1], traded[0])


def test_a_session_in_error_refuses_edits_and_syringes_but_opens(charted):
    with charted.database.writing() as work:
        marked = work.sessions.update(dataclasses.replace(charted.session, error_reason="wrong patient"))
        work.commit()
    assert marked.revision == 2
    with pytest.raises(InputRefused, match="session_in_error"):
        charted.commit(builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id)), 2)
    with pytest.raises(InputRefused, match="session_in_error"), charted.database.writing() as work:
        work.sessions.put_syringe(builders.syringe(charted.session, number=3))
    with charted.database.reading() as work:
        assert work.sessions.open(charted.session.id).session == marked
        assert work.sessions.latest() is None
        (line,) = work.sessions.of_patient(charted.patient.id)
    assert line.error_reason == "wrong patient"


def test_session_details_are_kept_at_a_known_revision(charted):
    changed = dataclasses.replace(
        charted.session,
        date=dt.date(2026, 5, 4),
        defaults=PassDefaults(
            Technique.FANNING, Plane.SUPRA_SMAS, Instrument(InstrumentKind.CANNULA, 25, 38_000), 75
        ),
    )
    with charted.database.writing() as work:
        stored = work.sessions.update(changed)
        work.commit()
    assert stored == dataclasses.replace(changed, revision=2)
    with pytest.raises(Conflict, match="session_has_changed"), charted.database.writing() as work:
        work.sessions.update(changed)


def test_what_is_not_there_is_said(charted):
    with charted.database.reading() as work:
        for ask in (work.sessions.get, work.sessions.open):
            with pytest.raises(StorageProblem, match="session_not_found"):
                ask("no such id")
        with pytest.raises(StorageProblem, match="patient_not_found"):
            work.patients.get("no such id")
        assert work.sessions.by_number(4711) is None
    with pytest.raises(StorageProblem, match="session_not_found"), charted.database.writing() as work:
        work.sessions.apply_edit("no such id", builders.add(builders.cannula_pass()), 1)


def test_a_syringe_changes_but_never_its_session(charted):
    changed = dataclasses.replace(charted.syringes[0], lot="L25B001", expiry=None, serial="0042")
    other = builders.treatment_session(charted.patient, charted.practitioner)
    with charted.database.writing() as work:
        work.sessions.put_syringe(changed)
        work.sessions.add(other)
        work.commit()
    with charted.database.reading() as work:
        assert work.sessions.open(charted.session.id).syringes == (changed, charted.syringes[1])
    with pytest.raises(Conflict), charted.database.writing() as work:
        work.sessions.put_syringe(dataclasses.replace(changed, session_id=other.id, number=7))


def test_the_time_line_counts_done_passes_latest_first(charted):
    first, second = charted.syringes
    radiesse = builders.product(product_id="radiesse_plus", name="Radiesse (+)", nominal_ul=1500)
    later = builders.treatment_session(charted.patient, charted.practitioner, date=dt.date(2026, 9, 1))
    third = builders.syringe(later, number=1, of=radiesse)
    fourth = builders.syringe(later, number=2)
    fifth = builders.syringe(later, number=3, of=radiesse)
    with charted.database.writing() as work:
        work.sessions.add(later)
        for one in (fifth, fourth, third):
            work.sessions.put_syringe(one)
        work.commit()
    charted.commit(
        builders.add(builders.cannula_pass(order=1, shares=(Share(first.id, 60), Share(second.id, 40)))), 1
    )
    charted.commit(builders.add(builders.cannula_pass(order=2, syringe_id=first.id, microlitres=25)), 2)
    planned = builders.cannula_pass(order=3, syringe_id=first.id, status=PassStatus.PLANNED)
    charted.commit(builders.add(planned), 3)
    with charted.database.reading() as work:
        new, old = work.sessions.of_patient(charted.patient.id)
        assert work.sessions.latest() == later.id
        assert work.sessions.by_number(later.number) == later.id
        assert work.sessions.next_number() == later.number + 1
    assert (old.microlitres, old.pass_count, old.product_names) == (125, 2, ("HArmonyCa",))
    assert (new.microlitres, new.pass_count) == (0, 0)
    assert new.product_names == ("Radiesse (+)", "HArmonyCa")
    assert (new.number, new.date, new.practitioner_name) == (
        later.number,
        later.date,
        charted.practitioner.name,
    )


@pytest.mark.parametrize("wrong", [{"shares": (Share("", 0),)}, {"shares": (Share("", -1),)}])
def test_the_file_itself_refuses_a_volume_that_is_none(charted, wrong):
    from sqlalchemy.exc import IntegrityError

    shares = tuple(one._replace(syringe_id=charted.syringes[0].id) for one in wrong["shares"])
    with pytest.raises(IntegrityError):
        charted.commit(builders.add(builders.cannula_pass(shares=shares)), 1)
    assert stored_map(charted).passes == ()


def test_a_share_of_an_unknown_syringe_is_refused(charted):
    with pytest.raises(Conflict):
        charted.commit(builders.add(builders.cannula_pass(syringe_id="no such syringe")), 1)


def test_leaving_without_commit_changes_nothing(charted):
    one = builders.cannula_pass(syringe_id=charted.syringes[0].id)
    with charted.database.writing() as work:
        work.sessions.apply_edit(charted.session.id, builders.add(one), 1)
    assert stored_map(charted).passes == ()

    def fail_half_way() -> None:
        with charted.database.writing() as work:
            work.sessions.apply_edit(charted.session.id, builders.add(one), 1)
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        fail_half_way()
    assert stored_map(charted).passes == ()
    charted.commit(builders.add(one), 1)


def test_a_reader_sees_one_state_while_another_thread_writes(charted):
    one = builders.cannula_pass(syringe_id=charted.syringes[0].id)
    with charted.database.reading() as work:
        before = work.sessions.open(charted.session.id)
        writer = threading.Thread(target=charted.commit, args=(builders.add(one), 1))
        writer.start()
        writer.join()
        assert work.sessions.open(charted.session.id) == before
    assert stored_map(charted).passes == (one,)


def test_threads_write_in_turn_and_lose_nothing(charted):
    def draw_some(first: int) -> None:
        for order in range(first, first + 10):
            one = builders.cannula_pass(order=order, syringe_id=charted.syringes[0].id, microlitres=1)
            with charted.database.writing() as work:
                revision = work.sessions.get(charted.session.id).revision
                work.sessions.apply_edit(charted.session.id, builders.add(one), revision)
                work.commit()

    threads = [threading.Thread(target=draw_some, args=(first,)) for first in (1, 101, 201, 301)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(stored_map(charted).passes) == 40


def test_a_second_writing_unit_in_one_thread_is_a_mistake_not_a_deadlock(charted):
    with charted.database.writing(), pytest.raises(RuntimeError, match="already"), charted.database.writing():
        pass
    with charted.database.writing() as work:
        work.commit()


def test_a_recall_names_every_patient_of_the_lot_and_what_was_injected(charted):
    first, second = charted.syringes
    other = builders.patient(family_name="Abel")
    session = builders.treatment_session(other, charted.practitioner)
    unused = builders.syringe(session, number=1, lot=first.lot)
    with charted.database.writing() as work:
        work.patients.add(other)
        work.sessions.add(session)
        work.sessions.put_syringe(unused)
        work.commit()
    charted.commit(
        builders.add(builders.cannula_pass(order=1, shares=(Share(first.id, 60), Share(second.id, 40)))), 1
    )
    planned = builders.cannula_pass(order=2, syringe_id=first.id, status=PassStatus.PLANNED)
    charted.commit(builders.add(planned), 2)
    with charted.database.reading() as work:
        found = work.stock.recall(first.lot)
        assert work.stock.recall("no such lot") == ()
    assert [(one.patient_name, one.record_number, one.syringe_number, one.microlitres) for one in found] == [
        (other.display_name, session.number_text, 1, 0),
        (charted.patient.display_name, charted.session.number_text, 1, 60),
    ]
    assert [one.zones for one in found] == [(), (("preauricular", Side.LEFT, 60),)]


def test_the_time_line_counts_planned_passes_apart(charted):
    planned = builders.cannula_pass(status=PassStatus.PLANNED, shares=())
    charted.commit(builders.add(planned), 1)
    with charted.database.reading() as work:
        (line,) = work.sessions.of_patient(charted.patient.id)
    assert (line.pass_count, line.planned_count, line.microlitres) == (0, 1, 0)
