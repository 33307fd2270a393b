"""What the keyboard does on the chart, as data: keys, words, when it is of use, and what it runs.

A key without a modifier works while the canvas has the keyboard; digits, which type a volume, stand in `keys`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from injectmap.ui.canvas import chart_commands as do
from injectmap.ui.canvas.head_pictures import VIEW_IDS
from injectmap.ui.canvas.overlays import OVERLAYS

if TYPE_CHECKING:
    from injectmap.ui.canvas.chart_column import ChartColumn

Run = Callable[["ChartColumn"], Any]


class Needs(StrEnum):
    """What must be so for an action to be of use; the reason it is not is `chart.needs.<value>`."""

    NOTHING = "nothing"
    SESSION = "session"
    EDITABLE = "editable"
    SELECTION = "selection"
    ONE_PASS = "one_pass"  # noqa: S105 - a cannula pass, not a password
    SHAPE = "shape"
    MEASURED = "measured"
    MEASUREMENT = "measurement"
    PLANNED = "planned"
    UNCONFIRMED = "unconfirmed"
    MOVED_ZONES = "moved_zones"
    PLAN = "plan"


@dataclass(frozen=True, slots=True)
class ChartAction:
    """One action of the chart: its words are `chart.<id>`; the first key is the one shown.

    `run` returns False where the key means something else just now, so that it is tried further. The key `always`
    works wherever the keyboard is in the window, also in a volume being typed.
    """

    id: str
    keys: tuple[str, ...]
    run: Run
    needs: Needs = Needs.SESSION
    words: str = ""
    always: str = ""

    @property
    def words_key(self) -> str:
        """The key of its words."""
        return self.words or f"chart.{self.id}"

    def reason(self, column: ChartColumn) -> str:
        """Why it is of no use now, as a key of words, or nothing."""
        lacking = do.lacking(column, self.needs)
        return f"chart.needs.{lacking}" if lacking else ""


# Tools of the editor with the key that takes each in hand, in the order of the palette.
TOOL_KEYS: Final = (
    ("select", "V"),
    ("cannula_pass", "P"),
    ("fan", "F"),
    ("cross_hatch", "C"),
    ("bolus", "B"),
    ("micro_bolus", "Shift+B"),
    ("free_hand", "D"),
    ("measure", "M"),
    ("zone_corner", "N"),
)


def _tools() -> tuple[ChartAction, ...]:
    def needs(tool: str) -> Needs:
        return Needs.SESSION if tool == "select" else Needs.EDITABLE

    return tuple(
        ChartAction(f"tool.{tool}", (key,), partial(do.take_tool, tool=tool), needs(tool), f"tool.{tool}")
        for tool, key in TOOL_KEYS
    )


def _views() -> tuple[ChartAction, ...]:
    return tuple(
        ChartAction(
            f"view.{view}",
            (str(number),),
            partial(do.show_view, view=view),
            Needs.NOTHING,
            f"view.{view}",
            always=f"Alt+{number}",
        )
        for number, view in enumerate(VIEW_IDS, start=1)
    )


def _overlays() -> tuple[ChartAction, ...]:
    return tuple(
        ChartAction(
            f"overlay.{one.id}",
            (one.key,),
            partial(do.toggle_overlay, overlay=one.id),
            Needs.NOTHING,
            f"overlay.{one.id}",
        )
        for one in OVERLAYS
    )


def _nudges() -> tuple[ChartAction, ...]:
    ways = (("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1))
    near = tuple(
        ChartAction(
            f"nudge.{way}", (f"Alt+{way.capitalize()}",), partial(do.nudge, right=x, down=y), Needs.SELECTION
        )
        for way, x, y in ways
    )
    far = tuple(
        ChartAction(
            f"nudge_far.{way}",
            (f"Alt+Shift+{way.capitalize()}",),
            partial(do.nudge, right=x, down=y, steps=10),
            Needs.SELECTION,
        )
        for way, x, y in ways
    )
    return near + far


ACTIONS: Final[tuple[ChartAction, ...]] = (
    *_tools(),
    ChartAction("draw", ("Ins",), do.draw, Needs.EDITABLE),
    ChartAction("mirror", ("X",), do.mirror, Needs.EDITABLE),
    ChartAction("linked", ("W",), do.toggle_linked, Needs.EDITABLE),
    ChartAction("planning", ("Shift+P",), do.toggle_planning, Needs.EDITABLE),
    ChartAction("shape.more", ("]",), partial(do.shape, count=1), Needs.SHAPE),
    ChartAction("shape.fewer", ("[",), partial(do.shape, count=-1), Needs.SHAPE),
    ChartAction("shape.wider", ("}",), partial(do.shape, wider=1), Needs.SHAPE),
    ChartAction("shape.narrower", ("{",), partial(do.shape, wider=-1), Needs.SHAPE),
    ChartAction("measure.keep", ("Enter", "Return"), do.keep_measured, Needs.MEASURED),
    ChartAction("measure.asymmetry", ("A",), do.keep_asymmetry, Needs.MEASUREMENT),
    ChartAction("volume", ("F2", "Enter", "Return"), do.type_volume, Needs.SELECTION),
    ChartAction("deposits", ("Ctrl+D",), do.type_deposits, Needs.ONE_PASS),
    ChartAction("split", ("Ctrl+2",), do.type_split, Needs.ONE_PASS),
    ChartAction("confirm", ("E",), do.confirm, Needs.UNCONFIRMED),
    ChartAction("fulfil_next", ("Enter", "Return"), do.fulfil_next, Needs.PLANNED),
    ChartAction("fulfil", ("Ctrl+Enter", "Ctrl+Return"), do.fulfil, Needs.PLANNED),
    ChartAction("deviation", ("Shift+E",), do.say_why, Needs.PLAN),
    ChartAction("next_pass", ("Right", "Down"), partial(do.next_pass, step=1)),
    ChartAction("previous_pass", ("Left", "Up"), partial(do.next_pass, step=-1)),
    ChartAction("next_zone", ("Shift+Right", "Shift+Down"), partial(do.next_zone, step=1)),
    ChartAction("previous_zone", ("Shift+Left", "Shift+Up"), partial(do.next_zone, step=-1)),
    ChartAction("next_handle", ("Tab",), do.next_handle, Needs.ONE_PASS),
    *_nudges(),
    ChartAction("select_all", ("Ctrl+A",), do.select_all),
    ChartAction("reset_corner", ("Shift+Del",), do.reset_corner, Needs.MOVED_ZONES),
    ChartAction("reset_zones", ("Shift+N",), do.reset_zones, Needs.MOVED_ZONES),
    ChartAction("remove", ("Del", "Backspace"), do.remove, Needs.SELECTION),
    ChartAction("undo", ("Ctrl+Z",), do.undo),
    ChartAction("redo", ("Ctrl+Shift+Z", "Ctrl+Y"), do.redo),
    *_overlays(),
    *_views(),
    ChartAction("zoom_in", ("+", "="), do.zoom_in, Needs.NOTHING),
    ChartAction("zoom_out", ("-",), do.zoom_out, Needs.NOTHING),
    ChartAction("fit", ("0",), do.fit, Needs.NOTHING),
    ChartAction("escape", ("Esc",), do.escape, Needs.NOTHING),
)
BY_ID: Final = {one.id: one for one in ACTIONS}
