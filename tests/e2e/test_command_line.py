"""The composition root, the demo clinic and the command line, on real files and without a screen."""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path

import pypdf
import pytest

from injectmap import cli
from injectmap.bootstrap import Opener
from injectmap.bootstrap.opener import CLINIC_SUFFIX
from injectmap.domain.edits import edit_from_json
from injectmap.domain.errors import InjectmapError
from injectmap.domain.journal import JournalKind, check_chain
from injectmap.domain.keys import Unlock
from injectmap.domain.totals import check_syringes, totals
from injectmap.domain.treatment_map import Side, TreatmentMap
from injectmap.services.clinic import Services
from injectmap.system.paths import data_folder
from tests.key_fakes import PASSPHRASE, TINY


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    Opener(data_folder=folder).demo().close()
    return folder


@pytest.fixture
def demo(demo_folder: Path):
    services = Opener(data_folder=demo_folder).demo()
    yield services
    services.close()


def text_of(pdf: Path) -> str:
    return " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.read_bytes())).pages)


def all_sessions(services: Services):
    for patient in services.patients.recent(services.acting, limit=50):
        for summary in services.sessions.of_patient(services.acting, patient.id):
            yield services.sessions.open(services.acting, summary.id), summary


def test_the_demo_shows_what_the_program_is_for(demo: Services) -> None:
    patients = demo.patients.recent(demo.acting, limit=50)
    assert len(patients) >= 6
    today = demo.sessions.today()
    lines = [demo.sessions.of_patient(demo.acting, one.id) for one in patients]
    three = next(line for line in lines if len(line) == 3)
    assert all("HArmonyCa" in one.product_names[0] for one in three)
    assert 17 * 30 < (today - three[-1].date).days < 19 * 31
    assert demo.settings.demo


def test_the_demo_is_made_of_edits_and_nothing_else(demo: Services) -> None:
    with demo.database.reading() as work:
        assert check_chain(work.journal.all()) is None
    for opened, summary in all_sessions(demo):
        rows = demo.sessions.history(demo.acting, opened.session.id)
        replayed = TreatmentMap()
        for row in rows:
            if row.kind is JournalKind.EDIT:
                replayed = edit_from_json(json.loads(row.payload or "")).apply(replayed)
        assert replayed == opened.map
        check_syringes(opened.syringes, opened.map)
        assert totals(opened.map).both_ul == summary.microlitres
        assert {one.side for one in opened.map.passes} <= {Side.LEFT, Side.RIGHT}
        assert all(s.lot and s.expiry and s.expiry > opened.session.date for s in opened.syringes)


def test_the_latest_session_covers_the_c_on_both_sides_and_leaves_room_to_draw(demo: Services) -> None:
    session_id = demo.records.latest(demo.acting)
    assert session_id is not None
    opened = demo.sessions.open(demo.acting, session_id)
    zones = {(part.zone, part.side) for one in opened.map.passes for part in one.path.zones}
    c_shape = ("lateral_zygomatic_arch", "preauricular", "mandibular_angle", "mandibular_border")
    assert {(zone, side) for zone in c_shape for side in (Side.LEFT, Side.RIGHT)} <= zones
    injected = sum(one.microlitres for one in opened.map.passes)
    assert sum(s.nominal_ul for s in opened.syringes) - injected >= 300


