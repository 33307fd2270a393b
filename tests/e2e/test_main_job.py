"""The main job in a real window: search, draw, type, close, reopen, and find it in the printed record."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pypdf
import pytest

from tests.support.virtual_screen import virtual_screen, x11_environment

pytestmark = [pytest.mark.x11, pytest.mark.slow]
ROOT = Path(__file__).parents[2]


def play(script: str, folder: Path, display: str) -> None:
    environment = x11_environment(display) | {"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.e2e.hand", script, str(folder)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=180,
    )
    picture = os.environ.get("INJECTMAP_KEEP_FAILURES")
    if done.returncode and picture and (folder / "failure.png").exists():
        shutil.copy(folder / "failure.png", picture)
    assert (done.returncode, done.stderr.strip()) == (0, ""), done.stdout + done.stderr


def test_search_draw_type_close_reopen_and_print(tmp_path: Path) -> None:
    if shutil.which("xdotool") is None:
        pytest.skip("needs xdotool")
    with virtual_screen() as display:
        play("draw_three_passes", tmp_path, display)
        play("find_them_again", tmp_path, display)
    session_id = (tmp_path / "session.txt").read_text("utf-8")
    drawn = json.loads((tmp_path / "drawn.json").read_text("utf-8"))
    pdf = tmp_path / "record.pdf"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "injectmap",
            "record",
            "--clinic",
            str(tmp_path / "demo.injectmap"),
            "--session",
            session_id,
            "--pdf",
            str(pdf),
        ],
        cwd=ROOT,
        check=True,
        timeout=120,
        capture_output=True,
    )
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.read_bytes())).pages)
    for wanted in (
        "Brandvold, Per Anders",
        "5 Nov 1962",
        "LOT-77",
        "DRAFT, NOT SIGNED",
        "0.13",
        "0.15",
        "0.20",
        "0.48",
    ):
        assert wanted in text, wanted
    for one in drawn:
        assert str(round(one["length_um"] / 1000)) in text
