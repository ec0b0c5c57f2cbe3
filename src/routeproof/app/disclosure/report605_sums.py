"""A month's orders and fills added up for Rule 605: day by day, by runs of symbols, so that little is held at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.day_walk import concerns, day_tables, long_lived_of, symbols_of, walked_days
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.metrics.measure import Grouping, Partials, collect, merge
from routeproof.metrics.rule605.additive import KEYS, of_fills, of_versions
from routeproof.metrics.rule605.judged import judged
from routeproof.stores.quote_reader import Buffers
from routeproof.tables.day_measurement import Carry
from routeproof.tables.day_pieces import can_divide, carry_of, joined_carry, tables_of
from routeproof.tables.switches import Switches
from routeproof.tables.version_day import Readings, VersionDay, measure_version_day, with_route_cancels

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from routeproof.app.measuring.day_walk import DaySource
    from routeproof.metrics.metric import Metric
    from routeproof.metrics.rule605.judged import Judged, Reporter
    from routeproof.policy.report605 import Reporting605
    from routeproof.tables.day_measurement import DayRules, DayTables
    from routeproof.tables.quote_book import QuoteBook


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
            crossed=self.reporting.value("crossed") == "include", off_exchange=tuple(prints["off_exchange"])
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
        has_tape: whether any print was there.
    """

    rows: pl.DataFrame
    metrics: dict[str, Metric]
    reasons: dict[str, dict[str, int]]
    stray_fills: int
    other_fills: int
    fills_seen: int
    has_tape: bool


@dataclass(slots=True)
class _Found:
    versions: list[Partials] = field(default_factory=list)
    fills: list[Partials] = field(default_factory=list)
    reasons: list[pl.DataFrame] = field(default_factory=list)
    stray: int = 0
    other: int = 0
    seen: int = 0
    has_tape: bool = False


def month_sums(source: DaySource, all_days: Sequence[date], month: Month605) -> Sums605:
    """Everything that the reports of a month are made of.

    Args:
        source: canonical rows and quotes.
        all_days: days that the source has flow on.
        month: what is asked.
    """
    orders, fills = Grouping(KEYS, of_versions()), Grouping(KEYS, of_fills(month.reporting))
    found = _Found()
    for piece in _pieces(source, all_days, month, found):
        item: Judged = judged(piece, month.days, month.reporting, month.reporter)
        found.versions.append(collect(item.versions, orders, "orders"))
        found.fills.append(collect(item.fills, fills, "executions"))
        found.reasons.append(item.reasons)
        found.stray += item.stray_fills
        found.seen += piece.fills.height
        found.other += piece.fills.height - item.stray_fills - int(item.reasons["fills"].sum())
    metrics = {metric.name: metric for metric in (*orders.metrics, *fills.metrics)}
    return Sums605(
        _joined(found), metrics, _reasons(found.reasons), found.stray, found.other, found.seen, found.has_tape
    )


def _joined(found: _Found) -> pl.DataFrame:
    if not found.versions:
        return pl.DataFrame(schema=dict.fromkeys(KEYS, pl.String()) | {"order_size": pl.Int64()})
    orders, fills = merge(found.versions, KEYS).sums, merge(found.fills, KEYS).sums
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


def _pieces(source: DaySource, all_days: Sequence[date], month: Month605, found: _Found) -> Iterator[VersionDay]:
    """Versions and fills that are complete, day by day; orders that outlive their day come last."""
    first, last = month.days
    wanted, lasting = [day for day in all_days if first <= day <= last], long_lived_of(source)
    switches, readings = month.switches(), month.readings()
    carry: VersionDay | None = None
    for day in walked_days(source, wanted, lasting):
        opened = Carry() if carry is None else Carry(versions=carry.versions)
        if day not in wanted and not concerns(day, lasting, opened, month.rules):
            continue
        tables = with_route_cancels(_of_provider(day_tables(source, day, lasting), month.provider))
        found.has_tape = found.has_tape or not tables.trades.is_empty()
        carried: list[VersionDay] = []
        for run, book in _runs(source, tables, opened):
            piece = tables if run is None else tables_of(tables, run)
            held = carry if carry is None or run is None else carry_of(carry, run)
            done, left = measure_version_day(piece, book, month.rules, switches, readings, held)
            carried.append(left)
            yield done
        carry = joined_carry(carried) if carried else carry
    if carry is not None and carry.versions.height:
        yield carry


def _runs(source: DaySource, tables: DayTables, carry: Carry) -> Iterator[tuple[list[str] | None, QuoteBook]]:
    """Runs of symbols whose quotes may be held at once; one run of all where the source or the flow cannot be cut."""
    symbols = symbols_of(tables, carry)
    if not isinstance(source, LakeSource):
        yield None, source.book(tables.day, symbols)
        return
    quotes, buffers = source.quotes(tables.day), Buffers()
    listed = symbols.drop_nulls().to_list()
    runs = list(quotes.chunks(listed)) if can_divide(tables, carry) else []
    if not runs:
        yield None, quotes.book(listed, buffers)
    for run in runs:
        yield run, quotes.book(run, buffers)


def _of_provider(tables: DayTables, provider: str) -> DayTables:
    """Only a provider's orders and what serves them; everything where none is named."""
    if not provider:
        return tables
    terms = tables.terms.filter(pl.col("provider_id") == provider)
    fills = tables.executions.join(terms.select("order_id").unique(), on="order_id", how="semi")
    return replace(tables, terms=terms, executions=fills)
