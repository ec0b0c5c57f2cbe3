"""A route was not acknowledged, or refused, as soon as policy asks of whoever received it.

Clock: from the sending of the route to its acknowledgement or its refusal, at every hop; the two may come from two
clocks, so keep `ack_ms` well above their declared uncertainty. A route that nobody answered fires once `ack_ms` have
passed, unless it was filled or cancelled all the same: that is an answer, only its time is unknown. Ask the provider
for its session log of the minute, and whether the order stood at the venue meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import named, shares, span
from routeproof.tables.division import divided
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


_ANSWERED = pl.min_horizontal("acknowledged_at", "rejected_at")


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Routes answered later than `ack_ms` after they were sent, or not at all by then."""
    allowed = limit(limits, "ack_ms")
    deadline = pl.col("sent_at") + (allowed * NS_PER_MS).cast(pl.Int64)
    silent = _ANSWERED.is_null() & (pl.col("executed") == 0) & pl.col("cancelled_at").is_null()
    waited = _ANSWERED - pl.col("sent_at")
    late = waited > allowed * NS_PER_MS
    return hits(
        facts.need("routes"),
        late.fill_null(value=False) | silent,
        lambda: Shape(
            at=pl.coalesce(_ANSWERED, deadline),
            unit="ms",
            observed=divided(waited, NS_PER_MS),
            threshold=allowed,
            key=pl.col("route_id"),
            settles_at=pl.when(silent).then(deadline),
            sentence=pl.when(silent)
            .then(pl.format("{} was not answered within {}.", _routed(), span(allowed * NS_PER_MS)))
            .otherwise(
                pl.format(
                    "{} was answered {} after it was sent; policy allows {}.",
                    _routed(),
                    span(waited),
                    span(allowed * NS_PER_MS),
                )
            ),
        ),
    )


def _routed() -> pl.Expr:
    receiver = pl.coalesce(_receiver(), pl.lit("nobody"))
    return pl.format("The route of {} of {} to {}", shares(pl.col("quantity")), "symbol", receiver)


def _receiver() -> pl.Expr:
    return pl.coalesce(pl.col("venue"), pl.col("to_party").replace("", None), named("provider", "an unnamed party"))


RULE = Rule(
    code="RP102",
    name="slow_acknowledgement",
    title="Slow acknowledgement",
    kind="lifecycle",
    scope=("provider", "venue", "hop"),
    needs=("routes",),
    units={"ack_ms": "ms"},
    source="FINRA Rule 5310.09(b)(3): speed of execution; service level of the agreement",
    judge=judge,
    docs=__doc__ or "",
    metrics=("route_to_ack_ms_avg",),
)
