"""A gesture that met a newer map: fitted to it, so that what was drawn need not be drawn again."""

from __future__ import annotations

from dataclasses import replace

from injectmap.domain.edits import Edit, PassChange
from injectmap.domain.errors import Conflict
from injectmap.domain.treatment_map import TreatmentMap


def refit(edit: Edit, newer: TreatmentMap) -> Edit | None:
    """Return the same gesture upon a newer map, or None if what it changes is no longer as it was.

    What it adds comes after all that was drawn meanwhile; nothing of another's work is changed by it.
    """
    order = max((one.order for one in newer.passes), default=0)
    changes: list[PassChange] = []
    for change in edit.changes:
        if change.before is None and change.after is not None:
            order += 1
            changes.append(PassChange(None, replace(change.after, order=order)))
        else:
            changes.append(change)
    fitted = Edit(edit.kind, tuple(changes), edit.items)
    try:
        fitted.apply(newer)
    except (Conflict, ValueError):
        return None
    return fitted
