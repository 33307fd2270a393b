"""Two and more workstations on one clinic: a conflict is said, nothing is overwritten, numbers have no gap."""

import dataclasses
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from injectmap.domain.errors import Conflict
from injectmap.domain.journal import check_chain
from injectmap.domain.stock import MovementKind, StockItem, StockMovement
from injectmap.storage.server_opening import open_server
from tests import builders
from tests.storage.conftest import Charted, chart

WRITERS, EACH = 8, 6


@pytest.fixture
def rooms(emptied):
    """The same session open in two rooms."""
    here = chart(open_server(emptied))
    there = dataclasses.replace(here, database=open_server(emptied))
    yield here, there
    for room in (here, there):
        room.database.close()


def drawn(charted: Charted, order: int):
    return builders.add(builders.cannula_pass(order=order, syringe_id=charted.syringes[0].id))


def stored(charted: Charted):
    with charted.database.reading() as work:
        return work.sessions.open(charted.session.id)


def test_the_second_on_one_map_gets_a_conflict_and_the_newer_state(rooms):
    here, there = rooms
    here.commit(drawn(here, 1), 1)
    with pytest.raises(Conflict, match="session_has_changed"):
        there.commit(drawn(there, 1), 1)
    newer = stored(there)
    assert newer == stored(here)
    assert (newer.session.revision, len(newer.map.passes)) == (2, 1)
    there.commit(drawn(there, 2), 2)
    assert len(stored(here).map.passes) == 2


def test_a_conflict_is_found_by_the_one_who_had_to_wait(rooms):
    here, there = rooms
    outcome: list[object] = []

    def other_room() -> None:
        try:
            outcome.append(there.commit(drawn(there, 1), 1))
        except Conflict as conflict:
            outcome.append(conflict.code)

    with here.database.writing() as work:
        work.sessions.apply_edit(here.session.id, drawn(here, 1), 1)
        waiting = threading.Thread(target=other_room)
        waiting.start()
        waiting.join(0.3)
        # Waits for its turn, and does not read what is not stored yet.
        assert outcome == []
        work.commit()
    waiting.join()
    assert outcome == ["session_has_changed"]
    assert len(stored(here).map.passes) == 1


def test_patient_and_stock_are_guarded_alike(rooms):
    here, there = rooms
    first = here.syringes[0]
    with here.database.writing() as work:
        work.stock.add(StockItem("item", first.product, first.lot, first.expiry))
        work.commit()

    def in_both(change):
        with here.database.writing() as work:
            change(work, "here")
            work.commit()
        with pytest.raises(Conflict), there.database.writing() as work:
            change(work, "there")

    in_both(lambda work, who: work.patients.update(dataclasses.replace(here.patient, telephone=who)))
    in_both(
        lambda work, who: work.stock.move(
            StockMovement(who, "item", MovementKind.RECEIVED, 4, 1, here.practitioner.id), 1
        )
    )
    in_both(lambda work, who: work.sessions.update(dataclasses.replace(here.session, head_version=2)))
    with there.database.reading() as work:
        assert work.patients.get(here.patient.id).telephone == "here"
        assert work.stock.get("item").count == 4


def test_a_reader_keeps_one_state_while_the_other_room_writes(rooms):
    here, there = rooms
    with here.database.reading() as work:
        before = work.sessions.open(here.session.id)
        there.commit(drawn(there, 1), 1)
        assert work.sessions.open(here.session.id) == before
        assert work.journal.head() == 0
    with here.database.reading() as work:
        assert work.journal.head() == 1
        (news,) = work.journal.rows_after(0, limit=10)
        assert news.subject_id == here.session.id


def test_many_writers_number_without_a_gap_and_without_a_deadlock(emptied):
    charted = chart(open_server(emptied))
    start = threading.Barrier(WRITERS)

    def room(number: int) -> int:
        own = dataclasses.replace(charted, database=open_server(emptied))
        start.wait()
        conflicts = done = 0
        while done < EACH:
            revision = stored(own).session.revision
            try:
                own.commit(drawn(own, 100 * number + done + 1), revision)
                done += 1
            except Conflict:
                conflicts += 1
        own.database.close()
        return conflicts

    with ThreadPoolExecutor(WRITERS) as pool:
        conflicts = sum(pool.map(room, range(WRITERS)))
    with charted.database.reading() as work:
        rows = work.journal.all()
        opened = work.sessions.open(charted.session.id)
    assert [row.number for row in rows] == list(range(1, WRITERS * EACH + 1))
    assert check_chain(rows) is None
    assert opened.session.revision == WRITERS * EACH + 1
    assert len(opened.map.passes) == WRITERS * EACH
    assert conflicts > 0
    charted.database.close()


_NEW_PATIENTS = textwrap.dedent(
    """
    import sys
    from injectmap.storage.server_opening import open_server
    from tests import builders
    database = open_server(sys.argv[1])
    for _ in range(int(sys.argv[2])):
        with database.writing() as work:
            work.patients.add(builders.patient(number=work.patients.next_number()))
            work.commit()
    database.close()
    """
)


def test_programs_that_register_at_once_give_every_number_once(emptied):
    programs = [
        subprocess.Popen([sys.executable, "-c", _NEW_PATIENTS, emptied, "12"], stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    assert [(one.communicate()[1], one.returncode) for one in programs] == [(b"", 0)] * 3
    database = open_server(emptied)
    with database.reading() as work:
        assert work.patients.next_number() == 3 * 12 + 1
    database.close()
