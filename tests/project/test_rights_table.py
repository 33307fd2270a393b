"""The guide's table of who may do what is the program's own."""

from pathlib import Path

from injectmap.domain.acting import RIGHTS, Right, Role
from injectmap.words import load_words

PAGE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "9-people-and-rights.md"


def table() -> list[str]:
    words = load_words()
    names = [words(f"role.{role.value}") for role in Role]
    lines = [f"| | {' | '.join(names)} |", f"| --- |{' :-: |' * len(names)}"]
    for right in Right:
        cells = ["yes" if right in RIGHTS[role] else "" for role in Role]
        row = " | ".join([words(f"right.{right.value}"), *cells])
        lines.append(" ".join(f"| {row} |".split()))
    return lines


def test_the_table_of_rights_in_the_guide_is_that_of_the_program():
    written = [" ".join(line.split()) for line in PAGE.read_text(encoding="utf-8").splitlines()]
    assert [line for line in written if line.startswith("|")] == table()


def test_each_role_is_told_in_words():
    words = load_words()
    assert all(words(f"role.{role.value}.may") for role in Role)
