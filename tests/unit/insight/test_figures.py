"""The figures themselves: size, bytes that do not change, nothing of the patient in them, numbers that add up."""

import csv
import io
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from injectmap.atlas import load_atlas
from injectmap.domain.record import RecordState
from injectmap.insight import look as looks
from injectmap.insight.density import dose_map
from injectmap.insight.dose_picture import LATERALS, WITH_FRONT, seen_dose, views_for
from injectmap.insight.figures import InsightPictures
from injectmap.insight.volume_chart import _spaced, draw_volume
from injectmap.services.insight import FileForm, InsightFigure, ScreenSize
from injectmap.words import load_words
from tests.unit.insight.over_time import both_sides, laid_pass, session_in_time, three_visits


@pytest.fixture(scope="module")
def pictures():
    return InsightPictures(load_atlas, load_words())


@pytest.mark.parametrize("figure", InsightFigure)
@pytest.mark.parametrize("dark", [False, True])
def test_a_picture_has_the_widgets_size_in_device_pixels_and_the_themes_ground(pictures, figure, dark):
    made = pictures.picture(figure, three_visits(), ScreenSize(420, 300, 1.5, dark))
    assert (made.width, made.height) == (630, 450)
    pixels = np.frombuffer(made.rgba, np.uint8).reshape(450, 630, 4)
    ground = looks.DARK.ground if dark else looks.LIGHT.ground
    assert tuple(pixels[-1, -1]) == (*bytes.fromhex(ground[1:]), 255)
    assert len(np.unique(pixels.reshape(-1, 4), axis=0)) > 20


@pytest.mark.parametrize("figure", InsightFigure)
@pytest.mark.parametrize("form", FileForm)
def test_the_same_state_gives_the_same_bytes_and_names_nobody(pictures, figure, form):
    over_time = three_visits()
    made = pictures.file(figure, form, over_time)
    assert made == InsightPictures(load_atlas, load_words()).file(figure, form, over_time)
    for name in (b"Vasterholm", b"Elin", b"Okafor"):
        assert name not in made
    if form is FileForm.CSV:
        assert pictures.file(figure, form, replace(over_time, sessions=over_time.sessions[:1])) != made


def test_an_svg_says_no_date_and_a_png_is_fine_enough_to_print(pictures):
    svg = pictures.file(InsightFigure.VOLUME, FileForm.SVG, three_visits()).decode()
    assert "<svg" in svg
    assert "dc:date" not in svg
    assert "Volume by zone" in svg
    png = Image.open(io.BytesIO(pictures.file(InsightFigure.DOSE, FileForm.PNG, three_visits())))
    assert png.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert png.width > 2000


def test_black_and_white_has_no_colour(pictures):
    png = pictures.file(InsightFigure.DOSE, FileForm.PNG, three_visits(), mono=True)
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), dtype=int)
    assert np.abs(pixels.max(axis=-1) - pixels.min(axis=-1)).max() == 0


def rows(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode())))


def test_the_table_of_volumes_adds_up_to_the_microlitre(pictures):
    over_time = three_visits()
    head, *body = rows(pictures.file(InsightFigure.VOLUME, FileForm.CSV, over_time))
    assert head[1:5] == ["date", "state", "zone", "patient's side"]
    assert sum(round(float(row[5]) * 1000) for row in body) == over_time.balance.both_ul
    right = [row for row in body if row[4] == "right"]
    assert sum(round(float(row[5]) * 1000) for row in right) == over_time.balance.right_ul
    assert {row[1] for row in body} == {"2024-03-18", "2025-05-06", "2026-11-22"}
    assert {row[2] for row in body if row[1] == "2026-11-22"} == {"draft"}


def test_the_table_of_the_dose_map_integrates_to_the_volume(pictures):
    over_time = three_visits()
    _, *body = rows(pictures.file(InsightFigure.DOSE, FileForm.CSV, over_time))
    cells = np.array(body, dtype=float)
    assert (cells[:, 2] * cells[:, 3]).sum() / 100 == pytest.approx(
        over_time.balance.both_ul / 1000, rel=1e-4
    )
    left = cells[cells[:, 0] > 0]
    assert (left[:, 2] * left[:, 3]).sum() / 100 == pytest.approx(over_time.balance.left_ul / 1000, rel=0.01)


def dose(*passes):
    return dose_map(load_atlas().skin, passes)


def test_what_is_turned_away_is_not_shown():
    atlas = load_atlas()
    found = dose(*both_sides()[2:])
    left, clear = seen_dose(atlas.views["left_lateral"], found)
    assert left.max() == pytest.approx(found.density.max(), rel=0.02)
    right, _ = seen_dose(atlas.views["right_lateral"], found)
    assert right.max() == 0.0
    # The ear is no skin to inject: nothing is drawn on it, whatever lies beside it.
    assert ((clear > 0) <= (left >= 0)).all()
    assert 0.2 < (clear > 0).mean() < 0.8


