"""Commands that prove a clinic's journal and take anchors of it: with the key alone, beside a running program."""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from injectmap.bootstrap import Opener
from injectmap.cli.opening import add_opening, check_named, database_beside, tell_open
from injectmap.domain.errors import InjectmapError, InputRefused
from injectmap.services.saving import refuse_kept, refuse_there, write_new
from injectmap.words import faulty_anchor_text, finding_text, limit_text, load_words, note_text

if TYPE_CHECKING:
    from injectmap.domain.anchors import Anchor
    from injectmap.domain.proof import Findings
    from injectmap.services.ports import Database

WHOLE, BROKEN, NOT_READ = 0, 1, 2
# An anchor or a key that is longer is none.
_FILE_LIMIT = 8_192


def add(commands: Any) -> None:
    """Add the commands."""
    verify = commands.add_parser(
        "verify",
        help="prove the whole journal and every record by it (exit code 0 whole, 1 broken, 2 not read or not compared)",
    )
    add_opening(verify, acting=False)
    kept = verify.add_mutually_exclusive_group()
    kept.add_argument("--anchor", type=Path, metavar="FILE", help="an anchor kept outside, to compare with")
    verify.add_argument(
        "--public-key",
        metavar="KEY",
        help="the clinic’s public key, or a file with it: the anchor must be signed by it",
    )
    kept.add_argument(
        "--printed",
        nargs=2,
        metavar=("ROW", "HASH"),
        help="the row and the hash of a printed anchor, the hash in quotation marks or without its spaces",
    )
    verify.set_defaults(run=_verify)

    anchor = commands.add_parser("anchor", help="write the end of the journal, to be kept outside")
    add_opening(anchor, acting=False)
    # A key is made without a clinic.
    anchor.set_defaults(names_clinic=False)
    anchor.add_argument("--out", type=Path, metavar="FILE", help="the anchor as JSON")
    anchor.add_argument("--pdf", type=Path, metavar="FILE", help="the anchor as a page to print")
    anchor.add_argument("--sign-with", type=Path, metavar="KEY", help="sign it with the key of this file")
    anchor.add_argument("--make-key", type=Path, metavar="KEY", help="write a new signing key to this file")
    anchor.set_defaults(run=_anchor)


def _verify(arguments: argparse.Namespace) -> int:
    words = load_words()
    try:
        if arguments.public_key is not None and arguments.anchor is None and arguments.printed is None:
            raise InputRefused("public_key_alone")
        anchor, public_key = _anchor_of(arguments.anchor), _public_key(arguments.public_key)
        with _opened(arguments) as database:
            if arguments.printed is not None:
                anchor = _printed(database, *arguments.printed)
            started = time.monotonic()
            found = _proved(database, anchor, public_key)
            _tell(database.name, found, time.monotonic() - started)
    except InjectmapError as error:
        why = words(f"error.{error.code}", **error.params)
        print(words("cli.proof.unreadable", why=why), file=sys.stderr)
        return NOT_READ
    except OSError as error:
        why = f"{error.filename}: {error.strerror}"
        print(words("cli.proof.unreadable", why=why), file=sys.stderr)
        return NOT_READ
    if not found.whole:
        return BROKEN
    return WHOLE if found.faulty_anchor is None else NOT_READ


@contextlib.contextmanager
def _opened(arguments: argparse.Namespace) -> Iterator[Database]:
    database = database_beside(arguments)
    try:
        yield database
    finally:
        database.close()


def _proved(database: Database, anchor: Anchor | None, public_key: str) -> Findings:
    from injectmap.services.proof import prove
    from injectmap.system.signatures import KeyFiles

    return prove(database, KeyFiles(), anchor=anchor, public_key=public_key)


def _tell(name: str, found: Findings, seconds: float) -> None:
    from injectmap.domain.record import show_digest

    words = load_words()
    sizes = {"rows": found.rows, "table_rows": found.table_rows, "seconds": f"{seconds:.1f}"}
    print(words("cli.proof.clinic", name=name, **sizes))
    print(words("cli.proof.head", row=found.head.number, hash=show_digest(found.head.hash)))
    if found.whole:
        print(words("cli.proof.whole"))
    else:
        print(words("cli.proof.broken", count=len(found.findings) + found.more))
        if found.first_broken is not None:
            print(words("proof.broken.first", row=found.first_broken.row))
        for one in found.findings:
            print(f"  {finding_text(one, words)}")
        if found.more:
            print(f"  {words('proof.more' if found.more > 1 else 'proof.more.one', count=found.more)}")
        print(words("proof.broken.do"))
    if found.faulty_anchor is not None:
        print(faulty_anchor_text(found.faulty_anchor, words))
    for note in found.notes:
        print(note_text(note, words))
    if limit := limit_text(found, words):
        print(limit)
    print(words("proof.limit.guards"))


def _anchor_of(path: Path | None) -> Anchor | None:
    from injectmap.domain.anchors import anchor_from_text

    return None if path is None else anchor_from_text(_start_of(path))


def _printed(database: Database, row: str, hash_: str) -> Anchor:
    """A printed anchor as it was typed; it names the clinic that it is held against."""
    from injectmap.domain.anchors import anchor_as_printed

    with database.reading() as work:
        return anchor_as_printed(work.proof.mark().clinic_id, row, hash_)


def _public_key(given: str | None) -> str:
    from injectmap.domain.anchors import public_key_from_text

    if given is None:
        return ""
    path = Path(given)
    if path.is_file():
        given = _start_of(path).decode("ascii", "replace")
    return public_key_from_text(given)


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_FILE_LIMIT)


def _anchor(arguments: argparse.Namespace) -> int:
    from injectmap.domain.anchors import anchor_to_text
    from injectmap.domain.record import show_digest
    from injectmap.output.anchor_page import AnchorWriter
    from injectmap.services.proof import anchor_page, take_anchor
    from injectmap.system.signatures import KeyFiles

    words, keys = load_words(), KeyFiles()
    if not (arguments.out or arguments.pdf or arguments.make_key):
        raise InputRefused("anchor_wants_file")
    if arguments.out or arguments.pdf:
        check_named(arguments)
    for path in (arguments.out, arguments.pdf):
        if path is not None:
            refuse_there(path)
    if arguments.make_key is not None:
        refuse_kept(arguments.make_key)
        print(words("cli.anchor.key", name=arguments.make_key, key=keys.make_key(arguments.make_key)))
    if not (arguments.out or arguments.pdf):
        return 0
    sign_with = arguments.sign_with or arguments.make_key
    if sign_with is not None:
        tell_open(sign_with)
    with _opened(arguments) as database:
        anchor = take_anchor(database, Opener().clock, keys, key_file=sign_with)
        page = anchor_page(database, AnchorWriter(words), anchor) if arguments.pdf else b""
    shown = {"row": anchor.number, "hash": show_digest(anchor.hash)}
    for path, content in ((arguments.out, anchor_to_text(anchor).encode()), (arguments.pdf, page)):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_new(path, content)
            print(words("cli.anchor.written", name=path, **shown))
    return 0
