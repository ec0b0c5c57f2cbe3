"""The official auction price that on-open and on-close orders are held against."""

from __future__ import annotations

import polars as pl

_KIND_OF = {"on_open": "open", "on_close": "close"}


def with_auction_price(rows: pl.DataFrame, auctions: pl.DataFrame | None) -> pl.DataFrame:
    """Measured executions with `auction_price`, of fills of on-open and on-close orders.

    Args:
        rows: measured executions of one day.
        auctions: canonical `auctions` of the day; the last price of each symbol and kind is the official one.

    Returns:
        `auction_price` in fixed point, null for other orders and where no price is known. Without auctions the column
        is left out.
    """
    if auctions is None or auctions.is_empty() or rows.is_empty():
        return rows
    official = (
        auctions.filter(pl.col("price").is_not_null())
        .sort("symbol", "at", "sequence")
        .unique(["symbol", "kind"], keep="last", maintain_order=True)
        .select("symbol", pl.col("kind").alias("auction_kind"), pl.col("price").alias("auction_price"))
    )
    kind = pl.col("order_class").replace_strict(_KIND_OF, default=None, return_dtype=pl.String)
    return (
        rows.with_columns(kind.alias("auction_kind"))
        .join(official, on=["symbol", "auction_kind"], how="left", maintain_order="left")
        .drop("auction_kind")
    )
