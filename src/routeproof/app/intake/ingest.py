"""Take files in: raw bytes, parse, split, merge, commit."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from routeproof.app.intake.delivery import Delivery, deliver
from routeproof.app.intake.evidence.as_refused import as_refused
from routeproof.app.intake.evidence.contradicted import contradicted
from routeproof.app.intake.evidence.plausible import plausible
from routeproof.app.intake.fix_sources import fix_sources
from routeproof.app.intake.fold_fix import fold_changed
from routeproof.app.intake.heard_before import HeardBefore
from routeproof.app.intake.lake_merge import merge_deliveries
from routeproof.app.intake.reading import known_readings, manner_of, read_files, scratch_of, unread_batches
from routeproof.app.intake.tape_shares import kept_shares
from routeproof.app.policy_in_force import policy_in_force
from routeproof.sources.fix.messages import FIX_MESSAGES
from routeproof.stores.commits import SourceOutcome, commit, source_outcomes
from routeproof.stores.manifest import Manifest
from routeproof.tables.intake.plausibility import WRONG_PRICE_UNIT

INLINE = {"executions": ("parent_orders", "order_versions"), "parent_orders": ("order_versions",)}
"""Tables whose rows may stand inline in a file of another table."""

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from routeproof.app.context import Context
    from routeproof.app.intake.log_merge import FreshDay
    from routeproof.app.intake.reading import Manner, ReadFiles
    from routeproof.policy.book import PolicyBook
    from routeproof.policy.thresholds import IntakeLimits
    from routeproof.stores.manifest import Partition
    from routeproof.stores.raw import RawFile


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
        withdrawn: market files taken in earlier that are no evidence now, with the reason: the fills contradict them.
        taken_before: names of files whose very bytes were taken in so before; they change nothing.
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
    withdrawn: dict[str, str] = field(default_factory=dict)
    taken_before: tuple[str, ...] = ()
    files: list[dict[str, object]] = field(default_factory=list)
    reject_share_limit: float = 0.0

    @property
    def is_taken(self) -> bool:
        """Something was accepted, no file was refused, and rejects are within the limit."""
        share = sum(self.rejected.values()) / self.received if self.received else 1.0
        return self.accepted > 0 and share <= self.reject_share_limit and not self.refused


def ingest(
    context: Context,
    source_name: str,
    paths: Sequence[Path],
    *,
    map_path: Path | None = None,
    provider_id: str = "",
    judges_market: bool = True,
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
        judges_market: a FIX log's fills may show that quotes or trades that came before are in another unit.
        on_done: told the name of each file that has been read.
        on_rows: told `read` or `merged` and how many rows have been since the last time.

    Raises:
        UsageError: for an unknown source, a missing map, an unreadable path.
        MapError: if the map does not fit a file; nothing but the raw bytes is kept then.
    """
    manner = manner_of(source_name, map_path, provider_id, on_done, on_rows)
    known = frozenset(context.lake.days("executions"))
    report = take_in(context, manner, [context.raw.keep(path) for path in paths])
    if not judges_market or all(outcome["table"] != FIX_MESSAGES.name for outcome in report.files):
        return report
    return _without_contradicted(context, manner, report, frozenset(context.lake.days("executions")) - known)


def take_in(
    context: Context, manner: Manner, raw_files: Sequence[RawFile], ahead: ReadFiles | None = None
) -> IngestReport:
    """Read files that the raw store holds, and commit them; what was read ahead is used where it is what comes next.

    Raises:
        MapError: as `ingest`.
    """
    seen = known_readings(source_outcomes(context.records), manner)
    for item in raw_files:
        if item.source_id in seen:
            manner.on_done(item.name)
    outcomes: dict[str, dict[str, object]] = {}
    for batch in unread_batches(raw_files, seen, manner):
        read = ahead if ahead is not None and ahead.files == batch else read_files(context, manner, batch)
        with contextlib.closing(read):
            outcomes |= _committed(context, manner, read)
    known = {source_id: dict(item.outcome) for source_id, item in seen.items()}
    book = policy_in_force(context.records).whole.book
    report = _report([{**known, **outcomes}[item.source_id] for item in raw_files], context.lake.manifest().id, book)
    before = (item.name for item in raw_files if item.source_id in seen and not known[item.source_id]["refused"])
    return replace(report, taken_before=tuple(before))


def _without_contradicted(
    context: Context, manner: Manner, report: IngestReport, days: frozenset[date]
) -> IngestReport:
    """The report, after market files that the first fills of days contradict were refused as evidence."""
    found = list(contradicted(context.lake, days, source_outcomes(context.records))) if days else []
    for item, detail in found:
        refuse_taken(context, item, WRONG_PRICE_UNIT, detail, manner.on_rows)
    withdrawn = {str(item.outcome["file"]): detail for item, detail in found}
    return replace(report, withdrawn=withdrawn, manifest=context.lake.manifest().id)


def refuse_taken(
    context: Context,
    item: SourceOutcome,
    reason: str,
    detail: str,
    on_rows: Callable[[str, int], None] = lambda *_: None,
) -> None:
    """Refuse as evidence a file of quotes or trades that was taken in: its rows leave the lake and become rejects."""
    with context.writing_lake() as lake, scratch_of(context) as scratch:
        _commit(context, [as_refused(lake, item, reason, detail)], item.reading, on_rows, scratch)


def _committed(context: Context, manner: Manner, read: ReadFiles) -> dict[str, dict[str, object]]:
    with context.writing_lake() as lake:
        deliveries = [
            plausible(
                lake,
                deliver(manner.source_name, item, manner.provider_id, pieces, manner.sections, messages),
            )
            for item, (pieces, messages) in zip(read.files, read.results, strict=True)
        ]
        read.results.clear()  # nothing but the deliveries holds the rows now
        return _commit(context, deliveries, manner.reading, manner.on_rows, read.scratch)


def _commit(
    context: Context,
    deliveries: Sequence[Delivery],
    reading: str,
    on_rows: Callable[[str, int], None],
    scratch: Path,
) -> dict[str, dict[str, object]]:
    committed = source_outcomes(context.records)
    earlier: dict[str, Any] = {item.source_id: item.outcome for item in committed}
    logs = frozenset(item.source_id for item in deliveries if item.main == FIX_MESSAGES.name)
    fresh: dict[str, FreshDay] = {}
    changed = merge_deliveries(
        context.lake,
        deliveries,
        _withdrawn(deliveries, committed),
        _sequenced(committed),
        scratch,
        lambda rows: on_rows("merged", rows),
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
        [SourceOutcome(source_id, reading, outcome) for source_id, outcome in outcomes.items()],
        context.actor,
    )
    return outcomes


def _sequenced(committed: Sequence[SourceOutcome]) -> dict[tuple[str, str], bool]:
    """Table and source to whether its rows have sequence numbers of their own; outcomes of old do not tell."""
    told = ((str(item.outcome["table"]), item.source_id, item.outcome.get("is_sequenced")) for item in committed)
    return {(table, source_id): bool(is_own) for table, source_id, is_own in told if is_own is not None}


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
    fresh: dict[str, FreshDay],
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
    heard = HeardBefore(context.workspace.heard_folder, context.workspace.firm_id)
    return fold_changed(context.lake, view, days, after, heard, scratch, fresh)


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
