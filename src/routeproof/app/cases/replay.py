"""The replay of orders out of the lake: their versions, routes and fills, and the quotes around them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from routeproof.stores.lake import Lake

    Places = dict[str, list[int]]

TABLES = ("parent_orders", "order_versions", "routes", "executions")
INSTANTS = ("received_at", "effective_at", "sent_at", "executed_at")
"""The instant of each table that quotes are looked up around."""
AROUND_NS = NS_PER_S
QUOTES = 5_000
"""Quotes of one replay; of more the first and the last ones are kept, and the number left out is told."""
NAME = "replay.json"
JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of one day about some orders.

    Attributes:
        day: trading day.
        tables: table to rows; all of an order's rows where it is known.
        quotes: of their symbols, within a second of what happened to any of them.
        places: table and column to the row numbers of each identity, so that many replays read no table as a whole.
        by_symbol: the quotes of each symbol.
    """

    day: date
    tables: dict[str, pl.DataFrame]
    quotes: pl.DataFrame
    places: dict[tuple[str, str], Places]
    by_symbol: dict[str, pl.DataFrame]


def rows_of_day(
    lake: Lake, manifest: str, day: date, orders: Collection[str], executions: Collection[str] = ()
) -> Rows:
    """Rows of some orders, and of the orders of some fills, on one day, read once for all of them."""
    fills = lake.read("executions", [day], manifest=manifest)
    named = fills.filter(pl.col("execution_id").is_in(list(executions)))["order_id"].drop_nulls()
    wanted = sorted({*orders, *named.to_list()})
    tables = {
        name: (fills if name == "executions" else lake.read(name, [day], manifest=manifest)).filter(
            pl.col("order_id").is_in(wanted)
            | (pl.col("execution_id").is_in(list(executions)) if name == "executions" else pl.lit(value=False))
        )
        for name in TABLES
    }
    quotes = _quotes(lake, manifest, day, tables)
    places = {(name, "order_id"): _places(table, "order_id") for name, table in tables.items()}
    places["executions", "execution_id"] = _places(tables["executions"], "execution_id")
    parts = quotes.partition_by("symbol", as_dict=True) if quotes.width else {}
    return Rows(day, tables, quotes, places, {str(symbol): part for (symbol,), part in parts.items()})


def _places(table: pl.DataFrame, column: str) -> Places:
    """Row numbers by the value of a column, in order; rows without one are left out."""
    numbered = table.select(column, pl.int_range(pl.len()).alias("row")).drop_nulls()
    return dict(numbered.group_by(column).agg("row").iter_rows())


def _quotes(lake: Lake, manifest: str, day: date, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    symbols = sorted({str(name) for table in tables.values() if "symbol" in table.columns for name in table["symbol"]})
    if not symbols or not lake.days("quotes", manifest):
        return pl.DataFrame()
    spans = _spans(tables.values())
    if spans is None:
        return pl.DataFrame()
    return lake.read("quotes", [day], symbols=symbols, manifest=manifest).filter(pl.col("at").is_between(*spans))


def _spans(tables: Collection[pl.DataFrame]) -> tuple[int, int] | None:
    times = [table[name].drop_nulls() for table in tables for name in INSTANTS if name in table.columns]
    known = [part for part in times if len(part)]
    if not known:
        return None
    return min(int(part.min()) for part in known) - AROUND_NS, max(int(part.max()) for part in known) + AROUND_NS  # type: ignore[arg-type]


def replay_of(rows: Rows, orders: Collection[str], executions: Collection[str] = ()) -> dict[str, Any]:
    """What happened to some of the orders: rows by table as plain values, the quotes around, what was left out."""
    own = {name: _own(rows, name, orders, executions) for name in rows.tables}
    quotes, left_out = _around(rows, own)
    return {
        "day": rows.day.isoformat(),
        "orders": sorted(orders),
        **{name: table.to_dicts() for name, table in own.items()},
        "quotes": quotes.to_dicts(),
        "quotes_left_out": left_out,
    }


def _own(rows: Rows, name: str, orders: Collection[str], executions: Collection[str]) -> pl.DataFrame:
    theirs = rows.places[name, "order_id"]
    found = {row for order in orders for row in theirs.get(order, ())}
    if name == "executions":
        named = rows.places[name, "execution_id"]
        found |= {row for execution in executions for row in named.get(execution, ())}
    return rows.tables[name][sorted(found)]


def _around(rows: Rows, own: dict[str, pl.DataFrame]) -> tuple[pl.DataFrame, int]:
    spans = _spans(own.values())
    if spans is None or rows.quotes.is_empty():
        return pl.DataFrame(), 0
    symbols = {name for table in own.values() if "symbol" in table.columns for name in table["symbol"].to_list()}
    # Rows of one symbol are where most replays find all of theirs; of several the order of all quotes is kept.
    some = rows.by_symbol.get(str(next(iter(symbols))), rows.quotes.clear()) if len(symbols) == 1 else rows.quotes
    near = some.filter(pl.col("symbol").is_in(list(symbols)) & pl.col("at").is_between(*spans))
    if near.height <= QUOTES:
        return near, 0
    half = QUOTES // 2
    return pl.concat([near.head(half), near.tail(half)]), near.height - 2 * half


def judged_rows(replay: dict[str, Any], names: Sequence[str] = ("executions", "parent_orders")) -> list[str]:
    """Where the replayed rows stand, `SOURCE:ROW`, in order of their tables."""
    return [f"{row['source_id']}:{row['source_row']}" for name in names for row in replay[name] if "source_id" in row]


def as_bytes(document: Any) -> bytes:  # noqa: ANN401  # JSON
    """The document as JSON that people can read."""
    return json.dumps(document, ensure_ascii=False, indent=1, default=str).encode()
