"""Counts within windows of event time, and adjacent windows that fire put together as one incident."""

from __future__ import annotations

import polars as pl

OF_WINDOW = ("provider", "venue", "window_at")


def counted(events: pl.DataFrame, width_ns: int) -> pl.DataFrame:
    """Events by provider, venue and window.

    Args:
        events: `provider, venue, at` (UTC ns), `hit` (whether the event is of the kind that is counted); rows without
            an instant are left out.
        width_ns: length of a window; windows begin at multiples of it since the epoch.

    Returns:
        `provider, venue, window_at` (begin), `n` events, `hits` of them, in order.
    """
    start = (pl.col("at") // width_ns * width_ns).alias("window_at")
    return (
        events.filter(pl.col("at").is_not_null())
        .group_by("provider", "venue", start)
        .agg(pl.len().cast(pl.Int64).alias("n"), pl.col("hit").sum().cast(pl.Int64).alias("hits"))
        .sort(OF_WINDOW, nulls_last=False)
    )


def joined(fired: pl.DataFrame, width_ns: int) -> pl.DataFrame:
    """Windows that follow each other without a gap as one.

    Args:
        fired: rows of `counted`, with further columns that are alike within a provider and venue.
        width_ns: length of a window.

    Returns:
        The same columns, with `from_at, until_at` in place of `window_at`; `n` and `hits` are sums.
    """
    ordered = fired.sort(OF_WINDOW, nulls_last=False)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in ("provider", "venue"))
    near = pl.col("window_at") - pl.col("window_at").shift() <= width_ns
    run = (~(same & near).fill_null(value=False)).cum_sum()
    others = [name for name in fired.columns if name not in (*OF_WINDOW, "n", "hits")]
    return (
        ordered.group_by(run.alias("run"), maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in ("provider", "venue", *others)),
            pl.col("window_at").min().alias("from_at"),
            (pl.col("window_at").max() + width_ns).alias("until_at"),
            pl.col("n", "hits").sum(),
        )
        .drop("run")
    )
