"""The dose map holds what was injected, where it was injected, measured over the skin and not over pixels."""

import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from injectmap.atlas import load_atlas
from injectmap.atlas.skin import NODES, Skin
from injectmap.domain.errors import InputRefused
from injectmap.domain.totals import totals
from injectmap.domain.treatment_map import Deposit, PassStatus, Side, TreatmentMap
from injectmap.insight import density
from injectmap.insight.density import SPREAD_MM, dose_map
from tests.unit.atlas.places import skin_places
from tests.unit.insight.over_time import ARCH_TIP, CHEEK, bolus, both_sides, laid_pass, three_visits


def dose(*passes):
    return dose_map(load_atlas().skin, passes)


def integrated_apart(found, step: float = 0.5) -> float:
    """The map over the skin in microlitres, by its own means: the skin's metric from differences of laid points."""
    skin = load_atlas().skin
    azimuth = np.deg2rad(np.arange(-130.0, 130.0, step) + step / 2)
    elevation = np.deg2rad(np.arange(-88.0, 70.0, step) + step / 2)
    a, e = np.meshgrid(azimuth, elevation, indexing="ij")

    def laid(a, e):
        toward = np.stack([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)], axis=-1)
        return skin.lay(toward.reshape(-1, 3))

    h = np.deg2rad(step) / 2
    across, up = laid(a + h, e) - laid(a - h, e), laid(a, e + h) - laid(a, e - h)
    areas = np.linalg.norm(np.cross(across, up), axis=1)
    return float((found.at(laid(a, e)) * areas).sum() * density.UL_PER_MM2)


@settings(max_examples=40)
@given(start=skin_places(), tip=skin_places(), microlitres=st.integers(1, 1500))
def test_a_pass_anywhere_integrates_to_its_volume(start, tip, microlitres):
    assume(3.0 < np.linalg.norm(start - tip) < 80.0)
    try:
        one = laid_pass(start, tip, microlitres=microlitres)
    except InputRefused:
        assume(False)
    found = dose(one)
    assert found.integral_ul() == pytest.approx(microlitres, rel=1e-6)
    assert found.both_ul == microlitres


@pytest.mark.parametrize(
    ("start", "tip"),
    [
        (CHEEK, ARCH_TIP),
        ((49.0, -57.0, 7.0), (40.0, -72.0, 40.0)),  # along the border of the jaw
        ((-20.0, -80.0, 75.0), (20.0, -80.0, 75.0)),  # over the midline
        ((66.0, -8.0, 14.0), (64.0, -30.0, 16.0)),  # at the edge of drawable skin, in front of the ear
        ((3.0, -75.0, 90.0), (3.0, -55.0, 95.0)),  # beside the midline
    ],
)
def test_measured_apart_it_holds_the_same_volume(start, tip):
    found = dose(laid_pass(start, tip, microlitres=200))
    assert integrated_apart(found) == pytest.approx(200, rel=0.01)


@settings(max_examples=12)
@given(
    st.lists(st.lists(st.tuples(skin_places(), skin_places(), st.integers(5, 400)), max_size=4), max_size=4)
)
def test_several_sessions_sum_to_their_volumes(sessions):
    passes = []
    for session in sessions:
        for start, tip, microlitres in session:
            try:
                passes.append(laid_pass(start, tip, microlitres=microlitres))
            except InputRefused:
                continue
    found = dose(*passes)
    whole = sum(one.microlitres for one in passes)
    assert found.integral_ul() == pytest.approx(whole, rel=0.01, abs=1e-9)
    ordered = TreatmentMap(tuple(replace(one, order=n) for n, one in enumerate(passes, 1)))
    counted = totals(ordered)
    assert (found.right_ul, found.left_ul) == (counted.right_ul, counted.left_ul)


def test_the_sides_hold_their_own_away_from_the_midline():
    found = dose(*both_sides())
    assert found.integral_ul(Side.RIGHT) == pytest.approx(260, rel=0.01)
    assert found.integral_ul(Side.LEFT) == pytest.approx(240, rel=0.01)


def test_mirrored_passes_give_the_mirrored_map():
    left = dose(laid_pass(CHEEK, ARCH_TIP))
    right = dose(laid_pass(*[(-x, y, z) for x, y, z in (CHEEK, ARCH_TIP)]))
    np.testing.assert_allclose(left.density, right.density[::-1], atol=1e-12)


def round_skin(radius_mm: float = 80.0) -> Skin:
    """A ball: what is laid on it can be reckoned by hand."""
    return Skin(np.full((NODES, NODES), round(radius_mm * 1000)), np.ones((NODES, NODES), dtype=int))


