"""Consent: which form, who gave it and when; nothing counts as consent before the clinician says that it was given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from injectmap.ui.records.entry_editors import EntryEditor, TextBox, choose
from injectmap.ui.widgets.basics import column
from injectmap.ui.widgets.buttons import Button
from injectmap.ui.widgets.form import Form, choice_field, text_field
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.record import RecordEntry
    from injectmap.ui.records.entry_editors import Details
    from injectmap.ui.theme import Theme

_BETWEEN = ": "


class ConsentEditor(EntryEditor):
    """One press of Enter where the clinic's usual form was signed by the patient; a representative is named.

    The form shown at first is the clinic's usual one. It is written only with the press: a line that was merely
    looked at leaves nothing behind.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        words = load_words()
        self._usual_form = self._stored_form = self._stored_text = ""
        self._given = False
        self._representative = words("consent.by.representative")
        self.form, self.who, self.time = text_field(), text_field(), text_field()
        givers: list[tuple[str, object]] = [
            (words(key), words(key)) for key in ("consent.by.patient", "consent.by.representative")
        ]
        self.given_by = choice_field(theme, givers)
        self.time.setPlaceholderText(words("consent.now"))
        self.remarks = TextBox(words("consent.remarks"), lines=1)
        self.give = Button(theme, words("consent.give"), kind="primary", icon_name="tick")
        form = Form(theme)
        form.row(words("consent.form"), self.form)
        form.row(words("consent.given_by"), self.given_by)
        self._who_row = form.row(words("consent.who"), self.who)
        form.row(words("consent.time"), self.time)
        form.row(words("consent.remarks"), self.remarks)
        layout = column(self, spacing=10)
        layout.addWidget(form)
        layout.addWidget(self.give)
        self.give.clicked.connect(self.done)
        for field in (self.form, self.who, self.time):
            field.returnPressed.connect(self.done)
        self.remarks.done.connect(self.done)
        self.given_by.currentIndexChanged.connect(self._ask_who)

    def offer(self, usual_form: str) -> None:
        """Begin with the clinic's usual form."""
        self._usual_form = usual_form

    def begin(self, entry: RecordEntry | None) -> None:
        """Show what was recorded."""

        def stored(key: str) -> str:
            return entry.detail(key) if entry is not None else ""

        self._stored_form, by = stored("form"), stored("given_by")
        self._stored_text = entry.text if entry is not None else ""
        self._given = bool(by)
        self.form.setText(self._stored_form or self._usual_form)
        kind, _, who = by.partition(_BETWEEN)
        if kind != self._representative:
            kind, who = by, ""
        choose(self.given_by, kind or str(self.given_by.itemData(0)))
        self.who.setText(who)
        self.time.setText(stored("time"))
        self.remarks.take(entry.text if entry is not None else "")
        self._ask_who()

    def text(self) -> str:
        """The remarks: words alone say that consent was given, so they wait for the press too."""
        return self.remarks.toPlainText() if self._given else self._stored_text

    def details(self) -> Details:
        """Form, who gave consent in words, and when if it was not now."""
        if not self._given:
            return (("form", self._stored_form),)
        given_by = str(self.given_by.currentData())
        if given_by == self._representative and (who := self.who.text().strip()):
            given_by = f"{given_by}{_BETWEEN}{who}"
        form, time = self.form.text().strip(), self.time.text().strip()
        return ("form", form), ("given_by", given_by), ("time", time)

    def unsaid(self) -> str:
        """Typed, but not said to be given."""
        fields = (self.form, self.who, self.time)
        typed = any(field.isModified() for field in fields) or self.remarks.toPlainText() != self._stored_text
        return "consent.unsaid" if typed and not self._given else ""

    def draft(self) -> tuple[str, Details]:
        """All that is typed; who gave consent is asked again."""
        if self._given:
            return self.text(), self.details()
        return self.remarks.toPlainText(), (("form", self.form.text()), ("time", self.time.text()))

    def accept(self) -> None:
        """Consent was given as shown."""
        self._given = True

    def restore(self, text: str, details: Details) -> None:
        """Show a draft again; what is stored stays what it was."""
        form, words, given = self._stored_form, self._stored_text, self._given
        super().restore(text, details)
        self._stored_form, self._stored_text, self._given = form, words, given or self._given
        self.form.setModified(True)

    def take_focus(self) -> None:
        """The button where the form is known, else its field."""
        first = self.give if self.form.text().strip() else self.form
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def _ask_who(self) -> None:
        self._who_row.setVisible(self.given_by.currentData() == self._representative)
