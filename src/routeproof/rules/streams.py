"""Daily streams: one figure per provider, venue and kind of order on a day, so that days can be compared.

A stream is a metric of a provider at a venue for a kind of order; `venue` null is all venues together, `order_type`
null all orders. The kinds are the scorecard's: `market`, `limit` (limit orders that meet the market), `resting` (those
that wait for it) and `other`. Orders that may outlive their day (good till cancelled or a date) are in no stream: what
a day says of them changes later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import polars as pl

from routeproof.tables.division import divided
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS
from routeproof.vocab.words import LASTING

if TYPE_CHECKING:
    from datetime import date

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

MARKETABLE = ("market", "market_ioc", "marketable_limit", "marketable_limit_ioc")
Better = Literal["higher", "lower", "none"]
_WIDE = pl.Int128()
_KEY = ("provider", "venue", "order_type")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """How one metric of a day is made.

    Attributes:
        metric: stable name.
        unit: of the value.
        weight_unit: of the weight.
        better: which way it is better for the customer.
        frame: `fills`, `routes` or `orders`.
        needs: columns without which there is none.
        rows: records that count.
        top, bottom: integers whose sums are divided; without a bottom the median of `top` is taken.
        divisor: what the quotient is divided by, so that it comes out in the unit.
        weight_divisor: the same for the sum of `bottom` as a weight.
    """

    metric: str
    unit: str
    weight_unit: str
    better: Better
    frame: Literal["fills", "routes", "orders"]
    rows: pl.Expr
    top: pl.Expr
    bottom: pl.Expr | None = None
    divisor: int = 1
    weight_divisor: int = 1
    needs: tuple[str, ...] = ()


def _of_fills(metric: str, unit: str, better: Better, rate: pl.Expr, divisor: int) -> Stream:
    """A share-weighted rate per share of marketable orders' fills."""
    return Stream(
        metric=metric,
        unit=unit,
        weight_unit="shares",
        better=better,
        frame="fills",
        rows=pl.col("order_class").is_in(MARKETABLE) & rate.is_not_null(),
        top=rate.cast(_WIDE) * pl.col("quantity").cast(_WIDE),
        bottom=pl.col("quantity").cast(_WIDE),
        divisor=divisor,
        weight_divisor=SCALE,
    )


def _markout(horizon: str) -> Stream:
    gained = pl.col("sign") * (pl.col(f"mid2_{horizon}") - 2 * pl.col("price"))
    return Stream(
        metric=f"markout_{horizon}",
        unit="bps",
        weight_unit="usd",
        better="higher",
        frame="fills",
        rows=pl.col("order_class").is_in(MARKETABLE) & gained.is_not_null() & pl.col("mid2").is_not_null(),
        top=10_000 * gained.cast(_WIDE) * pl.col("quantity").cast(_WIDE),
        bottom=pl.col("mid2").cast(_WIDE) * pl.col("quantity").cast(_WIDE),
        weight_divisor=2 * SCALE * SCALE,
    )


def _median_ms(metric: str, frame: Literal["fills", "routes"], duration: pl.Expr, rows: pl.Expr) -> Stream:
    return Stream(
        metric=metric,
        unit="ms",
        weight_unit="records",
        better="lower",
        frame=frame,
        rows=rows & duration.is_not_null(),
        top=duration,
        divisor=NS_PER_MS,
    )


def _of_routes(metric: str, better: Better, top: pl.Expr, bottom: str, needs: tuple[str, ...] = ()) -> Stream:
    """A share of shares of last routes that name a venue."""
    return Stream(
        metric=metric,
        unit="ratio",
        weight_unit="shares",
        better=better,
        frame="routes",
        rows=_AT_VENUE & pl.col(bottom).is_not_null() if bottom in needs else _AT_VENUE,
        top=top.cast(_WIDE),
        bottom=pl.col(bottom).cast(_WIDE),
        weight_divisor=SCALE,
        needs=needs,
    )


_AT_VENUE = (pl.col("is_leaf") == 1) & pl.col("venue").is_not_null()
_MARKETABLE_FILL = pl.col("order_class").is_in(MARKETABLE)
_ACCEPTED = pl.col("accepted") == 1

