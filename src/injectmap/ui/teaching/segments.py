"""The passes of a show as segments of one bar, by zone: widths, colours and texts, without any toolkit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from injectmap.chart.styles import zone_look
from injectmap.domain.play_steps import StepKind
from injectmap.domain.totals import zone_volumes, zones_by_length
from injectmap.domain.treatment_map import CannulaPass
from injectmap.domain.units import show_length, show_volume
from injectmap.ui.teaching.show import Show, main_zones
from injectmap.words import Words

_CHANGE_COLOUR = "#6F7B86"
# A change of the map is told beside the passes, in a narrow segment.
_CHANGE_WEIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a show; `side` is empty where all are on one. `parts` are its zones' colours with their shares, `group` the zones it lies in, `short` the same in
    fewer letters.
    """

    side: str
    group: str
    short: str
    number: str
    amount: str
    parts: tuple[tuple[str, float], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class Span:
    """Where a segment lies on the bar, logical pixels."""

    left: float
    right: float

    @property
    def width(self) -> float:
        """From end to end."""
        return self.right - self.left


def segments_of(
    show: Show, name_of: Callable[[str], str], short_of: Callable[[str], str], words: Words
) -> tuple[Segment, ...]:
    """One segment a step, as wide as its volume, or as its length where there is none."""
    drawn = [step.one for step in show.playback.steps if step.kind is StepKind.DRAW and step.one is not None]
    if not drawn:
        return ()
    by_volume = show.has_volumes and any(one.microlitres for one in drawn)
    sizes = [one.microlitres if by_volume else one.path.length_um for one in drawn]
    usual = sum(sizes) / len(sizes) or 1.0
    both = len(show.sides) > 1
    made = []
    for step in show.playback.steps:
        if step.kind is not StepKind.DRAW or step.one is None:
            made.append(Segment("", "", "", "", "", ((_CHANGE_COLOUR, 1.0),), _CHANGE_WEIGHT))
            continue
        one = step.one
        shares = zone_volumes(one) if by_volume else {}
        weights = {(zone, side): um for zone, side, um in zones_by_length(one)}
        found = {zone: value for (zone, _), value in (shares or weights).items() if value}
        found = found or {zone: 1 for zone, _ in weights} or {"": 1}
        whole = sum(found.values())
        size = one.microlitres if by_volume else one.path.length_um
        made.append(
            Segment(
                words(f"side.{one.side.value}.badge") if both else "",
                zones_named(one, name_of),
                zones_named(one, short_of),
                str(step.number),
                show_volume(size) if by_volume else words("present.length", mm=show_length(size)),
                tuple((zone_look(zone).fill, value / whole) for zone, value in found.items()),
                # A very small pass can still be clicked.
                max(size / usual, 0.35),
            )
        )
    return tuple(made)


def zones_named(one: CannulaPass, name_of: Callable[[str], str]) -> str:
    """The zones that a good part of a pass lies in; names that begin alike say so once."""
    names = [name_of(zone) for zone in main_zones(one)]
    text = names[0] if names else ""
    for name in names[1:]:
        first, _, rest = name.partition(" ")
        text += f" + {rest if rest and text.startswith(f'{first} ') else name[:1].lower() + name[1:]}"
    return text


def spans(segments: tuple[Segment, ...], left: float, right: float, gap: float) -> tuple[Span, ...]:
    """Where each segment lies between two pixels."""
    if not segments:
        return ()
    gap = min(gap, (right - left) / (2 * len(segments)))
    room = (right - left) - gap * (len(segments) - 1)
    whole = sum(one.weight for one in segments)
    found, at = [], left
    for one in segments:
        width = room * one.weight / whole
        found.append(Span(at, at + width))
        at += width + gap
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring segments of the same zones and side; the side is said where it begins."""

    first: int
    last: int
    text: str
    short: str
    alone: str


def groups(segments: tuple[Segment, ...], words: Words) -> list[Group]:
    """The bar's groups in order; `alone` is what one is called where no other stands beside it."""
    spans_of: list[tuple[int, int]] = []
    for index, one in enumerate(segments):
        head = segments[spans_of[-1][0]] if spans_of else None
        if head is not None and (one.side, one.group) == (head.side, head.group):
            spans_of[-1] = (spans_of[-1][0], index)
        else:
            spans_of.append((index, index))
    found, side = [], ""
    for first, last in spans_of:
        one = segments[first]

        def named(text: str, side_text: str = one.side) -> str:
            return words("present.group", side=side_text, zone=text) if side_text else text

        said = one.side if one.side != side else ""
        side = one.side or side
        found.append(Group(first, last, named(one.group, said), named(one.short, said), named(one.group)))
    return found
