"""Reading files of an ingest: kept bytes to rows in memory and on scratch disk, before the lake is asked anything."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from routeproof.app.intake.shelf import Shelf, Shelved
from routeproof.app.one_ahead import one_ahead
from routeproof.ledger.canonical import canonical_bytes
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.sequences import FIX_SEQUENCES, sequence_ranges
from routeproof.sources.map_file import FileMap, load_map
from routeproof.sources.registry import SOURCES
from routeproof.sources.sandbox import Job, read_in_child
from routeproof.sources.source import ReadContext
from routeproof.tables.intake.plausibility import WITHDRAWN, WRONG_PRICE_UNIT
from routeproof.tables.registry import TABLES
from routeproof.vocab.errors import MapError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.sources.source import Source, SourceResult
    from routeproof.stores.commits import SourceOutcome
    from routeproof.stores.raw import RawFile

BATCH_BYTES = 160_000_000
"""Unpacked bytes of one commit of tables that are merged in memory; about two million executions."""

SERIES_BATCH_BYTES = 2_000_000_000
"""The same of quotes and trades, which are merged from disk; scratch takes about as much."""

JUDGED_AGAIN = (f"{WRONG_PRICE_UNIT}:", f"{WITHDRAWN}:")
"""How reasons begin for which a file was refused that may be evidence when it is taken in again."""

PACKED_WEIGHT = 8
"""How much larger delimited text is once unpacked."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How all files of one ingest are read.

    Attributes:
        source_name: registered source.
        file_map: the map, where there is one.
        provider_id: provider that they speak of.
        reading: hash of the three.
        on_done: told the name of each file that has been read.
        on_rows: told `read` or `merged` and a number of rows.
    """

    source_name: str
    file_map: FileMap | None
    provider_id: str
    reading: str
    on_done: Callable[[str], None]
    on_rows: Callable[[str, int], None]

    @property
    def source(self) -> Source:
        """The registered source."""
        return SOURCES[self.source_name]

    @property
    def is_series(self) -> bool:
        """The rows are quotes or trades, by the map or by a format that has no other."""
        named = self.file_map.table if self.file_map is not None else ""
        return TABLES[named].is_series if named else self.source.in_child

    @property
    def sections(self) -> Mapping[str, object]:
        """What later deliveries are read under too; of maps of tables, what they declare of clocks."""
        if self.file_map is None:
            return {}
        of_rows = ("clock",) if self.source.in_child else self.file_map.sections
        return {name: self.file_map.sections[name] for name in of_rows if name in self.file_map.sections}


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """Files that were read.

    Attributes:
        files: which.
        results: pieces of each, and the messages of FIX logs.
        scratch: folder of what is not in memory.
    """

    files: list[RawFile]
    results: list[tuple[list[SourceResult], list[Shelved]]]
    scratch: Path

    def close(self) -> None:
        """Forget them."""
        self.results.clear()
        shutil.rmtree(self.scratch, ignore_errors=True)


def manner_of(
    source_name: str,
    map_path: Path | None,
    provider_id: str,
    on_done: Callable[[str], None] = lambda _: None,
    on_rows: Callable[[str, int], None] = lambda *_: None,
) -> Manner:
    """How files of a source are read.

    Raises:
        UsageError: for an unknown source.
        MapError: for a map that is missing or is none.
    """
    if source_name not in SOURCES:
        message = f"expected a source ({', '.join(SOURCES)}), found {source_name!r}"
        raise UsageError(message, where="SOURCE")
    source = SOURCES[source_name]
    if source.needs_map and map_path is None:
        message = f"expected --map FILE.toml: a {source_name} file does not say what its columns mean"
        raise MapError(message, where="--map")
    file_map = load_map(map_path) if map_path is not None else None
    reading = _reading(source_name, file_map, provider_id)
    return Manner(source_name, file_map, provider_id, reading, on_done, on_rows)


def _reading(source_name: str, file_map: FileMap | None, provider_id: str) -> str:
    meaning = {"source": source_name, "map": file_map.digest if file_map else "", "provider": provider_id}
    return hashlib.sha256(canonical_bytes(meaning)).hexdigest()[:16]


def known_readings(committed: Sequence[SourceOutcome], manner: Manner) -> dict[str, SourceOutcome]:
    """Files whose last outcome is of this very reading, by source id.

    One that was withdrawn, or whose unit was refused, is not among them: what it was compared with may be gone since.
    """
    in_force = {(item.source_id, item.outcome["table"]): item for item in committed}
    return {
        item.source_id: item
        for item in in_force.values()
        if item.reading == manner.reading and not str(item.outcome["refused"]).startswith(JUDGED_AGAIN)
    }


def unread_batches(files: Sequence[RawFile], seen: Collection[str], manner: Manner) -> Iterator[list[RawFile]]:
    """Files that nobody has read so, each once, in order, cut so that the rows of one commit fit in memory."""
    fresh = list({item.sha256: item for item in files if item.source_id not in seen}.values())
    return batches(fresh, SERIES_BATCH_BYTES if manner.is_series else BATCH_BYTES)


def batches(files: Sequence[RawFile], limit: int = BATCH_BYTES) -> Iterator[list[RawFile]]:
    """Files in order, cut so that the rows of one commit fit in memory; a file larger than the limit stands alone."""
    batch: list[RawFile] = []
    size = 0
    for item in files:
        weight = item.size * (PACKED_WEIGHT if item.is_packed else 1)
        if batch and size + weight > limit:
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += weight
    if batch:
        yield batch


def read_files(context: Context, manner: Manner, files: list[RawFile]) -> ReadFiles:
    """Read files of one commit.

    Raises:
        MapError: if the map does not fit a file.
    """
    scratch = _new_scratch(context)
    firm_id, provider_id = context.workspace.firm_id, manner.provider_id
    jobs = [Job(item.path, ReadContext(item.name, item.source_id, firm_id, provider_id)) for item in files]
    try:
        return ReadFiles(files, _results(manner, jobs, scratch), scratch)
    except BaseException:
        shutil.rmtree(scratch, ignore_errors=True)
        raise


@contextlib.contextmanager
def scratch_of(context: Context) -> Iterator[Path]:
    """A folder for what does not fit in memory, for a while."""
    scratch = _new_scratch(context)
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _new_scratch(context: Context) -> Path:
    """A new folder; those of runs that were killed are removed."""
    folder = context.workspace.scratch_folder
    _clear_leftovers(folder)
    folder.mkdir(parents=True, exist_ok=True)
    return Path(mkdtemp(prefix=f"{os.getpid()}-{context.actor.session}-", dir=folder))


def _clear_leftovers(folder: Path) -> None:
    """Results of runs that were killed; those of runs that live stay."""
    for left in folder.glob("*-*-*"):
        try:
            os.kill(int(left.name.split("-")[0]), 0)
        except (ProcessLookupError, ValueError):
            shutil.rmtree(left, ignore_errors=True)
        except PermissionError:
            continue  # somebody else's run


def _results(manner: Manner, jobs: Sequence[Job], scratch: Path) -> list[tuple[list[SourceResult], list[Shelved]]]:
    """Pieces per file, in a child where the parser is not ours; messages of FIX logs do not pile up in memory."""
    if manner.source.in_child:
        read = read_in_child(
            manner.source_name,
            jobs,
            manner.file_map,
            scratch,
            on_done=lambda job: manner.on_done(job.context.file),
            on_rows=lambda rows: manner.on_rows("read", rows),
        )
        return [(pieces, []) for pieces in read]
    shelf = Shelf(scratch / "read", "piece")
    results = []
    for job in jobs:
        pieces, messages = [], []
        for piece in one_ahead(manner.source.read(job.path, manner.file_map, job.context)):
            manner.on_rows("read", piece.received)
            told = piece.tables[FIX_MESSAGES.name]
            messages.append(shelf.set_down(told))
            tables = {FIX_MESSAGES.name: FIX_MESSAGES.empty(), FIX_SEQUENCES.name: sequence_ranges(told)}
            pieces.append(replace(piece, tables=tables))
        results.append((pieces, messages))
        manner.on_done(job.context.file)
    return results
