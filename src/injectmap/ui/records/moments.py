"""Instants as the clinic reads them: 22 Nov 2026, 14:32."""

from __future__ import annotations

import datetime as dt

from injectmap.ui.widgets.dates import show_date


def show_moment(at_ms: int) -> str:
    """Write an instant in this computer's time."""
    moment = dt.datetime.fromtimestamp(at_ms / 1000, tz=dt.UTC).astimezone()
    return f"{show_date(moment.date())}, {moment:%H:%M}"
