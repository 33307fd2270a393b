"""The time, from the system."""

from __future__ import annotations

import datetime as dt
import time
from zoneinfo import ZoneInfo


class SystemClock:
    """The computer's clock; instants are UTC, and a date needs to know where."""

    def now_ms(self) -> int:
        """Milliseconds since 1970 UTC."""
        return time.time_ns() // 1_000_000

    def today(self, time_zone: str) -> dt.date:
        """The local date in an IANA time zone."""
        return dt.datetime.now(ZoneInfo(time_zone)).date()
