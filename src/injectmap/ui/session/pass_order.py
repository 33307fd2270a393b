"""Where passes go when rows of the table are dragged or moved by keys, and how a drag names them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMimeData

if TYPE_CHECKING:
    from injectmap.domain.treatment_map import CannulaPass

MIME: Final = "application/x-injectmap-passes"


def packed(pass_ids: Sequence[str]) -> QMimeData:
    """What a drag of rows carries: ids, nothing of the treatment."""
    data = QMimeData()
    data.setData(MIME, json.dumps(list(pass_ids)).encode())
    return data


def unpacked(data: QMimeData) -> list[str]:
    """The ids that a drag carries; none if it is no drag of rows."""
    if not data.hasFormat(MIME):
        return []
    return [str(one) for one in json.loads(bytes(data.data(MIME).data()))]


def before(
    passes: Sequence[CannulaPass],
    moved: Collection[str],
    above: CannulaPass | None,
    below: CannulaPass | None,
) -> str | None:
    """The pass before which moved ones come when they are dropped between two rows; None for last.

    Rows stand under their sides: below the last one of a side comes whatever follows that one in order.
    """
    if below is not None and below.id not in moved:
        return below.id
    ids = [one.id for one in passes]
    anchor = below or above
    if anchor is None:
        return next((one for one in ids if one not in moved), None)
    later = ids[ids.index(anchor.id) + 1 :]
    return next((one for one in later if one not in moved), None)


def stepped(rows: Sequence[CannulaPass], moved: Collection[str], step: int) -> tuple[str | None, bool]:
    """Where the moved rows of one side go one step up (-1) or down (1): before which, and whether they can."""
    own = [one.id for one in rows]
    places = [number for number, one in enumerate(own) if one in moved]
    if not places:
        return None, False
    if step < 0:
        return (own[places[0] - 1], True) if places[0] > 0 else (None, False)
    after = next((n for n in range(places[-1] + 1, len(own)) if own[n] not in moved), None)
    if after is None:
        return None, False
    return (own[after + 1], True) if after + 1 < len(own) else (None, True)
