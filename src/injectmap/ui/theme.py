"""Colours, type, spacing and the Qt style of the program's chrome, light and dark, as data.

Clinical colours (zones, passes, entry points) are not here: they never change with the theme and belong to
`injectmap.chart.styles`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from typing import Final, Literal

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetrics, QPainter, QPalette, QPen
from PySide6.QtWidgets import QApplication, QWidget

from injectmap.resources import asset_path


@dataclass(frozen=True, slots=True)
class Chrome:
    """The chrome colours of one theme; names and use as in the screen tokens, section 1."""

    win: str
    panel: str
    raised: str
    canvas: str
    line: str
    line2: str
    text: str
    text2: str
    text3: str
    accent: str
    on_accent: str
    accentbg: str
    ok: str
    gel: str
    error: str


LIGHT: Final = Chrome(
    win="#F1F2F0",
    panel="#FAFAF8",
    raised="#FFFFFF",
    canvas="#FDFDFC",
    line="#DCDFDB",
    line2="#C4C9C6",
    text="#1A242D",
    text2="#4F5B66",
    text3="#5D6872",
    accent="#1C5FB0",
    on_accent="#FFFFFF",
    accentbg="#E4EDF8",
    ok="#2B6E47",
    gel="#8FA9BF",
    error="#B3202A",
)
DARK: Final = Chrome(
    win="#12161A",
    panel="#191E23",
    raised="#22282F",
    canvas="#0E1215",
    line="#2B323A",
    line2="#414B55",
    text="#E9EDF0",
    text2="#B0BAC3",
    text3="#98A4AE",
    accent="#7FB6F2",
    on_accent="#0C1620",
    accentbg="#20344A",
    ok="#7CC59A",
    gel="#7FA0BD",
    error="#F08A8F",
)

# The selection colour is the same in both themes: it marks the same thing on the head and in the chrome.
SELECTION: Final = "#1C6FE0"
ON_SELECTION: Final = "#FFFFFF"

Weight = Literal[400, 600, 700]


@dataclass(frozen=True, slots=True)
class TypeRole:
    """A size of type: pixels, line height and weight (screen tokens, section 4)."""

    px: float
    line: int
    weight: Weight = 400


TYPE: Final[dict[str, TypeRole]] = {
    "patient": TypeRole(22, 28, 600),
    "page_title": TypeRole(26, 32, 600),
    "section": TypeRole(18, 24, 600),
    "inline_volume": TypeRole(21, 26, 600),
    "view_name": TypeRole(15, 18, 600),
    "body": TypeRole(14, 20),
    "body_strong": TypeRole(14, 20, 600),
    "table": TypeRole(13, 18),
    "table_strong": TypeRole(13, 18, 600),
    "label": TypeRole(12, 16),
    "label_strong": TypeRole(12, 16, 600),
    "key": TypeRole(11, 14),
    "zone_name": TypeRole(12.5, 16, 600),
    "chart_label": TypeRole(12.5, 16, 600),
    "entry_letter": TypeRole(17, 20, 700),
}

FAMILY: Final = "Source Sans Pro"

# Space and shape in logical pixels (screen tokens, section 5).
TOP_BAR: Final = 56
CANVAS_HEADER: Final = 48
FOOTER: Final = 26
VIEW_STRIP: Final = 156
LEFT_COLUMN: Final = 240
RIGHT_COLUMN: Final = 344
RADIUS_SWATCH: Final = 2
RADIUS_KEY: Final = 3
RADIUS_BADGE: Final = 5
RADIUS_CONTROL: Final = 6
RADIUS_CARD: Final = 8
MIN_TARGET: Final = 24
DRAWING_TARGET_MM: Final = 11.0


@cache
def load_fonts() -> str:
    """Load the shipped type once per process and return its family; a missing file is an error, never a fallback."""
    for weight in ("Regular", "Semibold", "Bold"):
        path = asset_path("fonts", f"SourceSansPro-{weight}.ttf")
        if QFontDatabase.addApplicationFont(str(path)) < 0:
            raise RuntimeError(f"Qt cannot read {path.name}")
    return FAMILY


@cache
def _font(role: str) -> QFont:
    kind = TYPE[role]
    font = QFont(load_fonts())
    # QFont takes whole pixels only; the chart's painter draws half ones by scaling.
    font.setPixelSize(int(kind.px + 0.5))
    font.setWeight(QFont.Weight(kind.weight))
    font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
    return font


def font(role: str) -> QFont:
    """A copy of the font of a type role."""
    return QFont(_font(role))


@cache
def metrics(role: str) -> QFontMetrics:
    """Measures of a type role."""
    return QFontMetrics(_font(role))


def drawing_target(widget: QWidget) -> int:
    """Pixels of 11 mm on the widget's screen, at least 44: the smallest target where drawing happens.

    A screen that reports no believable size counts as 96 dots per inch.
    """
    screen = widget.screen()
    dots = screen.physicalDotsPerInch() if screen is not None else 96.0
    if not 60 <= dots <= 240:
        dots = 96.0
    # Capped at one and a half: a wrongly reporting screen must not break the layout.
    return max(44, min(66, round(DRAWING_TARGET_MM / 25.4 * dots)))


class Theme(QObject):
    """The theme in use; widgets read colours at paint time and repaint on `changed`.

    One object per program, handed down by constructors.
    """

    changed = Signal()

    def __init__(self, *, dark: bool = False, parent: QObject | None = None) -> None:
        """Start light or dark; nothing is applied to the application before `apply`."""
        super().__init__(parent)
        self._dark = dark
        self._colours: dict[str, QColor] = {}

    @property
    def dark(self) -> bool:
        """True if the dark theme is on."""
        return self._dark

    @property
    def chrome(self) -> Chrome:
        """The colours of the theme in use as `#RRGGBB`."""
        return DARK if self._dark else LIGHT

    def colour(self, name: str) -> QColor:
        """A chrome colour by token name, or `sel` and `on_sel`."""
        found = self._colours.get(name)
        if found is None:
            text = {"sel": SELECTION, "on_sel": ON_SELECTION}.get(name) or getattr(self.chrome, name)
            found = self._colours[name] = QColor(text)
        return QColor(found)

    def mixed(self, over: str, name: str, share: float) -> QColor:
        """`share` of colour `name` laid over colour `over`, opaque; hover is `accentbg` at one half."""
        below, above = self.colour(over), self.colour(name)

        def one(a: int, b: int) -> int:
            return round(a + (b - a) * share)

        return QColor(
            one(below.red(), above.red()), one(below.green(), above.green()), one(below.blue(), above.blue())
        )

    def set_dark(self, dark: bool) -> None:
        """Switch the theme and apply it to the running application."""
        if dark == self._dark:
            return
        self._dark = dark
        self._colours.clear()
        application = QApplication.instance()
        if isinstance(application, QApplication):
            self.apply(application)
        self.changed.emit()

    def apply(self, application: QApplication) -> None:
        """Give the application Fusion, our palette, our type and the style of the standard controls."""
        if application.style().name().lower() != "fusion":
            application.setStyle("fusion")
        application.setFont(font("body"))
        application.setPalette(self.palette())
        application.setStyleSheet(self.style_sheet())

    def palette(self) -> QPalette:
        """The chrome colours as Qt's palette, so that standard widgets follow."""
        role = QPalette.ColorRole
        wanted = {
            role.Window: "win",
            role.WindowText: "text",
            role.Base: "raised",
            role.AlternateBase: "panel",
            role.Text: "text",
            role.Button: "raised",
            role.ButtonText: "text",
            role.BrightText: "on_accent",
            role.ToolTipBase: "raised",
            role.ToolTipText: "text",
            role.PlaceholderText: "text3",
            role.Highlight: "accent",
            role.HighlightedText: "on_accent",
            role.Accent: "accent",
            role.Link: "accent",
            role.LinkVisited: "accent",
            role.Light: "raised",
            role.Midlight: "line",
            role.Mid: "line2",
            role.Dark: "text3",
            role.Shadow: "line2",
        }
        palette = QPalette()
        for which, name in wanted.items():
            palette.setColor(which, self.colour(name))
        faint = self.mixed("panel", "text3", 0.6)
        for which in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, which, faint)
        return palette

    def style_sheet(self) -> str:
        """The look of standard controls: 1 px borders, radius 6, a 2 px focus ring, no shadow."""
        values = {field.name: getattr(self.chrome, field.name) for field in fields(Chrome)}
        values["hover"] = self.mixed("raised", "accentbg", 0.5).name()
        values["accent_hover"] = self.mixed("accent", "text", 0.12).name()
        values["faint"] = self.mixed("panel", "text3", 0.6).name()
        return _STYLE % values


