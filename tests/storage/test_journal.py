"""The stored journal: a chain that holds, replays to the same map, and that nothing may change."""

import dataclasses
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError

from injectmap.domain.edits import Edit, EditKind, edit_from_json
from injectmap.domain.errors import Conflict
from injectmap.domain.journal import GENESIS, JournalKind, SubjectKind, check_chain
from injectmap.domain.treatment_map import PassStatus, Plane, Share, Side, Technique, TreatmentMap
from injectmap.storage.opening import create_clinic, open_clinic
from injectmap.storage.server_opening import open_server
from tests import builders
from tests.storage.conftest import CLINIC, KEY, Charted, chart

places = st.sampled_from(
    [builders.IN_FRONT_OF_LOBE, builders.ARCH, builders.PREAURICULAR_TOP, builders.GONION, builders.BORDER]
)


@st.composite
def steps(draw: st.DrawFn) -> list[tuple[str, dict[str, object]]]:
    """What a clinician might do next, in words that can be applied to any map."""
    kinds = st.sampled_from(["add", "add", "add", "remove", "move", "volume", "plane", "undo"])
    return [
        (
            draw(kinds),
            {
                "which": draw(st.integers(0, 100)),
                "start": draw(places),
                "tip": draw(places.map(lambda p: (p[0] - 3.0, p[1] - 5.0, p[2] + 4.0))),
                "side": draw(st.sampled_from([Side.LEFT, Side.RIGHT])),
                "volumes": draw(st.lists(st.integers(1, 2000), min_size=1, max_size=2)),
                "plane": draw(st.sampled_from(Plane)),
                "technique": draw(st.sampled_from(Technique)),
                "status": draw(st.sampled_from(PassStatus)),
                "depth_um": draw(st.none() | st.integers(0, 20_000)),
                "zones": draw(
                    st.lists(
                        st.sampled_from(["preauricular", "mandibular_angle", "chin"]), min_size=1, max_size=3
                    )
                ),
            },
        )
        for _ in range(draw(st.integers(1, 12)))
    ]


def next_edit(
    kind: str, how: dict[str, object], now: TreatmentMap, done: list[Edit], charted: Charted
) -> Edit | None:
    shares = tuple(
        Share(syringe.id, volume)
        for syringe, volume in zip(charted.syringes, how["volumes"], strict=False)  # type: ignore[call-overload]
    )
    new = builders.cannula_pass(
        order=now.next_order,
        shares=shares,
        **{
            name: how[name]
            for name in ("start", "tip", "side", "plane", "technique", "status", "depth_um", "zones")
        },  # type: ignore[arg-type]
    )
    if kind == "add":
        return builders.add(new)
    if kind == "undo":
        return done[-1].inverse() if done else None
    if not now.passes:
        return None
    old = now.passes[how["which"] % len(now.passes)]  # type: ignore[operator]
    if kind == "remove":
        return builders.remove(old)
    if kind == "move":
        # All passes of one entry point move with it; here each pass has its own.
        return builders.change(EditKind.MOVE_ENTRY, old, dataclasses.replace(old, path=new.path))
    if kind == "volume":
        return builders.change(EditKind.SET_VOLUME, old, dataclasses.replace(old, shares=new.shares))
    return builders.change(
        EditKind.SET_PLANE, old, dataclasses.replace(old, plane=new.plane, technique=new.technique)
    )


@settings(max_examples=25)
@given(plan=steps())
def test_a_stored_map_is_the_map_in_memory_and_the_journal_replays_to_it(plan):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clinic.injectmap"
        charted = chart(create_clinic(path, CLINIC, key=KEY))
        now, revision, done = TreatmentMap(), 1, list[Edit]()
        for kind, how in plan:
            edit = next_edit(kind, how, now, done, charted)
            if edit is None:
                continue
            now = edit.apply(now)
            revision, _ = charted.commit(edit, revision)
            if kind == "undo":
                done.pop()
            else:
                done.append(edit)
            with charted.database.reading() as work:
                assert work.sessions.open(charted.session.id).map == now
        charted.database.close()

        reopened = open_clinic(path, key=KEY)
        with reopened.reading() as work:
            rows = work.journal.all()
            opened = work.sessions.open(charted.session.id)
        reopened.close()
        assert check_chain(rows) is None
        replayed = TreatmentMap()
        for row in rows:
            replayed = edit_from_json(json.loads(row.payload or "")).apply(replayed)
        assert replayed == opened.map == now
        assert opened.session.revision == revision == len(rows) + 1


def test_rows_say_who_where_and_when_and_link_up(charted):
    one = builders.cannula_pass(syringe_id=charted.syringes[0].id)
    charted.commit(builders.add(one), 1)
    _, number = charted.commit(builders.remove(one), 2, undoes=1)
    with charted.database.reading() as work:
        first, second = work.journal.of_subject(SubjectKind.SESSION, charted.session.id)
        assert work.journal.of_subject(SubjectKind.PATIENT, charted.session.id) == ()
        assert work.journal.of_subject(SubjectKind.SESSION, "another") == ()
    assert (first.number, second.number, number) == (1, 2, 2)
    assert (first.previous, second.previous) == (GENESIS, first.hash)
    assert (first.undoes, second.undoes) == (None, 1)
    assert first.kind is JournalKind.EDIT
    assert first.practitioner_id == charted.practitioner.id
    assert first.workstation == "room-1"
    assert first.salt != second.salt
    assert edit_from_json(json.loads(first.payload or "")) == builders.add(one)


