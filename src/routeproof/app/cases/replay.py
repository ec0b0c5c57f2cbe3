"""The replay of orders out of the lake: their versions, routes and fills, and the quotes around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from pydantic import TypeAdapter

from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from routeproof.stores.lake import Lake

    Places = dict[str, list[int]]
    Row = dict[str, Any]

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
    """Rows of one day about some orders, as plain values, so that many replays read no table as a whole.

    Attributes:
        day: trading day.
        tables: table to rows, in canonical order; all of an order's rows where it is known.
        places: table and column to the row numbers of each identity.
        quotes: symbol to its quotes by time, within a second of what happened to any of the orders; by symbol.
    """

    day: date
    tables: dict[str, list[Row]]
    places: dict[tuple[str, str], Places]
    quotes: dict[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class DayOrders:
    """What the lake has on some orders of one day, as known at a manifest.

    Attributes:
        lake: where it was read.
        manifest: as known at.
        day: trading day.
        tables: table to all rows of the orders, in canonical order.
    """

    lake: Lake
    manifest: str
    day: date
    tables: dict[str, pl.DataFrame]


def orders_of_day(
    lake: Lake, manifest: str, day: date, orders: Collection[str], executions: Collection[str] = ()
) -> DayOrders:
    """Read some orders, and the orders of some fills, on one day, once for all their replays."""
    fills = lake.scan("executions", [day], columns=["order_id", "execution_id"], manifest=manifest)
    wanted = _wanted(fills.filter(_filled(executions)).collect(), orders, executions)
    tables = {name: lake.scan(name, [day], manifest=manifest).filter(wanted[name]).collect() for name in TABLES}
    return DayOrders(lake, manifest, day, tables)


def rows_among(known: DayOrders, orders: Collection[str], executions: Collection[str] = ()) -> Rows:
    """Rows of some of those orders, and of the orders of some of their fills, with the quotes around."""
    wanted = _wanted(known.tables["executions"].filter(_filled(executions)), orders, executions)
    tables = {name: table.filter(wanted[name]) for name, table in known.tables.items()}
    places = {(name, "order_id"): _places(table, "order_id") for name, table in tables.items()}
    places["executions", "execution_id"] = _places(tables["executions"], "execution_id")
    quotes = _quotes(known, tables)
    parts = quotes.partition_by("symbol", as_dict=True) if quotes.width else {}
    rows = {name: table.to_dicts() for name, table in tables.items()}
    return Rows(known.day, rows, places, {str(symbol): part for (symbol,), part in parts.items()})


def _filled(executions: Collection[str]) -> pl.Expr:
    return pl.col("execution_id").is_in(list(executions))


def _wanted(filled: pl.DataFrame, orders: Collection[str], executions: Collection[str]) -> dict[str, pl.Expr]:
    """Which rows of each table are of the orders or of the orders of fills; a fill without an order is one too."""
    of_orders = pl.col("order_id").is_in(sorted({*orders, *filled["order_id"].drop_nulls()}))
    return dict.fromkeys(TABLES, of_orders) | {"executions": of_orders | _filled(executions)}


def _places(table: pl.DataFrame, column: str) -> Places:
    """Row numbers by the value of a column, in order; rows without one are left out."""
    numbered = table.select(column, pl.int_range(pl.len()).alias("row")).drop_nulls()
    return dict(numbered.group_by(column).agg("row").iter_rows())


def _quotes(known: DayOrders, tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    symbols = sorted({str(name) for table in tables.values() if "symbol" in table.columns for name in table["symbol"]})
    times = [table[name].drop_nulls() for table in tables.values() for name in INSTANTS if name in table.columns]
    spans = _spans([int(end) for part in times if len(part) for end in (part.min(), part.max())])  # type: ignore[arg-type]
    if not symbols or spans is None or not known.lake.days("quotes", known.manifest):
        return pl.DataFrame()
    held = known.lake.scan("quotes", [known.day], symbols=symbols, manifest=known.manifest)
    return held.filter(pl.col("at").is_between(*spans)).collect()


def _spans(times: Collection[int]) -> tuple[int, int] | None:
    return (min(times) - AROUND_NS, max(times) + AROUND_NS) if times else None


def replay_of(rows: Rows, orders: Collection[str], executions: Collection[str] = ()) -> dict[str, Any]:
    """What happened to some of the orders: rows by table as plain values, the quotes around, what was left out."""
    own = {name: _own(rows, name, orders, executions) for name in rows.tables}
    quotes, left_out = _around(rows, own)
    return {
        "day": rows.day.isoformat(),
        "orders": sorted(orders),
        **own,
        "quotes": quotes,
        "quotes_left_out": left_out,
    }


def _own(rows: Rows, name: str, orders: Collection[str], executions: Collection[str]) -> list[Row]:
    theirs = rows.places[name, "order_id"]
    found = {row for order in orders for row in theirs.get(order, ())}
    if name == "executions":
        named = rows.places[name, "execution_id"]
        found |= {row for execution in executions for row in named.get(execution, ())}
    table = rows.tables[name]
    return [table[row] for row in sorted(found)]


def _around(rows: Rows, own: dict[str, list[Row]]) -> tuple[list[Row], int]:
    """Quotes of the rows' symbols around their instants, and how many were left out."""
    theirs = [row for table in own.values() for row in table]
    spans = _spans([row[name] for row in theirs for name in INSTANTS if row.get(name) is not None])
    if spans is None:
        return [], 0
    symbols = {row["symbol"] for row in theirs if "symbol" in row}
    near = [_between(rows.quotes[symbol], *spans) for symbol in sorted(symbols & rows.quotes.keys())]
    count = sum(part.height for part in near)
    if count <= QUOTES:
        return [row for part in near for row in part.to_dicts()], 0
    whole, half = pl.concat(near), QUOTES // 2
    return [*whole.head(half).to_dicts(), *whole.tail(half).to_dicts()], count - 2 * half


def _between(quotes: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """Quotes of one symbol, which the lake keeps by time, from one instant to another, both included."""
    at = quotes["at"].to_numpy()
    start, stop = at.searchsorted(first, "left"), at.searchsorted(last, "right")
    return quotes.slice(int(start), int(stop - start))


def judged_rows(replay: dict[str, Any], names: Sequence[str] = ("executions", "parent_orders")) -> list[str]:
    """Where the replayed rows stand, `SOURCE:ROW`, in order of their tables."""
    return [f"{row['source_id']}:{row['source_row']}" for name in names for row in replay[name] if "source_id" in row]


def as_bytes(document: dict[str, Any]) -> bytes:
    """The document as JSON that people can read; it has no fractions, which writers spell in different ways."""
    return _JSON.dump_json(document, indent=1)


_JSON = TypeAdapter(dict[str, Any])
"""Writes what `json.dumps` writes with an indent, which is in Python alone, at a tenth of the time."""
