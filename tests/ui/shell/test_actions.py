import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QKeySequence
from PySide6.QtWidgets import QWidget

from injectmap.ui.actions import ACTIONS, ActionSet, When
from injectmap.ui.icons import icon_pixmap
from injectmap.words import load_words


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.id)
def test_each_action_has_words_an_icon_and_readable_keys(spec, qapp):
    assert load_words()(f"action.{spec.id}")
    image = icon_pixmap(spec.icon, QColor("black")).toImage()
    assert any(
        image.pixelColor(QPoint(x, y)).alpha() for x in range(image.width()) for y in range(image.height())
    )
    assert all(not QKeySequence(key).isEmpty() for key in spec.keys)


def test_no_key_is_given_twice():
    keys = [QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys]
    assert len(keys) == len(set(keys))


def test_keys_without_a_modifier_are_left_to_the_chart():
    chart = {"F2", "V", "P", "D", "Z", "L", *"0123456789"}
    assert not chart & {key for spec in ACTIONS for key in spec.keys}


def test_each_action_needs_its_handler(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    with pytest.raises(ValueError, match="differ"):
        ActionSet(widget, {}, lambda page, method: None)


def test_actions_follow_what_is_open(make_shell):
    shell = make_shell(open=False)
    actions = shell.space.actions
    closed = {spec.id for spec in ACTIONS if actions[spec.id].isEnabled()}
    assert closed == {spec.id for spec in ACTIONS if spec.when is When.ALWAYS}
    shell.open()
    assert actions["new_patient"].isEnabled()
    actions["new_session"].trigger()
    assert shell.space.banner.text == "Find or register a patient first."
    assert shell.space.side.column.search.hasFocus()
    assert not shell.space.session.form_open
    shell.desk.open_patient(shell.elin)
    assert all(actions[spec.id].isEnabled() for spec in ACTIONS if spec.when is not When.LOCKABLE)
