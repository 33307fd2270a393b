"""How every command opens a clinic and who it acts for: no passphrase and no password is ever an argument."""

from __future__ import annotations

import argparse
import contextlib
import functools
import getpass
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from injectmap.bootstrap import Opener
from injectmap.domain.clinic_places import ClinicPlace, ServerAddress, clinic_place
from injectmap.domain.errors import InputRefused
from injectmap.domain.keys import LockState, Unlock, unlock_from_line
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.services.clinic import Services
    from injectmap.services.ports import Database

# The first line of a file with a passphrase is not longer than this.
_LINE_BYTES = 8192
_ATTEMPTS = 3

_Opened = TypeVar("_Opened")


def add_opening(
    parser: argparse.ArgumentParser, *, acting: bool = True, demo: bool = True, unasked: bool = False
) -> None:
    """Add what names a clinic, what opens it and, with `acting`, who signs in.

    `demo` adds the demonstration, which is to be asked for by its name; with `unasked` it is taken where no
    clinic is named.
    """
    named = parser.add_mutually_exclusive_group()
    named.add_argument(
        "--clinic",
        type=clinic_place,
        metavar="FILE",
        help="the clinic file" + ("; without it the demonstration" if unasked else ""),
    )
    add_database(named)
    if demo:
        named.add_argument("--demo", action="store_true", help="the demonstration clinic")
    parser.set_defaults(names_clinic=not unasked, may_be_demo=demo)
    parser.add_argument(
        "--key-file",
        type=Path,
        metavar="FILE",
        help="a file whose first line is the passphrase or the recovery key; without it the key kept on this computer, or a prompt",
    )
    if acting:
        parser.add_argument("--as", dest="acting_as", metavar="NAME", help="the practitioner to act as")
        parser.add_argument(
            "--password-file",
            type=Path,
            metavar="FILE",
            help="a file whose first line is this practitioner’s password; without it a prompt",
        )


def check_named(arguments: argparse.Namespace) -> None:
    """InputRefused `clinic_not_named` if no clinic is named, nor the demonstration by its name."""
    if arguments.clinic is None and not arguments.demo:
        raise InputRefused("clinic_not_named" if arguments.may_be_demo else "clinic_file_not_named")


def only_file(place: ClinicPlace) -> Path:
    """The file that a command works on; InputRefused for a clinic on a server."""
    if not isinstance(place, Path):
        raise InputRefused("only_of_files")
    return place


def add_database(
    parser: argparse.ArgumentParser | argparse._MutuallyExclusiveGroup, dest: str = "clinic"
) -> None:
    """Add what names a clinic on a server; it takes the place of the file."""
    parser.add_argument(
        "--database",
        dest=dest,
        type=ServerAddress,
        # Else it would undo what names the file.
        default=argparse.SUPPRESS,
        metavar="URL",
        help="a clinic on a server: postgresql+psycopg://user@host/database; a password comes from .pgpass",
    )


@contextlib.contextmanager
def opened(arguments: argparse.Namespace, opener: Opener | None = None) -> Iterator[Services]:
    """Open the clinic that the arguments name, with `acting` of who signed in, and close it at the end."""
    opener = opener or Opener()
    if arguments.clinic is None:
        services = opener.demo()
    else:
        services = open_clinic(opener, arguments.clinic, arguments.key_file)
    try:
        yield signed_in(services, arguments.acting_as, arguments.password_file)
    finally:
        services.close()


def open_clinic(opener: Opener, path: ClinicPlace, key_file: Path | None) -> Services:
    """Open a clinic: plain, by a key file, by the key kept here, or by what is typed at the terminal."""
    if key_file is not None:
        return opener.open(path, unlock_from_line(first_line(key_file)))
    if opener.lock_of(path).state is not LockState.LOCKED:
        return opener.open(path)
    return _asking(lambda unlock: opener.open(path, unlock), opener, path)


