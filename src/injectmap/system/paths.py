"""Where the program keeps its own files, by the conventions of each system."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_NAME = "injectmap"


def data_folder() -> Path:
    """The folder of the demo clinic, the list of recent clinics, and the clinic's own products and protocols."""
    return Path(platformdirs.user_data_dir(_NAME, appauthor=False))


def log_folder() -> Path:
    """The folder of the program's log."""
    return Path(platformdirs.user_log_dir(_NAME, appauthor=False))


def documents_folder() -> Path:
    """Where a clinician expects a new clinic or a record to be offered."""
    return Path(platformdirs.user_documents_dir())
