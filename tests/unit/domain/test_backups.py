"""How backups are named and thinned, when the next is due, and how a plan is kept."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from injectmap.domain.backup_plan import (
    BackupPlan,
    Made,
    Place,
    PlanRefused,
    is_due,
    plan_from_json,
    plan_to_json,
)
from injectmap.domain.backups import HOUR_MS, Backup, CopyKind, Head, mark_of, read_aside, read_name, thin

MARK, OTHER = "0a1b2c3d", "ffffffff"
NOW = int(dt.datetime(2026, 11, 22, 14, 32, tzinfo=dt.UTC).timestamp()) * 1000
DAY_MS = 24 * HOUR_MS
HASH = "ab" * 32

ages = st.integers(min_value=-2 * DAY_MS, max_value=900 * DAY_MS).map(lambda age: (NOW - age) // 1000 * 1000)
backups = st.frozensets(
    st.builds(
        Backup,
        at_ms=ages,
        row=st.integers(0, 999),
        mark=st.sampled_from([MARK, OTHER]),
        kind=st.sampled_from([CopyKind.BACKUP, CopyKind.BACKUP, CopyKind.BACKUP, *CopyKind]),
        clinic=st.just("Harbour"),
    ),
    max_size=60,
)


def at(text: str) -> int:
    return int(dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp()) * 1000


@given(
    st.builds(
        Backup,
        ages,
        st.integers(0, 10**9),
        st.just(MARK),
        st.sampled_from(CopyKind),
        st.text("Hå b.-7", min_size=1),
    )
)
def test_a_name_tells_all_of_a_backup(backup):
    assert read_name(backup.file_name) == backup


@pytest.mark.parametrize(
    "name",
    [
        "Harbour.injectmap",
        "Harbour.backup-20261122T143200Z-r12-0a1b2c3d.injectmap.part",
        "Harbour.backup-20261322T143200Z-r12-0a1b2c3d.injectmap",
        "Harbour.backup-20261122T143200Z-r-0a1b2c3d.injectmap",
        "Harbour.backup-20261122T143200Z-r12-0A1B2C3D.injectmap",
        ".backup-20261122T143200Z-r12-0a1b2c3d.injectmap",
        "Harbour.keys.json",
    ],
)
def test_other_names_are_no_backups(name):
    assert read_name(name) is None


def test_the_name_is_readable():
    assert (
        Backup(NOW, 1234, MARK, clinic="Harbour").file_name
        == "Harbour.backup-20261122T143200Z-r1234-0a1b2c3d.injectmap"
    )
    assert mark_of("0192f0c1-0000-7000-8000-00000a1b2c3d") == MARK


@given(backups, st.integers(0, 800), st.integers(0, 800))
def test_thinning_is_monotone_and_may_be_done_at_any_time(found, first_days, more_days):
    """What goes today goes tomorrow too; and thinning in between changes nothing in the end."""
    first = NOW + first_days * DAY_MS
    second = first + more_days * DAY_MS
    gone_first = thin(found, mark=MARK, now_ms=first)
    gone_second = thin(found, mark=MARK, now_ms=second)
    assert gone_first <= gone_second
    assert gone_first | thin(found - gone_first, mark=MARK, now_ms=second) == gone_second
    assert thin(found - gone_first, mark=MARK, now_ms=first) == frozenset()


@given(backups)
def test_thinning_never_takes_what_is_not_its_own(found):
    gone = thin(found, mark=MARK, now_ms=NOW)
    assert all(one.mark == MARK and one.kind is CopyKind.BACKUP for one in gone)
    own = [one for one in found if one.mark == MARK and one.kind is CopyKind.BACKUP]
    if own:
        assert max(own) not in gone
    for good in own:
        assert good not in thin(found, mark=MARK, now_ms=NOW, last_good=good)


@given(backups)
def test_all_of_the_recent_hours_and_the_last_of_every_recent_day_are_kept(found):
    kept = found - thin(found, mark=MARK, now_ms=NOW)
    for one in found:
        if one.mark != MARK or one.kind is not CopyKind.BACKUP:
            continue
        if NOW - one.at_ms < 23 * HOUR_MS:
            assert one in kept
        if NOW - one.at_ms < 13 * DAY_MS:
            day = one.at_ms // DAY_MS
            assert any(k.at_ms // DAY_MS == day and k.at_ms >= one.at_ms for k in kept if k.mark == MARK)


def test_two_years_of_hourly_backups_come_down_to_a_few():
    hours = range(3 * 366 * 24)
    found = frozenset(Backup(NOW - n * HOUR_MS, 1, MARK, clinic="Harbour") for n in hours)
    kept = found - thin(found, mark=MARK, now_ms=NOW)
    # Some copies stand for an hour, a day, a week and a month at once.
    assert 55 <= len(kept) <= 24 + 14 + 8 + 24
    assert min(one.at_ms for one in kept) >= at("2024-12-31")
    assert sorted(one.at_ms for one in kept)[-24:] == [NOW - n * HOUR_MS for n in reversed(range(24))]


def test_one_made_by_hand_takes_away_none_of_the_same_hour():
    found = frozenset(Backup(NOW - n * 60_000, n, MARK, clinic="Harbour") for n in range(20))
    assert thin(found, mark=MARK, now_ms=NOW) == frozenset()
    later = NOW + 2 * DAY_MS
    assert len(found - thin(found, mark=MARK, now_ms=later)) == 1


@pytest.mark.parametrize(
    ("name", "clinic", "at_ms"),
    [
        ("Berg.before-restore-20261122T143200Z-damaged.injectmap", "Berg.injectmap", NOW),
        ("Berg.before-restore-20261122T143200Z-damaged", "Berg", NOW),
        ("Other.before-restore-20261122T143200Z-damaged.injectmap", "Berg.injectmap", None),
        ("Berg.before-restore-20261322T143200Z-damaged.injectmap", "Berg.injectmap", None),
        ("Berg.injectmap", "Berg.injectmap", None),
    ],
)
def test_a_damaged_file_put_aside_is_known_by_its_name(name, clinic, at_ms):
    assert read_aside(name, clinic) == at_ms


def test_a_clock_set_back_takes_nothing():
    """All were made in what is now the future."""
    found = frozenset(Backup(NOW + n * DAY_MS, n, MARK, clinic="Harbour") for n in range(1, 40))
    assert thin(found, mark=MARK, now_ms=NOW) == frozenset()


def test_a_backup_is_due_when_the_journal_has_grown_for_an_hour():
    head, grown = Head(7, HASH), Head(8, HASH)
    assert is_due(Place("/b"), head, NOW)
    place = Place("/b", last=Made("x", NOW, head, 1))
    assert not is_due(place, head, NOW + 3 * HOUR_MS)
    assert not is_due(place, grown, NOW + HOUR_MS - 1)
    assert is_due(place, grown, NOW + HOUR_MS)
    assert is_due(place, grown, NOW + 1, after_ms=0)
    assert is_due(place, grown, NOW - HOUR_MS), "a clock set back"
    assert is_due(place, Head(7, "cd" * 32), NOW + HOUR_MS), "another journal of the same length"


def plan() -> BackupPlan:
    file = Backup(NOW, 7, MARK, clinic="Harbour").file_name
    made = Made(file, NOW, Head(7, HASH), 4096)
    return BackupPlan(
        "id",
        "/clinics/Harbour.injectmap",
        (
            Place("/clinics/Harbour backups", last=made),
            Place(
                "/media/Ä disk",
                mount="/media/Ä disk",
                problem="backup_folder_missing",
                problem_ms=NOW,
                damaged=(file,),
            ),
        ),
    )


def test_a_plan_is_read_as_it_was_kept():
    assert plan_from_json(plan_to_json(plan())) == plan()
    assert plan().last_good == (plan().places[0], plan().places[0].last)
    assert plan().without("/clinics/Harbour backups").last_good is None


def changed(**fields):
    value = json.loads(plan_to_json(plan()))
    value.update(fields)
    return json.dumps(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        "[" * 50_000,
        " " * 70_000,
        changed(form=2),
        changed(form=True),
        changed(clinic_id=""),
        changed(path="a\0b"),
        changed(more=1),
        changed(places={}),
        changed(places=[1]),
        changed(places=[{}]),
        changed(places=json.loads(plan_to_json(plan()))["places"] * 2),
        plan_to_json(plan()).replace('"at_ms": 1', '"at_ms": -1'),
        plan_to_json(plan()).replace('"file": "', '"file": "../'),
        plan_to_json(plan()).replace('"row": 7', '"row": 7.5'),
    ],
)
def test_anything_else_is_refused(text):
    with pytest.raises(PlanRefused):
        plan_from_json(text)


@given(st.text(max_size=200))
def test_no_text_does_more_than_refuse(text):
    with pytest.raises(PlanRefused):
        plan_from_json(text)
