"""A day's work in the demonstration clinic, walked through for pictures of every screen."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
from typing import TYPE_CHECKING, Any

from camera import Walk
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QPushButton

if TYPE_CHECKING:
    from injectmap.editing.editor import MapEditor

# Landmark and offset in mm: where the fan begins and where its middle is dragged to.
FAN = (("tragion", (-3.0, -5.0, 14.0)), ("exocanthion", (10.0, -17.0, -16.0)))


class Tour(Walk):
    """A day in the demonstration clinic, screen by screen, each in both themes."""

    @property
    def editor(self) -> MapEditor:
        """The editor of the open session."""
        assert self.desk.editor is not None
        return self.desk.editor

    def walk(self) -> None:
        """Go through all screens."""
        self.both("start")
        self.desk.open_demo()
        self.camera.wait(lambda: self.desk.editor is not None, "the demonstration open at its latest session")
        self.charting()
        self.forms()
        self.overlays_and_lists()
        self.shelf()
        self.record()
        self.after()
        self.new_visit()
        self.presenting()

    # Charting

    def charting(self) -> None:
        """The chart with a pass selected, and from the front."""
        editor = self.editor
        left = [one for one in editor.map.passes if one.side.value == "left"]
        editor.select([left[min(4, len(left) - 1)].id])
        self.both("chart")
        editor.select([])
        editor.set_view("front")
        self.both("front")
        editor.set_view("left_lateral")

    def forms(self) -> None:
        """What is typed into beside the chart."""
        side, session = self.workspace.side, self.workspace.session
        side.search()
        side.column.search.setText("ma")
        self.both("search")
        side.column.search.clear()
        session.start_new_session()
        self.both("new-session")
        session.form.cancelled.emit()
        side.column.start_new_patient()
        self.both("new-patient")
        side.column.form.cancelled.emit()
        self.workspace.actions["add_syringe"].trigger()
        self.both("syringe")
        self.workspace.session.syringes.form.cancel.click()

    def overlays_and_lists(self) -> None:
        """All overlays at once, the list of actions, the list of keys."""
        toggles = self.chart.toggles
        for overlay in ("landmarks", "midline", "grid"):
            toggles.toggle(overlay)
        self.editor.set_view("front")
        self.both("overlays")
        self.editor.set_view("left_lateral")
        for overlay in ("landmarks", "midline", "grid"):
            toggles.toggle(overlay)
        self.workspace.actions["palette"].trigger()
        palette = self.workspace.extras.palette
        palette.field.setText("mi")
        self.both("palette")
        palette.put_away()
        self.workspace.actions["keys"].trigger()
        self.both("keys")
        self.workspace.actions["keys"].trigger()

    # Pages

    def shelf(self) -> None:
        """Stock, what is received, and a recalled lot."""
        self.page("stock_page")
        self.both("stock")
        self.page("stock_receive")
        self.both("receive")
        self.page("recall")
        view = self.workspace.pages["stock"].recalls
        view.lot.setText("H26C118")
        view.ask()
        self.camera.wait(lambda: view.found is not None, "the list of the lot")
        self.both("recall")

    def record(self) -> None:
        """Review, signature and the signed record; the fields are filled as in a treatment."""
        from injectmap.domain.record import RecordState

        if self.editor.session.state is RecordState.DRAFT:
            self.page("record")
            page = self.workspace.pages["record"]
            self.camera.wait(lambda: page.preview.pages.page_count > 0, "the pages of the record")
            self.both("review")
            page.review.close_line()
            self._finish_fields()
        self.page("record")
        page = self.workspace.pages["record"]
        self.camera.wait(lambda: not page.review.missing, "nothing missing before the signature")
        page.sign()
        self.camera.wait(lambda: self.editor.session.state is RecordState.SIGNED, "signed")
        self.camera.rest()
        self.camera.wait(lambda: page.preview.pages.page_count > 0, "the pages of the record")
        self.both("signed")
        self.workspace.banner.hide()
        self.workspace.pages.show_chart()
        self.both("chart-signed")

    def _finish_fields(self) -> None:
        from injectmap.domain.errors import InputRefused
        from injectmap.domain.record import RecordField
        from injectmap.ui.records import record_deeds

        risks = "Bruising, swelling, nodules and vascular occlusion discussed."
        record_deeds.write(self.desk, RecordField.RISKS, risks)
        # Nothing is left where the demonstration was changed.
        with contextlib.suppress(InputRefused):
            self.desk.change_session(self.desk.services.sessions.discard_rest)

    def after(self) -> None:
        """What follows a treatment, over time, and the clinic's settings."""
        services, acting = self.desk.services, self.desk.acting
        session, patient = self.editor.session, self.editor.patient
        now = services.clock.now_ms()
        today, minute = services.sessions.today(), 60_000
        from injectmap.domain.aftercare import CapillaryRefill, EventEntry
        from injectmap.domain.treatment_map import Side
        from injectmap.ui.insight.figure_view import FigureView

        refill = tuple(
            CapillaryRefill(side, "cheek", tenths) for side, tenths in ((Side.RIGHT, 15), (Side.LEFT, 30))
        )
        event = services.events.begin(
            acting,
            session.id,
            title="Blanching over the left cheek",
            onset_ms=now - 40 * minute,
            entry=EventEntry(
                now - 40 * minute, "Blanching while the cannula was withdrawn", by="R. Okonjo-Lind"
            ),
            syringe_ids=(self.editor.syringes[0].id,),
            pass_ids=tuple(one.id for one in self.editor.map.passes[:2]),
        )
        services.events.add_entry(
            acting,
            event,
            EventEntry(now - 30 * minute, "Colour even again", refill, "On-call colleague", "Warm compress"),
        )
        for weeks in (4, 26):
            services.aftercare.plan(
                acting, patient.id, today + dt.timedelta(weeks=weeks), session_id=session.id
            )
        older = self.desk.sessions[-1]
        for days, score in ((120, "1"), (200, "2")):
            services.aftercare.score(
                acting,
                patient.id,
                older.id,
                scale="GAIS",
                score=score,
                rater="M. Sandahl RN",
                date=older.date + dt.timedelta(days=days),
            )
        self.page("aftercare_page")
        page = self.workspace.pages["aftercare"]
        next(one for one in page.findChildren(QPushButton) if one.property("event")).click()
        self.both("aftercare")
        self.page("due_page")
        self.both("due")
        self.page("settings_page")
        self.both("settings")
        self.page("patient_page")
        figures = self.workspace.pages["patient"].findChildren(FigureView)
        self.camera.wait(lambda: all(one.has_picture for one in figures), "the figures over time")
        self.both("patient", seconds=3.0)

    # A new visit of the same patient

    def new_visit(self) -> None:
        """The fan in hand over another patient's last session; then a plan, partly done."""
        self.workspace.pages.show_chart()
        self.desk.open_patient(self.desk.search("marchetti")[0])
        self._new_session()
        if "last_session" not in self.chart.view.shown:
            self.chart.toggles.toggle("last_session")
        self.editor.choose_tool("fan")
        self.editor.change_fan(count_delta=1)
        start, end = (self._pixel(*place) for place in FAN)
        self._mouse(QEvent.Type.MouseButtonPress, start)
        for part in (0.3, 0.7, 1.0):
            self._mouse(QEvent.Type.MouseMove, start + (end - start) * part)
        self.both("fan")
        self._mouse(QEvent.Type.MouseButtonRelease, end, held=False)
        self.camera.rest()
        self.editor.undo()
        self._plan()

    def _plan(self) -> None:
        from injectmap.domain.treatment_map import Side
        from injectmap.editing import plan
        from injectmap.editing.protocols import apply_protocol

        protocol = next(one for one in self.desk.services.protocols.all(self.desk.acting))
        editor = self.editor
        editor.choose_tool("select")
        apply_protocol(editor, protocol, (Side.RIGHT, Side.LEFT), planned=True)
        editor.select([one.id for one in plan.waiting(editor.map)])
        editor.set_volume_text("0.10")
        left = [one.id for one in plan.waiting(editor.map) if one.side is Side.LEFT]
        plan.fulfil(editor, left[:3])
        editor.select([plan.waiting(editor.map)[0].id])
        self.both("plan")
        if "last_session" in self.chart.view.shown:
            self.chart.toggles.toggle("last_session")

    def _new_session(self) -> None:
        from injectmap.services.sessions import NewSyringes

        services, before = self.desk.services, self.editor
        product = before.syringes[0].product
        self.desk.create_session(
            date=services.sessions.today(),
            practitioner_id=self.desk.acting.practitioner_id,
            syringes=[NewSyringes(product, 2, "H26C118", before.syringes[0].expiry)],
            defaults=dataclasses.replace(before.session.defaults),
        )

    # Teaching

    def presenting(self) -> None:
        """The presenter in the middle of a pass."""
        self.desk.open_patient(self.desk.search("vasterholm")[0])
        played = max(self.desk.sessions, key=lambda one: (one.date, one.pass_count))
        self.desk.open_session(played.id)
        presenter: Any = self.workspace.extras.presenter
        presenter.resize(self.workspace.window.size())
        presenter.take(presenter.sources.first())
        presenter.show()
        player = presenter.player
        player.seek_step(min(3, len(player.playback.steps) - 1), 0.72)
        player.pause()
        self.camera.take("present-dark", presenter)
        presenter.spotlight.click()
        self.camera.take("present-spotlight-dark", presenter)
        presenter.close()

    # Hands

    def _pixel(self, landmark: str, offset_mm: tuple[float, float, float]) -> QPointF:
        view = self.chart.view
        atlas = view.atlas
        assert atlas is not None
        point = atlas.skin.snap((atlas.landmarks[landmark] + offset_mm).reshape(1, 3))
        uv, _ = atlas.views[view.view_id].project(point)
        return QPointF(*view.camera.to_px(*uv[0]))

    def _mouse(self, kind: QEvent.Type, at: QPointF, *, held: bool = True) -> None:
        view = self.chart.view
        left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        button = none if kind == QEvent.Type.MouseMove else left
        event = QMouseEvent(
            kind, at, view.mapToGlobal(at), button, left if held else none, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(view, event)
