"""Commands of privacy: who is due for erasure, who looked at and changed a patient's data, and erasing a person."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from injectmap.cli.opening import add_opening, opened
from injectmap.domain.errors import InputRefused
from injectmap.domain.patient import display_name
from injectmap.domain.privacy import CHOSEN_REASONS, ErasureReason
from injectmap.services.saving import write_whole
from injectmap.words import access_texts, load_words, retention_text

if TYPE_CHECKING:
    from injectmap.services.clinic import Services
    from injectmap.services.privacy_ports import AccessReport, RetentionList


def add(commands: Any) -> None:
    """Add the commands."""
    retention = commands.add_parser("retention", help="list the patients whose retention period is over")
    retention.add_argument("--csv", type=Path, metavar="FILE", help="write the list as a table")
    add_opening(retention)
    retention.set_defaults(run=_retention)

    access = commands.add_parser("access-report", help="who looked at and changed a patient’s data")
    access.add_argument(
        "--patient", required=True, metavar="NUMBER", help="the patient’s number, such as 00007"
    )
    access.add_argument("--pdf", type=Path, metavar="FILE", help="write the report as PDF")
    access.add_argument("--csv", type=Path, metavar="FILE", help="write the report as a table")
    add_opening(access)
    access.set_defaults(run=_access)

    erase = commands.add_parser("erase-patient", help="erase a person for good; only a number stays")
    erase.add_argument("--patient", required=True, metavar="NUMBER", help="the patient’s number")
    erase.add_argument(
        "--confirm", metavar="NUMBER", help="the number once more; without it only what would go is said"
    )
    erase.add_argument("--reason", choices=[one.value for one in CHOSEN_REASONS], help="why")
    add_opening(erase)
    erase.set_defaults(run=_erase)


def _retention(arguments: argparse.Namespace) -> int:
    with opened(arguments) as services:
        found = services.privacy.retention(services.acting)
        if arguments.csv is not None:
            _write(arguments.csv, services.privacy.retention_csv(services.acting, found))
            return 0
    _print_retention(found)
    return 0


def _print_retention(found: RetentionList) -> None:
    words = load_words()
    if found.years is None:
        print(words("retention.no_period"))
        return
    print(words("retention.rule", years=found.years))
    for line in found.lines:
        one = line.kept
        name = display_name(one.family_name, one.given_name)
        print(f"{one.patient_number:05d}  {line.due}  {name}  ({retention_text(line, words)})")
    if not found.lines:
        print(words("retention.none"))


def _access(arguments: argparse.Namespace) -> int:
    with opened(arguments) as services:
        privacy, acting = services.privacy, services.acting
        report = privacy.access_report(acting, privacy.find(acting, arguments.patient).id)
        for path, make in ((arguments.pdf, privacy.access_pdf), (arguments.csv, privacy.access_csv)):
            if path is not None:
                _write(path, make(acting, report))
        if arguments.pdf is None and arguments.csv is None:
            _print_access(services, report)
    return 0


def _print_access(services: Services, report: AccessReport) -> None:
    from injectmap.output.show import show_instant

    words = load_words()
    for line in report.lines:
        at = show_instant(line.row.at_ms, services.settings.time_zone)
        print("  ".join((at, *access_texts(line, words), line.row.workstation, str(line.row.number))))
    if not report.reads_kept:
        print(words("access.paper.no_reads"))
    elif report.reads_from_ms is not None:
        since = show_instant(report.reads_from_ms, services.settings.time_zone)
        print(words("access.paper.reads_from", when=since))
    for one in report.backups:
        print(one.path)


def _erase(arguments: argparse.Namespace) -> int:
    """Say what goes and what stays; erase only with the number typed a second time."""
    words = load_words()
    with opened(arguments) as services:
        privacy, acting = services.privacy, services.acting
        patient = privacy.find(acting, arguments.patient)
        if arguments.confirm is None:
            before = privacy.before_erasing(acting, patient.id)
            print(words("erase.title", number=patient.number_text))
            print(words("erase.goes", sessions=before.sessions, signed=before.signed, events=before.events))
            print(words("erase.stays", units=before.units))
            for one in before.backups:
                print(one.path)
            print(words("erase.confirm_with", number=patient.number_text), file=sys.stderr)
            return 1
        if arguments.reason is None:
            raise InputRefused("erase_reason_missing")
        done = privacy.erase(
            acting, patient.id, number=arguments.confirm, reason=ErasureReason(arguments.reason)
        )
    print(words("erase.done", number=patient.number_text))
    if not done.ledger_kept:
        print(words("erase.no_ledger"), file=sys.stderr)
    if done.backups:
        print(words("erased.held.these", count=len(done.backups)))
    for one in done.backups:
        print(one.path)
    return 0


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    print(f"{path} ({-(-len(content) // 1024)} KiB)")
