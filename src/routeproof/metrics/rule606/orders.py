"""Which orders a Rule 606 report counts, in which section and as which order type."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from decimal import Decimal

KINDS = ("market", "marketable_limit", "non_marketable_limit", "other")
"""Order types of the rule, in the schema's order."""

SP500, OTHER_STOCKS, OPTIONS = "sp500", "other_stocks", "options"
SECTIONS = (SP500, OTHER_STOCKS, OPTIONS)
"""Sections of the public report, in the schema's order."""

OPTION_SYMBOL = "^[A-Z0-9]{1,6} *[0-9]{6}[CP][0-9]{8}$"
"""An option's symbol in the form of the Options Symbology Initiative; the padding of the root may be left out."""

REASONS = ("refused", "no_shares", "not_held", "not_customer_order", "directed")
"""Why an order is in no percentage, in the order in which the reasons are looked for."""

_OF_CLASS = {
    "market": "market",
    "marketable_limit": "marketable_limit",
    "midpoint_or_better": "non_marketable_limit",
    "non_marketable": "non_marketable_limit",
}


def is_option() -> pl.Expr:
    """Whether the symbol is an option's."""
    return pl.col("symbol").str.contains(OPTION_SYMBOL)


def order_kind() -> pl.Expr:
    """The order type of the rule, from `terms_class` and `session` at receipt; `other` outside regular hours.

    Source: 17 CFR 242.606(a)(1)(i) and the definitions of 242.600(b); see `rule606.definitions.order_types`.
    """
    by_terms = pl.col("terms_class").replace_strict(_OF_CLASS, default="other", return_dtype=pl.String)
    return pl.when(pl.col("session") == "regular").then(by_terms).otherwise(pl.lit("other")).alias("kind")


def without_quote() -> pl.Expr:
    """Whether nothing shows if a limit order was marketable: no quote on its far side at receipt (0 = side missing)."""
    far = pl.when(pl.col("side") == "buy").then("receipt_ask").otherwise("receipt_bid")
    return pl.all_horizontal(pl.col("kind") == "non_marketable_limit", far <= 0).alias("without_quote")


def market_value_usd() -> pl.Expr:
    """Quantity times limit, else times the far touch at receipt, in 1e-9 USD a unit; null without either price."""
    far = pl.when(pl.col("side") == "buy").then("receipt_ask").otherwise("receipt_bid").replace(0, None)
    price = pl.coalesce("limit_price", far)
    value = price.cast(pl.Int128) * pl.col("quantity")
    return value.floordiv(SCALE).cast(pl.Int64).alias("value_usd")


def section(members: pl.DataFrame) -> pl.Expr:
    """The section of an order by its symbol; null where it is not known whether the stock is a member.

    Args:
        members: `symbol, sp500` as of the first day of the quarter.

    Source: 17 CFR 242.606(a)(1).
    """
    known = dict(members.select("symbol", "sp500").iter_rows())
    is_member = pl.col("symbol").replace_strict(known, default=None, return_dtype=pl.Boolean)
    return (
        pl.when(is_option())
        .then(pl.lit(OPTIONS))
        .when(is_member)
        .then(pl.lit(SP500))
        .when(~is_member)
        .then(pl.lit(OTHER_STOCKS))
        .alias("section")
    )


def public_reason(options_below_usd: Decimal, shares_per_contract: int) -> pl.Expr:
    """Why an order is in no percentage of the public report; null where it is.

    Stocks: held and not directed. Options: customer orders, which have a market value below a limit, not directed; one
    whose value is not known stays in.
    """
    limit = int(options_below_usd * SCALE)
    option = pl.col("is_option")
    large = (pl.col("value_usd").cast(pl.Int128) * shares_per_contract >= limit).fill_null(value=False)
    return (
        pl.when("refused")
        .then(pl.lit("refused"))
        .when((pl.col("quantity") == 0).fill_null(value=False))
        .then(pl.lit("no_shares"))
        .when(~option & ~pl.col("held"))
        .then(pl.lit("not_held"))
        .when(option & large)
        .then(pl.lit("not_customer_order"))
        .when("directed")
        .then(pl.lit("directed"))
        .alias("reason")
    )


def counted(reasons: pl.Series) -> dict[str, int]:
    """How many orders each reason kept out, in the order of `REASONS`; reasons without orders are left out."""
    counts = reasons.drop_nulls().value_counts()
    found = dict(counts.iter_rows())
    order = {name: place for place, name in enumerate(REASONS)}
    return {name: found[name] for name in sorted(found, key=lambda name: (order.get(name, len(order)), name))}
