"""A month's orders and fills added up for Rule 605: day by day, by runs of symbols, so that little is held at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.day_walk import concerns, day_tables, long_lived_of, symbols_of, walked_days
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.metrics.measure import Grouping, collect
from routeproof.metrics.rule605.additive import KEYS, of_fills, of_versions
from routeproof.metrics.rule605.judged import judged
from routeproof.tables.measured.day import Carry
from routeproof.tables.measured.day_pieces import can_divide, carry_of, joined_carry, tables_of
from routeproof.tables.measured.version_day import Readings, VersionDay, measure_version_day, with_route_cancels
from routeproof.tables.switches import Switches

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.app.measuring.day_walk import DaySource
    from routeproof.metrics.metric import Metric
    from routeproof.metrics.rule605.judged import Reporter
    from routeproof.policy.report605 import Reporting605
    from routeproof.tables.lookup.quote_book import QuoteBook
    from routeproof.tables.measured.day import DayRules, DayTables

    _Left = tuple["_Piece", VersionDay]

WORKERS = 2
"""Runs of symbols that are measured at once; each holds its quotes and wide rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Month605:
    """What is to be added up.

    Attributes:
        days: first and last calendar day of the month.
        reporting: readings in force.
        reporter: whose report it is.
        rules: hours and round lots.
        provider: only orders given to this provider; all if empty.
    """

    days: tuple[date, date]
    reporting: Reporting605
    reporter: Reporter
    rules: DayRules
    provider: str = ""

    def switches(self) -> Switches:
        """How the market is looked up for 605."""
        value = self.reporting.value
        return Switches(locked=value("locked"), after_close=value("after_close"))

    def readings(self) -> Readings:
        """Which quotes and prints count."""
        prints = self.reporting.value("regular_prints")
        return Readings(
            crossed=self.reporting.value("crossed") == "include",
            event_quote=self.reporting.value("clock_quote") == "of_the_event",
            off_exchange=tuple(prints["off_exchange"]),
        )


@dataclass(frozen=True, slots=True)
class Sums605:
    """Exact sums of a month.

    Attributes:
        rows: one row per `KEYS` with the sums of orders and fills by name.
        metrics: by name, what the sums are of.
        reasons: reason ("" = covered) -> versions, orders, fills.
        stray_fills: fills that name no known order.
        other_fills: fills of orders of other months.
        fills_seen: standing fills of the walked days.
        overfilled: covered versions with more shares executed than they had.
        has_tape: whether any print was there.
    """

    rows: pl.DataFrame
    metrics: dict[str, Metric]
    reasons: dict[str, dict[str, int]]
    stray_fills: int
    other_fills: int
    fills_seen: int
    overfilled: int
    has_tape: bool


@dataclass(frozen=True, slots=True)
class _Piece:
    """What some symbols of a day add."""

    day: date
    versions: pl.DataFrame
    fills: pl.DataFrame
    reasons: pl.DataFrame
    stray: int
    seen: int
    overfilled: int


@dataclass(slots=True)
class _Found:
    pieces: list[_Piece] = field(default_factory=list)
    has_tape: bool = False


def month_sums(source: DaySource, all_days: Sequence[date], month: Month605) -> Sums605:
    """Everything that the reports of a month are made of.

    Args:
        source: canonical rows and quotes.
        all_days: days that the source has flow on.
        month: what is asked.
    """
    found = _Found()
    _walk(source, all_days, month, found)
    counts = ("seen", "stray", "overfilled")
    seen, stray, overfilled = (sum(getattr(piece, name) for piece in found.pieces) for name in counts)
    reasons = _reasons([piece.reasons for piece in found.pieces])
    other = seen - stray - sum(item["fills"] for item in reasons.values())
    metrics = {metric.name: metric for metric in (*of_versions(), *of_fills(month.reporting))}
    return Sums605(_joined(found.pieces), metrics, reasons, stray, other, seen, overfilled, found.has_tape)


def daily_sums(source: DaySource, all_days: Sequence[date], month: Month605) -> pl.DataFrame:
    """The same sums by the day on which the orders were done with: `day`, `KEYS`, sums by name."""
    found = _Found()
    _walk(source, all_days, month, found)
    days: dict[date, list[_Piece]] = {}
    for piece in found.pieces:
        days.setdefault(piece.day, []).append(piece)
    parts = [_joined(pieces).with_columns(pl.lit(day).alias("day")) for day, pieces in days.items()]
    return pl.concat(parts) if parts else _joined([]).with_columns(pl.lit(None, dtype=pl.Date()).alias("day"))


