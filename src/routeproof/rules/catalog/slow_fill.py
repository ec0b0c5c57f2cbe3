"""A marketable order waited longer for its fill than policy allows.

Clock: from the order's receipt, or for an order that had to wait, from the moment it became executable (Rule 605 clock
start). Resting orders are judged by `resting_order_traded_through` instead, auction orders by nothing here. Left out is
a fill whose symbol was halted at any time while its order waited, and one that added liquidity: the market had left the
order's limit before it arrived, and it rested. A router may try a midpoint book for some seconds first; the threshold
should leave it them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.halts import halted_between
from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import named, shares, span
from routeproof.rules.touch import MARKETABLE, added
from routeproof.tables.division import divided
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Fills of marketable orders whose time to execution exceeds `fill_ms`."""
    waited = pl.col("time_to_execution_ns")
    allowed = limit(limits, "fill_ms")
    fills = facts.need("fills")
    at = pl.col("executed_at")
    judged = pl.col("order_class").is_in(MARKETABLE) & ~halted_between(fills, facts, at - waited, at) & ~added()
    return hits(
        fills,
        judged & (waited > allowed * NS_PER_MS),
        lambda: Shape(
            at=pl.col("executed_at"),
            unit="ms",
            observed=divided(waited, NS_PER_MS),
            threshold=allowed,
            sentence=pl.format(
                "{} of {} were filled at {} {} after the order could be executed; policy allows {}.",
                shares(pl.col("quantity")),
                "symbol",
                named("venue", "an unnamed venue"),
                span(waited),
                span(allowed * NS_PER_MS),
            ),
        ),
    )


RULE = Rule(
    code="RP101",
    name="slow_fill",
    title="Slow fill",
    kind="row",
    scope=("provider", "venue", "symbol", "order_type"),
    needs=("fills",),
    units={"fill_ms": "ms"},
    source="FINRA Rule 5310.09(b)(3): speed of execution; SEC Rule 605(a)(1) clock start",
    judge=judge,
    docs=__doc__ or "",
    metrics=("time_to_execution_ms_avg",),
)
