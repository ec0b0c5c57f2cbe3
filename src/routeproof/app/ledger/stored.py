"""The ledger as it lies in the database, damage included: what can be read, and what cannot."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from routeproof.ledger.entry import leaf_hash
from routeproof.vocab.errors import LedgerBrokenError

if TYPE_CHECKING:
    from routeproof.stores.records import Records

READ_ROWS = 4_096
FAR_ROWS = 100_000
FAR = 2**63 - 1


@dataclass(slots=True)
class Stored:
    """Entries and leaves by index.

    Attributes:
        entries: bytes of each row; null where the row cannot be read.
        leaves: leaf hash as appended; null where it cannot be read.
        unreadable: indexes that cannot be read, with the reason.
        stray: indexes of rows where no append put one: below zero, far beyond the number of rows, or a second row.
    """

    entries: dict[int, bytes | None] = field(default_factory=dict)
    leaves: dict[int, bytes | None] = field(default_factory=dict)
    unreadable: dict[int, str] = field(default_factory=dict)
    stray: list[int] = field(default_factory=list)

    def found(self) -> list[bytes | None]:
        """Leaf hashes of the entries that are there, in order; null for one that is missing between others."""
        last = max(self.entries, default=-1)
        return [self._hash(index) for index in range(last + 1)]

    def wanted(self) -> list[bytes | None]:
        """Leaf hashes as they were appended; null where the row is missing or cannot be read."""
        return [self.leaves.get(index) for index in range(max(self.leaves, default=-1) + 1)]

    def missing(self) -> list[int]:
        """Indexes without an entry that lie before one with an entry."""
        return sorted(set(range(max(self.entries, default=-1) + 1)) - self.entries.keys())

    def set_apart(self) -> None:
        """Rows behind a hole behind the last leaf were put there by nobody who appends: they are strays."""
        ends = max(self.leaves, default=-1) + 1
        while ends in self.entries:
            ends += 1
        away = sorted(index for index in self.entries if index > ends) if self.leaves else []
        for index in away:
            del self.entries[index]
        self.stray += away

    def _hash(self, index: int) -> bytes | None:
        entry = self.entries.get(index)
        return None if entry is None else leaf_hash(entry)


def read_stored(records: Records) -> Stored:
    """Everything that can be read.

    Raises:
        LedgerBrokenError: if not even the tables can be told.
    """
    stored = Stored()
    for table, column, into in (
        ("ledger_entries", "entry", stored.entries),
        ("ledger_leaves", "leaf", stored.leaves),
    ):
        ((count, high),) = records.query(f"SELECT COUNT(*), MAX(entry_index) FROM {table}")  # noqa: S608  # our names
        last = -1 if high is None else _as_index(high)
        # A row put in far away must not make anybody count to it.
        limit = 2 * int(str(count)) + FAR_ROWS
        statement = f"SELECT entry_index, {column} FROM {table} WHERE entry_index BETWEEN :low AND :high"  # noqa: S608
        for start in range(0, min(last, limit) + 1, READ_ROWS):
            _read(records, statement, start, min(start + READ_ROWS - 1, last, limit), into, stored)
        away = f"SELECT entry_index FROM {table} WHERE entry_index < 0 OR entry_index > :limit"  # noqa: S608
        stored.stray += [_as_index(index) for (index,) in records.query(away, {"limit": limit})]
    stored.set_apart()
    return stored


def _read(
    records: Records,
    statement: str,
    low: int,
    high: int,
    into: dict[int, bytes | None],
    stored: Stored,
) -> None:
    """Rows from `low` to `high`; where the database fails, halves of them, down to the row that cannot be read."""
    try:
        rows = records.query(statement, {"low": low, "high": high})
    except LedgerBrokenError as error:
        if low == high:
            into[low] = None
            stored.unreadable.setdefault(low, error.message)
            return
        middle = (low + high) // 2
        _read(records, statement, low, middle, into, stored)
        _read(records, statement, middle + 1, high, into, stored)
        return
    for found, value in rows:
        index = _as_index(found)
        if index in into:
            stored.stray.append(index)  # a table that was made anew without its key can hold a row twice
        else:
            into[index] = _as_bytes(value)


def _as_index(found: object) -> int:
    """An index; a table that was made anew may hold anything else, which stands far from every entry."""
    return found if isinstance(found, int) else FAR


def _as_bytes(value: object) -> bytes:
    """A row that holds text where bytes belong has other bytes than those appended; its hash will tell."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogateescape")
