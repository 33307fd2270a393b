"""Remembers when each clinic was last proved with this program on this computer."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from injectmap.domain.forms import FAULTS
from injectmap.services.files import put_whole
from injectmap.services.proof_ports import LastProof

_FILE = "proofs.json"
# Clinics that one computer knows.
_KEPT = 50


class ProofMemoryFile:
    """A small file in the program's own folder; what cannot be read counts as never proved."""

    def __init__(self, folder: Path) -> None:
        """Keep to a folder."""
        self._path = folder / _FILE

    def last(self, clinic_id: str) -> LastProof | None:
        """The latest proof of a clinic."""
        try:
            at_ms, row, whole, faults = self._read()[clinic_id]
            return LastProof(int(at_ms), int(row), bool(whole), int(faults))
        except FAULTS:
            return None

    def keep(self, clinic_id: str, proof: LastProof) -> None:
        """Remember a proof, the latest clinics first."""
        held = self._read()
        held.pop(clinic_id, None)
        kept = {clinic_id: [proof.at_ms, proof.row, proof.whole, proof.faults], **held}
        with contextlib.suppress(OSError):
            put_whole(self._path, json.dumps(dict(list(kept.items())[:_KEPT])).encode())

    def _read(self) -> dict[str, list[int]]:
        try:
            held = json.loads(self._path.read_text("utf-8"))
        except (OSError, *FAULTS):
            return {}
        return held if isinstance(held, dict) else {}
