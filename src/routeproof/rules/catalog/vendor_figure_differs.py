"""The provider's own figure for an order, or for the day, differs from ours.

Judged are orders received on the day that the provider's report names (table `vendor_orders`) and that we know. Keys:

- `shares`: it states more shares than were filled by our record;
- `price`: shares agree and its average price differs by more than `price_usd` a share;
- `improvement`: shares agree and its price improvement differs by more than `improvement_usd`;
- `sum`: its improvement over all its orders exceeds ours over the same day's orders, its omissions among them, by more
  than `sum_usd_per_share` for each share that we saw filled, from `least_orders` orders on.

Our improvement is against the quote in force when each fill traded, the provider's usual choice; what the scorecard
shows, against the quote at receipt, is another figure. Left out: orders some fill of which was busted or corrected,
and fills without a usable quote. Fewer shares than ours are `vendor_file_incomplete`. Ask the provider which quotes and
fills its figure rests on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, shares, usd
from routeproof.rules.windows import end_of
from routeproof.tables.division import divided
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Orders, and days of a provider, whose reported figures are not ours."""
    settled = facts.need("vendor").filter("known", ~pl.col("amended"))
    told = settled.filter("reported")
    equal = told.filter(pl.col("vendor_filled") == pl.col("own_filled"))
    return pl.concat(
        [_shares(told), _price(equal, limits), _improvement(equal, limits), _together(settled, facts, limits)]
    )


def _order() -> pl.Expr:
    return pl.coalesce("client_order_id", "order_id")


def _shares(told: pl.DataFrame) -> pl.DataFrame:
    return hits(
        told,
        pl.col("vendor_filled") > pl.col("own_filled"),
        lambda: Shape(
            at=pl.col("at"),
            key=pl.lit("shares"),
            unit="shares",
            observed=divided(pl.col("vendor_filled"), SCALE),
            threshold=divided(pl.col("own_filled"), SCALE),
            metrics=("executed_shares",),
            sentence=pl.format(
                "{} reports {} of order {} as filled; by our record it was {}.",
                "provider",
                shares(pl.col("vendor_filled")),
                _order(),
                shares(pl.col("own_filled")),
            ),
        ),
    )


def _price(equal: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    apart = (pl.col("vendor_price") - pl.col("own_price")).abs()
    allowed = limit(limits, "price_usd")
    return hits(
        equal,
        apart > allowed * SCALE,
        lambda: Shape(
            at=pl.col("at"),
            key=pl.lit("price"),
            metrics=(),
            unit="usd_per_share",
            observed=divided(apart, SCALE),
            threshold=allowed,
            sentence=pl.format(
                "{} reports {} as the average price of order {}; by our record it was {}.",
                "provider",
                dollars(pl.col("vendor_price")),
                _order(),
                dollars(pl.col("own_price")),
            ),
        ),
    )


def _improvement(equal: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    apart = (pl.col("vendor_improvement") - pl.col("own_improvement")).abs()
    allowed = limit(limits, "improvement_usd")
    return hits(
        equal,
        apart > allowed * SCALE,
        lambda: Shape(
            at=pl.col("at"),
            key=pl.lit("improvement"),
            metrics=("price_improvement_usd",),
            unit="usd",
            observed=divided(apart, SCALE),
            threshold=allowed,
            sentence=pl.format(
                "{} claims price improvement of {} for order {}; by our record it was {}.",
                "provider",
                dollars(pl.col("vendor_improvement")),
                _order(),
                dollars(pl.col("own_improvement")),
            ),
        ),
    )


def _together(settled: pl.DataFrame, facts: Facts, limits: Limits) -> pl.DataFrame:
    """Sums per provider over orders with a figure of ours, and theirs unless they left shares out."""
    short = ~pl.col("reported") | (pl.col("vendor_filled") < pl.col("own_filled"))
    counted = settled.filter(
        (pl.col("own_filled") > 0)
        & pl.col("own_improvement").is_not_null()
        & (pl.col("vendor_improvement").is_not_null() | short)
    )
    sums = (
        counted.with_columns(pl.col("own_improvement").round().cast(pl.Int64))  # whole units of 1e-9: sums stay exact
        .group_by("provider")
        .agg(
            pl.col("own_improvement").sum().alias("ours"),
            pl.col("vendor_improvement").fill_null(0).sum().alias("theirs"),
            pl.col("own_filled").sum().alias("filled"),
            pl.col("vendor_improvement").count().cast(pl.Int64).alias("orders"),
        )
        .sort("provider")
    )
    excess = (pl.col("theirs") - pl.col("ours")) / pl.col("filled")
    allowed = limit(limits, "sum_usd_per_share")
    return hits(
        sums,
        (excess > allowed) & (pl.col("orders") >= limit(limits, "least_orders")),
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            key=pl.lit("sum"),
            metrics=("price_improvement_usd",),
            unit="usd_per_share",
            observed=excess,
            threshold=allowed,
            sentence=pl.format(
                "{} claims price improvement of {} for the day; by our record it was {}, {} a share less.",
                "provider",
                dollars(pl.col("theirs")),
                dollars(pl.col("ours")),
                usd(excess),
            ),
        ),
    )


RULE = Rule(
    code="RP175",
    name="vendor_figure_differs",
    title="The provider's figure is not ours",
    kind="window",
    scope=("provider",),
    needs=("vendor",),
    units={
        "price_usd": "usd_per_share",
        "improvement_usd": "usd",
        "sum_usd_per_share": "usd_per_share",
        "least_orders": "orders",
    },
    source="FINRA Rule 5310.09(c): statistics of another party are checked before they are relied on",
    judge=judge,
    docs=__doc__ or "",
    metrics=None,
    quoted=True,
    family="",
)
