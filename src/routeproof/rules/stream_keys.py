"""Which daily stream speaks of what a clause or an exit test names: a catalog metric and filters of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.stream_metrics import BETTER

if TYPE_CHECKING:
    from collections.abc import Iterable

Key = tuple[str | None, str | None, str]
"""`venue` (null: all together), `order_type` (null: all), `metric`, as in `rules.streams`."""
STREAM_OF = {
    "price_improvement_usd_per_share": "price_improvement",
    "effective_spread_usd_per_share": "effective_spread",
    "route_fill_rate_shares": "fill_rate",
    "fill_rate_shares": "order_fill_rate",
    "time_to_execution_ms_p50": "time_to_execution_ms",
}
"""Stream of a catalog metric. Price improvement, effective spread and time to execution are those of orders that meet
the market, and the time is the mean of daily medians; see `rules.streams` for what else a stream leaves out."""
METRIC_OF = {stream: metric for metric, stream in STREAM_OF.items()}
AGREED = pl.Schema(
    {
        "provider": pl.String(),
        "venue": pl.String(),
        "order_type": pl.String(),
        "metric": pl.String(),
        "level": pl.Float64(),
        "since": pl.Date(),
        "clause": pl.String(),
    }
)
"""Levels that were agreed, one a stream. level: in the stream's unit. since: first day of the agreement's terms."""
_KINDS = ("market", "limit", "resting", "other")


def stream_key(metric: str, where: Iterable[str]) -> Key | None:
    """The stream of a catalog metric (or of a stream's own name) under filters as `measure --where` writes them.

    Null where there is none: another metric, one without a better side, other filters than one venue and one
    `order_group` (or `order_class=market`, which the kind `market` holds together with its immediate-or-cancel twin).
    """
    name = STREAM_OF.get(metric, metric)
    if BETTER.get(name, "none") == "none":
        return None
    venue: str | None = None
    kind: str | None = None
    for one in where:
        column, _, value = one.partition("=")
        if column == "venue" and venue is None and value:
            venue = value
        elif kind is None and ((column == "order_group" and value in _KINDS) or one == "order_class=market"):
            kind = value
        else:
            return None
    return venue, kind, name


def is_level_of(key: Key, *, at_least: bool) -> bool:
    """Whether a bound lies on the side that the stream's metric is worse on: only then it is a level to keep."""
    return BETTER[key[2]] == ("higher" if at_least else "lower")
