"""Stored stock, recalls, protocols and settings; the memory clinic does the same."""

import dataclasses
import datetime as dt

import pytest
from sqlalchemy.exc import IntegrityError

from injectmap.domain.errors import Conflict, StorageProblem
from injectmap.domain.product import Product
from injectmap.domain.protocol import Anchor, Protocol, ProtocolPass
from injectmap.domain.record import RecordField
from injectmap.domain.settings import ClinicSettings, Paper, Phrase, Requirement
from injectmap.domain.stock import MovementKind, StockItem, StockMovement
from injectmap.domain.treatment_map import Deposit, PassStatus, Plane, Share, Side, Technique
from tests import builders
from tests.storage.conftest import Charted, chart, listening
from tests.storage.test_records import amend, sign

EXPIRY = dt.date(2027, 9, 30)


def item(item_id: str = "item", *, of: Product | None = None, lot: str = "L1", serial: str = "") -> StockItem:
    return StockItem(item_id, of or builders.product(), lot, EXPIRY, serial, udi="0105012345678900")


def movement(
    charted: Charted,
    number: int,
    units: int,
    *,
    kind: MovementKind = MovementKind.RECEIVED,
    of: str = "item",
    session: str | None = None,
) -> StockMovement:
    by = charted.practitioner.id
    return StockMovement(f"move-{number}", of, kind, units, 1_000 - number, by, f"no. {number}", session)


def test_a_count_is_the_sum_of_its_movements_and_may_fall_below_nought(either):
    moves = [
        movement(either, 1, 4),
        movement(either, 2, -3, kind=MovementKind.USED, session=either.session.id),
        movement(either, 3, -2, kind=MovementKind.ADJUSTED),
        movement(either, 4, 0, kind=MovementKind.COUNTED),
    ]
    with either.database.writing() as work:
        work.stock.add(dataclasses.replace(item(), count=99, revision=7))
        assert (work.stock.get("item").count, work.stock.get("item").revision) == (0, 1)
        counts = [work.stock.move(one, revision) for revision, one in enumerate(moves, start=1)]
        work.commit()
    assert [one.count for one in counts] == [4, 1, -1, -1]
    with either.database.reading() as work:
        assert work.stock.get("item") == dataclasses.replace(item(), count=-1, revision=5)
        # As they were made, whatever a clock said.
        assert work.stock.movements("item") == tuple(moves)
        assert work.stock.of_session(either.session.id) == (moves[1],)
        assert work.stock.movements("another") == work.stock.of_session("another") == ()


def test_a_movement_names_the_revision_it_saw(either):
    with either.database.writing() as work:
        work.stock.add(item())
        work.stock.move(movement(either, 1, 2), 1)
        work.commit()
    with either.database.writing() as work:
        with pytest.raises(Conflict, match="stock_item_has_changed"):
            work.stock.move(movement(either, 2, 2), 1)
        for ask in (
            lambda: work.stock.get("nothing"),
            lambda: work.stock.move(movement(either, 3, 1, of="nothing"), 1),
        ):
            with pytest.raises(StorageProblem, match="stock_item_not_found"):
                ask()
        work.commit()
    with either.database.reading() as work:
        assert work.stock.get("item").count == 2


def test_items_are_listed_by_product_expiry_and_lot_and_found_by_what_is_on_the_box(either):
    radiesse = builders.product(product_id="radiesse_plus", name="Radiesse (+)")
    unknown = dataclasses.replace(item("d"), expiry=None)
    later = dataclasses.replace(item("c"), expiry=dt.date(2028, 1, 1))
    stored = [item("e", of=radiesse), unknown, later, item("b", lot="l2"), item("a", serial="7"), item("f")]
    with either.database.writing() as work:
        for one in stored:
            work.stock.add(one)
        work.commit()
    with either.database.reading() as work:
        assert [one.id for one in work.stock.items()] == ["f", "a", "b", "c", "d", "e"]
        assert work.stock.find("harmonyca", " l1 ", EXPIRY) == item("f")
        assert work.stock.find("harmonyca", "L1", EXPIRY, "7") == item("a", serial="7")
        assert work.stock.find("harmonyca", "L1", None) == unknown
        assert work.stock.find("harmonyca", "L1", EXPIRY, "8") is None
        assert work.stock.find("other", "L1", EXPIRY) is None
    with pytest.raises(Conflict, match="stock_item_exists"), either.database.writing() as work:
        work.stock.add(item("g", lot="L1 "))
    with pytest.raises(Conflict, match="stock_item_exists"), either.database.writing() as work:
        work.stock.add(dataclasses.replace(unknown, id="h"))


