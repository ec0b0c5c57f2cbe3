"""The lake: immutable Parquet files by table and trading day, readable as of any manifest."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from routeproof.stores.content import content_hash, content_names
from routeproof.stores.files import publish, removed_after, sha256_of
from routeproof.stores.lake_file import SYMBOL_INDEX, write_file
from routeproof.stores.manifest import WHOLE, Manifest, Partition
from routeproof.tables.registry import TABLES
from routeproof.tables.wide import coded
from routeproof.vocab.errors import LedgerBrokenError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from routeproof.stores.records import Records


MANIFESTS_KEPT = 8
"""Manifests that are kept in memory: who runs for days sees thousands."""

NO_LAST = 2**62
"""Number of a commit that no lake reaches."""


@dataclass(frozen=True, slots=True)
class SymbolRange:
    """Rows of one symbol in a sorted file.

    Attributes:
        start: first row, from 0.
        rows: number of rows.
        first_at: earliest instant, UTC ns.
        last_at: latest instant, UTC ns.
    """

    start: int
    rows: int
    first_at: int
    last_at: int


class Lake:
    """Reads and writes the lake of one workspace; what is visible is what a manifest in `records` names."""

    def __init__(self, root: Path, records: Records, last_commit: int = NO_LAST) -> None:
        self._root = root
        self._records = records
        self._last = last_commit
        self._known: dict[int, Manifest] = {}
        self._seqs: dict[str, int] = {}

    def as_of(self, entries: int) -> Lake:
        """The lake for reading as it was when the record had so many entries: what was committed later is not there.

        A manifest names what own figures are measured from; this names also what others published and claimed by then.
        """
        query = "SELECT COALESCE(MAX(seq), 0) FROM lake_commits WHERE entry_index < :entries"
        ((last,),) = self._records.query(query, {"entries": entries})
        return Lake(self._root, self._records, int(str(last)))

    # -- reading ---------------------------------------------------------------------------------------------------

    def manifest(self, manifest_id: str | None = None) -> Manifest:
        """The manifest of that id (a unique prefix will do), or the newest; an empty one before the first commit.

        Raises:
            UsageError: if no commit has that id.
        """
        seq = self._seq_of(manifest_id)
        if seq not in self._known:
            while len(self._known) >= MANIFESTS_KEPT:
                del self._known[next(iter(self._known))]
            self._known[seq] = self._manifest_at(seq)
        return self._known[seq]

    def _manifest_at(self, seq: int) -> Manifest:
        """What the first `seq` commits made visible; commits never change, so this may be kept."""
        rows = self._records.query(
            "SELECT p.table_name, p.part, p.path, p.sha256, p.rows, p.size, p.content FROM lake_partitions p JOIN "
            "(SELECT table_name, part, MAX(seq) AS seq FROM lake_partitions WHERE seq <= :seq "
            "GROUP BY table_name, part) l "
            "ON p.table_name = l.table_name AND p.part = l.part AND p.seq = l.seq ORDER BY p.table_name, p.part",
            {"seq": seq},
        )
        found = [Partition(*row) for row in rows]  # type: ignore[arg-type]
        return Manifest({(item.table, item.part): item for item in found})

    def _seq_of(self, manifest_id: str | None) -> int:
        if manifest_id is None:
            query = "SELECT COALESCE(MAX(seq), 0) FROM lake_commits WHERE seq <= :last"
            ((newest,),) = self._records.query(query, {"last": self._last})
            return int(str(newest))
        if manifest_id in self._seqs:
            return self._seqs[manifest_id]
        if manifest_id == Manifest({}).id:
            return 0
        found = self._records.query(
            "SELECT manifest, MIN(seq) FROM lake_commits WHERE substr(manifest, 1, :length) = :id "
            "AND seq <= :last GROUP BY manifest",
            {"length": len(manifest_id), "id": manifest_id, "last": self._last},
        )
        if len(found) != 1:
            message = f"expected the id of one lake commit, found {len(found)} commits for {manifest_id!r}"
            raise UsageError(message, where="--manifest")
        seq = int(str(found[0][1]))
        if manifest_id == found[0][0]:  # the first commit of a whole id stays the first
            self._seqs[manifest_id] = seq
        return seq

    def commit_of(self, manifest_id: str) -> int:
        """Number of the first commit that made the lake what a manifest says; later commits have higher ones."""
        return self._seq_of(manifest_id)

    def last_changes(self) -> dict[tuple[str, str], int]:
        """`(table, part)` to the number of the commit that wrote it last."""
        query = "SELECT table_name, part, MAX(seq) FROM lake_partitions WHERE seq <= :last GROUP BY table_name, part"
        found = self._records.query(query, {"last": self._last})
        return {(str(table), str(part)): int(str(seq)) for table, part, seq in found}

    def arrivals(self) -> dict[str, int]:
        """Sources by id to their place in the order in which they were taken in."""
        query = "SELECT source_id FROM lake_sources WHERE seq <= :last ORDER BY seq, source_id, reading"
        found = self._records.query(query, {"last": self._last})
        return {str(source_id): place for place, (source_id,) in enumerate(found)}

    def days(self, table: str, manifest: str | None = None) -> list[date]:
        """Trading days that hold rows of the table, in order."""
        return [date.fromisoformat(part) for part in self.manifest(manifest).parts(table) if part != WHOLE]

    def rows_held(self, table: str, days: Sequence[date], manifest: str | None = None) -> int:
        """How many rows of the table these trading days hold, as the commits say; no file is opened."""
        return sum(item.rows for item in self._partitions(table, days, manifest))

    def files(self, table: str, day: date | None = None, manifest: str | None = None) -> list[Path]:
        """Absolute paths of the files that hold the table, or one day of it."""
        return [self._root / item.path for item in self._partitions(table, None if day is None else [day], manifest)]

    def symbol_ranges(self, table: str, day: date, manifest: str | None = None) -> dict[str, SymbolRange]:
        """Where each symbol's rows lie in the day's one file of `quotes` or `trades`; empty if there is no file."""
        ranges: dict[str, SymbolRange] = {}
        for path in self.files(table, day, manifest):
            index = json.loads(pl.read_parquet_metadata(path).get(SYMBOL_INDEX, "{}"))
            ranges.update({symbol: SymbolRange(*row) for symbol, row in index.items()})
        return ranges

    def read(
        self,
        table: str,
        days: Sequence[date] | None = None,
        columns: Sequence[str] | None = None,
        symbols: Sequence[str] | None = None,
        manifest: str | None = None,
    ) -> pl.DataFrame:
        """Rows of a table in canonical order within each day; see `scan`."""
        return self.scan(table, days, columns, symbols, manifest).collect()

    def scan(
        self,
        table: str,
        days: Sequence[date] | None = None,
        columns: Sequence[str] | None = None,
        symbols: Sequence[str] | None = None,
        manifest: str | None = None,
    ) -> pl.LazyFrame:
        """Lazy frame over a table.

        Args:
            table: canonical table name.
            days: trading days; all if omitted. Ignored for reference tables.
            columns: columns to read; all if omitted.
            symbols: only these symbols.
            manifest: as known at this commit; the newest if omitted.

        Returns:
            Rows day by day; a canonical table that the lake does not hold is a frame of no rows.
        """
        partitions = self._partitions(table, days, manifest)
        if not partitions:
            return _empty(table).select(columns if columns is not None else pl.all())
        schema = TABLES[table].dtypes if table in TABLES else None  # files may be older than a column
        paths = [self._root / item.path for item in partitions]
        frame = pl.scan_parquet(paths, schema=schema, missing_columns="insert")
        if symbols is not None:
            frame = frame.filter(pl.col("symbol").is_in(list(symbols)))
        return frame.select(columns) if columns is not None else frame

    def read_partition(self, partition: Partition, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Rows of one partition, committed or not."""
        return pl.read_parquet(self._root / partition.path, columns=None if columns is None else list(columns))

    def read_rows(
        self, partition: Partition, start: int, rows: int, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        """Some consecutive rows of one partition, committed or not; no more than those row groups are in memory."""
        frame = self.scan_partition(partition).slice(start, rows)
        return (frame if columns is None else frame.select(columns)).collect()

    def scan_partition(self, partition: Partition) -> pl.LazyFrame:
        """Lazy frame over one partition, committed or not."""
        return pl.scan_parquet(self._root / partition.path, glob=False)

    def _partitions(self, table: str, days: Sequence[date] | None, manifest: str | None) -> list[Partition]:
        held = self.manifest(manifest).partitions
        wanted = None if days is None else {day.isoformat() for day in days} | {WHOLE}
        if wanted is None:
            return [partition for (name, _), partition in sorted(held.items()) if name == table]
        return [held[table, part] for part in sorted(wanted) if (table, part) in held]

    def stamp(self, manifest: str | None = None) -> str:
        """Sizes and times of a manifest's files, as one word.

        What is kept of an answer is named by it too: of a file that was altered, and put back as it was, nothing stays.
        """
        told: list[object] = []
        for key, item in sorted(self.manifest(manifest).partitions.items()):
            with contextlib.suppress(OSError):
                found = (self._root / item.path).stat()
                told.append((key, found.st_size, found.st_mtime_ns))
        return hashlib.sha256(repr(told).encode()).hexdigest()

    def verify(self, manifest: str | None = None) -> list[Partition]:
        """Partitions whose file is missing or no longer has its recorded hash."""
        held = self.manifest(manifest).partitions.values()
        return [item for item in held if not self._is_intact(item)]

    def _is_intact(self, partition: Partition) -> bool:
        path = self._root / partition.path
        return path.exists() and sha256_of(path) == partition.sha256

    # -- writing ---------------------------------------------------------------------------------------------------

    def write_if_changed(self, table: str, part: str, frame: pl.DataFrame, held: Partition | None) -> Partition | None:
        """Write rows unless the part in force says the same; nothing and no rows are the same."""
        if held is None:
            return None if frame.is_empty() else self.write(table, part, frame)
        content = content_hash(frame, content_names(frame.columns, table))
        return None if held.content == content else self.write(table, part, frame, content)

    def write(self, table: str, part: str, frame: pl.DataFrame, content: str = "") -> Partition:
        """Write rows; see `write_frames`."""
        written = self.write_frames(table, part, [coded(frame)], content=content)
        assert written is not None  # noqa: S101  # there is no part in force to be the same as
        return written

    def write_frames(
        self, table: str, part: str, frames: Iterable[pl.DataFrame], held: Partition | None = None, content: str = ""
    ) -> Partition | None:
        """Write rows, already in canonical order, as one durable file that no manifest names yet.

        Args:
            table: canonical table.
            part: trading day, `all`, or source.
            frames: the rows, one frame after the other; at least one frame.
            held: the part in force, if being the same is worth knowing.
            content: content hash of the rows, if it is known already.

        Returns:
            The partition to commit, or `None` if the part in force says the same.

        Raises:
            LedgerBrokenError: if the bytes read back are not the bytes that were written.
        """
        folder = self._root / table / part
        folder.mkdir(parents=True, exist_ok=True)
        temporary = folder / f".writing-{os.getpid()}.parquet"
        with removed_after(temporary):
            told = write_file(temporary, table, frames, content)
            content = told.content()
            if held is not None and held.content == content:
                return None
            sha256, size = sha256_of(temporary), temporary.stat().st_size
            final = folder / f"{sha256}.parquet"
            publish(temporary, final)
        if sha256_of(final) != sha256:
            message = f"expected {final.name} to read back as written: the disk or its driver is at fault"
            raise LedgerBrokenError(message, where=str(final))
        path = final.relative_to(self._root).as_posix()
        return Partition(table=table, part=part, path=path, sha256=sha256, rows=told.rows, size=size, content=content)


def _empty(table: str) -> pl.LazyFrame:
    return TABLES[table].empty().lazy() if table in TABLES else pl.LazyFrame()
