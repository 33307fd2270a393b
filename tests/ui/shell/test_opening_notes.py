"""What is said once when a clinic opens."""

from injectmap.domain.errors import StorageProblem
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.services.moved import MovedNote, write_note
from injectmap.ui.start.start_screen import StartScreen
from injectmap.ui.widgets.sentences import read_only_text
from tests.fakes import NOW_MS


def write_row(shell, at_ms: int) -> None:
    with shell.opener.database.writing() as work:
        work.journal.append(
            shell.opener.acting,
            kind=JournalKind.READ,
            subject_kind=SubjectKind.PATIENT,
            subject_id=shell.elin.id,
            payload={},
            at_ms=at_ms,
        )
        work.commit()


def test_a_clock_behind_the_last_entry_is_said_when_the_clinic_opens(make_shell):
    shell = make_shell(open=False, patient=False)
    write_row(shell, NOW_MS + 3_600_000)
    shell.open()
    assert "clock is behind the last entry" in shell.space.banner.text
    shell.space.banner.put_away()
    shell.desk.close_clinic()
    write_row(shell, NOW_MS)
    shell.open()
    assert shell.space.banner.text == ""


def test_missing_entries_are_said_when_the_clinic_opens(make_shell):
    shell = make_shell(open=False, patient=False)
    shell.opener.database.read_only_reason = StorageProblem(
        "entries_missing", name="Harbour", last=41, stored=44
    )
    shell.opener.database.read_only = True
    shell.open()
    assert "ends at entry 41, though entry 44 had been stored" in shell.space.banner.text
    assert shell.space.top.save.text == "Open for reading only: entries 42 to 44 cannot be read"


def test_a_clinic_that_was_moved_says_where_when_it_opens(make_shell):
    shell = make_shell(open=False, patient=False)
    shell.opener.database.read_only_reason = StorageProblem(
        "clinic_moved",
        name="Harbour",
        to="server.example/harbour",
        day="2026-11-22",
        note="Harbour.moved.json",
    )
    shell.opener.database.read_only = True
    shell.open()
    assert "was moved to “server.example/harbour” on 2026-11-22" in shell.space.banner.text
    assert "take away the file “Harbour.moved.json”" in shell.space.banner.text
    assert read_only_text(shell.desk.read_only_reason) == "moved on 2026-11-22"


def test_the_start_screen_marks_what_was_moved(make_shell, tmp_path):
    shell = make_shell(open=False, patient=False)
    start = shell.window.findChild(StartScreen)
    paths = tmp_path / "Harbour.injectmap", tmp_path / "Quay.injectmap"
    write_note(paths[0], MovedNote("server.example/harbour", 1_795_000_000_000))
    start.show_recent(paths)
    assert [name for name, _ in start.recent.lines] == ["Harbour (moved, for reading only)"]
    # What goes on elsewhere is not what is offered first.
    assert start.latest.path == paths[1]
