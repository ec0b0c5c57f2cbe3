"""A day's flow read by runs of symbols: what is held at once grows neither with the day nor with the month.

Terms of orders are read for groups of symbols, since the lake keeps orders by time; everything else run by run.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.day_walk import LongLived, day_tables, day_terms, symbols_of
from routeproof.app.measuring.lake_source import LakeSource
from routeproof.app.measuring.linked_fills import linked_fills
from routeproof.tables.measured.day import Carry, DayTables
from routeproof.tables.measured.version_terms import ORDER_COLUMNS, TERM_COLUMNS
from routeproof.tables.registry import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from routeproof.app.measuring.day_walk import DaySource
    from routeproof.stores.quote_reader import DayQuotes
    from routeproof.tables.lookup.quote_book import QuoteBook

    Strays = Mapping[str, Sequence[str]]

WORKERS = 2
"""Runs that are measured at once; as many groups are held: one is measured, one is read."""

FLOW_ROWS = 4
"""An order, a route or a fill takes as much memory as so many quotes."""

_FLOW = ("parent_orders", "executions", "routes")
_COLUMNS = {
    "parent_orders": ("trading_day", *ORDER_COLUMNS),
    "order_versions": ("trading_day", "event", "requested_by", *TERM_COLUMNS),
    "executions": (
        *("execution_id", "order_id", "route_id", "version", "symbol", "side", "executed_at", "reported_at", "price"),
        *("quantity", "venue", "status", "refers_to", "trading_day", "sequence"),
    ),
    "trades": ("symbol", "at", "price", "quantity", "venue", "eligible"),
    "quotes": ("symbol", "at", "sequence", "bid", "ask", "bid_size", "ask_size"),
    "routes": TABLES["routes"].names,
}
_IDENTITY = {"parent_orders": "order_id", "routes": "route_id", "executions": "execution_id"}


@dataclass(frozen=True, slots=True)
class Group:
    """Some symbols of a day.

    Attributes:
        tables: terms of their orders, and the market's status; of a day that cannot be cut, everything.
        runs: symbols to be measured together; none where the day cannot be cut.
        quotes: where the day's quotes are, if it can.
        has_tape: whether the day has prints.
    """

    tables: DayTables
    runs: tuple[tuple[str, ...], ...]
    quotes: DayQuotes | None
    has_tape: bool


@dataclass(frozen=True, slots=True)
class Run:
    """What is measured together.

    Attributes:
        tables: canonical rows.
        book: their reference quotes.
        strays: table to identities that these rows name and that are not among them.
    """

    tables: DayTables
    book: QuoteBook
    strays: Strays


@dataclass(frozen=True, slots=True)
class _Size:
    """Rows of a symbol: orders, and what it takes to hold them with quotes and prints."""

    orders: int
    rows: int


def groups_of(source: DaySource, day: date, lasting: LongLived) -> Iterator[Group]:
    """A day's flow and long-lived orders of days before; in one piece where the source or the flow cannot be cut."""
    sizes = _sizes(source, day, lasting) if isinstance(source, LakeSource) else {}
    if not sizes or not isinstance(source, LakeSource):
        yield whole_group(source, day, lasting)
        return
    groups = list(_cut({symbol: size.orders for symbol, size in sizes.items()}, source.chunk_rows // WORKERS))
    status, quotes = source.rows("market_status", day), source.quotes(day)
    has_tape = bool(source.lake.symbol_ranges("trades", day, source.manifest))
    for symbols in groups:
        orders = _rows(source, "parent_orders", day, symbols)
        versions = source.lake.scan("order_versions", [day], _COLUMNS["order_versions"], manifest=source.manifest)
        if len(groups) > 1:
            versions = versions.join(orders.lazy().select("order_id"), on="order_id", how="semi")
        began = LongLived(lasting.orders, lasting.terms.filter(pl.col("symbol").is_in(symbols)))
        terms = day_terms(day, orders, versions.collect(), began)
        runs = _cut({symbol: sizes[symbol].rows for symbol in symbols}, source.chunk_rows)
        yield Group(_of_terms(day, terms, status), tuple(tuple(run) for run in runs), quotes, has_tape)


def whole_group(source: DaySource, day: date, lasting: LongLived) -> Group:
    """A day in one piece."""
    tables = day_tables(source, day, lasting)
    return Group(tables, (), None, not tables.trades.is_empty())


def whole_run(source: DaySource, group: Group, carry: Carry) -> Run:
    """The one run of a day in one piece."""
    return Run(group.tables, source.book(group.tables.day, symbols_of(group.tables, carry)), {})


def run_of(source: LakeSource, group: Group, symbols: Sequence[str], carry: Carry) -> Run:
    """One run of a group, with what of its rows is only found elsewhere, if anywhere."""
    day, quotes = group.tables.day, group.quotes
    assert quotes is not None  # noqa: S101 a group that has runs has quotes
    chosen = pl.col("symbol").is_in(symbols)
    routes = _rows(source, "routes", day, symbols).with_columns(pl.col("version").fill_null(1))
    reported = _rows(source, "executions", day, symbols)
    tables = replace(
        group.tables,
        terms=group.tables.terms.filter(chosen),
        status=group.tables.status.filter(chosen),
        routes=routes,
        executions=linked_fills(source, day, reported, routes),
        trades=_rows(source, "trades", day, symbols, chosen),
        odd_lots=None if quotes.is_pure else _rows(source, "quotes", day, symbols, chosen, pl.col("kind") == "odd_lot"),
    )
    return Run(tables, quotes.book(symbols), _strays(tables, reported, carry))


def is_elsewhere(
    source: LakeSource, day: date, strays: Sequence[Mapping[str, Sequence[str]]], known: pl.Series
) -> bool:
    """Whether something that a run lacks is in another one, or among the orders known from other days."""
    for table, name in _IDENTITY.items():
        lacking = [item for run in strays for item in run[table]]
        if not lacking:
            continue
        if table == "parent_orders" and known.is_in(lacking).any():
            return True
        rows = source.lake.scan(table, [day], [name], manifest=source.manifest)
        if rows.filter(pl.col(name).is_in(lacking)).head(1).collect().height:
            return True
    return False


def _strays(tables: DayTables, reported: pl.DataFrame, carry: Carry) -> Strays:
    fills, routes = tables.executions, tables.routes
    orders = [tables.terms["order_id"], *([] if carry.versions is None else [carry.versions["order_id"]])]
    unrouted = fills.filter(pl.col("order_id").is_null())["route_id"]
    changed = reported.filter(pl.col("status") != "new")["refers_to"]
    return {
        "parent_orders": _absent(pl.concat([fills["order_id"], routes["order_id"]]), pl.concat(orders)),
        "routes": _absent(unrouted, routes["route_id"]),
        "executions": _absent(changed, reported["execution_id"]),
    }


def _absent(named: pl.Series, known: pl.Series) -> list[str]:
    stated = named.drop_nulls().alias("name").to_frame()
    if stated.is_empty():
        return []
    absent: list[str] = stated.join(known.alias("name").to_frame(), on="name", how="anti")["name"].unique().to_list()
    return absent


def _of_terms(day: date, terms: pl.DataFrame, status: pl.DataFrame) -> DayTables:
    routes, executions, trades = (TABLES[name].empty() for name in ("routes", "executions", "trades"))
    return DayTables(day, terms, routes, executions, trades, status)


def _rows(source: LakeSource, table: str, day: date, symbols: Sequence[str], *where: pl.Expr) -> pl.DataFrame:
    """Rows from the first to the last of some symbols in order, and of those what else is asked for."""
    within = pl.col("symbol").is_between(pl.lit(symbols[0]), pl.lit(symbols[-1]))
    scan = source.lake.scan(table, [day], manifest=source.manifest).filter(within, *where)
    return scan.select(_COLUMNS[table]).collect()


def _sizes(source: LakeSource, day: date, lasting: LongLived) -> dict[str, _Size]:
    """Symbols of the day's flow in order; nothing where a row has no symbol, so that the day cannot be cut by it."""
    began = lasting.terms.lazy().filter(pl.col("clock_day") <= day)
    scans = {name: source.lake.scan(name, [day], ["symbol"], manifest=source.manifest) for name in _FLOW}
    counted = [
        scan.group_by("symbol").agg(pl.len().cast(pl.Int64).alias("rows")).with_columns(pl.lit(name).alias("table"))
        for name, scan in (*scans.items(), ("parent_orders", began.select("symbol")))
    ]
    is_order = pl.col("table") == "parent_orders"
    sums = (pl.col("rows").filter(is_order).sum().alias("orders"), pl.col("rows").sum())
    flow = pl.concat(counted).group_by("symbol").agg(sums).sort("symbol").collect()
    if flow["symbol"].null_count():
        return {}
    market = [source.lake.symbol_ranges(name, day, source.manifest) for name in ("quotes", "trades")]
    return {
        symbol: _Size(orders, rows * FLOW_ROWS + sum(held[symbol].rows for held in market if symbol in held))
        for symbol, orders, rows in flow.select("symbol", "orders", "rows").iter_rows()
    }


def _cut(sizes: Mapping[str, int], most: int) -> Iterator[list[str]]:
    """Symbols, in order, in runs of at most so many rows; a symbol with more stands alone."""
    run: list[str] = []
    held = 0
    for symbol, rows in sizes.items():
        if run and held + rows > most:
            yield run
            run, held = [], 0
        run.append(symbol)
        held += rows
    if run:
        yield run
