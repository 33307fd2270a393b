"""Rebuilds what a disk may hold after a power cut, from the log that `write_log.c` made of a program's writes.

A disk keeps what was synced. Of what came later it keeps anything: whole writes, none, or single sectors of 512 bytes,
in any order between files; of names made, moved and taken away since the last sync of their folder it keeps those of
each file up to some moment. Nothing here knows SQLite.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512


@dataclass(frozen=True)
class Record:
    """One call of the log: numbers are inode, place or length, count."""

    what: str
    inode: int
    at: int
    name: str
    other: str
    content: bytes = b""


def read_log(log: Path) -> list[Record]:
    """All calls in their order."""
    data, at, records = log.read_bytes(), 0, []
    while at < len(data):
        end = data.index(b"\n", at)
        what, inode, place, count, name, other = data[at:end].decode().split("\t")
        at = end + 1
        content = b""
        if what == "write":
            content = data[at : at + int(count)]
            at += int(count)
        records.append(Record(what, int(inode), int(place), name, other, content))
    return records


@dataclass(eq=False)
class File:
    """A file's content at its last sync, and the writes and truncations since."""

    durable: bytes = b""
    pending: list[Record] = field(default_factory=list)

    def sync(self) -> None:
        self.durable, self.pending = _applied(self.durable, self.pending), []

    def after_cut(self, chance: random.Random) -> bytes:
        """What of it may be on the disk."""
        kept = chance.choice(("none", "all", "some", "sectors", "sectors"))
        if kept == "none":
            return self.durable
        if kept == "all":
            return _applied(self.durable, self.pending)
        likely = chance.random()
        return _applied(self.durable, _torn(self.pending, chance, likely, whole=kept == "some"))


def _torn(pending: list[Record], chance: random.Random, likely: float, *, whole: bool) -> Iterator[Record]:
    for one in pending:
        if one.what != "write" or whole:
            if chance.random() < likely:
                yield one
            continue
        start = one.at
        while start < one.at + len(one.content):
            end = min(start // SECTOR * SECTOR + SECTOR, one.at + len(one.content))
            if chance.random() < likely:
                part = one.content[start - one.at : end - one.at]
                yield Record("write", one.inode, start, one.name, "", part)
            start = end


def _applied(content: bytes, changes: Iterator[Record] | list[Record]) -> bytes:
    after = bytearray(content)
    for one in changes:
        if one.what == "truncate":
            del after[one.at :]
            after.extend(bytes(one.at - len(after)))
        else:
            after.extend(bytes(max(0, one.at - len(after))))
            after[one.at : one.at + len(one.content)] = one.content
    return bytes(after)


@dataclass(frozen=True, eq=False)
class NameChange:
    """A name made, moved or taken away in a folder, with the file it concerns."""

    names: tuple[str, ...]
    folders: frozenset[str]
    gone: str
    new: str
    file: File | None


class Disk:
    """Files by inode, their names now, the names that are durable, and the changes of names since."""

    def __init__(self, start: Path | None = None) -> None:
        """Begin with the files of a folder, all of them durable."""
        self._files: dict[int, File] = {}
        self._now: dict[str, File] = {}
        for one in start.iterdir() if start is not None else ():
            file = File(one.read_bytes())
            self._files[one.stat().st_ino] = self._now[str(one)] = file
        self._durable = dict(self._now)
        self._changes: list[NameChange] = []

    def take(self, record: Record) -> None:
        """One more call."""
        match record.what:
            case "create":
                file = self._files[record.inode] = File()
                self._change(gone="", new=record.name, file=file)
            case "link":
                self._change(gone="", new=record.other, file=self._now[record.name])
            case "rename":
                self._change(gone=record.name, new=record.other, file=self._now[record.name])
            case "unlink":
                self._change(gone=record.name, new="", file=None)
            case "sync" if record.inode in self._files:
                self._files[record.inode].sync()
            case "sync":
                self._sync_folder(record.name)
            case _:
                self._files[record.inode].pending.append(record)

    def _change(self, *, gone: str, new: str, file: File | None) -> None:
        names = tuple(filter(None, (gone, new)))
        change = NameChange(names, frozenset(str(Path(n).parent) for n in names), gone, new, file)
        _rename(self._now, change)
        self._changes.append(change)

    def _sync_folder(self, folder: str) -> None:
        for change in self._changes:
            if folder in change.folders:
                _rename(self._durable, change)
        self._changes = [change for change in self._changes if folder not in change.folders]

    @property
    def pending(self) -> int:
        """How many writes and changes of names a cut now may undo."""
        return len(self._changes) + sum(len(one.pending) for one in self._now.values())

    def after_cut(self, chance: random.Random) -> dict[str, bytes]:
        """What may be on the disk, by name."""
        names = dict(self._durable)
        for group in _groups(self._changes):
            kept = chance.choice((0, len(group), chance.randint(0, len(group))))
            for change in group[:kept]:
                _rename(names, change)
        return {name: file.after_cut(chance) for name, file in names.items()}


def _rename(names: dict[str, File], change: NameChange) -> None:
    names.pop(change.gone, None)
    if change.new and change.file is not None:
        names[change.new] = change.file


def _groups(changes: list[NameChange]) -> list[list[NameChange]]:
    """Changes that share a name keep their order; others are free of each other."""
    groups: list[tuple[set[str], list[NameChange]]] = []
    for change in changes:
        met = [group for group in groups if group[0] & set(change.names)]
        names, listed = set(change.names), list[NameChange]()
        for group in met:
            names |= group[0]
            listed += group[1]
            groups.remove(group)
        groups.append((names, [*listed, change]))
    return [sorted(listed, key=changes.index) for _, listed in groups]
