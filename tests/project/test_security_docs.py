"""docs/security.md, hazards.md and faults.md name only modules and tests that exist, and tests that are collected."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = ("docs/security.md", "docs/hazards.md", "docs/faults.md")
NAMED = re.compile(r"`((?:src|tests|tools|docs)/[\w./\-]+)(?:::(\w+))?`")
# Every hazard that has to be looked at, by a word of its heading.
HAZARDS = (
    "side", "patient", "mL", "lost pass", "scale", "lot", "stale", "Two people", "amended", "demonstration", "Advice",
    "erased", "left open",
)  # fmt: skip


def named(document: str) -> list[tuple[str, str]]:
    return NAMED.findall((ROOT / document).read_text("utf-8"))


@cache
def collected_in(file: str) -> frozenset[str]:
    """The tests of a file by the names under which pytest collects them."""
    tree = ast.parse((ROOT / file).read_text("utf-8"))
    holders = [
        tree,
        *(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name.startswith("Test")),
    ]
    return frozenset(
        node.name
        for holder in holders
        for node in holder.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test")
    )


@pytest.mark.parametrize("document", DOCUMENTS)
def test_all_that_is_named_exists_and_is_collected(document: str) -> None:
    found = named(document)
    assert len(found) > 15
    wrong = [file for file, _ in found if not (ROOT / file).exists()]
    wrong += [
        f"{file}::{test}"
        for file, test in found
        if test
        and (ROOT / file).exists()
        and (test not in collected_in(file) or not Path(file).name.startswith("test_"))
    ]
    assert wrong == []


def test_a_test_that_does_not_exist_would_be_found() -> None:
    (one,) = NAMED.findall("shown by `tests/project/test_security_docs.py::test_that_is_not_there`")
    assert one[1] not in collected_in(one[0])


def test_every_hazard_has_controls_with_tests_and_says_what_remains() -> None:
    parts = re.split(r"^## ", (ROOT / "docs/hazards.md").read_text("utf-8"), flags=re.MULTILINE)[1:]
    headings = [part.splitlines()[0] for part in parts]
    assert [word for word in HAZARDS if not any(word in heading for heading in headings)] == []
    assert [heading.split()[0] for heading in headings] == [
        f"H{number}" for number in range(1, len(parts) + 1)
    ]
    for part in parts:
        controls = [line for line in part.splitlines() if line.startswith("| ") and "---" not in line][1:]
        assert len(controls) >= 3, part.splitlines()[0]
        assert all("::test_" in line for line in controls), part.splitlines()[0]
        assert "\nRemains: " in part
        assert "\nHazard: " in part
