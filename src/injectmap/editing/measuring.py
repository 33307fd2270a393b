"""Measurements that are kept on the map."""

from __future__ import annotations

from dataclasses import replace

from injectmap.domain.edits import Edit, EditKind, ItemChange
from injectmap.domain.errors import InputRefused
from injectmap.domain.ids import new_id
from injectmap.domain.map_items import Measurement, MeasurementKind
from injectmap.domain.record import FIELD_LIMIT
from injectmap.editing.editor_base import EditorBase


def _checked(note: str) -> str:
    if len(note) > FIELD_LIMIT:
        raise InputRefused("text_too_long", limit=FIELD_LIMIT)
    return note


class Measuring(EditorBase):
    """A measurement is shown until the next gesture, and on the map once it is kept."""

    def keep_measurement(self, kind: MeasurementKind = MeasurementKind.MEASURE, note: str = "") -> bool:
        """Keep what was measured on the map and select it; InputRefused as in `skin_paths.resolve`."""
        measured = self.measured
        if measured is None:
            raise InputRefused("nothing_measured")
        kept = Measurement(new_id(), kind, measured.path, measured.chord_um, _checked(note))
        if not self.commit(Edit(EditKind.MEASURE, (), (ItemChange(None, kept),))):
            return False
        self.clear_measured()
        self.select_item(kept.id)
        return True

    def set_measurement(
        self, item_id: str, *, kind: MeasurementKind | None = None, note: str | None = None
    ) -> bool:
        """Give a kept measurement another kind or other words."""
        before = self._measurement(item_id)
        after = replace(
            before,
            kind=kind if kind is not None else before.kind,
            note=_checked(note) if note is not None else before.note,
        )
        if after == before:
            return True
        return self.commit(Edit(EditKind.MEASURE, (), (ItemChange(before, after),)))

    def remove_measurement(self, item_id: str) -> bool:
        """Take a kept measurement off the map."""
        change = ItemChange(self._measurement(item_id), None)
        return self.commit(Edit(EditKind.REMOVE_MEASUREMENT, (), (change,)))

    def remove_item(self, item_id: str) -> bool:
        """Take what is selected beside the passes off the map."""
        return self.remove_measurement(item_id)

    def _measurement(self, item_id: str) -> Measurement:
        found = self.map.item_by_id.get(item_id)
        if not isinstance(found, Measurement):
            raise InputRefused("measurement_unknown")
        return found
