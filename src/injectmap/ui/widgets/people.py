"""Names of patients as they are shown: of an erased person it is said that there was one."""

from __future__ import annotations

from injectmap.domain.patient import Patient
from injectmap.ui.widgets.name_label import NameLabel
from injectmap.words import load_words


def name_of(patient: Patient) -> str:
    """Family name first, or that the person was erased."""
    return load_words()("erased.person") if patient.erased else patient.display_name


def show_name(label: NameLabel, patient: Patient) -> None:
    """Show who it is: one entered in error is struck through, an erased person is not."""
    if patient.erased:
        label.show_name(name_of(patient), "")
    else:
        label.show_name(patient.family_name, patient.given_name, struck=bool(patient.error_reason))


def standing_of(patient: Patient) -> str:
    """What is said of a patient who is no longer treated here; nothing of any other."""
    if patient.erased:
        return load_words()("erased.state")
    return load_words()("patient.in_error") if patient.error_reason else ""
