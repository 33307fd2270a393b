"""Drawings as SVG: well-formed, complete and safe."""

from __future__ import annotations

import base64
from xml.etree import ElementTree as ET

import pytest

from injectmap.atlas import VIEW_IDS, load_atlas
from injectmap.chart.map_drawing import draw_map
from injectmap.chart.primitives import Box, Drawing, Layer, Polyline, Text
from injectmap.chart.styles import MapStyle
from injectmap.output.svg import drawing_svg
from injectmap.output.swatches import swatch_svg
from tests.unit.chart.maps import c_shape_map, random_map

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("view_id", VIEW_IDS)
def test_a_view_with_its_head_is_one_file(view_id: str) -> None:
    atlas = load_atlas()
    drawing = draw_map(atlas, c_shape_map(), view_id, MapStyle(px_per_mm=0.4, unit="paper", badges=True))
    root = ET.fromstring(drawing_svg(drawing, view=atlas.views[view_id], title="Map"))
    width, height = (size * 0.4 for size in atlas.views[view_id].window_mm)
    assert [float(part) for part in root.get("viewBox", "").split()] == pytest.approx([0, 0, width, height])
    assert root.findtext(f"{SVG}title") == "Map"
    (image,) = root.findall(f"{SVG}image")
    head, data = image.get("{http://www.w3.org/1999/xlink}href", "").split(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data).startswith(b"\x89PNG")
    assert ("scale(-1 1)" in image.get("transform", "")) == view_id.startswith("right")
    texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]
    assert "A" in texts
    assert {font.get("font-family") for font in root.iter(f"{SVG}text")} == {"Source Sans Pro"}


def test_every_shown_pass_is_in_the_file() -> None:
    drawing = draw_map(load_atlas(), random_map(5, 40), "front", MapStyle(px_per_mm=3.0))
    root = ET.fromstring(drawing_svg(drawing))
    texts = {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}
    numbers = {one.removeprefix("pass-") for kind in ("label", "chip") for one in drawing.marks_of(kind)}
    assert numbers
    assert numbers <= texts


def test_the_crop_sets_the_size() -> None:
    drawing = Drawing(100, 100, ())
    root = ET.fromstring(drawing_svg(drawing, crop=Box(10, 20, 40, 80)))
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("30", "60", "10 20 30 60")


def test_text_cannot_become_markup() -> None:
    text = Text((1, 1), "<script>&\"'</script>", 3, 400, "#000000", halo="#FFFFFF", halo_width=1)
    root = ET.fromstring(drawing_svg(Drawing(10, 10, (Layer('a"b', (text,)),)), title="<&>"))
    assert ["".join(one.itertext()) for one in root.iter(f"{SVG}text")] == [text.text, text.text]
    assert not list(root.iter(f"{SVG}script"))


def test_lines_keep_dash_caps_and_opacity() -> None:
    line = Polyline(((0, 0), (5, 5)), "#112233", 1.5, 0.38, dash=(2.5, 2.5), flat_caps=True)
    root = ET.fromstring(drawing_svg(Drawing(10, 10, (Layer("x", (line,)),))))
    (path,) = root.iter(f"{SVG}path")
    assert path.get("stroke-dasharray") == "2.5 2.5"
    assert path.get("stroke-opacity") == "0.38"
    assert path.get("stroke-linecap") is None


def test_swatches_share_by_length() -> None:
    both = swatch_svg([("preauricular", 30), ("chin", 10)], mono=False)
    root = ET.fromstring(both)
    assert "#CF8414" in both
    assert float(root.get("height", 0)) == 3.0
    grey = swatch_svg([("preauricular", 30)], mono=True)
    assert "#CF8414" not in grey
    assert "<path" in grey
