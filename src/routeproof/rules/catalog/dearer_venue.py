"""Orders went to exchanges that charge more than the one that showed the best price for all of it.

A router that looks for the best displayed price, and then for the lowest cost, has no reason to pass by the exchange
that the best quote names and to pay more elsewhere. Judged is the first route of each order that meets the market:
where it went to an exchange, alone, for no more shares than the best quote showed. It counts where the fee for taking
at its exchange is higher than at the one that showed the best price. The share of such routes is judged over the day
by its lower bound at `confidence`, over at least `routes` routes, beyond `dear_share`. One finding a provider and day,
at the venue that got most of them.

It needs no history, and so tells on the first day that a declared ranking is not kept. Honest causes: size that is not
displayed, speed, a quote that had just changed, tiers of fees that the schedule does not tell. Left out: directed and
not-held orders, sweeps over several venues, further attempts, venues that are no exchanges. Clock: the route's sending
time against quotes. Ask which ranking was in production, since when, and who gains by it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.binomial import least_share
from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import percent, shares
from routeproof.rules.touch import MARKETABLE
from routeproof.vocab import quote_status

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

EXCHANGE = "exchange"


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Providers whose first routes pass the best price by for a dearer exchange more often than policy allows."""
    judged = _judged(facts)
    counts = (
        judged.group_by("provider")
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            pl.col("dearer").sum().cast(pl.Int64).alias("count"),
            pl.col("quantity").filter("dearer").sum().alias("passed_shares"),
            pl.col("sent_at").max().alias("at"),
        )
        .join(_most_favoured(judged), on="provider")
        .sort("provider")
    )
    allowed = limit(limits, "dear_share")
    bound = least_share(pl.col("count"), pl.col("n"), limits.value("confidence"))
    share = pl.col("count") / pl.col("n")
    return hits(
        counts.with_columns(bound.alias("least")),
        (pl.col("n") >= limit(limits, "routes")) & (pl.col("least") > allowed),
        lambda: Shape(
            at=pl.col("at"),
            unit="share",
            observed=share,
            threshold=allowed,
            settles_at=pl.lit(facts.close_at),
            sentence=pl.format(
                "{} of {} first routes of {} to exchanges ({}, {}) went where taking costs more than at the exchange "
                "that showed the best price for all of it, most of them to {}; at least {} would in the long run.",
                "count",
                "n",
                "provider",
                percent(share),
                shares(pl.col("passed_shares")),
                "venue",
                percent(pl.col("least")),
            ),
        ),
    )


def _most_favoured(judged: pl.DataFrame) -> pl.DataFrame:
    """`provider, venue`: where most of a provider's dearer routes went, the first by name of several."""
    by_venue = judged.filter("dearer").group_by("provider", "venue").len()
    ordered = by_venue.sort("provider", "len", "venue", descending=[False, True, False])
    return ordered.unique("provider", keep="first", maintain_order=True).select("provider", "venue")


def _judged(facts: Facts) -> pl.DataFrame:
    """First routes to exchanges that could be filled by the best quote, with whether they passed it by: `dearer`."""
    exchanges = facts.need("venues").filter(pl.col("kind") == EXCHANGE)["mic"].implode()
    last = facts.need("routes").filter((pl.col("is_leaf") == 1) & pl.col("venue").is_not_null())
    first = last.filter(
        pl.col("sent_at") == pl.col("sent_at").min().over("order_id"),
        pl.len().over("order_id", "sent_at") == 1,
        pl.col("order_class").is_in(MARKETABLE),
        pl.col("provider").is_not_null(),
        pl.col("sent_status") == quote_status.OK,
        pl.col("venue").is_in(exchanges),
    )
    size = pl.when(pl.col("side") == "buy").then("sent_ask_size").otherwise("sent_bid_size")
    return (
        first.filter(pl.col("quantity") <= size)
        .join(facts.need("displays"), on="route_id")
        .filter(
            pl.col("shown_venue").is_in(exchanges), pl.col("own_fee").is_not_null(), pl.col("shown_fee").is_not_null()
        )
        .with_columns((pl.col("own_fee") > pl.col("shown_fee")).alias("dearer"))
    )


RULE = Rule(
    code="RP177",
    name="dearer_venue",
    title="The best price was passed by for a dearer venue",
    kind="window",
    scope=("provider",),
    needs=("routes", "venues", "displays"),
    units={"routes": "routes", "dear_share": "share", "confidence": "probability"},
    source="FINRA Rule 5310.09(b): where orders are routed, and what it costs; 17 CFR 242.606 material aspects",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    quoted=True,
    family="routing",
)
