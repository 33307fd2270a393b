"""What is exported is never written over a clinic, what lies beside it, or a backup: by name and by first bytes."""

import re
import stat
from pathlib import Path

import pytest

from injectmap.domain.errors import StorageProblem
from injectmap.services.saving import refuse_kept, write_new, write_secret, write_whole

PACKAGE = Path(__file__).parents[3] / "src" / "injectmap"
WRITERS = (write_whole, write_secret)
OURS = (
    "Berg.injectmap",
    "berg.INJECTMAP",
    "Berg.injectmap-wal",
    "Berg.injectmap-shm",
    "Berg.injectmap.lock",
    "Berg.injectmap.keys.json",
    "Berg.injectmap.erased.json",
    "Berg.injectmap.0a1b2c3d.part",
    "Berg.backup-20261122T231600Z-r41-0a1b2c3d.injectmap",
    "Berg.before-restore-20261122T231600Z-r41-0a1b2c3d.injectmap",
    "Berg-0a1b2c3d.erased.json",
    # A clinic file may bear any name.
    "berg.db-wal",
    "berg.db.keys.json",
)


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("there", [b"what was there", None])
def test_a_name_of_a_clinic_is_refused_whether_it_is_there_or_not(tmp_path, write, name, there):
    path = tmp_path / name
    if there is not None:
        path.write_bytes(there)
    with pytest.raises(StorageProblem) as refused:
        write(path, b"an anchor")
    assert refused.value.code == "file_kept"
    assert refused.value.params == {"name": name}
    assert (path.read_bytes() if path.exists() else None) == there
    assert {one.name for one in tmp_path.iterdir()} <= {name}


@pytest.mark.parametrize("write", WRITERS)
def test_a_file_with_its_keys_beside_it_is_refused(tmp_path, write):
    path = tmp_path / "berg.db"
    path.write_bytes(b"plain text")
    (tmp_path / "berg.db.keys.json").write_text("{}")
    with pytest.raises(StorageProblem, match="file_kept"):
        write(path, b"x")


@pytest.mark.parametrize("write", WRITERS)
def test_a_link_to_a_clinic_is_refused(tmp_path, write):
    clinic = tmp_path / "Berg.injectmap"
    clinic.write_bytes(b"clinic")
    link = tmp_path / "record.pdf"
    link.symlink_to(clinic)
    with pytest.raises(StorageProblem, match="file_kept"):
        write(link, b"x")
    assert clinic.read_bytes() == b"clinic"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"SQLite format 3\0" + bytes(84), "file_other_kind"),
        (bytes(range(256)) * 16, "file_other_kind"),
        (b'{"form": "injectmap keys", "version": 1, "slots": []}', "file_kept"),
        (b'{"form": "injectmap erased", "version": 1, "erased": []}', "file_kept"),
    ],
)
@pytest.mark.parametrize("write", WRITERS)
def test_a_file_of_a_clinic_under_another_name_is_known_by_its_bytes(tmp_path, write, content, code):
    path = tmp_path / "record.pdf"
    path.write_bytes(content)
    with pytest.raises(StorageProblem, match=code):
        write(path, b"x")
    assert path.read_bytes() == content


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(
    "there",
    [
        None,
        b"",
        b"%PDF-1.7\n\xe2\xe3\xcf\xd3\0\0",
        b"\x89PNG\r\n\x1a\n\0\0",
        b'{"form": "injectmap anchor"}',
        "\ufeffNumber;Patient\r\n".encode(),
    ],
)
def test_what_was_exported_before_is_written_over(tmp_path, write, there):
    path = tmp_path / "record 2026-00001.pdf"
    if there is not None:
        path.write_bytes(there)
    write(path, b"%PDF-new")
    assert path.read_bytes() == b"%PDF-new"
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_long_text_cut_within_a_character_is_text(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("x" + "ü" * 4096, "utf-8")
    refuse_kept(path)


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize("write", [write_whole, write_new, write_secret])
def test_what_is_written_is_its_owners_alone(tmp_path, write, there):
    path = tmp_path / "recovery.pdf"
    if there and write is not write_new:
        path.write_bytes(b"%PDF-old")
        path.chmod(0o644)
        (tmp_path / ".recovery.pdf.part").touch(mode=0o644)
    write(path, b"%PDF-")
    assert path.read_bytes() == b"%PDF-"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_window_and_commands_write_files_nowhere_else():
    past = re.compile(r"\.write_(bytes|text)\(|open\([^)]*[\"'][wax]b?[\"']|\.touch\(")
    found = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for room in ("ui", "cli")
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if past.search(line)
    ]
    assert found == []
