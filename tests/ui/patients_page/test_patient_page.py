import datetime as dt
from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from injectmap.domain.aftercare import FollowUp
from injectmap.domain.errors import StorageProblem
from injectmap.domain.patient import Patient
from injectmap.domain.record import RecordEntry, RecordField, RecordState
from injectmap.domain.treatment_map import TreatmentMap
from injectmap.services.insight import FileForm, InsightFigure
from injectmap.services.ports import SessionSummary
from injectmap.ui.patients.patient_facts import facts_of
from injectmap.ui.patients.session_strip import places_in_time, since_line
from injectmap.ui.patients.time_line import count_of_passes, state_of


def press(widget, key):
    QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier))


def menu_texts(button) -> list[str]:
    return [action.text() for action in button.menu().actions()]


def trigger(button, name: str) -> None:
    button.menu().findChild(QAction, name).trigger()


# What is shown


def test_sessions_stand_in_time_with_their_numbers_and_the_open_one_marked(shown):
    cards = shown.page.strip.cards
    assert [card.summary.date.year for card in cards] == [2025, 2026]
    assert [card.is_open for card in cards] == [False, True]
    assert "HArmonyCa · 0.60 mL, 4 passes" in cards[0].accessibleName()
    assert cards[1].accessibleName().endswith("Draft, open now")
    assert shown.page.since.full_text() == "2 since May 2025"


