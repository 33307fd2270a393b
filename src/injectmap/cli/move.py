"""Commands that carry a clinic to a server or back, and bring one on a server up to date."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from injectmap.bootstrap import Opener
from injectmap.cli.opening import add_opening, new_passphrase, opened
from injectmap.domain.clinic_places import ClinicPlace, ServerAddress, clinic_place
from injectmap.domain.errors import InputRefused
from injectmap.words import load_words

if TYPE_CHECKING:
    from injectmap.bootstrap.moving import Carried


def add(commands: Any) -> None:
    """Add the commands."""
    move = commands.add_parser(
        "move", help="carry a clinic to a server (or from one into a new file) and prove that it is the same"
    )
    add_opening(move)
    move.add_argument(
        "--to",
        required=True,
        type=clinic_place,
        metavar="PLACE",
        help="an empty database: postgresql+psycopg://user@host/database, or a new file",
    )
    move.add_argument(
        "--new-passphrase-file",
        type=Path,
        metavar="FILE",
        help="for a new file: a file whose first line is its passphrase; without it a prompt",
    )
    move.add_argument(
        "--even-if-open", action="store_true", help="from a server: while others still work in its database"
    )
    move.set_defaults(run=_move)

    upgrade = commands.add_parser(
        "upgrade", help="bring a clinic on a server up to date, after the server was backed up"
    )
    upgrade.add_argument("--database", dest="clinic", type=ServerAddress, metavar="URL", help="the clinic")
    upgrade.set_defaults(run=_upgrade)


def _move(arguments: argparse.Namespace) -> int:
    from injectmap.bootstrap.moving import carry, check_alone, check_target

    opener, to, even = Opener(), arguments.to, arguments.even_if_open
    check_target(to)
    with opened(arguments, opener) as services:
        if not even:
            check_alone(services)
        passphrase = ""
        if not isinstance(to, ServerAddress) and not services.settings.demo:
            passphrase = new_passphrase(arguments.new_passphrase_file, to.stem)
        carried = carry(opener, services, to, passphrase, even_if_open=even)
        name, demo = services.settings.name, services.settings.demo
    _tell(carried, name)
    print(load_words()(_now(arguments.clinic, carried, demo=demo), note=carried.note))
    if isinstance(to, ServerAddress):
        print(load_words()("cli.move.grant"))
    return 0


def _tell(carried: Carried, name: str) -> None:
    from injectmap.domain.record import show_digest

    words, moved = load_words(), carried.moved
    print(
        words(
            "cli.move.done",
            name=name,
            rows=sum(moved.rows.values()),
            tables=len(moved.rows),
            entries=moved.head.number,
            head=show_digest(moved.head.hash),
        )
    )
    if carried.recovery_key:
        print(words("cli.move.recovery_key", key=carried.recovery_key))


def _now(source: ClinicPlace | None, carried: Carried, *, demo: bool) -> str:
    """What becomes of the clinic that was carried."""
    if isinstance(source, ServerAddress):
        return "cli.move.now.server"
    if demo:
        return "cli.move.now.demo"
    return "cli.move.not_noted" if carried.note is None else "cli.move.noted"


def _upgrade(arguments: argparse.Namespace) -> int:
    from injectmap.storage.server_opening import upgrade_server

    if not isinstance(arguments.clinic, ServerAddress):
        raise InputRefused("address_needed")
    done = upgrade_server(arguments.clinic.text)
    print(load_words()("cli.upgrade.done" if done else "cli.upgrade.already"))
    return 0
