"""Plans on this computer, and folders on disks that come and go."""

from pathlib import Path

import pytest

from injectmap.domain.backup_plan import Made, Place
from injectmap.domain.backups import Backup, Head
from injectmap.domain.errors import StorageProblem
from injectmap.domain.keys import slot_path
from injectmap.system import backup_folders
from injectmap.system.backup_folders import BackupFolders, mount_of

AT = 1_795_000_000_000
CLINIC = "0192f0c1-0000-7000-8000-00000a1b2c3d"
ONE = Backup(AT, 7, "0a1b2c3d", clinic="Harbour")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "clinics" / "Harbour.injectmap"


@pytest.fixture
def folders(tmp_path, path):
    path.parent.mkdir()
    return BackupFolders(tmp_path / "program" / "backups")


def put(folder, backup, content=b"x"):
    folder.mkdir(exist_ok=True)
    file = folder / backup.file_name
    file.write_bytes(content)
    return file


def made(backup):
    return Made(backup.file_name, backup.at_ms, Head(backup.row, "ab" * 32), 1)


def test_without_a_plan_backups_go_beside_the_clinic(folders, path):
    plan = folders.plan(CLINIC, path)
    (place,) = plan.places
    assert place.folder == str(path.parent / "Harbour backups")
    assert not Path(place.folder).exists()
    assert folders.ready(place, plan)
    assert Path(place.folder).is_dir()


def test_a_plan_is_kept_and_found_by_the_clinics_path(folders, path, tmp_path):
    plan = folders.plan(CLINIC, path).with_place(Place(str(tmp_path / "disk"), "/", made(ONE)))
    folders.keep(plan)
    assert folders.plan(CLINIC, path) == plan
    assert folders.plan_at(path) == plan
    assert folders.plan_at(tmp_path / "other") is None
    assert [one.suffix for one in (tmp_path / "program" / "backups").iterdir()] == [".json"]


def test_the_folder_beside_follows_a_clinic_that_was_moved(folders, path, tmp_path):
    kept = folders.plan(CLINIC, path).with_place(Place(str(tmp_path / "disk")))
    folders.keep(kept)
    moved = tmp_path / "elsewhere" / "Harbour.injectmap"
    plan = folders.plan(CLINIC, moved)
    assert [one.folder for one in plan.places] == [
        str(tmp_path / "elsewhere" / "Harbour backups"),
        str(tmp_path / "disk"),
    ]


def test_a_plan_that_cannot_be_read_is_begun_anew(folders, path, tmp_path):
    plan = folders.plan(CLINIC, path)
    folders.keep(plan.with_place(Place(str(tmp_path / "disk"))))
    (file,) = (tmp_path / "program" / "backups").iterdir()
    for content in (b"{", b"\xff\xfe", b"[]", b""):
        file.write_bytes(content)
        assert folders.plan(CLINIC, path) == plan
        assert folders.plan_at(path) is None


def test_a_missing_disk_is_told_from_an_empty_folder_of_its_name(folders, path, tmp_path, monkeypatch):
    disk = tmp_path / "media" / "stick"
    disk.mkdir(parents=True)
    mounts = {disk}
    monkeypatch.setattr(backup_folders, "mount_of", lambda folder: disk if disk in mounts else Path("/"))
    place, plan = folders.new_place(disk), folders.plan(CLINIC, path)
    assert place.mount == str(disk)
    assert folders.ready(place, plan)
    mounts.clear()
    assert not folders.ready(place, plan), "its mount point would fill another disk"
    disk.rmdir()
    assert not folders.ready(place, plan)
    assert not disk.exists()


def test_the_mount_of_a_folder_is_a_mount(tmp_path):
    assert mount_of(tmp_path).is_mount()
    assert tmp_path.resolve().is_relative_to(mount_of(tmp_path))


def test_a_folder_is_chosen_if_it_is_there_and_can_be_written(folders, tmp_path, monkeypatch):
    with pytest.raises(StorageProblem, match="backup_folder_missing"):
        folders.new_place(tmp_path / "none")

    def refuse(self, **_):
        raise PermissionError(13, "no")

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(StorageProblem, match="backup_folder_read_only"):
        folders.new_place(tmp_path)


def test_only_backups_are_found_and_removed(folders, tmp_path):
    folder = tmp_path / "disk"
    older = Backup(AT - 5000, 6, "0a1b2c3d", clinic="Harbour")
    file = put(folder, ONE)
    slot_path(file).write_bytes(b"keys")
    put(folder, older, b"xyz")
    (folder / "letter.txt").write_bytes(b"theirs")
    (folder / f"{ONE.file_name}.12.part").write_bytes(b"half")
    place = Place(str(folder), last=made(ONE))
    assert [(one.backup, one.size) for one in folders.found(place)] == [(ONE, 1), (older, 3)]
    assert not folders.lost(place)
    folders.remove(place, ONE)
    assert sorted(one.name for one in folder.iterdir()) == sorted(
        ["letter.txt", older.file_name, f"{ONE.file_name}.12.part"]
    )
    assert folders.lost(place)
    assert not folders.lost(Place(str(tmp_path / "gone"), last=made(ONE))), "its disk is away, not the backup"
    assert folders.found(Place(str(tmp_path / "gone"))) == ()
