"""Measured executions of a range of days, streamed by runs of symbols, for questions that need no more than fills."""

from __future__ import annotations

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.stores.quote_reader import Buffers
from routeproof.tables.day_measurement import DayRules, measured_terms
from routeproof.tables.fused_day import BENCHMARKS, COLUMNS, OF_FILL, Stretch, fused_executions
from routeproof.tables.measured import assign_versions
from routeproof.tables.session_clock import hours_frame
from routeproof.tables.standing_rows import standing_executions, terms_of_every_order, with_order_of_route
from routeproof.tables.version_terms import version_terms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from concurrent.futures import Future
    from datetime import date

    from routeproof.app.lake_source import LakeSource
    from routeproof.stores.quote_reader import DayQuotes
    from routeproof.tables.switches import Switches

WORKERS = 2
BATCH_ROWS = 400_000
_MEMORY = threading.local()
LINKING = ("order_id", "version", "route_id", "executed_at", "trading_day", "status")
ORDER_COLUMNS = (
    "order_id", "provider_id", "symbol", "side", "held", "directed", "multileg_id", "decided_at", "received_at",
    "refused", "trading_day",
)  # fmt: skip
VERSION_COLUMNS = (
    "order_id", "version", "effective_at", "event", "quantity", "order_type", "limit_price", "stop_price",
    "time_in_force", "instructions", "requested_by", "trading_day",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Day:
    """A day's flow: `fills` sorted by symbol and time with `version_row` into `terms`, sorted by symbol and clock."""

    day: date
    fills: pl.DataFrame
    terms: pl.DataFrame
    quotes: DayQuotes


def can_stream(needed: frozenset[str], switches: Switches) -> bool:
    """Whether the fills of a question can be streamed: it needs neither routes, tape nor an order's other fills."""
    return switches.population == "own" and switches.benchmark in BENCHMARKS and needed <= COLUMNS


def stream_fills(
    source: LakeSource, days: Sequence[date], rules: DayRules, switches: Switches, needed: frozenset[str]
) -> Iterator[pl.DataFrame] | None:
    """Measured executions in pieces, or `None` where orders outlive their day.

    Raises:
        ContradictingFillsError: while streaming.
    """
    orders, _ = source.long_lived()
    if orders.height:
        return None
    return _stream(source, days, rules, switches, needed)


class ContradictingFillsError(Exception):
    """Fills are of another symbol than their orders: only whole days can be measured."""


def _load(source: LakeSource, day: date, needed: frozenset[str]) -> _Day:
    own = [name for name in OF_FILL if name in needed]
    own += [name for name in ("fee", "rebate") if "net_fee" in needed and name not in own]
    columns = sorted({"symbol", "side", *LINKING, *own})
    fills = _standing(source, day, columns)
    terms = _terms(source, day).sort("symbol", "clock_at").with_row_index("version_row")
    linked = _linked(fills, terms)
    contradicts = (pl.col("order_symbol") != pl.col("symbol")).any()
    if linked.select(contradicts).item():
        raise ContradictingFillsError
    return _Day(
        day, linked.drop("order_id", "version", "status", "route_id", "order_symbol"), terms, source.quotes(day)
    )


def _standing(source: LakeSource, day: date, columns: list[str]) -> pl.DataFrame:
    """The day's fills by symbol and time, as `measure_range` takes them: busts folded, orders found through routes."""
    fills = source.columns("executions", day, columns)
    lost = pl.col("order_id").is_null() & pl.col("route_id").is_not_null()
    is_plain, is_lost = fills.select((pl.col("status") == "new").all().alias("plain"), lost.any().alias("lost")).row(0)
    if is_plain and not is_lost:
        return fills
    folded = standing_executions(source.rows("executions", day))
    routes = source.rows("routes", day).with_columns(pl.col("version").fill_null(1))
    return with_order_of_route(folded, routes).select(columns).sort("symbol", "executed_at", maintain_order=True)


def _terms(source: LakeSource, day: date) -> pl.DataFrame:
    orders = source.columns("parent_orders", day, ORDER_COLUMNS)
    versions = source.columns("order_versions", day, VERSION_COLUMNS)
    terms = version_terms(orders, versions)
    if terms["is_last"].sum() == orders.height:
        return terms
    return version_terms(orders, terms_of_every_order(orders, versions))


def _linked(fills: pl.DataFrame, terms: pl.DataFrame) -> pl.DataFrame:
    """Fills with `version_row` and `order_symbol` of the order version that they filled."""
    target = terms.select("order_id", "version", "version_row", pl.col("symbol").alias("order_symbol"))
    versions = terms["version"]
    if versions.is_empty() or (versions.min() == 1 and versions.max() == 1):
        joined = fills.join(target.drop("version"), on="order_id", how="left", maintain_order="left")
        named = pl.col("version").is_null() | (pl.col("version") == 1)
        return joined.with_columns(pl.when(named).then(name).alias(name) for name in ("version_row", "order_symbol"))
    numbered = assign_versions(fills.with_row_index("fill_row"), terms).sort("fill_row").drop("fill_row")
    return numbered.join(target, on=["order_id", "version"], how="left", maintain_order="left")


def _stream(
    source: LakeSource, days: Sequence[date], rules: DayRules, switches: Switches, needed: frozenset[str]
) -> Iterator[pl.DataFrame]:
    """Pieces in order, put together to a size that is worth adding up; one day's flow is in memory at a time."""
    batch: list[pl.DataFrame] = []
    for piece in _pieces(source, days, rules, switches, needed):
        batch.append(piece)
        if sum(rows.height for rows in batch) >= BATCH_ROWS:
            yield pl.concat(batch)
            batch = []
    if batch:
        yield pl.concat(batch)


def _pieces(
    source: LakeSource, days: Sequence[date], rules: DayRules, switches: Switches, needed: frozenset[str]
) -> Iterator[pl.DataFrame]:
    """Pieces in order, made by a few threads, a few ahead."""
    waiting: deque[Future[pl.DataFrame]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        for day in days:
            loaded = _load(source, day, needed)
            for fills, terms, symbols in _cut(loaded):
                waiting.append(pool.submit(_piece, loaded, fills, terms, symbols, rules, switches, needed))
                if len(waiting) > WORKERS:
                    yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _cut(day: _Day) -> Iterator[tuple[pl.DataFrame, pl.DataFrame, list[str]]]:
    """Fills and terms by runs of symbols."""
    fills, terms = _runs(day.fills["symbol"]), _runs(day.terms["symbol"])
    for symbols in day.quotes.chunks(sorted(fills)):
        begin, after = _span(fills, symbols)
        if begin == after:
            continue
        first, last = _span(terms, symbols)
        row = (pl.col("version_row").cast(pl.Int64) - first).cast(pl.UInt32)
        yield day.fills[begin:after].with_columns(row), day.terms[first:last], symbols


def _runs(symbols: pl.Series) -> dict[str, tuple[int, int]]:
    runs = symbols.to_frame("symbol").select(pl.col("symbol").rle()).unnest("symbol")
    after = runs["len"].cast(pl.Int64).cum_sum().to_list()
    return dict(zip(runs["value"], zip([0, *after][:-1], after, strict=True), strict=True))


def _span(runs: dict[str, tuple[int, int]], symbols: Sequence[str]) -> tuple[int, int]:
    held = [runs[symbol] for symbol in symbols if symbol in runs]
    return (held[0][0], held[-1][1]) if held else (0, 0)


def _piece(
    day: _Day,
    fills: pl.DataFrame,
    terms: pl.DataFrame,
    symbols: list[str],
    rules: DayRules,
    switches: Switches,
    needed: frozenset[str],
) -> pl.DataFrame:
    if not hasattr(_MEMORY, "buffers"):
        _MEMORY.buffers = Buffers()
    book = day.quotes.book(symbols, _MEMORY.buffers)
    versions = measured_terms(terms, day.day, book, rules, switches)
    if not versions["version_row"].is_sorted():
        versions = versions.sort("version_row")
    hours = hours_frame([day.day], rules.hours).row(0, named=True)
    timed = fills.with_columns(pl.lit(hours[name], dtype=pl.Int64).alias(name) for name in ("open_at", "close_at"))
    return fused_executions(Stretch(timed, versions, book), switches, needed)
