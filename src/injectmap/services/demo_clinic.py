"""The demo clinic: invented people and treatments, made by the same use cases and edits as real ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from injectmap.domain.edits import Edit, EditKind, PassChange
from injectmap.domain.ids import new_id
from injectmap.domain.laying import LaidPass, lay
from injectmap.domain.patient import PatientDetails
from injectmap.domain.session import DEFAULT_INSTRUMENT, OpenSession
from injectmap.domain.treatment_map import CannulaPass, Share, Side, Technique
from injectmap.services.demo_record import VisitClock, amend_volume, sign, write_record
from injectmap.services.sessions import NewSyringes

if TYPE_CHECKING:
    from injectmap.atlas import Atlas
    from injectmap.services.clinic import Services

CLINIC_NAME = "Demonstration clinic"
PRACTITIONERS = (("Dr R. Okonjo-Lind", "Doctor", "GMC 0000000"), ("M. Sandahl RN", "Nurse", "NMC 00A0000A"))
CONSENT_FORM = "Consent form, version 3"
AFTERCARE_LEAFLET = "Aftercare leaflet, version 2"
C_SHAPE = "c_shape"


@dataclass(frozen=True, slots=True)
class DemoVisit:
    """One invented visit: days before today, and mL x 100 for each pass of the C-shape on each side.

    A zero, or a volume not given, leaves the pass out. The volumes are the demo's own and mean nothing else.
    """

    days_ago: int
    left: tuple[int, ...] = ()
    right: tuple[int, ...] = ()
    product: str = "harmonyca"
    syringes: int = 2
    lot: str = "H26C118"
    practitioner: int = 0
    amended: bool = False
    review_weeks: int | None = None


@dataclass(frozen=True, slots=True)
class DemoPatient:
    """One invented person."""

    family_name: str
    given_name: str
    born: dt.date
    sex: str
    visits: tuple[DemoVisit, ...]
    telephone: str = ""


PATIENTS = (
    DemoPatient(
        "Marchetti",
        "Giulia",
        dt.date(1979, 8, 2),
        "female",
        (
            DemoVisit(
                121,
                (14, 13, 12, 13, 12, 10, 10, 12, 11, 9),
                (14, 13, 12, 13, 12, 10, 10, 12, 11, 9),
                lot="H26B094",
            ),
        ),
    ),
    DemoPatient(
        "Ó Súilleabháin",
        "Niamh",
        dt.date(1971, 1, 30),
        "female",
        (DemoVisit(64, (0, 0, 0, 15, 14, 12, 12), (0, 0, 0, 15, 14, 12, 12), practitioner=1),),
    ),
    DemoPatient("Brandvold", "Per Anders", dt.date(1962, 11, 5), "male", ()),
    DemoPatient(
        "Yılmaz",
        "Şeyma",
        dt.date(1984, 5, 19),
        "female",
        (DemoVisit(33, (13, 12, 13), (13, 12, 13), syringes=1),),
    ),
    DemoPatient("Nowak-Żelazna", "Agnieszka", dt.date(1958, 12, 24), "female", ()),
    DemoPatient(
        "Achterberg",
        "Joost",
        dt.date(1975, 4, 11),
        "male",
        (
            DemoVisit(
                12,
                (0, 0, 0, 0, 0, 16, 15, 17, 16, 12),
                (0, 0, 0, 0, 0, 16, 15, 17, 16, 12),
                product="radiesse_plus",
                lot="R5517",
            ),
        ),
    ),
    DemoPatient(
        "Vasterholm",
        "Elin",
        dt.date(1968, 3, 14),
        "female",
        (
            DemoVisit(
                545,
                (14, 13, 14, 13, 13, 11, 11, 12, 12, 11),
                (14, 13, 14, 13, 13, 11, 11, 12, 12, 11),
                lot="H25A037",
            ),
            DemoVisit(
                200, (0, 16, 15, 0, 0, 10, 10, 11), (0, 16, 15, 0, 0, 10, 10, 12), lot="H25K201", amended=True
            ),
            DemoVisit(
                0, (10, 11, 9, 10, 11, 8, 8, 9, 8, 7), (10, 11, 9, 10, 11, 9, 8, 9, 9, 8), review_weeks=4
            ),
        ),
        telephone="+46 00 000 04 17",
    ),
)


# Long enough before the first visit for the clinic to have been set up.
FIRST_DAY = 1 + max(visit.days_ago for person in PATIENTS for visit in person.visits)


def fill(services: Services, atlas: Atlas, clock: VisitClock, today: dt.date) -> None:
    """Fill a new demo clinic; visits are made in the order of their dates, each at its own time."""
    protocol = next(one for one in services.protocols.all(services.acting) if one.id == C_SHAPE)
    laid = {side: lay(atlas, protocol, side) for side in (Side.LEFT, Side.RIGHT)}
    visits: list[tuple[DemoVisit, str]] = []
    for person in PATIENTS:
        details = PatientDetails.checked(
            family_name=person.family_name,
            given_name=person.given_name,
            birth_date=person.born,
            sex=person.sex,
            telephone=person.telephone,
            today=today,
        )
        patient = services.patients.create(services.acting, details)
        visits += [(visit, patient.id) for visit in person.visits]
    for visit, patient_id in sorted(visits, key=lambda pair: -pair[0].days_ago):
        day = today - dt.timedelta(days=visit.days_ago)
        clock.go_to(day)
        if visit.days_ago:
            _receive(services, visit, day)
        session_id = _treat(services, visit, patient_id, day, laid)
        write_record(services, session_id, whole=bool(visit.days_ago))
        if visit.review_weeks is not None:
            opened = services.sessions.open(services.acting, session_id)
            due = day + dt.timedelta(weeks=visit.review_weeks)
            services.fields.set_follow_up(services.acting, opened.session, due)
        if visit.days_ago:
            sign(services, session_id)
        if visit.amended:
            clock.go_to(day + dt.timedelta(days=1))
            amend_volume(services, session_id, less_ul=10, reason=AMENDMENT)
    _fill_shelf(services, today)


AMENDMENT = "Volume of pass 1 misread from the syringe on the day."


def _receive(services: Services, visit: DemoVisit, day: dt.date) -> None:
    """The boxes that the visit's syringes came from."""
    product = next(one for one in services.products.products() if one.id == visit.product)
    services.stock.receive(
        services.acting, product=product, units=visit.syringes, lot=visit.lot, expiry=_expiry(day)
    )


