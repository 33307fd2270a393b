"""Writes docs/guide/keys.md from the program's own tables of keys.

`python tools/key_tables.py` writes the page; a test compares it with the code, so a key cannot change unnoticed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

from injectmap.ui.actions import ACTIONS
from injectmap.ui.canvas.chart_actions import ACTIONS as CHART_ACTIONS
from injectmap.ui.canvas.chart_actions import ChartAction
from injectmap.ui.key_list import _GESTURES as GESTURES
from injectmap.ui.teaching.keys import KEYS as PRESENTER_KEYS
from injectmap.words import load_words

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "guide" / "keys.md"

# Headings of the chart's keys, each with the actions under it by id or by what their ids begin with.
CHART_GROUPS: Final = (
    ("Tools", ("tool.", "draw")),
    ("Fan and cross-hatch", ("shape.",)),
    ("Both sides", ("mirror", "linked")),
    (
        "The selected passes",
        ("volume", "deposits", "split", "nudge.", "nudge_far.", "next_handle", "remove", "select_all"),
    ),
    ("Going through passes", ("next_pass", "previous_pass", "next_zone", "previous_zone")),
    ("Measuring and zone corners", ("measure.", "reset_corner", "reset_zones")),
    ("Last time and plan", ("planning", "confirm", "fulfil_next", "fulfil", "deviation")),
    ("Shown on the head", ("overlay.", "view.", "zoom_in", "zoom_out", "fit")),
    ("Undo", ("undo", "redo", "escape")),
)
PRESENTER_WORDS: Final = {
    Qt.Key.Key_Space: "Play, pause",
    Qt.Key.Key_MediaPlay: "Play, pause",
    Qt.Key.Key_MediaTogglePlayPause: "Play, pause",
    Qt.Key.Key_Left: "Previous pass",
    Qt.Key.Key_PageUp: "Previous pass",
    Qt.Key.Key_Right: "Next pass",
    Qt.Key.Key_PageDown: "Next pass",
    Qt.Key.Key_Home: "Back to the beginning",
    Qt.Key.Key_End: "To the end: the whole map",
    Qt.Key.Key_Plus: "Faster",
    Qt.Key.Key_Equal: "Faster",
    Qt.Key.Key_Minus: "Slower",
    Qt.Key.Key_0: "Show the whole head",
    Qt.Key.Key_S: "Spotlight",
    Qt.Key.Key_P: "Pointer",
    Qt.Key.Key_C: "Caption",
    Qt.Key.Key_M: "Choose what is shown",
    Qt.Key.Key_F5: "Leave",
    Qt.Key.Key_Escape: "Leave",
}
PRESENTER_MORE: Final = (("1 to 5", "Views"), ("Ctrl++", "Zoom in"), ("Ctrl+-", "Zoom out"))
# Pages that name keys of their own at their foot: the page, and where its hints stand.
PAGES: Final = (
    ("patient", "patients/patient_page.py"),
    ("record", "records/record_page.py"),
    ("due", "aftercare/due_page.py"),
    ("stock", "stock/stock_page.py"),
)
_UI: Final = PAGE.parents[2] / "src" / "injectmap" / "ui"
_HINT: Final = re.compile(r'\("([^"]+)", "((?:hint|recall|insight)\.[a-z_.]+)"\)')
# Keys of a remote control have names of their own on each system.
_LEFT_OUT: Final = frozenset({Qt.Key.Key_MediaPlay, Qt.Key.Key_MediaTogglePlayPause})
_TWINS: Final = {"Return": "Enter"}


def named(keys: Iterable[str]) -> list[str]:
    """Keys as the guide writes them, each once; the two Enter keys of a keyboard are one."""
    found: list[str] = []
    for key in keys:
        text = QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)
        *held, last = text.rsplit("+", 1) if not text.endswith("+") else (text,)
        shown = "+".join([*held, _TWINS.get(last, last)])
        if shown not in found:
            found.append(shown)
    return found


def _cell(keys: Iterable[str]) -> str:
    return ", ".join(f"<kbd>{key.replace('|', chr(92) + '|')}</kbd>" for key in keys)


def chart_keys(action: ChartAction) -> list[str]:
    """An action's keys, with the one that works while a volume is typed."""
    always = getattr(action, "always", "")
    return named([*action.keys, *([always] if always else [])])