def _joined(pieces: Sequence[_Piece]) -> pl.DataFrame:
    if not pieces:
        return pl.DataFrame(schema=dict.fromkeys(KEYS, pl.String()) | {"order_size": pl.Int64()})
    orders, fills = (
        pl.concat(part).group_by(KEYS).agg(pl.exclude(KEYS).sum())
        for part in ([piece.versions for piece in pieces], [piece.fills for piece in pieces])
    )
    return orders.join(fills, on=KEYS, how="left")


def _reasons(parts: Sequence[pl.DataFrame]) -> dict[str, dict[str, int]]:
    if not parts:
        return {}
    added = pl.concat(parts).group_by("reason").agg(pl.exclude("reason").sum()).sort("reason", nulls_last=False)
    return {
        row["reason"] or "": {name: int(row[name]) for name in ("versions", "orders", "fills")}
        for row in added.iter_rows(named=True)
        if row["versions"]
    }


def _added_up(day: VersionDay, month: Month605, on: date) -> _Piece:
    """The exact sums of complete versions and their fills, and why the others are not counted."""
    item = judged(day, month.days, month.reporting, month.reporter)
    by = Grouping(("group",), of_versions()), Grouping(("group",), of_fills(month.reporting))
    sums = collect(item.versions, by[0], "orders").sums, collect(item.fills, by[1], "executions").sums
    keyed = [item.groups.join(part, on="group", how="inner").drop("group") for part in sums]
    return _Piece(on, keyed[0], keyed[1], item.reasons, item.stray_fills, day.fills.height, item.overfilled)


def _walk(source: DaySource, all_days: Sequence[date], month: Month605, found: _Found) -> None:
    """Day by day, a few runs of symbols at a time; orders that outlive their day are added up last."""
    first, last = month.days
    wanted, lasting = [day for day in all_days if first <= day <= last], long_lived_of(source)
    switches, readings = month.switches(), month.readings()
    carry: VersionDay | None = None

    def read(day: date) -> DayTables:
        return with_route_cancels(_of_provider(day_tables(source, day, lasting), month.provider))

    with ThreadPoolExecutor(WORKERS) as pool, ThreadPoolExecutor(1) as ahead:
        reading, after = {day: ahead.submit(read, day) for day in wanted[:1]}, dict(pairwise(wanted))
        for day in walked_days(source, wanted, lasting):
            opened = Carry() if carry is None else Carry(versions=carry.versions)
            if day not in wanted and not concerns(day, lasting, opened, month.rules):
                continue
            tables = reading.pop(day).result() if day in reading else read(day)
            if day in after:
                reading[after[day]] = ahead.submit(read, after[day])
            found.has_tape = found.has_tape or not tables.trades.is_empty()

            def measured(run: list[str] | None, tables: DayTables = tables, carry: VersionDay | None = carry) -> _Left:
                piece = tables if run is None else tables_of(tables, run)
                held = carry if carry is None or run is None else carry_of(carry, run)
                book = _book(source, tables.day, run, piece)
                done, left = measure_version_day(piece, book, month.rules, switches, readings, held)
                return _added_up(done, month, tables.day), left

            results = list(pool.map(measured, _runs(source, tables, opened)))
            found.pieces += [piece for piece, _ in results]
            carry = joined_carry([left for _, left in results])
    if carry is not None and carry.versions.height:
        found.pieces.append(_added_up(carry.placed_anew(), month, last))


def _runs(source: DaySource, tables: DayTables, carry: Carry) -> list[list[str] | None]:
    """Runs of symbols whose quotes may be held at once; one run of all where the source or the flow cannot be cut."""
    if not isinstance(source, LakeSource) or not can_divide(tables, carry):
        return [None]
    return list(source.quotes(tables.day).chunks(symbols_of(tables, carry).drop_nulls().to_list())) or [None]


def _book(source: DaySource, day: date, run: list[str] | None, tables: DayTables) -> QuoteBook:
    symbols = symbols_of(tables, Carry()) if run is None else pl.Series(run)
    return source.book(day, symbols)


def _of_provider(tables: DayTables, provider: str) -> DayTables:
    """Only a provider's orders and what serves them; everything where none is named."""
    if not provider:
        return tables
    terms = tables.terms.filter(pl.col("provider_id") == provider)
    fills = tables.executions.join(terms.select("order_id").unique(), on="order_id", how="semi")
    return replace(tables, terms=terms, executions=fills)
