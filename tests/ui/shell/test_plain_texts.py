"""What people typed is shown letter for letter: a name that looks like markup is no markup, nor fetches a picture."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QLabel, QWidget

import injectmap.ui
from injectmap.ui.widgets.tips import plain_tip

UI = Path(injectmap.ui.__file__).parent
MARKUP = "<b>Bold</b><img src='file:///dev/zero'>"


def _tips(widget: QWidget) -> list[str]:
    found = [widget.toolTip()]
    if isinstance(widget, QAbstractItemView) and widget.model() is not None:
        model, root = widget.model(), QModelIndex()
        found += [
            str(model.index(row, column, root).data(Qt.ItemDataRole.ToolTipRole) or "")
            for row in range(min(model.rowCount(root), 50))
            for column in range(1 if isinstance(model, QAbstractListModel) else model.columnCount(root))
        ]
    return found


def test_names_that_look_like_markup_are_shown_as_they_are(make_shell) -> None:
    shell = make_shell()
    typed = shell.opener.put_patient(family_name=MARKUP, given_name=MARKUP)
    shell.opener.put_session(typed, count=4)
    shell.open()
    shell.desk.open_patient(typed)
    seen = 0
    for widget in shell.window.findChildren(QWidget):
        if isinstance(widget, QLabel):
            seen += "<b>" in widget.text()
            assert widget.textFormat() is Qt.TextFormat.PlainText, (widget, widget.text())
        for tip in _tips(widget):
            seen += "&lt;b&gt;" in tip
            assert "<b>" not in tip
            assert "<img" not in tip
    assert seen, "the name was shown nowhere"


def test_no_label_is_left_to_guess_whether_its_text_is_markup() -> None:
    """Qt guesses for a QLabel of which nobody said what it holds."""
    wrong = []
    for file in UI.rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        made = [
            node.targets[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
            and node.value.func.id == "QLabel"
        ]
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        every = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "QLabel"]
        plain = {
            ast.dump(call.func.value).replace("Store()", "Load()")
            for call in calls
            if isinstance(call.func, ast.Attribute) and call.func.attr == "setTextFormat"
        }
        wrong += [
            f"{file.name}:{one.lineno}"
            for one in made
            if ast.dump(one).replace("Store()", "Load()") not in plain
        ]
        if len(every) != len(made):
            wrong.append(f"{file.name}: a QLabel without a name")
        if "setHtml" in file.read_text("utf-8") or "RichText" in file.read_text("utf-8").replace(
            "mightBeRichText", ""
        ):
            wrong.append(f"{file.name}: markup")
    assert wrong == []


@pytest.mark.parametrize("text", ["Ó Súilleabháin", "12 > 5 & 3", "&amp;", ""])
def test_a_tip_without_markup_stays_as_it_is(text: str) -> None:
    assert plain_tip(text) == text


def test_markup_in_a_tip_is_escaped() -> None:
    assert plain_tip(MARKUP).startswith("<span")
    assert "<img" not in plain_tip(MARKUP)