def _table(rows: Iterable[tuple[list[str], str]]) -> Iterator[str]:
    yield "| key | what it does |"
    yield "| --- | --- |"
    for keys, text in rows:
        yield f"| {_cell(keys)} | {text} |"
    yield ""


def _under(action: ChartAction, heads: Iterable[str]) -> bool:
    return any(action.id == head or (head.endswith(".") and action.id.startswith(head)) for head in heads)


def chart_tables() -> Iterator[str]:
    """The chart's keys by heading; ValueError if an action stands under none or two."""
    words = load_words()
    for action in CHART_ACTIONS:
        if sum(_under(action, heads) for _, heads in CHART_GROUPS) != 1:
            raise ValueError(f"{action.id} stands under no heading of the guide, or under two")
    for title, heads in CHART_GROUPS:
        yield f"### {title}"
        yield ""
        yield from _table(
            (chart_keys(one), words(one.words_key))
            for one in CHART_ACTIONS
            if one.keys and _under(one, heads)
        )
    yield "### By hand"
    yield ""
    rows = [([words(f"chart.gesture.{one}.key")], words(f"chart.gesture.{one}")) for one in GESTURES]
    yield from _table(rows)


def window_table() -> Iterator[str]:
    """The keys that work wherever the keyboard is in the window."""
    words = load_words()
    yield from _table((named(one.keys), words(f"action.{one.id}")) for one in ACTIONS if one.keys)


def presenter_table() -> Iterator[str]:
    """The keys while presenting; KeyError if one has no words here."""
    rows: dict[str, list[str]] = {}
    for key in PRESENTER_KEYS:
        if key not in _LEFT_OUT:
            rows.setdefault(PRESENTER_WORDS[key], []).extend(named([QKeySequence(key).toString()]))
    yield from _table((keys, text) for text, keys in rows.items())
    yield from list(_table(([key], text) for key, text in PRESENTER_MORE))[2:]


def page_hints() -> list[tuple[str, str, str]]:
    """Page, key and words of what the pages say at their feet, each once."""
    words, found = load_words(), list[tuple[str, str, str]]()
    for name, path in PAGES:
        for key, what in _HINT.findall((_UI / path).read_text(encoding="utf-8")):
            text = words(what)
            held = key.replace(" ", "+") if key.startswith(("Ctrl", "Shift", "Alt")) else key
            line = words(f"page.{name}"), held, text[:1].upper() + text[1:]
            if line not in found:
                found.append(line)
    return found


def page_table() -> Iterator[str]:
    """The keys of the pages."""
    yield "| page | key | what it does |"
    yield "| --- | --- | --- |"
    for name, key, text in page_hints():
        yield f"| {name} | {_cell(key.split())} | {text} |"
    yield ""


def page() -> str:
    """The whole page."""
    presenter = list(presenter_table())
    presenter.remove("")
    lines = [
        "# Keys",
        "",
        "Made by `tools/key_tables.py` from the program's own tables; on macOS Ctrl is ⌘. <kbd>F1</kbd> shows the list in the",
        "program, <kbd>Ctrl+K</kbd> all actions by name, also those without a key.",
        "",
        "## Everywhere",
        "",
        *window_table(),
        "## On the chart",
        "",
        "They work while the chart has the keyboard: click it, or press <kbd>F3</kbd>.",
        "",
        *chart_tables(),
        "## On the other pages",
        "",
        *page_table(),
        "## While presenting",
        "",
        *presenter,
    ]
    return "\n".join(lines).rstrip() + "\n"


def known() -> frozenset[str]:
    """Every key that the program's tables name, as the guide writes it."""
    found = {key for one in ACTIONS for key in named(one.keys)}
    found |= {key for one in CHART_ACTIONS for key in chart_keys(one)}
    found |= {key for one in PRESENTER_KEYS for key in named([QKeySequence(one).toString()])}
    found |= {load_words()(f"chart.gesture.{one}.key") for one in GESTURES}
    found |= {key for _, keys, _ in page_hints() for key in keys.split()}
    return frozenset(found | {key for key, _ in PRESENTER_MORE})


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
