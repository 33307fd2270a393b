"""Sessions to print, the same in every run."""

from __future__ import annotations

import datetime as dt

from injectmap.domain.patient import Patient, Practitioner
from injectmap.domain.product import Product, Syringe
from injectmap.domain.session import OpenSession, TreatmentSession
from injectmap.domain.treatment_map import TreatmentMap

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
