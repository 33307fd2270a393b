"""Walks a chain row by row, says at each break what kind of break it is, and goes on behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from injectmap.domain.journal import GENESIS, JournalRow, payload_digest, row_hash
from injectmap.domain.proof import Finding, FindingCode, Head

# Where a row belongs is looked for through the whole chain, which costs time: only for the first breaks.
_SEARCHES = 6


def _hash_at(row: JournalRow, number: int) -> str:
    """The hash that a row would have in another place; empty for a row that has no form."""
    try:
        return row_hash(replace(row, number=number))
    except (ValueError, TypeError):
        return ""


class ChainWalk:
    """Takes rows in the order of their numbers; each break is found once, and what only follows from it is not.

    A row whose hash holds at another number was moved: one place back means that a row was put in before it, one
    place on that the row before it was taken out and the rest numbered anew, anything else that rows changed places.
    """

    def __init__(self, rows: int) -> None:
        """`rows` is how many there are: as far as it is looked where a row belongs."""
        self._rows = rows
        self._expected = 1
        # None where the row before was not what it should be: any link is taken.
        self._previous: frozenset[str] | None = frozenset({GENESIS})
        self._last = Head()
        self._offset = 0
        self._searches = _SEARCHES
        self.findings: list[Finding] = []

    def step(self, row: JournalRow) -> None:
        """Look at the next row."""
        if row.number != self._expected:
            self._find(FindingCode.ROW_MISSING, self._expected, row.number - 1)
            self._previous = None
        linked = self._previous is None or row.previous in self._previous
        if self._holds(row):
            if not linked:
                self._find(FindingCode.LINK_BROKEN, row.number)
            accepted: frozenset[str] | None = frozenset({row.hash})
        elif (place := self._place_of(row)) is not None:
            accepted = frozenset({row.hash}) if self._moved(row, place) else None
        else:
            self._find(FindingCode.ROW_CHANGED, row.number)
            # Either its hash or what the hash is over was changed: the next row knows which.
            accepted = frozenset({row.hash, _hash_at(row, row.number)})
        if row.payload is not None and payload_digest(row.salt or "", row.payload) != row.payload_digest:
            self._find_payload(row)
        self._last = Head(row.number, row.hash)
        self._previous, self._expected = accepted, row.number + 1

    def skip(self, number: int, hash_: str) -> None:
        """Pass over a row that has no form at all."""
        self._find(FindingCode.ROW_CHANGED, number)
        self._last = Head(number, hash_)
        self._previous, self._expected = None, number + 1

    def end(self, head: Head | None, hash_at_head: str | None) -> None:
        """Compare the end with the stored head; `hash_at_head` is the hash of the row that the head names."""
        last = self._last
        if head is None:
            self._find(FindingCode.HEAD_WRONG, last.number)
        elif head == last or (self.findings and head.hash == last.hash):
            return
        elif head.number == last.number and (self._previous is None or head.hash in self._previous):
            # The last row is wrong, and said to be.
            return
        elif last.number < head.number:
            self._find(FindingCode.ROW_MISSING, last.number + 1, head.number)
        elif last.number > head.number and hash_at_head == head.hash:
            self._find(FindingCode.ROW_INSERTED, head.number + 1, last.number)
        else:
            self._find(FindingCode.HEAD_WRONG, head.number)

    def _holds(self, row: JournalRow) -> bool:
        """True if the hash is right in its place, or in the place that all rows have moved to."""
        if _hash_at(row, row.number) == row.hash:
            self._offset = 0
            return True
        return self._offset != 0 and _hash_at(row, row.number + self._offset) == row.hash

    def _place_of(self, row: JournalRow) -> int | None:
        near = (row.number - 1, row.number + 1)
        for number in self._places(near):
            if number != row.number and _hash_at(row, number) == row.hash:
                return number
        return None

    def _places(self, near: tuple[int, ...]) -> Iterator[int]:
        yield from near
        if self._searches:
            self._searches -= 1
            yield from range(1, self._rows + 2)

    def _moved(self, row: JournalRow, place: int) -> bool:
        """Say what happened around a row that belongs in another place; True if the rows behind it moved with it."""
        last = self.findings[-1] if self.findings else None
        if place == row.number - 1:
            if last is not None and last.row == place and last.code is FindingCode.ROW_MISSING:
                # The two changed places: what looked like a gap is the other of them.
                self.findings[-1] = Finding(FindingCode.ROW_REORDERED, place, row.number)
                self._find(FindingCode.ROW_REORDERED, row.number, place)
                self._offset = 0
                return False
            if last is not None and last.row == place and last.code in _UNEXPLAINED:
                self.findings.pop()
            self._find(FindingCode.ROW_INSERTED, place)
            self._offset = -1
            return True
        if place == row.number + 1:
            self._find(FindingCode.ROW_MISSING, row.number)
            self._offset = 1
            return True
        self._find(FindingCode.ROW_REORDERED, row.number, place)
        return False

    def _find_payload(self, row: JournalRow) -> None:
        last = self.findings[-1] if self.findings else None
        if last is None or last.row != row.number:
            self._find(FindingCode.PAYLOAD_CHANGED, row.number)

    def _find(self, code: FindingCode, row: int, to_row: int | None = None) -> None:
        self.findings.append(Finding(code, row, to_row if to_row != row else None))


# A row that is wrong in itself: behind it every row has moved on by one, if it was put in.
_UNEXPLAINED = frozenset({FindingCode.ROW_CHANGED, FindingCode.LINK_BROKEN, FindingCode.PAYLOAD_CHANGED})
