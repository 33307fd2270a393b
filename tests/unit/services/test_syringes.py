"""Syringes of a session: every field checked, volumes that must be possible, nothing after signing."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest

from injectmap.domain.completeness import completeness, missing
from injectmap.domain.errors import InputRefused
from injectmap.domain.product import Syringe
from injectmap.domain.record import RecordState
from injectmap.domain.session import OpenSession
from injectmap.domain.settings import ClinicSettings, Requirement
from injectmap.services.sessions import MapVersions, NewSyringes, SessionService
from tests import builders
from tests.fakes import TODAY, FixedClock, MemoryDatabase

HOSTILE = ("' OR 1=1 --", '"', "مرحبا \u202e abc", "😀💉", "<b>&amp;</b>", "\\0 %s {x}", "a\x00b\x1dc")


class Charted:
    """A stored session of two syringes of which 0.60 mL each are injected."""

    def __init__(self) -> None:
        self.database = MemoryDatabase()
        self.sessions = SessionService(self.database, FixedClock(), MapVersions(1, 1), "Europe/London")
        opened = builders.open_session()
        state = self.database.state
        state.practitioners = (opened.practitioner,)
        state.patients[opened.patient.id] = opened.patient
        state.sessions[opened.session.id] = opened.session
        state.maps[opened.session.id] = opened.map
        for one in opened.syringes:
            state.syringes[one.id] = one
        self.acting = builders.acting_as(opened.practitioner)
        self.id = opened.session.id

    @property
    def opened(self) -> OpenSession:
        return self.sessions.open(self.acting, self.id)

    def change(self, number: int = 1, **fields: object) -> Syringe:
        opened = self.opened
        changed = replace(opened.syringes[number - 1], **fields)
        after = self.sessions.update_syringe(self.acting, opened.session, changed)
        return after.syringes[number - 1]

    def add(self, **fields: object) -> Syringe:
        after = self.sessions.add_syringe(
            self.acting, self.opened.session, **({"product": builders.product()} | fields)
        )
        return after.syringes[-1]


@pytest.fixture
def charted() -> Charted:
    return Charted()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_stored_as_text_on_one_line(charted: Charted, text: str) -> None:
    kept = text.replace("\x00", "").replace("\x1d", "")
    syringe = charted.change(lot=text, serial=text, udi=text, expired_reason=text)
    assert {syringe.lot, syringe.serial} == {" ".join(kept.split())}
    assert (syringe.udi, syringe.expired_reason) == (kept, kept)
    row = charted.database.state.journal[-2]
    assert json.loads(row.payload or "")["udi"] == kept


def test_the_space_that_checks_a_code_is_kept(charted: Charted) -> None:
    assert charted.change(udi="+$$52001510X3+ ").udi == "+$$52001510X3+ "


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"lot": "x" * 10_000}, "text_too_long"),
        ({"serial": "x" * 41}, "text_too_long"),
        ({"udi": "x" * 401}, "text_too_long"),
        ({"expired_reason": "x" * 501}, "text_too_long"),
        ({"expiry": dt.date(1999, 12, 31)}, "expiry_impossible"),
        ({"expiry": dt.date(TODAY.year + 21, 1, 1)}, "expiry_impossible"),
        ({"opened_volume_ul": 1251}, "opened_above_nominal"),
        ({"opened_volume_ul": -1}, "opened_above_nominal"),
        ({"opened_volume_ul": 599}, "opened_below_injected"),
        ({"opened_volume_ul": 0}, "opened_below_injected"),
        ({"discarded_ul": -1}, "volume_negative"),
        ({"discarded_ul": 651}, "discarded_above_rest"),
        ({"product": builders.product(product_id="small", nominal_ul=500)}, "opened_below_injected"),
        ({"id": "another"}, "syringe_unknown"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(charted: Charted, fields: dict, code: str) -> None:
    before = charted.opened
    with pytest.raises(InputRefused) as refused:
        charted.change(**fields)
    assert refused.value.code == code
    assert charted.opened == before


def test_opened_and_discarded_make_the_balance(charted: Charted) -> None:
    syringe = charted.change(opened_volume_ul=1000, discarded_ul=400)
    assert (syringe.opened_ul, syringe.discarded_ul) == (1000, 400)
    assert charted.change(opened_volume_ul=1250).opened_volume_ul is None


def test_the_rest_of_all_syringes_is_discarded_at_once(charted: Charted) -> None:
    charted.change(number=2, discarded_ul=50)
    before = charted.database.commits
    after = charted.sessions.discard_rest(charted.acting, charted.opened.session)
    assert [one.discarded_ul for one in after.syringes] == [650, 650]
    assert charted.database.commits == before + 1
    with pytest.raises(InputRefused, match="nothing_to_discard"):
        charted.sessions.discard_rest(charted.acting, charted.opened.session)


def test_a_product_can_be_corrected_and_its_number_and_session_cannot(charted: Charted) -> None:
    other = builders.product(product_id="other", name="Other", nominal_ul=1000)
    syringe = charted.change(product=other, number=1, session_id="elsewhere")
    assert (syringe.product, syringe.number, syringe.session_id) == (other, 1, charted.id)


def test_a_syringe_added_in_error_is_marked_as_not_opened(charted: Charted) -> None:
    charted.add(lot="Z1", serial="S1")
    assert charted.change(number=3, opened_volume_ul=0).opened_ul == 0
    assert charted.add(lot="Z1", serial="S1").number == 4


def test_one_numbered_unit_is_one_syringe(charted: Charted) -> None:
    charted.add(lot="Z1", serial="S1")
    with pytest.raises(InputRefused, match="serial_used_already"):
        charted.add(lot="z1", serial="s1")
    with pytest.raises(InputRefused, match="serial_used_already"):
        charted.change(lot="Z1", serial="S1")
    assert charted.add(lot="Z2", serial="S1").number == 4


def test_scanned_syringes_start_a_session_with_all_their_box_says(charted: Charted) -> None:
    opened = charted.opened
    box = {"lot": "628S93R", "expiry": dt.date(2028, 10, 31), "udi": "]d2…"}
    new = [NewSyringes(builders.product(), 1, serial=serial, **box) for serial in ("A", "B")]
    fields = {"patient_id": opened.patient.id, "practitioner_id": opened.practitioner.id, "date": TODAY}
    made = charted.sessions.create(charted.acting, syringes=new, **fields)
    assert [(one.number, one.serial, one.udi) for one in made.syringes] == [
        (1, "A", "]d2…"),
        (2, "B", "]d2…"),
    ]
    with pytest.raises(InputRefused, match="serial_used_already"):
        charted.sessions.create(charted.acting, syringes=[new[0], new[0]], **fields)
    with pytest.raises(InputRefused, match="serial_of_one_unit"):
        charted.sessions.create(charted.acting, syringes=[replace(new[0], count=2)], **fields)


def test_a_signed_session_keeps_its_syringes(charted: Charted) -> None:
    opened = charted.opened
    state = charted.database.state
    state.sessions[charted.id] = replace(opened.session, state=RecordState.SIGNED)
    for change in (
        lambda: charted.add(),
        lambda: charted.change(lot="Z9"),
        lambda: charted.sessions.discard_rest(charted.acting, charted.opened.session),
    ):
        with pytest.raises(InputRefused, match="session_signed"):
            change()
    assert charted.opened.syringes == opened.syringes


def test_a_syringe_that_was_not_opened_stands_against_no_signature(charted: Charted) -> None:
    charted.sessions.discard_rest(charted.acting, charted.opened.session)
    charted.add(lot="", expiry=dt.date(2020, 1, 31))
    asked = {Requirement.LOT, Requirement.EXPIRY, Requirement.BALANCE}
    settings = ClinicSettings("Test")
    assert asked <= set(missing(completeness(charted.opened, settings)))
    charted.change(number=3, opened_volume_ul=0)
    assert not asked & set(missing(completeness(charted.opened, settings)))
