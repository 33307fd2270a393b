"""Stock: counts are sums of movements, signing takes out what was opened, and a code names its product."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from injectmap.domain.box_code import read_box_code
from injectmap.domain.errors import Conflict, InputRefused
from injectmap.domain.journal import SubjectKind
from injectmap.domain.product import Syringe
from injectmap.domain.settings import ClinicSettings
from injectmap.domain.stock import MovementKind, StockItem
from injectmap.services.scanning import ScanService
from injectmap.services.stock import StockService, stock_lines, take_for_session
from injectmap.services.syringes import EARLIEST_EXPIRY
from tests import builders
from tests.fakes import NOW_MS, TODAY, FixedClock, MemoryDatabase
from tests.ui.fakes import FakeCatalogue, FakePictures

EXPIRY = dt.date(2028, 9, 30)
BOX = "010506091751001110628S93R\x1d17241000218898847482518646"


class Room:
    """Stock and scans over one clinic in memory."""

    def __init__(self) -> None:
        self.database, self.clock = MemoryDatabase(), FixedClock()
        self.by = builders.practitioner()
        self.database.state.practitioners = (self.by,)
        self.acting = builders.acting_as(self.by)
        self.product = builders.product()
        self.stock = StockService(self.database, self.clock, "Europe/London")
        self.pictures = FakePictures()
        self.scans = ScanService(self.database, FakeCatalogue(), self.pictures, self.clock, "Europe/London")

    def receive(self, **changed: object) -> StockItem:
        fields = {"product": self.product, "units": 4, "lot": "H26C118", "expiry": EXPIRY} | changed
        return self.stock.receive(self.acting, **fields)  # type: ignore[arg-type]

    def counts(self) -> dict[str, int]:
        return {one.lot: one.count for one in self.database.state.stock.values()}

    def sign(self, opened, at_ms: int = NOW_MS) -> None:
        with self.database.writing() as work:
            take_for_session(work, self.acting, opened, at_ms)
            work.commit()


@pytest.fixture
def room() -> Room:
    return Room()


def test_received_units_add_up_per_lot_and_expiry(room: Room) -> None:
    room.receive()
    assert room.receive(units=2, lot=" h26c118 ").count == 6
    room.receive(lot="H26C119", units=1)
    room.receive(expiry=dt.date(2029, 1, 31), units=1)
    assert sorted(one.count for one in room.database.state.stock.values()) == [1, 1, 6]


def test_each_movement_is_journalled_with_the_item_as_it_is_then(room: Room) -> None:
    item = room.receive()
    room.stock.adjust(room.acting, item, -1, "Dropped")
    rows = room.database.state.journal
    assert [row.subject_kind for row in rows] == [SubjectKind.STOCK_ITEM] * 2
    last = json.loads(rows[-1].payload or "")
    assert (last["item"]["count"], last["item"]["lot"]) == (3, "H26C118")
    assert (last["movement"]["kind"], last["movement"]["units"], last["movement"]["reason"]) == (
        "adjusted",
        -1,
        "Dropped",
    )


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"lot": "  "}, "stock_lot_missing"),
        ({"lot": "x" * 41}, "text_too_long"),
        ({"units": 0}, "stock_units_impossible"),
        ({"units": -1}, "stock_units_impossible"),
        ({"units": 10_000}, "stock_units_impossible"),
        ({"serial": "S1"}, "serial_of_one_unit"),
        ({"expiry": EARLIEST_EXPIRY - dt.timedelta(1)}, "expiry_impossible"),
        ({"expiry": dt.date(2226, 1, 1)}, "expiry_impossible"),
    ],
)
def test_what_cannot_be_received_changes_nothing(room: Room, fields: dict, code: str) -> None:
    with pytest.raises(InputRefused) as refused:
        room.receive(**fields)
    assert refused.value.code == code
    assert room.database.commits == 0


def test_a_numbered_unit_is_in_stock_once(room: Room) -> None:
    room.receive(units=1, serial="S1")
    with pytest.raises(InputRefused, match="serial_in_stock"):
        room.receive(units=1, serial="S1")
    assert room.receive(units=1, serial="S2").count == 1


def test_hostile_text_is_kept_as_text(room: Room) -> None:
    lot = '\'; DROP\u202e "x" 😀'
    assert room.receive(lot=f"{lot}\x00\x1d").lot == lot


def test_an_adjustment_needs_a_change_and_a_reason(room: Room) -> None:
    item = room.receive()
    for by, reason, code in (
        (0, "Nothing", "stock_change_impossible"),
        (20_000, "Much", "stock_change_impossible"),
        (-1, " ", "reason_empty"),
    ):
        with pytest.raises(InputRefused, match=code):
            room.stock.adjust(room.acting, item, by, reason)
    assert room.counts() == {"H26C118": 4}


def test_a_count_that_has_changed_meanwhile_is_not_overwritten(room: Room) -> None:
    item = room.receive()
    room.stock.adjust(room.acting, item, -1, "Dropped")
    with pytest.raises(Conflict):
        room.stock.count(room.acting, item, 4)
    assert room.counts() == {"H26C118": 3}


def test_counting_sets_the_count_and_keeps_that_it_agreed(room: Room) -> None:
    item = room.stock.count(room.acting, room.receive(), 3)
    assert room.stock.count(room.acting, item, 3).count == 3
    moved = room.stock.movements(room.acting, item.id)
    assert [(one.kind, one.units) for one in moved] == [
        (MovementKind.RECEIVED, 4),
        (MovementKind.COUNTED, -1),
        (MovementKind.COUNTED, 0),
    ]


def test_signing_takes_one_unit_for_each_opened_syringe(room: Room) -> None:
    room.receive(expiry=dt.date(2027, 9, 30), lot="L24A017")
    opened = builders.open_session()
    room.sign(opened)
    assert room.counts() == {"L24A017": 3, "L24A018": -1}
    (line,) = (one for one in room.stock.lines(room.acting) if one.item.lot == "L24A018")
    assert line.missing == 1
    room.sign(opened)
    assert room.counts() == {"L24A017": 3, "L24A018": -1}


def test_an_amendment_moves_the_difference_alone(room: Room) -> None:
    room.receive(expiry=dt.date(2027, 9, 30), lot="L24A017")
    opened = builders.open_session()
    room.sign(opened)
    first, second = opened.syringes
    amended = replace(opened, syringes=(first, replace(second, lot="L24A017")))
    room.sign(amended)
    assert room.counts() == {"L24A017": 2, "L24A018": 0}
    kinds = [one.kind for one in room.database.state.movements if one.session_id == opened.session.id]
    assert kinds == [MovementKind.USED] * 3 + [MovementKind.RETURNED]


def test_a_syringe_that_was_not_opened_stays_on_the_shelf(room: Room) -> None:
    opened = builders.open_session()
    first, second = opened.syringes
    room.sign(replace(opened, syringes=(first, replace(second, opened_volume_ul=0))))
    assert room.counts() == {"L24A017": -1}


def test_a_numbered_unit_leaves_as_itself_else_with_its_lot(room: Room) -> None:
    expiry = dt.date(2027, 9, 30)
    room.receive(units=1, serial="S1", expiry=expiry, lot="L24A017")
    room.receive(units=3, expiry=expiry, lot="L24A018")
    opened = builders.open_session()
    first, second = (replace(one, serial="S1") for one in opened.syringes)
    room.sign(replace(opened, syringes=(first, second)))
    assert room.counts() == {"L24A017": 0, "L24A018": 2}


def test_lines_say_what_expires_and_what_runs_low() -> None:
    product, other = builders.product(), builders.product(product_id="other", name="Other")
    settings = ClinicSettings("Test", low_stock=2, expiry_notice_days=90)

    def item(days: int | None, count: int, of=product) -> StockItem:
        expiry = None if days is None else TODAY + dt.timedelta(days)
        return StockItem(f"{days}", of, "L", expiry, count=count)

    lines = stock_lines(
        [item(-1, 9), item(0, 1), item(90, 1), item(91, 0), item(10, 0), item(None, 3, other)],
        settings,
        TODAY,
    )
    assert [(one.expired, one.expires_soon, one.low) for one in lines] == [
        (True, False, True),
        (False, True, True),
        (False, True, True),
        (False, False, True),
        (False, False, True),
        (False, False, False),
    ]


def test_a_code_is_of_the_product_it_was_received_as(room: Room) -> None:
    assert room.scans.read(room.acting, BOX).product is None
    room.receive(udi=room.scans.read(room.acting, BOX).code.raw)
    other_lot = "010506091751001110XYZ"
    assert room.scans.read(room.acting, other_lot).product == room.product
    assert room.scans.read(room.acting, "0110012345678902").product is None


def test_a_code_is_of_the_product_the_latest_syringe_with_it_was_said_to_be(room: Room) -> None:
    code, other = room.scans.read(room.acting, BOX).code, builders.product(product_id="radiesse")
    syringes = room.database.state.syringes
    syringes["1"] = Syringe("1", "s", 1, other, udi=code.raw)
    assert room.scans.read(room.acting, "010506091751001110XYZ").product is None
    syringes["2"] = Syringe("2", "s", 2, room.product, udi=code.raw)
    assert room.scans.read(room.acting, "010506091751001110XYZ").product == room.product


def test_a_picture_is_read_as_one_box(room: Room) -> None:
    room.pictures.found = ("+A123BJC5D6E71G", "+$$52001510X3GD", "+A123BJC5D6E71G")
    code = room.scans.read_picture(room.acting, b"picture").code
    assert (code.identifier, code.lot, code.expiry) == ("A123BJC5D6E71", "10X3", dt.date(2020, 1, 15))
    room.receive(udi=code.raw)
    assert room.scans.read(room.acting, "+A123BJC5D6E71G").product == room.product


@pytest.mark.parametrize(
    ("found", "code"),
    [
        ((), "picture_no_code"),
        (("just words",), "code_unreadable"),
        (("0105060917510011", "0110012345678902"), "picture_several_boxes"),
        (("0105060917510011", "]C110AB", "]C110CD"), "picture_several_boxes"),
        (("+A99912345/$$52001510X33", "+$$+52001510X3GB"), "picture_several_boxes"),
    ],
)
def test_a_picture_of_none_or_of_several_boxes_is_refused(room: Room, found: tuple, code: str) -> None:
    room.pictures.found = found
    with pytest.raises(InputRefused) as refused:
        room.scans.read_picture(room.acting, b"picture")
    assert refused.value.code == code


def test_what_else_is_in_the_picture_does_not_matter(room: Room) -> None:
    room.pictures.found = ("just words", BOX, "]E05060917510011")
    code = room.scans.read_picture(room.acting, b"picture").code
    assert code == read_box_code(BOX, today=TODAY)