ALL = (
    _of_fills(
        "price_improvement", "usd_per_share", "higher", pl.col("sign") * (pl.col("far_touch") - pl.col("price")), SCALE
    ),
    _of_fills(
        "effective_spread", "usd_per_share", "lower", pl.col("sign") * (2 * pl.col("price") - pl.col("mid2")), SCALE
    ),
    _markout("1s"),
    _markout("60s"),
    _median_ms("time_to_execution_ms", "fills", pl.col("time_to_execution_ns"), _MARKETABLE_FILL),
    Stream(
        metric="payment_per_share",
        unit="usd_per_share",
        weight_unit="shares",
        better="none",
        frame="fills",
        rows=pl.col("payment").is_not_null(),
        top=pl.col("payment").cast(_WIDE),
        bottom=pl.col("quantity").cast(_WIDE),
        weight_divisor=SCALE,
        needs=("payment",),
    ),
    Stream(
        metric="internalised_share",
        unit="ratio",
        weight_unit="shares",
        better="none",
        frame="fills",
        rows=pl.col("internal").is_not_null(),
        top=pl.col("internal").cast(_WIDE) * pl.col("quantity").cast(_WIDE),
        bottom=pl.col("quantity").cast(_WIDE),
        weight_divisor=SCALE,
    ),
    _of_routes("fill_rate", "higher", pl.col("executed"), "quantity"),
    Stream(
        metric="filled_routes",
        unit="ratio",
        weight_unit="records",
        better="higher",
        frame="routes",
        rows=_AT_VENUE,
        top=(pl.col("executed") > 0).cast(pl.Int64),
        bottom=pl.col("is_leaf"),
    ),
    _of_routes("reject_share", "lower", pl.col("rejected") * pl.col("quantity"), "quantity"),
    _of_routes("fade", "lower", pl.col("faded"), "fade_base", ("fade_base", "faded")),
    _median_ms("route_to_ack_ms", "routes", pl.col("acknowledged_at") - pl.col("sent_at"), _AT_VENUE),
    _median_ms("onward_delay_ms", "routes", pl.col("onward_ns"), _AT_VENUE),
    Stream(
        metric="order_fill_rate",
        unit="ratio",
        weight_unit="shares",
        better="higher",
        frame="orders",
        rows=_ACCEPTED & pl.col("quantity").is_not_null(),
        top=pl.col("executed").cast(_WIDE),
        bottom=(pl.col("quantity") - pl.col("cancelled_before_executable")).cast(_WIDE),
        weight_divisor=SCALE,
    ),
)
SHARES = ("routing_share", "route_share")
"""Shares of a venue in what the provider routed for a kind of order: by shares, and by number of routes."""

BY_METRIC = {one.metric: one for one in ALL}
BETTER: dict[str, Better] = {one.metric: one.better for one in ALL} | dict.fromkeys(SHARES, "none")


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
    for one in ALL:
        frame = frames[one.frame]
        if frame is not None and set(one.needs) <= set(frame.columns):
            counted = frame.filter(one.rows & pl.col("provider").is_not_null())
            parts += [_measured(counted, one, keys) for keys in _keys(by_venue=one.frame != "orders")]
    if frames["routes"] is not None:
        parts += _shares(frames["routes"].filter(_AT_VENUE & pl.col("provider").is_not_null()))
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
    if one.bottom is None:
        found = named.group_by(keys).agg(one.top.median().alias("top"), pl.len().cast(pl.Int64).alias("n"))
        figures = found.with_columns(value=divided(pl.col("top"), one.divisor), weight=pl.col("n").cast(pl.Float64))
    else:
        sums = (one.top.sum().alias("top"), one.bottom.sum().alias("bottom"), pl.len().cast(pl.Int64).alias("n"))
        whole = named.group_by(keys).agg(sums).filter(pl.col("bottom") > 0)
        figures = whole.with_columns(
            value=pl.col("top").cast(pl.Float64) / (pl.col("bottom") * one.divisor).cast(pl.Float64),
            weight=pl.col("bottom").cast(pl.Float64) / one.weight_divisor,
        )
    return figures.select(*keys, "value", "n", "weight", pl.lit(one.metric).alias("metric"))


def _shares(routes: pl.DataFrame) -> list[pl.DataFrame]:
    """Shares of each venue, by shares and by routes; n counts the venue's routes, weight is the whole."""
    parts = []
    for keys in _keys(by_venue=True)[:2]:
        whole = routes.group_by(keys).agg(
            pl.col("quantity").cast(_WIDE).sum().alias("all_shares"), pl.len().alias("all_n")
        )
        counts = (pl.col("quantity").cast(_WIDE).sum().alias("shares"), pl.len().cast(pl.Int64).alias("n"))
        at_venue = routes.group_by(*keys, "venue").agg(counts).join(whole, on=keys, how="left", nulls_equal=True)
        for metric, top, bottom, divisor in (
            ("routing_share", "shares", "all_shares", SCALE),
            ("route_share", "n", "all_n", 1),
        ):
            weight = pl.col(bottom).cast(pl.Float64)
            share = (pl.col(top).cast(pl.Float64) / weight).alias("value")
            parts.append(
                at_venue.select(
                    *keys, "venue", share, "n", (weight / divisor).alias("weight"), pl.lit(metric).alias("metric")
                )
            )
    return parts
