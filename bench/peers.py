"""The peers: each reads the vendor's files and does the whole job its own way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from bench.job import BY, HORIZONS_NS, TOTALS, polars_sums, size_bucket, totals_of

if TYPE_CHECKING:
    from pathlib import Path

QUOTE_COLUMNS = ("symbol", "ts", "bid", "ask", "bid_size", "ask_size")
LOOKUPS = {"receipt": None, "execution": None} | HORIZONS_NS
"""Look-up -> distance after the execution; the first two are strictly before their instant."""


def _vendor(folder: Path, name: str) -> str:
    return str(folder / "vendor" / f"{name}-*.parquet")


def scan(folder: Path) -> dict[str, float]:
    """The yardstick: polars decodes the quotes' six columns, the fills and the orders, and does nothing with them."""
    quotes = pl.read_parquet(_vendor(folder, "quotes"), columns=list(QUOTE_COLUMNS))
    fills, orders = pl.read_parquet(_vendor(folder, "fills")), pl.read_parquet(_vendor(folder, "orders"))
    return {"rows": float(quotes.height + fills.height + orders.height)}


def _fills(folder: Path) -> pl.LazyFrame:
    orders = pl.scan_parquet(_vendor(folder, "orders")).select(
        "order_id", "order_type", "limit_price", "received_at", pl.col("quantity").alias("order_quantity")
    )
    fills = pl.scan_parquet(_vendor(folder, "fills")).join(orders, on="order_id", how="left")
    return fills.with_columns(
        pl.col("received_at").alias("at_receipt"),
        pl.col("executed_at").alias("at_execution"),
        *((pl.col("executed_at") + distance).alias(f"at_{name}") for name, distance in HORIZONS_NS.items()),
    )


def _joined(fills: pl.LazyFrame, quotes: pl.LazyFrame, *, by: str | None) -> pl.LazyFrame:
    for name, distance in LOOKUPS.items():
        columns = ["ts", "bid", "ask", *(("bid_size", "ask_size") if distance is None else ())]
        right = quotes.select(*([by] if by else []), *columns)
        left = fills.sort(f"at_{name}") if by is None else fills.sort("symbol", f"at_{name}")
        fills = left.join_asof(
            right.rename({column: f"{column}_{name}" for column in columns}),
            left_on=f"at_{name}",
            right_on=f"ts_{name}",
            by=by,
            strategy="backward",
            allow_exact_matches=distance is not None,
            check_sortedness=False,
        )
    return fills


def _grouped(joined: pl.LazyFrame) -> pl.LazyFrame:
    far = pl.when(pl.col("side") == "buy").then("ask_receipt").otherwise("bid_receipt")
    notional = pl.coalesce("limit_price", far) * pl.col("order_quantity")
    return joined.with_columns(size_bucket(notional).alias("size_bucket")).group_by(BY).agg(polars_sums())


def polars_streaming(folder: Path) -> dict[str, float]:
    """polars, lazy, `join_asof` by symbol, streaming engine."""
    quotes = pl.scan_parquet(_vendor(folder, "quotes")).select(QUOTE_COLUMNS)
    return totals_of(_grouped(_joined(_fills(folder), quotes, by="symbol")).collect(engine="streaming"))


def polars_symbols(folder: Path) -> dict[str, float]:
    """polars, in memory, one symbol's slice after another."""
    quotes = pl.read_parquet(_vendor(folder, "quotes"), columns=list(QUOTE_COLUMNS))
    parts = quotes.partition_by("symbol", as_dict=True, include_key=False)
    fills = _fills(folder).collect().partition_by("symbol", as_dict=True)
    lazies = [
        _grouped(_joined(rows.lazy(), parts[key].sort("ts").lazy(), by=None)) for key, rows in sorted(fills.items())
    ]
    return totals_of(pl.concat(pl.collect_all(lazies)))


def pandas(folder: Path) -> dict[str, float]:
    """The function `merge_asof` of pandas by symbol, as transaction cost libraries use it."""
    import pandas as pd  # noqa: PLC0415

    names = sorted((folder / "vendor").glob("quotes-*.parquet"))
    quotes = pd.concat([pd.read_parquet(path) for path in names]).astype({"symbol": "category"})
    quotes = quotes.sort_values("ts", kind="stable", ignore_index=True)
    frame = _fills(folder).collect().to_pandas()
    frame["symbol"] = frame["symbol"].astype(quotes["symbol"].dtype)
    for name, distance in LOOKUPS.items():
        columns = ["bid", "ask", *(("bid_size", "ask_size") if distance is None else ())]
        right = quotes[["symbol", "ts", *columns]].rename(
            columns={column: f"{column}_{name}" for column in ("ts", *columns)}
        )
        frame = pd.merge_asof(
            frame.sort_values(f"at_{name}"),
            right,
            left_on=f"at_{name}",
            right_on=f"ts_{name}",
            by="symbol",
            allow_exact_matches=distance is not None,
        )
    frame["symbol"] = frame["symbol"].astype("object")
    return totals_of(_grouped(pl.from_pandas(frame).lazy()).collect())


def duckdb(folder: Path) -> dict[str, float]:
    """DuckDB, seven ASOF joins in one query over the files."""
    import duckdb as db  # noqa: PLC0415

    fills = _fills(folder).collect()
    joins, chosen = [], []
    for name, distance in LOOKUPS.items():
        comparison = ">" if distance is None else ">="
        joins.append(
            f"ASOF LEFT JOIN quotes q_{name} ON f.symbol = q_{name}.symbol AND f.at_{name} {comparison} q_{name}.ts"
        )
        chosen.append(f"q_{name}.bid AS bid_{name}, q_{name}.ask AS ask_{name}")
    connection = db.connect()
    connection.register("fills", fills.to_arrow())
    connection.from_parquet(_vendor(folder, "quotes")).create_view("quotes")
    query = f"SELECT f.*, {', '.join(chosen)} FROM fills f {' '.join(joins)}"  # noqa: S608 - our own words only
    joined = pl.DataFrame(connection.execute(query).to_arrow_table())
    return totals_of(_grouped(joined.lazy()).collect())


PEERS = {
    "scan": scan,
    "polars_streaming": polars_streaming,
    "polars_symbols": polars_symbols,
    "pandas": pandas,
    "duckdb": duckdb,
}

__all__ = ["PEERS", "TOTALS"]
