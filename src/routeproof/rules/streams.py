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
    parts = [STREAMS.to_frame()]
    if fills is not None:
        parts += _measured(_with_internal(_short_lived(fills), affiliates), "fills")
    if orders is not None:
        parts += _measured(_short_lived(orders).with_columns(venue=pl.lit(None, dtype=pl.String)), "orders")
    if routes is not None:
        whole = _with_onward(_short_lived(routes))
        at_venue = whole.filter(AT_VENUE & pl.col("provider").is_not_null()).select(*_KEY, "quantity")
        parts += [*_measured(whole, "routes"), *_shares(at_venue.collect())]
    together = pl.concat(parts, how="diagonal_relaxed").with_columns(pl.lit(day).alias("day"))
    return together.select(STREAMS.names()).cast(STREAMS).sort("metric", *_KEY, nulls_last=False)


def _short_lived(frame: pl.DataFrame) -> pl.LazyFrame:
    """Rows of orders that end with their day, with the kind of order as `order_type`; lazy, since frames are wide."""
    return (
        frame.lazy()
        .filter(~pl.col("tif").is_in(LASTING).fill_null(value=False))
        .with_columns(pl.col("order_group").alias("order_type"))
    )


def _with_internal(fills: pl.LazyFrame, affiliates: pl.DataFrame | None) -> pl.LazyFrame:
    """Fills with `internal` 0/1: as principal, or at an affiliate; null where nothing says."""
    principal = pl.when(pl.col("capacity").is_not_null()).then(pl.col("capacity") == "principal")
    if affiliates is None:
        return fills.with_columns(principal.cast(pl.Int64).alias("internal"))
    known = affiliates.lazy().select("provider", "venue").unique().with_columns(at_affiliate=pl.lit(value=True))
    joined = fills.join(known, on=["provider", "venue"], how="left", maintain_order="left")
    under = pl.when(pl.col("venue").is_not_null()).then(pl.col("at_affiliate").fill_null(value=False))
    said = pl.when(principal.fill_null(value=False) | under.fill_null(value=False)).then(pl.lit(value=True))
    return joined.with_columns(pl.coalesce(said, under, principal).cast(pl.Int64).alias("internal"))


def _with_onward(routes: pl.LazyFrame) -> pl.LazyFrame:
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


def _measured(frame: pl.LazyFrame, name: str) -> list[pl.DataFrame]:
    """All metrics of a frame of that name, by the columns of each key."""
    columns, named = frame.collect_schema().names(), frame.filter(pl.col("provider").is_not_null())
    measures = [one for one in MEASURES if one.frame == name and set(one.needs) <= set(columns)]
    whole = [one for one in measures if one.bottom is not None]
    # Sums are exact, so those of a coarse key are the sums of the finest one's; medians must see all records.
    finest = named.group_by(_KEY).agg(expr for one in whole for expr in _sums(one))
    medians = [one for one in measures if one.bottom is None]
    tops = [named.filter(one.rows).select(*_KEY, one.top.alias("top")) for one in medians]
    sums, *records = pl.collect_all([finest, *tops])
    parts = []
    for keys in _keys(by_venue=name != "orders"):
        coarse = _of_venues(sums, keys).group_by(keys).agg(pl.exclude(_KEY).sum())
        parts += [_quotients(coarse, one, keys) for one in whole]
    for one, rows in zip(medians, records, strict=True):
        parts += [_medians(rows, one, keys) for keys in _keys(by_venue=name != "orders")]
    return parts


def _sums(one: Stream) -> list[pl.Expr]:
    """`top:METRIC, bottom:METRIC, n:METRIC` of the records that count."""
    assert one.bottom is not None  # noqa: S101  # else it is a median
    return [
        one.top.filter(one.rows).sum().alias(f"top:{one.metric}"),
        one.bottom.filter(one.rows).sum().alias(f"bottom:{one.metric}"),
        one.rows.fill_null(value=False).cast(pl.Int64).sum().alias(f"n:{one.metric}"),
    ]


def _of_venues(rows: pl.DataFrame, keys: tuple[str, ...]) -> pl.DataFrame:
    """Without the rows of no venue, where venues are told apart."""
    return rows.filter(pl.col("venue").is_not_null()) if "venue" in keys else rows


def _quotients(sums: pl.DataFrame, one: Stream, keys: tuple[str, ...]) -> pl.DataFrame:
    """One metric as the quotient of its sums, without the groups in which no record counts."""
    own = {name: pl.col(f"{name}:{one.metric}") for name in ("top", "bottom", "n")}
    counted = sums.select(*keys, **own, below=own["bottom"] * one.divisor)
    found = counted.filter((pl.col("n") > 0) & (pl.col("bottom") > 0))
    return found.select(
        *keys,
        _quotient(found["top"], found["below"], "value"),
        "n",
        _quotient(found["bottom"], one.weight_divisor, "weight"),
        pl.lit(one.metric).alias("metric"),
    )


def _medians(rows: pl.DataFrame, one: Stream, keys: tuple[str, ...]) -> pl.DataFrame:
    """One metric as the median of its records, each of which weighs the same."""
    count = pl.len().cast(pl.Int64).alias("n")
    found = _of_venues(rows, keys).group_by(keys).agg(pl.col("top").median(), count)
    value, weight = _quotient(found["top"], one.divisor, "value"), pl.col("n").cast(pl.Float64).alias("weight")
    return found.select(*keys, value, "n", weight, pl.lit(one.metric).alias("metric"))


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
