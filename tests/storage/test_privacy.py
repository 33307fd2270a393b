"""The use cases of privacy over a real file: retention, erasing with its ledger, access reports, and the command line."""

import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from injectmap.bootstrap import Opener
from injectmap.cli import main
from injectmap.domain.acting import Role
from injectmap.domain.errors import InputRefused, NotAllowed, StorageProblem
from injectmap.domain.journal import JournalKind, check_chain
from injectmap.domain.privacy import ErasureReason
from injectmap.domain.settings import ClinicSettings
from injectmap.services.clinic import Services
from injectmap.services.privacy_ports import HeldBackup
from injectmap.storage.ledger import ErasedLedger, ledger_path
from injectmap.words import access_texts, load_words


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo clinic, made once for this module."""
    folder = tmp_path_factory.mktemp("made")
    Opener(data_folder=folder).demo().close()
    return folder / "demo.injectmap"


@pytest.fixture
def demo(made: Path, tmp_path: Path) -> Iterator[Services]:
    (tmp_path / "demo.injectmap").write_bytes(made.read_bytes())
    services = Opener(data_folder=tmp_path).demo()
    yield services
    services.close()


class Backups:
    def __init__(self) -> None:
        self.held: tuple[HeldBackup, ...] = ()

    def backups(self) -> tuple[HeldBackup, ...]:
        return self.held


def treated(demo: Services) -> Any:
    """A patient with a signed record and a used unit."""
    return demo.patients.search(demo.acting, "Vasterholm")[0]


def erase(demo: Services, patient: Any) -> Any:
    return demo.privacy.erase(
        demo.acting, patient.id, number=patient.number_text, reason=ErasureReason.PATIENTS_REQUEST
    )


def test_the_number_is_typed_and_a_reason_chosen_before_anybody_is_erased(demo: Services):
    patient, head = treated(demo), demo.database.reading
    with head() as work:
        before = work.journal.head()
    for number in ("", "1", "abc", "٧", patient.number_text + "0", patient.display_name):
        with pytest.raises(InputRefused, match="erase_number_other"):
            demo.privacy.erase(demo.acting, patient.id, number=number, reason=ErasureReason.COURT_ORDER)
    for reason in (None, ErasureReason.RESTORED):
        with pytest.raises(InputRefused, match="erase_reason_missing"):
            demo.privacy.erase(demo.acting, patient.id, number=patient.number_text, reason=reason)
    with head() as work:
        assert work.journal.head() == before
    assert erase(demo, patient).compacted
    with pytest.raises(InputRefused, match="erased_already"):
        erase(demo, patient)
    with pytest.raises(InputRefused, match="erased_already"):
        demo.privacy.before_erasing(demo.acting, patient.id)


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.TRAINER, Role.FRONT_DESK])
def test_only_who_keeps_privacy_erases_or_sees_who_looked(demo: Services, role: Role):
    acting, patient = dataclasses.replace(demo.acting, roles=frozenset({role})), treated(demo)
    for call in (
        lambda: demo.privacy.erase(acting, patient.id, number="7", reason=ErasureReason.COURT_ORDER),
        lambda: demo.privacy.access_report(acting, patient.id),
        lambda: demo.privacy.retention(acting),
        lambda: demo.privacy.still_held(acting),
    ):
        with pytest.raises(NotAllowed):
            call()


def test_what_is_said_before_is_what_is_there(demo: Services):
    patient = treated(demo)
    before = demo.privacy.before_erasing(demo.acting, patient.id)
    sessions = demo.sessions.of_patient(demo.acting, patient.id)
    opened = [demo.sessions.open(demo.acting, one.id) for one in sessions]
    assert before.patient == patient
    assert before.sessions == len(sessions) > 1
    assert before.signed == sum(bool(one.versions) for one in opened) > 0
    assert before.units == sum(len(one.syringes) for one in opened) > 0


def test_the_ledger_names_ids_and_rows_and_no_names(demo: Services):
    first, second = treated(demo), demo.patients.search(demo.acting, "Marchetti")[0]
    for patient in (first, second):
        assert erase(demo, patient).ledger_kept
    path = ledger_path(demo.database.path)  # type: ignore[attr-defined]
    text = path.read_text("utf-8")
    assert not [word for word in (first.family_name, first.given_name, str(first.birth_date)) if word in text]
    entries = ErasedLedger(demo.database.path).read()  # type: ignore[attr-defined]
    assert [one.patient_id for one in entries] == [first.id, second.id]
    assert [one.row_number for one in entries] == [
        one.row_number for one in reversed(demo.privacy.erased(demo.acting))
    ]
    # Written whole or not at all: nothing half is left beside it.
    assert sorted(one.name for one in path.parent.glob("*.part")) == []


def test_a_ledger_keeps_whom_a_restored_database_does_not_know(demo: Services):
    ledger = ErasedLedger(demo.database.path)  # type: ignore[attr-defined]
    ledger.path.write_text(
        json.dumps(
            {
                "form": "injectmap-erased",
                "version": 1,
                "erased": [{"patient": "of before", "row": 3, "at_ms": 4}],
            }
        )
    )
    assert erase(demo, treated(demo)).ledger_kept
    assert {one.patient_id for one in ledger.read()} == {"of before", treated_id(demo)}


def treated_id(demo: Services) -> str:
    return demo.privacy.erased(demo.acting)[0].patient_id


def test_a_ledger_that_cannot_be_written_is_said(demo: Services, expect_log: Callable[[str], None]):
    expect_log("the ledger of the erased was not read: ledger_unreadable")
    expect_log("the ledger of the erased was not written: IsADirectoryError")
    ledger_path(demo.database.path).mkdir()  # type: ignore[attr-defined]
    done = erase(demo, treated(demo))
    assert not done.ledger_kept
    assert done.compacted


def test_a_full_disk_leaves_the_person_erased_and_says_what_is_left(
    demo: Services, expect_log: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
):
    expect_log("the file was not written anew after an erasure: disk_full")

    def full() -> bool:
        raise StorageProblem("disk_full")

    patient = treated(demo)
    monkeypatch.setattr(demo.database, "compact", full)
    done = erase(demo, patient)
    assert not done.compacted
    assert demo.patients.get(demo.acting, patient.id).erased
    assert demo.proof.verify(demo.acting).whole


def test_backups_hold_whom_they_end_before_the_erasure_of(demo: Services):
    patient, backups = treated(demo), Backups()
    demo.privacy._backups = backups
    with demo.database.reading() as work:
        head = work.journal.head()
        first = min(one.number for one in work.erasing.lines((patient.id,)))
    backups.held = tuple(
        HeldBackup(f"r{row}", row, row) for row in (first - 1, first, head, head + 1, head + 2)
    )
    assert [one.row for one in demo.privacy.before_erasing(demo.acting, patient.id).backups] == [first, head]
    done = erase(demo, patient)
    assert done.person.row_number == head + 1
    assert [one.row for one in done.backups] == [first, head]
    (line,) = demo.privacy.still_held(demo.acting)
    assert [one.row for one in line.backups] == [first, head]
    assert [one.row for one in demo.privacy.access_report(demo.acting, patient.id).backups] == [first, head]


def test_a_damaged_copy_that_nobody_can_read_holds_whom_it_may(demo: Services):
    patient, backups = treated(demo), Backups()
    demo.privacy._backups = backups
    now = demo.clock.now_ms()
    backups.held = tuple(HeldBackup(f"c{at}", now + at, None, "/clinics") for at in (-1_000, 3_600_000))
    done = erase(demo, patient)
    assert [one.path for one in done.backups] == ["/clinics/c-1000"]


def test_the_report_tells_a_cosignature_from_a_signature(demo: Services):
    patient = treated(demo)
    with demo.database.reading() as work:
        opened = [work.sessions.open(one.id) for one in work.sessions.of_patient(patient.id)]
    signed = next(one for one in opened if one.versions and one.versions[-1].cosignature is None)
    last = signed.versions[-1]
    by = next(one for one in demo.practitioners if one.id != last.practitioner_id)
    demo.signing.cosign(demo.acting, signed.session.id, last.version, by.id)
    words = load_words()

    def said() -> list[str]:
        report = demo.privacy.access_report(demo.acting, patient.id)
        return [access_texts(line, words)[1] for line in report.lines if line.row.kind is JournalKind.SIGN]

    assert said()[-1] == "Co-signed"
    assert said().count("Signed") == len(said()) - said().count("Co-signed") > 0
    assert b"Co-signed" in demo.privacy.access_csv(
        demo.acting, demo.privacy.access_report(demo.acting, patient.id)
    )
    erase(demo, patient)
    assert set(said()) == {"Signed or co-signed"}


def test_the_report_says_since_when_looking_is_kept(demo: Services):
    patient = treated(demo)

    def report() -> Any:
        return demo.privacy.access_report(demo.acting, patient.id)

    assert not report().reads_kept
    assert report().reads_from_ms is None
    before = demo.clock.now_ms()
    _set(demo, journal_reads=True)
    _set(demo, low_stock=7)
    since = report().reads_from_ms
    assert before <= since <= demo.clock.now_ms()
    _set(demo, journal_reads=False)
    assert report().reads_from_ms is None
    _set(demo, journal_reads=True)
    assert report().reads_from_ms >= since


def test_nobody_is_listed_without_a_period_and_nobody_goes_by_the_list(demo: Services):
    assert demo.privacy.retention(demo.acting).years is None
    _set(demo, retention_years=1)
    found = demo.privacy.retention(demo.acting)
    assert found.years == 1
    for line in found.lines:
        assert line.due <= found.today
    with demo.database.reading() as work:
        everybody = work.erasing.kept("Europe/London")
    due = {line.kept.patient_id for line in found.lines}
    assert 0 < len(due) < len(everybody)
    assert not demo.privacy.erased(demo.acting)


def _set(demo: Services, **changes: Any) -> ClinicSettings:
    service = demo.settings_service
    return service.update(demo.acting, dataclasses.replace(service.current(), **changes))


def test_retention_looks_at_reviews_too_and_a_name_cannot_become_a_formula(demo: Services):
    patient = demo.patients.search(demo.acting, "Brandvold")[0]
    details = demo.patients.checked_details(
        today=dt.date(2026, 1, 1),
        family_name="=cmd|'/c calc'!A1",
        given_name="",
        birth_date=dt.date(1962, 11, 5),
    )
    demo.patients.update(demo.acting, patient, details)
    _set(demo, retention_years=1)
    found = demo.privacy.retention(demo.acting)
    mine = [line for line in found.lines if line.kept.patient_id == patient.id]
    assert [one.kept.last_seen for one in mine] == [None]
    assert b"'=cmd" in demo.privacy.retention_csv(demo.acting, found)
    planned = demo.aftercare.plan(demo.acting, patient.id, due=found.today, note="")
    demo.aftercare.reviewed(demo.acting, planned, found.today)
    assert patient.id not in {line.kept.patient_id for line in demo.privacy.retention(demo.acting).lines}


def test_an_access_report_has_every_row_about_the_patient_and_nobody_elses(demo: Services):
    patient = treated(demo)
    _set(demo, journal_reads=True)
    session = demo.sessions.of_patient(demo.acting, patient.id)[0]
    demo.sessions.open(demo.acting, session.id)
    report = demo.privacy.access_report(demo.acting, patient.id)
    with demo.database.reading() as work:
        rows, subjects = work.journal.all(), set(work.erasing.subjects(patient.id))
    assert [one.row.number for one in report.lines] == [
        row.number for row in rows if row.subject_id in subjects
    ]
    assert report.reads_kept
    last = report.lines[-1]
    assert (last.row.kind, last.row.what) == (JournalKind.READ, "open")
    assert last.practitioner
    assert last.subject == f"{session.date.year}-{session.number:05d}"
    erase(demo, patient)
    after = demo.privacy.access_report(demo.acting, patient.id)
    assert [one.row.number for one in after.lines[:-1]] == [one.row.number for one in report.lines]
    assert after.lines[-1].row.kind is JournalKind.ERASE
    assert after.erased is not None
    assert after.patient.erased
    for content in (demo.privacy.access_csv(demo.acting, after), demo.privacy.access_pdf(demo.acting, after)):
        assert patient.family_name.encode() not in content


def test_the_chain_and_the_replay_accept_an_erasure(demo: Services):
    patient = treated(demo)
    erase(demo, patient)
    with demo.database.reading() as work:
        assert check_chain(work.journal.all()) is None
    findings = demo.proof.verify(demo.acting)
    assert findings.whole, findings


def test_the_tables_of_others_list_an_erased_person_as_erased(demo: Services):
    patient = treated(demo)
    session = demo.sessions.of_patient(demo.acting, patient.id)[0]
    lot = demo.sessions.open(demo.acting, session.id).syringes[0].lot
    erase(demo, patient)
    found = demo.recall.find(demo.acting, lot)
    assert any(row.erased and row.patient_id == patient.id for row in found.rows)
    assert b"Erased person" in demo.recall.csv(demo.acting, found)
    assert b"0001-01-01" not in demo.recall.csv(demo.acting, found)
    assert demo.recall.pdf(demo.acting, found).startswith(b"%PDF")
    over_time = demo.insight.over_time(demo.acting, patient.id)
    assert over_time.sessions == ()
    assert demo.stock.lines(demo.acting)
    for refused in (
        lambda: demo.sessions.open(demo.acting, session.id),
        lambda: demo.records.pdf(demo.acting, session.id),
    ):
        with pytest.raises(InputRefused, match="patient_erased"):
            refused()
    again = demo.patients.get(demo.acting, patient.id)
    with pytest.raises(InputRefused, match="patient_in_error"):
        demo.patients.mark_error(demo.acting, again, "again")


def test_a_patient_is_found_by_number_alone(demo: Services):
    patient = treated(demo)
    assert demo.privacy.find(demo.acting, patient.number_text).id == patient.id
    erase(demo, patient)
    assert demo.privacy.find(demo.acting, f"{patient.number}").erased
    for typed in ("Vasterholm", "99999", ""):
        with pytest.raises(StorageProblem, match="patient_not_found"):
            demo.privacy.find(demo.acting, typed)


# The command line.


@pytest.fixture
def command(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Commands on the demo clinic of a folder of this test's own."""
    (tmp_path / "demo.injectmap").write_bytes(made.read_bytes())
    monkeypatch.setattr("injectmap.cli.opening.Opener", lambda: Opener(data_folder=tmp_path))
    return lambda *words: main([*words, "--demo"])


