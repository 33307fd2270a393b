"""A disk of a size that a test sets: a file system in memory, mounted for the test."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGE = 4096
INSIDE = "INJECTMAP_INSIDE_NAMESPACE"


class SmallDisk:
    """A mounted file system whose size changes under the program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._mount("size=1m")

    def resize(self, size: int) -> None:
        """Give it a size in bytes, of which what is there takes its part; whole pages."""
        self._mount(f"remount,size={max(size, PAGE)}")

    def leave(self, free: int) -> None:
        """Leave so many bytes free."""
        self.resize(shutil.disk_usage(self.folder).used + free)

    def protect(self, on: bool) -> None:
        """Let nothing be written to it, or again."""
        self._mount(f"remount,{'ro' if on else 'rw'}")

    def empty(self) -> None:
        for one in self.folder.iterdir():
            one.unlink()

    def end(self) -> None:
        subprocess.run(["umount", "-l", self.folder], check=True)

    def _mount(self, options: str) -> None:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", self.folder], check=True, capture_output=True
        )


@pytest.fixture
def small_disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[SmallDisk]:
    """Mounts one; who may not mount passes the test in a namespace of his own, where he may."""
    if sys.platform != "linux":
        pytest.skip("file systems in memory are Linux's")
    try:
        disk = SmallDisk(tmp_path / "disk")
    except subprocess.CalledProcessError:
        _pass_in_namespace(request.node.nodeid)
        pytest.skip("passed in a namespace of its own")
    yield disk
    disk.end()


def _pass_in_namespace(test: str) -> None:
    if os.environ.get(INSIDE) or shutil.which("unshare") is None:
        assert not os.environ.get("CI"), "no file system can be mounted here"
        pytest.skip("no file system can be mounted here")
    command = ["unshare", "-rm", sys.executable, "-m", "pytest", "-q", test]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        command, cwd=root, env=os.environ | {INSIDE: "1"}, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout
