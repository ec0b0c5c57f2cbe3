"""A marketable order was filled much worse than the best quote that it found when it came.

The reference is the far side of the best quote in force at the order's receipt. All of three must hold: the fill was
worse by more than `spreads` quoted spreads, by more than `cost_bps` of the midpoint, and cost the customer more than
`harm_usd`. The market may have moved meanwhile: the rule speaks of what the customer paid, whoever is to blame. Fills
of symbols that were halted between receipt and fill, outside regular hours or without a usable quote at receipt are
left out. Ask the provider where the order was between its receipt and its fill.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.halts import halted_between
from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, named, shares, trimmed, usd
from routeproof.rules.touch import MARKETABLE, beyond, in_auction
from routeproof.vocab import quote_status
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


_BPS = 10_000


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Fills beyond the far touch at receipt by more than all of `spreads`, `cost_bps` and `harm_usd`."""
    worse = beyond(pl.col("far_touch"))
    bps = worse * 2 / pl.col("mid2") * _BPS
    harm = worse / SCALE * (pl.col("quantity") / SCALE)
    allowed = limit(limits, "cost_bps")
    fills = facts.need("fills")
    at = pl.col("executed_at")
    judged = (
        pl.col("order_class").is_in(MARKETABLE)
        & ~halted_between(fills, facts, at - pl.col("time_to_execution_ns"), at)
        & ~in_auction()
        & (pl.col("reference_status") == quote_status.OK)
    )
    poor = (worse > limit(limits, "spreads") * pl.col("quoted")) & (bps > allowed) & (harm > limit(limits, "harm_usd"))
    return hits(
        fills,
        judged & poor,
        lambda: Shape(
            at=pl.col("executed_at"),
            unit="bps",
            observed=bps,
            threshold=allowed,
            sentence=pl.format(
                "{} of {} were filled at {} at {}: {} a share ({} bps) worse than the best quote of {} at receipt, "
                "{} in all.",
                shares(pl.col("quantity")),
                "symbol",
                dollars(pl.col("price")),
                named("venue", "an unnamed venue"),
                dollars(worse),
                trimmed(bps, 1),
                dollars(pl.col("far_touch")),
                usd(harm, 2),
            ),
        ),
    )


RULE = Rule(
    code="RP110",
    name="poor_fill",
    title="Poor fill of a marketable order",
    kind="row",
    scope=("provider", "venue", "symbol", "order_type"),
    needs=("fills",),
    units={"spreads": "quoted spreads", "cost_bps": "bps", "harm_usd": "usd"},
    source="FINRA Rule 5310(a)(1): as favourable as possible under prevailing market conditions",
    judge=judge,
    docs=__doc__ or "",
    metrics=("price_improvement_usd_per_share", "quoted_spread_usd_per_share"),
    quoted=True,
)
