"""The difference from the session shown underneath: folded under the totals, by zone in their place."""

from __future__ import annotations

import pytest

from injectmap.editing.compare import copy_session
from injectmap.editing.plan import confirm


@pytest.fixture
def panel(shell):
    shell.space.chart.toggles.toggle("last_session")
    return shell.space.session.difference


def test_nothing_stands_there_until_another_session_is_shown(shell):
    assert not shell.space.session.difference.isVisible()
    assert shell.space.session.totals.isVisible()


def test_it_says_what_is_more_and_less_and_what_moved(shell, panel):
    # Then four passes on the left, now the same four with four on the right.
    assert panel.isVisible()
    assert panel.title.full_text() == "Difference from 6 May 2025"
    assert panel.sums.figures == ["+0.60", "–", "+0.60"]
    assert panel.passes.text() == "Passes: 4 where they were, 4 new."
    own = shell.editor.map.passes
    shell.editor.select([own[0].id])
    assert panel.chosen.text() == "Pass 1: entry moved 0 mm, tip 0 mm; length 0 mm, volume – mL"
    shell.editor.set_volume_text("0.1")
    assert panel.chosen.text().endswith("volume −0.05 mL")
    assert panel.sums.figures == ["+0.60", "−0.05", "+0.55"]
    shell.editor.select([own[5].id])
    assert panel.chosen.text() == "Pass 6: new, nothing like it then"
    shell.editor.select([one.id for one in own])
    assert not panel.chosen.isVisible()


def test_by_zone_it_takes_the_place_of_the_totals_and_gives_it_back(shell, panel):
    totals = shell.space.session.totals
    assert totals.isVisible()
    panel.fold.click()
    assert not totals.isVisible()
    zones = {row[1]: row[2:] for row in panel.table.rows}
    now = {row[1]: row[2:] for row in totals.table.rows}
    assert zones.keys() == now.keys()
    for name, (right, left, both) in zones.items():
        assert (right, left, both) == (f"+{now[name][0]}", "–", f"+{now[name][0]}")
    panel.fold.click()
    assert totals.isVisible()
    panel.fold.click()
    shell.space.chart.toggles.toggle("last_session")
    assert totals.isVisible()
    assert not panel.isVisible()


def test_what_is_copied_counts_once_it_is_confirmed(shell, panel):
    before = shell.editor.map
    shell.editor.select(before.by_id)
    shell.editor.remove_selected()
    assert panel.sums.figures == ["–", "−0.60", "−0.60"]
    other = panel.compared
    copy_session(shell.editor, other)
    assert panel.sums.figures == ["–", "−0.60", "−0.60"]
    confirm(shell.editor)
    assert panel.sums.figures == ["–", "–", "–"]
    assert panel.passes.text() == "Passes: 4 where they were."
