"""The last good backup, always visible in the footer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QPushButton

from injectmap.ui.icons import icon
from injectmap.ui.theme import Theme, font
from injectmap.ui.trust.backup_texts import CALM, last_text, place_text, standing_text
from injectmap.ui.widgets.tips import plain_tip

if TYPE_CHECKING:
    from injectmap.ui.desk import Desk
    from injectmap.ui.trust.backup_watch import BackupWatch


class BackupState(QPushButton):
    """An icon and words; a click goes to the page "Safety". What is wrong has another icon, not only a colour."""

    def __init__(self, theme: Theme, desk: Desk, watch: BackupWatch) -> None:
        super().__init__()
        self._theme, self._desk, self._watch = theme, desk, watch
        self._icon, self._colour = "tick", "text2"
        self.setFont(font("label"))
        self.setFlat(True)
        self.setIconSize(QSize(14, 14))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        watch.changed.connect(self.refresh)
        theme.changed.connect(self._tint)
        self.refresh()

    @property
    def mark(self) -> str:
        """The icon shown."""
        return self._icon

    def refresh(self) -> None:
        """Show how the backups of the open clinic stand."""
        standing, desk = self._watch.standing, self._desk
        self.setVisible(standing is not None)
        if standing is None:
            return
        services = desk.services
        zone, now = services.settings.time_zone, services.clock.now_ms()
        wrong = standing.damaged or (bool(standing.problem) and standing.problem not in CALM)
        old = standing.last is not None and standing.old
        self._icon = (
            "warning" if wrong or old else "tick" if standing.last and not standing.problem else "info"
        )
        self._colour = "error" if wrong or old else "text2"
        self.setText(last_text(standing, now, zone))
        lines = [standing_text(standing, zone)]
        if not standing.on_server:
            lines += [place_text(one, now, zone) for one in services.backups.plan().places if one.problem]
        tip = "\n".join(lines)
        self.setToolTip(plain_tip(tip))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(tip)
        self._tint()

    def _tint(self) -> None:
        colour = self._theme.colour(self._colour)
        self.setIcon(icon(self._icon, colour))
        self.setStyleSheet(
            f"QPushButton {{ border: none; background: transparent; padding: 0 2px; font-weight: 400; color: {colour.name()}; }}"
        )
