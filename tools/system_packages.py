"""What the system must have for the program and its tests: found missing by trying, installed where that is allowed."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# What Qt needs to be imported and to paint without a screen: shared library -> Debian package.
PAINT_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
}
# What Qt needs, in addition, to open a window under X11.
WINDOW_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
# What the end-to-end tests need to work a real window on a virtual screen: command -> Debian package.
VIRTUAL_SCREEN_COMMANDS = {"Xvfb": "xvfb", "xauth": "xauth", "xdotool": "xdotool"}
# The tests on a server make and start their own; the one that Debian sets up is never asked for.
SERVER_PACKAGE = "postgresql"
SERVER_FOLDERS = Path("/usr/lib/postgresql")


class Stop(Exception):
    """The task cannot go on; its text says what to do."""


def say(text: str) -> None:
    print(text, flush=True)


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _can_make_environments() -> bool:
    # Debian ships the venv module in two halves; ensurepip is the half in python3-venv.
    probe = [sys.executable, "-c", "import ensurepip, venv"]
    return subprocess.run(probe, check=False, capture_output=True).returncode == 0


def _is_debians_python() -> bool:
    return Path(sys.executable).resolve().parent == Path("/usr/bin")


def _has_server() -> bool:
    return shutil.which("initdb") is not None or any(SERVER_FOLDERS.glob("*/bin/initdb"))


def missing_packages(*, window: bool, virtual_screen: bool, server: bool = False) -> dict[str, str]:
    """Debian package -> what of it is missing here, found by trying each thing, not by asking the package list."""
    missing: dict[str, str] = {}
    if not _can_make_environments():
        missing["python3-venv"] = "Python's venv and ensurepip"
    if server and sys.platform == "linux" and not _has_server():
        missing[SERVER_PACKAGE] = "PostgreSQL's initdb"
    if sys.platform != "linux":
        return missing
    libraries = PAINT_LIBRARIES | (WINDOW_LIBRARIES if window or virtual_screen else {})
    missing |= {package: library for library, package in libraries.items() if not _loads(library)}
    if virtual_screen:
        missing |= {
            package: command
            for command, package in VIRTUAL_SCREEN_COMMANDS.items()
            if shutil.which(command) is None
        }
    return missing


def ensure_system(*, window: bool = False, virtual_screen: bool = False, server: bool = False) -> None:
    """Installs what the system lacks where that is possible, else names the exact packages and stops."""
    missing = missing_packages(window=window, virtual_screen=virtual_screen, server=server)
    if not missing:
        return
    if "python3-venv" in missing and not _is_debians_python():
        raise Stop(
            f"{sys.executable} has no venv and ensurepip. Use a complete Python 3.11 or newer: make PY=..."
        )
    packages = sorted(missing)
    if shutil.which("apt-get") is None:
        lacking = ", ".join(sorted(missing.values()))
        named = ", ".join(packages)
        raise Stop(
            f"This system lacks: {lacking}.\nInstall the packages that hold them (on Debian: {named})."
        )
    command = f"apt-get install --no-install-recommends {' '.join(packages)}"
    if os.geteuid() != 0:
        raise Stop(f"Missing system packages. Install them, then run this again:\n  sudo {command}")
    say(f"Installing missing system packages: {' '.join(packages)}")
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    _apt(["update", "-q"], quiet)
    _apt(["install", "-q", "-y", "--no-install-recommends", *packages], quiet)
    still = missing_packages(window=window, virtual_screen=virtual_screen, server=server)
    if still:
        raise Stop(f"Installed, but still missing: {', '.join(f'{v} ({k})' for k, v in still.items())}")


def _apt(arguments: Sequence[str], environment: dict[str, str]) -> None:
    done = subprocess.run(
        ["apt-get", *arguments],
        check=False,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode != 0:
        raise Stop(f"apt-get {arguments[0]} failed:\n{done.stdout[-3000:]}")
