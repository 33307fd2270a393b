"""What the chart's keys run: each a call of the editor, refusals told by the canvas."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from injectmap.ui.canvas.shapes import SHAPES, change_shape

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor
    from injectmap.ui.canvas.chart_column import ChartColumn

_NUDGE_MM = 0.5
# A pass drawn by key begins at the middle of the picture and runs so far towards its left edge; from there it is
# taken to its place with the keys that move handles. The place says nothing about where to treat.
_DRAWN_MM = 20.0
_DRAWING_TOOLS = ("cannula_pass", "fan", "cross_hatch", "bolus", "micro_bolus")


def lacking(column: ChartColumn, needs: str) -> str:
    """What is lacking of what an action needs, or nothing."""
    editor = column.bridge.editor
    if needs == "nothing":
        return ""
    if editor is None:
        return "session"
    if needs == "session":
        return ""
    if editor.read_only:
        return "editable"
    return "" if needs == "editable" or _has(editor, needs) else needs


def _has(editor: MapEditor, needs: str) -> bool:
    if needs == "selection":
        return bool(editor.selection or editor.selected_item)
    if needs == "one_pass":
        return len(editor.selection) == 1
    if needs == "shape":
        return editor.tool_id in SHAPES
    if needs == "measured":
        return editor.measured is not None
    if needs == "measurement":
        return editor.measured is not None or editor.selected_item is not None
    if needs == "moved_zones":
        return bool(editor.map.zone_moves)
    if needs == "plan":
        return any(one.is_planned for one in editor.map.passes)
    if needs == "unconfirmed":
        return any(one.status.value == "unconfirmed" for one in editor.map.passes)
    fulfilled = {one.fulfils for one in editor.map.passes}
    return any(one.status.value == "planned" and one.id not in fulfilled for one in editor.map.passes)


def closed_words(editor: MapEditor) -> str:
    """Why nothing can be changed in a session that is only read, as a key of words."""
    if editor.session.error_reason:
        return "tool.in_error"
    return "tool.signed" if editor.session.state.value == "signed" else "tool.read_only"


def _call(column: ChartColumn, call: Callable[[MapEditor], Any]) -> bool:
    """Call the editor of the open session; a refusal is told. False without a session."""
    editor = column.bridge.editor
    if editor is None:
        return False
    column.view.guarded(call, editor)
    return True


# Tools, modes and shapes


def take_tool(column: ChartColumn, tool: str) -> bool:
    """Take a tool in hand."""
    return _call(column, lambda editor: editor.choose_tool(tool))


def mirror(column: ChartColumn) -> bool:
    """Copy what is selected to the other side."""
    return _call(column, lambda editor: editor.mirror_selection())


def toggle_linked(column: ChartColumn) -> bool:
    """Draw and change both sides at once, or no longer."""
    return _call(column, lambda editor: editor.toggle_linked())


def toggle_planning(column: ChartColumn) -> bool:
    """Draw what is planned, or what is done."""
    return _call(column, lambda editor: editor.set_planning(not editor.planning))


def shape(column: ChartColumn, count: int = 0, wider: int = 0) -> bool:
    """More or fewer passes of the fan or cross-hatch, more or less spread."""
    return _call(column, lambda editor: change_shape(editor, count=count, wider=wider))


# Measuring


def keep_measured(column: ChartColumn) -> bool:
    """Keep the length that was measured."""
    return _call(column, lambda editor: editor.keep_measurement())


def keep_asymmetry(column: ChartColumn) -> bool:
    """Ask for the words of a baseline asymmetry and keep what was measured with them."""
    return column.ask_asymmetry()


# Volumes, deposits, syringes


def type_volume(column: ChartColumn) -> bool:
    """Type the volume of the selected passes."""
    return column.type_volume()


def type_deposits(column: ChartColumn) -> bool:
    """Type what lies where on the selected pass."""
    return column.host.open_row("deposits")


def type_split(column: ChartColumn) -> bool:
    """Type how much of the selected pass came from which syringe."""
    return column.host.open_row("split")


# Time


def confirm(column: ChartColumn) -> bool:
    """Confirm the selected copied passes, or select the next one to confirm."""
    from injectmap.editing import plan

    return _call(column, plan.confirm_selected)


def fulfil_next(column: ChartColumn) -> bool:
    """The next planned pass was done as planned; only while nothing is selected."""
    editor = column.bridge.editor
    if editor is None or editor.selection:
        return False
    from injectmap.editing import plan

    return _call(column, plan.fulfil_next)


def fulfil(column: ChartColumn) -> bool:
    """The selected planned passes were done as planned, or the next one if none is selected."""
    from injectmap.editing import plan

    def call(editor: MapEditor) -> object:
        planned = [
            one.id
            for one in editor.map.passes
            if one.id in editor.selection and one.status.value == "planned"
        ]
        return plan.fulfil(editor, planned) if planned else plan.fulfil_next(editor)

    return _call(column, call)


def say_why(column: ChartColumn) -> bool:
    """Ask why the selected pass deviates from the plan."""
    editor = column.bridge.editor
    if editor is None or len(editor.selection) != 1:
        return False
    return column.ask_reason(editor.map.by_id[next(iter(editor.selection))])


# Selecting and moving


def next_pass(column: ChartColumn, step: int) -> bool:
    """Select the next or previous pass."""
    return _call(column, lambda editor: editor.select_next(step))


def next_zone(column: ChartColumn, step: int) -> bool:
    """Select the passes of the next or previous zone."""
    return _call(column, lambda editor: editor.select_next_zone(step))


def next_handle(column: ChartColumn) -> bool:
    """Let the arrow keys with Alt move the next handle of the selected pass."""
    return _call(column, lambda editor: editor.next_handle())


def nudge(column: ChartColumn, right: int, down: int, steps: int = 1) -> bool:
    """Move what is selected half a millimetre in the view shown, or some such steps at once."""
    far = steps * _NUDGE_MM
    return _call(column, lambda editor: editor.nudge(right * far, down * far))


def draw(column: ChartColumn) -> bool:
    """Draw with the tool in hand at the middle of the picture, as a drag there would."""

    def gesture(editor: MapEditor) -> None:
        from injectmap.editing.pointer import Pointer

        if editor.tool_id not in _DRAWING_TOOLS:
            editor.choose_tool("cannula_pass")
        camera, view_id = column.view.camera, column.view.view_id
        start = Pointer(view_id, camera.centre_u, camera.centre_v)
        end = Pointer(view_id, camera.centre_u - _DRAWN_MM, camera.centre_v)
        if editor.tool_id in ("bolus", "micro_bolus"):
            end = start
        editor.tool.press(start)
        editor.tool.drag(end)
        editor.tool.release(end)

    return _call(column, gesture)


def select_all(column: ChartColumn) -> bool:
    """Select every pass."""
    return _call(column, lambda editor: editor.select(editor.map.by_id))


def remove(column: ChartColumn) -> bool:
    """Take what is selected off the map."""
    return _call(column, lambda editor: editor.remove_selected())


def undo(column: ChartColumn) -> bool:
    """Take back the last step."""
    column.undo()
    return True


def redo(column: ChartColumn) -> bool:
    """Do again what was taken back."""
    column.redo()
    return True


# Zones


def reset_corner(column: ChartColumn) -> bool:
    """Put the corner last moved back where it was."""
    from injectmap.editing.tools.zone_corner import ZoneCornerTool

    def call(editor: MapEditor) -> object:
        return editor.tool.reset_last() if isinstance(editor.tool, ZoneCornerTool) else None

    return _call(column, call)


def reset_zones(column: ChartColumn) -> bool:
    """Put all corners back."""
    from injectmap.editing import zone_corners

    return _call(column, zone_corners.reset_zones)


# What is shown


def show_view(column: ChartColumn, view: str) -> bool:
    """Show a view large."""
    column.view.show_view(view)
    return True


def toggle_overlay(column: ChartColumn, overlay: str) -> bool:
    """Show or hide an overlay."""
    column.toggles.toggle(overlay)
    return True


def zoom_in(column: ChartColumn) -> bool:
    """One step closer."""
    column.zoom.zoom_in()
    return True


def zoom_out(column: ChartColumn) -> bool:
    """One step back."""
    column.zoom.zoom_out()
    return True


def fit(column: ChartColumn) -> bool:
    """Show the whole head."""
    column.view.fit()
    return True


def escape(column: ChartColumn) -> bool:
    """One step back at a time: the open volume, what was measured, then the selection."""
    editor = column.bridge.editor
    if column.inline.isVisible():
        column.inline.close_editor()
    elif editor is None:
        return False
    elif editor.measured is not None:
        editor.clear_measured()
    elif editor.selection or editor.selected_item is not None:
        editor.select([])
        editor.select_item(None)
    else:
        return False
    return True
