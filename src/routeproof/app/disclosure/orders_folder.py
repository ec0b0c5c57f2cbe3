"""A folder of CSV files with canonical column names as a source of days: reports by hand, without a workspace."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.app.measuring.frame_source import FrameSource
from routeproof.sources.catalog.csv_table import CSV_TABLE
from routeproof.sources.map_file import parse_map
from routeproof.sources.source import ReadContext
from routeproof.stores.files import sha256_of
from routeproof.tables.registry import TABLES
from routeproof.tables.session_clock import day_of
from routeproof.vocab.errors import DataRejectedError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

REQUIRED = ("parent_orders", "quotes")
OPTIONAL = (
    "routes", "executions", "trades", "order_versions", "instruments", "market_status", "auctions", "venues",
)  # fmt: skip

_OF_THE_FILE = ("source_row", "sequence")
"""Where a row stood, which is no fact of its own."""

NO_SHARES = "zero_size"
"""Rows of no shares say nothing: they are left out and counted."""


@dataclass(frozen=True, slots=True)
class OrdersFolder:
    """The tables of a folder.

    Attributes:
        source: as a source of days.
        tables: canonical, by name.
        digest: SHA-256 over the files' names and hashes.
        left_out: rows of no shares, by file.
    """

    source: FrameSource
    tables: dict[str, pl.DataFrame]
    digest: str
    left_out: dict[str, int]


def read_orders_folder(folder: Path) -> OrdersFolder:
    """The tables of a folder.

    Args:
        folder: with `parent_orders.csv` and `quotes.csv`, and as many as there are of `routes, executions, trades,
            order_versions, instruments, market_status, auctions, venues`. Order terms stand in `parent_orders.csv`
            (`quantity, order_type, limit_price, stop_price, time_in_force`), or in `order_versions.csv`, or else are
            those of the firm's own routes.

    Raises:
        UsageError: a file is missing, or lacks a column that it needs.
        DataRejectedError: a row cannot be read.
    """
    missing = [name for name in REQUIRED if not (folder / f"{name}.csv").is_file()]
    if missing:
        message = f"expected {', '.join(f'{name}.csv' for name in REQUIRED)}, missing {', '.join(missing)}"
        raise UsageError(message, where=str(folder))
    tables: dict[str, pl.DataFrame] = {}
    digest, left_out = hashlib.sha256(), dict[str, int]()
    for name in (*REQUIRED, *OPTIONAL):
        path = folder / f"{name}.csv"
        if path.is_file():
            digest.update(f"{name} {sha256_of(path)}\n".encode())
            for table, rows in _read(path, name, left_out).items():
                tables[table] = _added(table, tables.get(table), rows)
    tables = {name: _once(name, rows) for name, rows in tables.items()}
    tables["order_versions"] = _with_limits(_with_route_terms(tables))
    tables = {name: TABLES[name].sort(rows) for name, rows in tables.items()}
    return OrdersFolder(FrameSource(tables, tables["quotes"]), tables, digest.hexdigest(), left_out)


def _once(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    """Each row once by its identity; a line that was written twice is one row, two rows of one name are an error."""
    identity = list(TABLES[name].identity)
    if not identity:
        return rows
    said = [column for column in rows.columns if column not in _OF_THE_FILE]
    found = rows.unique(said, keep="first", maintain_order=True)
    again = found.filter(~pl.struct(identity).is_first_distinct())
    if again.height:
        row = again.row(0, named=True)
        named = ", ".join(f"{column} {row[column]}" for column in identity)
        message = f"expected one row for each {', '.join(identity)}, found {named} again with other values"
        raise DataRejectedError(message, where=f"{name}.csv, row {row['source_row']}")
    return found


def _added(table: str, held: pl.DataFrame | None, rows: pl.DataFrame) -> pl.DataFrame:
    """Versions of a file of their own stand instead of terms that the order's row has."""
    if held is None:
        return rows
    kept = held.join(rows, on="order_id", how="anti") if table == "order_versions" else held
    return pl.concat([kept, rows])


def _read(path: Path, name: str, left_out: dict[str, int]) -> dict[str, pl.DataFrame]:
    file_map = parse_map({"table": name}, where=path.name)
    context = ReadContext(file=path.name, source_id=name)
    found: dict[str, list[pl.DataFrame]] = {}
    for piece in CSV_TABLE.read(path, file_map, context):
        empty = pl.col("reason") == NO_SHARES
        left_out[path.name] = left_out.get(path.name, 0) + piece.rejects.filter(empty).height
        bad = piece.rejects.filter(~empty)
        if bad.height:
            first = bad.row(0, named=True)
            message = f"expected rows of {name} that can be read, found {first['reason']}: {first['detail']}"
            raise DataRejectedError(message, where=f"{path.name}, row {first['row']}")
        for table, rows in piece.tables.items():
            found.setdefault(table, []).append(rows)
    return {table: pl.concat(rows) for table, rows in found.items()}


def _with_route_terms(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """Versions of all orders; one without terms has those of the firm's own first route, and the shares of all."""
    versions = tables.get("order_versions", TABLES["order_versions"].empty())
    routes = tables.get("routes", TABLES["routes"].empty()).filter(pl.col("hop") == 1).sort("sent_at", "route_id")
    bare = tables["parent_orders"].join(versions, on="order_id", how="anti")
    if bare.is_empty() or routes.is_empty():
        return versions
    terms = routes.group_by("order_id", maintain_order=True).agg(
        pl.col("order_type", "limit_price", "time_in_force").first(), pl.col("quantity").sum()
    )
    made = bare.join(terms, on="order_id").with_columns(
        pl.lit("new").alias("event"),
        pl.col("received_at").alias("effective_at"),
        day_of(pl.col("received_at")).alias("trading_day"),
    )
    return pl.concat([versions, TABLES["order_versions"].conform(made)])


def _with_limits(versions: pl.DataFrame) -> pl.DataFrame:
    """An order with a limit, of which nobody said its type, is a limit order."""
    limited = (pl.col("order_type") == "market") & pl.col("limit_price").is_not_null()
    return versions.with_columns(pl.when(limited).then(pl.lit("limit")).otherwise("order_type").alias("order_type"))
