"""A day and a time of day, typed; the form of an adverse event is written minute by minute."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QHBoxLayout, QWidget

from injectmap.ui.widgets.fields import DateField
from injectmap.ui.widgets.form import text_field
from injectmap.words import load_words

_TIME = re.compile(r"(\d{1,2})[:.h ]?(\d{2})")


def read_time(typed: str) -> dt.time | None:
    """Read 14:32, 14.32, 1432 or 9:05; None for what is no time."""
    found = _TIME.fullmatch(typed.strip())
    if found is None or not typed.isascii():
        return None
    hour, minute = int(found.group(1)), int(found.group(2))
    return dt.time(hour, minute) if hour < 24 and minute < 60 else None


class MomentField(QWidget):
    """Two fields that give one instant in the clinic's time; what is left as it was shown is the very same instant."""

    def __init__(self) -> None:
        super().__init__()
        words = load_words()
        self._zone = ZoneInfo("UTC")
        self._shown: tuple[str, str, int] | None = None
        self.day = DateField()
        self.day.setAccessibleName(words("moment.day"))
        self.time = text_field()
        self.time.setFixedWidth(76)
        self.time.setAccessibleName(words("moment.time"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.day, 1)
        layout.addWidget(self.time)
        self.setFocusProxy(self.day)

    def show_moment(self, at_ms: int, zone: ZoneInfo) -> None:
        """Show an instant in a time zone, in which typed ones are read too."""
        self._zone = zone
        moment = dt.datetime.fromtimestamp(at_ms / 1000, tz=zone)
        self.day.set_date(moment.date())
        self.time.setText(f"{moment:%H:%M}")
        self._shown = self.day.text(), self.time.text(), at_ms

    def at_ms(self) -> int | None:
        """The instant; None if day or time cannot be read, or if the clocks left this time out."""
        if self._shown is not None and (self.day.text(), self.time.text()) == self._shown[:2]:
            return self._shown[2]
        day, time = self.day.date(), read_time(self.time.text())
        if day is None or time is None:
            return None
        local = dt.datetime.combine(day, time, self._zone)
        instant = local.astimezone(dt.UTC)
        if instant.astimezone(self._zone).replace(tzinfo=None) != local.replace(tzinfo=None):
            return None
        return int(instant.timestamp() * 1000)
