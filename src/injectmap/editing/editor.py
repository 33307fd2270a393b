"""The editor of one treatment map: what is drawn, selected and undone, with every edit stored before it shows."""

from __future__ import annotations

from injectmap.editing.arranging import Arranging
from injectmap.editing.editor_base import FailedEdit, Handle
from injectmap.editing.measuring import Measuring
from injectmap.editing.tools.base import Tool
from injectmap.editing.tools.bolus import BolusTool, MicroBolusTool
from injectmap.editing.tools.cannula_pass import CannulaPassTool, FreeHandTool
from injectmap.editing.tools.measure import MeasureTool
from injectmap.editing.tools.select import SelectTool
from injectmap.editing.tools.several import CrossHatchTool, FanTool
from injectmap.editing.tools.zone_corner import ZoneCornerTool

__all__ = ["TOOLS", "FailedEdit", "Handle", "MapEditor"]

TOOLS: tuple[type[Tool], ...] = (
    SelectTool,
    CannulaPassTool,
    FreeHandTool,
    FanTool,
    CrossHatchTool,
    BolusTool,
    MicroBolusTool,
    MeasureTool,
    ZoneCornerTool,
)


class MapEditor(Measuring, Arranging):
    """All that can be done with one treatment map.

    Its parts, each on the one before: `EditorBase` stores, selects and undoes; `Selecting`, `Setting`, `Drawing`
    and `Arranging` are what the hand and the keyboard do with passes; `Measuring` keeps lengths.
    """

    tool_kinds = TOOLS

    def _make_tools(self) -> dict[str, Tool]:
        return {kind.id: kind(self) for kind in TOOLS}
