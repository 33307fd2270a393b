"""The ledger of the erased beside a clinic file: what a restore of an older backup has to erase again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from injectmap.domain.errors import StorageProblem
from injectmap.domain.privacy import LEDGER_BYTES, LedgerEntry, ledger_text, parse_ledger
from injectmap.services.files import put_whole


def ledger_path(clinic: Path) -> Path:
    """Where the ledger of a clinic file lies: `Harbour.injectmap.erased.json` beside `Harbour.injectmap`."""
    return clinic.with_name(f"{clinic.name}.erased.json")


class ErasedLedger:
    """One ledger: ids, row numbers and times, never a name; put in place whole or not at all."""

    def __init__(self, clinic: Path) -> None:
        """Name the ledger of a clinic file; nothing is read yet."""
        self.path = ledger_path(clinic)

    def read(self) -> tuple[LedgerEntry, ...]:
        """What stands in it, nothing without one; StorageProblem("ledger_unreadable") for a damaged one."""
        try:
            with self.path.open("rb") as file:
                data = file.read(LEDGER_BYTES + 1)
        except FileNotFoundError:
            return ()
        except OSError:
            raise StorageProblem("ledger_unreadable", name=self.path.name) from None
        return parse_ledger(data)

    def write(self, entries: Iterable[LedgerEntry]) -> None:
        """Put a whole new ledger in place; OSError where that cannot be."""
        put_whole(self.path, ledger_text(entries).encode())