def test_the_command_line_erases_only_with_the_number_typed_twice(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    assert command("access-report", "--patient", "7", "--csv", str(tmp_path / "a.csv")) == 0
    assert command("access-report", "--patient", "00007", "--pdf", str(tmp_path / "a.pdf")) == 0
    assert (tmp_path / "a.csv").read_text("utf-8-sig").count("Wrote") > 3
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF")
    assert command("erase-patient", "--patient", "7") == 1
    assert "Nothing was erased" in capsys.readouterr().err
    assert command("erase-patient", "--patient", "7", "--confirm", "00007") == 1
    assert command("erase-patient", "--patient", "7", "--confirm", "8", "--reason", "court_order") == 1
    assert "exactly as it is shown: 00007" in capsys.readouterr().err
    assert command("erase-patient", "--patient", "7", "--confirm", "00007", "--reason", "court_order") == 0
    assert "No. 00007 was erased." in capsys.readouterr().out
    assert command("erase-patient", "--patient", "7", "--confirm", "00007", "--reason", "court_order") == 1
    assert command("access-report", "--patient", "7") == 0
    assert "Erased the person" in capsys.readouterr().out


def test_the_command_line_lists_who_is_due(
    command: Callable[..., int], capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    assert command("retention") == 0
    assert "no retention period" in capsys.readouterr().out
    services = Opener(data_folder=tmp_path).demo()
    _set(services, retention_years=1)
    services.close()
    assert command("retention") == 0
    assert "Brandvold" in capsys.readouterr().out
    assert command("retention", "--csv", str(tmp_path / "due.csv")) == 0
    assert "Brandvold" in (tmp_path / "due.csv").read_text("utf-8-sig")
    assert command("access-report", "--patient", "99999") == 1


def test_a_period_that_is_not_over_is_no_reason(demo: Services):
    patient = treated(demo)
    over = ErasureReason.RETENTION_OVER
    number = patient.number_text
    settings = demo.settings_service.current()
    for years in (None, 10):
        demo.settings_service.update(
            demo.acting, dataclasses.replace(demo.settings_service.current(), retention_years=years)
        )
        assert not demo.privacy.before_erasing(demo.acting, patient.id).due
        with pytest.raises(InputRefused, match="erase_not_due"):
            demo.privacy.erase(demo.acting, patient.id, number=number, reason=over)
    assert settings.retention_years is None
    assert not demo.patients.get(demo.acting, patient.id).erased
