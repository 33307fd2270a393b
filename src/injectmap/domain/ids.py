"""Program-made identifiers: UUID version 7 as text, ordered by time and never reused."""

from __future__ import annotations

import secrets
import time
import uuid


def new_id(unix_ms: int | None = None) -> str:
    """Return a UUIDv7 (RFC 9562) for the given instant, or for now."""
    stamp = time.time_ns() // 1_000_000 if unix_ms is None else unix_ms
    value = (stamp & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76  # version
    value = value & ~(0x3 << 62) | 0x2 << 62  # variant
    return str(uuid.UUID(int=value))


def made_ms(identifier: str) -> int | None:
    """Return when one of our ids was made, in UTC milliseconds; None for any other text."""
    try:
        value = uuid.UUID(identifier)
    except ValueError:
        return None
    return value.int >> 80 if value.version == 7 else None
