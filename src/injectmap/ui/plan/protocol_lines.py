"""The protocols laid on the open map, with their version, and what the map has otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk
from injectmap.ui.plan.texts import protocol_details, protocol_summary
from injectmap.ui.theme import Theme, font
from injectmap.ui.widgets.basics import Scroller, TextLabel, column
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.map_items import AppliedProtocol
    from injectmap.domain.protocol import Protocol
    from injectmap.domain.treatment_map import TreatmentMap
    from injectmap.editing.editor import MapEditor

_MOST = 104


class ProtocolLines(QWidget):
    """One block of text a protocol; long ones scroll. A map that has not changed is not compared again."""

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        self._theme, self._desk = theme, desk
        self._known: dict[tuple[str, int], Protocol | None] = {}
        self._shown: TreatmentMap | None = None
        body = QWidget()
        self._body = column(body, margins=(16, 4, 16, 2), spacing=1)
        self._scroller = Scroller(body)
        layout = column(self)
        layout.addWidget(self._scroller)
        self.labels: list[TextLabel] = []
        self.hide()

    @property
    def text(self) -> str:
        """All that is said, line by line."""
        return "\n".join(one.full_text() for one in self.labels)

    def follow(self, editor: MapEditor) -> None:
        """The map may have changed."""
        if editor.map is self._shown:
            return
        self._shown = editor.map
        self.setVisible(bool(editor.map.protocols))
        if not editor.map.protocols and not self.labels:
            return
        lines = self._lines(editor)
        while len(self.labels) > len(lines):
            label = self.labels.pop()
            self._body.removeWidget(label)
            label.deleteLater()
        for number, (role, colour, text) in enumerate(lines):
            if number == len(self.labels):
                label = TextLabel(self._theme, "label", colour, wrap=True)
                self.labels.append(label)
                self._body.addWidget(label)
            label = self.labels[number]
            label.setFont(font(role))
            label.set_colour(colour)
            label.setText(text)
        self._fit()

    def _lines(self, editor: MapEditor) -> list[tuple[str, str, str]]:
        from injectmap.domain.laying import differences

        words, found = load_words(), []
        applied: dict[tuple[str, int], AppliedProtocol] = {
            (one.protocol_id, one.version): one for one in editor.map.protocols
        }
        for key, one in applied.items():
            label = words(f"protocol.{one.label}")
            title = words("plan.applied", name=one.name, version=one.version, label=label)
            found.append(("table_strong", "text", title))
            protocol = self._protocol(*key)
            if protocol is None:
                found.append(("label", "text2", words("plan.protocol.unknown")))
                continue
            for side in differences(editor.map, protocol, editor.atlas):
                found.append(("label", "text", protocol_summary(side)))
                found += [
                    ("label", "text2", text) for text in protocol_details(side, protocol, editor.map.numbers)
                ]
        return found

    def _protocol(self, protocol_id: str, version: int) -> Protocol | None:
        """A version never changes: it is read once."""
        desk, key = self._desk, (protocol_id, version)
        if self._known.get(key) is None:
            try:
                self._known[key] = desk.services.protocols.get(desk.acting, protocol_id, version)
            except InjectmapError:
                return None
        return self._known[key]

    def resizeEvent(self, event: object) -> None:
        """Lines break anew."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        width = max(200, self.width())
        wanted = self._body.totalHeightForWidth(width) if self.labels else 0
        self._scroller.setFixedHeight(max(0, min(wanted, _MOST)))
