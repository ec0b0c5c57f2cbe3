"""Daily streams: one figure per provider, venue and kind of order on a day, so that days can be compared.

A stream is a metric of a provider at a venue for a kind of order; `venue` null is all venues together, `order_type`
null all orders. The kinds are the scorecard's: `market`, `limit` (limit orders that meet the market), `resting` (those
that wait for it) and `other`. Orders that may outlive their day (good till cancelled or a date) are in no stream: what
a day says of them changes later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.stream_metrics import AT_VENUE, MEASURES, WIDE
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.words import LASTING

if TYPE_CHECKING:
    from datetime import date

    from routeproof.rules.stream_metrics import Stream

STREAMS = pl.Schema(
    {
        "day": pl.Date(),
        "provider": pl.String(),
        "venue": pl.String(),
        "order_type": pl.String(),
        "metric": pl.String(),
        "value": pl.Float64(),
        "n": pl.Int64(),
        "weight": pl.Float64(),
    }
)
"""value: in the metric's unit, one division of exact sums, or a median. n: records behind it. weight: what the value
is averaged over, in the unit of the metric's `weight_unit`; days are pooled by it. No row where there is no record."""

_KEY = ("provider", "venue", "order_type")


def day_streams(
    day: date,
    fills: pl.DataFrame | None,
    orders: pl.DataFrame | None,
    routes: pl.DataFrame | None,
    affiliates: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """All streams of one measured day, `STREAMS` in order of their key.

    Args:
        day: trading day.
        fills: as in `Facts`; what is null gives no stream.
        orders: the same.
        routes: the same.
        affiliates: `provider, venue`: venues under one roof with the provider; null: not known, and then only fills
            that state their capacity say whether they were internalised.
    """
    frames = {
        "fills": None if fills is None else _with_internal(_short_lived(fills), affiliates),
        "orders": None if orders is None else _short_lived(orders).with_columns(venue=pl.lit(None, dtype=pl.String)),
        "routes": None if routes is None else _with_onward(_short_lived(routes)),
    }
    parts = [STREAMS.to_frame()]
    for one in MEASURES:
        frame = frames[one.frame]
        if frame is not None and set(one.needs) <= set(frame.columns):
            counted = frame.filter(one.rows & pl.col("provider").is_not_null())
            parts += [_measured(counted, one, keys) for keys in _keys(by_venue=one.frame != "orders")]
    if frames["routes"] is not None:
        parts += _shares(frames["routes"].filter(AT_VENUE & pl.col("provider").is_not_null()))
    together = pl.concat(parts, how="diagonal_relaxed").with_columns(pl.lit(day).alias("day"))
    return together.select(STREAMS.names()).cast(STREAMS).sort("metric", *_KEY, nulls_last=False)


def _short_lived(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows of orders that end with their day, with the kind of order as `order_type`."""
    return frame.filter(~pl.col("tif").is_in(LASTING).fill_null(value=False)).with_columns(
        pl.col("order_group").alias("order_type")
    )


def _with_internal(fills: pl.DataFrame, affiliates: pl.DataFrame | None) -> pl.DataFrame:
    """Fills with `internal` 0/1: as principal, or at an affiliate; null where nothing says."""
    principal = pl.when(pl.col("capacity").is_not_null()).then(pl.col("capacity") == "principal")
    if affiliates is None:
        return fills.with_columns(principal.cast(pl.Int64).alias("internal"))
    known = affiliates.select("provider", "venue").unique().with_columns(at_affiliate=pl.lit(value=True))
    joined = fills.join(known, on=["provider", "venue"], how="left", maintain_order="left")
    under = pl.when(pl.col("venue").is_not_null()).then(pl.col("at_affiliate").fill_null(value=False))
    said = pl.when(principal.fill_null(value=False) | under.fill_null(value=False)).then(pl.lit(value=True))
    return joined.with_columns(pl.coalesce(said, under, principal).cast(pl.Int64).alias("internal"))


def _with_onward(routes: pl.DataFrame) -> pl.DataFrame:
    """Routes with `onward_ns`: how long the first child of a route came after it; null for others."""
    above = routes.select(pl.col("route_id").alias("parent_route_id"), pl.col("sent_at").alias("parent_at"))
    joined = routes.join(above.unique("parent_route_id"), on="parent_route_id", how="left", maintain_order="left")
    first = pl.col("sent_at") == pl.col("sent_at").min().over("parent_route_id")
    has = pl.col("parent_at").is_not_null() & first
    return joined.with_columns(pl.when(has).then(pl.col("sent_at") - pl.col("parent_at")).alias("onward_ns"))


def _keys(*, by_venue: bool) -> list[tuple[str, ...]]:
    """Which columns of the key are grouped by; the others are null."""
    all_venues: list[tuple[str, ...]] = [("provider",), ("provider", "order_type")]
    return [*all_venues, ("provider", "venue"), _KEY] if by_venue else all_venues


def _measured(rows: pl.DataFrame, one: Stream, keys: tuple[str, ...]) -> pl.DataFrame:
    """One metric by the columns of a key, without the groups of no venue."""
    named = rows.filter(pl.col("venue").is_not_null()) if "venue" in keys else rows
    count = pl.len().cast(pl.Int64).alias("n")
    if one.bottom is None:
        found = named.group_by(keys).agg(one.top.median().alias("top"), count)
        figures = found.with_columns(_quotient(found["top"], one.divisor, "value"), weight=pl.col("n").cast(pl.Float64))
    else:
        sums = named.group_by(keys).agg(one.top.sum().alias("top"), one.bottom.sum().alias("bottom"), count)
        whole = sums.filter(pl.col("bottom") > 0).with_columns(below=pl.col("bottom") * one.divisor)
        figures = whole.with_columns(
            _quotient(whole["top"], whole["below"], "value"),
            _quotient(whole["bottom"], one.weight_divisor, "weight"),
        )
    return figures.select(*keys, "value", "n", "weight", pl.lit(one.metric).alias("metric"))


def _shares(routes: pl.DataFrame) -> list[pl.DataFrame]:
    """Shares of each venue, by shares and by routes; n counts the venue's routes, weight is the whole."""
    parts = []
    shares, count = pl.col("quantity").cast(WIDE).sum(), pl.len().cast(pl.Int64)
    for keys in _keys(by_venue=False):
        whole = routes.group_by(keys).agg(shares.alias("all_shares"), count.alias("all_n"))
        own = routes.group_by(*keys, "venue").agg(shares.alias("shares"), count.alias("n"))
        at_venue = own.join(whole, on=keys, how="left", nulls_equal=True)
        for metric, top, bottom, divisor in (
            ("routing_share", "shares", "all_shares", SCALE),
            ("route_share", "n", "all_n", 1),
        ):
            value = _quotient(at_venue[top], at_venue[bottom], "value")
            weight = _quotient(at_venue[bottom], divisor, "weight")
            parts.append(at_venue.select(*keys, "venue", value, "n", weight, pl.lit(metric).alias("metric")))
    return parts


def _quotient(top: pl.Series, bottom: pl.Series | int, name: str) -> pl.Series:
    """Quotients that are rounded once each: numpy divides, since polars may multiply by a rounded inverse."""
    below = bottom.cast(pl.Float64).to_numpy() if isinstance(bottom, pl.Series) else float(bottom)
    return pl.Series(name, top.cast(pl.Float64).to_numpy() / below, dtype=pl.Float64)
