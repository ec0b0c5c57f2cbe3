"""A fill was worse for the customer than the best bid or offer in force just before it traded.

The reference is the quote in force strictly before the execution. A locked or crossed reference says nothing and is
left to `executed_in_locked_or_crossed`; where there is no quote yet, the fill waits and `stale_reference_quote` speaks.
A quote may have changed while the order travelled, and clocks differ: a fill is judged by the worst best quote of the
second before it, up to the provider's declared clock uncertainty after it (`undeclared_ms` of `clock_skew` where none
was declared), and by more than `tolerance_usd`. An order
larger than the size shown has to go deeper: a fill of it may lie up to `walk_usd` beyond. So may one of an order that
filled a round lot or more at the quote: it found no more. Left out are fills that added liquidity at their own limit:
their route's, or where it states none, their order's. That the provider calls a fill added is not enough.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, named, shares
from routeproof.rules.touch import at_own_limit, larger_than_shown, went_deeper
from routeproof.tables.division import divided
from routeproof.vocab import quote_status
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Fills beyond the far side of every quote around their execution by more than `tolerance_usd`."""
    is_buy = pl.col("sign") > 0
    worst = pl.when(is_buy).then("ask_high_1s").otherwise("bid_low_1s")
    beyond = pl.col("sign") * (pl.col("price") - worst)
    allowed, walk = limit(limits, "tolerance_usd"), limit(limits, "walk_usd")
    excused = at_own_limit() | went_deeper(walk) | larger_than_shown(walk)
    usable = pl.col("execution_status") == quote_status.OK
    return hits(
        facts.need("fills"),
        usable & ~excused & (beyond > (allowed * SCALE).round().cast(pl.Int64)),
        lambda: Shape(
            at=pl.col("executed_at"),
            unit="usd_per_share",
            observed=divided(beyond, SCALE),
            threshold=allowed,
            sentence=pl.format(
                "{} of {} traded at {} at {}, {} a share outside the best quote of {}.",
                shares(pl.col("quantity")),
                "symbol",
                dollars(pl.col("price")),
                named("venue", "an unnamed venue"),
                dollars(beyond),
                dollars(worst),
            ),
        ),
    )


RULE = Rule(
    code="RP112",
    name="outside_nbbo",
    title="Fill outside the best quote",
    kind="row",
    scope=("provider", "venue", "symbol", "order_type"),
    needs=("fills",),
    units={"tolerance_usd": "usd_per_share", "walk_usd": "usd_per_share"},
    source="FINRA Rule 5310(a)(1): as favourable as possible under prevailing market conditions",
    judge=judge,
    docs=__doc__ or "",
    metrics=("outside_shares",),
    quoted=True,
)
