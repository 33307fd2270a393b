"""The presenter: a full-screen window for teaching that shows maps and plays them, and never who was treated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QScreen,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from injectmap.domain.errors import InjectmapError
from injectmap.domain.treatment_map import Side
from injectmap.ui.teaching.buttons import StageButton
from injectmap.ui.teaching.caption import Caption
from injectmap.ui.teaching.chooser import Chooser
from injectmap.ui.teaching.keys import handle_key
from injectmap.ui.teaching.looks import FOOT, MARGIN, StageLabel
from injectmap.ui.teaching.notes import Notes
from injectmap.ui.teaching.player import Player
from injectmap.ui.teaching.sentences import say
from injectmap.ui.teaching.show import Show, ShowKind
from injectmap.ui.teaching.sources import Offer, Sources
from injectmap.ui.teaching.stage import Stage
from injectmap.ui.teaching.transport import Transport
from injectmap.ui.teaching.turning import view_for
from injectmap.ui.theme import Theme
from injectmap.ui.widgets.sentences import error_sentence
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.domain.treatment_map import CannulaPass
    from injectmap.ui.desk import Desk

_CORNER = 10
_FOLLOW_MS = 400


class Presenter(QWidget):
    """Shows what a show and its player say; it reads the desk and never changes what lies on it."""

    player: Player
    stage: Stage
    caption: Caption
    spotlight: StageButton
    pointer: StageButton

    def __init__(self, theme: Theme, desk: Desk, parent: QWidget | None = None) -> None:
        """Built hidden. It is dark whatever the program's theme: a room is darkened for it."""
        owner = parent if parent is not None else desk.parent()
        super().__init__(owner if isinstance(owner, QWidget) else None, Qt.WindowType.Window)
        self._words, self._desk = load_words(), desk
        self._dark = Theme(dark=True, parent=self)
        self.setWindowTitle(self._words("present.window"))
        self.setObjectName("presenter")
        self.setStyleSheet(self._dark.style_sheet())
        self.setPalette(self._dark.palette())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.sources = Sources(desk, self._words)
        self.player = Player(self)
        self.stage = Stage(desk.atlas, self._words, self._dark, self)
        self.notes = Notes(self._words, self._dark, self)
        self.transport = Transport(self.player, self._words, self._dark, self)
        self.caption = Caption(self._words, self._dark, self.stage)
        self._menu: Chooser | None = None
        self._turned_for = ""
        self._session_id = ""
        self._build_corner()
        self._build_layout()
        self.player.moved.connect(self._on_moved)
        self.caption.ended.connect(self.setFocus)
        self.notes.title.pressed.connect(self.choose)
        # Follows the chart on the other screen, once the hand there rests.
        self._follow = QTimer(self, singleShot=True, interval=_FOLLOW_MS)
        self._follow.timeout.connect(self._follow_chart)
        desk.session_changed.connect(self._on_session)
        desk.clinic_changed.connect(self._on_session)
        desk.bridge.changed.connect(self._on_edited)

    def _build_corner(self) -> None:
        words, theme = self._words, self._dark
        self.chooser = StageButton(
            theme, words("present.choose"), icon_name="menu", key="M", parent=self.stage
        )
        self.spotlight = StageButton(
            theme, words("present.spotlight"), icon_name="spotlight", key="S", parent=self.stage
        )
        self.pointer = StageButton(
            theme, words("present.pointer"), icon_name="pointer_ring", key="P", parent=self.stage
        )
        self.captioner = StageButton(
            theme, words("present.caption"), icon_name="caption", key="C", parent=self.stage
        )
        self.leave = StageButton(
            theme, words("present.leave"), icon_name="cross", key="Esc", parent=self.stage
        )
        self.spotlight.setCheckable(True)
        self.pointer.setCheckable(True)
        self.pointer.setChecked(True)
        self.spotlight.toggled.connect(self._on_spotlight)
        self.pointer.toggled.connect(self._on_pointer)
        self.chooser.clicked.connect(self.choose)
        self.captioner.clicked.connect(self.caption.begin)
        self.leave.clicked.connect(self.close)
        self.stage.resized.connect(self._place_corner)

    def _build_layout(self) -> None:
        words, theme = self._words, self._dark
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.notes)
        middle.addWidget(self.stage, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(MARGIN, 0, MARGIN, 8)
        self.foot = StageLabel(theme, "small", "text2", elide=True, parent=self)
        self.foot.setText(words("present.foot"))
        self.hints = StageLabel(theme, "small", "text2", parent=self)
        self.hints.setText(words("present.keys"))
        foot.addWidget(self.foot, 1)
        foot.addWidget(self.hints)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(middle, 1)
        whole.addWidget(self.transport)
        whole.addLayout(foot)
        self.foot.setFixedHeight(FOOT - 8)

    # Beginning and leaving

    def begin(self) -> None:
        """Show the window on the second screen if there is one, with what lies on the desk."""
        if self.isVisible():
            self.activateWindow()
            return
        self.take(self.sources.first())
        screen = self._screen()
        if screen is not None:
            self.setScreen(screen)
            self.setGeometry(screen.geometry())
        self.showFullScreen()
        self.activateWindow()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _screen(self) -> QScreen | None:
        """Another screen than the program's own, if there is one."""
        owner = self.parentWidget()
        own = owner.window().screen() if owner is not None else QGuiApplication.primaryScreen()
        return next((one for one in QGuiApplication.screens() if one is not own), own)

    def take(self, show: Show | None) -> None:
        """Present another show."""
        words = self._words
        self._turned_for = ""
        self._session_id = self._open_id()
        if show is None:
            self.notes.title.show_title(words("present.empty"), (words("present.empty.line"),))
        else:
            self.notes.title.show_title(show.title, show.lines)
        self.player.take(show)
        self.transport.take_show(self._zone_name, self._zone_short)
        self._turn_to(show)

    def _zone_name(self, zone_id: str) -> str:
        atlas = self._desk.atlas()
        return atlas.zones.info[zone_id].name if atlas is not None else ""

    def _zone_short(self, zone_id: str) -> str:
        atlas = self._desk.atlas()
        return atlas.zones.info[zone_id].short_name if atlas is not None else ""

    def _open_id(self) -> str:
        editor = self._desk.editor
        return editor.session.id if editor is not None else ""

    def _on_session(self) -> None:
        """Another session on the desk: what is shown of the one before must go."""
        if self.isVisible() and self._open_id() != self._session_id:
            self.take(self.sources.first())

    def _on_edited(self, aspects: frozenset[str]) -> None:
        if "map" in aspects and self.isVisible():
            self._follow.start()

    def _follow_chart(self) -> None:
        """Take in what was drawn meanwhile, unless something is being played."""
        show, player = self.player.show, self.player
        if show is None or show.kind is ShowKind.PROTOCOL or not player.at_end or not self._open_id():
            return
        try:
            show = self.sources.show_of(Offer(show.kind, ""))
        except InjectmapError as error:
            self.caption.say(error_sentence(error))
            return
        self.notes.title.show_title(show.title, show.lines)
        player.take(show)
        self.transport.take_show(self._zone_name, self._zone_short)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place_corner()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:
        self.player.pause()
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._follow.stop()
        if self._menu is not None:
            self._menu.close()
        self.player.take(None)
        self.stage.leave()
        self.stage.show_scene(self.player.scene())
        self.caption.say("")
        self.spotlight.setChecked(False)
        super().closeEvent(event)

    # Following the player

    def _on_moved(self) -> None:
        scene, player = self.player.scene(), self.player
        if scene.in_hand is not None and scene.in_hand.id != self._turned_for:
            self._turned_for = scene.in_hand.id
            self._turn(scene.in_hand)
        self.stage.show_scene(scene)
        if player.show is None:
            self.notes.clear()
            return
        said = say(player.show, player.index, scene.state, at_end=player.at_end, words=self._words)
        self.notes.show_said(said)
        self.notes.title.badge.show_side(self._side(player.show))
        self.stage.setAccessibleDescription(
            self._words(
                "present.stage.description",
                view=self._words(f"view.{self.stage.view_id}"),
                happening=said.happening[0] or said.heading,
            )
        )

    def _side(self, show: Show) -> Side | None:
        """The side of the pass in hand, or of all passes."""
        if not self.player.at_end and show.playback.steps:
            one = show.playback.steps[self.player.index].one
            return one.side if one is not None else None
        return show.sides[0] if len(show.sides) == 1 else None

    def _turn_to(self, show: Show | None) -> None:
        """Begin in a view that shows what will be played first."""
        if show is not None and show.playback.steps and show.playback.steps[0].one is not None:
            self._turn(show.playback.steps[0].one)

    def _turn(self, one: CannulaPass) -> None:
        atlas = self._desk.atlas()
        if atlas is not None:
            self.stage.show_view(view_for(atlas, one, self.stage.view_id))

    def go_to_end(self) -> None:
        """Show the whole map."""
        if self.player.playback is not None:
            self.player.seek(self.player.playback.duration_s)
            self.player.pause()

    # Choosing what is shown

    def choose(self) -> None:
        """Offer all there is."""
        self.menu().popup(self.notes.title.mapToGlobal(QPoint(0, self.notes.title.name.height() + 6)))

    def menu(self) -> Chooser:
        """All that can be presented now."""
        if self._menu is not None:
            self._menu.deleteLater()
        self._menu = Chooser(self.sources.offers(), self.present, self._words, self)
        return self._menu

    def present(self, offer: Offer) -> None:
        """Present an offer; what cannot be read is said in the caption."""
        try:
            show = self.sources.show_of(offer)
        except InjectmapError as error:
            self.caption.say(error_sentence(error))
            return
        self.take(show)

    # Pointer, light, keys

    def _on_spotlight(self, on: bool) -> None:
        self.stage.set_spotlight(on=on)

    def _on_pointer(self, on: bool) -> None:
        self.stage.set_pointer(on=on)

    def _place_corner(self) -> None:
        x = self.stage.width() - MARGIN
        for button in (self.leave, self.captioner, self.pointer, self.spotlight, self.chooser):
            size = button.sizeHint()
            x -= size.width()
            button.setGeometry(QRect(QPoint(x, 30), size))
            x -= _CORNER
        self.caption.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not handle_key(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), self._dark.colour("canvas"))
        painter.end()
