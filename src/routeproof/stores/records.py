"""Records: events only, in SQLite (WAL, every commit synced) or PostgreSQL; projections change with them."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError

from routeproof.ledger.entry import entry_bytes, leaf_hash, read_entry
from routeproof.stores.read_only import lift_read_only, mark_read_only, read_only_reason
from routeproof.stores.records_database import Database, WriteFailedError, explain
from routeproof.stores.records_tables import ENTRIES, LEAVES, REVISION
from routeproof.vocab.errors import LedgerBrokenError, RouteproofError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from routeproof.ledger.entry import Fact, Recorded
    from routeproof.stores.records_place import Server

    Projection = Callable[[Database, list[int]], None]
    Decider = Callable[["Records"], Sequence[Fact]]

BUSY_TIMEOUT_S = 30.0
CHECKPOINT_BYTES = 2 << 20
"""Bytes of entries after which SQLite's log is moved into the database file."""
READ_BLOCK = 10_000
"""Entries that `each_entry` holds at a time."""

_LAST = "SELECT MAX(entry_index) FROM ledger_entries"
_HIGHEST = 2**53 - 1
"""What an entry can name as its index."""


class OldRecordsError(UsageError):
    """An earlier version of the program made this database, and it was not migrated."""

    code = "old_workspace"


