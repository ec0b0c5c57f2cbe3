"""Records: events only, in SQLite (WAL, every commit synced); projections change in the same transaction."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

from routeproof.ledger.entry import entry_bytes, leaf_hash, read_entry
from routeproof.vocab.errors import LedgerBrokenError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from routeproof.ledger.entry import Fact, Recorded

    Projection = Callable[[sqlite3.Connection, list[int]], None]
    Decider = Callable[["Records"], Sequence[Fact]]

BUSY_TIMEOUT_S = 30.0

_SCHEMA = """
CREATE TABLE IF NOT EXISTS ledger_entries (entry_index INTEGER PRIMARY KEY, entry BLOB NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS ledger_entries_no_update BEFORE UPDATE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger entries are append-only'); END;
CREATE TRIGGER IF NOT EXISTS ledger_entries_no_delete BEFORE DELETE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'ledger entries are append-only'); END;
CREATE TRIGGER IF NOT EXISTS ledger_entries_dense BEFORE INSERT ON ledger_entries
WHEN NEW.entry_index IS NOT (SELECT COALESCE(MAX(entry_index) + 1, 0) FROM ledger_entries)
BEGIN SELECT RAISE(ABORT, 'ledger indexes are dense'); END;
CREATE TABLE IF NOT EXISTS ledger_leaves (
    entry_index INTEGER PRIMARY KEY, leaf BLOB NOT NULL, stream TEXT NOT NULL, type TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS ledger_leaves_stream ON ledger_leaves (stream);
CREATE TABLE IF NOT EXISTS governance_objects (
    noun TEXT NOT NULL, id TEXT NOT NULL, state TEXT NOT NULL, version INTEGER NOT NULL, version_hash TEXT NOT NULL,
    ledger_index INTEGER NOT NULL, PRIMARY KEY (noun, id)
) STRICT;
CREATE TABLE IF NOT EXISTS lake_commits (
    seq INTEGER PRIMARY KEY, manifest TEXT NOT NULL, parent TEXT, document TEXT NOT NULL, entry_index INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS lake_commits_manifest ON lake_commits (manifest);
CREATE TABLE IF NOT EXISTS lake_partitions (
    seq INTEGER NOT NULL, table_name TEXT NOT NULL, part TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL,
    rows INTEGER NOT NULL, size INTEGER NOT NULL, content TEXT NOT NULL, PRIMARY KEY (table_name, part, seq)
) STRICT;
CREATE TABLE IF NOT EXISTS lake_sources (
    source_id TEXT NOT NULL, reading TEXT NOT NULL, seq INTEGER NOT NULL, outcome TEXT NOT NULL,
    PRIMARY KEY (source_id, reading)
) STRICT;
"""


class Records:
    """The records database of one workspace.

    Appends take the write lock first (`BEGIN IMMEDIATE`), so indexes never fork between processes. After a failed
    commit nothing more is acknowledged: a later sync could report success for pages that were lost.
    """

    def __init__(self, path: Path, clock: Callable[[], int]) -> None:
        self._path = path
        self._clock = clock
        self._stopped = ""
        self._connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Release the database."""
        self._connection.close()

    def append(self, facts: Sequence[Fact], project: Projection | None = None) -> list[int]:
        """Append facts and their projection in one durable transaction; returns their indexes.

        Raises:
            LedgerBrokenError: if the database does not take it; from then on every append is refused.
        """
        return self.decide(lambda _: facts, project)

    def decide(self, decider: Decider, project: Projection | None = None) -> list[int]:
        """Append what `decider` decides from the record as it stands, with nobody writing in between.

        Raises:
            LedgerBrokenError: as `append`. Whatever the decider raises passes through, and nothing is recorded.
        """
        self._refuse_if_stopped()
        try:
            with self._transaction() as connection:
                indexes = self._insert(connection, decider(self))
                if project is not None:
                    project(connection, indexes)
        except sqlite3.OperationalError as error:
            raise self._stop(error) from error
        return indexes

    def stream(self, name: str) -> list[Recorded]:
        """Entries of one stream, in order."""
        rows = self.query(
            "SELECT entry FROM ledger_entries JOIN ledger_leaves USING (entry_index) WHERE stream = ? "
            "ORDER BY entry_index",
            (name,),
        )
        return [read_entry(row[0]) for row in rows if isinstance(row[0], bytes)]

    def size(self) -> int:
        """How many entries there are."""
        ((count,),) = self.query("SELECT COALESCE(MAX(entry_index) + 1, 0) FROM ledger_entries")
        assert isinstance(count, int)  # noqa: S101  # what the statement returns
        return count

    def _refuse_if_stopped(self) -> None:
        if self._stopped:
            message = f"expected a writable record, but an earlier write failed: {self._stopped}; restart and verify"
            raise LedgerBrokenError(message, where=str(self._path))

    def _stop(self, error: sqlite3.OperationalError) -> LedgerBrokenError:
        self._stopped = str(error)
        message = f"expected the record to be written, found: {error}; nothing of this step was recorded"
        return LedgerBrokenError(message, where=str(self._path))

    def _insert(self, connection: sqlite3.Connection, facts: Sequence[Fact]) -> list[int]:
        (first,) = connection.execute("SELECT COALESCE(MAX(entry_index) + 1, 0) FROM ledger_entries").fetchone()
        indexes = list(range(first, first + len(facts)))
        entries = [
            (index, entry_bytes(fact, index=index, appended_at=self._clock()))
            for index, fact in zip(indexes, facts, strict=True)
        ]
        connection.executemany("INSERT INTO ledger_entries (entry_index, entry) VALUES (?, ?)", entries)
        connection.executemany(
            "INSERT INTO ledger_leaves (entry_index, leaf, stream, type) VALUES (?, ?, ?, ?)",
            [
                (index, leaf_hash(entry), fact.stream, fact.type)
                for (index, entry), fact in zip(entries, facts, strict=True)
            ],
        )
        return indexes

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._connection
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def query(
        self, statement: str, parameters: Sequence[object] | Mapping[str, object] = ()
    ) -> list[tuple[object, ...]]:
        """Rows of a read-only statement."""
        return self._connection.execute(statement, parameters).fetchall()

    def entries(self, start: int = 0) -> list[bytes]:
        """Canonical bytes of the entries from index `start` on."""
        rows = self.query("SELECT entry FROM ledger_entries WHERE entry_index >= ? ORDER BY entry_index", (start,))
        return [row[0] for row in rows if isinstance(row[0], bytes)]
