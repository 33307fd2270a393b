"""Commands that write a treatment record as PDF."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from injectmap.bootstrap import Opener
from injectmap.domain.print_look import Paper, PrintLook

if TYPE_CHECKING:
    from injectmap.services.clinic import Services


def add(commands: Any) -> None:
    """Add the commands."""
    record = commands.add_parser("record", help="write the record of a treatment session as PDF")
    record.add_argument(
        "--session", required=True, metavar="ID", help="its record number (2026-00007), its id, or: latest"
    )
    record.add_argument("--pdf", required=True, type=Path, metavar="FILE")
    record.add_argument(
        "--clinic", type=Path, metavar="CLINIC", help="the clinic file; without it the demo clinic"
    )
    record.add_argument("--as", dest="acting_as", metavar="NAME", help="the practitioner to act as")
    _add_look(record)
    record.set_defaults(run=_record)

    demo = commands.add_parser("demo-record", help="write the demo clinic's latest record as PDF")
    demo.add_argument("--pdf", required=True, type=Path, metavar="FILE")
    _add_look(demo)
    demo.set_defaults(run=_record, clinic=None, session="latest", acting_as=None)


def _add_look(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--paper", choices=[one.value for one in Paper], help="page size; without it the clinic's"
    )
    parser.add_argument("--mono", action="store_true", help="line art that needs no colour")


def _record(arguments: argparse.Namespace) -> int:
    opener = Opener()
    services = opener.demo() if arguments.clinic is None else opener.open(arguments.clinic)
    try:
        look = PrintLook(Paper(arguments.paper) if arguments.paper else None, arguments.mono)
        pdf = _pdf(services, arguments.session, arguments.acting_as, look)
    finally:
        services.close()
    arguments.pdf.parent.mkdir(parents=True, exist_ok=True)
    arguments.pdf.write_bytes(pdf)
    print(f"{arguments.pdf} ({len(pdf) // 1024} KiB)")
    return 0


def _pdf(services: Services, wanted: str, name: str | None, look: PrintLook) -> bytes:
    from dataclasses import replace

    from injectmap.domain.errors import InputRefused, StorageProblem

    acting = services.acting
    if name is not None:
        found = [one for one in services.practitioners if one.name.casefold() == name.casefold()]
        if not found:
            raise InputRefused("practitioner_unknown", name=name)
        acting = replace(acting, practitioner_id=found[0].id)
    records = services.records
    session_id = records.latest(acting) if wanted == "latest" else records.find(acting, wanted)
    if session_id is None:
        raise StorageProblem("session_not_found")
    return records.pdf(acting, session_id, look=look)
