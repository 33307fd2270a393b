"""Saves a figure as a picture or as a table, where the clinician chooses; no name of the patient is in the file's."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QSizePolicy, QWidget

from injectmap.services.insight import FileForm, InsightFigure
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.buttons import Button
from injectmap.words import load_words

Save = Callable[[InsightFigure, FileForm], None]


def fill_menu(menu: QMenu, figure: InsightFigure, save: Save, *, named: bool = False) -> None:
    """Add an action for each form; `named` says the figure's name too."""
    words = load_words()
    for form in FileForm:
        text = words(f"insight.save.{form.value}")
        if named:
            text = f"{words(f'insight.{figure.value}.title')}, {text}"
        action = QAction(text, menu)
        action.setObjectName(f"{figure.value}-{form.value}")
        action.triggered.connect(partial(_save, save, figure, form))
        menu.addAction(action)


def _save(save: Save, figure: InsightFigure, form: FileForm, *_: object) -> None:
    save(figure, form)


def save_button(theme: Theme, figure: InsightFigure, save: Save, parent: QWidget) -> Button:
    """A flat button that offers the forms of one figure."""
    button = Button(theme, load_words()("insight.save"), kind="flat", parent=parent)
    button.setAccessibleName(load_words()(f"insight.save.{figure.value}"))
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    menu = QMenu(button)
    fill_menu(menu, figure, save)
    button.setMenu(menu)
    return button
