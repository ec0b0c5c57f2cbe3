"""Words about a fill and the quotes around it, as columns over `Facts.fills`."""

from __future__ import annotations

import polars as pl

from routeproof.vocab.fixed import SCALE

MARKETABLE = ("market", "market_ioc", "marketable_limit", "marketable_limit_ioc")
"""Order classes that meet the far side at once."""

IMMEDIATE = (*MARKETABLE, "midpoint_or_better", "midpoint_or_better_ioc")
"""Order classes that nobody has a reason to hold back."""

IN_AUCTION = ("on_open", "on_close")
IS_BUY = pl.col("sign") > 0


def far(point: str) -> pl.Expr:
    """The far touch of a looked-up quote, fixed point: its ask for a buy, its bid for a sell; 0 where there is none."""
    return pl.when(IS_BUY).then(f"{point}_ask").otherwise(f"{point}_bid")


def worst_far() -> pl.Expr:
    """The least favourable far touch of the second before the fill; null where there was no usable quote."""
    return pl.when(IS_BUY).then("ask_high_1s").otherwise("bid_low_1s")


def beyond(reference: pl.Expr) -> pl.Expr:
    """How much worse than a reference price a fill was, fixed point: positive is bad for the customer."""
    return pl.col("sign") * (pl.col("price") - reference)


def within_shown(point: str) -> pl.Expr:
    """Whether the whole order fits in the size shown at the far touch; a size that nobody told hinders no order."""
    shown = pl.when(IS_BUY).then(f"{point}_ask_size").otherwise(f"{point}_bid_size")
    wanted = pl.coalesce("version_quantity", "quantity")
    return (shown.is_null() | (shown < 0) | (wanted <= shown)).fill_null(value=False)


def in_auction() -> pl.Expr:
    """Whether a fill belongs to an auction: by its liquidity, or by what its order asked for."""
    by_order = pl.col("order_class").is_in(IN_AUCTION).fill_null(value=False)
    return by_order | (pl.col("liquidity") == "auction").fill_null(value=False)


def went_deeper(walk_usd: pl.Expr) -> pl.Expr:
    """Whether an order took the quote with other shares and went on with this fill, by at most `walk_usd` a share.

    Nobody shows how many shares stand at the best price of all venues together, and what is shown may be gone: an order
    that filled some of its shares there and the rest a little deeper found no more. A quote is for a round lot at least
    (17 CFR 242.600): who took less there did not exhaust it, and is not excused.
    """
    at_quote = pl.when(beyond(worst_far()) <= 0).then("quantity").otherwise(0).sum().over("order_id")
    took = (at_quote >= pl.col("round_lot")) & pl.col("order_id").is_not_null()
    near = beyond(worst_far()) <= (walk_usd * SCALE).round()
    deeper: pl.Expr = (took & near).fill_null(value=False)
    return deeper


def larger_than_shown(walk_usd: pl.Expr) -> pl.Expr:
    """Whether a fill of an order for more shares than were shown lies at most `walk_usd` a share beyond the quote."""
    near = beyond(worst_far()) <= (walk_usd * SCALE).round()
    larger: pl.Expr = (~within_shown("execution") & near).fill_null(value=False)
    return larger


def added() -> pl.Expr:
    """Whether the provider told that a fill came to shares that were resting."""
    return (pl.col("liquidity") == "added").fill_null(value=False)


def at_own_limit() -> pl.Expr:
    """Whether a fill that was told as added has the price at which its shares can have rested.

    That is the limit of its route, since a router posts children at prices of their own; where the route states none,
    that of the order's version. A market order has neither, so the word alone excuses no price.
    """
    return (added() & (pl.col("price") == pl.coalesce("route_limit", "limit_price"))).fill_null(value=False)
