"""Commands that write a treatment record as PDF."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from injectmap.cli.opening import add_opening, opened
from injectmap.domain.errors import StorageProblem
from injectmap.domain.print_look import Paper, PrintLook
from injectmap.services.saving import write_whole

if TYPE_CHECKING:
    from injectmap.services.clinic import Services


def add(commands: Any) -> None:
    """Add the commands."""
    record = commands.add_parser("record", help="write the record of a treatment session as PDF")
    record.add_argument(
        "--session", required=True, metavar="ID", help="its record number (2026-00007), its id, or: latest"
    )
    record.add_argument("--pdf", required=True, type=Path, metavar="FILE")
    add_opening(record, unasked=True)
    _add_look(record)
    record.set_defaults(run=_record)

    demo = commands.add_parser("demo-record", help="write the demo clinic's latest record as PDF")
    demo.add_argument("--pdf", required=True, type=Path, metavar="FILE")
    _add_look(demo)
    demo.set_defaults(run=_record, clinic=None, session="latest", acting_as=None, password_file=None)


def _add_look(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--paper", choices=[one.value for one in Paper], help="page size; without it the clinic's"
    )
    parser.add_argument("--mono", action="store_true", help="line art that needs no colour")


def _record(arguments: argparse.Namespace) -> int:
    with opened(arguments) as services:
        look = PrintLook(Paper(arguments.paper) if arguments.paper else None, arguments.mono)
        pdf = _pdf(services, arguments.session, look)
    arguments.pdf.parent.mkdir(parents=True, exist_ok=True)
    write_whole(arguments.pdf, pdf)
    print(f"{arguments.pdf} ({len(pdf) // 1024} KiB)")
    return 0


def _pdf(services: Services, wanted: str, look: PrintLook) -> bytes:
    acting, records = services.acting, services.records
    session_id = records.latest(acting) if wanted == "latest" else records.find(acting, wanted)
    if session_id is None:
        raise StorageProblem("session_not_found")
    return records.pdf(acting, session_id, look=look)
