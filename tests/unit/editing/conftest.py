"""An editor of an empty session on the real head, with a sink that remembers and can fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from injectmap.atlas import Atlas, load_atlas
from injectmap.domain.acting import Acting
from injectmap.domain.edits import Committed, Edit, edit_to_json
from injectmap.domain.errors import Conflict, InjectmapError
from injectmap.domain.journal import GENESIS, JournalKind, JournalRow, SubjectKind, canonical_json, make_row
from injectmap.domain.treatment_map import TreatmentMap
from injectmap.editing.editor import MapEditor
from injectmap.editing.pointer import Pointer
from tests import builders


class RememberingSink:
    """Acknowledges edits like the services do, journals them, or raises what the test tells it to."""

    def __init__(self) -> None:
        self.rows: list[JournalRow] = []
        self.map = TreatmentMap()
        self.revision = 1
        self.fails_with: InjectmapError | None = None

    def commit(
        self, acting: Acting, session_id: str, edit: Edit, revision: int, undoes: int | None = None
    ) -> Committed:
        if self.fails_with is not None:
            raise self.fails_with
        if revision != self.revision:
            raise Conflict("session_has_changed")
        self.map = edit.apply(self.map)
        self.revision += 1
        self.rows.append(
            make_row(
                number=len(self.rows) + 1,
                at_ms=len(self.rows),
                practitioner_id=acting.practitioner_id,
                workstation=acting.workstation,
                subject_kind=SubjectKind.SESSION,
                subject_id=session_id,
                kind=JournalKind.EDIT,
                payload=canonical_json(edit_to_json(edit)),
                salt="00",
                previous=self.rows[-1].hash if self.rows else GENESIS,
                undoes=undoes,
            )
        )
        return Committed(self.revision, len(self.rows))


class Bench:
    """An editor with its sink, and a hand that knows where the landmarks are in each view."""

    def __init__(self) -> None:
        self.atlas: Atlas = load_atlas()
        self.opened = replace(builders.open_session(count=0), map=TreatmentMap())
        self.acting = builders.acting_as(self.opened.practitioner)
        self.sink = RememberingSink()
        self.editor = self.reopened()

    def reopened(self, acting: Acting | None = None) -> MapEditor:
        """An editor as after closing and opening the session again."""
        session = replace(self.opened.session, revision=self.sink.revision)
        opened = replace(self.opened, session=session, map=self.sink.map)
        return MapEditor(opened, self.atlas, self.sink, acting or self.acting, self.sink.rows)

    def at(
        self,
        landmark: str,
        dx: float = 0,
        dy: float = 0,
        dz: float = 0,
        *,
        view: str = "left_lateral",
        **keys: bool,
    ) -> Pointer:
        """The pointer over the skin near a landmark; on the right side in right views."""
        point = np.asarray(self.atlas.landmarks[landmark]) + np.array([dx, dy, dz])
        if view.startswith("right"):
            point = point * np.array([-1, 1, 1])
        uv, _ = self.atlas.views[view].project(self.atlas.skin.snap(point.reshape(1, 3)))
        return Pointer(view, float(uv[0, 0]), float(uv[0, 1]), **keys)

    def stroke(self, *stops: Pointer) -> None:
        """Press on the first stop, drag over the rest, release on the last."""
        tool = self.editor.tool
        tool.hover(stops[0])
        tool.press(stops[0])
        for stop in stops[1:]:
            tool.drag(stop)
        tool.release(stops[-1])


@pytest.fixture
def bench() -> Bench:
    return Bench()