def test_a_long_line_has_the_height_and_width_of_its_bell():
    skin = round_skin()
    one = laid_pass(CHEEK, ARCH_TIP, microlitres=1000)
    ends = np.array([(80.0, -50.0, 10.0), (80.0, 10.0, 10.0)])
    points = np.rint(skin.path(*ends) * 1000).astype("<i4")
    length = round(float(np.linalg.norm(np.diff(points / 1000, axis=0), axis=1).sum()) * 1000)
    path = replace(
        one.path,
        controls=type(one.path.controls)(points[[0, -1]].tobytes()),
        points=type(one.path.points)(points.tobytes()),
        length_um=length,
        zones=(replace_zone(one.path.zones[0], length),),
    )
    found = dose_map(skin, [replace(one, path=path)])
    ul_per_mm = 1000 / (length / 1000)
    peak = ul_per_mm / (SPREAD_MM * np.sqrt(2 * np.pi)) / density.UL_PER_MM2
    middle = skin.snap(ends.mean(axis=0)[None])
    assert found.at(middle)[0] == pytest.approx(peak, rel=0.02)
    # Three millimetres beside the line, along the ball.
    turn = SPREAD_MM / 80.0
    radius = middle[0] - skin.centre
    beside = skin.centre + np.array(
        [
            radius[0] * np.cos(turn) - radius[2] * np.sin(turn),
            radius[1],
            radius[0] * np.sin(turn) + radius[2] * np.cos(turn),
        ]
    )
    assert found.at(beside[None])[0] == pytest.approx(peak * np.exp(-0.5), rel=0.03)


def replace_zone(part, length):
    return part._replace(length_um=length)


def test_the_cells_cover_the_ball():
    grid = density.skin_grid(round_skin())
    assert grid.areas.sum() == pytest.approx(4 * np.pi * 80.0**2, rel=2e-4)


def test_a_bolus_lies_at_its_point():
    found = dose(bolus(CHEEK, microlitres=80))
    assert found.integral_ul() == pytest.approx(80, rel=1e-6)
    at = load_atlas().skin.snap(np.array([CHEEK]))
    assert found.at(at)[0] > 0.98 * found.density.max()


def test_deposits_lie_at_their_places_and_the_rest_along_the_path():
    plain = laid_pass(CHEEK, ARCH_TIP, microlitres=200)
    zone = plain.path.zones[-1]
    tip = Deposit(plain.path.length_um, 150, zone.zone, zone.side)
    found = dose(replace(plain, deposits=(tip,)))
    assert found.integral_ul() == pytest.approx(200, rel=1e-6)
    points = load_atlas().skin.snap(np.array([plain.path.entry, plain.path.tip]) / 1000.0)
    entry_dose, tip_dose = found.at(points)
    assert tip_dose > 6 * entry_dose
    evenly = dose(plain).at(points)
    assert evenly[0] == pytest.approx(evenly[1], rel=0.1)
    assert entry_dose == pytest.approx(evenly[0] / 4, rel=0.05)


@pytest.mark.parametrize("status", [PassStatus.PLANNED, PassStatus.UNCONFIRMED])
def test_what_was_not_done_is_not_there(status):
    found = dose(replace(laid_pass(CHEEK, ARCH_TIP), status=status))
    assert found.both_ul == 0
    assert found.density.max() == 0.0


def test_a_changed_volume_is_not_taken_from_memory():
    one = laid_pass(CHEEK, ARCH_TIP, microlitres=100)
    double = replace(one, shares=(one.shares[0]._replace(microlitres=200),))
    np.testing.assert_allclose(dose(double).density, 2 * dose(one).density, rtol=1e-9)


def test_what_was_spread_before_is_remembered():
    """As a ratio within one run: what was spread before is not spread again."""
    passes = [
        laid_pass((x, y, 30.0), (x - 4.0, y + 6.0, 55.0), microlitres=50)
        for x in np.linspace(55.0, 64.0, 6)
        for y in np.linspace(-40.0, -5.0, 10)
    ]
    density._spread.clear()
    started = time.process_time()
    first = dose(*passes)
    fresh = time.process_time() - started
    started = time.process_time()
    again = dose(*passes)
    known = time.process_time() - started
    np.testing.assert_array_equal(first.density, again.density)
    assert known < fresh / 3


def test_a_whole_patient():
    over_time = three_visits()
    found = dose_map(load_atlas().skin, [one for session in over_time.sessions for one in session.map.passes])
    assert found.integral_ul() == pytest.approx(over_time.balance.both_ul, rel=0.01)
    assert (found.right_ul, found.left_ul) == (over_time.balance.right_ul, over_time.balance.left_ul)
