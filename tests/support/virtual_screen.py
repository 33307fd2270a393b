"""A virtual X11 screen for the few tests that work a real window with real mouse events."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def virtual_screen(width: int = 1600, height: int = 1000) -> Iterator[str]:
    """Starts Xvfb on a display that is free and yields its name, such as ":7"; skips the test where there is no Xvfb."""
    if shutil.which("Xvfb") is None:
        pytest.skip("needs Xvfb")
    read_end, write_end = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(write_end),
        "-screen",
        "0",
        f"{width}x{height}x24",
        "-nolisten",
        "tcp",
    ]
    server = subprocess.Popen(
        command,
        pass_fds=[write_end],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(write_end)
    try:
        # Xvfb writes the number once it is ready, and closes the pipe if it fails.
        with os.fdopen(read_end) as pipe:
            number = pipe.readline().strip()
        if not number:
            pytest.fail(f"Xvfb did not start (exit code {server.wait(10)})")
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)


def x11_environment(display: str) -> dict[str, str]:
    """This process's environment for a program that shall open its window on `display`."""
    return os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
