"""What a press takes: handles before lines, lines before zones, always the nearest."""

from __future__ import annotations

import numpy as np
import pytest

from injectmap.atlas import load_atlas
from injectmap.chart.hit import distance_to_line, hit_test
from injectmap.domain.treatment_map import SkinPoint, TreatmentMap
from tests.unit.chart.maps import c_shape_map, in_zone, make_pass

VIEW = "left_lateral"


def place(point: SkinPoint, view_id: str = VIEW) -> tuple[float, float]:
    uv, _ = load_atlas().views[view_id].project(np.array([point]) / 1000)
    return float(uv[0, 0]), float(uv[0, 1])


def press(
    treatment_map: TreatmentMap, at: tuple[float, float], tolerance: float = 2.0, **how: frozenset[str]
):
    return hit_test(treatment_map, load_atlas(), VIEW, at, tolerance, **how)


@pytest.fixture(scope="module")
def treatment_map() -> TreatmentMap:
    return c_shape_map()


def test_an_entry_point_is_found_with_its_passes(treatment_map: TreatmentMap) -> None:
    one = treatment_map.passes[0]
    hit = press(treatment_map, place(one.path.entry))
    assert (hit.kind, hit.entry_id, hit.vertex) == ("entry", one.entry_id, 0)


def test_each_tip_is_found(treatment_map: TreatmentMap) -> None:
    for one in treatment_map.passes[:9]:
        hit = press(treatment_map, place(one.path.tip), 1.0)
        assert (hit.kind, hit.pass_id, hit.vertex) == ("tip", one.id, 1)


def test_the_nearest_handle_wins(treatment_map: TreatmentMap) -> None:
    first, second = (np.array(place(one.path.tip)) for one in treatment_map.passes[:2])
    nearer_second = first + (second - first) * 0.6
    apart = float(np.hypot(*(second - first)))
    hit = press(treatment_map, tuple(nearer_second), apart)
    assert hit.pass_id == "pass-2"
    assert hit.distance_mm == pytest.approx(0.4 * apart, abs=0.01)


def test_handles_come_before_a_nearer_line(treatment_map: TreatmentMap) -> None:
    one = treatment_map.passes[0]
    near_tip = one.path.points[-3]
    assert press(treatment_map, place(near_tip), 3.0).kind == "tip"
    assert press(treatment_map, place(near_tip), 0.5).kind == "path"


def test_the_line_between_its_ends_is_the_pass(treatment_map: TreatmentMap) -> None:
    for one in treatment_map.passes[:9]:
        middle = one.path.points[len(one.path.points) // 2]
        hit = press(treatment_map, place(middle), 0.6)
        assert hit.kind == "path"
        assert hit.distance_mm < 0.1
        assert hit.pass_id == one.id


def test_inner_vertices_of_a_curved_pass() -> None:
    from injectmap.domain.skin_paths import resolve

    controls = [
        in_zone("preauricular", 0.5, 0.1),
        in_zone("preauricular", 0.3, 0.5),
        in_zone("preauricular", 0.5, 0.9),
    ]
    curved = resolve(load_atlas(), controls, curved=True)
    one = make_pass(1, controls[0], controls[-1], path=curved)
    hit = press(TreatmentMap((one,)), place(controls[1]))
    assert (hit.kind, hit.vertex, hit.pass_id) == ("vertex", 1, "pass-1")


def test_what_the_view_does_not_show_cannot_be_hit(treatment_map: TreatmentMap) -> None:
    right = treatment_map.passes[9]
    hit = press(treatment_map, place(right.path.tip), 1.5)
    assert hit.pass_id not in {one.id for one in treatment_map.passes[9:]}


def test_bare_skin_is_a_zone_and_the_rest_is_nothing(treatment_map: TreatmentMap) -> None:
    hit = press(TreatmentMap(), place(in_zone("preauricular", 0.5, 0.5)))
    assert (hit.kind, hit.zone, hit.side) == ("zone", "preauricular", "left")
    assert press(treatment_map, (1.0, 1.0)).kind is None


def test_of_equal_passes_the_selected_one_wins() -> None:
    entry, tip = in_zone("preauricular", 0.5, 0.1), in_zone("preauricular", 0.5, 0.9)
    twins = TreatmentMap((make_pass(1, entry, tip), make_pass(2, entry, tip)))
    assert press(twins, place(tip)).pass_id == "pass-2"
    assert press(twins, place(tip), prefer=frozenset({"pass-1"})).pass_id == "pass-1"


def test_distance_to_a_line() -> None:
    line = np.array([[0.0, 0.0], [10.0, 0.0]])
    assert distance_to_line(line, np.array([5.0, 3.0])) == 3.0
    assert distance_to_line(line, np.array([-3.0, 4.0])) == 5.0
