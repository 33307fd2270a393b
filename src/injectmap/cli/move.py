"""Commands that carry a clinic to a server or back, and bring one on a server up to date."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from injectmap.bootstrap import Opener
from injectmap.cli.opening import add_opening, new_passphrase, opened
from injectmap.domain.clinic_places import ServerAddress, clinic_place
from injectmap.domain.errors import InputRefused
from injectmap.words import load_words


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
    move.set_defaults(run=_move)

    upgrade = commands.add_parser(
        "upgrade", help="bring a clinic on a server up to date, after the server was backed up"
    )
    upgrade.add_argument("--database", dest="clinic", type=ServerAddress, metavar="URL", help="the clinic")
    upgrade.set_defaults(run=_upgrade)


def _move(arguments: argparse.Namespace) -> int:
    from injectmap.bootstrap.moving import carry
    from injectmap.domain.record import show_digest

    words, opener, to = load_words(), Opener(), arguments.to
    with opened(arguments, opener) as services:
        passphrase = ""
        if not isinstance(to, ServerAddress) and not services.settings.demo:
            passphrase = new_passphrase(arguments.new_passphrase_file, to.stem)
        carried = carry(opener, services, to, passphrase)
        name = services.settings.name
    moved = carried.moved
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
    print(words("cli.move.now"))
    return 0


def _upgrade(arguments: argparse.Namespace) -> int:
    from injectmap.storage.server_opening import upgrade_server

    if not isinstance(arguments.clinic, ServerAddress):
        raise InputRefused("address_needed")
    done = upgrade_server(arguments.clinic.text)
    print(load_words()("cli.upgrade.done" if done else "cli.upgrade.already"))
    return 0