def test_the_demo_record_holds_the_treatment(
    demo_folder: Path, tmp_path: Path, capsys, own_folders: Path
) -> None:
    target = tmp_path / "new folder" / "record.pdf"
    assert cli.main(["demo-record", "--pdf", str(target)]) == 0
    assert str(target) in capsys.readouterr().out
    text = text_of(target)
    for wanted in (
        "Vasterholm, Elin",
        "14 Mar 1968",
        "DRAFT, NOT SIGNED",
        "not for patients",
        "H26C118",
        "reference head",
    ):
        assert wanted in text
    assert (data_folder() / f"demo{CLINIC_SUFFIX}").exists()
    assert list(data_folder().glob("*.unfinished*")) == []


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_a_record_by_its_number_on_either_paper(
    demo_folder: Path, demo: Services, tmp_path: Path, paper: str
) -> None:
    opened, _ = next(all_sessions(demo))
    demo.close()
    target = tmp_path / "record.pdf"
    arguments = [
        "record",
        "--clinic",
        str(demo_folder / "demo.injectmap"),
        "--session",
        opened.session.number_text,
    ]
    assert cli.main([*arguments, "--pdf", str(target), "--paper", paper, "--as", "m. sandahl rn"]) == 0
    assert opened.session.number_text in text_of(target)
    width = float(pypdf.PdfReader(target).pages[0].mediabox.width)
    assert round(width) == (595 if paper == "a4" else 612)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--session", "2026-99999"], "no such treatment session"),
        (["--session", "latest", "--as", "Nobody"], "no practitioner “Nobody”"),
        (["--session", "latest", "--clinic", "missing.injectmap"], "“missing.injectmap” is not there"),
    ],
)
def test_what_cannot_be_printed_is_said_in_a_sentence(
    arguments, sentence, tmp_path, capsys, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(["record", "--pdf", str(tmp_path / "x.pdf"), *arguments]) == 1
    said = capsys.readouterr()
    assert sentence in said.err
    assert "Traceback" not in said.err
    assert not (tmp_path / "x.pdf").exists()


def test_a_file_of_another_program_is_left_alone(tmp_path: Path, capsys) -> None:
    other = tmp_path / "letters.injectmap"
    other.write_bytes(b"Dear Dr" * 500)
    assert (
        cli.main(["record", "--clinic", str(other), "--session", "latest", "--pdf", str(tmp_path / "x.pdf")])
        == 1
    )
    assert "letters.injectmap" in capsys.readouterr().err
    assert other.read_bytes() == b"Dear Dr" * 500


def test_new_clinics_are_remembered_and_never_overwrite(tmp_path: Path) -> None:
    opener = Opener(data_folder=tmp_path / "data", cost=TINY)
    path = tmp_path / "mine.injectmap"
    given = {"time_zone": "Europe/London", "passphrase": PASSPHRASE}
    services = opener.create(path, name=" Harbour Clinic ", practitioner="Dr A", **given).services
    assert (services.settings.name, services.practitioner.name) == ("Harbour Clinic", "Dr A")
    assert not services.settings.demo
    services.close()
    before = path.read_bytes()
    with pytest.raises(InjectmapError, match="file_exists"):
        opener.create(path, name="Other", practitioner="Dr B", **given)
    with pytest.raises(InjectmapError, match="clinic_names_empty"):
        opener.create(tmp_path / "other.injectmap", name=" ", practitioner="Dr B", **given)
    assert path.read_bytes() == before
    opener.open(path, Unlock(passphrase=PASSPHRASE)).close()
    assert opener.recent() == (path.resolve(),)
    path.unlink()
    assert opener.recent() == ()


def test_what_was_opened_before_is_each_file_once_and_no_copy(tmp_path: Path) -> None:
    opener = Opener(data_folder=tmp_path / "data")
    mine, other = tmp_path / "mine.injectmap", tmp_path / "x" / "mine.injectmap"
    other.parent.mkdir()
    copies = [
        tmp_path / f"mine.{kind}-20261122T235018Z-r42-aaa9d4d7.injectmap"
        for kind in ("backup", "before-restore", "before-upgrade")
    ]
    for path in (mine, other, *copies):
        path.write_bytes(b"")
    (tmp_path / "link.injectmap").symlink_to(mine)
    listed = [*copies, mine, tmp_path / "x" / ".." / "mine.injectmap", tmp_path / "link.injectmap", other]
    (opener.folder / "recent.json").write_text(json.dumps([str(one) for one in listed]))
    assert opener.recent() == (mine, other)


def test_a_clinic_whose_making_fails_is_not_there(tmp_path: Path, monkeypatch) -> None:
    from injectmap.services import demo_clinic

    opener = Opener(data_folder=tmp_path)
    monkeypatch.setattr(demo_clinic, "fill", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        opener.demo()
    assert not (tmp_path / "demo.injectmap").exists()
    monkeypatch.undo()
    services = opener.demo()
    assert services.patients.recent(services.acting)
    services.close()


def test_the_clock_gives_the_date_in_the_clinic(demo: Services) -> None:
    assert abs((demo.sessions.today() - dt.datetime.now(dt.UTC).date()).days) <= 1


@pytest.mark.parametrize(
    "command",
    [
        ["verify"],
        ["anchor", "--out", "a.json"],
        ["backup"],
        ["backups"],
        ["restore", "x.injectmap", "--yes"],
        ["passphrase"],
        ["access-report", "--patient", "1"],
        ["retention"],
        ["erase-patient", "--patient", "1", "--confirm", "00001", "--reason", "patients_request"],
        ["move", "--to", "new.injectmap"],
    ],
    ids=lambda command: command[0],
)
def test_no_command_takes_the_demonstration_unasked(
    command, own_folders, tmp_path, capsys, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert cli.main(command) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "--clinic FILE" in said.err
    # It is offered where a command has a use for it.
    assert ("--demo" in said.err) == (command[0] not in ("passphrase", "restore"))
    assert not (data_folder() / f"demo{CLINIC_SUFFIX}").exists()


def test_the_demonstration_is_taken_when_it_is_asked_for(own_folders, capsys) -> None:
    assert cli.main(["verify", "--demo"]) == 0
    assert "WHOLE" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        cli.main(["verify", "--demo", "--clinic", "x.injectmap"])
    assert ended.value.code == 2


def test_version_and_help(capsys) -> None:
    for argument in ("--version", "--help"):
        with pytest.raises(SystemExit) as ended:
            cli.main([argument])
        assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "does not analyse" in said
    assert "record" in said
