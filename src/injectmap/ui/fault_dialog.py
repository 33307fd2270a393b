"""The report of a fault of ours: plain text, no patient data, and the window goes on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from injectmap.words import load_words


class FaultDialog(QDialog):
    """Shows a report; its text is never read as markup."""

    def __init__(self, parent: QWidget, report: str) -> None:
        super().__init__(parent)
        words = load_words()
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(words("fault.title"))
        self.resize(640, 380)
        what = QLabel(words("fault.what"))
        what.setTextFormat(Qt.TextFormat.PlainText)
        what.setWordWrap(True)
        self.report = QPlainTextEdit(report)
        self.report.setReadOnly(True)
        copy = QPushButton(words("fault.copy"))
        close = QPushButton(words("fault.close"))
        close.setProperty("kind", "primary")
        close.setDefault(True)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(copy)
        row.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(what)
        layout.addWidget(self.report, 1)
        layout.addLayout(row)
        copy.clicked.connect(self._copy)
        close.clicked.connect(self.accept)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.report.toPlainText())