def test_the_front_is_shown_where_the_sides_do_not_show_all():
    atlas = load_atlas()
    assert views_for(atlas, dose(*both_sides())) == LATERALS
    chin = laid_pass((-12.0, -88.0, 85.0), (12.0, -88.0, 85.0))
    assert views_for(atlas, dose(chin)) == WITH_FRONT
    assert views_for(atlas, dose()) == LATERALS


def pixels_of(sheet):
    made = sheet.pixels()
    return np.frombuffer(made.rgba, np.uint8).reshape(made.height, made.width, 4)


def chart(over_time, width=540, height=360, look=looks.LIGHT):
    return pixels_of(draw_volume(over_time, load_atlas(), load_words(), width, height, look, 1.0))


def test_a_draft_is_told_from_a_signed_session():
    over_time = three_visits()
    signed = replace(
        over_time, sessions=tuple(replace(one, state=RecordState.SIGNED) for one in over_time.sessions)
    )
    drafted = chart(over_time)
    assert (chart(signed) != drafted).any()
    # Only the last bar has the dashes around it and the word below.
    differs = (chart(signed) != drafted).any(axis=(0, 2))
    assert np.flatnonzero(differs).min() > 540 * 0.4


def test_each_zone_has_its_own_colour_in_the_bars():
    over_time = three_visits()
    colours = {tuple(one) for one in chart(over_time).reshape(-1, 4)[:, :3].tolist()}
    for zone in dict.fromkeys(one.zone for one in over_time.shares if one.microlitres):
        fill = looks.bar_look(zone, 0, looks.LIGHT).fill
        if zone in ("lateral_zygomatic_arch", "preauricular", "mandibular_angle"):
            assert tuple(bytes.fromhex(fill[1:])) in colours


@pytest.mark.parametrize("count", [1, 2, 18])
def test_any_number_of_sessions_stays_on_the_sheet(count):
    one = session_in_time(both_sides(), state=RecordState.SIGNED)
    found = chart(replace(three_visits(), sessions=(one,) * count))
    ground = tuple(bytes.fromhex(looks.LIGHT.ground[1:]))
    edge = np.concatenate([found[:, -1, :3], found[0, :, :3]])
    assert {tuple(pixel) for pixel in edge.tolist()} == {ground}


def test_nothing_injected_is_said():
    empty = replace(three_visits(), sessions=())
    assert (chart(empty) != chart(three_visits())).any()
    assert (
        InsightPictures(load_atlas, load_words()).says(InsightFigure.VOLUME, empty) == "Nothing injected yet."
    )


def test_names_keep_their_order_and_their_distance():
    assert _spaced([50.0, 52.0, 54.0], 0.0, 100.0) == [50.0, 70.0, 90.0]
    assert _spaced([95.0, 96.0], 0.0, 100.0) == [80.0, 100.0]
    assert _spaced([10.0, 60.0], 0.0, 100.0) == [10.0, 60.0]


def test_figures_are_said_in_words(pictures):
    over_time = three_visits()
    assert "18 Mar 2024: right 0.52, left 0.48" in pictures.says(InsightFigure.VOLUME, over_time)
    said = pictures.says(InsightFigure.DOSE, over_time)
    assert "1.74 mL, right 0.78, left 0.96 mL" in said


def test_no_window_toolkit_and_no_pyplot_come_with_the_figures():
    program = (
        "import sys; import injectmap.insight.volume_chart, injectmap.insight.dose_picture;"
        "print([m for m in ('matplotlib.pyplot', 'PySide6', 'tkinter') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_package_is_light_until_a_figure_is_drawn():
    program = (
        "import sys; import injectmap.insight.figures;"
        "print([m for m in ('matplotlib', 'numpy', 'PIL') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_scale_is_the_usual_one_until_many_sessions_lie_over_each_other():
    usual = looks.dose_scale(0.41)
    assert usual == looks.dose_scale(0.0)
    assert (usual.top, usual.contours) == (0.30, (0.05, 0.10, 0.20))
    longer = looks.dose_scale(2.5)
    assert longer.top == pytest.approx(3.0)
    assert longer.contours == pytest.approx((0.5, 1.0, 2.0))
    assert looks.dose_scale(1e6).top == pytest.approx(30.0)


def test_up_to_the_edge_of_drawable_skin_the_dose_does_not_fade():
    atlas = load_atlas()
    found = dose(laid_pass((66.0, -8.0, 14.0), (64.0, -30.0, 16.0)))
    grid = found.grid
    edge = (grid.read(grid.held, grid.points) >= 0.999) & (found.cells > 0.02)
    points = grid.points[edge]
    np.testing.assert_allclose(found.seen(points), found.at(points), rtol=1e-6)
    between = atlas.skin.snap((points[1:] + points[:-1]) / 2)
    assert (found.seen(between) >= found.at(between) - 1e-12).all()