def test_the_codes_of_syringes_are_found_by_what_they_hold(either):
    one, other = either.syringes[:2]
    with either.database.writing() as work:
        work.sessions.put_syringe(dataclasses.replace(one, udi="(01)05012345678900(10)A%B"))
        work.sessions.put_syringe(dataclasses.replace(other, udi="010501234567890010C"))
        work.commit()
    with either.database.reading() as work:
        found = work.stock.used_codes("5012345678900")
        assert set(found) == {
            ("(01)05012345678900(10)A%B", one.product.id),
            ("010501234567890010C", other.product.id),
        }
        latest = max((one, other), key=lambda syringe: syringe.id)
        assert found[0][0].startswith("(01)") is (latest is one)
        assert len(work.stock.used_codes("A%B")) == 1
        assert work.stock.used_codes("5%7") == ()


def test_a_syringe_points_at_a_stock_item_that_is_there(charted):
    with charted.database.writing() as work:
        work.stock.add(item())
        taken = dataclasses.replace(charted.syringes[0], stock_item_id="item")
        work.sessions.put_syringe(taken)
        assert work.sessions.open(charted.session.id).syringes[0] == taken
        with pytest.raises(IntegrityError):
            work.sessions.put_syringe(dataclasses.replace(taken, stock_item_id="nothing"))


def test_a_recall_says_who_where_and_how_much(either):
    first, second = either.syringes
    other = builders.patient(family_name="Abel", telephone="+44 20 7946 0000")
    session = builders.treatment_session(other, either.practitioner)
    unused = builders.syringe(session, number=1, lot=f" {first.lot.lower()} ", expiry=None, serial="0042")
    with either.database.writing() as work:
        work.patients.add(other)
        work.sessions.add(session)
        work.sessions.put_syringe(unused)
        work.commit()
    split = dataclasses.replace(
        builders.cannula_pass(
            order=1,
            shares=(Share(first.id, 60), Share(second.id, 40)),
            zones=("preauricular", "mandibular_angle"),
        ),
        deposits=(Deposit(0, 50, "malar", Side.LEFT),),
    )
    whole = builders.cannula_pass(order=2, syringe_id=first.id, microlitres=101, side=Side.RIGHT)
    planned = builders.cannula_pass(order=3, shares=(Share("", 500),), status=PassStatus.PLANNED)
    copied = builders.cannula_pass(order=4, syringe_id=first.id, status=PassStatus.UNCONFIRMED)
    for revision, one in enumerate((split, whole, planned, copied), start=1):
        either.commit(builders.add(one), revision)
    with either.database.reading() as work:
        found = work.stock.recall(f"{first.lot.swapcase()}\t")
        assert work.stock.recall("no such lot") == ()
    unopened, used = found
    assert (unopened.patient_name, unopened.telephone, unopened.lot) == (
        "Abel, Åsa",
        other.telephone,
        unused.lot,
    )
    assert (unopened.microlitres, unopened.zones, unopened.expiry, unopened.serial) == (0, (), None, "0042")
    assert used.record_number == either.session.number_text
    assert (used.practitioner_name, used.birth_date) == (either.practitioner.name, either.patient.birth_date)
    assert used.zones == (
        ("preauricular", Side.RIGHT, 101),
        ("malar", Side.LEFT, 30),
        ("mandibular_angle", Side.LEFT, 15),
        ("preauricular", Side.LEFT, 15),
    )
    assert used.microlitres == 161 == sum(volume for *_, volume in used.zones)
    assert not used.signed
    sign(either)
    with either.database.reading() as work:
        assert [one.signed for one in work.stock.recall(first.lot)] == [False, True]
        assert [one.state for one in work.stock.recall(first.lot)] == ["draft", "signed"]
        assert [one.exact for one in work.stock.recall(first.lot)] == [False, True]
    amend(either)
    with either.database.reading() as work:
        assert work.stock.recall(first.lot)[1].state == "amending"
    sign(either, 2)
    with either.database.reading() as work:
        assert work.stock.recall(first.lot)[1].state == "amended"


def test_a_recall_takes_one_statement(charted):
    full = builders.c_shape(*charted.syringes, microlitres=20, count=20)
    for revision, one in enumerate(full.passes, start=1):
        charted.commit(builders.add(one), revision)
    with charted.database.reading() as work, listening(work) as said:
        assert work.stock.recall(charted.syringes[0].lot)[0].microlitres == 240
    assert len(said) == 1


def protocol(version: int = 1, *, name: str = "Own jaw line", protocol_id: str = "own") -> Protocol:
    return Protocol(
        protocol_id,
        version,
        name,
        "clinic",
        "Dr Okafor, 2026",
        'note "quoted" שלום 🙂',
        {"a": Anchor("gonion", (1.25, -2.0, 0.001)), "b": Anchor("")},
        (
            ProtocolPass("a", Anchor("tragion_notch", (0.0, 0.5, 0.0)), Technique.FANNING, Plane.SUBDERMAL),
            ProtocolPass(
                "b", Anchor("gonion"), Technique.BOLUS, Plane.SUPRAPERIOSTEAL, (Anchor("gonion"),), True
            ),
        ),
    )


def test_protocols_keep_every_version_and_list_the_latest(either):
    stored = [protocol(1), protocol(2, name="Z jaw line"), protocol(1, protocol_id="other", name="Malar")]
    with either.database.writing() as work:
        for one in stored:
            work.protocols.add(one)
        with pytest.raises(Conflict, match="protocol_version_taken"):
            work.protocols.add(dataclasses.replace(protocol(2), note="another"))
        work.commit()
    with either.database.reading() as work:
        assert work.protocols.all() == (stored[2], stored[1])
        assert work.protocols.get("own", 1) == stored[0]
        assert work.protocols.get("own", 3) is None


def test_settings_come_back_as_they_were_put(database):
    memory = chart(database)
    full = ClinicSettings(
        "Harbour",
        "Europe/Stockholm",
        Paper.LETTER,
        required=frozenset(Requirement) - {Requirement.REACTIONS},
        consent_form="C-12 v3",
        aftercare_leaflet="A-1",
        phrases=(
            Phrase(RecordField.RISKS, 'vascular occlusion, "bruising" 🙂'),
            Phrase(RecordField.REASON, ""),
        ),
        review_months=None,
        low_stock=0,
        expiry_notice_days=30,
    )
    with memory.database.writing() as work:
        work.clinic.put(full)
        work.commit()
    with memory.database.reading() as work:
        assert work.clinic.settings() == full


def test_a_new_clinic_has_the_settings_it_was_made_with(tmp_path):
    from injectmap.storage.opening import create_clinic

    made = ClinicSettings("Demo", demo=True, low_stock=9, phrases=(Phrase(RecordField.NOTES, "x"),))
    database = create_clinic(tmp_path / "new.injectmap", made)
    with database.reading() as work:
        assert work.clinic.settings() == made
    database.close()


@pytest.mark.of_file
def test_a_recall_walks_indexes_alone(charted):
    from injectmap.storage.recall import RECALL

    with charted.database.reading() as work:
        plan = work._connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {RECALL.sql}", ("l1",)).all()
    steps = [row[3] for row in plan]
    # A table read whole, or a join of two built first, takes minutes in a clinic of some years.
    assert [step for step in steps if step.startswith(("SCAN", "MATERIALIZE", "CO-ROUTINE"))] == []
    assert any("ix_syringes_folded_lot" in step for step in steps)
