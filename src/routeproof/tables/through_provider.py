"""Which routes and fills went through a provider: what they say themselves, or else their order."""

from __future__ import annotations

import polars as pl


def through(provider: str, orders: pl.DataFrame) -> pl.Expr:
    """Whether a row with `order_id, provider_id` went through a provider.

    Args:
        provider: whose rows are asked for.
        orders: canonical `parent_orders`, `order_id, provider_id`: at least those of the provider.
    """
    theirs = orders.filter(pl.col("provider_id") == provider).get_column("order_id").implode()
    return pl.coalesce(pl.col("provider_id") == provider, pl.col("order_id").is_in(theirs))
