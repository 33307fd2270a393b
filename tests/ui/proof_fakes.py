"""Stand-ins for signatures, the anchor page and the memory of proofs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from injectmap.domain.anchors import Anchor
from injectmap.services.ports import RenderedPage
from injectmap.services.proof_ports import LastProof


class FakeSignatures:
    def make_key(self, path: Path) -> str:
        return "a" * 64

    def sign(self, anchor: Anchor, path: Path) -> Anchor:
        return replace(anchor, public_key="a" * 64, signature="b" * 128)

    def holds(self, anchor: Anchor) -> bool:
        return anchor.signature == "b" * 128


class FakeAnchorOutput:
    def anchor_pdf(self, anchor: Anchor, clinic_name: str, time_zone: str, paper: str) -> bytes:
        return f"%PDF anchor {anchor.number}".encode()

    def anchor_pages(
        self, anchor: Anchor, clinic_name: str, time_zone: str, paper: str, *, pixels_per_inch: float
    ) -> tuple[RenderedPage, ...]:
        import io

        from PIL import Image

        content = io.BytesIO()
        Image.new("L", (80, 110), 200).save(content, "PNG")
        return (RenderedPage(content.getvalue(), 595.0, 842.0),)


class FakeProofMemory:
    def __init__(self) -> None:
        self.kept: dict[str, LastProof] = {}

    def last(self, clinic_id: str) -> LastProof | None:
        return self.kept.get(clinic_id)

    def keep(self, clinic_id: str, proof: LastProof) -> None:
        self.kept[clinic_id] = proof
