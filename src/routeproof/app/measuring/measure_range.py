"""Measure a range of days: load a day, look up the market, collect exact partial sums, carry what lives on."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

import polars as pl

from routeproof.app.measuring.day_walk import concerns, day_tables, long_lived_of, symbols_of, walked_days
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.measuring.row_filter import RowFilter, Sieve
from routeproof.app.measuring.stream_fills import can_stream, stream_fills
from routeproof.metrics.measure import (
    UNKNOWN,
    Grouping,
    Partials,
    collect,
    collect_coded,
    columns_read,
    finish_all,
    merge,
)
from routeproof.sources.map_file import nearest
from routeproof.stores.quote_reader import Buffers
from routeproof.tables.measured.day import (
    Carry,
    DayRules,
    DayTables,
    MeasuredDay,
    close_long_lived,
    measure_day,
    measure_day_together,
    measure_tape_day,
)
from routeproof.tables.measured.day_flow import NotStreamableError
from routeproof.tables.measured.day_pieces import can_divide, carry_of, joined_carry, tables_of
from routeproof.vocab.dimensions import DIMENSIONS
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from routeproof.app.measuring.day_walk import DaySource
    from routeproof.metrics.metric import Frame
    from routeproof.tables.measured.coded_rows import CodedRows
    from routeproof.tables.switches import Switches


class Cache(Protocol):
    """Where measured rows are kept; see `routeproof.app.measuring.measured_cache`."""

    def find(self, columns: frozenset[str]) -> Iterator[MeasuredDay] | None:
        """Kept days whose executions have these columns, or `None`."""
        ...

    def keep(self, columns: frozenset[str], days: Iterable[MeasuredDay]) -> Iterator[MeasuredDay]:
        """The same days, kept as they pass."""
        ...

    def find_fills(self, columns: frozenset[str]) -> Iterator[CodedRows] | None:
        """Kept executions with these columns, or `None`."""
        ...

    def keep_fills(self, columns: frozenset[str], pieces: Iterable[CodedRows]) -> Iterator[CodedRows]:
        """The same executions, kept as they pass."""
        ...


EVERYTHING = Grouping(DIMENSIONS)


@dataclass(frozen=True, slots=True)
class Range:
    """What to measure: days, dimensions, filters."""

    days: tuple[date, ...]
    grouping: Grouping
    filters: tuple[RowFilter, ...] = ()


def measured_days(
    source: DaySource, days: Iterable[date], rules: DayRules, switches: Switches
) -> Iterator[MeasuredDay]:
    """Measured rows day by day; orders that outlived their day come last, with all the fills they had."""
    for (measured,) in measured_days_together(source, days, rules, (switches,)):
        yield measured


def measured_days_together(
    source: DaySource, days: Iterable[date], rules: DayRules, all_switches: Sequence[Switches], *, vwap: bool = True
) -> Iterator[tuple[MeasuredDay, ...]]:
    """The same under several switches of one population: each day is read once and measured once per switches.

    A day is read while the one before it is measured.
    Without `vwap` the prints of own flow's days are not read, and VWAP is null.
    """
    if all_switches[0].population == "tape":
        for day in days:
            yield tuple(_tape_day(source, day, rules, switches) for switches in all_switches)
        return
    wanted, lasting = sorted(set(days)), long_lived_of(source)
    load = partial(day_tables, source, lasting=lasting, vwap=vwap)
    alike = _alike_but_for_benchmark(all_switches)
    carries = [[Carry() for _ in some] for some in alike]
    with ExitStack() as stack:
        each = stack.enter_context(ThreadPoolExecutor(len(alike))).map if len(alike) > 1 else map
        reader = stack.enter_context(ThreadPoolExecutor(1))
        ahead: Future[DayTables] | None = None
        walked = walked_days(source, wanted, lasting)
        for day, after in zip(walked, [*walked, None][1:], strict=True):
            if day not in wanted and not concerns(day, lasting, carries[0][0], rules):
                continue
            tables = load(day) if ahead is None else ahead.result()
            ahead = reader.submit(load, after) if after in wanted else None
            book = source.book(day, symbols_of(tables, carries[0][0]))
            found = list(each(partial(measure_day_together, tables, book, rules), alike, carries))
            carries = [[carry for _, carry in some] for some in found]
            if day in wanted:
                yield _in_order(all_switches, alike, [[measured for measured, _ in some] for some in found])
    if wanted:
        closed = [[_closed(carry, wanted[0], wanted[-1]) for carry in some] for some in carries]
        if closed[0][0] is not None:
            yield _in_order(all_switches, alike, [[day for day in some if day is not None] for some in closed])


def _alike_but_for_benchmark(all_switches: Sequence[Switches]) -> list[list[Switches]]:
    """Switches in groups for which the market is looked up once."""
    groups: dict[Switches, list[Switches]] = {}
    for switches in all_switches:
        groups.setdefault(replace(switches, benchmark="receipt"), []).append(switches)
    return list(groups.values())


def _in_order(
    all_switches: Sequence[Switches], alike: Sequence[Sequence[Switches]], found: Sequence[Sequence[MeasuredDay]]
) -> tuple[MeasuredDay, ...]:
    by_switches = {
        switches: day for some, days in zip(alike, found, strict=True) for switches, day in zip(some, days, strict=True)
    }
    return tuple(by_switches[switches] for switches in all_switches)


def measured_pieces(
    source: LakeSource, days: Iterable[date], rules: DayRules, switches: Switches
) -> Iterator[MeasuredDay]:
    """As `measured_days`, a day in pieces of some symbols each, so that few quotes and wide rows are held at once."""
    wanted, lasting = sorted(set(days)), long_lived_of(source)
    carry, buffers = Carry(), Buffers()
    for day in walked_days(source, wanted, lasting):
        if day not in wanted and not concerns(day, lasting, carry, rules):
            continue
        tables, quotes = day_tables(source, day, lasting), source.quotes(day)
        symbols = symbols_of(tables, carry).drop_nulls().to_list()
        runs = list(quotes.chunks(symbols)) if can_divide(tables, carry) else []
        carried = []
        for run in runs or [symbols]:
            book = quotes.book(run, buffers)
            measured, left = measure_day(tables_of(tables, run), book, rules, switches, carry_of(carry, run))
            carried.append(left)
            if day in wanted:
                yield measured
        carry = joined_carry(carried)
    closed = _closed(carry, wanted[0], wanted[-1]) if wanted else None
    if closed is not None:
        yield closed


def _closed(carry: Carry, first: date, last: date) -> MeasuredDay | None:
    """What lived on past its day, of the days in the range: orders, routes, and fills that waited for their class."""
    closing = close_long_lived(carry)
    if closing is None:
        return None
    inside = pl.col("trading_day").is_between(first, last)
    fills = closing.executions.filter(inside) if closing.executions.width else closing.executions
    return MeasuredDay(fills, closing.orders.filter(inside), closing.routes.filter(inside))


def _tape_day(source: DaySource, day: date, rules: DayRules, switches: Switches) -> MeasuredDay:
    trades = source.rows("trades", day)
    nothing = pl.DataFrame()
    tables = DayTables(day, nothing, nothing, nothing, trades, nothing)
    return measure_tape_day(tables, source.book(day, trades["symbol"].unique()), rules, switches)


def _fills(
    source: DaySource, what: Range, rules: DayRules, switches: Switches, cache: Cache | None
) -> Iterator[CodedRows] | None:
    """Measured executions in coded pieces, kept or streamed; `None` where whole days must answer, or are kept."""
    needed = _needed(what)
    only_fills = all(metric.frame == "executions" for metric in what.grouping.metrics)
    if not only_fills or not can_stream(needed, switches):
        return None
    kept = None if cache is None else cache.find_fills(needed)
    if kept is not None or (cache is not None and cache.find(needed)):
        return kept
    streamed = source.streamed()
    pieces = None if streamed is None else stream_fills(streamed, what.days, rules, switches, needed)
    return pieces if cache is None or pieces is None else cache.keep_fills(needed, pieces)


def _days(
    source: DaySource, what: Range, rules: DayRules, switches: Switches, cache: Cache | None
) -> Iterable[MeasuredDay]:
    """Whole measured days with at least what the question reads, kept or measured."""
    needed = _needed(what)
    kept = None if cache is None else cache.find(needed)
    if kept is not None:
        return kept
    if isinstance(source, LakeSource) and switches.population == "own":
        days = measured_pieces(source, what.days, rules, switches)
    else:
        days = measured_days(source, what.days, rules, switches)
    return days if cache is None else cache.keep(needed | columns_read(EVERYTHING, "executions"), days)


def _needed(what: Range) -> frozenset[str]:
    return columns_read(what.grouping, "executions") | {item.column for item in what.filters}


def _partials_of_fills(pieces: Iterable[CodedRows], what: Range, sieve: Sieve) -> dict[Frame, Partials]:
    parts = collect_coded(map(sieve.passing, pieces), what.grouping)
    return {"executions": merge(parts, what.grouping.by)} if parts else {}


def _partials(days: Iterable[MeasuredDay], what: Range, sieve: Sieve) -> dict[Frame, Partials]:
    frames: tuple[Frame, ...] = ("executions", "orders", "routes")
    parts: dict[Frame, list[Partials]] = {frame: [] for frame in frames}
    for measured in days:
        for frame in frames:
            rows: pl.DataFrame = getattr(measured, frame)
            if rows.width:
                kept = sieve.keep(rows)
                parts[frame].append(UNKNOWN if kept is None else collect(kept, what.grouping, frame))
    return {frame: merge(found, what.grouping.by) for frame, found in parts.items() if found}


def measure_range(
    source: DaySource,
    what: Range,
    rules: DayRules,
    switches: Switches,
    cache: Cache | None = None,
    sieve: Sieve | None = None,
) -> pl.DataFrame:
    """Metrics by dimension over a range of days.

    Args:
        source: canonical rows and quotes.
        what: days, dimensions, filters.
        rules: hours, sizes, round lots.
        switches: how the market is looked up.
        cache: where measured rows of the same days, rules and switches are kept, if anywhere.
        sieve: of the range's filters, if what they met is worth knowing.

    Returns:
        One row per group: dimensions, then every metric of the grouping; null where it cannot be computed.

    Raises:
        UsageError: no rows of the population have the dimensions and the filtered columns.
    """
    merged, sieve = None, sieve or Sieve(what.filters)
    with suppress(NotStreamableError):
        pieces = _fills(source, what, rules, switches, cache)
        merged = None if pieces is None else _partials_of_fills(pieces, what, sieve)
    if merged is None:
        merged = _partials(_days(source, what, rules, switches, cache), what, sieve)
    if merged and not any(part.known for part in merged.values()):
        raise _cannot_answer(what, switches.population)
    return finish_all(merged, what.grouping)


def _cannot_answer(what: Range, population: str) -> UsageError:
    asked = dict.fromkeys((*what.grouping.by, *(item.column for item in what.filters)))
    rows = "prints on the tape have" if population == "tape" else "executions, orders or routes have"
    together = " together" if len(asked) > 1 else ""
    close = "".join(nearest(name, DIMENSIONS) for name in asked if name not in DIMENSIONS)
    message = f"expected columns that {rows}{together}, found {', '.join(asked)}{close}"
    return UsageError(message, where="--by, --where")