# Product, lot, days to the expiry, units: the lot in use, one that expires soon, and little of another product.
SHELF = (
    ("harmonyca", "H26C118", None, 6),
    ("harmonyca", "H25A037", 41, 2),
    ("radiesse_plus", "R5517", 230, 1),
)


def _expiry(treated: dt.date) -> dt.date:
    """The expiry of what is opened on a day."""
    return dt.date(treated.year + 1, 8, 31)


def _fill_shelf(services: Services, today: dt.date) -> None:
    products = {one.id: one for one in services.products.products()}
    for product_id, lot, days, units in SHELF:
        services.stock.receive(
            services.acting,
            product=products[product_id],
            units=units,
            lot=lot,
            expiry=_expiry(today) if days is None else today + dt.timedelta(days=days),
        )


def _treat(
    services: Services,
    visit: DemoVisit,
    patient_id: str,
    date: dt.date,
    laid: dict[Side, tuple[LaidPass, ...]],
) -> str:
    """Make one visit's session and map; return its id."""
    product = next(one for one in services.products.products() if one.id == visit.product)
    expiry = _expiry(date)
    opened = services.sessions.create(
        services.acting,
        patient_id=patient_id,
        practitioner_id=services.practitioners[visit.practitioner].id,
        date=date,
        syringes=[NewSyringes(product, visit.syringes, visit.lot, expiry)],
    )
    revision = opened.session.revision
    for edit in _edits(opened, visit, laid):
        revision = services.sessions.commit(services.acting, opened.session.id, edit, revision).revision
    return opened.session.id


def _edits(opened: OpenSession, visit: DemoVisit, laid: dict[Side, tuple[LaidPass, ...]]) -> Sequence[Edit]:
    """One edit a pass, the left side first; each syringe is drawn from until it does not hold the next pass."""
    rest = {syringe.id: syringe.nominal_ul for syringe in opened.syringes}
    entry_ids: dict[tuple[Side, str], str] = {}
    edits: list[Edit] = []
    for side, volumes in ((Side.LEFT, visit.left), (Side.RIGHT, visit.right)):
        for one, hundredths in zip(laid[side], volumes, strict=False):
            if not hundredths:
                continue
            volume = hundredths * 10
            syringe_id = next(key for key, left in rest.items() if left >= volume)
            rest[syringe_id] -= volume
            drawn = CannulaPass(
                id=new_id(),
                order=len(edits) + 1,
                entry_id=entry_ids.setdefault((side, one.entry), new_id()),
                path=one.path,
                technique=Technique(one.reference.technique),
                plane=one.reference.plane,
                instrument=DEFAULT_INSTRUMENT,
                shares=(Share(syringe_id, volume),),
            )
            edits.append(Edit(EditKind.ADD_PASS, (PassChange(None, drawn),)))
    return edits
