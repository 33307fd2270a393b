"""Drawings as SVG: vector marks, alone or over the atlas picture of their view."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from html import escape
from itertools import chain
from typing import TYPE_CHECKING

from injectmap.chart.primitives import (
    Box,
    Disc,
    Dots,
    Drawing,
    Item,
    Point,
    Polyline,
    RoundedBox,
    Segments,
    Text,
)

if TYPE_CHECKING:
    from injectmap.atlas import View

FONT = "Source Sans Pro"


def drawing_svg(
    drawing: Drawing,
    *,
    crop: Box | None = None,
    view: View | None = None,
    mono: bool = False,
    title: str = "",
) -> str:
    """Write a drawing as a complete SVG.

    `crop` is the part to show, in drawing units; with `view` the head is embedded under the marks, shaded or
    as line art. The size is given in drawing units, which on paper are mm.
    """
    area = crop or Box(0.0, 0.0, drawing.width, drawing.height)
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'width="{_n(area.width)}" height="{_n(area.height)}" '
        f'viewBox="{_n(area.left)} {_n(area.top)} {_n(area.width)} {_n(area.height)}">'
    )
    parts = [head]
    if title:
        parts.append(f"<title>{escape(title, quote=False)}</title>")
    if view is not None:
        parts.append(_head(drawing, view, mono=mono))
    for layer in drawing.layers:
        if layer.items:
            parts.append(f'<g id="{escape(layer.name)}" stroke-linejoin="round" fill="none">')
            for item in layer.items:
                parts.extend(_item(item))
            parts.append("</g>")
    parts.append("</svg>")
    return "\n".join(parts)


def _head(drawing: Drawing, view: View, *, mono: bool) -> str:
    data = base64.b64encode(view.picture("line" if mono else "shaded", reduced=True).read_bytes()).decode()
    flip = f' transform="translate({_n(drawing.width)} 0) scale(-1 1)"' if view.mirrored else ""
    return (
        f'<image width="{_n(drawing.width)}" height="{_n(drawing.height)}"{flip} '
        f'xlink:href="data:image/png;base64,{data}"/>'
    )


def _n(value: float) -> str:
    """A number without noise; adding nought turns minus nought into nought."""
    return f"{value + 0.0:.6g}"


def _path(points: tuple[Point, ...], *, closed: bool) -> str:
    # Most of a file is this line: formatting in one go is twice as fast.
    steps = ("%.6g %.6g " * len(points)) % tuple(chain.from_iterable(points))
    return f"M{steps[:-1]}{'Z' if closed else ''}"


def _opacity(name: str, value: float) -> str:
    return "" if value >= 1 else f' {name}="{_n(value)}"'


def _stroke(colour: str | None, width: float, opacity: float = 1.0) -> str:
    if colour is None or width <= 0:
        return ""
    return f' stroke="{colour}" stroke-width="{_n(width)}"{_opacity("stroke-opacity", opacity)}'


def _fill(colour: str | None, opacity: float = 1.0) -> str:
    return "" if colour is None else f' fill="{colour}"{_opacity("fill-opacity", opacity)}'


def _item(item: Item) -> Iterator[str]:
    match item:
        case Polyline():
            caps = "" if item.flat_caps or item.closed else ' stroke-linecap="round"'
            dash = f' stroke-dasharray="{" ".join(_n(part) for part in item.dash)}"' if item.dash else ""
            yield (
                f'<path d="{_path(item.points, closed=item.closed)}" fill-rule="evenodd"'
                f"{_fill(item.fill, item.fill_opacity)}"
                f"{_stroke(item.stroke, item.width, item.stroke_opacity)}{caps}{dash}/>"
            )
        case Segments():
            lines = ("M%.6g %.6g %.6g %.6g" * len(item.lines)) % tuple(chain.from_iterable(item.lines))
            if lines:
                yield f'<path d="{lines}"{_stroke(item.stroke, item.width, item.opacity)}/>'
        case Dots():
            yield f"<g{_fill(item.fill, item.opacity)}>"
            yield from (f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(item.radius)}"/>' for x, y in item.centres)
            yield "</g>"
        case Disc():
            (x, y), marks = item.centre, _fill(item.fill) + _stroke(item.stroke, item.width)
            yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(item.radius)}"{marks}/>'
        case RoundedBox():
            box, marks = item.box, _fill(item.fill) + _stroke(item.stroke, item.width)
            yield (
                f'<rect x="{_n(box.left)}" y="{_n(box.top)}" width="{_n(box.width)}" '
                f'height="{_n(box.height)}" rx="{_n(item.radius)}"{marks}/>'
            )
        case Text():
            yield from _text(item)


def _text(item: Text) -> Iterator[str]:
    base = (
        f'<text x="{_n(item.at[0])}" y="{_n(item.at[1])}" font-family="{FONT}" font-size="{_n(item.size)}" '
        f'font-weight="{item.weight}" text-anchor="{item.anchor}"'
    )
    words = escape(item.text, quote=False)
    # The halo is a text of its own: not every reader honours paint-order.
    if item.halo and item.halo_width > 0:
        yield f'{base} fill="{item.halo}"{_stroke(item.halo, item.halo_width)}>{words}</text>'
    yield f'{base} fill="{item.colour}">{words}</text>'
