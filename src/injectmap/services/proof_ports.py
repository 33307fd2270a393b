"""What proving the journal needs from outside: the stored chain, signatures, the anchor page, and a memory."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from injectmap.domain.anchors import Anchor
from injectmap.domain.proof import FileMark, Findings, Head, Progress, no_progress

if TYPE_CHECKING:
    from injectmap.services.ports import RenderedPage


class ProofBook(Protocol):
    """The stored chain and what is compared with it, in one consistent state."""

    def mark(self) -> FileMark:
        """What the file was made as."""
        ...

    def head(self) -> Head:
        """The end of the chain as stored."""
        ...

    def hash_of(self, number: int) -> str | None:
        """The stored hash of a row; None if there is no such row."""
        ...

    def prove(self, progress: Progress = no_progress) -> Findings:
        """Recompute the chain, replay it into every clinical table and compare; `progress` may raise to stop."""
        ...


class Signatures(Protocol):
    """The clinic's Ed25519 key, kept in a file outside the database."""

    def make_key(self, path: Path) -> str:
        """Write a new key to a file that only its owner reads; return its public half in hexadecimal."""
        ...

    def sign(self, anchor: Anchor, path: Path) -> Anchor:
        """Return an anchor signed with the key of a file."""
        ...

    def holds(self, anchor: Anchor) -> bool:
        """True if the anchor's signature is that of the public key it names."""
        ...


class AnchorOutput(Protocol):
    """Makes the page on which an anchor is kept in print."""

    def anchor_pdf(self, anchor: Anchor, clinic_name: str, time_zone: str, paper: str) -> bytes:
        """One page with the row, its hash in groups, and what it is for."""
        ...

    def anchor_pages(
        self, anchor: Anchor, clinic_name: str, time_zone: str, paper: str, *, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        """The same page as a picture."""
        ...


@dataclass(frozen=True, slots=True)
class LastProof:
    """The latest proof made with this program on this computer; `row` was the head then."""

    at_ms: int
    row: int
    whole: bool
    faults: int = 0


class ProofMemory(Protocol):
    """Remembers the latest proof of each clinic on this computer."""

    def last(self, clinic_id: str) -> LastProof | None:
        """The latest proof; None if there was none."""
        ...

    def keep(self, clinic_id: str, proof: LastProof) -> None:
        """Remember a proof; where that cannot be written it is forgotten."""
        ...
