"""The passes of the open treatment session as rows under the patient's sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from injectmap.domain.errors import InputRefused
from injectmap.domain.totals import zone_volumes
from injectmap.domain.treatment_map import CannulaPass, Instrument, PassStatus, Side, Technique
from injectmap.domain.units import show_length, show_volume
from injectmap.ui.session import pass_order
from injectmap.ui.session.looks import instrument_text, zone_name, zone_names, zone_shares
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.ui.widgets.tips import plain_tip
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor

Index = QModelIndex | QPersistentModelIndex
_TOP = QModelIndex()


class Column(IntEnum):
    """The columns, left to right."""

    NUMBER = 0
    ZONE = 1
    FROM = 2
    PLANE = 3
    LENGTH = 4
    SYRINGE = 5
    VOLUME = 6


RIGHT_ALIGNED = frozenset({Column.NUMBER, Column.LENGTH, Column.SYRINGE, Column.VOLUME})


@dataclass(frozen=True, slots=True)
class SideRow:
    """The heading of a side with its sums."""

    side: Side
    count: int
    microlitres: int


@dataclass(frozen=True, slots=True)
class PassRow:
    """One pass as a row; what is shown of it is text already. `second` is said in a line under it."""

    one: CannulaPass
    cells: tuple[str, ...]
    zones: dict[str, int]
    second: tuple[str, ...]
    tip: str


Row = SideRow | PassRow


How = tuple[Technique, Instrument]


def usual_how(passes: Iterable[CannulaPass]) -> How | None:
    """How most passes were made, the first used of those that are as many."""
    common = Counter((one.technique, one.instrument) for one in passes).most_common(1)
    return common[0][0] if common else None


def how_text(how: How) -> str:
    """Such as Cannula 22G × 50 mm, retrograde."""
    technique, instrument = how
    return f"{instrument_text(instrument)}, {load_words()(f'technique.{technique}.short')}"


def rows_of(editor: MapEditor) -> list[Row]:
    """Rows under their sides, the side of the first pass first; a side without passes has no heading."""
    groups: dict[Side, list[CannulaPass]] = {}
    for one in editor.map.passes:
        groups.setdefault(one.side, []).append(one)
    syringes = {syringe.id: syringe.number for syringe in editor.syringes}
    usual = usual_how(editor.map.passes)
    rows: list[Row] = []
    for side, passes in groups.items():
        counted = sum(one.microlitres for one in passes if one.status is PassStatus.DONE)
        rows.append(SideRow(side, len(passes), counted))
        rows += [_pass_row(editor, one, syringes, usual) for one in passes]
    return rows


def _pass_row(editor: MapEditor, one: CannulaPass, syringes: dict[str, int], usual: How | None) -> PassRow:
    words = load_words()
    cells = (
        str(editor.map.numbers[one.id]),
        zone_names(editor, one),
        editor.map.entry_points[one.entry_id].letter if not one.is_point else "",
        words(f"plane.{one.plane}.short"),
        "–" if one.is_point else show_length(one.path.length_um),
        "+".join(str(syringes[share.syringe_id]) for share in one.shares if share.syringe_id in syringes),
        show_volume(one.microlitres) if one.microlitres else "–",
    )
    # A bolus has no length in its zone, and lies in it all the same.
    zones = zone_shares(one) if not one.is_point else dict.fromkeys(zone_shares(one), 1)
    tip = words(
        "passes.tip.bolus" if one.is_point else "passes.tip",
        number=cells[Column.NUMBER],
        side=words(f"side.{one.side}"),
        zones=cells[Column.ZONE] if one.is_point else _split_text(editor, one),
        entry=cells[Column.FROM],
        mm=cells[Column.LENGTH],
        technique=words(f"technique.{one.technique}").lower(),
        plane=words(f"plane.{one.plane}").lower(),
        instrument=instrument_text(one.instrument),
        volume=cells[Column.VOLUME],
    )
    return PassRow(one, cells, zones, _second(one, syringes, usual), tip)


def _second(one: CannulaPass, syringes: dict[str, int], usual: How | None) -> tuple[str, ...]:
    """Status, bolus or unusual technique, split, deposits, deviation: nothing for a plain pass."""
    words = load_words()
    said = []
    if one.status is not PassStatus.DONE:
        said.append(words(f"passes.status.{one.status}"))
    if len(one.shares) > 1:
        parts = (f"{syringes.get(s.syringe_id, '')} {show_volume(s.microlitres)}" for s in one.shares)
        said.append(words("passes.second.split", split=" + ".join(parts)))
    if one.deposits:
        laid = ", ".join(
            words("inline.deposit", mm=show_length(d.position_um), ml=show_volume(d.microlitres))
            for d in one.deposits
        )
        said.append(words("passes.second.deposits", deposits=laid))
    how = (one.technique, one.instrument)
    if how != usual:
        said.append(how_text(how))
    elif one.is_point:
        said.append(words(f"technique.{one.technique}.short"))
    if one.deviation:
        said.append(words("passes.second.deviation", reason=one.deviation))
    return tuple(said)


def _split_text(editor: MapEditor, one: CannulaPass) -> str:
    """Each zone with its part of the path, and of the volume where there are several."""
    words, lengths, volumes = load_words(), dict[str, int](), dict[str, int]()
    for part in one.path.zones:
        lengths[part.zone] = lengths.get(part.zone, 0) + part.length_um
    for (zone, _), microlitres in zone_volumes(one).items():
        volumes[zone] = volumes.get(zone, 0) + microlitres
    said = []
    for zone in sorted(lengths, key=lambda zone: -lengths[zone]):
        text = words("passes.tip.zone", zone=zone_name(editor, zone), mm=show_length(lengths[zone]))
        if len(lengths) > 1:
            text = f"{text} {words('volume.ml', volume=show_volume(volumes.get(zone, 0)))}"
        said.append(text)
    return ", ".join(said)


class PassTableModel(QAbstractTableModel):
    """Shows the editor's map; a typed volume goes to the editor, and `refused` says why it did not."""

    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._editor: MapEditor | None = None
        self._rows: list[Row] = []

    @property
    def rows(self) -> list[Row]:
        """The rows shown."""
        return self._rows

    def show_editor(self, editor: MapEditor | None) -> bool:
        """Show the editor's present map; True if rows came, went or moved."""
        rows = rows_of(editor) if editor is not None else []
        same = editor is self._editor and [_key(row) for row in rows] == [_key(row) for row in self._rows]
        if same:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(Column) - 1))
            return False
        self.beginResetModel()
        self._editor, self._rows = editor, rows
        self.endResetModel()
        return True

    def pass_id(self, row: int) -> str | None:
        """The pass of a row."""
        found = self._rows[row] if 0 <= row < len(self._rows) else None
        return found.one.id if isinstance(found, PassRow) else None

    def row_of(self, pass_id: str) -> int | None:
        """The row of a pass."""
        for number, row in enumerate(self._rows):
            if isinstance(row, PassRow) and row.one.id == pass_id:
                return number
        return None

    def rows_of_passes(self, pass_ids: Iterable[str]) -> list[int]:
        """The rows of passes."""
        wanted = set(pass_ids)
        return [n for n, row in enumerate(self._rows) if isinstance(row, PassRow) and row.one.id in wanted]

    def set_volume(self, row: int, typed: str) -> bool:
        """Give one pass a typed volume; False if it was refused, and the typed text should stay."""
        pass_id = self.pass_id(row)
        if self._editor is None or pass_id is None:
            return False
        self._editor.select([pass_id])
        try:
            self._editor.set_volume_text(typed)
        except InputRefused as refused:
            self.refused.emit(error_sentence(refused))
            return False
        self.refused.emit("")
        return True

    # The order of treatment

    def passes_of_side(self, pass_id: str) -> list[CannulaPass]:
        """The passes under the heading that a pass stands under, as shown."""
        rows = [row.one for row in self._rows if isinstance(row, PassRow)]
        side = next((one.side for one in rows if one.id == pass_id), None)
        return [one for one in rows if one.side is side]

    def move_by_step(self, pass_ids: Sequence[str], step: int) -> bool:
        """Treat passes one earlier or later among those of their side; False if they are at the end already."""
        if self._editor is None or not pass_ids or self._editor.read_only:
            return False
        before_id, possible = pass_order.stepped(self.passes_of_side(pass_ids[0]), pass_ids, step)
        if possible and before_id is None:
            last = self.passes_of_side(pass_ids[0])[-1]
            before_id = pass_order.before(self._editor.map.passes, pass_ids, last, None)
        return possible and self._reorder(pass_ids, before_id)

    def _reorder(self, pass_ids: Sequence[str], before_id: str | None) -> bool:
        assert self._editor is not None
        try:
            self._editor.reorder(pass_ids, before_id)
        except InputRefused as refused:
            self.refused.emit(error_sentence(refused))
            return False
        return True

    def supportedDropActions(self) -> Qt.DropAction:
        """Rows are moved, never copied."""
        return Qt.DropAction.MoveAction

    def mimeTypes(self) -> list[str]:
        """Only our own rows."""
        return [pass_order.MIME]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The passes of the dragged rows."""
        ids = [self.pass_id(row) for row in sorted({index.row() for index in indexes})]
        return pass_order.packed([one for one in ids if one is not None])

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: Index
    ) -> bool:
        """Move the dragged passes before the row they were dropped above.

        Never true: Qt would take the old rows away itself, whereas the editor's answer has moved them already.
        """
        moved = pass_order.unpacked(data)
        if self._editor is None or not moved or row < 0:
            return False
        above, below = self._pass_at(row - 1), self._pass_at(row)
        self._reorder(moved, pass_order.before(self._editor.map.passes, moved, above, below))
        return False

    def _pass_at(self, row: int) -> CannulaPass | None:
        found = self._rows[row] if 0 <= row < len(self._rows) else None
        return found.one if isinstance(found, PassRow) else None

    # Qt's questions

    def rowCount(self, parent: Index = _TOP) -> int:
        """Rows at the top, none below."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _TOP) -> int:
        """Always seven."""
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Only passes are selected and dragged, only volumes are typed; rows are dropped between rows."""
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        if not isinstance(self._rows[index.row()], PassRow):
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        editable = self._editor is not None and not self._editor.read_only
        if editable:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        if index.column() == Column.VOLUME and editable:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The columns' names."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        words = load_words()
        name = Column(section).name.lower()
        if role == Qt.ItemDataRole.DisplayRole:
            return words(f"passes.column.{name}")
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return words(f"passes.column.{name}.long")
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Text, what is read aloud, the tooltip, the row itself."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return row
        if isinstance(row, SideRow):
            spoken = role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
            return side_text(row) if spoken and index.column() == 0 else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.cells[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            name = load_words()(f"passes.column.{Column(index.column()).name.lower()}.long")
            return f"{name} {row.cells[index.column()]}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(row.tip)
        return _alignment(index.column()) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A typed volume."""
        if role != Qt.ItemDataRole.EditRole or index.column() != Column.VOLUME:
            return False
        return self.set_volume(index.row(), str(value))


def side_text(row: SideRow) -> str:
    """A side's heading in words."""
    words = load_words()
    passes = words("session.pass") if row.count == 1 else words("session.passes", count=row.count)
    return f"{words(f'side.{row.side}')}, {passes}, {words('volume.ml', volume=show_volume(row.microlitres))}"


def _key(row: Row) -> str:
    return row.one.id if isinstance(row, PassRow) else f"side {row.side}"


def _alignment(column: int) -> int:
    side = Qt.AlignmentFlag.AlignRight if column in RIGHT_ALIGNED else Qt.AlignmentFlag.AlignLeft
    return int(side | Qt.AlignmentFlag.AlignVCenter)
