"""An anchor: one row of the chain with its hash, kept outside the database, where nobody can change it with the rest."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from injectmap.domain.errors import InjectmapError, InputRefused
from injectmap.domain.forms import FAULTS, read_json
from injectmap.domain.journal import canonical_json
from injectmap.domain.proof import Finding, FindingCode

FORM = 1
# A signed one has some 500 characters.
SIZE_LIMIT = 4_096

_HASH = re.compile(r"[0-9a-f]{64}")
_SIGNATURE = re.compile(r"[0-9a-f]{128}")
_IDENTIFIER = re.compile(r"[0-9A-Za-z\-]{1,64}")
_PROGRAM = re.compile(r"[0-9A-Za-z.+\-]{1,40}")
_LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Anchor:
    """A row of a clinic's chain, its hash and when it was taken; signed if there is a key.

    `public_key` and `signature` are Ed25519 in hexadecimal, both or neither; the signature is over `signed_text`.
    """

    clinic_id: str
    number: int
    hash: str
    at_ms: int
    program: str
    public_key: str = ""
    signature: str = ""

    @property
    def signed_text(self) -> bytes:
        """What a signature is over: all of it but the signature, in canonical form."""
        return canonical_json(_facts(self) | {"public_key": self.public_key}).encode()

    def with_key(self, public_key: str) -> Anchor:
        """The same anchor, to be signed with this key."""
        return replace(self, public_key=public_key, signature="")


def _facts(anchor: Anchor) -> dict[str, Any]:
    return {
        "injectmap_anchor": FORM,
        "clinic": anchor.clinic_id,
        "row": anchor.number,
        "hash": anchor.hash,
        "at_ms": anchor.at_ms,
        "program": anchor.program,
    }


def anchor_to_text(anchor: Anchor) -> str:
    """Return the text of an anchor file."""
    data = _facts(anchor)
    if anchor.signature:
        data |= {"public_key": anchor.public_key, "signature": anchor.signature}
    return json.dumps(data, indent=2, sort_keys=True) + "\n"


def anchor_from_text(content: bytes) -> Anchor:
    """Return the anchor of a file's content; InputRefused("anchor_unreadable") for whatever is no anchor."""
    try:
        data = read_json(content.decode("utf-8"), "anchor", limit=SIZE_LIMIT)
        anchor = _anchor_of(data)
    except (*FAULTS, InjectmapError):
        raise InputRefused("anchor_unreadable") from None
    return anchor


def _anchor_of(data: Any) -> Anchor:
    if not isinstance(data, dict):
        raise TypeError
    needed = {"injectmap_anchor", "clinic", "row", "hash", "at_ms", "program"}
    signed = {"public_key", "signature"}
    if data.keys() not in (needed, needed | signed) or _whole(data["injectmap_anchor"]) != FORM:
        raise ValueError
    public_key = signature = ""
    if signed <= data.keys():
        public_key = _matching(_HASH, data["public_key"])
        signature = _matching(_SIGNATURE, data["signature"])
    number = _whole(data["row"])
    if number < 1:
        raise ValueError
    return Anchor(
        _matching(_IDENTIFIER, data["clinic"]),
        number,
        _matching(_HASH, data["hash"]),
        _whole(data["at_ms"]),
        _matching(_PROGRAM, data["program"]),
        public_key,
        signature,
    )


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _LARGEST:
        raise ValueError
    return value


def _matching(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError
    return value


def anchor_as_printed(clinic_id: str, row: str, hash_: str) -> Anchor:
    """Return the anchor of a page as somebody typed it; InputRefused("anchor_unreadable")."""
    figures, typed = row.strip(), "".join(hash_.split()).lower()
    if not (figures.isascii() and figures.isdecimal() and len(figures) < 16 and _HASH.fullmatch(typed)):
        raise InputRefused("anchor_unreadable")
    if int(figures) < 1:
        raise InputRefused("anchor_unreadable")
    return Anchor(clinic_id, int(figures), typed, 0, "printed")


def public_key_from_text(text: str) -> str:
    """Return a public key typed or read from a file; InputRefused("public_key_unreadable")."""
    key = "".join(text.split()).lower()
    if not _HASH.fullmatch(key):
        raise InputRefused("public_key_unreadable")
    return key


def compare(anchor: Anchor, found: str | None, last: int) -> Finding | None:
    """Say how a chain differs from an anchor of its clinic; `found` is the hash of its row of that number, if it has one."""
    if found is None:
        return Finding(FindingCode.ANCHOR_ROW_MISSING, anchor.number, last)
    if found != anchor.hash:
        return Finding(FindingCode.ANCHOR_HASH_DIFFERS, anchor.number)
    return None
