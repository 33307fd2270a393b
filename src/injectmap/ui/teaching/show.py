"""What is presented: a play with its name and source, and nothing that says who was treated, by whom or when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from injectmap.domain.play_steps import PlayState, StepKind
from injectmap.domain.playback import Playback
from injectmap.domain.totals import done_passes, zones_by_length
from injectmap.domain.treatment_map import CannulaPass, Side, TreatmentMap

# A protocol says nothing of a volume: its syringe is drawn as this full throughout.
_NO_VOLUME_FILL = 0.8
# A zone that a pass only runs into does not name it.
_GOOD_PART = 0.25


class ShowKind(StrEnum):
    """Where a play comes from."""

    RECORDED = "recorded"
    CHANGES = "changes"
    MAP = "map"
    PROTOCOL = "protocol"


@dataclass(frozen=True)
class Show:
    """A play and what may be said about it; `opened_ul` holds (opened, nominal) by syringe."""

    kind: ShowKind
    title: str
    lines: tuple[str, ...]
    playback: Playback
    opened_ul: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def has_volumes(self) -> bool:
        """False for a protocol, which never holds a dose."""
        return self.kind is not ShowKind.PROTOCOL

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides on which something is played, right before left as on the front view."""
        found = {step.one.side for step in self.playback.steps if step.one is not None}
        return tuple(side for side in Side if side in found)

    @property
    def pass_count(self) -> int:
        """How many passes are played."""
        return sum(step.kind is StepKind.DRAW for step in self.playback.steps)


@dataclass(frozen=True)
class Told:
    """What of a map is shown: passes finished, passes to come (as dots), entry points in use, zones named.

    `named` is None where every zone is.
    """

    finished: tuple[str, ...] = ()
    coming: tuple[str, ...] = ()
    entered: frozenset[str] = frozenset()
    named: frozenset[str] | None = None


@dataclass(frozen=True)
class Scene:
    """One moment on the stage: the map whose places all marks keep, what of it is told, and the pass in hand.

    `fill` is the gel left in the syringe in hand, 0 to 1, and `entering` how far the entry has been shown.
    """

    layout_map: TreatmentMap
    told: Told
    state: PlayState
    in_hand: CannulaPass | None = None
    fill: float = 1.0
    entering: float = 1.0


EMPTY_SCENE = Scene(TreatmentMap(), Told(), PlayState.still(TreatmentMap()))


def scene_at(show: Show, seconds: float) -> Scene:
    """What is on the stage at a second of a show."""
    playback = show.playback
    if not playback.steps:
        return still_scene(playback.start)
    if seconds >= playback.duration_s:
        state = playback.state_before(len(playback.steps))
        return Scene(playback.final, _told(playback.final, state.map, None), state)
    index = playback.index_at(seconds)
    step, gone = playback.steps[index], seconds - playback.begins[index]
    state = step.at(gone)
    drawing = step.kind is StepKind.DRAW and step.one is not None and step.one.id not in state.map.by_id
    in_hand = step.one if drawing else None
    layout_map = playback.final if _drawn_only(playback) else (step.after if in_hand else state.map)
    entering = min(1.0, gone / step.phases[0].seconds) if in_hand is not None else 1.0
    return Scene(
        layout_map,
        _told(layout_map, state.map, state.one),
        state,
        in_hand,
        _fill(show, state, in_hand),
        entering,
    )


def still_scene(treatment_map: TreatmentMap) -> Scene:
    """A whole map with nothing in hand."""
    return Scene(treatment_map, _told(treatment_map, treatment_map, None), PlayState.still(treatment_map))


def _drawn_only(playback: Playback) -> bool:
    """True if passes are only added: then nothing has to change its place."""
    return all(step.kind is StepKind.DRAW for step in playback.steps) and all(
        one.id in playback.final.by_id for one in playback.start.passes
    )


def _told(layout_map: TreatmentMap, shown: TreatmentMap, one: CannulaPass | None) -> Told:
    finished = tuple(x.id for x in layout_map.passes if x.id in shown.by_id)
    coming = tuple(x.id for x in layout_map.passes if x.id not in shown.by_id)
    entered = {layout_map.by_id[pass_id].entry_id for pass_id in finished}
    if one is None:
        return Told(finished, coming, frozenset(entered))
    return Told(finished, coming, frozenset(entered | {one.entry_id}), frozenset(main_zones(one)))


def main_zones(one: CannulaPass) -> tuple[str, ...]:
    """The zones that a good part of a pass lies in, the longest part first."""
    found = zones_by_length(one)
    whole = sum(um for _, _, um in found)
    return tuple(dict.fromkeys(zone for zone, _, um in found if um >= whole * _GOOD_PART))


def _fill(show: Show, state: PlayState, in_hand: CannulaPass | None) -> float:
    """How full the syringe of the pass in hand is; a pass of two syringes takes the first one first."""
    if in_hand is None or not show.has_volumes or not in_hand.shares:
        return _NO_VOLUME_FILL
    injected: dict[str, int] = {}
    for one in done_passes(state.map):
        for share in one.shares:
            injected[share.syringe_id] = injected.get(share.syringe_id, 0) + share.microlitres
    rest, current = state.deposited_ul, in_hand.shares[0]
    for share in in_hand.shares:
        current = share
        injected[share.syringe_id] = injected.get(share.syringe_id, 0) + min(rest, share.microlitres)
        rest -= min(rest, share.microlitres)
        if rest <= 0 and state.deposited_ul < in_hand.microlitres:
            break
    opened, nominal = show.opened_ul.get(current.syringe_id, (0, 0))
    if nominal <= 0:
        return _NO_VOLUME_FILL
    return max(0.0, (opened - injected[current.syringe_id]) / nominal)
