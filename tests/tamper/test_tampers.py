"""Each kind of change past the program, on each table, is found and named in its place."""

from pathlib import Path

import pytest

from tests.tamper.full_clinic import KEY, make_full_clinic
from tests.tamper.tampers import GUARD_TAMPERS, TABLES, TAMPERS, found_by_proof, proved


@pytest.fixture(scope="module")
def clinic(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("tamper") / "Harbour.injectmap"
    make_full_clinic(path)
    return path


def test_the_clinic_is_whole_and_every_table_is_filled(clinic):
    found = proved(clinic, KEY)
    assert found.findings == ()
    assert found.notes == ()
    assert found.erased > 0
    from injectmap.storage.engine import Mode, connect

    raw = connect(clinic, KEY, Mode.READ)
    counts = {name: raw.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}
    raw.close()
    assert min(counts.values()) >= 1
    assert {name for name, count in counts.items() if count < 2} == {"clinic"}


@pytest.mark.parametrize("name", TAMPERS)
def test_found_in_its_place(clinic, name):
    right, findings = found_by_proof(clinic, KEY, TAMPERS[name])
    assert right, findings.findings[:8]


@pytest.mark.parametrize("name", GUARD_TAMPERS)
def test_guards_are_looked_at(clinic, name):
    right, findings = found_by_proof(clinic, KEY, GUARD_TAMPERS[name], guards=False)
    assert right, findings.findings[:8]
