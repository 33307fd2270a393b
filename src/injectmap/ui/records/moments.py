"""Instants as the clinic reads them, in the clinic's own time zone: 22 Nov 2026, 14:32."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from injectmap.ui.widgets.dates import show_date

if TYPE_CHECKING:
    from injectmap.ui.desk import Desk


def zone_of(desk: Desk) -> ZoneInfo:
    """The time zone that the clinic has set, in which its records print."""
    return ZoneInfo(desk.services.settings_service.current().time_zone)


def show_moment(at_ms: int, zone: ZoneInfo) -> str:
    """Write an instant."""
    moment = dt.datetime.fromtimestamp(at_ms / 1000, tz=zone)
    return f"{show_date(moment.date())}, {moment:%H:%M}"
