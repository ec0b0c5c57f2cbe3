"""FIX messages that are accepted and kept, but from which no table is made yet, with the reason."""

from __future__ import annotations

import polars as pl

from routeproof.sources.fix.fold.words import SIDE

ORDER_FLOW = ("D", "F", "G", "8", "9", "3", "j")
"""Messages that say what became of an order."""

MULTI_LEG, _LISTS = ("AB", "AC"), ("E",)
COLUMNS = ("trading_day", "source_id", "msg_type", "multileg_type", "side", "sender", "target", "cl_ord_id")
"""What is needed to tell."""


def multi_leg(messages: pl.DataFrame) -> pl.Series:
    """Whether each message is a multi-leg order or speaks of one, as a whole or of one leg: by 442 or its ClOrdID."""
    kind = pl.col("msg_type").cast(pl.String)
    asks = kind.is_in(MULTI_LEG)
    said = messages.select((asks | pl.col("multileg_type").cast(pl.String).is_in(["2", "3"])).fill_null(value=False))
    if not messages.select(asks.any()).item():
        return said.to_series()
    parties = [pl.col(name).cast(pl.String) for name in ("sender", "target")]
    named = messages.select(
        pl.min_horizontal(parties).alias("one"),
        pl.max_horizontal(parties).alias("other"),
        "cl_ord_id",
        asks.alias("asks"),
    )
    orders = named.filter("asks").select("one", "other", "cl_ord_id").drop_nulls().unique()
    known = named.join(
        orders.with_columns(known=True), on=["one", "other", "cl_ord_id"], how="left", maintain_order="left"
    )
    return said.to_series() | known["known"].fill_null(value=False)


def set_aside(messages: pl.DataFrame) -> pl.DataFrame:
    """`trading_day, source_id, reason, rows`: messages that no order, route or execution is made from.

    The reasons are `multi_leg` (parked until supported), `order_list` (35=E), `unknown_side` (an order with a side that
    no equity order has) and `not_order_flow` (session level, market data, news, …).
    """
    kind = pl.col("msg_type").cast(pl.String)
    strange = (kind == "D") & ~pl.col("side").cast(pl.String).is_in(list(SIDE))
    reason = (
        pl.when("multi_leg")
        .then(pl.lit("multi_leg"))
        .when(kind.is_in(_LISTS))
        .then(pl.lit("order_list"))
        .when(strange)
        .then(pl.lit("unknown_side"))
        .when(~kind.is_in(ORDER_FLOW))
        .then(pl.lit("not_order_flow"))
    )
    return (
        messages.with_columns(multi_leg(messages).alias("multi_leg"))
        .with_columns(reason.alias("reason"))
        .filter(pl.col("reason").is_not_null())
        .group_by("trading_day", "source_id", "reason")
        .agg(pl.len().alias("rows"))
    )
