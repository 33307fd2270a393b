import datetime as dt
import itertools
import os
import platform
import signal
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt

from injectmap.domain.errors import StorageProblem
from injectmap.ui.actions import ACTIONS
from injectmap.ui.ending import Ending
from tests.key_fakes import PASSPHRASE, PASSWORD

F = Qt.Key


def draw_less(shell):
    shell.editor.select([shell.editor.map.passes[0].id])
    shell.editor.remove_selected()


def test_the_start_screen_says_what_the_program_is_for(make_shell):
    shell = make_shell(open=False)
    start = shell.space.extras.start
    assert start.isVisible()
    assert not shell.space.side.isVisible()
    assert "Does not analyse the patient" in shell.space.footer.purpose.full_text()


def test_the_demonstration_opens_at_its_latest_session(make_shell, qtbot):
    shell = make_shell(open=False)
    qtbot.mouseClick(shell.space.extras.start.demo, Qt.MouseButton.LeftButton)
    assert shell.desk.patient == shell.elin
    assert shell.editor is not None
    assert shell.space.top._notice.isVisible()
    assert shell.window.windowTitle() == "Test clinic · injectmap"


def test_a_clinic_never_opens_a_patient_unasked(make_shell):
    shell = make_shell(patient=False)
    assert shell.desk.patient is None
    assert shell.space.session.nothing.full_text().startswith("No patient open. Ctrl+F")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("file_not_ours", "is not an injectmap clinic"),
        ("file_newer", "written by a newer injectmap"),
        ("file_damaged", "is damaged and was not opened"),
        ("file_locked", "is open in another program"),
        ("file_missing", "is not there"),
        ("not_a_demo", "not a demonstration clinic"),
    ],
)
def test_a_file_that_cannot_be_opened_is_explained_on_the_start_screen(make_shell, code, said):
    shell = make_shell(open=False)
    path = Path("/somewhere/clinic.injectmap")
    shell.opener.refusals[path] = StorageProblem(code, name=path.name)
    shell.prompts.existing = path
    shell.space.extras.start.open.click()
    assert said in shell.space.extras.start.problem
    assert "clinic.injectmap" in shell.space.extras.start.problem
    assert shell.space.extras.start._choices.isEnabled()
    shell.space.extras.start.demo.click()
    assert shell.desk.has_clinic


def test_an_unknown_fault_is_still_a_sentence(make_shell, expect_log):
    expect_log("work failed: RuntimeError")
    shell = make_shell(open=False)
    path = Path("/somewhere/x")
    shell.opener.refusals[path] = RuntimeError("secret of a patient")
    shell.desk.open_clinic(path)
    assert shell.space.extras.start.problem == (
        "That did not work because of a fault in the program. Nothing stored was changed."
    )


def test_a_new_clinic_is_named_and_made(make_shell, qtbot):
    shell = make_shell(open=False)
    start = shell.space.extras.start
    start.new.click()
    form = start.new_form
    form.submit()
    assert len(form.problems()) == 5
    qtbot.keyClicks(form.name, "Clinic at the Quay")
    assert form.file.text().endswith("Clinic at the Quay.injectmap")
    qtbot.keyClicks(form.practitioner, "Dr M. Vale")
    shell.prompts.new = Path("/tmp/quay")
    form.choose.click()
    type_secrets(form)
    form.submit()
    path, name, practitioner, zone, password = shell.opener.created[0]
    assert (path, name, practitioner) == (Path("/tmp/quay.injectmap"), "Clinic at the Quay", "Dr M. Vale")
    assert zone
    assert password == PASSWORD
    # Its recovery key comes first.
    assert start.recovery.isVisible()
    assert not shell.desk.has_clinic


def type_secrets(form):
    for field in (form.passphrase.field, form.passphrase.again):
        field.setText(PASSPHRASE)
    for field in (form.practitioner_password, form.password_again):
        field.setText(PASSWORD)


def test_a_clinic_that_is_there_already_keeps_what_was_typed(make_shell):
    shell = make_shell(open=False)
    start = shell.space.extras.start
    start.new.click()
    form = start.new_form
    form.name.setText("Quay")
    form.practitioner.setText("Dr M. Vale")
    type_secrets(form)
    form.submit()
    assert form.problems() == ["Choose where the file is kept."]
    form.file.setText("/tmp/there.injectmap")
    assert form.problems() == []
    shell.opener.refusals[Path("/tmp/there.injectmap")] = StorageProblem(
        "file_exists", name="there.injectmap"
    )
    form.submit()
    assert "already a file" in start.problem
    assert form.isVisible()
    assert form.name.text() == "Quay"


