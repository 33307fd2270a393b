"""Protocols saved from a map lie again where they were drawn, to the micrometre, and hold no volume."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from injectmap.atlas import load_atlas
from injectmap.domain import skin_paths
from injectmap.domain.errors import InputRefused
from injectmap.domain.journal import JournalKind, SubjectKind
from injectmap.domain.laying import anchored, lay, place
from injectmap.domain.protocol import Protocol, protocol_digest, protocol_from_json, protocol_to_json
from injectmap.domain.session import OpenSession
from injectmap.domain.treatment_map import (
    CannulaPass,
    PassStatus,
    Plane,
    Share,
    Side,
    Technique,
    TreatmentMap,
)
from injectmap.services.protocols import ProtocolService
from injectmap.system.catalogue import Catalogue
from tests import builders
from tests.fakes import FixedClock, MemoryDatabase
from tests.unit.atlas.places import skin_places


@dataclass
class Desk:
    """The service over one fake database."""

    database: MemoryDatabase = field(default_factory=MemoryDatabase)
    opened: OpenSession = field(default_factory=lambda: builders.open_session(count=0))

    def __post_init__(self) -> None:
        self.acting = builders.acting_as(self.opened.practitioner)
        self.service = ProtocolService(self.database, FixedClock(), Catalogue())

    def with_passes(self, *passes: CannulaPass) -> OpenSession:
        return replace(self.opened, map=TreatmentMap(tuple(passes)))

    def save(self, *passes: CannulaPass, **said: object) -> Protocol:
        words = {"name": "Own jaw line", "source": "Dr Okafor, 2026"} | said
        return self.service.save(self.acting, self.with_passes(*passes), **words)  # type: ignore[arg-type]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def jaw_pass(order: int = 1, side: Side = Side.LEFT, **changed: object) -> CannulaPass:
    atlas, sign = load_atlas(), (-1 if side is Side.RIGHT else 1)
    ends = [atlas.landmarks["gonion"] + offset for offset in ((4, 2 + order, 10), (2, 30, 14 + order))]
    path = skin_paths.resolve(atlas, [skin_paths.snap(atlas, end * (sign, 1, 1)) for end in ends])
    return replace(builders.cannula_pass(order=order), path=path, **changed)  # type: ignore[arg-type]


@given(skin_places(sides=(1,)))
@settings(max_examples=200)
def test_an_anchor_names_a_skin_point_to_the_micrometre(point: np.ndarray) -> None:
    atlas = load_atlas()
    stored = skin_paths.snap(atlas, point)
    anchor = anchored(atlas, stored)
    assert place(atlas, anchor) == stored
    assert all(round(one * 1000) == pytest.approx(one * 1000, abs=1e-6) for one in anchor.offset_mm)
    distances = {name: float(np.linalg.norm(at - point)) for name, at in atlas.landmarks.items()}
    assert distances[anchor.landmark] == pytest.approx(min(distances.values()), abs=0.01)


@given(
    st.lists(
        st.lists(skin_places(sides=(1,), furthest=60.0), min_size=1, max_size=4), min_size=1, max_size=4
    ),
    st.sampled_from([Side.LEFT, Side.RIGHT]),
)
@settings(max_examples=40)
def test_what_is_saved_lies_again_exactly_where_it_was(stops: list[list[np.ndarray]], side: Side) -> None:
    atlas = load_atlas()
    passes = []
    for order, points in enumerate(stops, start=1):
        controls = [skin_paths.snap(atlas, point) for point in points]
        if side is Side.RIGHT:
            controls = list(skin_paths.mirrored(controls))
        try:
            path = (
                skin_paths.point(atlas, controls[0])
                if len(controls) == 1
                else skin_paths.resolve(atlas, controls, curved=len(controls) > 2)
            )
        except InputRefused:
            assume(False)
        passes.append(replace(builders.cannula_pass(order=order), path=path))
    assume(len({one.side for one in passes} - {Side.MIDLINE}) <= 1)
    saved = Desk().save(*passes)
    again = protocol_from_json(json.loads(json.dumps(protocol_to_json(saved))))
    assert again == saved
    own = side if any(one.side is side for one in passes) else Side.LEFT
    assert [one.path for one in lay(atlas, again, own)] == [one.path for one in passes]
    other = [one.path.controls[:] for one in lay(atlas, again, own.opposite)]
    assert other == [skin_paths.mirrored(one.path.controls) for one in passes]


def test_it_keeps_technique_plane_and_shared_entry_points_but_no_volume(desk: Desk) -> None:
    first = jaw_pass(1, technique=Technique.VECTORING, plane=Plane.SUPRA_SMAS, entry_id="shared")
    path = skin_paths.resolve(
        load_atlas(),
        [first.path.entry, skin_paths.snap(load_atlas(), load_atlas().landmarks["malar_eminence"])],
    )
    second = replace(jaw_pass(2), entry_id="shared", path=path)
    saved = desk.save(first, second)
    assert [one.entry for one in saved.passes] == ["entry_1", "entry_1"]
    assert (saved.passes[0].technique, saved.passes[0].plane) == (Technique.VECTORING, Plane.SUPRA_SMAS)
    text = json.dumps(protocol_to_json(saved))
    assert "microlitres" not in text
    assert "volume" not in text
    assert "shares" not in text
    assert saved.label == "clinic_protocol"


def test_each_saving_is_the_next_version_and_the_older_one_stays(desk: Desk) -> None:
    first = desk.save(jaw_pass(1))
    second = desk.save(jaw_pass(1), jaw_pass(2), name="Own jaw line, wider", protocol_id=first.id)
    assert (second.id, second.version, len(second.passes)) == (first.id, 2, 2)
    own = [one for one in desk.service.all(desk.acting) if one.label == "clinic_protocol"]
    assert own == [second]
    assert desk.service.get(desk.acting, first.id, 1) == first
    assert desk.service.get(desk.acting, first.id, 3) is None
    assert protocol_digest(first) != protocol_digest(second)
    rows = [row for row in desk.database.state.journal if row.subject_kind is SubjectKind.PROTOCOL]
    assert [(row.kind, row.subject_id) for row in rows] == [(JournalKind.PUT, first.id)] * 2
    assert protocol_from_json(json.loads(rows[1].payload or "")) == second


def test_those_shipped_are_listed_beside_the_clinics_own_and_never_replaced(desk: Desk) -> None:
    names = [one.name for one in desk.service.all(desk.acting)]
    desk.save(jaw_pass(1), name="Aa first")
    assert [one.name for one in desk.service.all(desk.acting)] == ["Aa first", *names]
    shipped = desk.service.get(desk.acting, "c_shape", 2)
    assert shipped is not None
    assert shipped.label == "training_convention"
    with pytest.raises(InputRefused, match="protocol_shipped"):
        desk.save(jaw_pass(1), protocol_id="c_shape")
    with pytest.raises(InputRefused, match="protocol_name_taken"):
        desk.save(jaw_pass(1), name="c-shape")


def test_without_a_choice_it_takes_one_side_of_what_was_done(desk: Desk) -> None:
    plan = jaw_pass(1, status=PassStatus.PLANNED, shares=(Share("", 10),))
    left, right, more = jaw_pass(2), jaw_pass(3, Side.RIGHT), jaw_pass(4, Side.RIGHT)
    assert len(desk.save(plan, left, right, more).passes) == 2
    assert len(desk.save(plan, left, right, more, name="Left", side=Side.LEFT).passes) == 1
    assert len(desk.save(plan, name="Plan").passes) == 1
    chosen = desk.service.save(
        desk.acting, desk.with_passes(plan, left, right), [plan.id, left.id], name="Chosen", source="Own"
    )
    assert len(chosen.passes) == 2


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"name": "   "}, "protocol_name_empty"),
        ({"source": "\n"}, "protocol_source_empty"),
        ({"name": "x" * 10_000}, "text_too_long"),
        ({"note": "\U0001f600" * 10_000}, "text_too_long"),
        ({"side": Side.RIGHT}, "protocol_without_passes"),
    ],
)
def test_what_cannot_be_a_protocol_is_refused_and_nothing_is_stored(
    desk: Desk, said: dict[str, object], code: str
) -> None:
    with pytest.raises(InputRefused, match=code):
        desk.save(jaw_pass(1), **said)
    assert desk.database.state.journal == ()


def test_passes_of_both_sides_are_not_one_pattern(desk: Desk) -> None:
    passes = (jaw_pass(1), jaw_pass(2, Side.RIGHT))
    with pytest.raises(InputRefused, match="protocol_both_sides"):
        desk.service.save(
            desk.acting, desk.with_passes(*passes), [one.id for one in passes], name="Both", source="Own"
        )


def test_hostile_words_are_kept_as_they_are(desk: Desk) -> None:
    name, note = 'O\'Brien "jaw" \u202e\u05e9\u05dc\u05d5\u05dd \U0001f600', "'; DROP TABLE protocols; --"
    saved = desk.save(jaw_pass(1), name=name, note=note)
    assert (saved.name, saved.note) == (name, note)
