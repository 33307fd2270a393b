"""Builds plausible values for tests: people, products, sessions and cannula passes in integer micrometres."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Sequence

from injectmap.domain.acting import Acting, Role
from injectmap.domain.edits import Edit, EditKind, PassChange
from injectmap.domain.ids import new_id
from injectmap.domain.patient import Patient, Practitioner
from injectmap.domain.product import Product, Syringe
from injectmap.domain.session import DEFAULT_INSTRUMENT, OpenSession, PassDefaults, TreatmentSession
from injectmap.domain.treatment_map import (
    CannulaPass,
    Instrument,
    PassStatus,
    Plane,
    Share,
    Side,
    SkinPath,
    SkinPoint,
    SkinPoints,
    Technique,
    TreatmentMap,
    ZoneLength,
    side_of,
)

CAHA_NOTICE = "Contains calcium hydroxyapatite; not dissolved by hyaluronidase."

# Skin points in mm on the patient's left, near the landmarks of the same names (prototype head).
IN_FRONT_OF_LOBE = (63.0, -30.0, 18.0)
ARCH = (60.0, -4.0, 42.0)
PREAURICULAR_TOP = (64.0, -8.0, 20.0)
GONION = (49.0, -57.0, 7.0)
BORDER = (40.0, -72.0, 40.0)

_numbers = itertools.count(1)


def practitioner(*, name: str = "Dr Miriam Okafor", profession: str = "Doctor") -> Practitioner:
    return Practitioner(new_id(), name, profession, "GMC 7000001")


def acting_as(
    one: Practitioner, *, workstation: str = "room-1", roles: frozenset[Role] = frozenset(Role)
) -> Acting:
    """Somebody who practises alone, and so has every role; `roles` for one who does not."""
    return Acting(one.id, roles, workstation)


def patient(
    *,
    family_name: str = "Lindqvist",
    given_name: str = "Åsa",
    birth_date: dt.date = dt.date(1968, 3, 14),
    number: int | None = None,
    sex: str = "female",
    telephone: str = "",
) -> Patient:
    return Patient(new_id(), number or next(_numbers), family_name, given_name, birth_date, sex, telephone)


def product(*, product_id: str = "harmonyca", name: str = "HArmonyCa", nominal_ul: int = 1250) -> Product:
    return Product(
        id=product_id,
        name=name,
        maker="Allergan Aesthetics",
        composition="HA 20 mg/mL, CaHA microspheres, lidocaine 0.3 %",
        nominal_ul=nominal_ul,
        per_box=2,
        notices=(CAHA_NOTICE,),
        source="example source",
        source_date=dt.date(2026, 11, 22),
    )


def syringe(
    session: TreatmentSession,
    *,
    number: int = 1,
    of: Product | None = None,
    lot: str = "L24A017",
    expiry: dt.date | None = dt.date(2027, 9, 30),
    serial: str = "",
) -> Syringe:
    return Syringe(new_id(), session.id, number, of or product(), lot, expiry, serial)


def treatment_session(
    of: Patient,
    by: Practitioner,
    *,
    date: dt.date = dt.date(2026, 3, 14),
    number: int | None = None,
    defaults: PassDefaults | None = None,
) -> TreatmentSession:
    return TreatmentSession(
        new_id(), number or next(_numbers), of.id, by.id, date, 1, 1, defaults or PassDefaults()
    )


def skin_point(mm: tuple[float, float, float], *, side: Side = Side.LEFT) -> SkinPoint:
    """A point in micrometres; mm are given for the patient's left and mirrored for the right."""
    x, y, z = (round(value * 1000) for value in mm)
    return SkinPoint(-x if side is Side.RIGHT else x, y, z)


