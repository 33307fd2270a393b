"""Whether passes can be seen in a view."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor


def in_sight(editor: MapEditor, pass_ids: Collection[str]) -> bool:
    """True if some part of one of the passes is seen in the view shown."""
    from injectmap.domain.skin_paths import to_mm

    view = editor.atlas.views[editor.view_id]
    chosen = (editor.map.by_id[one] for one in pass_ids if one in editor.map.by_id)
    return any(bool(view.project(to_mm(one.path.points))[1].any()) for one in chosen)