class Records:
    """The records database of one workspace.

    Appends take the write lock first, so indexes never fork between processes. After a failed write nothing more is
    acknowledged, here or in another process, until the record was verified: a later sync could report success for
    pages that were lost.

    Args:
        place: SQLite file, or the server that holds the records; a new database is made ready.
        clock: UTC nanoseconds now.
        timeout_s: how long to wait for another writer.
        make: make the tables if there are none; else that is an error, for a record does not begin twice.

    Raises:
        OldRecordsError: an earlier version made the database.
        LedgerBrokenError: the database cannot be read, or is not there.
    """

    def __init__(
        self, place: Path | Server, clock: Callable[[], int], timeout_s: float = BUSY_TIMEOUT_S, *, make: bool = True
    ) -> None:
        self._clock = clock
        self._stopped = ""
        self._written = 0
        self._remembered: dict[str, list[Recorded]] | None = None
        if not make and isinstance(place, Path) and not place.exists():
            raise _gone(str(place))
        self._database = Database(place, timeout_s)
        try:
            with self._database.explained():
                self._make_ready(make=make)
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """Release the database; a disk that fails now is marked, for whoever comes next."""
        if self._written and not self._stopped:
            self._checkpoint()
        self._database.close()

    # -- writing ---------------------------------------------------------------------------------------------------

    def append(self, facts: Sequence[Fact], project: Projection | None = None) -> list[int]:
        """Append facts and their projection in one durable transaction; returns their indexes.

        Raises:
            BusyError: another writer held the record for too long; nothing was recorded, and one may try again.
            WriteFailedError: the disk did not take it; from then on every append is refused.
            LedgerBrokenError: the record is not as it should be, or is read-only.
            UnreachableError: the server went away; whether it was recorded is unknown.
        """
        return self.decide(lambda _: facts, project)

    def decide(self, decider: Decider, project: Projection | None = None) -> list[int]:
        """Append what `decider` decides from the record as it stands, with nobody writing in between.

        Raises:
            LedgerBrokenError: and others, as `append`. Whatever the decider raises passes through, and nothing is
                recorded.
        """
        with self._transaction():
            indexes = self._insert(decider(self))
            if project is not None:
                project(self._database, indexes)
        return indexes

    def project(self, rebuild: Callable[[Database], None]) -> None:
        """Change projections alone, in one durable transaction, with nobody writing in between."""
        with self._transaction():
            rebuild(self._database)

    def resume(self) -> bool:
        """Take writes again after a write failed elsewhere and the record was verified; whether it was read-only."""
        return lift_read_only(self._database.folder)

    def stop(self, reason: str) -> WriteFailedError:
        """Take nothing more, here or elsewhere, until the record was verified; the error that says so."""
        self._stopped = reason
        mark_read_only(self._database.folder, reason)
        return WriteFailedError(f"expected the disk to take every write, found: {reason}", where=self._database.name)

    def _insert(self, facts: Sequence[Fact]) -> list[int]:
        if not facts:
            return []
        first = self._next()
        if first + len(facts) > _HIGHEST:
            message = f"expected entries one after another, found one at {first - 1}: run `routeproof ledger verify`"
            raise LedgerBrokenError(message, where=self._database.name)
        entries = [
            entry_bytes(fact, index=index, appended_at=self._clock()) for index, fact in enumerate(facts, start=first)
        ]
        leaves = [
            (index, leaf_hash(entry), fact.stream, fact.type)
            for index, (entry, fact) in enumerate(zip(entries, facts, strict=True), start=first)
        ]
        self._written += sum(map(len, entries))
        self._database.insert(ENTRIES, ("entry_index", "entry"), list(enumerate(entries, start=first)))
        self._database.insert(LEAVES, ("entry_index", "leaf", "stream", "type"), leaves)
        return list(range(first, first + len(facts)))

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[None]:
        self._refuse_if_read_only()
        try:
            self._database.lock()
            self._remembered = None
            # Once more, with the lock: a writer whose write failed leaves the marker before it lets the lock go.
            self._refuse_if_read_only()
            yield
            self._database.commit()
        except DBAPIError as error:
            found = self._stop_if_write_failed(error)
            self._database.rollback()
            raise found from error
        except BaseException:
            self._database.rollback()
            raise
        if self._written > CHECKPOINT_BYTES:
            self._checkpoint()

    def _checkpoint(self) -> None:
        """What was appended stays acknowledged, whatever happens here; but nothing more is, on a disk that fails."""
        self._written = 0
        try:
            self._database.checkpoint()
        except DBAPIError as error:
            self._stop_if_write_failed(error)

    def _stop_if_write_failed(self, error: DBAPIError) -> RouteproofError:
        found = explain(error, self._database.name)
        if isinstance(found, WriteFailedError):
            self.stop(found.message)
        return found

    def _refuse_if_read_only(self) -> None:
        reason = self._stopped or read_only_reason(self._database.folder)
        if reason:
            message = (
                f"expected a writable record, but a write failed before ({reason}): nothing is recorded until "
                "`routeproof ledger verify` finds the record whole"
            )
            raise WriteFailedError(message, where=self._database.name)

    def _make_ready(self, *, make: bool) -> None:
        revision = self._database.revision()
        if not revision and not self._database.has_table(ENTRIES.name):
            if not make:
                raise _gone(self._database.name)
            self._make()
            return
        if revision > REVISION:
            message = f"expected records of version up to {REVISION}, found {revision}: use a newer routeproof"
            raise UsageError(message, where=self._database.name)
        if revision != REVISION:
            message = (
                f"expected records of version {REVISION}, found {revision or 'an older one'}: run `routeproof migrate`"
            )
            raise OldRecordsError(message, where=self._database.name)

    def _make(self) -> None:
        database = self._database
        database.begin()
        try:
            if not database.has_table(ENTRIES.name):
                database.make_tables()
            database.commit()
        except BaseException:
            database.rollback()
            raise

    # -- reading ---------------------------------------------------------------------------------------------------

    def query(self, statement: str, parameters: Mapping[str, object] | None = None) -> list[tuple[object, ...]]:
        """Rows of a read-only statement with `:named` parameters.

        Raises:
            LedgerBrokenError: if the database cannot be read.
        """
        with self._database.explained():
            return [tuple(row) for row in self._database.execute(statement, parameters or ())]

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything read within is of one moment, while others append; nothing can be appended within.

        Raises:
            LedgerBrokenError: if the database cannot be read.
        """
        with self._database.explained():
            self._database.begin_snapshot()
        try:
            yield
        finally:
            self._database.end_snapshot()

    def size(self) -> int:
        """How many entries there are."""
        with self._database.explained():
            return self._next()

    def entries(self, start: int = 0, stop: int | None = None) -> list[bytes]:
        """Canonical bytes of the entries from index `start` to before `stop`."""
        return [_bytes(entry) for entry in self._between("entry", "ledger_entries", start, stop)]

    def leaves(self, start: int = 0, stop: int | None = None) -> list[bytes]:
        """Leaf hashes of the entries as they were appended, from index `start` to before `stop`."""
        return [_bytes(leaf) for leaf in self._between("leaf", "ledger_leaves", start, stop)]

    def each_entry(self) -> Iterator[bytes]:
        """All entries in order, a block at a time."""
        for start in range(0, self.size(), READ_BLOCK):
            yield from self.entries(start, start + READ_BLOCK)

    def remember_streams(self) -> None:
        """Read no stream twice from here on, until something is appended: for work of a moment, such as one request."""
        self._remembered = {}

    def stream(self, name: str) -> list[Recorded]:
        """Entries of one stream, in order."""
        if self._remembered is None:
            return self._stream(name)
        if name not in self._remembered:
            self._remembered[name] = self._stream(name)
        return list(self._remembered[name])

    def streams_below(self, prefix: str) -> list[str]:
        """Names of the streams that begin with a prefix that ends in `/`; of the index only their part is read."""
        after = prefix[:-1] + chr(ord("/") + 1)
        rows = self.query(self._database.streams_between, {"first": prefix, "after": after})
        return [str(stream) for (stream,) in rows]

    def _stream(self, name: str) -> list[Recorded]:
        rows = self.query(
            "SELECT entry FROM ledger_entries JOIN ledger_leaves USING (entry_index) WHERE stream = :name "
            "ORDER BY entry_index",
            {"name": name},
        )
        return [read_entry(_bytes(entry)) for (entry,) in rows]

    def _next(self) -> int:
        row = self._database.execute(_LAST).fetchone()
        assert row is not None  # noqa: S101  # an aggregate has one row
        last = -1 if row[0] is None else row[0]
        if not isinstance(last, int):
            message = f"expected whole numbers as indexes of the ledger, found {type(last).__name__}"
            raise LedgerBrokenError(message, where=self._database.name)
        return last + 1

    def _between(self, column: str, table: str, start: int, stop: int | None) -> list[object]:
        ends = "" if stop is None else " AND entry_index < :stop"
        rows = self.query(
            f"SELECT {column} FROM {table} WHERE entry_index >= :start{ends} ORDER BY entry_index",  # noqa: S608  # our names
            {"start": start} if stop is None else {"start": start, "stop": stop},
        )
        return [row[0] for row in rows]


def resume_after_verification(records: Records) -> bool:
    """Take writes again, once `ledger verify` found the record whole; whether it had been read-only.

    Raises:
        OSError: if the disk still does not write.
    """
    return records.resume()


def _gone(name: str) -> LedgerBrokenError:
    message = "expected the records of the workspace, found none: restore them from a backup"
    return LedgerBrokenError(message, where=name)


def _bytes(found: object) -> bytes:
    if not isinstance(found, bytes):
        message = f"expected bytes in the ledger, found {type(found).__name__}: run `routeproof ledger verify`"
        raise LedgerBrokenError(message)
    return found
