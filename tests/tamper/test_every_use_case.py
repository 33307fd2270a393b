"""Every use case that writes leaves a clinic whose journal says all of it; none writes without a row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from injectmap.domain.acting import Right, Role
from injectmap.domain.aftercare import EventEntry
from injectmap.domain.patient import PatientDetails
from injectmap.domain.print_look import Paper
from injectmap.domain.privacy import ErasureReason
from injectmap.domain.record import RecordField
from injectmap.domain.settings import ClinicSettings, Phrase
from injectmap.services.practitioners import PractitionerService
from injectmap.services.privacy import PrivacyService
from injectmap.services.protocols import ProtocolService
from injectmap.storage.opening import create_clinic
from tests import builders
from tests.fakes import TODAY
from tests.tamper.full_clinic import EXPIRY, KEY, ZONE, FullClinic
from tests.ui.fakes import FakeCatalogue, FakePrivacyOutput
from tests.unit.services.test_rights import WANTED

LATER = TODAY + dt.timedelta(days=40)
PASSWORD, OTHER = "a long enough password", "quite another password"
DETAILS = PatientDetails.checked(
    family_name="O'Brien", given_name="Zoë Anne", birth_date=dt.date(1980, 2, 29), today=TODAY
)


class Hand:
    """Drives one clinic through every use case; each leaves what the next one finds."""

    def __init__(self, path: Path) -> None:
        settings = ClinicSettings("Harbour Clinic", time_zone=ZONE)
        self.database = create_clinic(path, settings, key=KEY)
        self.at = FullClinic(self.database, settings)
        self.at.fill()
        self.acting = self.at.acting
        self.session_id = self.at._treat("Fresh", "H26C118")
        self.staff = PractitionerService(self.database, self.at.clock)
        self.protocols = ProtocolService(self.database, self.at.clock, FakeCatalogue())
        self.privacy = PrivacyService(self.database, self.at.clock, FakePrivacyOutput())

    @property
    def opened(self):
        return self.at.opened(self.session_id)

    @property
    def session(self):
        return self.opened.session

    @property
    def patient(self):
        return self.opened.patient

    def follow_up(self):
        at, own = self.at.aftercare, self.patient.id
        found = at.follow_ups(self.acting, own)
        return found[0] if found else at.plan(self.acting, own, LATER)

    def score(self):
        at, own = self.at.aftercare, self.patient.id
        found = at.scores(self.acting, own)
        given = {"scale": "GAIS", "score": "1", "rater": "MO", "date": TODAY}
        return found[0] if found else at.score(self.acting, own, self.session_id, **given)

    def event(self, *, fresh: bool = False):
        found = () if fresh else self.at.events.of_patient(self.acting, self.patient.id)
        return found[0] if found else self.begin_event()

    def begin_event(self):
        return self.at.events.begin(
            self.acting, self.session_id, title="Swelling", onset_ms=self.at.clock.now_ms()
        )

    def sign(self):
        self.at.sessions.discard_rest(self.acting, self.session) if self._rest() else None
        return self.at.signing.sign(self.acting, self.session_id, self.session.revision)

    def _rest(self) -> bool:
        from injectmap.services.syringes import rests

        return bool(rests(self.opened))


def _edit(hand: Hand) -> None:
    one = builders.cannula_pass(order=9, syringe_id=hand.opened.syringes[1].id, microlitres=10)
    edit = builders.add(one)
    hand.at.sessions.update_syringe(
        hand.acting, hand.session, replace(hand.opened.syringes[1], discarded_ul=0)
    )
    done = hand.at.sessions.commit(hand.acting, hand.session_id, edit, hand.session.revision)
    hand.at.sessions.commit(
        hand.acting, hand.session_id, edit.inverse(), done.revision, undoes=done.journal_number
    )


def _event_update(hand: Hand) -> None:
    event = hand.event()
    hand.at.events.update(
        hand.acting,
        event,
        title="Swelling, left",
        onset_ms=event.onset_ms,
        syringe_ids=[],
        pass_ids=[],
        report_number="7",
        reported_to="MHRA",
    )


def _add_entry(hand: Hand) -> None:
    entry = EventEntry(hand.at.clock.now_ms() - 500, "less of it")
    hand.at.events.add_entry(hand.acting, hand.event(), entry)


def _add_syringe(hand: Hand) -> None:
    hand.at.sessions.add_syringe(
        hand.acting, hand.session, product=builders.product(), lot="Ž1", expiry=EXPIRY
    )


def _stock_item(hand: Hand):
    return hand.at.stock.lines(hand.acting)[-1].item


# In this order: each needs what stands before it.
USE_CASES: dict[str, Callable[[Hand], object]] = {
    "patients.create": lambda h: h.at.patients.create(h.acting, DETAILS),
    "patients.update": lambda h: h.at.patients.update(h.acting, h.patient, DETAILS),
    "aftercare.plan": Hand.follow_up,
    "aftercare.move": lambda h: h.at.aftercare.move(h.acting, h.follow_up(), due=LATER, note="by post"),
    "aftercare.reviewed": lambda h: h.at.aftercare.reviewed(h.acting, h.follow_up(), TODAY, "well"),
    "aftercare.not_reviewed": lambda h: h.at.aftercare.not_reviewed(h.acting, h.follow_up()),
    "aftercare.score": Hand.score,
    "aftercare.correct_score": lambda h: h.at.aftercare.correct_score(
        h.acting, replace(h.score(), score="2")
    ),
    "events.begin": Hand.begin_event,
    "events.add_entry": _add_entry,
    "events.update": _event_update,
    "events.close": lambda h: h.at.events.close(h.acting, h.event(), "gone"),
    "events.reopen": lambda h: h.at.events.reopen(h.acting, h.event()),
    "events.mark_error": lambda h: h.at.events.mark_error(h.acting, h.event(), "other patient"),
    "sessions.create": lambda h: h.at._treat("Another", "H26B094"),
    "sessions.commit": _edit,
    "sessions.set_details": lambda h: h.at.sessions.set_details(
        h.acting, h.session, date=TODAY - dt.timedelta(days=1), practitioner_id=h.at.second.id
    ),
    "sessions.add_syringe": _add_syringe,
    "sessions.update_syringe": lambda h: h.at.sessions.update_syringe(
        h.acting, h.session, replace(h.opened.syringes[-1], lot=" Æ2 ", opened_volume_ul=1000)
    ),
    "sessions.discard_rest": lambda h: h.at.sessions.discard_rest(h.acting, h.session),
    "fields.write": lambda h: h.at.fields.write(h.acting, h.session, RecordField.NOTES, "“quoted”\ntwice"),
    "fields.set_follow_up": lambda h: h.at.fields.set_follow_up(h.acting, h.session, None),
    "protocols.save": lambda h: h.protocols.save(
        h.acting, h.opened, [h.opened.map.passes[0].id], name="Saved", source="Own"
    ),
    "stock.receive": lambda h: h.at.stock.receive(
        h.acting, product=builders.product(), units=2, lot="Zz 9", expiry=None
    ),
    "stock.adjust": lambda h: h.at.stock.adjust(h.acting, _stock_item(h), -1, "broken"),
    "stock.count": lambda h: h.at.stock.count(h.acting, _stock_item(h), 4),
    "signing.sign": Hand.sign,
    "signing.cosign": lambda h: h.at.signing.cosign(
        replace(h.acting, practitioner_id=h.at.second.id), h.session_id, 1, h.at.second.id
    ),
    "signing.amend": lambda h: h.at.signing.amend(h.acting, h.session_id, "lot misread"),
    "signing.sign again": Hand.sign,
    "sessions.mark_error": lambda h: h.at.sessions.mark_error(h.acting, h.session, "twice entered"),
    "patients.mark_error": lambda h: h.at.patients.mark_error(h.acting, h.patient, "twice entered"),
    "settings_service.update": lambda h: h.at.settings.update(
        h.acting, replace(h.at.settings.current(), paper=Paper.LETTER, journal_reads=True, retention_years=10)
    ),
    "settings_service.add_phrase": lambda h: h.at.settings.add_phrase(h.acting, RecordField.NOTES, "Été"),
    "settings_service.remove_phrase": lambda h: h.at.settings.remove_phrase(
        h.acting, Phrase(RecordField.NOTES, "Été")
    ),
    "patients.get with reads": lambda h: h.at.patients.get(h.acting, h.patient.id),
    "staff.add": lambda h: h.staff.add(h.acting, "Dr Neu", "Doctor"),
    "accounts.add_person": lambda h: h.at.accounts.add_person(
        h.acting, "Third", "Nurse", frozenset({Role.FRONT_DESK}), PASSWORD
    ),
    "accounts.open_account": lambda h: h.at.accounts.open_account(
        h.acting, h.staff.add(h.acting, "Fourth").id, frozenset({Role.TRAINER}), PASSWORD
    ),
    "accounts.set_roles": lambda h: h.at.accounts.set_roles(
        h.acting, h.at.second.id, frozenset({Role.SUPERVISOR, Role.PRACTITIONER})
    ),
    "accounts.close": lambda h: h.at.accounts.close(h.acting, h.at.second.id),
    "accounts.reopen": lambda h: h.at.accounts.reopen(h.acting, h.at.second.id),
    "accounts.reset_password": lambda h: h.at.accounts.reset_password(h.acting, h.at.second.id, OTHER),
    "accounts.change_password": lambda h: h.at.accounts.change_password(h.acting, PASSWORD, OTHER),
    "accounts.sign_in": lambda h: h.at.accounts.sign_in(h.at.second.id, OTHER),
    "accounts.unlock": lambda h: h.at.accounts.unlock(h.acting, OTHER),
    "accounts.confirm": lambda h: h.at.accounts.confirm(h.acting, h.at.second.id, OTHER),
    "privacy.erase": lambda h: h.privacy.erase(
        h.acting, h.patient.id, number=h.patient.number_text, reason=ErasureReason.PATIENTS_REQUEST
    ),
}
WRITING = (
    Right.EDIT_PATIENT,
    Right.EDIT_SESSION,
    Right.SIGN,
    Right.COSIGN,
    Right.KEEP_STOCK,
    Right.EDIT_PROTOCOL,
    Right.ADMINISTER,
)


def test_all_that_write_are_here():
    wanted = {name for right in WRITING for name in WANTED[right].split()} | {"privacy.erase"}
    assert wanted <= USE_CASES.keys()


def test_after_each_of_them_the_journal_says_all(tmp_path):
    hand = Hand(tmp_path / "Harbour.injectmap")
    try:
        rows = 0
        for name, use in USE_CASES.items():
            use(hand)
            with hand.database.reading() as work:
                found = work.proof.prove()
            assert found.findings == (), name
            assert found.rows > rows, f"{name} wrote no row"
            rows = found.rows
    finally:
        hand.database.close()


def test_a_refused_sign_in_is_a_row_and_changes_nothing(tmp_path):
    from injectmap.domain.errors import InputRefused

    hand = Hand(tmp_path / "Harbour.injectmap")
    try:
        for who in (hand.at.first.id, "nobody"):
            with pytest.raises(InputRefused):
                hand.at.accounts.sign_in(who, "wrong password")
        with hand.database.reading() as work:
            assert work.proof.prove().whole
    finally:
        hand.database.close()