def test_recent_clinics_are_one_click_away(make_shell):
    shell = make_shell(open=False)
    shell.opener.recent_paths = (Path("/a/Quay.injectmap"), Path("/b/Hill.injectmap"))
    shell.space.extras.start.begin(shell.opener.recent())
    start = shell.space.extras.start
    assert start.latest.button.text() == "Open Quay"
    assert start.latest.folder == "/a"
    assert start.recent.lines == [("Hill", "/b")]
    start.recent.buttons[0].click()
    assert shell.desk.has_clinic


def test_a_clinic_of_ones_own_comes_before_the_demonstration(make_shell):
    shell = make_shell(open=False)
    start = shell.space.extras.start
    start.begin(())
    assert start.demo.hasFocus()
    assert not start.latest.isVisible()
    large = start.demo.width()
    start.begin((Path("/a/Quay.injectmap"), Path("/b/Quay.injectmap")))
    QCoreApplication.processEvents()
    assert start.latest.button.hasFocus()
    assert start.latest.button.property("kind") == "primary"
    assert start.demo.property("kind") == "flat"
    assert start.demo.isVisible()
    assert start.demo.width() < large / 2
    top = [one.mapTo(start, QPoint()).y() for one in (start.latest.button, start.new, start.demo)]
    assert top == sorted(top)
    # Two of one name are told apart.
    assert start.latest.folder == "/a"
    assert start.recent.lines == [("Quay", "/b")]
    start.latest.button.click()
    assert shell.desk.has_clinic


def test_a_read_only_clinic_can_be_read_and_says_so(make_shell):
    shell = make_shell(open=False)
    shell.opener.database.read_only = True
    shell.open()
    shell.desk.open_patient(shell.elin)
    assert shell.space.top.save.text == "Open for reading only"
    assert not shell.space.actions["new_patient"].isEnabled()
    assert not shell.space.side.column.foot.add.isEnabled()
    assert not shell.space.session.syringes.add.isEnabled()


def test_a_clinic_open_elsewhere_says_since_when_and_nothing_can_be_drawn(make_shell):
    shell = make_shell(open=False)
    database = shell.opener.database
    database.read_only = True
    since_ms = int(dt.datetime.now(tz=dt.UTC).timestamp() * 1000)
    database.read_only_reason = StorageProblem(
        "file_locked", name="a", host=platform.node(), since_ms=since_ms
    )
    shell.open()
    shell.desk.open_patient(shell.elin)
    since = dt.datetime.fromtimestamp(since_ms / 1000, tz=dt.UTC).astimezone()
    said = f"Open for reading only: open in another window since {since:%H:%M}"
    assert shell.space.top.save.text == said
    assert shell.space.top.save._text.toolTip() == said
    assert shell.editor.tool_id == "select"
    assert shell.editor.read_only
    assert shell.editor.failed is None


def test_saved_is_always_said(shell):
    assert shell.space.top.save.isVisible()
    assert shell.space.top.save.text == "All saved"


def test_a_pass_that_is_not_saved_is_said_until_it_is_solved(shell):
    shell.opener.database.failing = StorageProblem("disk_full")
    draw_less(shell)
    save = shell.space.top.save
    assert save.text.startswith("Not saved: The disk is full")
    assert len(shell.editor.map.passes) == 8
    save._retry.click()
    assert save.text.startswith("Not saved")
    shell.opener.database.failing = None
    save._retry.click()
    assert save.text == "All saved"
    assert len(shell.editor.map.passes) == 7


def test_an_unsaved_pass_keeps_its_session_and_the_window(shell):
    session = shell.editor.session
    shell.opener.database.failing = StorageProblem("disk_full")
    draw_less(shell)
    shell.desk.open_session(shell.desk.sessions[1].id)
    assert shell.editor.session == session
    shell.desk.close_patient()
    assert shell.desk.patient is not None
    assert not shell.window.close()
    assert "not saved yet" in shell.space.banner.text
    shell.space.actions["close_clinic"].trigger()
    assert shell.desk.has_clinic
    shell.editor.discard_failed()
    shell.desk.open_session(shell.desk.sessions[1].id)
    assert shell.editor.session != session


