"""Where a clinic is: a file, or a database on a server."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

# How an address begins; the first form names the driver too.
SCHEMES = ("postgresql+psycopg", "postgresql", "postgres")


@dataclass(frozen=True, slots=True, repr=False)
class ServerAddress:
    """The address of a database on a server; its text may hold a password, and so is never shown."""

    text: str

    def __repr__(self) -> str:
        """Nothing of the text."""
        return "ServerAddress(...)"


ClinicPlace = Path | ServerAddress


def is_address(text: str) -> bool:
    """True for the address of a server, and false for the path of a file."""
    scheme, separator, _ = text.partition("://")
    return bool(separator) and scheme in SCHEMES


def clinic_place(text: str) -> ClinicPlace:
    """Where a clinic is, from what was typed."""
    return ServerAddress(text) if is_address(text) else Path(text)
