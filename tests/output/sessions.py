"""Sessions to print, the same in every run."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from injectmap.atlas import load_atlas
from injectmap.domain.aftercare import AdverseEvent, CapillaryRefill, EventEntry, OutcomeScore
from injectmap.domain.map_items import AppliedProtocol, Measurement, MeasurementKind
from injectmap.domain.patient import Patient, Practitioner
from injectmap.domain.product import Product, Syringe
from injectmap.domain.record import RecordEntry, RecordField
from injectmap.domain.session import OpenSession, TreatmentSession
from injectmap.domain.skin_paths import point, resolve
from injectmap.domain.treatment_map import Deposit, PassStatus, Plane, Share, Side, Technique, TreatmentMap
from injectmap.services.record_parts import Attached, SignedPaper
from tests.unit.chart.maps import c_shape_map, in_zone, make_pass

PRINTED_AT_MS = 1_795_356_000_000  # 22 Nov 2026, 14:40 UTC

HARMONYCA = Product(
    id="harmonyca",
    name="HArmonyCa",
    maker="Allergan Aesthetics",
    composition="Hyaluronic acid 20 mg/mL, calcium hydroxyapatite microspheres, lidocaine 0.3 %",
    nominal_ul=1250,
    per_box=2,
    notices=("Contains calcium hydroxyapatite.", "Not dissolved by hyaluronidase."),
    source="Instructions for use",
    source_date=dt.date(2025, 5, 1),
)


def session_of(
    treatment_map: TreatmentMap,
    *,
    family_name: str = "Vasterholm",
    given_name: str = "Elin",
    practitioner: str = "Dr R. Okonjo-Lind",
    syringes: int = 2,
    error_reason: str = "",
) -> OpenSession:
    """A fixed session around a map."""
    session = TreatmentSession(
        "session-1", 12, "patient-1", "practitioner-1", dt.date(2026, 11, 22), 1, 1, error_reason=error_reason
    )
    opened = tuple(
        Syringe(
            f"syringe-{number}",
            session.id,
            number,
            HARMONYCA,
            f"H26C11{number}",
            dt.date(2027, 8, 31) if number != 2 else None,
            f"40{number}7152" if number == 1 else "",
        )
        for number in range(1, syringes + 1)
    )
    patient = Patient("patient-1", 417, family_name, given_name, dt.date(1968, 3, 14))
    by = Practitioner("practitioner-1", practitioner, "Doctor", "7654321")
    return OpenSession(session, patient, by, opened, treatment_map)


WRITTEN_AT_MS = PRINTED_AT_MS - 35 * 60_000
HOSTILE = 'He said "stop" #read("x") $a$ *b* <img> \\ שלום \u202eevil\u202c 王 \U0001fae0 end'
RISKS = (
    "Discussed with this patient: bruising, swelling, asymmetry, nodules, infection, vascular occlusion with skin "
    "loss or visual loss; calcium hydroxyapatite is not dissolved by hyaluronidase. Questions answered."
)


def entry(text: str, *details: tuple[str, str], minutes: int = 0) -> RecordEntry:
    return RecordEntry(text, WRITTEN_AT_MS + minutes * 60_000, "practitioner-1", details)


def written(**more: RecordEntry) -> dict[RecordField, RecordEntry]:
    """Every field written, as on a usual day; `more` by field."""
    fields = {
        "concern": entry("Loss of firmness of the lateral face, more on the right."),
        "reason": entry("Wishes a firmer lateral face and jawline", minutes=2),
        "risks": entry(RISKS, minutes=5),
        "consent": entry(
            "", ("form", "HArmonyCa consent, version 3"), ("given_by", "the patient"), minutes=6
        ),
        "history": entry(
            "Penicillin rash as a child.",
            ("allergy", "yes"),
            ("anticoagulant", "no"),
            ("previous_filler", "HA, lips, 2024"),
            ("keloid", "no"),
            minutes=1,
        ),
        "preparation": entry("Make-up removed, chlorhexidine 2 % in alcohol.", minutes=8),
        "anaesthesia": entry("None.", minutes=8),
        "asymmetry": entry("Right angle fuller; jowl 3 mm lower on the left.", minutes=3),
        "reactions": entry("Mild redness, both sides", minutes=30),
        "aftercare": entry("", ("leaflet", "Aftercare leaflet, version 2"), minutes=31),
        "photographs": entry("Five views before, five after.", minutes=32),
    }
    return {RecordField(name): one for name, one in {**fields, **more}.items()}


def full_session(**more: RecordEntry) -> OpenSession:
    """A session in which everything that can stand in a record stands once."""
    atlas = load_atlas()
    done = list(c_shape_map().passes)
    volume = done[0].microlitres
    planned = [
        replace(
            done[index],
            id=f"plan-{index}",
            order=100 + index,
            entry_id=f"plan-{done[index].entry_id}",
            status=PassStatus.PLANNED,
            shares=(Share("", 120),),
        )
        for index in (0, 1, 4)
    ]
    done[0] = replace(done[0], fulfils="plan-0", deviation="Met resistance at the ligament")
    done[1] = replace(done[1], fulfils="plan-1", shares=(Share("syringe-1", 120),))
    place = done[2].path.zones[0]
    done[2] = replace(
        done[2],
        deposits=(Deposit(8_000, 40, place.zone, place.side), Deposit(16_000, 40, place.zone, place.side)),
    )
    done[17] = replace(done[17], shares=(Share("syringe-1", 20), Share("syringe-2", volume - 20)))
    bolus = make_pass(
        19,
        in_zone("chin", 0.4, 0.4),
        in_zone("chin", 0.4, 0.4),
        path=point(atlas, in_zone("chin", 0.4, 0.4)),
        technique=Technique.BOLUS,
        plane=Plane.SUPRAPERIOSTEAL,
        microlitres=50,
    )
    jowl = resolve(atlas, [in_zone("mandibular_border", 0.2, 0.3), in_zone("mandibular_border", 0.5, 0.5)])
    items = (
        Measurement("m1", MeasurementKind.ASYMMETRY, jowl, 17_300, "Jowl to angle, left 3 mm lower"),
        AppliedProtocol(
            "c_shape", 1, "C-shape", "training_convention", "Trainer's article", "0" * 64, Side.LEFT
        ),
    )
    opened = session_of(TreatmentMap((*done, bolus, *planned), items), syringes=2)
    first, second = opened.syringes
    syringes = (
        replace(first, udi="(01)07640173456789(17)270831(10)H26C111(21)4017152", discarded_ul=20),
        replace(
            second,
            expiry=dt.date(2026, 10, 31),
            expired_reason="The only unit at hand; the patient was told and agreed.",
            discarded_ul=100,
        ),
    )
    return replace(
        opened,
        session=replace(opened.session, follow_up=dt.date(2026, 12, 20)),
        syringes=syringes,
        entries=written(**more),
    )


def event() -> AdverseEvent:
    at = PRINTED_AT_MS - 20 * 60_000
    refill = (CapillaryRefill(Side.LEFT, "Cheek", 40), CapillaryRefill(Side.RIGHT, "Cheek", 15))
    return AdverseEvent(
        "event-1",
        "patient-1",
        "session-1",
        "Blanching of the left cheek",
        at,
        (
            EventEntry(at, "Pale patch 2 × 3 cm in front of the ear", refill, by="Dr R. Okonjo-Lind"),
            EventEntry(
                at + 300_000, called="Dr Berg, 08:31", given="Massage, warm compress", by="M. Sandahl RN"
            ),
        ),
        ("syringe-1",),
        ("pass-3", "pass-4"),
        report_number="YC-000000",
        reported_to="MHRA Yellow Card",
        outcome="Colour returned within ten minutes",
        closed=True,
    )


def attached() -> Attached:
    scores = (
        OutcomeScore(
            "s1",
            "patient-1",
            "session-1",
            "GAIS",
            "2, much improved",
            "Patient",
            dt.date(2026, 11, 22),
            "Mirror",
        ),
    )
    return Attached(events=(event(),), scores=scores, names=(("practitioner-1", "Dr R. Okonjo-Lind"),))


# Reading the text of a page takes ten times as long where a map is drawn on it.
BLANK = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"></svg>'


def without_marks(paper: SignedPaper) -> SignedPaper:
    """What was signed, with nothing drawn over the heads: for tests of its words."""
    pictures = tuple((name, svg if "sample" in name else BLANK) for name, svg in paper.document.pictures)
    return replace(paper, document=replace(paper.document, pictures=pictures))
