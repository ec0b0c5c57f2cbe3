"""A route serves an order that nobody knows.

A route without a parent order cannot be supervised: nobody can say for whom it was sent. A route may come before its
order where two sessions are read side by side, so a finding waits as long as late messages may come. Ask the provider
for the order that the route served; where it is the firm's own, look for a session that is not taken in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import named, shares
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Routes without an order, or with one that was never received."""
    del limits  # it has no threshold
    unclassed = facts.need("routes").filter(pl.col("order_class").is_null())  # a class: of an order of an earlier day
    unknown = unclassed.join(facts.need("parents").select("order_id"), on="order_id", how="anti")
    receiver = pl.coalesce(pl.col("venue"), pl.col("to_party").replace("", None), pl.lit("an unnamed party"))
    return hits(
        unknown,
        pl.lit(value=True),
        lambda: Shape(
            at=pl.col("sent_at"),
            key=pl.col("route_id"),
            settles_at=pl.col("sent_at") + facts.waits.lateness_ms * NS_PER_MS,
            sentence=pl.format(
                "{} sent a route of {} of {} to {} for an order that nobody knows.",
                named("provider", "Somebody"),
                shares(pl.col("quantity")),
                "symbol",
                receiver,
            ),
        ),
    )


RULE = Rule(
    code="RP131",
    name="orphan_route",
    title="Route without an order",
    kind="lifecycle",
    scope=(),
    needs=("routes", "parents"),
    units={},
    source="FINRA Rule 3110(b)(2): review of transactions; Rule 6830(a)(1): each order event is reported",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
)
