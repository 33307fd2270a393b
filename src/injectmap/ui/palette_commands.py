"""What the list of all actions offers: the window's, the chart's, and protocols to lay on the map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from injectmap.ui.actions import ACTIONS, ActionSet, ActionSpec, shown_key
from injectmap.ui.canvas.chart_actions import ACTIONS as CHART_ACTIONS
from injectmap.ui.canvas.chart_actions import ChartAction
from injectmap.ui.canvas.keys import shown_keys
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.protocol import Protocol
    from injectmap.editing.editor import MapEditor
    from injectmap.ui.canvas.chart_column import ChartColumn
    from injectmap.ui.desk import Desk

# What only makes sense under the hand has no line in the list; the list itself neither.
_LEFT_OUT = frozenset({"palette", "escape"})


@dataclass(frozen=True, slots=True)
class Command:
    """One line of the list; with a reason it cannot be run now."""

    id: str
    text: str
    run: Callable[[], object]
    key: str = ""
    reason: str = ""


Provider = Callable[[], Sequence[Command]]


def window_commands(actions: ActionSet) -> list[Command]:
    """The window's actions in their order."""
    words = load_words()
    found = []
    for spec in ACTIONS:
        if spec.id in _LEFT_OUT:
            continue
        action = actions[spec.id]
        reason = "" if action.isEnabled() else words(_why_not(spec, actions))
        found.append(Command(spec.id, words(f"action.{spec.id}"), action.trigger, shown_key(spec), reason))
    return found


def _why_not(spec: ActionSpec, actions: ActionSet) -> str:
    """Why an action is not offered: what it is about is not open, or it is not this person's to do."""
    return f"palette.when.{spec.when}" if actions.is_allowed(spec) else "error.not_allowed"


def chart_commands(chart: ChartColumn, show_chart: Callable[[], object]) -> list[Command]:
    """The chart's actions; running one shows the chart first."""
    words = load_words()
    found = []
    for action in CHART_ACTIONS:
        if action.id in _LEFT_OUT:
            continue
        reason = action.reason(chart)
        found.append(
            Command(
                f"chart.{action.id}",
                _chart_text(action),
                partial(_run_on_chart, chart, action, show_chart),
                shown_keys(action),
                words(reason) if reason else "",
            )
        )
    return found


def _chart_text(action: ChartAction) -> str:
    words, text = load_words(), load_words()(action.words_key)
    kind = action.id.partition(".")[0]
    if kind in ("tool", "view", "overlay"):
        return words(f"palette.{kind}", name=text)
    return text


def _run_on_chart(chart: ChartColumn, action: ChartAction, show_chart: Callable[[], object]) -> None:
    if not chart.isVisible():
        show_chart()
    action.run(chart)


class ProtocolCommands:
    """A line for each protocol and side, laid on the open session as done or, on the plan layer, as planned."""

    def __init__(self, desk: Desk) -> None:
        """Read the protocols of the desk's clinic."""
        self._desk = desk

    def __call__(self) -> list[Command]:
        """The lines as of now."""
        desk, words = self._desk, load_words()
        if not desk.has_clinic:
            return []
        editor = desk.editor
        reason = words("chart.needs.session") if editor is None else ""
        if editor is not None and editor.read_only:
            reason = words("chart.needs.editable")
        found = []
        for protocol in desk.services.protocols.all(desk.acting):
            for sides in ("both", "left", "right"):
                text = words(
                    f"palette.protocol.{sides}",
                    name=protocol.name,
                    label=words(f"protocol.{protocol.label}").lower(),
                    version=protocol.version,
                )
                if editor is not None and editor.planning:
                    text = words("palette.protocol.planned", text=text)
                run = partial(self._apply, protocol, sides)
                found.append(Command(f"protocol.{protocol.id}.{sides}", text, run, "", reason))
        return found

    def _apply(self, protocol: Protocol, sides: str) -> None:
        editor = self._desk.editor
        if editor is None:
            return
        from injectmap.domain.errors import InputRefused
        from injectmap.ui.widgets.sentences import error_sentence

        try:
            _lay(editor, protocol, sides)
        except InputRefused as refused:
            self._desk.problem.emit(error_sentence(refused))


def _lay(editor: MapEditor, protocol: Protocol, sides: str) -> None:
    from injectmap.domain.treatment_map import Side
    from injectmap.editing.protocols import apply_protocol

    wanted = {"both": (Side.RIGHT, Side.LEFT), "left": (Side.LEFT,), "right": (Side.RIGHT,)}[sides]
    apply_protocol(editor, protocol, wanted, planned=editor.planning)
