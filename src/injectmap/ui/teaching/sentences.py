"""What the presenter says of a moment: the count, what happens now, and the sums so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from injectmap.domain.play_steps import Phase, PlayState, Step, StepKind
from injectmap.domain.totals import totals
from injectmap.domain.treatment_map import CannulaPass, InstrumentKind, PassStatus, Side, Technique
from injectmap.domain.units import show_length, show_volume
from injectmap.ui.teaching.show import Show, ShowKind
from injectmap.words import Words


@dataclass(frozen=True, slots=True)
class SideSum:
    """One side's count so far: its words, the amount and what it will be."""

    side: Side
    text: str
    so_far: str
    total: str


@dataclass(frozen=True, slots=True)
class Said:
    """All texts of the left column at one moment; `share` is how much of the pass's amount is laid,
    None where there is no such thing.
    """

    heading: str = ""
    count: str = ""
    unit: str = ""
    of: str = ""
    share: float | None = None
    happening: tuple[str, str] = ("", "")
    facts: str = ""
    note: str = ""
    sides: tuple[SideSum, ...] = ()


def volume_text(microlitres: int, *, exact: bool) -> str:
    """To 0.01 mL, or to the microlitre where the pass was given so."""
    return show_volume(microlitres, decimals=3 if exact else 2)


def say(show: Show, index: int, state: PlayState, *, at_end: bool, words: Words) -> Said:
    """Put a moment of a show into words."""
    steps = show.playback.steps
    if not steps or at_end:
        return _say_all(show, words)
    step = steps[index]
    if step.kind is not StepKind.DRAW or step.one is None:
        return _say_change(show, index, state, words)
    one = step.one
    count, unit, of, share = _amounts(show, one, state, words)
    return Said(
        heading=_heading(show, step, one, words),
        count=count,
        unit=unit,
        of=of,
        share=share,
        happening=happening(one, state.phase, words),
        facts=facts(show, one, words),
        note=_note(show, one, words),
        sides=_sides(show, index, state, words, only=one.side),
    )


def _heading(show: Show, step: Step, one: CannulaPass, words: Words) -> str:
    """Which pass it is; with every change shown its number is that of the moment, of no certain many."""
    key = "present.pass"
    if one.status is PassStatus.PLANNED and show.has_volumes:
        key = "present.pass.planned"
    elif show.kind is ShowKind.CHANGES:
        key = "present.pass.then"
    text = words(key, number=step.number, count=show.pass_count)
    entry = step.after.entry_points.get(one.entry_id)
    return words("present.from_entry", what=text, letter=entry.letter) if entry is not None else text


def _note(show: Show, one: CannulaPass, words: Words) -> str:
    if not show.has_volumes:
        return words("present.no_dose")
    return words("present.only_planned") if one.status is PassStatus.PLANNED else ""


def _amounts(show: Show, one: CannulaPass, state: PlayState, words: Words) -> tuple[str, str, str, float]:
    """The count with its unit, of how much it is, and the share; in mm where nothing is injected."""
    total = one.microlitres
    if show.has_volumes and total and one.status is not PassStatus.PLANNED:
        exact = total % 10 != 0
        of = words("present.of.ml", ml=volume_text(total, exact=exact))
        count = volume_text(state.deposited_ul, exact=exact)
        return count, words("present.unit.ml"), of, state.deposited_ul / total
    gone = laid_um(state) if one.status is not PassStatus.PLANNED else state.advanced_um
    of = words("present.of.mm", mm=show_length(one.path.length_um))
    share = gone / one.path.length_um if one.path.length_um else 0.0
    return show_length(gone), words("present.unit.mm"), of, share


def laid_um(state: PlayState) -> int:
    """Micrometres of the pass in hand along which something has been laid."""
    return sum(high - low for low, high in state.deposited)


def happening(one: CannulaPass, phase: Phase | None, words: Words) -> tuple[str, str]:
    """What the instrument does, and what is laid meanwhile."""
    kind = one.instrument.kind.value
    antegrade = one.technique is Technique.LINEAR_ANTEGRADE
    match phase:
        case Phase.ENTRY:
            return words("present.at_place" if one.is_point else "present.entering"), ""
        case Phase.ADVANCE:
            return words(f"present.advancing.{kind}"), ""
        case Phase.WITHDRAW:
            return words(f"present.withdrawing.{kind}"), words("present.laid")
        case Phase.DEPOSIT if one.is_point:
            return words("present.depositing"), words(f"technique.{one.technique.value}")
        case Phase.DEPOSIT:
            moving = "advancing" if antegrade else "withdrawing"
            return words(f"present.{moving}.{kind}"), _deposit_text(one, words)
    return "", ""


