"""What the system lacks is found by trying, installed where that is allowed, and otherwise named exactly."""

import sys
from pathlib import Path

import pytest

from tools import system_packages
from tools.system_packages import Stop, ensure_system, missing_packages

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="system packages are Debian's")


class System:
    """A pretended machine: what it lacks, who asks, and what apt-get was told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lacks: set[str] = set()
        self.apt: list[list[str]] = []
        self.apt_helps = True
        self.has_apt = True
        self.user = 0
        monkeypatch.setattr(system_packages, "_loads", lambda library: library not in self.lacks)
        monkeypatch.setattr(system_packages, "_can_make_environments", lambda: "venv" not in self.lacks)
        monkeypatch.setattr(system_packages, "_is_debians_python", lambda: True)
        monkeypatch.setattr(system_packages, "_apt", self._run_apt)
        monkeypatch.setattr(system_packages.shutil, "which", self._which)
        monkeypatch.setattr(system_packages, "SERVER_FOLDERS", Path("/nowhere"))
        monkeypatch.setattr(system_packages.os, "geteuid", lambda: self.user)

    def _run_apt(self, arguments: list[str], _: dict[str, str]) -> None:
        self.apt.append(arguments)
        if arguments[0] == "install" and self.apt_helps:
            self.lacks.clear()

    def _which(self, command: str) -> str | None:
        present = self.has_apt if command == "apt-get" else command not in self.lacks
        return f"/usr/bin/{command}" if present else None


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    return System(monkeypatch)


def test_nothing_is_done_where_nothing_is_missing(system: System) -> None:
    ensure_system(window=True, virtual_screen=True)
    assert system.apt == []


def test_a_library_is_missing_only_for_who_needs_it(system: System) -> None:
    system.lacks = {"libxcb-cursor.so.0", "Xvfb", "libEGL.so.1"}
    assert set(missing_packages(window=False, virtual_screen=False)) == {"libegl1"}
    assert set(missing_packages(window=True, virtual_screen=False)) == {"libegl1", "libxcb-cursor0"}
    assert set(missing_packages(window=False, virtual_screen=True)) == {"libegl1", "libxcb-cursor0", "xvfb"}


def test_a_server_is_missing_only_where_its_tests_are_owed(system: System) -> None:
    system.lacks = {"initdb"}
    assert missing_packages(window=True, virtual_screen=True) == {}
    ensure_system(server=True)
    assert system.apt[1][-1] == "postgresql"


def test_root_installs_what_is_missing_after_an_update(system: System) -> None:
    system.lacks = {"libEGL.so.1", "venv"}
    ensure_system()
    assert [call[0] for call in system.apt] == ["update", "install"]
    assert system.apt[1][-2:] == ["libegl1", "python3-venv"]


def test_without_rights_the_exact_packages_are_named(system: System) -> None:
    system.lacks, system.user = {"libEGL.so.1", "libGL.so.1"}, 1000
    with pytest.raises(Stop, match=r"sudo apt-get install --no-install-recommends libegl1 libgl1$"):
        ensure_system()
    assert system.apt == []


def test_elsewhere_than_on_debian_the_libraries_are_named(system: System) -> None:
    system.lacks, system.has_apt = {"libEGL.so.1"}, False
    with pytest.raises(Stop, match=r"lacks: libEGL\.so\.1(.|\n)*on Debian: libegl1"):
        ensure_system()


def test_an_installation_that_did_not_help_is_said(system: System) -> None:
    system.lacks, system.apt_helps = {"libEGL.so.1"}, False
    with pytest.raises(Stop, match="still missing: libEGL"):
        ensure_system()