def test_a_rolled_back_row_leaves_no_gap(charted):
    one = builders.cannula_pass(syringe_id=charted.syringes[0].id)
    with pytest.raises(Conflict):
        charted.commit(builders.remove(one), 1)
    with charted.database.writing() as work:
        work.journal.append(
            charted.acting,
            kind=JournalKind.PUT,
            subject_kind=SubjectKind.CLINIC,
            subject_id="clinic",
            payload={"name": "never"},
            at_ms=1,
        )
    charted.commit(builders.add(one), 1)
    with charted.database.reading() as work:
        (row,) = work.journal.all()
        assert check_chain([row]) is None


FORBIDDEN = [
    "UPDATE journal SET payload = NULL",
    "UPDATE journal SET hash = 'x'",
    "DELETE FROM journal",
    "DELETE FROM chain_head",
    "UPDATE chain_head SET number = number - 1",
    "UPDATE chain_head SET hash = 'x'",
    "INSERT INTO chain_head VALUES (2, 0, 'x')",
    (
        "INSERT INTO journal SELECT number + 5, at_ms, practitioner_id, workstation, subject_kind, subject_id, kind,"
        " undoes, payload, salt, payload_digest, previous, hash FROM journal"
    ),
    (
        "INSERT OR REPLACE INTO journal SELECT number, at_ms, practitioner_id, workstation, subject_kind, subject_id,"
        " kind, undoes, 'other', salt, payload_digest, previous, hash FROM journal"
    ),
    "DELETE FROM patients",
    "INSERT OR REPLACE INTO practitioners SELECT id, 'Someone else', '', '' FROM practitioners",
    "DELETE FROM treatment_sessions",
    "DELETE FROM syringes",
    "DELETE FROM practitioners",
    "UPDATE file_mark SET demo = 1",
    "DELETE FROM file_mark",
    "INSERT OR REPLACE INTO file_mark VALUES (1, 'x', 1, 1, 'x')",
    "INSERT OR REPLACE INTO chain_head VALUES (1, 0, 'x')",
    "UPDATE passes SET technique = 'guessing'",
    "UPDATE passes SET points = x'0011'",
    "UPDATE pass_shares SET microlitres = 0",
    "UPDATE pass_shares SET microlitres = 1.5",
    "UPDATE pass_shares SET syringe_id = 'no such syringe'",
    "UPDATE patients SET birth_date = '14/03/1968'",
]


# Replacing in an insert is SQLite's own; a server rounds what is no whole number before a guard could see it.
OF_FILE = [one for one in FORBIDDEN if "OR REPLACE" in one or "1.5" in one]


def untouched(charted: Charted) -> bool:
    with charted.database.reading() as work:
        assert check_chain(work.journal.all()) is None
        return len(work.sessions.open(charted.session.id).map.passes) == 1


@pytest.mark.of_file
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_file_itself_refuses(charted, statement):
    charted.commit(builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id)), 1)
    with charted.database.writing() as work:
        with pytest.raises(IntegrityError):
            work._connection.exec_driver_sql(statement)
        work.commit()
    assert untouched(charted)


@pytest.mark.parametrize("statement", [one for one in FORBIDDEN if one not in OF_FILE])
def test_the_server_itself_refuses(emptied, statement):
    database = open_server(emptied)
    charted = chart(database)
    charted.commit(builders.add(builders.cannula_pass(syringe_id=charted.syringes[0].id)), 1)
    with charted.database.writing() as work:
        with pytest.raises(IntegrityError):
            work._connection.exec_driver_sql(statement.replace("x'0011'", "'\\x0011'"))
        # A server takes back the whole of what met a refusal: nobody is told that it was stored.
        with pytest.raises(RuntimeError, match="took all of it"):
            work.commit()
    assert untouched(charted)
    database.close()


def test_a_change_behind_the_guards_breaks_the_chain(charted, engine):
    one = builders.cannula_pass(syringe_id=charted.syringes[0].id)
    charted.commit(builders.add(one), 1)
    charted.commit(builders.add(builders.cannula_pass(order=2, syringe_id=charted.syringes[0].id)), 2)
    with charted.database.writing() as work:
        where = " ON journal" if engine == "server" else ""
        work._connection.exec_driver_sql(f"DROP TRIGGER journal_is_never_changed{where}")
        work._connection.exec_driver_sql(
            "UPDATE journal SET payload = replace(payload, 'subdermal', 'sub_smas') WHERE number = 1"
        )
        broken = check_chain(work.journal.all())
    assert broken is not None
    assert (broken.number, broken.reason) == (1, "payload_changed")
