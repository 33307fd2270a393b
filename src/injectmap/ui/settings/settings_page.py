"""What the clinic sets once: its name and paper, what it requires before signing, its phrases, its lists."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QWidget

from injectmap.domain.acting import Right
from injectmap.domain.errors import InjectmapError, InputRefused
from injectmap.domain.settings import ALWAYS_REQUIRED, ClinicSettings, Paper, Requirement
from injectmap.ui.desk import Desk
from injectmap.ui.plan.tick_box import TickBox
from injectmap.ui.prompts import Prompts
from injectmap.ui.settings.own_password import OwnPasswordCard
from injectmap.ui.settings.people_card import PeopleCard
from injectmap.ui.settings.phrase_editor import PhraseEditor
from injectmap.ui.start.passphrase_form import PassphraseForm
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.basics import Card, Scroller, Surface, TextLabel, column
from injectmap.ui.widgets.form import Form, FormRow, choice_field, text_field
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

_WIDE = 1000


class SettingsPage(Surface):
    """Each field is stored on leaving it, with its journal row; a refusal stands under the field."""

    chart_wanted = Signal()
    hints = (("Esc", "hint.back"),)

    def __init__(self, theme: Theme, desk: Desk, prompts: Prompts) -> None:
        super().__init__(theme, "win")
        self._theme, self._desk = theme, desk
        self._settings: ClinicSettings | None = None
        self._rows: dict[str, FormRow] = {}
        self.name = text_field()
        self.zone = text_field()
        self.paper = choice_field(theme, [(load_words()(f"paper.{one.value}"), one) for one in Paper])
        self.consent_form = text_field()
        self.aftercare_leaflet = text_field()
        self.review_months = text_field()
        self.retention_years = text_field()
        self.low_stock = text_field()
        self.expiry_notice_days = text_field()
        self.required = {one: TickBox(theme, load_words()(f"requirement.{one.value}")) for one in Requirement}
        self.phrases = PhraseEditor(theme, desk)
        self.idle_lock_minutes = text_field()
        self.journal_reads = TickBox(theme, load_words()("settings.journal_reads"))
        self.people = PeopleCard(theme, desk)
        self.own = OwnPasswordCard(theme, desk)
        self.keys = PassphraseForm(theme, desk, prompts)
        body = QWidget()
        outer = column(body, margins=(32, 24, 32, 32), spacing=16)
        outer.addWidget(TextLabel(theme, "page_title", "text", load_words()("settings.title")))
        self._not_yours = TextLabel(theme, "body", "text2", load_words()("settings.for_administrators"))
        outer.addWidget(self._not_yours)
        self._columns = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._columns.setSpacing(16)
        first, second = column(spacing=16), column(spacing=16)
        clinic, lists, required = self._clinic_card(), self._lists_card(), self._required_card()
        self._phrases_place = self._phrases_card()
        # What only an administrator may change is not offered to others.
        self._administered = (clinic, lists, required, self.people)
        for card in (self.own, clinic, lists, self.people):
            first.addWidget(card)
        for card in (self._lock_card(), required, self._phrases_place):
            second.addWidget(card)
        first.addWidget(self.keys)
        first.addStretch(1)
        second.addStretch(1)
        self._columns.addLayout(first, 1)
        self._columns.addLayout(second, 1)
        outer.addLayout(self._columns)
        outer.addStretch(1)
        self._scroller = Scroller(body)
        column(self).addWidget(self._scroller)
        self._connect()

    def _card(self, title: str, *, note: str = "") -> tuple[Card, Any]:
        words, card = load_words(), Card(self._theme, border="line")
        layout = column(card, margins=(20, 16, 20, 20), spacing=12)
        layout.addWidget(TextLabel(self._theme, "section", "text", words(title)))
        if note:
            layout.addWidget(TextLabel(self._theme, "table", "text2", words(note), wrap=True))
        return card, layout

    def _form(self, layout: Any, *fields: tuple[str, QWidget]) -> None:
        form, words = Form(self._theme), load_words()
        for key, field in fields:
            hint = f"settings.{key}.hint"
            self._rows[key] = form.row(
                words(f"settings.{key}"), field, hint=words(hint) if words.has(hint) else ""
            )
        layout.addWidget(form)

    def _clinic_card(self) -> Card:
        card, layout = self._card("settings.clinic")
        self._form(layout, ("name", self.name), ("time_zone", self.zone), ("paper", self.paper))
        return card

    def _lists_card(self) -> Card:
        card, layout = self._card("settings.lists")
        self._form(
            layout,
            ("consent_form", self.consent_form),
            ("aftercare_leaflet", self.aftercare_leaflet),
            ("review_months", self.review_months),
            ("retention_years", self.retention_years),
            ("low_stock", self.low_stock),
            ("expiry_notice_days", self.expiry_notice_days),
        )
        return card

    def _lock_card(self) -> Card:
        card, layout = self._card("settings.lock")
        self._form(layout, ("idle_lock_minutes", self.idle_lock_minutes))
        self._reads = QWidget()
        reads = column(self._reads)
        reads.addWidget(self.journal_reads)
        said = load_words()("settings.journal_reads.note")
        note = TextLabel(self._theme, "label", "text2", said, wrap=True)
        note.setContentsMargins(28, 0, 0, 0)
        reads.addWidget(note)
        layout.addWidget(self._reads)
        return card

    def _required_card(self) -> Card:
        card, layout = self._card("settings.required", note="settings.required.note")
        for one, box in self.required.items():
            if one in ALWAYS_REQUIRED:
                box.setEnabled(False)
                box.setToolTip(load_words()("settings.required.always"))
            layout.addWidget(box)
        return card

    def _phrases_card(self) -> Card:
        card, layout = self._card("settings.phrases", note="settings.phrases.note")
        layout.addWidget(self.phrases)
        return card

    def _connect(self) -> None:
        for field in (self.name, self.zone, self.consent_form, self.aftercare_leaflet):
            field.editingFinished.connect(self._on_text)
        for field in (
            self.review_months,
            self.retention_years,
            self.low_stock,
            self.expiry_notice_days,
            self.idle_lock_minutes,
        ):
            field.editingFinished.connect(self._on_number)
        self.paper.activated.connect(self._on_paper)
        self.journal_reads.toggled.connect(self._on_reads)
        for box in self.required.values():
            box.toggled.connect(self._on_required)
        self.phrases.changed.connect(self.refresh)
        self.people.form.stored.connect(self.own.refresh)
        self.people.sight_wanted.connect(self._show_in_sight)
        # Where another person left the page is nothing to this one.
        self._desk.clinic_changed.connect(self._to_top)

    def take_focus(self) -> None:
        """The page begins at its top."""
        self._to_top()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _to_top(self) -> None:
        self._scroller.verticalScrollBar().setValue(0)

    def _show_in_sight(self, widget: QWidget) -> None:
        # Once the layout has given it its place.
        QTimer.singleShot(0, widget, lambda: self._scroller.ensureWidgetVisible(widget, 0, 32))

    def refresh(self) -> None:
        """Show what is stored now."""
        settings = self._settings = self._desk.services.settings_service.current()
        texts = {
            self.name: settings.name,
            self.zone: settings.time_zone,
            self.consent_form: settings.consent_form,
            self.aftercare_leaflet: settings.aftercare_leaflet,
            self.review_months: "" if settings.review_months is None else str(settings.review_months),
            self.retention_years: "" if settings.retention_years is None else str(settings.retention_years),
            self.low_stock: str(settings.low_stock),
            self.expiry_notice_days: str(settings.expiry_notice_days),
            self.idle_lock_minutes: str(settings.idle_lock_minutes),
        }
        for field, text in texts.items():
            if not field.isModified():
                field.setText(text)
        self.paper.setCurrentIndex(self.paper.findData(settings.paper))
        for one, box in self.required.items():
            with QSignalBlocker(box):
                box.setChecked(one in settings.required or one in ALWAYS_REQUIRED)
        self.phrases.show_settings(settings)
        with QSignalBlocker(self.journal_reads):
            self.journal_reads.setChecked(settings.journal_reads)
        self.people.refresh()
        self.own.refresh()
        self.keys.refresh()
        self._lock()

    def _lock(self) -> None:
        administers = self._desk.acting.may(Right.ADMINISTER)
        self._not_yours.setVisible(not administers)
        for card in (*self._administered, self._reads):
            card.setVisible(administers)
        self._phrases_place.setVisible(administers or self._desk.draws)
        able = administers and not self._desk.read_only
        for widget in (*self._texts(), self.paper, self.people, self.journal_reads):
            widget.setEnabled(able)
        for one, box in self.required.items():
            box.setEnabled(able and one not in ALWAYS_REQUIRED)
        self.phrases.setEnabled(not self._desk.read_only and (administers or self._desk.draws))

    def _texts(self) -> dict[QLineEdit, str]:
        return {
            self.name: "name",
            self.zone: "time_zone",
            self.consent_form: "consent_form",
            self.aftercare_leaflet: "aftercare_leaflet",
            self.review_months: "review_months",
            self.retention_years: "retention_years",
            self.low_stock: "low_stock",
            self.expiry_notice_days: "expiry_notice_days",
            self.idle_lock_minutes: "idle_lock_minutes",
        }

    def _on_text(self) -> None:
        field = self.sender()
        if isinstance(field, QLineEdit) and field.isModified():
            self._store(field, field.text())

    def _on_number(self) -> None:
        field = self.sender()
        if not isinstance(field, QLineEdit) or not field.isModified():
            return
        typed = field.text().strip()
        if not typed and field in (self.review_months, self.retention_years):
            self._store(field, None)
        elif typed.isascii() and typed.isdecimal():
            self._store(field, int(typed))
        else:
            impossible = {
                self.review_months: ("review_months_impossible", 120),
                self.retention_years: ("retention_years_impossible", 100),
                self.idle_lock_minutes: ("idle_lock_impossible", 240),
            }
            key, most = impossible.get(field, ("stock_limits_impossible", 1000))
            self._rows[self._texts()[field]].show_problem(error_sentence(InputRefused(key, most=most)))

    def _store(self, field: QLineEdit, value: str | int | None) -> None:
        name = self._texts()[field]
        try:
            self._change(**{name: value})
        except InjectmapError as error:
            self._rows[name].show_problem(error_sentence(error))
            return
        field.setModified(False)
        self._rows[name].clear_problem()
        self.refresh()

    def _on_paper(self) -> None:
        self._change_or_say(paper=Paper(self.paper.currentData()))

    def _on_reads(self) -> None:
        self._change_or_say(journal_reads=self.journal_reads.isChecked())

    def _on_required(self) -> None:
        chosen = frozenset(one for one, box in self.required.items() if box.isChecked())
        self._change_or_say(required=chosen)

    def _change_or_say(self, **changes: Any) -> None:
        try:
            self._change(**changes)
        except InjectmapError as error:
            self._desk.problem.emit(error_sentence(error))
        self.refresh()

    def _change(self, **changes: Any) -> None:
        service = self._desk.services.settings_service
        service.update(self._desk.acting, replace(service.current(), **changes))
        self._desk.stored()
        self._desk.settings_changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape brings back what is stored in the field, or goes to the chart."""
        field = self.focusWidget()
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif isinstance(field, QLineEdit) and field in self._texts() and field.isModified():
            field.setModified(False)
            self._rows[self._texts()[field]].clear_problem()
            self.refresh()
        else:
            self.chart_wanted.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One column where there is little room."""
        super().resizeEvent(event)
        wide = event.size().width() >= _WIDE
        self._columns.setDirection(
            QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        )
