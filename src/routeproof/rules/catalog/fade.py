"""Displayed size was not there when the provider's orders came for it, more often than policy allows.

A route counts when it could have been filled by what its venue displayed when it was sent: where there were quotes of
single venues, at most their displayed size (`fade_base`); else, as the next best thing, the size of the best quote of
the market, for immediate routes that were marketable against it. It faded when less than half of that was filled. The
share of faded routes is judged over the day by its lower bound at `confidence`, over at least `routes` routes: first of
each venue, beyond `fade_share` (`miss_share` where only the best quote was known) and beyond `control_ratio` times
the share at the provider's other venues; then of the provider, over all venues that did not stand out.

A fade has honest causes: others were faster, or the provider sent to a quote that had gone. A venue that stands out is
a matter of that venue; a provider whose routes fade everywhere shows its own way of routing. Clock: the route's sending
time against quotes. Left out: routes that rest, that were rejected, or whose venue is unknown. Ask how long the order
took to get there, and who saw it before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.binomial import least_share
from routeproof.rules.hits import NO_HITS, Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import named, percent, shares
from routeproof.vocab import quote_status

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

IMMEDIATE = ("ioc", "fok")


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Venues, then providers, whose faded share is beyond what policy allows and chance explains."""
    routes = facts.need("routes")
    if routes.is_empty():
        return NO_HITS
    by_venue_quotes = "fade_base" in routes.columns
    allowed = "fade_share" if by_venue_quotes else "miss_share"
    tried = _by_venue(routes) if by_venue_quotes else _by_best_quote(routes)
    counts = _counts(tried, ["provider", "venue"])
    total = pl.col("n").sum().over("provider") - pl.col("n"), pl.col("faded").sum().over("provider") - pl.col("faded")
    known = _bounded(counts.with_columns(total[0].alias("other_n"), total[1].alias("other_faded")), limits, allowed)
    others = pl.when(pl.col("other_n") > 0).then(pl.col("other_faded") / pl.col("other_n"))
    stands_out = pl.col("over") & (pl.col("least") > others * limit(limits, "control_ratio"))
    marked = known.with_columns(stands_out.fill_null(value=False).alias("stands_out"))
    rest = (
        marked.filter(~pl.col("stands_out"))
        .group_by("provider")
        .agg(pl.col("n", "faded", "missed").sum(), pl.col("at").max())
        .with_columns(pl.lit(None, dtype=pl.String).alias("venue"))
    )
    shape = _shape(facts, ("fade",) if by_venue_quotes else ())
    return pl.concat(
        [hits(marked, pl.col("stands_out"), shape), hits(_bounded(rest, limits, allowed), pl.col("over"), shape)]
    )


def _by_venue(routes: pl.DataFrame) -> pl.DataFrame:
    """`base` shares that the route's own venue displayed for it."""
    return routes.filter((pl.col("fade_base") > 0) & pl.col("venue").is_not_null()).with_columns(
        pl.col("fade_base").alias("base")
    )


def _by_best_quote(routes: pl.DataFrame) -> pl.DataFrame:
    """`base` shares of the best quote of the market for immediate last routes that were marketable against it."""
    is_buy = pl.col("side") == "buy"
    touch = pl.when(is_buy).then("sent_ask").otherwise("sent_bid")
    size = pl.when(is_buy).then("sent_ask_size").otherwise("sent_bid_size")
    within = pl.col("limit_price").is_null() | pl.when(is_buy).then(pl.col("limit_price") >= touch).otherwise(
        pl.col("limit_price") <= touch
    )
    counts = (
        (pl.col("hop") > 1)
        & (pl.col("is_leaf") == 1)
        & pl.col("venue").is_not_null()
        & pl.col("order_type").is_in(["market", "limit"])
        & pl.col("time_in_force").is_in(IMMEDIATE)
        & (pl.col("sent_status") == quote_status.OK)
        & (size > 0)
        & within
    )
    return routes.filter(counts).with_columns(pl.min_horizontal("quantity", size).alias("base"))


def _counts(tried: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    missed = (pl.col("base") - pl.col("executed")).clip(lower_bound=0)
    return (
        tried.filter(pl.col("rejected_at").is_null())
        .group_by(by)
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            (2 * pl.col("executed") < pl.col("base")).sum().cast(pl.Int64).alias("faded"),
            missed.sum().alias("missed"),
            pl.col("sent_at").max().alias("at"),
        )
    )


def _bounded(counts: pl.DataFrame, limits: Limits, allowed: str) -> pl.DataFrame:
    """With the lower bound `least` of the faded share, what is `allowed`, and whether it is `over`."""
    bound = least_share(pl.col("faded"), pl.col("n"), limits.value("confidence"))
    enough = pl.col("n") >= limit(limits, "routes")
    return counts.with_columns(
        bound.alias("least"), limit(limits, allowed).cast(pl.Float64).alias("allowed")
    ).with_columns((enough & (pl.col("least") > pl.col("allowed"))).fill_null(value=False).alias("over"))


def _shape(facts: Facts, metrics: tuple[str, ...]) -> Shape:
    share = pl.col("faded") / pl.col("n")
    return Shape(
        at=pl.col("at"),
        unit="share",
        observed=share,
        threshold=pl.col("allowed"),
        metrics=metrics,
        settles_at=pl.lit(facts.close_at),
        sentence=pl.format(
            "{} of {} routes of {} to {} ({}) came back without what was displayed, {} in all; at least {} would be so "
            "in the long run.",
            "faded",
            "n",
            named("provider", "an unnamed provider"),
            named("venue", "its venues"),
            percent(share),
            shares(pl.col("missed")),
            percent(pl.col("least")),
        ),
    )


RULE = Rule(
    code="RP142",
    name="fade",
    title="Fading quotes",
    kind="window",
    scope=("provider", "venue"),
    needs=("routes",),
    units={
        "routes": "routes",
        "fade_share": "share",
        "miss_share": "share",
        "control_ratio": "ratio",
        "confidence": "probability",
    },
    source="FINRA Rule 5310(a)(1)(D): accessibility of the quotation",
    judge=judge,
    docs=__doc__ or "",
    metrics=None,
    quoted=True,
)
