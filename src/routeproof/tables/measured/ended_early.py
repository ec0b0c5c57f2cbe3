"""Partly filled orders that somebody else than the customer ended, with the market at that moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.lookup.quote_book import look_up
from routeproof.tables.measured.open_limits import PATIENT

if TYPE_CHECKING:
    from routeproof.tables.measured.open_limits import Market

OTHERS = ("provider", "venue")
"""Who may end an order that is not theirs."""

_NUMBERS = ("limit_price", "ended_at", "executed", "unfilled", "source_row",
            "end_bid", "end_ask", "end_bid_size", "end_ask_size", "end_age_ns")  # fmt: skip
_ENDED = {name: pl.Int64() if name in _NUMBERS else pl.String() for name in (
    "order_id", "provider", "symbol", "side", "event", "requested_by", "order_type", "limit_price", "ended_at",
    "executed", "unfilled", "source_id", "source_row",
    "end_bid", "end_ask", "end_bid_size", "end_ask_size", "end_age_ns")} | {"end_status": pl.Int8()}  # fmt: skip


def ended_early(versions: pl.DataFrame, fills: pl.DataFrame, market: Market) -> pl.DataFrame:
    """Orders in regular hours whose rest was cancelled by the provider or a venue, or expired before the close.

    Args:
        versions: canonical order versions of the day, with `provider, symbol, side` of their order.
        fills: executions that stand: `order_id, executed_at, quantity`.
        market: the day's market.

    Returns:
        `order_id, provider, symbol, side, event, requested_by, order_type, limit_price, ended_at`, `executed` and
        `unfilled` (1e-9 shares), and the quote in force just before: `end_bid, end_ask, end_bid_size, end_ask_size,
        end_age_ns, end_status`. Orders without a fill, and immediate ones, whose own terms end them, are left out.
    """
    cancelled = (pl.col("event") == "cancel") & pl.col("requested_by").is_in(OTHERS)
    lapsed = (pl.col("event") == "expire") | ((pl.col("event") == "done") & (pl.col("time_in_force") == "day"))
    inside = (pl.col("effective_at") >= market.open_at) & (pl.col("effective_at") < market.close_at)
    early = versions.filter((cancelled | lapsed) & inside & pl.col("time_in_force").is_in(PATIENT))
    if early.is_empty():
        return pl.DataFrame(schema=_ENDED)
    done = (
        fills.select("order_id", "quantity")
        .drop_nulls()
        .group_by("order_id")
        .agg(pl.col("quantity").sum().alias("executed"))
    )
    ended = (
        early.sort("order_id", "effective_at", "version", "event")
        .unique("order_id", keep="first", maintain_order=True)
        .join(done, on="order_id", how="inner", maintain_order="left")
        .filter((pl.col("quantity") > 0) & (pl.col("executed") > 0))
        .select(
            "order_id", "provider", "symbol", "side", "event", "requested_by", "order_type", "limit_price",
            pl.col("effective_at").alias("ended_at"), "executed", pl.col("quantity").alias("unfilled"),
            "source_id", "source_row",
        )
    )  # fmt: skip
    low, high = market.book.bounds(ended["symbol"])
    at = ended["ended_at"].to_numpy()
    return ended.with_columns(look_up(market.book, low, high, at, inclusive=False).columns("end"))