@pytest.mark.parametrize("still_failing", [False, True])
def test_the_system_ends_the_window_whatever_is_unsaved(shell, monkeypatch, still_failing):
    database, session = shell.opener.database, shell.editor.session.id
    database.failing = StorageProblem("disk_full")
    draw_less(shell)
    tried = []

    def retry():
        tried.append(True)
        if not still_failing:
            database.failing = None
        type(shell.desk).retry(shell.desk)

    monkeypatch.setattr(shell.desk, "retry", retry)
    ended = []
    ending = Ending(QCoreApplication.instance(), shell.window)
    monkeypatch.setattr(ending, "_application", SimpleNamespace(exit=ended.append))
    os.kill(os.getpid(), signal.SIGTERM)
    ending._heard()
    ending.close()
    assert ended == [0]
    assert tried == [True]
    assert not shell.window.isVisible()
    assert not shell.desk.has_clinic
    assert len(database.state.maps[session].passes) == (8 if still_failing else 7)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_conflict_shows_the_newer_state_and_says_so(shell, qtbot):
    state, session = shell.opener.database.state, shell.editor.session
    state.sessions[session.id] = replace(session, revision=5)
    kept = state.maps[session.id].passes[:6]
    state.maps[session.id] = replace(state.maps[session.id], passes=kept)
    draw_less(shell)
    qtbot.waitUntil(lambda: shell.editor.revision == 5)
    assert len(shell.editor.map.passes) == 6
    # What was wanted fits the newer map too: it waits, nothing was overwritten, and Retry does it.
    assert shell.editor.failed.error.code == "kept_on_newer_map"
    assert "changed elsewhere" in shell.window.chart.notice.sentence.text()
    assert len([r for r in shell.space.session.table.pass_model.rows if hasattr(r, "one")]) == 6
    shell.desk.retry()
    assert shell.editor.failed is None
    assert len(shell.editor.map.passes) == 5


def test_a_conflict_over_the_same_pass_shows_the_newer_state_and_says_so(shell, qtbot):
    state, session = shell.opener.database.state, shell.editor.session
    state.sessions[session.id] = replace(session, revision=5)
    state.maps[session.id] = replace(
        state.maps[session.id],
        passes=tuple(replace(one, depth_um=9_000) for one in state.maps[session.id].passes),
    )
    draw_less(shell)
    qtbot.waitUntil(lambda: shell.editor.failed is None)
    assert {one.depth_um for one in shell.editor.map.passes} == {9_000}
    assert "changed elsewhere" in shell.space.banner.text


def test_a_missing_session_leaves_the_open_one(shell):
    session = shell.editor.session
    gone = shell.desk.sessions[1]
    del shell.opener.database.state.sessions[gone.id]
    shell.desk.open_session(gone.id)
    assert shell.editor.session == session
    assert "no such treatment session" in shell.space.banner.text
    shell.space.banner.put_away()
    assert shell.space.banner.text == ""


def test_closing_the_clinic_puts_everything_away(shell):
    shell.space.actions["close_clinic"].trigger()
    assert shell.opener.database.closed
    assert shell.editor is None
    assert shell.space.extras.start.isVisible()
    assert not shell.space.top.save.isVisible()
    assert shell.space.side.column.header.isHidden()


def test_the_theme_changes_everywhere_at_once(shell, theme):
    shell.space.actions["theme"].trigger()
    assert theme.dark
    assert shell.opener.dark is True
    label = shell.space.side.column.header.name
    assert label.palette().color(label.foregroundRole()) == theme.colour("text")
    shell.space.actions["theme"].trigger()


def test_the_list_of_keys_opens_and_gives_the_keyboard_back(shell, qtbot):
    shell.space.session.table.setFocus()
    qtbot.keyClick(shell.window, F.Key_F1)
    assert shell.space.extras.keys.isVisible()
    assert shell.space.extras.keys.hasFocus()
    qtbot.keyClick(shell.space.extras.keys, F.Key_Escape)
    assert not shell.space.extras.keys.isVisible()
    assert shell.space.session.table.hasFocus()


