"""The use cases of stock, syringes, scans and recall over a clinic file and over the clinic in memory, alike."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from injectmap.domain.errors import Conflict, InputRefused
from injectmap.domain.journal import check_chain
from injectmap.domain.stock import MovementKind
from injectmap.services.recall import RecallService
from injectmap.services.scanning import ScanService
from injectmap.services.sessions import MapVersions, NewSyringes, SessionService
from injectmap.services.stock import StockService, take_for_session
from tests import builders
from tests.fakes import TODAY, FixedClock
from tests.storage.conftest import Charted
from tests.ui.fakes import FakeCatalogue, FakePictures, FakeRecallOutput

ZONE = "Europe/London"
BOX = "010506091751001110628S93R\x1d17281000218898847482518646"
HOSTILE = "Robert'); DROP TABLE stock_items;-- \"\u202e 😀"


class Use:
    """The services over one database."""

    def __init__(self, charted: Charted) -> None:
        self.charted, self.acting = charted, charted.acting
        database, clock = charted.database, FixedClock()
        self.database = database
        self.stock = StockService(database, clock, ZONE)
        self.sessions = SessionService(database, clock, MapVersions(1, 1), ZONE)
        self.recall = RecallService(database, clock, FakeRecallOutput())
        self.scans = ScanService(database, FakeCatalogue(), FakePictures(), clock, ZONE)

    def take(self) -> None:
        opened = self.sessions.open(self.acting, self.charted.session.id)
        with self.database.writing() as work:
            take_for_session(work, self.acting, opened, 1_795_000_000_000)
            work.commit()

    def counts(self) -> list[tuple[str, int]]:
        return [(line.item.lot, line.item.count) for line in self.stock.lines(self.acting)]

    @property
    def session(self):
        return self.sessions.open(self.acting, self.charted.session.id).session


@pytest.fixture
def use(either: Charted) -> Use:
    return Use(either)


def receive(use: Use, **changed):
    fields = {"product": builders.product(), "units": 4, "lot": "L24A017", "expiry": dt.date(2027, 9, 30)}
    return use.stock.receive(use.acting, **(fields | changed))


def test_counts_survive_signing_and_amending(use: Use) -> None:
    receive(use)
    use.take()
    assert use.counts() == [("L24A017", 3), ("L24A018", -1)]
    use.take()
    assert use.counts() == [("L24A017", 3), ("L24A018", -1)]
    second = use.charted.syringes[1]
    use.sessions.update_syringe(use.acting, use.session, replace(second, lot="l24a017"))
    use.take()
    assert use.counts() == [("L24A017", 2), ("L24A018", 0)]
    (item,) = (line.item for line in use.stock.lines(use.acting) if line.item.lot == "L24A018")
    assert [one.kind for one in use.stock.movements(use.acting, item.id)] == [
        MovementKind.USED,
        MovementKind.RETURNED,
    ]
    with use.database.reading() as work:
        assert check_chain(work.journal.all()) is None


def test_hostile_text_goes_in_and_comes_out(use: Use) -> None:
    lot = HOSTILE[:40]
    item = receive(use, lot=lot, serial="", udi=HOSTILE)
    assert (item.lot, item.udi) == (lot, HOSTILE)
    use.stock.adjust(use.acting, item, -1, HOSTILE)
    (moved,) = use.stock.movements(use.acting, item.id)[1:]
    assert moved.reason == HOSTILE
    with pytest.raises(InputRefused, match="text_too_long"):
        receive(use, lot=HOSTILE * 250)
    with pytest.raises(Conflict):
        use.stock.count(use.acting, item, 1)
    assert use.counts() == [(lot, 3)]


def test_all_of_a_syringe_is_stored(use: Use) -> None:
    first = use.charted.syringes[0]
    changed = replace(
        first,
        lot="A",
        expiry=dt.date(2026, 1, 31),
        serial="S",
        udi=use.scans.read(use.acting, BOX).code.raw,
        opened_volume_ul=1000,
        discarded_ul=400,
        expired_reason="Checked with the maker",
    )
    stored = use.sessions.update_syringe(use.acting, use.session, changed).syringes[0]
    assert stored == changed
    assert use.sessions.open(use.acting, use.charted.session.id).syringes[0] == changed
    after = use.sessions.discard_rest(use.acting, use.session)
    assert [one.discarded_ul for one in after.syringes] == [1000, 1250]


def test_a_code_is_known_by_what_was_received(use: Use) -> None:
    scan = use.scans.read(use.acting, BOX)
    assert scan.product is None
    receive(use, udi=scan.code.raw)
    assert use.scans.read(use.acting, "0105060917510011").product == builders.product()


def test_a_signed_session_of_scanned_boxes_is_found_by_its_lot(use: Use) -> None:
    code = use.scans.read(use.acting, BOX).code
    box = NewSyringes(builders.product(), 1, code.lot, code.expiry, code.serial, code.raw)
    opened = use.sessions.create(
        use.acting,
        patient_id=use.charted.patient.id,
        practitioner_id=use.charted.practitioner.id,
        date=TODAY,
        syringes=[box],
    )
    drawn = builders.add(builders.cannula_pass(syringe_id=opened.syringes[0].id, microlitres=300))
    use.sessions.commit(use.acting, opened.session.id, drawn, opened.session.revision)
    found = use.recall.find(use.acting, " 628s93r ")
    (row,) = found.rows
    assert (row.patient_name, row.serial, row.microlitres) == (
        use.charted.patient.display_name,
        "8898847482518646",
        300,
    )
    assert (found.patients, found.sessions, found.microlitres) == (1, 1, 300)
    assert use.recall.find(use.acting, HOSTILE[:40]).rows == ()