def database_beside(arguments: argparse.Namespace) -> Database:
    """Open the clinic that the arguments name for reading, beside whoever has it open; nobody signs in."""
    opener, path, key_file = Opener(), arguments.clinic, arguments.key_file
    if path is None:
        opener.demo().close()
        return opener.beside(opener.demo_path)
    if key_file is not None:
        return opener.beside(path, unlock_from_line(first_line(key_file)))
    if opener.lock_of(path).state is not LockState.LOCKED:
        return opener.beside(path)
    return _asking(lambda unlock: opener.beside(path, unlock), opener, path)


def unlock_asked(path: Path, key_file: Path | None) -> Unlock:
    """What opens a clinic, from a key file or typed; a key kept on this computer does not count."""
    if key_file is not None:
        return unlock_from_line(first_line(key_file))
    return unlock_from_line(_prompt(load_words()("cli.passphrase", name=path.stem), path.stem))


def _asking(use: Callable[[Unlock], _Opened], opener: Opener, path: ClinicPlace) -> _Opened:
    """Ask again after a slip, waiting as long as a wrong attempt costs."""
    assert isinstance(path, Path)
    words = load_words()
    for left in range(_ATTEMPTS - 1, -1, -1):
        typed = unlock_from_line(_prompt(words("cli.passphrase", name=path.stem), path.stem))
        try:
            return use(typed)
        except InputRefused as error:
            if not left:
                raise
            print(words(f"error.{error.code}", **error.params), file=sys.stderr)
            time.sleep(opener.wait_s(path))
    raise AssertionError


def signed_in(services: Services, name: str | None, password_file: Path | None) -> Services:
    """The services acting for a practitioner: with a password where the clinic has accounts, else by name alone."""
    if not services.accounts.asked_for():
        return _by_name(services, name)
    if name is None:
        raise InputRefused("sign_in_needed")
    words = load_words()
    password = (
        first_line(password_file)
        if password_file is not None
        else _prompt(words("cli.password", name=name), services.settings.name)
    )
    return replace(services, acting=services.accounts.sign_in(name, password))


def _by_name(services: Services, name: str | None) -> Services:
    if name is None:
        return services
    found = [one for one in services.practitioners if one.name.casefold() == name.casefold()]
    if not found:
        raise InputRefused("practitioner_unknown", name=name)
    return replace(services, acting=replace(services.acting, practitioner_id=found[0].id))


def new_passphrase(file: Path | None, name: str) -> str:
    """A new passphrase: the first line of a file, or typed twice; the rule is said before."""
    if file is not None:
        return first_line(file)
    words = load_words()
    print(words("cli.passphrase.rule"), file=sys.stderr)
    typed = _prompt(words("cli.passphrase.new"), name)
    if _prompt(words("cli.passphrase.again"), name) != typed:
        raise InputRefused("passphrases_differ")
    return typed


def first_line(file: Path) -> str:
    """The first line of a small text file; InputRefused `key_file_missing`, `key_file_closed`, `key_file_unreadable`."""
    try:
        with file.open("rb") as opened_file:
            content = opened_file.read(_LINE_BYTES + 1)
    except FileNotFoundError:
        raise InputRefused("key_file_missing", name=file.name) from None
    except OSError:
        raise InputRefused("key_file_closed", name=file.name) from None
    tell_open(file)
    try:
        line = content.splitlines()[0].decode("utf-8-sig") if content else ""
    except ValueError:
        line = ""
    if not line or len(line) > _LINE_BYTES:
        raise InputRefused("key_file_unreadable", name=file.name)
    return line


@functools.cache
def tell_open(file: Path) -> None:
    """Say once that others on this computer may read a file with a secret; it serves all the same."""
    with contextlib.suppress(OSError):
        if os.name == "posix" and file.stat().st_mode & 0o077:
            print(load_words()("cli.key_file.open", name=file.name), file=sys.stderr)


def _prompt(text: str, name: str) -> str:
    if not sys.stdin.isatty():
        raise InputRefused("input_needed", name=name)
    return getpass.getpass(f"{text} ")
