"""Commands that back a clinic up, list its backups and restore one."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import sys
from pathlib import Path
from typing import Any

from injectmap.bootstrap import Opener
from injectmap.cli.opening import add_opening, first_line, only_file, opened, unlock_asked
from injectmap.domain.backups import COUNTED, Comparison, RestoreChoice, Restored, read_name
from injectmap.domain.errors import InjectmapError, InputRefused, StorageProblem
from injectmap.domain.keys import unlock_from_line
from injectmap.words import comparison_lines, load_words, show_size

# With these the present file is no clinic that one could sign in to.
_CLOSED = ("file_damaged", "file_missing", "file_not_ours", "passphrase_lost", "keys_unreadable")


def add(commands: Any) -> None:
    """Add the commands."""
    make = commands.add_parser("backup", help="make a backup of a clinic and check it by opening it")
    add_opening(make)
    make.add_argument(
        "--to", type=Path, metavar="FOLDER", help="a folder; without it all folders of the clinic’s plan"
    )
    make.set_defaults(run=_back_up)

    listed = commands.add_parser("backups", help="list the backups of a clinic: time, size, state, last row")
    add_opening(listed)
    listed.set_defaults(run=_list)

    restore = commands.add_parser(
        "restore", help="say what a backup would change, and put it in the place of a clinic"
    )
    restore.add_argument("backup", type=Path, metavar="BACKUP")
    add_opening(restore, demo=False)
    restore.add_argument("--yes", action="store_true", help="restore without asking")
    restore.add_argument(
        "--backup-key-file",
        type=Path,
        metavar="FILE",
        help="a file whose first line opens the backup, where it has another key than the clinic",
    )
    restore.add_argument(
        "--other-clinic",
        action="store_true",
        help="where the present file cannot be read: restore even if nothing shows that the backup is of the same clinic",
    )
    restore.set_defaults(run=_restore)


def _of_a_file(arguments: argparse.Namespace) -> None:
    """Refuse a clinic on a server, whose backups are its keeper's, before anybody signs in."""
    if arguments.clinic is not None:
        only_file(arguments.clinic)


def _back_up(arguments: argparse.Namespace) -> int:
    _of_a_file(arguments)
    words, failed = load_words(), 0
    with opened(arguments) as services:
        outcomes = services.backups.back_up_now(services.acting, to=arguments.to)
    for one in outcomes:
        if one.made is not None:
            path = Path(one.folder) / one.made.file
            row = one.made.head.number
            print(words("cli.backup.made", path=path, size=show_size(one.made.size, words), row=row))
        elif one.problem is not None:
            failed = 1
            print(words(f"error.{one.problem.code}", **one.problem.params), file=sys.stderr)
    return failed


def _list(arguments: argparse.Namespace) -> int:
    _of_a_file(arguments)
    words = load_words()
    with opened(arguments) as services:
        lines = services.backups.listed(services.acting)
        missing = services.backups.missing()
    for one in lines:
        backup = one.found.backup
        made = dt.datetime.fromtimestamp(backup.at_ms / 1000, dt.UTC)
        print(
            words(
                "cli.backup.line",
                time=f"{made:%Y-%m-%d %H:%M:%S}",
                size=show_size(one.found.size, words),
                state=words(f"backup.state.{one.state.value}"),
                row=backup.row,
                path=one.found.path,
            )
        )
    if not lines:
        print(words("backup.list.none"))
    for folder in missing:
        print(words("cli.backup.missing", folder=folder), file=sys.stderr)
    return 0


def _restore(arguments: argparse.Namespace) -> int:
    _of_a_file(arguments)
    if not arguments.backup.is_file():
        raise StorageProblem("file_missing", name=arguments.backup.name)
    backup = arguments.backup.resolve()
    opener = Opener()
    with contextlib.ExitStack() as stack:
        try:
            services = stack.enter_context(opened(arguments, opener))
        except InjectmapError as problem:
            if problem.code not in _CLOSED:
                raise
            # Only what is wrong with the present file leads here, never what is wrong with the backup.
            _restore_closed(arguments, opener, backup)
            return 0
        acting, service, choice = services.acting, services.backups, _choice(arguments, opener, backup)
        _say(service.compare(acting, backup, choice))
        _confirm(arguments)
        _done(service.restore(acting, backup, choice), backup)
    return 0


def _choice(arguments: argparse.Namespace, opener: Opener, backup: Path) -> RestoreChoice:
    key = None
    if arguments.backup_key_file is not None:
        key = opener.key_of_backup(backup, unlock_from_line(first_line(arguments.backup_key_file)))
    return RestoreChoice(key, arguments.other_clinic)


def _restore_closed(arguments: argparse.Namespace, opener: Opener, backup: Path) -> None:
    """Over a file that cannot be opened, or where none is left."""
    closed, choice = opener.closed(arguments.clinic), _choice(arguments, opener, backup)
    try:
        found = closed.compare(backup, choice)
    except StorageProblem as problem:
        if problem.code != "passphrase_needed":
            raise
        closed = opener.closed(arguments.clinic, unlock_asked(arguments.clinic, arguments.key_file))
        found = closed.compare(backup, choice)
    _say(found)
    _confirm(arguments)
    _done(closed.restore(backup, choice), backup)


def _say(found: Comparison) -> None:
    words = load_words()
    if found.problem:
        print(words("backup.compare.unreadable"))
    print(f"{'':32} {words('backup.compare.now'):>16} {words('backup.compare.then'):>8}")
    for name in COUNTED:
        now = found.present.counts.get(name) if found.present is not None else None
        said = words("backup.compare.unread") if now is None else str(now)
        print(f"{words(f'backup.count.{name}'):32} {said:>16} {found.backup.counts[name]:>8}")
    for line in comparison_lines(found, words, _moment):
        print(line)
    if found.same:
        print(words("backup.restore.same"))


def _moment(at_ms: int) -> str:
    return f"{dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC):%Y-%m-%d %H:%M} UTC"


def _confirm(arguments: argparse.Namespace) -> None:
    words = load_words()
    print(words("backup.restore.kept"))
    if arguments.yes:
        return
    if not sys.stdin.isatty():
        raise InputRefused("restore_not_confirmed")
    if input(f"{words('cli.restore.question')} ").strip().casefold() != "yes":
        raise InputRefused("restore_left")


def _done(restored: Restored, backup: Path) -> None:
    words, told = load_words(), read_name(backup.name)
    time = backup.name if told is None else _moment(told.at_ms)
    key = "backup.restore.done" if restored.kept_aside else "backup.restore.done.new"
    print(words(key, time=time, name=restored.kept_aside))