def test_figures_are_drawn_at_the_size_they_have_and_said_in_words(shown):
    figures = shown.page.figures
    assert sorted(shown.drawn()) == ["dose", "volume"]
    for figure, size in shown.opener.figures.drawn:
        view = getattr(figures, figure.value)
        assert (size.width, size.height) == (view.width(), view.height())
        assert not size.dark
        assert view.accessibleDescription() == f"{figure.value} in words"
        # The fake picture's grey is the number of passes.
        middle = view.grab().toImage().pixelColor(view.width() // 2, 40)
        assert middle.red() == 12


def test_sums_and_difference_are_plain_figures(shown):
    sums = shown.page.figures.sums.texts
    assert sums[:5] == ["All sessions", "Right", "Left", "Both", "Right − left"]
    assert sums[5:10] == ["mL", "0.60", "1.20", "1.80", "−0.60"]
    difference = shown.page.figures.difference
    assert difference.title.full_text() == "22 Nov 2026, compared with 6 May 2025"
    assert difference.table.texts[-5:-1] == ["All zones", "+0.60", "–", "+0.60"]
    said = " ".join([*sums, *difference.table.texts]).lower()
    for never in ("recommend", "ideal", "safe", "too much", "danger", "warning"):
        assert never not in said


def test_nothing_is_drawn_twice_without_a_change(shown, qtbot):
    count = len(shown.drawn())
    shown.page.refresh()
    shown.page.hide()
    shown.page.show()
    qtbot.wait(30)
    assert len(shown.drawn()) == count


def test_nothing_is_read_or_drawn_before_the_page_is_shown(stage):
    stage.desk.open_session(stage.desk.sessions[1].id)
    assert stage.drawn() == []


def test_an_edit_is_seen_in_the_figures(shown, qtbot):
    count = len(shown.drawn())
    editor = shown.desk.editor
    editor.select([editor.map.passes[0].id])
    editor.remove_selected()
    qtbot.waitUntil(lambda: len(shown.drawn()) == count + 2)
    assert shown.page.figures.sums.texts[8] == "1.65"


def test_the_dark_screen_gets_dark_figures(shown, qtbot):
    count = len(shown.drawn())
    shown.theme.set_dark(True)
    qtbot.waitUntil(lambda: len(shown.drawn()) == count + 2)
    assert all(size.dark for _, size in shown.opener.figures.drawn[count:])


def test_a_new_size_is_drawn_once_it_has_settled(shown, qtbot):
    count = len(shown.drawn())
    for width in (1240, 1280, 1320):
        shown.page.resize(width, 800)
    assert len(shown.drawn()) == count
    qtbot.waitUntil(lambda: len(shown.drawn()) == count + 2)
    qtbot.wait(250)
    assert len(shown.drawn()) == count + 2


def test_a_patient_without_sessions_is_told_how_to_start(shown, qtbot):
    shown.desk.open_patient(shown.niamh)
    page = shown.page
    assert page.strip.cards == []
    assert page.empty.isVisible()
    assert page.empty.full_text() == "No treatment sessions. Ctrl+N starts the first."
    assert not page.figures.isVisible()
    assert not page.facts.export.isEnabled()
    assert not page.facts.summary.isEnabled()
    page.take_focus()
    assert page.facts.new_session.hasFocus()
    shown.desk.open_patient(shown.elin)
    qtbot.waitUntil(lambda: page.figures.isVisible())
    assert page.facts.export.isEnabled()


def test_a_session_without_passes_stays_out_of_the_figures(shown, qtbot):
    ids = [one.id for one in shown.desk.sessions]
    for one in ids:
        shown.state.maps[one] = TreatmentMap()
    shown.desk.open_patient(shown.elin)
    assert not shown.page.figures.isVisible()
    assert len(shown.page.strip.cards) == 2
    shown.page.grab()


def test_a_patient_that_cannot_be_read_says_why_and_shows_no_one_elses_figures(shown, monkeypatch):
    said = []
    shown.desk.problem.connect(said.append)

    def broken(*_):
        raise StorageProblem("session_not_found")

    monkeypatch.setattr(shown.desk.services.insight, "over_time", broken)
    shown.desk.open_patient(shown.niamh)
    assert said
    assert not shown.page.figures.isVisible()


def test_a_figure_that_cannot_be_drawn_says_why_and_is_tried_again(stage, qtbot):
    said = []
    stage.desk.problem.connect(said.append)
    stage.opener.figures.failing = StorageProblem("session_not_found")
    stage.page.show()
    qtbot.waitUntil(lambda: len(said) >= 2)
    stage.opener.figures.failing = None
    stage.page.hide()
    stage.page.show()
    qtbot.waitUntil(lambda: stage.page.figures.dose.has_picture)


# Going about


def test_a_card_opens_its_session_on_the_chart(shown, qtbot):
    card = shown.page.strip.cards[0]
    with qtbot.waitSignal(shown.page.chart_wanted):
        QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
    assert shown.desk.editor.session.id == card.summary.id
    assert card.is_open


def test_all_can_be_done_from_the_keyboard(shown, qtbot):
    page = shown.page
    page.window().activateWindow()
    page.take_focus()
    first, second = page.strip.cards
    qtbot.waitUntil(second.hasFocus)
    press(second, Qt.Key.Key_Left)
    assert first.hasFocus()
    press(first, Qt.Key.Key_Left)
    assert first.hasFocus()
    with qtbot.waitSignal(page.chart_wanted):
        press(first, Qt.Key.Key_Return)
    assert shown.desk.editor.session.id == first.summary.id
    press(first, Qt.Key.Key_End)
    assert second.hasFocus()
    with qtbot.waitSignal(page.chart_wanted):
        press(page, Qt.Key.Key_Escape)


def test_eighteen_sessions_scroll_with_the_latest_in_sight(shown, qtbot):
    for month in range(1, 17):
        shown.opener.put_session(shown.elin, date=dt.date(2023 + month // 12, 1 + month % 12, 3), count=2)
    shown.desk.open_patient(shown.elin)
    strip = shown.page.strip
    assert len(strip.cards) == 18
    qtbot.waitUntil(lambda: strip.middle_of(strip.cards[0]) is None)
    assert strip.middle_of(strip.cards[-1]) is not None
    strip.cards[-1].setFocus()
    press(strip.cards[-1], Qt.Key.Key_Home)
    assert strip.cards[0].hasFocus()
    qtbot.waitUntil(lambda: strip.middle_of(strip.cards[0]) is not None)
    shown.page.grab()


def test_the_small_pictures_show_both_sides(shown, qtbot):
    card = shown.page.strip.cards[0]
    thumbnails = shown.page.strip.thumbnails
    qtbot.waitUntil(lambda: thumbnails.picture(card.summary, card.devicePixelRatioF()) is not None)
    picture = thumbnails.picture(card.summary, card.devicePixelRatioF())
    ratio = picture.devicePixelRatio()
    assert picture.width() == round((2 * thumbnails.side + thumbnails.gap) * ratio)
    qtbot.waitUntil(lambda: not thumbnails.busy)


def test_a_summary_asked_for_before_the_sessions_are_read_is_made_when_they_are(stage, tmp_path):
    stage.prompts.new = tmp_path / "summary.pdf"
    stage.page.save_summary()
    assert stage.prompts.asked == []
    stage.page.refresh()
    assert stage.prompts.new.read_bytes().startswith(b"%PDF")
    stage.page.refresh()
    assert len(stage.prompts.asked) == 1


def test_another_patient_is_found_without_leaving_the_page(shown, qtbot):
    finder = shown.page.facts.finder
    shown.page.focus_search()
    QTest.keyClicks(finder.field, "sui")
    assert finder.found.isVisible()
    assert not shown.page.facts.name.isVisible()
    press(finder.field, Qt.Key.Key_Return)
    assert shown.desk.patient.id == shown.niamh.id
    assert finder.field.text() == ""
    assert shown.page.facts.name.isVisible()
    assert "Niamh" in shown.page.facts.name.full_text()


# Time


def summary(**fields) -> SessionSummary:
    known = {
        "id": "a",
        "number": 1,
        "date": dt.date(2026, 1, 1),
        "practitioner_name": "Dr A",
        "product_names": ("HArmonyCa",),
        "microlitres": 100,
        "pass_count": 1,
        "error_reason": "",
    }
    return SessionSummary(**(known | fields))


@pytest.mark.parametrize(
    ("fields", "is_open", "said", "icon"),
    [
        ({}, True, "Draft, open now", "pencil"),
        ({"state": RecordState.SIGNED}, False, "Signed", "lock"),
        ({"state": RecordState.SIGNED, "version": 2}, False, "Signed, amended", "lock"),
        ({"state": RecordState.AMENDING, "version": 2}, True, "Amendment open, open now", "pencil"),
        ({"error_reason": "wrong"}, False, "Entered in error", "cross"),
    ],
)
def test_the_standing_of_a_record_is_said(fields, is_open, said, icon):
    assert state_of(summary(**fields), is_open=is_open) == (said, icon)


@pytest.mark.parametrize(
    ("done", "planned", "said"), [(0, 16, "16 planned"), (0, 0, "No passes yet"), (4, 16, "4 passes")]
)
def test_a_plan_is_not_called_empty(done, planned, said):
    assert count_of_passes(summary(pass_count=done, planned_count=planned)) == said


def test_places_are_true_to_the_days_between_sessions():
    dates = [dt.date(2024, 1, 1), dt.date(2024, 1, 11), dt.date(2024, 4, 10)]
    assert places_in_time(dates, 0.0, 1000.0) == [0.0, 100.0, 1000.0]
    crowded = places_in_time([dt.date(2024, 1, 1), *[dt.date(2024, 1, 2)] * 3], 0.0, 300.0, least=10.0)
    assert crowded == [0.0, 280.0, 290.0, 300.0]
    assert places_in_time([dt.date(2024, 1, 1)], 5.0, 100.0) == [5.0]
    assert places_in_time([], 0.0, 1.0) == []


def test_sessions_in_error_are_not_counted():
    known = [summary(), summary(id="b", error_reason="wrong", date=dt.date(2020, 1, 1))]
    assert since_line(known) == "one, in January 2026"
    assert since_line(known[1:]) == ""


# What is recorded


def entry(text="", **details):
    return RecordEntry(text, 1_795_356_000_000, "by", tuple(details.items()))


def test_facts_are_the_last_word_of_each_field(shown):
    over_time = shown.desk.services.insight.over_time(shown.desk.acting, shown.elin.id)
    entries = {
        RecordField.HISTORY: entry("eczema", allergy="penicillin", anticoagulant="no", keloid="no"),
        RecordField.CONSENT: entry(form="Form version 3", given_by="patient"),
        RecordField.REASON: entry("Wishes a firmer jawline"),
    }
    latest = replace(over_time.sessions[-1], entries=entries, follow_up=dt.date(2026, 12, 21))
    patient: Patient = replace(over_time.patient, telephone="+46 00 000 04 17")
    over_time = replace(over_time, patient=patient, sessions=(*over_time.sessions[:-1], latest))
    facts = {fact.label: fact for fact in facts_of(over_time, "Europe/London")}
    assert facts["Telephone"].value == "+46 00 000 04 17"
    history = facts["Medical history, as recorded"]
    assert history.value.startswith("Allergy: penicillin")
    assert "No: anticoagulant or antiplatelet, keloid or hypertrophic scars" in history.value
    assert history.value.endswith("eczema")
    assert history.note == "22 Nov 2026, 14:00"
    assert facts["Consent"].value == "Form version 3, given by the patient"
    assert facts["Reason for the choice"].value == "Wishes a firmer jawline"
    assert facts["Baseline asymmetry"].value == ""
    assert facts["Next review"].value == "21 Dec 2026"
    planned = tuple(
        FollowUp(str(n), patient.id, None, due, note, done_on=done)
        for n, (due, note, done) in enumerate(
            [
                (dt.date(2027, 3, 1), "later", None),
                (dt.date(2027, 1, 8), "photographs", None),
                (dt.date(2026, 1, 8), "", dt.date(2026, 1, 9)),
            ]
        )
    )
    review = facts_of(replace(over_time, follow_ups=planned), "Europe/London")[-1]
    assert (review.value, review.note) == ("8 Jan 2027", "photographs")


def test_long_and_hostile_text_is_shown_as_plain_text_and_cut(shown):
    text = "<b>bold</b> \u202e" + "x" * 10_000
    over_time = shown.desk.services.insight.over_time(shown.desk.acting, shown.elin.id)
    latest = replace(over_time.sessions[-1], entries={RecordField.REASON: entry(text)})
    over_time = replace(over_time, sessions=(*over_time.sessions[:-1], latest))
    shown.page.facts.show_facts(facts_of(over_time, "Europe/London"))
    shown.page.grab()
    assert shown.page.facts.width() < 300


# What leaves the page


@pytest.mark.parametrize("figure", InsightFigure)
@pytest.mark.parametrize("form", FileForm)
def test_figures_are_saved_under_the_patients_number_without_a_name(shown, tmp_path, figure, form):
    target = tmp_path / f"wanted.{form.value}"
    shown.prompts.new = target
    trigger(shown.page.facts.export, f"{figure.value}-{form.value}")
    suggested = shown.prompts.asked[-1][1]
    assert shown.elin.number_text in suggested.name
    assert "asterholm" not in str(suggested)
    assert suggested.suffix == f".{form.value}"
    assert target.read_bytes() == f"{figure.value} {form.value} 1800".encode()
    assert [file.name for file in tmp_path.iterdir()] == [target.name]


def test_each_figure_has_its_own_button_too(shown, tmp_path):
    shown.prompts.new = tmp_path / "map.svg"
    assert menu_texts(shown.page.figures.save_dose) == ["Save as SVG", "Save as PNG", "Save numbers as CSV"]
    trigger(shown.page.figures.save_dose, "dose-svg")
    assert shown.opener.figures.filed == [(InsightFigure.DOSE, FileForm.SVG)]


def test_saving_can_be_called_off_and_a_full_disk_is_said(shown, tmp_path):
    said = []
    shown.desk.problem.connect(said.append)
    shown.page.files.save_summary()
    assert said == []
    shown.prompts.new = tmp_path / "missing" / "summary.pdf"
    shown.page.files.save_summary()
    assert "No such file" in said[0]


def test_the_summary_is_saved_as_pdf(shown, tmp_path):
    notices = []
    shown.desk.notice.connect(notices.append)
    shown.prompts.new = tmp_path / "summary.pdf"
    shown.page.facts.summary.menu().actions()[0].trigger()
    assert shown.prompts.new.read_bytes().startswith(b"%PDF")
    assert "summary.pdf" in notices[0]


def test_the_summary_goes_to_the_printer(shown, tmp_path):
    notices = []
    shown.desk.notice.connect(notices.append)
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    shown.prompts.printer = printer
    shown.page.files.print_summary()
    assert notices == ["The summary was handed to the printer."]
    assert (tmp_path / "printed.pdf").stat().st_size > 500
    shown.prompts.printers = False
    problems = []
    shown.desk.problem.connect(problems.append)
    shown.page.files.print_summary()
    assert problems[0].startswith("No printer")


def test_real_figures_reach_the_screen_from_the_worker(stage, qtbot):
    """matplotlib draws in the one worker thread, as in the program."""
    from injectmap.atlas import load_atlas
    from injectmap.insight.figures import InsightPictures
    from injectmap.ui.tasks import Tasks
    from injectmap.words import load_words

    stage.desk.services.insight._output = InsightPictures(load_atlas, load_words())
    stage.desk.tasks = Tasks(parent=stage.page)
    stage.page.show()
    qtbot.waitUntil(lambda: stage.page.figures.dose.has_picture, timeout=30_000)
    qtbot.waitUntil(lambda: stage.page.figures.volume.has_picture, timeout=30_000)
    shown = stage.page.figures.dose.grab().toImage()
    colours = {shown.pixelColor(x, y).rgb() for x in range(0, shown.width(), 7) for y in range(0, 300, 7)}
    assert len(colours) > 200
    assert "1.80 mL" in stage.page.figures.dose.accessibleDescription()
    stage.desk.tasks.close()
