"""Rules that hold for the whole repository."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# The hosts of package registries, put together here so that this file does not name one.
_HOSTS = [
    "".join(parts)
    for parts in [
        ("py", "pi", r"\.", "org"),
        ("python", "hosted", r"\.", "org"),
        ("py", "pi", r"\.", "python", r"\.", "org"),
        ("registry", r"\.", "npm", "js"),
        ("npm", "js", r"\.", "com"),
        ("ana", "conda", r"\.", "(org|com)"),
        ("crates", r"\.", "io"),
        ("proxy", r"\.", "golang"),
        ("ruby", "gems", r"\.", "org"),
        ("repo", "1?", r"\.", "maven"),
        ("deb", r"\.", "debian", r"\.", "org"),
        ("files", r"\.", "python"),
    ]
]
_FORBIDDEN = re.compile("|".join(_HOSTS), re.IGNORECASE)

MODULE_LINES = 400
CLASS_LINES = 300
ATLAS_BYTES = 15_000_000


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


def python_files(*folders: str) -> list[Path]:
    return [p for p in tracked_files() if p.suffix == ".py" and p.relative_to(ROOT).parts[0] in folders]


def lines_naming_a_registry(text: str) -> list[int]:
    return [number for number, line in enumerate(text.splitlines(), 1) if _FORBIDDEN.search(line)]


def test_the_search_for_registry_hosts_finds_one() -> None:
    assert lines_naming_a_registry("first\nhttps://py" + "pi.org/simple") == [2]


def test_no_file_names_a_registrys_host() -> None:
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", errors="ignore")
        found += [f"{path.relative_to(ROOT)}:{number}" for number in lines_naming_a_registry(text)]
    assert found == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-atlas.lock"])
def test_locks_are_hashed_and_name_no_host(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "#" not in text, "a comment may hold the command line, and with it an index"
    entries = re.split(r"\n(?=\S)", text.strip())
    assert len(entries) > 5
    for entry in entries:
        requirement, *hashes = (line.strip(" \\") for line in entry.splitlines())
        assert re.fullmatch(r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+( ; .+)?", requirement), requirement
        assert hashes, requirement
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", line) for line in hashes), requirement


def test_every_dependency_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.split(r"[<>=!~;\[ ]", entry)[0].lower() for entry in wanted}
    locked = set(
        re.findall(
            r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE
        )
    )
    assert names <= locked


def imported_packages(path: Path) -> set[str]:
    """The top-level names of what a module imports, its own package and the standard library left out."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    # `_typeshed` is known to type checkers alone.
    return names - set(sys.stdlib_module_names) - {"injectmap", "_typeshed"}


def test_the_program_imports_only_what_it_declares() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[<>=!~;\[ ]", entry)[0].lower() for entry in project["dependencies"]}
    declared.add("shiboken6")  # PySide6's other half, always of the same version
    distributions = packages_distributions()
    undeclared = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in python_files("src")
        for name in sorted(imported_packages(path))
        if not declared & {d.lower().replace("_", "-") for d in distributions.get(name, [])}
    ]
    assert undeclared == []


def test_modules_and_classes_stay_small() -> None:
    large = []
    for path in python_files("src", "tools"):
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT)
        if (lines := text.count("\n")) >= MODULE_LINES:
            large.append(f"{name}: {lines} lines")
        large += [
            f"{name}: class {node.name} has {lines} lines"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.ClassDef) and (lines := node.end_lineno - node.lineno + 1) >= CLASS_LINES
        ]
    assert large == []


def test_the_shipped_head_is_small_enough() -> None:
    folder = ROOT / "assets" / "atlas"
    if not folder.is_dir():
        pytest.skip("no head is shipped yet")
    assert sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) <= ATLAS_BYTES


def test_every_decision_is_numbered_listed_and_complete() -> None:
    folder = ROOT / "docs" / "adr"
    index = (folder / "README.md").read_text(encoding="utf-8")
    decisions = sorted(p for p in folder.glob("*.md") if p.name != "README.md")
    assert [int(p.name[:4]) for p in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert f"({path.name})" in index, path.name
        for heading in ("## Decision", "## Rejected", "## Consequences"):
            assert heading in text, f"{path.name} lacks {heading}"


def test_the_licence_table_names_every_runtime_package() -> None:
    table = (ROOT / "docs/adr/0006-dependencies-and-licences.md").read_text(encoding="utf-8").lower()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for entry in project["project"]["dependencies"]:
        name = re.split(r"[<>=!~;\[ ]", entry)[0].lower()
        assert f"| {name} |" in table, name


def test_the_import_contract_of_ui_names_every_adapter_there_is() -> None:
    package = ROOT / "src" / "injectmap"
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    forbidden = {name for c in contracts if c["id"] == "ui" for name in c["forbidden_modules"]}
    if not (package / "ui").is_dir():
        pytest.skip("no ui yet")
    adapters = {"storage", "output", "insight", "system"}
    assert {f"injectmap.{a}" for a in adapters if (package / a).is_dir()} <= forbidden
    assert {"sqlalchemy", "matplotlib", "typst"} <= forbidden
