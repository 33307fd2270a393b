"""How a record looks on paper; apart from the settings, since the command line names it before anything is loaded."""

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
