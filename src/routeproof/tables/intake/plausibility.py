"""Files that cannot be evidence: a book that is crossed most of the time, a unit that is plainly wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

CROSSED_SHARE_LIMIT = 0.5
"""A consolidated book is crossed for moments; above one half the file is not the book that it claims to be."""

ABSURD_SHARE_LIMIT = 0.5

WRONG_PRICE_UNIT = "wrong_price_unit"
"""Reason for a file whose prices cannot have the unit that they claim."""

WITHDRAWN = "withdrawn"
"""Reason for a file that a person said is no evidence."""

PRICE_RATIO_LIMIT = 20.0
"""No stock moves twentyfold within a session; a ratio beyond it is a unit."""


def two_sided() -> pl.Expr:
    """A quote has both a bid and an ask."""
    return pl.col("bid").is_not_null() & pl.col("ask").is_not_null()


def price_of(table: str) -> pl.Expr | None:
    """The price level that a row of the table speaks of, or `None` if its table has none."""
    match table:
        case "quotes":
            return pl.coalesce((pl.col("bid") + pl.col("ask")) // 2, "bid", "ask")
        case "trades" | "executions":
            return pl.col("price")
    return None


def median_prices(table: str, frame: pl.DataFrame) -> dict[str, float]:
    """Median price level per symbol, fixed point."""
    price = price_of(table)
    if price is None or frame.is_empty():
        return {}
    medians = frame.select("symbol", price.alias("price")).group_by("symbol").agg(pl.col("price").median()).drop_nulls()
    return dict(medians.iter_rows())


def median_of_medians(blocks: pl.DataFrame) -> dict[str, float]:
    """Usual price level per symbol from `symbol, price, priced`: medians of blocks, each as heavy as its rows."""
    heavy = blocks.filter(pl.col("priced") > 0).sort("symbol", "price")
    reached = pl.col("priced").cum_sum().over("symbol") * 2 >= pl.col("priced").sum().over("symbol")
    return dict(heavy.filter(reached).group_by("symbol").agg(pl.col("price").first()).iter_rows())


def wrong_price_unit(own: Mapping[str, float], others: Mapping[str, float]) -> str:
    """Why the prices of a file cannot have the unit they claim, against what is known of the same symbols; or empty."""
    ratios = sorted(own[symbol] / others[symbol] for symbol in own if others.get(symbol) and own[symbol])
    if not ratios:
        return ""
    ratio = ratios[len(ratios) // 2]
    if 1 / PRICE_RATIO_LIMIT < ratio < PRICE_RATIO_LIMIT:
        return ""
    return f"prices are {ratio:,.6g} times those already known of the same symbols and days"