def test_keys_reach_their_panels(shell, qtbot):
    qtbot.keyClick(shell.window, F.Key_F4)
    assert shell.space.session.table.hasFocus()
    qtbot.keyClick(shell.window, F.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert shell.space.side.column.search.hasFocus()
    qtbot.keyClick(shell.window, F.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert shell.space.pages["record"].isVisible()
    qtbot.keyClick(shell.window, F.Key_F3)
    assert not shell.space.pages["record"].isVisible()


def test_everything_on_screen_has_a_name_for_screen_readers(shell):
    from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QListView, QTableView

    shell.space.session.start_new_session()
    shell.space.side.column.start_new_patient()
    kinds = (QAbstractButton, QComboBox, QLineEdit, QListView, QTableView)
    nameless = [
        widget
        for kind in kinds
        for widget in shell.window.findChildren(kind)
        if widget.isVisible()
        and not (widget.accessibleName() or getattr(widget, "text", str)())
        and not isinstance(widget.parentWidget(), QComboBox)
    ]
    assert nameless == []


def test_every_handler_belongs_to_an_action(shell):
    assert {spec.id for spec in ACTIONS if not spec.page} == shell.space._handlers().keys()


def test_nothing_that_reloads_the_session_drops_an_unsaved_pass(shell):
    shell.opener.database.failing = StorageProblem("disk_full")
    draw_less(shell)
    shell.opener.database.failing = None
    panel = shell.space.session.syringes
    panel.edit.click()
    panel.form.lot.setText("H99")
    panel.form.submit()
    assert "not saved yet" in panel.form._lot_row.problem
    assert panel.form.lot.text() == "H99"
    assert shell.editor.failed is not None
    shell.editor.retry()
    panel.form.submit()
    assert shell.editor.syringes[1].lot == "H99"
    assert len(shell.editor.map.passes) == 7


@pytest.mark.parametrize("width", [1100, 1280, 1440])
@pytest.mark.parametrize("failing", [False, True])
def test_nothing_in_the_top_bar_is_cut_off(shell, qtbot, width, failing):
    shell.window.resize(width, 800)
    if failing:
        shell.opener.database.failing = StorageProblem("disk_full")
        draw_less(shell)
    top = shell.space.top
    qtbot.waitUntil(lambda: top.width() == width)
    top.layout().activate()
    shown = [w for w in top.children() if w.isWidgetType() and w.isVisible() and w is not top.menu]
    assert all(w.width() >= w.minimumSizeHint().width() for w in shown)
    placed = sorted(shown, key=lambda w: w.x())
    assert all(a.x() + a.width() <= b.x() for a, b in itertools.pairwise(placed))
    assert top._notice in shown
    assert top.save in shown


def test_a_problem_outlives_the_rewriting_of_its_date(shell):
    shell.space.session.start_new_session()
    form = shell.space.session.form
    form.date.setText("1.1.2030")
    form.submit()
    form.lot.setFocus()
    assert form.date.text() == "1 Jan 2030"
    assert form.problems() == ["The treatment date lies in the future. A record is made of what was done."]


def test_nothing_is_drawn_into_the_session_before_while_a_new_one_is_typed_in(shell, qtbot):
    shell.space.actions["new_session"].trigger()
    assert not shell.space.chart.view.isEnabled()
    qtbot.keyClick(shell.space.session.form.product, F.Key_Escape)
    assert shell.space.chart.view.isEnabled()
    shell.space.actions["new_session"].trigger()
    shell.space.session.form.submit()
    assert shell.space.chart.view.isEnabled()
    shell.space.actions["new_session"].trigger()
    shell.desk.open_session(shell.desk.sessions[-1].id)
    assert shell.space.chart.view.isEnabled()
    assert not shell.space.session.form_open


@pytest.mark.parametrize("page", ["record", "settings", "stock", "due", "patient"])
@pytest.mark.parametrize("action", ["new_patient", "find_patient", "session_error"])
def test_what_the_patient_column_is_wanted_for_is_seen_from_every_page(shell, page, action):
    shell.space.pages.show(page)
    shell.space.actions[action].trigger()
    focus = shell.window.focusWidget()
    assert focus is not None
    assert focus.isVisible()
    assert (page == "patient" and action == "find_patient") or shell.space.side.isVisible()


def test_what_was_done_is_said_for_a_while_and_a_problem_until_it_is_put_away(shell, qtbot):
    banner = shell.space.banner
    banner.timer.setInterval(1)
    shell.desk.notice.emit("Saved as record.pdf")
    assert banner.text == "Saved as record.pdf"
    qtbot.waitUntil(lambda: not banner.isVisible())
    shell.desk.notice.emit("Saved as record.pdf")
    shell.desk.problem.emit("The disk is full")
    assert not banner.timer.isActive()
    assert banner.text == "The disk is full"


def test_what_was_done_is_said_without_moving_the_page(shell, qtbot):
    banner, page = shell.space.banner, shell.space.session

    def top():
        QCoreApplication.processEvents()
        return page.mapTo(shell.window, page.rect().topLeft()).y()

    stood = top()
    shell.desk.notice.emit("Record signed, version 1.")
    assert banner.isVisible()
    assert top() == stood
    foot = shell.window.paper.height() - shell.space.footer.height()
    assert banner.geometry().bottom() < foot, "the line at the foot stays in sight"
    assert banner.y() > shell.window.paper.height() / 2, "a page's buttons stand at its top"
    shell.window.resize(shell.window.width() + 60, shell.window.height())
    qtbot.waitUntil(lambda: abs(banner.geometry().center().x() - shell.window.paper.rect().center().x()) <= 1)
    banner.put_away()
    assert top() == stood
    shell.desk.problem.emit("The disk is full.")
    assert top() == stood + banner.height(), "what stays covers nothing"
    shell.desk.notice.emit("Record signed, version 1.")
    banner.put_away()
    assert top() == stood


def test_without_a_patient_the_head_says_to_find_one_first(make_shell):
    shell = make_shell(patient=False)
    assert shell.space.chart.empty.text.startswith("No patient is open.")
    shell.desk.open_patient(shell.elin)
    assert not shell.space.chart.empty.text
    shell.desk.close_patient()
    assert shell.space.chart.empty.text.startswith("No patient is open.")
