"""A fill was worse than the customer could have had, without the market having moved; or worse than the venue told.

Two findings. **Worse than the quote**: a marketable order was filled beyond the far side of the best quote that it met,
although that side was no worse when it traded, nor at any time of the second before, up to the provider's declared
clock uncertainty after it; by more than `tolerance_usd`. Left out are orders larger than the size shown, at receipt or
at the fill, as they have to go deeper; fills up to `walk_usd` beyond the quote of an order that filled a round lot or
more at it; and fills that added liquidity at their own limit: their route's, or where it states none, their order's.
**Worse than told**: the provider reported a fill to the firm at a worse price than the venue reported for the same
fill, by more than `tolerance_usd`. That is money that stayed with somebody: ask the provider who, and for the venue's
own confirmation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import NO_HITS, Shape, hits, together
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, named, shares
from routeproof.rules.touch import (
    MARKETABLE,
    at_own_limit,
    beyond,
    far,
    in_auction,
    went_deeper,
    within_shown,
    worst_far,
)
from routeproof.tables.division import divided
from routeproof.vocab import quote_status
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Fills worse than an unmoved far touch, and fills told at a worse price than the venue's."""
    found = [_against_quote(facts.need("fills"), limits)]
    if facts.reports is not None:
        found.append(_against_venue(facts.need("fills"), facts.reports, limits))
    return together(*found)


def _against_quote(fills: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    worse = beyond(pl.col("far_touch"))
    allowed = limit(limits, "tolerance_usd")
    least = (allowed * SCALE).round().cast(pl.Int64)
    unmoved = pl.col("sign") * (far("execution") - pl.col("far_touch")) <= 0
    judged = (
        pl.col("order_class").is_in(MARKETABLE)
        & (pl.col("halted") != "yes")
        & ~in_auction()
        & ~at_own_limit()
        & ~went_deeper(limit(limits, "walk_usd"))
        & (pl.col("reference_status") == quote_status.OK)
        & (pl.col("execution_status") == quote_status.OK)
        & within_shown("receipt")
        & within_shown("execution")
    )
    fired = judged & unmoved & (worse > least) & (beyond(worst_far()) > least)
    return hits(
        fills,
        fired,
        lambda: _shape(
            worse,
            allowed,
            pl.lit(""),
            pl.format(
                "{} of {} traded at {} at {}, {} a share worse than the quote of {} that the order met and that "
                "still stood.",
                shares(pl.col("quantity")),
                "symbol",
                dollars(pl.col("price")),
                named("venue", "an unnamed venue"),
                dollars(worse),
                dollars(pl.col("far_touch")),
            ),
            ("outside_usd_per_share",),
        ),
    )


def _against_venue(fills: pl.DataFrame, reports: pl.DataFrame, limits: Limits) -> pl.DataFrame:
    """Fills that the firm's session told at a worse price than a venue's session did."""
    venue = reports.filter(pl.col("role") == "venue").group_by("execution_id").agg(
        pl.col("seen_price").min().alias("low"), pl.col("seen_price").max().alias("high")
    )  # fmt: skip
    if venue.is_empty():  # sessions of venues are rare
        return NO_HITS
    own = reports.filter(pl.col("role") == "provider").group_by("execution_id").agg(
        pl.col("seen_price").first().alias("told"), pl.col("seen_price").n_unique().alias("prices")
    )  # fmt: skip
    met = fills.join(own, on="execution_id").join(venue, on="execution_id").sort("execution_id")
    of_venue = pl.when(pl.col("sign") > 0).then("high").otherwise("low")
    worse = pl.col("sign") * (pl.col("told") - of_venue)
    allowed = limit(limits, "tolerance_usd")
    said = pl.format(
        "{} reported the fill of {} of {} at {}; {} reported it at {}, {} a share better for the customer.",
        named("provider", "The provider"),
        shares(pl.col("quantity")),
        "symbol",
        dollars(pl.col("told")),
        named("venue", "the venue"),
        dollars(of_venue),
        dollars(worse),
    )
    fired = (pl.col("prices") == 1) & (worse > (allowed * SCALE).round().cast(pl.Int64))
    return hits(met, fired, _shape(worse, allowed, pl.lit("told"), said, ()))


def _shape(worse: pl.Expr, allowed: pl.Expr, key: pl.Expr, sentence: pl.Expr, metrics: tuple[str, ...]) -> Shape:
    return Shape(
        at=pl.col("executed_at"),
        unit="usd_per_share",
        observed=divided(worse, SCALE),
        threshold=allowed,
        key=key,
        sentence=sentence,
        metrics=metrics,
    )


RULE = Rule(
    code="RP111",
    name="price_disimprovement",
    title="Price disimprovement",
    kind="row",
    scope=("provider", "venue", "symbol", "order_type"),
    needs=("fills",),
    units={"tolerance_usd": "usd_per_share", "walk_usd": "usd_per_share"},
    source="FINRA Rule 5310.09(b)(2): differences in price disimprovement",
    judge=judge,
    docs=__doc__ or "",
    metrics=None,
    quoted=True,
)
