"""README and guide say what the program does: keys, commands, links and pictures are compared with it."""

import ast
import re
import shlex
import struct
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "guide"
KEYS = GUIDE / "keys.md"
PICTURES = ROOT / "docs" / "screenshots"
WIDTH = 1800
PICTURE_BYTES = 12_000_000

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_FENCE = re.compile(r"```.*?```", re.DOTALL)


def documents() -> list[Path]:
    return [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


def guide_pages() -> list[Path]:
    return [ROOT / "README.md", *(page for page in sorted(GUIDE.glob("*.md")) if page != KEYS)]


def kept_pictures() -> list[str]:
    tree = ast.parse((ROOT / "tools" / "screenshots.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "KEPT":
            return list(ast.literal_eval(node.value))
    raise AssertionError("tools/screenshots.py keeps no pictures")


def anchors(text: str) -> set[str]:
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in _HEADING.findall(text)}


def test_the_page_of_keys_is_that_of_the_program() -> None:
    pytest.importorskip("PySide6.QtWidgets")
    from tools.key_tables import page

    assert KEYS.read_text(encoding="utf-8") == page(), "run: python tools/key_tables.py"


def test_every_key_the_guide_names_is_a_key_of_the_program() -> None:
    pytest.importorskip("PySide6.QtWidgets")
    from tools.key_tables import known

    keys = known()
    named = [(page.name, key) for page in guide_pages() for key in _kbd(page)]
    assert len(named) > 60
    assert [one for one in named if one[1] not in keys] == []


def _kbd(page: Path) -> list[str]:
    return re.findall(r"<kbd>(.+?)</kbd>", page.read_text(encoding="utf-8"))


def test_every_page_of_the_guide_is_in_its_list() -> None:
    index = (GUIDE / "README.md").read_text(encoding="utf-8")
    assert [
        p.name for p in sorted(GUIDE.glob("*.md")) if p.name != "README.md" and f"({p.name})" not in index
    ] == []


@pytest.mark.parametrize("page", documents(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    lost = []
    for target in _LINK.findall(text):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        found = there.exists() and there.is_relative_to(ROOT)
        if found and anchor:
            found = anchor in anchors(there.read_text(encoding="utf-8"))
        if not found:
            lost.append(target)
    assert lost == []


def test_the_pictures_kept_are_the_pictures_shown() -> None:
    shown = {
        Path(target).stem
        for page in documents()
        for target in _LINK.findall(page.read_text(encoding="utf-8"))
        if target.endswith(".png")
    }
    there = {path.stem for path in PICTURES.glob("*.png")}
    assert shown == there == set(kept_pictures())


def test_pictures_are_of_one_width_and_small() -> None:
    for path in PICTURES.glob("*.png"):
        head = path.read_bytes()[:24]
        assert struct.unpack(">I", head[16:20])[0] == WIDTH, path.name
    assert sum(path.stat().st_size for path in PICTURES.glob("*.png")) <= PICTURE_BYTES


def test_the_make_commands_that_are_named_exist() -> None:
    tasks = re.search(r"^TASKS := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert tasks is not None
    known = {*tasks.group(1).split(), "help"}
    for page in documents():
        text = page.read_text(encoding="utf-8")
        named = set(re.findall(r"`make ([a-z-]+)", text)) | set(
            re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)
        )
        assert named <= known, page.name


def test_what_the_documents_run_is_understood() -> None:
    from injectmap.cli import _parser

    parser, found = _parser(), 0
    for page in guide_pages():
        for line in _commands(page):
            assert line.startswith(".venv/bin/injectmap "), page.name
            if "--help" in line:
                continue
            arguments = parser.parse_args(shlex.split(line)[1:])
            place = arguments.clinic or arguments.database
            # A command that needs a clinic is printed with one, and with who signs in.
            assert place or not arguments.names_clinic, line
            assert getattr(arguments, "acting_as", "") is not None or arguments.clinic is None, line
            found += 1
    assert found > 15


def _commands(page: Path) -> list[str]:
    """What stands in the code of a page as a command of ours."""
    blocks = "".join(_FENCE.findall(page.read_text(encoding="utf-8")))
    return re.findall(r"^ *(\S*injectmap .+)$", blocks, re.MULTILINE)


def test_the_intended_purpose_stands_in_the_readme() -> None:
    words = " ".join((ROOT / "README.md").read_text(encoding="utf-8").replace("> ", "").split())
    assert (
        "records and prints treatments performed by qualified professionals and shows generic, schematic anatomy for"
        " education; it does not analyse the patient, recommend or check treatment"
    ) in words
