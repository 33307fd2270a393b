"""The commands verify and anchor: released clinics, the demo clinic, exit codes, read-only and open files."""

import json
import shutil
from pathlib import Path

import pytest

from injectmap.bootstrap import Opener
from injectmap.cli import main
from injectmap.domain.keys import show_recovery_key
from injectmap.domain.proof import FindingCode, NoteCode
from injectmap.storage.opening import open_clinic
from tests.tamper.full_clinic import KEY, make_full_clinic
from tests.tamper.tampers import TAMPERS, proved, spoil

RELEASED = Path(__file__).parents[1] / "data" / "clinics"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("verify") / "Harbour.injectmap"
    make_full_clinic(path)
    return path


@pytest.fixture
def clinic(made, tmp_path) -> Path:
    return Path(shutil.copy(made, tmp_path / "Harbour.injectmap"))


@pytest.fixture
def key_file(tmp_path) -> Path:
    file = tmp_path / "key"
    file.write_text(show_recovery_key(KEY))
    return file


def verify(clinic: Path, key_file: Path, *more: str) -> int:
    return main(["verify", "--clinic", str(clinic), "--key-file", str(key_file), *more])


@pytest.mark.parametrize("version", [1, 2])
def test_a_released_clinic_is_whole_after_its_migration(version, tmp_path):
    path = Path(shutil.copy(RELEASED / f"schema-{version}.sqlite", tmp_path / "Released.injectmap"))
    open_clinic(path).close()
    found = proved(path, None)
    assert found.findings == ()
    assert [one.code for one in found.notes] == [NoteCode.MARK_NOT_JOURNALLED]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal WHERE number = 1",
        "DELETE FROM journal WHERE number < 5",
        "UPDATE journal SET payload = '{}' WHERE number = 1",
        "DELETE FROM journal",
    ],
)
def test_a_journal_without_its_beginning_is_not_an_earlier_programs(statement, clinic):
    spoil(clinic, KEY, lambda raw: raw.execute(statement))
    found = proved(clinic, KEY)
    assert found.first_broken is not None
    assert found.first_broken.row == 1
    assert found.notes == ()


def test_the_demo_clinic_made_now_is_whole(tmp_path):
    opener = Opener(data_folder=tmp_path)
    opener.demo().close()
    found = proved(opener.demo_path, None)
    assert (found.findings, found.notes) == ((), ())
    assert found.rows > 200


def test_whole(clinic, key_file, capsys):
    assert verify(clinic, key_file) == 0
    said = capsys.readouterr().out
    assert "WHOLE" in said
    assert "An anchor kept outside" in said


def test_broken_and_no_name_is_said(clinic, key_file, capsys):
    spoil(clinic, KEY, TAMPERS["patients.family_name changed"].do)
    spoil(clinic, KEY, TAMPERS["journal payload nulled"].do)
    assert verify(clinic, key_file) == 1
    said = capsys.readouterr().out
    assert "BROKEN" in said
    assert "Changed in patients" in said
    assert "family_name" in said
    assert "Lindqvist" not in said


def test_a_key_that_might_be_a_name_is_not_repeated(clinic, key_file, capsys):
    spoil(clinic, KEY, lambda raw: raw.execute("UPDATE syringes SET id = 'Åsa Lindqvist' WHERE rowid = 1"))
    assert verify(clinic, key_file) == 1
    assert "Lindqvist" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE patients SET birth_date = 'never'",
        "UPDATE passes SET technique = 'unheard of', controls = x'00'",
        "UPDATE syringes SET product = '{'",
        "UPDATE record_versions SET pictures = 'zzz', document = ''",
        "UPDATE journal SET payload = '[' WHERE number = 9",
        "UPDATE journal SET kind = 'guess', subject_kind = 'nothing' WHERE number = 9",
        "UPDATE journal SET payload = '{\"patient\":1}' WHERE kind = 'erase'",
        "UPDATE clinic SET options = ''",
        "UPDATE accounts SET roles = 'king', password_hash = ''",
        "DELETE FROM journal",
        "DELETE FROM patients",
    ],
)
def test_what_the_program_would_never_write_is_found_and_not_stumbled_over(statement, clinic, key_file):
    spoil(clinic, KEY, lambda raw: raw.execute(statement))
    assert verify(clinic, key_file) == 1


@pytest.mark.parametrize("wrong", ["missing", "key", "damaged", "table", "anchor"])
def test_what_could_not_be_read(wrong, clinic, key_file, tmp_path, capsys):
    more = []
    match wrong:
        case "missing":
            clinic = tmp_path / "Nowhere.injectmap"
        case "key":
            key_file.write_text(show_recovery_key(bytes(32)))
        case "damaged":
            clinic.write_bytes(clinic.read_bytes()[:20_000])
        case "table":
            spoil(clinic, KEY, lambda raw: raw.execute("DROP TABLE outcome_scores"), guards=False)
        case "anchor":
            (tmp_path / "a.json").write_text("{}")
            more = ["--anchor", str(tmp_path / "a.json")]
    assert verify(clinic, key_file, *more) == 2
    assert "NOT PROVED" in capsys.readouterr().err


