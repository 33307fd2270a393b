"""What the program keeps of its own on this computer: the list of recent clinics, the chosen look, the log."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from injectmap.system.logs import ProgramLog

RECENT_LIMIT = 8
LOOK_FILE = "look.json"


class OwnFiles:
    """The program's own folder; what cannot be read there counts as never written."""

    def __init__(self, folder: Path | None) -> None:
        """Keep to this folder; None for where the system keeps the data of programs."""
        self._folder = folder
        self._log: ProgramLog | None = None

    @property
    def folder(self) -> Path:
        """Where the demo clinic and the list of recent clinics are kept."""
        if self._folder is None:
            from injectmap.system.paths import data_folder

            self._folder = data_folder()
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def recent(self) -> tuple[Path, ...]:
        """Clinics opened before that are still there, latest first: each file once, and no copy of one.

        A backup may be opened to look at it, but it is not what one works in.
        """
        from injectmap.domain.backups import read_name

        try:
            listed = json.loads((self.folder / "recent.json").read_text("utf-8"))
        except (OSError, ValueError):
            return ()
        there = dict.fromkeys(path.resolve() for path in map(Path, listed) if path.is_file())
        return tuple(path for path in there if read_name(path.name) is None)

    @property
    def dark(self) -> bool | None:
        """The look chosen last; None if it was never chosen."""
        try:
            kept = json.loads((self.folder / LOOK_FILE).read_text("utf-8"))
        except (OSError, ValueError):
            return None
        dark = kept.get("dark") if isinstance(kept, dict) else None
        return dark if isinstance(dark, bool) else None

    def keep_dark(self, dark: bool) -> None:
        """Remember the look that was chosen; where that cannot be written it is chosen again next time."""
        with contextlib.suppress(OSError):
            (self.folder / LOOK_FILE).write_text(json.dumps({"dark": dark}), "utf-8")

    def open_log(self) -> bool:
        """Begin the log beside a folder of our own or where the system keeps logs; True if the last run broke off."""
        from injectmap.system.logs import ProgramLog
        from injectmap.system.paths import log_folder

        self._log = ProgramLog(self._folder / "logs" if self._folder is not None else log_folder())
        return self._log.broke_off

    def close_log(self) -> None:
        """End the log."""
        if self._log is not None:
            self._log.close()
            self._log = None

    def remember(self, path: Path) -> None:
        """Put a clinic at the head of the list."""
        listed = [str(path.resolve()), *(str(one) for one in self.recent() if one != path.resolve())]
        (self.folder / "recent.json").write_text(json.dumps(listed[:RECENT_LIMIT]), "utf-8")
