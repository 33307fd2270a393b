"""The standard session, done in the real window by keys, clicks, drags and scans, and priced as it goes.

A returning patient, two syringes scanned, eight passes a side drawn by fan and mirror with typed volumes, consent,
reason and risks, balance, signature: from opening the patient to signed. The same script runs here without a
display and in the end-to-end test with the mouse and keyboard of an X server.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QWidget

from benchmarks.keystrokes import PricedHand
from injectmap.domain.record import RecordField, RecordState
from injectmap.domain.settings import Phrase
from injectmap.domain.treatment_map import PassStatus, Side

if TYPE_CHECKING:
    from injectmap.services.clinic import Services
    from injectmap.ui.canvas.head_view import HeadView
    from injectmap.ui.desk import Desk
    from injectmap.ui.main_window import MainWindow

Condition = Callable[[], Any]
W = TypeVar("W", bound=QWidget)

# The article number of a published example (HL7 FHIR US Core, Device UDI 1) stands for the clinic's box.
GTIN = "09504000059118"
LOT = "H26D204"
SEPARATOR = "\x1d"
PASSES_A_SIDE = 8
SPREAD_DEG = 15

# Landmark and offset in mm of the entry point and of where the middle of the fan is dragged to, and the volume typed
# for the fan. Two passes each: arch, preauricular, angle, border.
ENTRY_A = ("tragion", (-3.0, -5.0, 14.0))
ENTRY_B = ("antegonial_notch", (5.5, 6.5, 0.5))
FANS = (
    (ENTRY_A, ("exocanthion", (10.0, -17.0, -16.0)), "0.28"),
    (ENTRY_A, ("otobasion_inferius", (-6.0, -11.0, 15.0)), "0.25"),
    (ENTRY_B, ("gonion", (6.0, 11.0, 2.0)), "0.2"),
    (ENTRY_B, ("mandibular_midbody", (2.0, 3.0, -6.0)), "0,26"),
)


def box_code(serial: str, today: dt.date) -> str:
    """Return what a scanner sends for one syringe's box: article number, expiry, lot and serial number."""
    expiry = today.replace(year=today.year + 1, month=8, day=28)
    return f"]d201{GTIN}17{expiry:%y%m%d}10{LOT}{SEPARATOR}21{serial}"


def prepare(services: Services) -> None:
    """Make the demonstration a clinic at work: its form, its phrases, and a box on the shelf whose code it knows."""
    settings = services.settings_service.current()
    services.settings_service.update(
        services.acting,
        dataclasses.replace(
            settings,
            consent_form="Consent form, version 3",
            phrases=(
                Phrase(RecordField.REASON, "Wishes a firmer lateral face and jawline."),
                Phrase(RecordField.RISKS, "Bruising, swelling, nodules and vascular occlusion discussed."),
            ),
        ),
    )
    today = services.sessions.today()
    product = next(one for one in services.products.products() if one.id.startswith("harmonyca"))
    services.stock.receive(
        services.acting,
        product=product,
        units=10,
        lot=LOT,
        expiry=dt.date(today.year + 1, 8, 28),
        udi=box_code("1000", today).partition(SEPARATOR)[0],
    )


def window() -> MainWindow:
    """The program's window."""
    from injectmap.ui.main_window import MainWindow

    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))


def find(kind: type[W]) -> W:
    """The widget of a kind."""
    found = window().findChild(kind)
    assert found is not None
    return found


def desk() -> Desk:
    """What lies on the desk."""
    from injectmap.ui.desk import Desk

    found = window().findChild(Desk)
    assert found is not None
    return found


def pixel(view: HeadView, landmark: str, offset_mm: tuple[float, float, float]) -> QPoint:
    """Where a skin point near a landmark is on the canvas now; the point must be visible there."""
    atlas = view.atlas
    assert atlas is not None
    point = np.asarray(atlas.landmarks[landmark], dtype=float) + offset_mm
    uv, visible = atlas.views[view.view_id].project(atlas.skin.snap(point.reshape(1, 3)))
    assert visible[0], landmark
    return QPoint(*(round(value) for value in view.camera.to_px(float(uv[0, 0]), float(uv[0, 1]))))


