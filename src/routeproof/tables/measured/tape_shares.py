"""Who printed how much: eligible regular-hours prints and shares by symbol and venue, one day at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

NAME = "tape_shares"
COLUMNS_READ = ("symbol", "at", "sequence", "venue", "quantity", "eligible")


def regular_prints(trades: pl.DataFrame) -> pl.DataFrame:
    """Eligible prints inside regular hours, the open included and the close not.

    Args:
        trades: canonical trades of one day plus `open_at, close_at`; both null where there was no session.
    """
    inside = (pl.col("at") >= pl.col("open_at")) & (pl.col("at") < pl.col("close_at"))
    return trades.filter(pl.col("eligible") & inside)


def shares_of_day(trades: pl.DataFrame, day: date, hours: tuple[int, int] | None) -> pl.DataFrame:
    """`trading_day, symbol, venue, prints, quantity` (1e-9 shares) of one day, sorted; venue is null if not reported.

    Args:
        trades: canonical trades of the day.
        day: of these trades.
        hours: open and close of the session, or `None`.
    """
    opened, closed = hours or (None, None)
    timed = trades.with_columns(
        pl.lit(opened, dtype=pl.Int64).alias("open_at"), pl.lit(closed, dtype=pl.Int64).alias("close_at")
    )
    return (
        regular_prints(timed)
        .group_by("symbol", "venue")
        .agg(pl.len().cast(pl.Int64).alias("prints"), pl.col("quantity").sum())
        .select(pl.lit(day).alias("trading_day"), "symbol", "venue", "prints", "quantity")
        .sort("symbol", "venue", nulls_last=False)
    )


def shares_together(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Shares of parts of a day as those of the day; prints and shares add up."""
    return (
        pl.concat(parts)
        .group_by("trading_day", "symbol", "venue")
        .agg(pl.col("prints", "quantity").sum())
        .sort("symbol", "venue", nulls_last=False)
    )
