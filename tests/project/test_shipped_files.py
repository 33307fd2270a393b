"""The files shipped with the program are found in a checkout, in an installed wheel and in a frozen program."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from pypdf import PdfReader

from injectmap import resources
from injectmap.resources import MissingResourceError, asset_path, asset_root

ROOT = Path(__file__).resolve().parents[2]
FONT = ("fonts", "SourceSansPro-Regular.ttf")


def test_a_checkout_reads_its_own_assets() -> None:
    assert asset_root() == ROOT / "assets"
    assert asset_path(*FONT).stat().st_size > 100_000


def test_a_missing_file_is_named() -> None:
    with pytest.raises(MissingResourceError, match=r"install injectmap again.*no-such-file\.ttf"):
        asset_path("fonts", "no-such-file.ttf")


def test_missing_assets_say_where_they_were_sought(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "src" / "injectmap")
    with pytest.raises(MissingResourceError, match="install injectmap again") as caught:
        asset_root()
    assert str(tmp_path / "assets") in caught.value.filename


@pytest.mark.parametrize("folder", ["injectmap/assets", "assets"])
def test_a_frozen_program_reads_what_it_carries(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str
) -> None:
    (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert asset_root() == tmp_path / folder


def test_every_shipped_font_is_a_truetype_font_with_its_licence() -> None:
    fonts = sorted(asset_path("fonts").glob("*.ttf"))
    assert {f.stem.split("-")[0] for f in fonts} == {"SourceSansPro", "DejaVuSans"}
    for font in fonts:
        assert font.read_bytes()[:4] == b"\0\1\0\0"
    assert "SIL OPEN FONT LICENSE" in asset_path("fonts", "LICENSE-SourceSansPro.txt").read_text()
    assert "Bitstream Vera" in asset_path("fonts", "LICENSE-DejaVu.txt").read_text()


@pytest.fixture(scope="module")
def wheel_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the built wheel installs."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    built = subprocess.run(build, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


@pytest.mark.slow
def test_the_wheel_holds_all_assets_and_notices(wheel_site: Path) -> None:
    shipped = {p.relative_to(ROOT).as_posix() for p in (ROOT / "assets").rglob("*") if p.is_file()}
    assert shipped
    assert {name for name in shipped if not (wheel_site / "injectmap" / name).is_file()} == set()
    assert len(list(wheel_site.glob("injectmap-*.dist-info/licenses/NOTICE"))) == 1


@pytest.mark.slow
def test_the_wheel_finds_its_assets(wheel_site: Path, tmp_path: Path) -> None:
    # -S leaves out the editable install; what remains is the standard library and the unpacked wheel.
    program = (
        f"import sys; sys.path.insert(0, {str(wheel_site)!r}); import injectmap;"
        f"from injectmap.resources import asset_path; print(injectmap.__file__); print(asset_path(*{FONT!r}))"
    )
    command = [sys.executable, "-S", "-c", program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        str(wheel_site / "injectmap" / "__init__.py"),
        str(wheel_site / "injectmap" / "assets" / Path(*FONT)),
    ]


@pytest.mark.slow
def test_the_wheel_makes_a_record_from_its_own_files(wheel_site: Path, tmp_path: Path) -> None:
    # Ahead of the editable install on the path, so that code and assets are the wheel's.
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(wheel_site), os.environ.get("PYTHONPATH", "")])
    }
    where = [sys.executable, "-c", "from injectmap.resources import asset_root; print(asset_root())"]
    found = subprocess.run(where, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == str(wheel_site / "injectmap" / "assets")

    pdf = tmp_path / "record.pdf"
    command = [sys.executable, "-m", "injectmap", "demo-record", "--pdf", str(pdf)]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    text = "".join(page.extract_text() for page in PdfReader(pdf).pages)
    assert "DRAFT, NOT SIGNED" in text
    assert "on the reference head" in text
