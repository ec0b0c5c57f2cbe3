"""The replay of orders out of the lake: their versions, routes and fills, and the quotes around them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from routeproof.stores.lake import Lake

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
    """

    day: date
    tables: dict[str, pl.DataFrame] = field(default_factory=dict)
    quotes: pl.DataFrame = field(default_factory=pl.DataFrame)


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
    return Rows(day, tables, _quotes(lake, manifest, day, tables))


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
    own = {name: _own(table, orders, executions) for name, table in rows.tables.items()}
    quotes, left_out = _around(rows.quotes, own)
    return {
        "day": rows.day.isoformat(),
        "orders": sorted(orders),
        **{name: table.to_dicts() for name, table in own.items()},
        "quotes": quotes.to_dicts(),
        "quotes_left_out": left_out,
    }


def _own(table: pl.DataFrame, orders: Collection[str], executions: Collection[str]) -> pl.DataFrame:
    theirs = pl.col("order_id").is_in(list(orders))
    named = pl.col("execution_id").is_in(list(executions)) if "execution_id" in table.columns else pl.lit(value=False)
    return table.filter((theirs | named).fill_null(value=False))


def _around(quotes: pl.DataFrame, own: dict[str, pl.DataFrame]) -> tuple[pl.DataFrame, int]:
    spans = _spans(own.values())
    if spans is None or quotes.is_empty():
        return pl.DataFrame(), 0
    symbols = {name for table in own.values() if "symbol" in table.columns for name in table["symbol"].to_list()}
    near = quotes.filter(pl.col("symbol").is_in(list(symbols)) & pl.col("at").is_between(*spans))
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
