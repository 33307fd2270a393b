"""The command that changes a clinic's passphrase."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from injectmap.bootstrap import Opener
from injectmap.cli.opening import add_opening, new_passphrase, only_file, unlock_asked
from injectmap.domain.errors import InputRefused
from injectmap.domain.keys import LockState, check_passphrase, slot_path
from injectmap.words import load_words


def add(commands: Any) -> None:
    """Add the command."""
    change = commands.add_parser(
        "passphrase", help="set another passphrase for a clinic, with the present one or the recovery key"
    )
    add_opening(change, acting=False, demo=False)
    change.add_argument(
        "--new-passphrase-file",
        type=Path,
        metavar="FILE",
        help="a file whose first line is the new passphrase; without it a prompt",
    )
    change.set_defaults(run=_change)


def _change(arguments: argparse.Namespace) -> int:
    opener, path = Opener(), only_file(arguments.clinic)
    if opener.lock_of(path).state is LockState.OPEN:
        raise InputRefused("clinic_not_encrypted", name=path.stem)
    proof = unlock_asked(path, arguments.key_file)
    passphrase = check_passphrase(new_passphrase(arguments.new_passphrase_file, path.stem))
    opener.set_passphrase(path, proof, passphrase)
    print(load_words()("cli.passphrase.changed", name=path.stem, file=slot_path(path).name))
    return 0
