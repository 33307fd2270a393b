"""Moves every folder that a program asks the system for to a place of the tests' own."""

from collections.abc import MutableMapping
from pathlib import Path

_FOLDERS = {
    "HOME": "",
    "USERPROFILE": "",
    "APPDATA": "AppData/Roaming",
    "LOCALAPPDATA": "AppData/Local",
    "XDG_CONFIG_HOME": ".config",
    "XDG_DATA_HOME": ".local/share",
    "XDG_STATE_HOME": ".local/state",
    "XDG_CACHE_HOME": ".cache",
    "XDG_RUNTIME_DIR": "run",
}


def use_folders_under(home: Path, environment: MutableMapping[str, str]) -> None:
    for variable, folder in _FOLDERS.items():
        path = home / folder
        path.mkdir(parents=True, exist_ok=True)
        environment[variable] = str(path)
    # Qt refuses a runtime folder that others may read.
    (home / "run").chmod(0o700)
