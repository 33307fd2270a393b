"""The command line: opens the window, or makes records without a screen."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from injectmap import __version__
from injectmap.bootstrap import Opener
from injectmap.cli import backups, keys, move, privacy, proof, records
from injectmap.cli.opening import add_database, check_named, first_line
from injectmap.domain.clinic_places import clinic_place
from injectmap.domain.errors import InjectmapError
from injectmap.domain.keys import unlock_from_line
from injectmap.words import load_words

# As argparse ends where an argument is missing.
_NOT_NAMED = ("clinic_not_named", "clinic_file_not_named")


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code: 0 done, 1 refused with a sentence on standard error, 2 not understood."""
    arguments = _parser().parse_args(argv)
    if arguments.clinic is None:
        arguments.clinic = arguments.database
    try:
        if arguments.names_clinic:
            check_named(arguments)
        return int(arguments.run(arguments))
    except InjectmapError as error:
        print(load_words()(f"error.{error.code}", **error.params), file=sys.stderr)
        return 2 if error.code in _NOT_NAMED else 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    words = load_words()
    parser = argparse.ArgumentParser(prog="injectmap", description=words("app.purpose"))
    parser.add_argument("--version", action="version", version=f"injectmap {__version__}")
    parser.set_defaults(
        run=_window, clinic=None, database=None, demo=False, key_file=None, names_clinic=False
    )
    # A command has its own of this name, and would undo ours.
    add_database(parser, "database")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    window = commands.add_parser(
        "open", help="open the window with a clinic (without a command: the start screen)"
    )
    window.add_argument("clinic", nargs="?", type=clinic_place, metavar="CLINIC")
    add_database(window)
    window.add_argument(
        "--key-file", type=Path, metavar="FILE", help="a file whose first line opens the clinic"
    )
    window.add_argument("--demo", action="store_true", help="open the demonstration clinic")
    window.set_defaults(run=_window)

    records.add(commands)
    keys.add(commands)
    backups.add(commands)
    proof.add(commands)
    privacy.add(commands)
    move.add(commands)
    return parser


def _window(arguments: argparse.Namespace) -> int:
    from injectmap.ui.app import run

    start = "demo" if arguments.demo else arguments.clinic
    unlock = None
    if arguments.key_file is not None:
        unlock = unlock_from_line(first_line(arguments.key_file))
    return run(Opener(), start=start, unlock=unlock)