def skin_path(
    start: SkinPoint, tip: SkinPoint, *, zones: Sequence[str] = ("preauricular",), bow_um: int = 1500
) -> SkinPath:
    """A path of points at most 1 mm apart that bows outwards, shared evenly over the zones."""
    outward = -1 if start.x < 0 else 1
    steps = max(2, math.ceil(math.dist(start, tip) / 900))
    points = tuple(
        SkinPoint(
            round(start.x + (tip.x - start.x) * i / steps)
            + outward * round(bow_um * math.sin(math.pi * i / steps)),
            round(start.y + (tip.y - start.y) * i / steps),
            round(start.z + (tip.z - start.z) * i / steps),
        )
        for i in range(steps + 1)
    )
    points = (start, *points[1:-1], tip)
    length = round(sum(math.dist(a, b) for a, b in itertools.pairwise(points)))
    part = length // len(zones)
    lengths = [part] * (len(zones) - 1)
    lengths.append(length - sum(lengths))
    side = Side.RIGHT if side_of(start) is Side.RIGHT else Side.LEFT
    split = tuple(ZoneLength(zone, side, um) for zone, um in zip(zones, lengths, strict=True))
    return SkinPath(SkinPoints.of((start, tip)), SkinPoints.of(points), length, split)


def cannula_pass(
    *,
    order: int = 1,
    syringe_id: str = "syringe-1",
    microlitres: int = 100,
    start: tuple[float, float, float] = IN_FRONT_OF_LOBE,
    tip: tuple[float, float, float] = PREAURICULAR_TOP,
    side: Side = Side.LEFT,
    zones: Sequence[str] = ("preauricular",),
    entry_id: str | None = None,
    pass_id: str | None = None,
    technique: Technique = Technique.LINEAR_RETROGRADE,
    plane: Plane = Plane.SUBDERMAL,
    instrument: Instrument = DEFAULT_INSTRUMENT,
    status: PassStatus = PassStatus.DONE,
    shares: tuple[Share, ...] | None = None,
    depth_um: int | None = None,
) -> CannulaPass:
    path = skin_path(skin_point(start, side=side), skin_point(tip, side=side), zones=zones)
    return CannulaPass(
        id=pass_id or new_id(),
        order=order,
        entry_id=entry_id or new_id(),
        path=path,
        technique=technique,
        plane=plane,
        instrument=instrument,
        shares=shares if shares is not None else (Share(syringe_id, microlitres),),
        depth_um=depth_um,
        status=status,
    )


# (start, tip, zones) of a plausible C-shape on one side; made up for tests, not a protocol.
_C_SHAPE = (
    (PREAURICULAR_TOP, ARCH, ("preauricular", "lateral_zygomatic_arch")),
    (IN_FRONT_OF_LOBE, PREAURICULAR_TOP, ("preauricular",)),
    (IN_FRONT_OF_LOBE, GONION, ("preauricular", "mandibular_angle")),
    (GONION, BORDER, ("mandibular_angle", "mandibular_border")),
)


def c_shape(
    left: Syringe | str, right: Syringe | str, *, microlitres: int = 150, count: int = 8
) -> TreatmentMap:
    """A map of `count` passes, first the left side and then the right, each with its own syringe."""
    ids = {
        Side.LEFT: left if isinstance(left, str) else left.id,
        Side.RIGHT: right if isinstance(right, str) else right.id,
    }
    entries: dict[tuple[Side, tuple[float, float, float]], str] = {}
    passes = []
    for index in range(count):
        side = Side.LEFT if index % 8 < 4 else Side.RIGHT
        start, (x, y, z), zones = _C_SHAPE[index % 4]
        away = 2.0 * (index // 8)
        passes.append(
            cannula_pass(
                order=index + 1,
                syringe_id=ids[side],
                microlitres=microlitres,
                start=start,
                tip=(x - away, y - away, z),
                side=side,
                zones=zones,
                entry_id=entries.setdefault((side, start), new_id()),
            )
        )
    return TreatmentMap(tuple(passes))


def add(one: CannulaPass) -> Edit:
    return Edit(EditKind.ADD_PASS, (PassChange(None, one),))


def remove(one: CannulaPass) -> Edit:
    return Edit(EditKind.REMOVE_PASS, (PassChange(one, None),))


def change(kind: EditKind, before: CannulaPass, after: CannulaPass) -> Edit:
    return Edit(kind, (PassChange(before, after),))


def open_session(*, count: int = 8, microlitres: int = 150) -> OpenSession:
    """A session with two syringes of HArmonyCa and a C-shape of `count` passes."""
    one, by = patient(), practitioner()
    session = treatment_session(one, by)
    first, second = syringe(session, number=1), syringe(session, number=2, lot="L24A018")
    return OpenSession(
        session, one, by, (first, second), c_shape(first, second, microlitres=microlitres, count=count)
    )
