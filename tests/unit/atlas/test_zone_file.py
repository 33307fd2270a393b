"""The zones file: what a hand edit may do, and how a mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from injectmap.atlas import Atlas
from injectmap.atlas.zone_file import ZonesFileError, read_partition
from injectmap.atlas.zones import read_zones
from injectmap.resources import asset_path


@pytest.fixture
def text() -> str:
    return asset_path("atlas", "zones.toml").read_text("utf-8")


def read(atlas: Atlas, folder: Path, text: str):
    file = folder / "zones.toml"
    file.write_text(text, "utf-8")
    return read_partition(file, atlas.skin, atlas.landmarks)


def test_moving_a_shared_vertex_moves_both_neighbours(atlas: Atlas, tmp_path: Path, text: str) -> None:
    before = read(atlas, tmp_path, text)
    line = next(line for line in text.splitlines() if line.startswith("angle_front_top ="))
    moved = text.replace(line, 'angle_front_top = { from = "gonion", side = [21.5, 14.5] }')
    after = read(atlas, tmp_path, moved)
    assert moved != text
    ids = [info.id for info in before.infos]
    areas = [[shapely.Polygon(ring).area for ring in part.rings] for part in (before, after)]
    change = dict(zip(ids, (b - a for a, b in zip(*areas, strict=True)), strict=True))
    assert {zone for zone, by in change.items() if abs(by) > 1e-9} == {
        "preauricular",
        "mandibular_angle",
        "masseteric",
        "subzygomatic",
        "mandibular_border",
    }
    assert sum(change.values()) == pytest.approx(0.0, abs=1e-6)
    assert shapely.union_all([shapely.Polygon(ring) for ring in after.rings]).area == pytest.approx(
        129600, abs=1e-6
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            'arch_back_top = { from = "tragion"',
            'arch_back_top = { from = "nowhere"',
            "arch_back_top: no landmark",
        ),
        ("side = [10, 6.5]", "side = [10, 300]", "arch_back_top misses the skin"),
        ('ring = ["pre_front_top", "sub_front_top"', 'ring = ["pre_front_tip", "sub_front_top"', "no vertex"),
        ('"angle_front_top", "angle_back_top"]', '"angle_front_top", "lobe_front"]', "bounds"),
        ('group = "c_shape_optional"', 'group = "c"', "unknown group"),
        ('arch_back = ["arch_back_top"', 'arch_back = ["arch_back_tip"', "line arch_back"),
    ],
)
def test_a_mistake_is_named(atlas: Atlas, tmp_path: Path, text: str, old: str, new: str, says: str) -> None:
    assert old in text
    with pytest.raises(ZonesFileError, match=says):
        read(atlas, tmp_path, text.replace(old, new, 1))


def test_a_border_that_crosses_itself_is_named(atlas: Atlas, tmp_path: Path, text: str) -> None:
    line = next(line for line in text.splitlines() if line.startswith("pre_back ="))
    (tmp_path / "zones.toml").write_text(
        text.replace(line, 'pre_back = { from = "tragion", side = [40, -12] }'), "utf-8"
    )
    with pytest.raises(ZonesFileError, match="preauricular: its border crosses itself"):
        read_zones(tmp_path / "zones.toml", atlas.skin, atlas.landmarks)


def test_a_zone_left_out_leaves_a_hole_that_is_named(atlas: Atlas, tmp_path: Path, text: str) -> None:
    start = text.index("[zones.malar]")
    end = text.index("[zones.medial_cheek]")
    with pytest.raises(ZonesFileError, match="no zone lies on its other side"):
        read(atlas, tmp_path, text[:start] + text[end:])
