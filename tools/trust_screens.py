"""A clinic that is encrypted and in which people sign in, walked through for pictures of what it can be trusted by."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from camera import Camera, Walk
from PySide6.QtWidgets import QScrollArea, QWidget
from screens_clinic import CLINIC, FIRST, OTHER_ROOM, PASSPHRASE, PASSWORD, StandingClock

from injectmap.ui.lock.person_row import PersonRow
from injectmap.ui.workspace import Workspace

HOUR_MS = 3_600_000


class TrustTour(Walk):
    """From the new clinic to its locked file, each screen in both themes."""

    def __init__(self, camera: Camera, workspace: Workspace, folder: Path, clock: StandingClock) -> None:
        super().__init__(camera, workspace)
        self._file, self._clock = folder / f"{CLINIC}.injectmap", clock

    @property
    def start(self) -> Any:
        """The first screen."""
        return self.workspace.extras.start

    @property
    def lock(self) -> Any:
        """The lock of the program."""
        return self.workspace.extras.lock

    def walk(self) -> None:
        """Go through all screens."""
        if self.desk.has_clinic:
            self.page("close_clinic")
        self.camera.wait(lambda: not self.desk.has_clinic, "no clinic open")
        self.new_clinic()
        self.sign_in()
        self.news()
        self.locked()
        self.settings()
        self.safety()
        self.privacy()
        self.unlock()

    # Coming in

    def new_clinic(self) -> None:
        """The form, refused and filled, and the recovery key that is shown once."""
        self.start.start_new()
        form = self.start.new_form
        self.both("new-clinic")
        form.submit()
        self.both("new-clinic-refused")
        form.name.setText(CLINIC)
        form.practitioner.setText(FIRST)
        form.file.setText(str(self._file))
        for field in (form.passphrase.field, form.passphrase.again):
            field.setText(PASSPHRASE)
        for field in (form.practitioner_password, form.password_again):
            field.setText(PASSWORD)
        form.submit()
        page = self.start.recovery
        self.camera.wait(page.isVisible, "the recovery key")
        self.both("recovery-key", seconds=2.0)
        groups = page.sheet.accessibleDescription().split()
        page.put_away.setChecked(True)
        for field, place in zip(page.fields, page.asked, strict=True):
            field.setText(groups[place - 1])
        page.submit()

    def sign_in(self) -> None:
        """The people of the clinic, a wrong password, and a patient's latest session."""
        self.camera.wait(lambda: self.lock.covers, "the page on which people sign in")
        self.both("sign-in")
        page = self.lock.page
        while page.enter.isEnabled():
            self._enter("no password of ours")
            self.camera.wait(lambda: page.problem and not page.password.text(), "the refusal")
        self.both("sign-in-refused")
        # The wait after a refusal is over.
        self._clock.ms += 60_000
        self.camera.wait(self.lock.page.enter.isEnabled, "the end of the wait")
        self._enter(PASSWORD)
        self.camera.wait(lambda: self.desk.has_clinic, "the clinic open")
        self.desk.open_patient(self.desk.search("vasterholm")[0])
        self.camera.wait(lambda: self.desk.editor is not None, "the latest session")

    def _enter(self, password: str) -> None:
        page = self.lock.page
        # Rows of before may still wait to be deleted.
        rows = [one for one in page.findChildren(PersonRow) if one.isVisible()]
        row = next(one for one in rows if one.person.name == FIRST)
        row.click()
        page.password.setText(password)
        page.submit()

    # At work

    def news(self) -> None:
        """A pass is drawn in another room."""
        editor, watch = self.desk.editor, self.workspace.extras.news
        assert editor is not None
        watch.ask()
        self.camera.rest()
        nurse = next(one for one in self.desk.services.practitioners if "Sandahl" in one.name)
        other = replace(self.desk.acting, practitioner_id=nurse.id, workstation=OTHER_ROOM)
        sessions = self.desk.services.sessions
        opened = sessions.open(other, editor.session.id)
        from injectmap.domain.edits import Edit, EditKind, PassChange

        last = opened.map.passes[-1]
        share, *others = last.shares
        more = replace(last, shares=(share._replace(microlitres=share.microlitres + 10), *others))
        again = Edit(EditKind.SET_VOLUME, (PassChange(last, more),))
        sessions.commit(other, opened.session.id, again, opened.session.revision)
        watch.ask()
        self.camera.wait(lambda: self.workspace.banner.text, "the news")
        self.both("news")
        self.workspace.banner.put_away()

    def locked(self) -> None:
        """The lock, and the same person again."""
        self.lock.lock()
        self.both("lock")
        self._enter(PASSWORD)
        self.camera.wait(lambda: not self.lock.covers, "the lock gone")

    def settings(self) -> None:
        """Who works here, and what opens the file."""
        self.page("settings_page")
        page = self.workspace.pages["settings"]
        self.both("settings-own")
        self._bring_up(page, page.people)
        self.both("settings-people")
        page.people.add.click()
        self._bring_up(page, page.people)
        self.both("settings-person")
        page.people.form.left.emit()
        page.keys.change.click()
        self._bring_up(page, page.keys)
        self.both("settings-passphrase")
        page.keys.cancel.click()

    # The page Safety

    def safety(self) -> None:
        """Proof and backups."""
        services, acting = self.desk.services, self.desk.acting
        self.page("safety_page")
        page = self.workspace.pages["safety"]
        proof, card = page.cards["ProofCard"], page.cards["BackupsCard"]
        for hours in (20, 3, 1):
            card.now.click()
            self.camera.wait(card.now.isEnabled, "the backup")
            self._clock.ms += hours * HOUR_MS
        patient = self.desk.patient
        assert patient is not None
        # What was written after the last backup is what a restore would take away.
        services.aftercare.plan(acting, patient.id, services.sessions.today() + dt.timedelta(weeks=4))
        page.refresh()
        card.told.hide()
        proof.run()
        self.camera.wait(proof.prove.isVisible, "the proof")
        self.camera.wait(lambda: card.table.rows, "the list of backups")
        self.both("safety")
        self._bring_up(page, card)
        card.restore.click()
        self.camera.wait(card.view.isVisible, "the comparison")
        self.both("safety-restore")
        card.view.cancelled.emit()

    def privacy(self) -> None:
        """Who is due, who looked at a patient, and erasing one."""
        page = self.workspace.pages["safety"]
        card = page.cards["PrivacyCard"]
        self._bring_up(page, card)
        self.both("safety-privacy")
        self.page("access_report")
        self.camera.wait(card.access.isVisible, "the access report")
        self.both("safety-access")
        card.access.left.emit()
        self.page("erase_patient")
        self.camera.wait(card.form.isVisible, "the question before erasing")
        self.both("safety-erase")
        card.form.cancelled.emit()

    # The file again

    def unlock(self) -> None:
        """The locked file: the passphrase, a wrong one, the recovery key."""
        self.page("close_clinic")
        self.camera.wait(lambda: not self.desk.has_clinic, "no clinic open")
        self.both("start-recent")
        self.desk.open_clinic(self._file)
        page = self.start.unlock_page
        self.camera.wait(page.isVisible, "the page that asks for the passphrase")
        self.both("unlock")
        page.other.click()
        self.both("unlock-key")
        page.other.click()
        page.passphrase.setText("grey heron on the key")
        page.submit()
        self.camera.wait(lambda: page.problem, "the refusal")
        self.camera.take("unlock-refused-light", self.workspace.window)
        page.cancelled.emit()

    def _bring_up(self, page: QWidget, part: QWidget) -> None:
        """Scroll a page until a part of it stands at the top."""
        self.camera.rest(0.2)
        (area,) = page.findChildren(QScrollArea, "")[:1]
        body = area.widget()
        assert body is not None
        area.verticalScrollBar().setValue(part.mapTo(body, part.rect().topLeft()).y() - 12)
