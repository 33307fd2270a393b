"""What a clinic sets once: its name, its time zone, its paper."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Paper(StrEnum):
    """Page sizes a record prints on."""

    A4 = "a4"
    LETTER = "us-letter"


@dataclass(frozen=True, slots=True)
class PrintLook:
    """How a record is to look on paper: on the clinic's paper unless another is named, shaded or as line art.

    Line art (`mono`) needs no colour: zones are told by pattern and name.
    """

    paper: Paper | None = None
    mono: bool = False


@dataclass(frozen=True, slots=True)
class ClinicSettings:
    """Settings stored with the clinic's data; `time_zone` is an IANA name and gives the treatment date."""

    name: str
    time_zone: str = "Europe/London"
    paper: Paper = Paper.A4
    demo: bool = False
