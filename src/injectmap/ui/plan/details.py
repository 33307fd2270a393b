"""What was done otherwise than planned, what of the plan was not done, and what differs from each protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.ui.desk import Desk
from injectmap.ui.plan.texts import by_side, deviation_text, protocol_details, protocol_summary
from injectmap.ui.theme import Theme, font
from injectmap.ui.widgets.basics import Scroller, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.map_items import AppliedProtocol
    from injectmap.domain.protocol import Protocol
    from injectmap.domain.treatment_map import CannulaPass, TreatmentMap
    from injectmap.editing.editor import MapEditor

# A line: type role, colour token, text.
Line = tuple[str, str, str]


class Details(QWidget):
    """Lines of text that scroll, shown on demand. A map that has not changed is not compared again."""

    waiting_wanted = Signal()

    def __init__(self, theme: Theme, desk: Desk) -> None:
        super().__init__()
        self._theme, self._desk = theme, desk
        self._known: dict[tuple[str, int], Protocol] = {}
        self._seen: TreatmentMap | None = None
        self.waiting: tuple[CannulaPass, ...] = ()
        self.lines: list[Line] = []
        self.summary = ""
        self._labels: list[TextLabel] = []
        self.not_done = Button(theme, "", kind="flat")
        self.not_done.setToolTip(load_words()("plan.select.tip"))
        self.not_done.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.not_done.setStyleSheet("text-align: left")
        self.not_done.clicked.connect(self.waiting_wanted)
        self.planning = Button(theme, "", kind="flat")
        self.planning.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        body = QWidget()
        outer = column(body, margins=(0, 0, 0, 4))
        which = column(margins=(9, 0, 9, 0))
        which.addWidget(self.not_done)
        self._texts = column(margins=(16, 2, 16, 0), spacing=2)
        outer.addLayout(which)
        outer.addLayout(self._texts)
        last = column(margins=(9, 4, 9, 0))
        last.addWidget(self.planning)
        outer.addLayout(last)
        outer.addStretch(1)
        layout = column(self)
        layout.addWidget(Scroller(body))
        self.hide()

    @property
    def text(self) -> str:
        """All that is said, line by line."""
        return "\n".join(text for _, _, text in self.lines)

    def follow(self, editor: MapEditor) -> None:
        """The map may have changed."""
        self.planning.setVisible(not editor.read_only)
        self.planning.setText(load_words()("plan.draw.done" if editor.planning else "plan.draw.plan"))
        if editor.map is self._seen:
            return
        self._seen = editor.map
        fulfilled = {one.fulfils for one in editor.map.passes}
        self.waiting = tuple(one for one in editor.map.passes if one.is_planned and one.id not in fulfilled)
        self.not_done.setVisible(bool(self.waiting))
        which = by_side(self.waiting, editor.map.numbers)
        self.not_done.setText(load_words()("plan.which", passes=which))
        self.summary = ""
        self.lines = [*self._deviations(editor), *self._protocols(editor)]
        self._show_lines()

    def _deviations(self, editor: MapEditor) -> list[Line]:
        """Each pass done otherwise than planned with its reason; those not done have their own line."""
        if not any(one.is_planned for one in editor.map.passes):
            return []
        from injectmap.domain.compare import deviations

        words, found = load_words(), list[Line]()
        for one in deviations(editor.map):
            if not one.differs or (one.done is None and not one.reason):
                continue
            found.append(("label", "text", deviation_text(one, editor.map.numbers)))
            given = words("plan.reason.given", reason=one.reason) if one.reason else words("plan.reason.none")
            found.append(("label", "text2", given))
        return found

    def _protocols(self, editor: MapEditor) -> list[Line]:
        applied: dict[tuple[str, int], AppliedProtocol] = {
            (one.protocol_id, one.version): one for one in editor.map.protocols
        }
        if not applied:
            return []
        from injectmap.domain.laying import differences

        words, found = load_words(), list[Line]()
        titles = []
        for key, one in applied.items():
            label = words(f"protocol.{one.label}")
            title = words("plan.applied", name=one.name, version=one.version)
            found.append(("table_strong", "text", words("plan.applied.label", title=title, label=label)))
            protocol = self._protocol(*key)
            if protocol is None:
                titles.append(title)
                found.append(("label", "text2", words("plan.protocol.unknown")))
                continue
            sides = differences(editor.map, protocol, editor.atlas)
            same = all(side.none for side in sides)
            titles.append(words("plan.applied.same" if same else "plan.applied.differs", title=title))
            for side in sides:
                found.append(("label", "text", protocol_summary(side)))
                lines = protocol_details(side, protocol, editor.map.numbers)
                found += [("label", "text2", text) for text in lines]
        self.summary = "; ".join(titles)
        return found

    def _protocol(self, protocol_id: str, version: int) -> Protocol | None:
        """A version never changes: it is read once."""
        desk, key = self._desk, (protocol_id, version)
        if key not in self._known:
            try:
                found = desk.services.protocols.get(desk.acting, protocol_id, version)
            except InjectmapError:
                found = None
            if found is None:
                return None
            self._known[key] = found
        return self._known[key]

    def _show_lines(self) -> None:
        while len(self._labels) > len(self.lines):
            label = self._labels.pop()
            self._texts.removeWidget(label)
            label.deleteLater()
        while len(self._labels) < len(self.lines):
            label = TextLabel(self._theme, wrap=True)
            self._labels.append(label)
            self._texts.addWidget(label)
        for label, (role, colour, text) in zip(self._labels, self.lines, strict=True):
            label.setFont(font(role))
            label.set_colour(colour)
            label.setText(text)
