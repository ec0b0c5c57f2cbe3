"""Counts within windows of event time, and adjacent windows that fire put together as one incident."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

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


def burst_hits(
    events: pl.DataFrame, width_ns: int, facts: Facts, limits: Limits, keys: tuple[str, str], sentence: pl.Expr
) -> pl.DataFrame:
    """Windows with many events of a kind, and many of all events, as hits; windows that follow each other are one.

    Args:
        events: see `counted`.
        width_ns: length of a window.
        facts: for the lateness that policy grants.
        limits: of the rule.
        keys: thresholds: least number of events of the kind, and least share of all events.
        sentence: over `provider, venue, hits, n, from_at, until_at`.
    """
    least, share_key = keys
    windows = counted(events, width_ns).with_columns(limit(limits, share_key).alias("allowed"))
    share = pl.col("hits") / pl.col("n")
    fired = windows.filter((pl.col("hits") >= limit(limits, least)) & (share >= pl.col("allowed")))
    shape = Shape(
        at=pl.col("from_at"),
        unit="share",
        observed=share,
        threshold=pl.col("allowed"),
        key=pl.col("from_at").cast(pl.String),
        settles_at=pl.col("until_at") + facts.waits.lateness_ms * NS_PER_MS,
        until_at=pl.col("until_at"),
        sentence=sentence,
    )
    return hits(joined(fired, width_ns), pl.lit(value=True), shape)
