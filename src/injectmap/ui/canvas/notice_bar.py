"""The bar that tells a refusal or a failed save on the canvas, with the way out."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from injectmap.ui.canvas.card import Card
from injectmap.ui.icons import icon_pixmap
from injectmap.ui.theme import Theme, font
from injectmap.words import Words

_SHOWN_MS = 8000
_WIDTH = 460


class NoticeBar(Card):
    """A sentence at the top of the canvas; a failed save stays until it is retried or discarded."""

    retry = Signal()
    discard = Signal()
    syringe_wanted = Signal()

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        """Build it hidden."""
        super().__init__(theme, "", parent)
        self._words = words
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 10, 10)
        row.setSpacing(10)
        self._sign = QLabel(self)
        self._sign.setTextFormat(Qt.TextFormat.PlainText)
        self._sign.setFixedSize(20, 20)
        self.sentence = QLabel(self)
        self.sentence.setTextFormat(Qt.TextFormat.PlainText)
        self.sentence.setFont(font("table"))
        self.sentence.setWordWrap(True)
        self.retry_button = QPushButton(words("failed.retry"), self)
        self.retry_button.setProperty("kind", "primary")
        self.discard_button = QPushButton(words("failed.discard"), self)
        self.syringe_button = QPushButton(words("notice.add_syringe"), self)
        row.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.retry_button)
        row.addWidget(self.discard_button)
        row.addWidget(self.syringe_button)
        self.retry_button.clicked.connect(self.retry)
        self.discard_button.clicked.connect(self.discard)
        self.syringe_button.clicked.connect(self.syringe_wanted)
        self._timer = QTimer(self, singleShot=True, interval=_SHOWN_MS)
        self._timer.timeout.connect(self._rest)
        self._standing = self._kept = ""
        self._failed = False
        self.hide()

    def stand(self, sentence: str) -> None:
        """Say what is so as long as this session is open; nothing if there is nothing to say."""
        if sentence != self._standing:
            self._standing = sentence
            if not self._failed:
                self._timer.stop()
                self._rest()

    def _rest(self) -> None:
        if self._standing:
            self._show(self._standing, buttons=False, wrong=True)
        else:
            self.hide()

    def tell(self, sentence: str, *, wrong: bool = True, add_syringe: bool = False) -> None:
        """Say a sentence for a while; a failed save that is still on screen is not covered."""
        if not self._failed:
            self._show(sentence, buttons=False, wrong=wrong, add_syringe=add_syringe)
            self._timer.start()

    def tell_failed(self, sentence: str) -> None:
        """Say why a pass could not be stored; stays."""
        self._failed = True
        self._timer.stop()
        self._kept = f"{sentence} {self._words('failed.kept')}"
        self._show(self._kept, buttons=True, wrong=True)

    def insist(self) -> None:
        """Something else was wanted while a pass waits: say what comes first."""
        if self._failed:
            self._show(f"{self._kept} {self._words('failed.first')}", buttons=True, wrong=True)

    def solved(self) -> None:
        """The failed save is over."""
        if self._failed:
            self._failed = False
            self._rest()

    def press(self) -> None:
        """A gesture is begun on the head: a passing sentence goes; while a pass waits nothing is begun, and why."""
        if self._failed:
            self.insist()
        else:
            self.clear()

    def clear(self) -> None:
        """What a passing sentence was about is over."""
        if not self._failed:
            self._timer.stop()
            self._rest()

    def _show(self, sentence: str, *, buttons: bool, wrong: bool, add_syringe: bool = False) -> None:
        theme = self._theme
        colour = theme.colour("error" if wrong else "accent")
        self._sign.setPixmap(
            icon_pixmap("warning" if wrong else "info", colour, 20, self.devicePixelRatioF())
        )
        self.sentence.setText(sentence)
        self.setAccessibleName(sentence)
        for button in (self.retry_button, self.discard_button):
            button.setVisible(buttons)
        self.syringe_button.setVisible(add_syringe)
        self.place()
        self.show()
        self.raise_()

    def place(self) -> None:
        """Stand at the top of the canvas, in the middle of what the palette leaves free."""
        parent = self.parentWidget()
        if parent is None:
            return
        width = min(_WIDTH, parent.width() - 100)
        self.setFixedWidth(width)
        layout = self.layout()
        height = layout.heightForWidth(width) if layout is not None else 0
        self.resize(QSize(width, max(height, 44)))
        self.move(76 + (parent.width() - 76 - width) // 2, 68)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colour("error" if self._failed else "line2"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        painter.end()