def test_a_file_that_another_program_has_open(clinic, key_file):
    database = open_clinic(clinic, key=KEY)
    try:
        with database.writing() as work:
            work.clinic.settings()
            assert verify(clinic, key_file) == 0
    finally:
        database.close()


def test_a_read_only_file_in_a_read_only_folder(made, key_file, tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir()
    path = Path(shutil.copy(made, folder / "Harbour.injectmap"))
    path.chmod(0o400)
    folder.chmod(0o500)
    try:
        assert verify(path, key_file) == 0
    finally:
        folder.chmod(0o700)


def test_an_anchor_is_made_signed_printed_and_compared(clinic, key_file, tmp_path, capsys):
    out, page, key = tmp_path / "out" / "a.json", tmp_path / "a.pdf", tmp_path / "clinic.pem"
    opening = ["--clinic", str(clinic), "--key-file", str(key_file)]
    assert main(["anchor", "--make-key", str(key)]) == 0
    public = capsys.readouterr().out.strip().rsplit(" ", 1)[-1]
    assert main(["anchor", *opening, "--out", str(out), "--pdf", str(page), "--sign-with", str(key)]) == 0
    assert page.read_bytes().startswith(b"%PDF")
    assert verify(clinic, key_file, "--anchor", str(out), "--public-key", public) == 0
    assert "Compared with the anchor" in capsys.readouterr().out
    assert verify(clinic, key_file, "--anchor", str(out), "--public-key", "0" * 64) == 2
    said = capsys.readouterr().out
    assert "WHOLE" in said
    assert "This anchor proves nothing" in said
    assert "another key" in said
    assert "Compared with the anchor" not in said
    assert "BROKEN" not in said
    # The anchor of an earlier day is never replaced, nor is half of what was asked for written.
    kept = out.read_bytes()
    for name in ("--out", "--pdf"):
        there = ["anchor", *opening, name, str(out), "--make-key", str(tmp_path / "other.pem")]
        assert main(there) == 1
        assert "already a file" in capsys.readouterr().err
    assert out.read_bytes() == kept
    assert not (tmp_path / "other.pem").exists()
    assert main(["anchor"]) == 1


def test_what_differs_from_its_anchor_is_never_said_to_have_been_compared(clinic, key_file, tmp_path, capsys):
    out = tmp_path / "a.json"
    assert main(["anchor", "--clinic", str(clinic), "--key-file", str(key_file), "--out", str(out)]) == 0
    anchor = json.loads(out.read_text())
    for change in ({"hash": "0" * 64}, {"row": anchor["row"] + 1}):
        out.write_text(json.dumps(anchor | change))
        assert verify(clinic, key_file, "--anchor", str(out)) == 1
        said = capsys.readouterr().out
        assert "BROKEN" in said
        assert "nothing was recomputed" not in said
        assert "What this cannot show: that somebody" not in said
    out.write_text(json.dumps(anchor | {"clinic": "0190f000-0000-7000-8000-000000000009"}))
    assert verify(clinic, key_file, "--anchor", str(out)) == 2
    said = capsys.readouterr().out
    assert "of another clinic" in said
    assert "restore the last good one" not in said
    assert "nothing was recomputed" not in said


def test_a_public_key_alone_is_refused(clinic, key_file, capsys):
    assert verify(clinic, key_file, "--public-key", "0" * 64) == 2
    told = capsys.readouterr()
    assert "--anchor" in told.err
    assert "WHOLE" not in told.out


def test_an_anchor_typed_from_paper(clinic, key_file, capsys):
    head = proved(clinic, KEY).head
    groups = " ".join(head.hash[at : at + 4] for at in range(0, 64, 4)).upper()
    assert verify(clinic, key_file, "--printed", str(head.number), groups) == 0
    assert verify(clinic, key_file, "--printed", str(head.number - 1), groups) == 1
    assert verify(clinic, key_file, "--printed", str(head.number + 1), groups) == 1
    assert verify(clinic, key_file, "--printed", "0", groups) == 2
    assert verify(clinic, key_file, "--printed", "7", groups[:-1]) == 2


def test_a_proof_can_be_stopped(clinic):
    class Stopped(Exception):
        pass

    def stop(_done: int, _whole: int) -> None:
        raise Stopped

    database = open_clinic(clinic, key=KEY, read_only=True)
    try:
        with pytest.raises(Stopped), database.reading() as work:
            work.proof.prove(stop)
        with database.reading() as work:
            told: list[tuple[int, int]] = []
            assert work.proof.prove(lambda *one: told.append(one)).whole
    finally:
        database.close()
    assert told[-1][0] == told[-1][1]
    assert all(done <= whole for done, whole in told)


def test_findings_are_counted_beyond_what_can_be_read(clinic):
    def many(raw):
        raw.execute("UPDATE journal SET at_ms = at_ms + 1")
        raw.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) "
            "INSERT INTO practitioners SELECT 'p' || i, 'x', '', '' FROM n"
        )

    spoil(clinic, KEY, many)
    found = proved(clinic, KEY)
    assert len(found.findings) == 1000
    assert found.more > 500
    assert found.first_broken is not None
    assert (found.first_broken.code, found.first_broken.row) == (FindingCode.ROW_CHANGED, 1)
