"""What this treatment session has otherwise than the one shown under it: mL by zone and side, and mm by pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from injectmap.ui.canvas.bridge import EditorBridge
from injectmap.ui.session.looks import zone_name
from injectmap.ui.session.totals_panel import FiguresLine, TotalsTable
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Hairline, Scroller, TextLabel, column
from injectmap.ui.widgets.buttons import Button
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.compare import MatchedPass, SessionDifference, ZoneDifference
    from injectmap.domain.treatment_map import TreatmentMap

_ROW = 24
_MOST_ROWS = 8
# Half a millimetre of the head cannot be seen and says nothing about a pass.
_MOVED_UM = 500


def signed(microlitres: int) -> str:
    """More with a plus, less with a minus, nothing as a dash."""
    from injectmap.domain.units import show_volume

    if not microlitres:
        return "–"
    return f"{'+' if microlitres > 0 else '−'}{show_volume(abs(microlitres))}"


class DifferencePanel(QWidget):
    """Shown while another session lies under this one; it counts what is done and follows every edit.

    Folded it is the sums under the totals; unfolded its zones take the place of the totals.
    """

    unfolded = Signal(bool)

    def __init__(self, theme: Theme, bridge: EditorBridge) -> None:
        super().__init__()
        words = load_words()
        self._bridge = bridge
        self.compared: TreatmentMap | None = None
        self._by_zone = False
        self.title = TextLabel(theme, "table_strong", "text", elide=True)
        self.fold = Button(theme, words("difference.by_zone"), kind="flat")
        self.fold.clicked.connect(self._toggle)
        names = [words(f"totals.{column}") for column in ("right", "left", "both")]
        self._heads = FiguresLine(theme, "", names, sums=False)
        self.table = TotalsTable(theme)
        self._scroller = Scroller(self.table)
        self.sums = FiguresLine(theme, words("difference.all"), ["–", "–", "–"], sums=True)
        self.passes = TextLabel(theme, "label", "text2", wrap=True)
        self.chosen = TextLabel(theme, "label", "text", wrap=True)
        for label in (self.passes, self.chosen):
            label.setContentsMargins(16, 2, 16, 0)
        head = QHBoxLayout()
        head.setContentsMargins(16, 6, 8, 0)
        head.addWidget(self.title, 1)
        head.addWidget(self.fold)
        layout = column(self, margins=(0, 0, 0, 10))
        self._edge = Hairline(theme)
        layout.addWidget(self._edge)
        layout.addLayout(head)
        for widget in (self._heads, self._scroller, self.sums, self.passes, self.chosen):
            layout.addWidget(widget)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        bridge.changed.connect(self._on_changed)
        self.hide()

    def compare_with(self, other: TreatmentMap | None, date: str) -> None:
        """Compare with another session's map, its date in words, or with none."""
        self.compared = other
        self.title.setText(load_words()("difference.title", date=date))
        if other is None:
            self._unfold(by_zone=False)
        self._show()

    def _toggle(self) -> None:
        self._unfold(by_zone=not self._by_zone)
        self._show()

    def _unfold(self, *, by_zone: bool) -> None:
        self._by_zone = by_zone
        self.fold.setText(load_words()("totals.title" if by_zone else "difference.by_zone"))
        self.unfolded.emit(by_zone)

    def _on_changed(self, aspects: frozenset[str]) -> None:
        if self.compared is not None and aspects & {"map", "selection"}:
            self._show()

    def _show(self) -> None:
        editor = self._bridge.editor
        self.setVisible(self.compared is not None and editor is not None)
        if self.compared is None or editor is None:
            return
        from injectmap.domain.compare import compare

        found = compare(self.compared, editor.map, as_shown=True)
        rows = tuple(
            (row.zone, zone_name(editor, row.zone), *_signs(row))
            for row in found.zones
            if row.right_ul or row.left_ul
        )
        self.table.show_rows(rows)
        self._scroller.setFixedHeight(_ROW * min(len(rows), _MOST_ROWS))
        self._scroller.setVisible(self._by_zone and bool(rows))
        self._heads.setVisible(self._by_zone)
        # Where the totals give way, theirs is the line above.
        self._edge.setVisible(not self._by_zone)
        self.sums.show_figures(list(_signs(found)))
        self.passes.setText(_passes_text(found))
        chosen = _chosen_text(found, editor.map.numbers, editor.primary) if len(editor.selection) == 1 else ""
        self.chosen.setText(chosen)
        self.chosen.setVisible(bool(chosen))


def _signs(one: ZoneDifference | SessionDifference) -> tuple[str, str, str]:
    return signed(one.right_ul), signed(one.left_ul), signed(one.both_ul)


def _farthest(one: MatchedPass) -> int:
    return max(one.entry_moved_um, one.tip_moved_um)


def _passes_text(found: SessionDifference) -> str:
    """How many passes lie as they lay, moved, came and went."""
    from injectmap.domain.units import show_length

    words = load_words()
    moved = [_farthest(one) for one in found.matched if _farthest(one) >= _MOVED_UM]
    counts = {
        "difference.where_it_was": len(found.matched) - len(moved),
        "difference.moved": len(moved),
        "difference.only_now": len(found.only_after),
        "difference.only_then": len(found.only_before),
    }
    farthest = show_length(max(moved, default=0))
    parts = [words(key, count=count, mm=farthest) for key, count in counts.items() if count]
    return words("difference.passes", parts=", ".join(parts)) if parts else ""


def _chosen_text(found: SessionDifference, numbers: dict[str, int], primary: str | None) -> str:
    """The one selected pass: how far it moved, and what else is more or less."""
    from injectmap.domain.units import show_length

    words = load_words()
    own = next((one for one in found.matched if one.after.id == primary), None)
    if own is None or primary is None:
        new = primary in {one.id for one in found.only_after}
        return words("difference.pass_new", number=numbers[primary]) if primary and new else ""
    length = show_length(abs(own.length_um))
    sign = "" if length == "0" else ("+" if own.length_um > 0 else "−")
    return words(
        "difference.pass",
        number=numbers[own.after.id],
        entry=show_length(own.entry_moved_um),
        tip=show_length(own.tip_moved_um),
        length=f"{sign}{length}",
        ml=signed(own.microlitres),
    )