def standard_session(hand: PricedHand) -> Iterator[Condition]:
    """Do it; each yielded condition is waited for before the hand goes on."""
    from injectmap.ui.canvas.head_view import HeadView
    from injectmap.ui.widgets.search_field import SearchField

    on = desk()
    hand.think()
    hand.keys("ctrl+f")
    yield lambda: QApplication.focusWidget() is not None
    hand.type("vasterh")
    yield lambda: "vasterh" in find(SearchField).text()
    hand.keys("Return")
    yield lambda: on.patient is not None and on.patient.family_name == "Vasterholm"
    before = on.editor.session.id if on.editor is not None else ""
    hand.think()
    hand.keys("ctrl+n")
    yield from _scan_boxes(hand)
    hand.keys("ctrl+Return")
    yield lambda: on.editor is not None and on.editor.session.id != before
    editor = on.editor
    assert editor is not None
    assert [(one.lot, one.serial) for one in editor.syringes] == [(LOT, "1001"), (LOT, "1002")]
    view = find(HeadView)
    yield lambda: view.hasFocus() and view.view_id == "left_lateral"
    hand.think()
    hand.keys("f")
    yield lambda: editor.tool_id == "fan"
    while editor.fan.count > 2:
        count = editor.fan.count
        hand.keys("bracketleft")
        yield lambda count=count: editor.fan.count < count
    # Narrower than it begins: the two passes of each part stay within it.
    while editor.fan.spread_deg > SPREAD_DEG:
        spread = editor.fan.spread_deg
        hand.keys("shift+bracketleft")
        yield lambda spread=spread: editor.fan.spread_deg < spread
    for number, (entry, tip, volume) in enumerate(FANS, start=1):
        start, end = pixel(view, *entry), pixel(view, *tip)
        hand.think()
        hand.drag(view, [start, (start + end) / 2, end])
        yield lambda number=number: len(editor.map.passes) == 2 * number
        hand.type(volume)
        hand.keys("Return")
        wanted = round(float(volume.replace(",", ".")) * 1000)
        yield lambda wanted=wanted: sum(one.microlitres for one in editor.map.passes[-2:]) == wanted
    hand.think()
    hand.keys("x")
    yield lambda: len(editor.map.passes) == 2 * PASSES_A_SIDE
    yield from _review_and_sign(hand, on)


def _scan_boxes(hand: PricedHand) -> Iterator[Condition]:
    from injectmap.ui.session.session_form import SessionForm

    on = desk()
    yield lambda: (form := window().findChild(SessionForm)) is not None and form.isVisible()
    form = find(SessionForm)
    hand.think()
    for number in (1, 2):
        hand.scan(box_code(f"{1000 + number}", on.today))
        yield lambda number=number: len(form.scans.scans) == number


def _review_and_sign(hand: PricedHand, on: Desk) -> Iterator[Condition]:
    from injectmap.ui.records.record_page import RecordPage

    editor = on.editor
    assert editor is not None
    hand.think()
    hand.keys("ctrl+p")
    yield lambda: (page := window().findChild(RecordPage)) is not None and page.review.open_key is not None
    page = find(RecordPage)
    # Consent, the reason's phrase, the risks' phrase, the rest discarded: each is the answer to what is asked.
    while page.review.missing:
        lacking = len(page.review.missing)
        hand.think()
        hand.keys("Return")
        yield lambda lacking=lacking: len(page.review.missing) < lacking
    yield page.hasFocus
    hand.think()
    hand.keys("ctrl+Return")
    yield lambda: editor.session.state is RecordState.SIGNED


def check(editor: Any) -> None:
    """The session is what the script was to make."""
    done = [one for one in editor.map.passes if one.status is PassStatus.DONE]
    sides = {side: sum(one.side is side for one in done) for side in (Side.LEFT, Side.RIGHT)}
    assert sides == {Side.LEFT: PASSES_A_SIDE, Side.RIGHT: PASSES_A_SIDE}, sides
    assert sum(one.microlitres for one in done) == 1980
    assert all(balance.balanced for balance in editor.balances)
    assert len(editor.opened.versions) == 1
