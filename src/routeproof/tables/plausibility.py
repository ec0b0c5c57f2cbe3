"""Files that cannot be evidence: a book that is crossed most of the time, a unit that is plainly wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping

CROSSED_SHARE_LIMIT = 0.5
"""A consolidated book is crossed for moments; above one half the file is not the book that it claims to be."""

ABSURD_SHARE_LIMIT = 0.5
PRICE_RATIO_LIMIT = 20.0
"""No stock moves twentyfold within a session; a ratio beyond it is a unit."""


def crossed_share(quotes: pl.DataFrame) -> float:
    """Share of two-sided quotes whose bid is above the ask; 0 where none is two-sided."""
    two_sided = pl.col("bid").is_not_null() & pl.col("ask").is_not_null()
    crossed, counted = quotes.select((pl.col("bid") > pl.col("ask")).sum(), two_sided.sum().alias("counted")).row(0)
    return crossed / counted if counted else 0.0


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


def wrong_price_unit(own: Mapping[str, float], others: Mapping[str, float]) -> str:
    """Why the prices of a file cannot have the unit they claim, against what is known of the same symbols; or empty."""
    ratios = sorted(own[symbol] / others[symbol] for symbol in own if others.get(symbol) and own[symbol])
    if not ratios:
        return ""
    ratio = ratios[len(ratios) // 2]
    if 1 / PRICE_RATIO_LIMIT < ratio < PRICE_RATIO_LIMIT:
        return ""
    return f"prices are {ratio:,.6g} times those already known of the same symbols and days"
