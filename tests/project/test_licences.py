"""The table of licences holds every package that runs, at the locked version, under the licence it names itself."""

import re
import tomllib
from collections import deque
from importlib.metadata import metadata, requires
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "adr" / "0006-dependencies-and-licences.md"
# How licences are named in the metadata of packages, by the name that the table uses.
FAMILIES = {
    "LGPL": "LGPL",
    "Apache": "Apache",
    "BSD": "BSD",
    "MIT": r"\bMIT\b",
    "PSF": "PSF|Python Software Foundation",
    "zlib": "(?i:zlib)",
}
# Terms that an Apache-2.0 program could not be passed on under, where nothing else is offered.
CLOSED = re.compile(r"\b(A?GPL)")
NO_METADATA = {"sqlcipher3"}


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def rows() -> dict[str, tuple[str, str]]:
    """Version and licence by package."""
    found = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and cells[0] not in ("package", "---"):
            for name in cells[0].split(","):
                found[plain(name.strip())] = (cells[1], cells[2])
    return found


def what_runs() -> set[str]:
    """The declared packages and all they need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = deque(Requirement(entry).name for entry in project["dependencies"])
    found: set[str] = set()
    while waiting:
        name = waiting.popleft()
        if plain(name) in found:
            continue
        found.add(plain(name))
        for entry in map(Requirement, requires(name) or []):
            if entry.marker is None or entry.marker.evaluate({"extra": ""}):
                waiting.append(entry.name)
    return found


def said_by_itself(name: str) -> str:
    data = metadata(name)
    classifiers = [c for c in data.get_all("Classifier") or [] if c.startswith("License")]
    # A whole licence text says its name at its beginning.
    return " ".join([data.get("License-Expression") or "", (data.get("License") or "")[:200], *classifiers])


def test_every_package_that_runs_has_a_row_and_no_other() -> None:
    assert rows().keys() >= what_runs()
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8").lower()
    for name in rows():
        assert re.search(rf"^{re.escape(name)}(\[[a-z,]+\])?==", locked, re.MULTILINE), name


def test_versions_are_those_of_the_lock() -> None:
    locked: dict[str, set[str]] = {}
    # A package may be locked once for each Python.
    for name, version in re.findall(
        r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^\s;]+)",
        (ROOT / "requirements.lock").read_text(encoding="utf-8").lower(),
        re.MULTILINE,
    ):
        locked.setdefault(name, set()).add(version)
    for name, (version, _) in rows().items():
        assert version in {"", *locked[name]}, name


def test_licences_are_those_the_packages_name() -> None:
    for name, (_, licence) in rows().items():
        if name in NO_METADATA or name not in what_runs():
            continue
        said = said_by_itself(name)
        families = {family for family, pattern in FAMILIES.items() if re.search(pattern, said)}
        assert families, f"{name} says nothing that is known here: {said}"
        assert any(family.lower() in licence.lower() for family in families), f"{name}: {licence} / {said}"
        if CLOSED.search(said):
            assert "LGPL" in families, name
