"""Take files in: raw bytes, parse, split, merge, commit."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.intake.delivery import Delivery, deliver
from routeproof.app.intake.evidence_check import plausible
from routeproof.app.intake.fold_fix import fix_sources, fold_changed
from routeproof.app.intake.lake_merge import merge_deliveries
from routeproof.app.intake.shelf import Shelf, Shelved
from routeproof.app.intake.tape_shares import kept_shares
from routeproof.app.policy_in_force import policy_in_force
from routeproof.ledger.canonical import canonical_bytes
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.sources.fix.sequences import FIX_SEQUENCES, sequence_ranges
from routeproof.sources.map_file import FileMap, load_map
from routeproof.sources.registry import SOURCES
from routeproof.sources.sandbox import Job, read_in_child
from routeproof.sources.source import ReadContext
from routeproof.stores.commits import SourceOutcome, commit, source_outcomes
from routeproof.stores.manifest import Manifest
from routeproof.tables.registry import TABLES
from routeproof.vocab.errors import MapError, UsageError

INLINE = {"executions": ("parent_orders", "order_versions"), "parent_orders": ("order_versions",)}
"""Tables whose rows may stand inline in a file of another table."""

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    import polars as pl

    from routeproof.app.context import Context
    from routeproof.policy.book import PolicyBook
    from routeproof.policy.thresholds import IntakeLimits
    from routeproof.sources.source import Source, SourceResult
    from routeproof.stores.manifest import Partition
    from routeproof.stores.raw import RawFile

BATCH_BYTES = 160_000_000
"""Unpacked bytes of one commit of tables that are merged in memory; about two million executions."""

SERIES_BATCH_BYTES = 2_000_000_000
"""The same of quotes and trades, which are merged from disk; scratch takes about as much."""

PACKED_WEIGHT = 8
"""How much larger delimited text is once unpacked."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did.

    Attributes:
        received: input rows that claimed to be data.
        accepted: rows taken in or already known.
        rejected: reason to count.
        noise: lines that never claimed to be data.
        already_known: accepted rows that added nothing.
        manifest: the lake after it.
        refused: file name to the reason why the whole file is no evidence, or is damaged.
        files: per file, its outcome.
        reject_share_limit: share of rejects that the policy in force on the last day of the data allows.
    """

    received: int
    accepted: int
    rejected: dict[str, int]
    noise: int
    already_known: int
    manifest: str
    refused: dict[str, str] = field(default_factory=dict)
    files: list[dict[str, object]] = field(default_factory=list)
    reject_share_limit: float = 0.0

    @property
    def is_taken(self) -> bool:
        """Something was accepted, no file was refused, and rejects are within the limit."""
        share = sum(self.rejected.values()) / self.received if self.received else 1.0
        return self.accepted > 0 and share <= self.reject_share_limit and not self.refused


@dataclass(frozen=True, slots=True)
class _Delivered:
    """What is known of all files of one ingest.

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
        """What later deliveries are read under too."""
        return self.file_map.sections if self.file_map is not None and not self.source.in_child else {}


def ingest(
    context: Context,
    source_name: str,
    paths: Sequence[Path],
    *,
    map_path: Path | None = None,
    provider_id: str = "",
    on_done: Callable[[str], None] = lambda _: None,
    on_rows: Callable[[str, int], None] = lambda *_: None,
) -> IngestReport:
    """Take files in through a source; doing it again changes nothing.

    Args:
        context: stores and actor.
        source_name: registered source.
        paths: files.
        map_path: TOML map, where the source needs one.
        provider_id: provider that the files speak of.
        on_done: told the name of each file that has been read.
        on_rows: told `read` or `merged` and how many rows have been since the last time.

    Raises:
        UsageError: for an unknown source, a missing map, an unreadable path.
        MapError: if the map does not fit a file; nothing but the raw bytes is kept then.
    """
    if source_name not in SOURCES:
        message = f"expected a source ({', '.join(SOURCES)}), found {source_name!r}"
        raise UsageError(message, where="SOURCE")
    source = SOURCES[source_name]
    if source.needs_map and map_path is None:
        message = f"expected --map FILE.toml: a {source_name} file does not say what its columns mean"
        raise MapError(message, where="--map")
    file_map = load_map(map_path) if map_path is not None else None
    raw_files = [context.raw.keep(path) for path in paths]
    reading = _reading(source_name, file_map, provider_id)
    in_force = {(item.source_id, item.outcome["table"]): item for item in source_outcomes(context.records)}
    seen = {item.source_id: item for item in in_force.values() if item.reading == reading}
    fresh = list({item.sha256: item for item in raw_files if item.source_id not in seen}.values())
    for item in raw_files:
        if item.source_id in seen:
            on_done(item.name)
    outcomes: dict[str, dict[str, object]] = {}
    delivered = _Delivered(source_name, file_map, provider_id, reading, on_done, on_rows)
    for batch in batches(fresh, SERIES_BATCH_BYTES if delivered.is_series else BATCH_BYTES):
        outcomes |= _take_in(context, delivered, batch)
    known = {source_id: dict(item.outcome) for source_id, item in seen.items()}
    book = policy_in_force(context.records).whole.book
    return _report([{**known, **outcomes}[item.source_id] for item in raw_files], context.lake.manifest().id, book)


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


def _reading(source_name: str, file_map: FileMap | None, provider_id: str) -> str:
    meaning = {"source": source_name, "map": file_map.digest if file_map else "", "provider": provider_id}
    return hashlib.sha256(canonical_bytes(meaning)).hexdigest()[:16]


def _take_in(context: Context, delivered: _Delivered, files: Sequence[RawFile]) -> dict[str, dict[str, object]]:
    _clear_leftovers(context.workspace.scratch_folder)
    scratch = context.workspace.scratch_folder / f"{os.getpid()}-{context.actor.session}-{files[0].source_id}"
    scratch.mkdir(parents=True)
    name, provider_id = delivered.source_name, delivered.provider_id
    jobs = [
        Job(item.path, ReadContext(item.name, item.source_id, context.workspace.firm_id, provider_id)) for item in files
    ]
    try:
        results = _read(delivered, jobs, scratch)
        with context.workspace.lake_lock():
            deliveries = [
                plausible(context.lake, deliver(name, item, provider_id, pieces, delivered.sections, messages))
                for item, (pieces, messages) in zip(files, results, strict=True)
            ]
            results.clear()  # nothing but the deliveries holds the rows now
            return _commit(context, deliveries, delivered, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _clear_leftovers(folder: Path) -> None:
    """Results of runs that were killed; those of runs that live stay."""
    for left in folder.glob("*-*-*"):
        try:
            os.kill(int(left.name.split("-")[0]), 0)
        except (ProcessLookupError, ValueError):
            shutil.rmtree(left, ignore_errors=True)
        except PermissionError:
            continue  # somebody else's run


def _read(delivered: _Delivered, jobs: Sequence[Job], scratch: Path) -> list[tuple[list[SourceResult], list[Shelved]]]:
    """Pieces per file, in a child where the parser is not ours; messages of FIX logs do not pile up in memory."""
    if delivered.source.in_child:
        read = read_in_child(
            delivered.source_name,
            jobs,
            delivered.file_map,
            scratch,
            on_done=lambda job: delivered.on_done(job.context.file),
            on_rows=lambda rows: delivered.on_rows("read", rows),
        )
        return [(pieces, []) for pieces in read]
    shelf = Shelf(scratch / "read", "piece")
    results = []
    for job in jobs:
        pieces, messages = [], []
        for piece in delivered.source.read(job.path, delivered.file_map, job.context):
            delivered.on_rows("read", piece.received)
            told = piece.tables[FIX_MESSAGES.name]
            messages.append(shelf.set_down(told))
            tables = {FIX_MESSAGES.name: FIX_MESSAGES.empty(), FIX_SEQUENCES.name: sequence_ranges(told)}
            pieces.append(replace(piece, tables=tables))
        results.append((pieces, messages))
        delivered.on_done(job.context.file)
    return results


def _commit(
    context: Context, deliveries: Sequence[Delivery], delivered: _Delivered, scratch: Path
) -> dict[str, dict[str, object]]:
    committed = source_outcomes(context.records)
    earlier: dict[str, Any] = {item.source_id: item.outcome for item in committed}
    logs = frozenset(item.source_id for item in deliveries if item.main == FIX_MESSAGES.name)
    fresh: dict[str, pl.DataFrame] = {}
    changed = merge_deliveries(
        context.lake,
        deliveries,
        _withdrawn(deliveries, committed),
        scratch,
        lambda rows: delivered.on_rows("merged", rows),
        fresh,
    )
    for item in deliveries:
        item.tables, item.messages = {}, ()  # they are in the lake, and large
        if item.source_id in logs and item.source_id in earlier:
            item.known.clear()  # the messages that were known came from this very file
    changed += _folded(context, deliveries, changed, earlier, fresh, scratch) if logs else []
    changed += kept_shares(context.lake, changed)
    outcomes = {item.source_id: item.outcome() for item in deliveries}
    commit(
        context.workspace.lake_folder,
        context.lake,
        context.records,
        changed,
        [SourceOutcome(source_id, delivered.reading, outcome) for source_id, outcome in outcomes.items()],
        context.actor,
    )
    return outcomes


def _withdrawn(deliveries: Sequence[Delivery], committed: Sequence[SourceOutcome]) -> dict[str, frozenset[str]]:
    """Table to the sources whose rows there are read again, under another map of the same table.

    A file that gives two tables under two maps is not a file that was read wrongly: neither map withdraws the other's.
    """
    read_as: dict[str, set[str]] = {}
    for outcome in committed:
        read_as.setdefault(outcome.source_id, set()).add(str(outcome.outcome["table"]))
    found: dict[str, set[str]] = {}
    for item in deliveries:
        before = read_as.get(item.source_id, set())
        if item.main in before and item.main != FIX_MESSAGES.name:
            for table in {item.main, *INLINE.get(item.main, ())} - (before - {item.main}):
                found.setdefault(table, set()).add(item.source_id)
    return {table: frozenset(sources) for table, sources in found.items()}


def _folded(
    context: Context,
    deliveries: Sequence[Delivery],
    changed: Sequence[Partition],
    earlier: Mapping[str, Any],
    fresh: dict[str, pl.DataFrame],
    scratch: Path,
) -> list[Partition]:
    """Canonical parts derived from FIX messages: of days whose messages changed, of all days if the map did."""
    before = fix_sources(earlier)
    after = fix_sources({**earlier, **{item.source_id: item.outcome() for item in deliveries}})
    view = Manifest({**context.lake.manifest().partitions, **{(item.table, item.part): item for item in changed}})
    days = [item.part for item in changed if item.table == FIX_MESSAGES.name]
    if any(after[source_id] != item for source_id, item in before.items()):
        days = view.parts(FIX_MESSAGES.name)
    if not days:
        return []
    return fold_changed(context.lake, view, days, after, context.workspace.firm_id, scratch, fresh)


def _report(outcomes: Sequence[dict[str, object]], manifest: str, book: PolicyBook) -> IngestReport:
    rejected: dict[str, int] = {}
    for outcome in outcomes:
        for reason, count in dict(outcome["rejected"]).items():  # type: ignore[call-overload]
            rejected[reason] = rejected.get(reason, 0) + count

    def total(name: str) -> int:
        return sum(int(str(outcome[name])) for outcome in outcomes)

    return IngestReport(
        received=total("received"),
        accepted=total("accepted"),
        rejected=dict(sorted(rejected.items())),
        noise=total("noise"),
        already_known=total("already_known"),
        manifest=manifest,
        refused={str(outcome["file"]): str(outcome["refused"]) for outcome in outcomes if outcome["refused"]},
        files=list(outcomes),
        reject_share_limit=_limits(outcomes, book).reject_share,
    )


def _limits(outcomes: Sequence[Mapping[str, Any]], book: PolicyBook) -> IntakeLimits:
    """Policy in force on the last day that the files speak of; the first one if they name no day."""
    days = [date.fromisoformat(day["day"]) for outcome in outcomes for day in outcome["days"] if day["day"]]
    return book.intake.on_or_first(max(days, default=date.min)).value
