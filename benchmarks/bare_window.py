"""The floor of starting: a bare PySide6 window, and nothing else. Run as a file, so that nothing is imported for it."""

import json
import sys
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QMainWindow, QWidget


class Bare(QWidget):
    """Fills itself, and reports the processor time from the start of the process to its first paint."""

    told = False

    def paintEvent(self, event):  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor("#20262B"))
        painter.end()
        if not self.told:
            self.told = True
            print(json.dumps({"cpu_ms": time.process_time() * 1000}), flush=True)
            if sys.argv[1] == "paint":
                QTimer.singleShot(0, QApplication.quit)
            else:
                QTimer.singleShot(1500, wait)


def wait():
    """Stand idle until told to go."""
    print("idle", flush=True)
    sys.stdin.readline()
    QApplication.quit()


application = QApplication(sys.argv[:1])
window = QMainWindow()
window.setCentralWidget(Bare())
window.resize(1440, 900)
window.show()
application.exec()
