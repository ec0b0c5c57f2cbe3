"""What daily streams measure: each metric as two integer sums and one division, or as a median."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

MARKETABLE = ("market", "market_ioc", "marketable_limit", "marketable_limit_ioc")
Better = Literal["higher", "lower", "none"]
WIDE = pl.Int128()


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
        top=rate.cast(WIDE) * pl.col("quantity").cast(WIDE),
        bottom=pl.col("quantity").cast(WIDE),
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
        top=10_000 * gained.cast(WIDE) * pl.col("quantity").cast(WIDE),
        bottom=pl.col("mid2").cast(WIDE) * pl.col("quantity").cast(WIDE),
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
        rows=AT_VENUE & pl.col(bottom).is_not_null() if bottom in needs else AT_VENUE,
        top=top.cast(WIDE),
        bottom=pl.col(bottom).cast(WIDE),
        weight_divisor=SCALE,
        needs=needs,
    )


AT_VENUE = (pl.col("is_leaf") == 1) & pl.col("venue").is_not_null()
_REFUSED = (pl.col("rejected") == 1) & (pl.col("executed") == 0)
"""Routes that the venue never took: a rate of filled routes says nothing of them, `reject_share` does."""
_MARKETABLE_FILL = pl.col("order_class").is_in(MARKETABLE)
_ACCEPTED = pl.col("accepted") == 1

MEASURES = (
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
        top=pl.col("payment").cast(WIDE),
        bottom=pl.col("quantity").cast(WIDE),
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
        top=pl.col("internal").cast(WIDE) * pl.col("quantity").cast(WIDE),
        bottom=pl.col("quantity").cast(WIDE),
        weight_divisor=SCALE,
    ),
    _of_routes("fill_rate", "higher", pl.col("executed"), "quantity"),
    Stream(
        metric="filled_routes",
        unit="ratio",
        weight_unit="records",
        better="higher",
        frame="routes",
        rows=AT_VENUE & ~_REFUSED,
        top=(pl.col("executed") > 0).cast(pl.Int64),
        bottom=pl.col("is_leaf"),
    ),
    _of_routes("reject_share", "lower", pl.col("rejected") * pl.col("quantity"), "quantity"),
    _of_routes("fade", "lower", pl.col("faded"), "fade_base", ("fade_base", "faded")),
    _median_ms("route_to_ack_ms", "routes", pl.col("acknowledged_at") - pl.col("sent_at"), AT_VENUE),
    _median_ms("onward_delay_ms", "routes", pl.col("onward_ns"), AT_VENUE),
    Stream(
        metric="order_fill_rate",
        unit="ratio",
        weight_unit="shares",
        better="higher",
        frame="orders",
        rows=_ACCEPTED & pl.col("quantity").is_not_null(),
        top=pl.col("executed").cast(WIDE),
        bottom=(pl.col("quantity") - pl.col("cancelled_before_executable")).cast(WIDE),
        weight_divisor=SCALE,
    ),
)
SHARES = ("routing_share", "route_share")
"""Shares of a venue in what the provider routed for a kind of order: by shares, and by number of routes."""

BY_METRIC = {one.metric: one for one in MEASURES}
BETTER: dict[str, Better] = {one.metric: one.better for one in MEASURES} | dict.fromkeys(SHARES, "none")
