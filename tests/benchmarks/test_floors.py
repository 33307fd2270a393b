"""That floors do the work they stand for, and the counts behind the ratios."""

import numpy as np
import pytest

from benchmarks import samples
from benchmarks.geometry import bare_sums
from benchmarks.recall import fill
from benchmarks.storage import Clinic, statements_of
from injectmap.atlas import length, load_atlas
from injectmap.domain.settings import ClinicSettings
from injectmap.storage.opening import create_clinic, open_clinic


def test_a_session_is_read_in_exactly_three_statements(tmp_path):
    clinic = Clinic(tmp_path / "a.injectmap", passes=20)
    try:
        assert len(statements_of(clinic)) == 3
        assert len(clinic.sessions.open(clinic.acting, clinic.session_id).map.passes) == 20
    finally:
        clinic.database.close()


def test_the_bare_sums_of_a_pass_agree_with_the_program():
    atlas = load_atlas()
    path = atlas.skin.path(np.array([63.0, -30.0, 18.0]), np.array([40.0, -72.0, 40.0]))
    found, shares, views = bare_sums(atlas, path)()
    assert found == pytest.approx(length(path))
    split = atlas.zones.split(path)
    for number, zone in enumerate(atlas.zones.ids):
        # Whole steps of at most 1 mm go to one zone: each border cuts one of them.
        assert shares[2 * number] == pytest.approx(split.get((zone, "left"), 0.0), abs=1.5)
    for (uv, seen), (ours_uv, ours_seen), view in zip(
        views, atlas.project_all(path).values(), atlas.views.values(), strict=True
    ):
        u = view.window_mm[0] - uv[:, 0] if view.mirrored else uv[:, 0]
        assert np.abs(u - ours_uv[:, 0]).max() < 1e-6
        assert np.abs(uv[:, 1] - ours_uv[:, 1]).max() < 1e-6
        assert (seen != ours_seen).mean() < 0.2


def test_a_recalled_lot_of_the_built_clinic_is_found_whole(tmp_path):
    path = tmp_path / "built.injectmap"
    create_clinic(path, ClinicSettings("Bench", demo=True), key=samples.KEY).close()
    fill(path, scale=10_000)
    database = open_clinic(path, key=samples.KEY)
    try:
        with database.reading() as work:
            rows = work.stock.recall(" l0007")
        assert [(row.record_number, row.syringe_number, row.microlitres) for row in rows] == [
            ("2020-00007", 1, 500),
            ("2020-00007", 2, 500),
        ]
    finally:
        database.close()


def test_samples_are_the_same_each_time_and_on_the_sides_asked():
    atlas = load_atlas()
    one, other = (samples.passes(atlas, 6, ["a", "b"]) for _ in range(2))
    assert [p.path for p in one] == [p.path for p in other]
    assert [p.path.entry.x > 0 for p in one] == [True, False] * 3
    assert all(p.path.entry.x > 0 for p in samples.passes(atlas, 4, ["a"], both_sides=False))
