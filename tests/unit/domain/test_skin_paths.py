"""A bolus on the skin: a path of no length in one zone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from injectmap.atlas import load_atlas
from injectmap.domain import skin_paths
from injectmap.domain.errors import InputRefused
from injectmap.domain.map_items import path_from_json, path_to_json
from injectmap.domain.totals import zone_volumes
from injectmap.domain.treatment_map import Share, Side, SkinPoint
from tests import builders


def test_a_bolus_has_no_length_and_lies_in_one_zone() -> None:
    atlas = load_atlas()
    place = skin_paths.snap(atlas, atlas.landmarks["gonion"] + (0, 6, 4))
    path = skin_paths.point(atlas, place)
    assert path.controls[:] == (place, place) == path.points[:]
    assert path.length_um == 0
    assert [(part.zone, part.side, part.length_um) for part in path.zones] == [
        ("mandibular_angle", Side.LEFT, 0)
    ]
    assert path_from_json(path_to_json(path)) == path


def test_the_whole_volume_of_a_bolus_counts_in_its_zone() -> None:
    atlas = load_atlas()
    place = skin_paths.mirrored([skin_paths.snap(atlas, atlas.landmarks["malar_eminence"])])[0]
    path = skin_paths.point(atlas, place)
    bolus = replace(builders.cannula_pass(), path=path, shares=(Share("one", 50), Share("two", 25)))
    assert bolus.is_point
    assert zone_volumes(bolus) == {("malar", Side.RIGHT): 75}


def test_a_bolus_cannot_lie_behind_the_head() -> None:
    with pytest.raises(InputRefused, match="path_leaves_head"):
        skin_paths.point(load_atlas(), SkinPoint(0, 0, -90_000))