# Fields keep their text in place when focused: the border grows by the pixel that the padding gives up.
_STYLE = """
QToolTip { color: %(text)s; background: %(raised)s; border: 1px solid %(line2)s; padding: 4px 8px; }
QLineEdit, QPlainTextEdit, QTextEdit, QDateEdit, QSpinBox, QComboBox {
  color: %(text)s; background: %(raised)s; border: 1px solid %(line2)s; border-radius: 6px; padding: 5px 9px;
  selection-background-color: %(accent)s; selection-color: %(on_accent)s; min-height: 20px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QDateEdit:focus, QSpinBox:focus, QComboBox:focus {
  border: 2px solid %(accent)s; padding: 4px 8px; }
QLineEdit:disabled, QComboBox:disabled, QDateEdit:disabled { color: %(faint)s; background: %(panel)s; }
QLineEdit[refused="true"], QDateEdit[refused="true"], QComboBox[refused="true"] { border-color: %(error)s; }
QComboBox::drop-down, QDateEdit::drop-down { border: none; width: 22px; }
QComboBox QAbstractItemView { color: %(text)s; background: %(raised)s; border: 1px solid %(line2)s; outline: none;
  selection-background-color: %(accentbg)s; selection-color: %(text)s; }
QPushButton { color: %(text)s; background: %(raised)s; border: 1px solid %(line2)s; border-radius: 6px;
  padding: 6px 14px; min-height: 20px; font-weight: 600; }
QPushButton:hover { background: %(hover)s; }
QPushButton:pressed { background: %(accentbg)s; }
QPushButton:focus { border: 2px solid %(accent)s; padding: 5px 13px; }
QPushButton:disabled { color: %(faint)s; background: %(panel)s; }
QPushButton[kind="primary"] { color: %(on_accent)s; background: %(accent)s; border-color: %(accent)s; }
QPushButton[kind="primary"]:hover { background: %(accent_hover)s; border-color: %(accent_hover)s; }
QPushButton[kind="primary"]:focus { border: 2px solid %(text)s; }
QPushButton[kind="primary"]:disabled { color: %(faint)s; background: %(win)s; border-color: %(line)s; }
QPushButton[kind="flat"] { background: transparent; border-color: transparent; color: %(accent)s; padding: 3px 7px; }
QPushButton[kind="flat"]:hover { background: %(hover)s; }
QPushButton[kind="flat"]:focus { border: 2px solid %(accent)s; padding: 2px 6px; }
QMenu { color: %(text)s; background: %(raised)s; border: 1px solid %(line2)s; padding: 4px; }
QMenu::item { padding: 6px 28px 6px 28px; border-radius: 4px; min-height: 16px; }
QMenu::item:selected { background: %(accentbg)s; color: %(text)s; }
QMenu::item:disabled { color: %(faint)s; }
QMenu::separator { height: 1px; background: %(line)s; margin: 4px 8px; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: %(line2)s; border-radius: 3px; margin: 3px; min-height: 24px; min-width: 24px; }
QScrollBar::handle:hover { background: %(text3)s; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
"""


def paint_focus_ring(painter: QPainter, theme: Theme, rect: QRect, radius: float = RADIUS_CONTROL) -> None:
    """Draw the 2 px focus ring just inside a rectangle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("accent"), 2))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.toRectF().adjusted(1, 1, -1, -1), radius, radius)
    painter.restore()
