"""What differs from a plan or a protocol, in words: places and fields named, nothing judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.compare import Deviation
    from injectmap.domain.laying import ChangedPass, ProtocolDifference
    from injectmap.domain.protocol import Protocol
    from injectmap.domain.treatment_map import CannulaPass

Numbers = Mapping[str, int]
# Below this a distance rounds to nothing; it is still a difference, and said as one.
_LEAST_UM = 500


def listed(numbers: Iterable[int]) -> str:
    """Such as 1, 2, 5–9."""
    runs: list[list[int]] = []
    for one in sorted(numbers):
        if runs and one == runs[-1][-1] + 1:
            runs[-1].append(one)
        else:
            runs.append([one])
    return ", ".join(_run(run) for run in runs)


def _run(run: list[int]) -> str:
    return f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(str(one) for one in run)


def by_side(passes: Iterable[CannulaPass], numbers: Numbers) -> str:
    """Passes by number under the patient's side they lie on, right before left."""
    words, sides = load_words(), dict[str, list[int]]()
    for one in passes:
        sides.setdefault(one.side.value, []).append(numbers[one.id])
    order = ("right", "left", "midline")
    return "; ".join(f"{words(f'side.{side}')} {listed(sides[side])}" for side in order if side in sides)


def _mm(um: int) -> str:
    from injectmap.domain.units import show_length

    return show_length(um) if um >= _LEAST_UM else "<1"


def _moved(entry_um: int, tip_um: int) -> list[str]:
    words = load_words()
    parts = (("plan.moved.entry", entry_um), ("plan.moved.tip", tip_um))
    return [words(key, mm=_mm(um)) for key, um in parts if um]


def deviation_text(one: Deviation, numbers: Numbers) -> str:
    """How a pass is otherwise than its plan; nothing where it is as planned."""
    from injectmap.domain.units import show_length, show_volume

    words = load_words()
    if not one.differs:
        return ""
    if one.done is None:
        assert one.planned is not None
        return words("plan.not_done", number=numbers[one.planned.id])
    if one.planned is None:
        return words("plan.not_planned", number=numbers[one.done.id])
    parts = _moved(one.entry_moved_um, one.tip_moved_um)
    if abs(one.length_um) >= _LEAST_UM:
        parts.append(words("plan.length", mm=_signed(one.length_um, show_length(abs(one.length_um)))))
    if one.microlitres:
        parts.append(words("plan.volume", ml=_signed(one.microlitres, show_volume(abs(one.microlitres)))))
    parts += [words("plan.other", what=words(f"deviation.{code}")) for code in one.fields]
    # A length of less than half a millimetre more or less is all that may be left.
    said = ", ".join(parts) or words("plan.length", mm=_signed(one.length_um, "<1"))
    return words("plan.differs", number=numbers[one.done.id], what=said)


def _inside(name: str) -> str:
    """A name within a sentence; SMAS keeps its capitals."""
    return name[0].lower() + name[1:]


def _signed(value: int, shown: str) -> str:
    return f"{'+' if value > 0 else '−'}{shown}"


def protocol_summary(found: ProtocolDifference) -> str:
    """One side in one line: as the protocol has it, or how many passes are not there, changed, beside it."""
    words = load_words()
    side = words(f"side.{found.side.value}")
    if found.none:
        return words("plan.protocol.same", side=side)
    counts = (("missing", found.missing), ("changed", found.changed), ("added", found.added))
    parts = [words(f"plan.protocol.{key}", count=len(those)) for key, those in counts if those]
    return words("plan.protocol.side", side=side, what=", ".join(parts))


def protocol_details(found: ProtocolDifference, protocol: Protocol, numbers: Numbers) -> list[str]:
    """A line for each pass that is changed, then those not there and those beside the protocol."""
    words = load_words()
    lines = [_changed_text(one, protocol, numbers) for one in found.changed]
    if found.missing:
        lines.append(words("plan.protocol.missing.which", numbers=listed(found.missing)))
    if found.added:
        lines.append(words("plan.protocol.added.which", numbers=listed(numbers[p.id] for p in found.added)))
    return lines


def _changed_text(one: ChangedPass, protocol: Protocol, numbers: Numbers) -> str:
    words, reference = load_words(), protocol.passes[one.number - 1]
    parts = _moved(one.entry_moved_um, one.tip_moved_um)
    if one.course_changed:
        parts.append(words("plan.other", what=words("deviation.course")))
    if one.technique:
        was = words(f"technique.{reference.technique}").lower()
        now = words(f"technique.{one.one.technique}").lower()
        parts.append(words("plan.instead", now=now, was=was))
    if one.plane:
        was, now = _inside(words(f"plane.{reference.plane}")), _inside(words(f"plane.{one.one.plane}"))
        parts.append(words("plan.instead", now=now, was=was))
    return words("plan.protocol.pass", number=numbers[one.one.id], what=", ".join(parts))