def _deposit_text(one: CannulaPass, words: Words) -> str:
    """Only the linear techniques say how the product leaves; the others are named as they are."""
    key = f"present.deposit.{one.technique.value}"
    if words.has(key):
        return words(key)
    return words("present.deposit", technique=words(f"technique.{one.technique.value}"))


def facts(show: Show, one: CannulaPass, words: Words) -> str:
    """Length, plane and instrument; a protocol names no instrument."""
    plane = words(f"plane.{one.plane.value}")
    parts = [plane[:1].lower() + plane[1:]]
    if not one.is_point:
        parts.insert(0, words("present.length", mm=show_length(one.path.length_um)))
    if one.depth_um is not None:
        parts.append(words("present.depth", mm=f"{one.depth_um / 1000:g}"))
    if show.has_volumes:
        mm = f"{one.instrument.length_um / 1000:g}"
        needle = one.instrument.kind is InstrumentKind.NEEDLE
        parts.append(
            words("present.needle" if needle else "present.cannula", gauge=one.instrument.gauge, mm=mm)
        )
    return " · ".join(parts)


def _say_change(show: Show, index: int, state: PlayState, words: Words) -> Said:
    step = show.playback.steps[index]
    what = words(f"edit.{step.edit_kind.value}") if step.edit_kind is not None else ""
    if step.kind is StepKind.UNDO:
        what = words("present.taken_back", what=what)
    return Said(
        heading=words("present.change", number=step.number) if step.number else words("present.change.map"),
        happening=(what, ""),
        sides=_sides(show, index, state, words),
    )


def _say_all(show: Show, words: Words) -> Said:
    final = show.playback.final
    count = show.pass_count or len(final.passes)
    state = show.playback.state_before(len(show.playback.steps))
    if show.has_volumes:
        played = totals(final)
        return Said(
            heading=words("present.all" if count != 1 else "present.all.one", count=count),
            count=volume_text(played.both_ul, exact=played.both_ul % 10 != 0),
            unit=words("present.unit.ml"),
            of=words("present.of.all"),
            sides=_sides(show, len(show.playback.steps), state, words) if len(show.sides) > 1 else (),
        )
    length = sum(one.path.length_um for one in final.passes)
    return Said(
        heading=words("present.all" if count != 1 else "present.all.one", count=count),
        count=show_length(length),
        unit=words("present.unit.mm"),
        of=words("present.of.all"),
        note=words("present.no_dose"),
        sides=_sides(show, len(show.playback.steps), state, words) if len(show.sides) > 1 else (),
    )


def _sides(
    show: Show, index: int, state: PlayState, words: Words, *, only: Side | None = None
) -> tuple[SideSum, ...]:
    """The sums of the sides; during a pass that of its own side alone."""
    so_far, total = _lengths(show, index, state) if not show.has_volumes else _volumes(show, state)
    wanted = [side for side in (Side.RIGHT, Side.LEFT) if total[side] and only in (None, Side.MIDLINE, side)]
    rows = []
    for side in wanted:
        if show.has_volumes:
            exact = bool(total[side] % 10)
            now, whole = (volume_text(value, exact=exact) for value in (so_far[side], total[side]))
            # With every change shown, the sum goes up and down: it is not on its way to the last one.
            changing = show.kind is ShowKind.CHANGES
            of = words("present.unit.ml") if changing else words("present.side.of.ml", ml=whole)
        else:
            now, whole = show_length(so_far[side]), show_length(total[side])
            of = words("present.side.of.mm", mm=whole)
        rows.append(SideSum(side, words(f"present.side.{side.value}"), now, of))
    return tuple(rows)


def _volumes(show: Show, state: PlayState) -> tuple[Mapping[Side, int], Mapping[Side, int]]:
    whole = totals(show.playback.final)
    return (
        {Side.RIGHT: state.right_ul, Side.LEFT: state.left_ul},
        {Side.RIGHT: whole.right_ul, Side.LEFT: whole.left_ul},
    )


def _lengths(show: Show, index: int, state: PlayState) -> tuple[Mapping[Side, int], Mapping[Side, int]]:
    """Micrometres of passes by side, with what is laid of the pass in hand."""
    so_far, total = {Side.RIGHT: 0, Side.LEFT: 0}, {Side.RIGHT: 0, Side.LEFT: 0}
    for place, step in enumerate(show.playback.steps):
        if step.one is None or step.one.status is PassStatus.UNCONFIRMED:
            continue
        side = Side.RIGHT if step.one.side is Side.RIGHT else Side.LEFT
        total[side] += step.one.path.length_um
        if place < index:
            so_far[side] += step.one.path.length_um
        elif place == index:
            so_far[side] += laid_um(state)
    return so_far, total
