"""A provider's clock disagrees with the other clocks by more than it was declared to be uncertain.

What follows cannot come first: an acknowledgement before the order was sent, the provider's own onward order before the
order it serves, a fill before its order was received, a venue's acknowledgement before the route was sent, an event
(field 60) after its sender reported it (field 52). For each of these the median over the day is taken, so that a few
odd times do not matter. The rule fires when it lies before zero by more than the declared uncertainty of the provider's
clock plus `beyond_ms`, or by more than `undeclared_ms` where none was declared, over at least `records`. Travel time
hides skew: a clock may be further off than is shown, never less.

Clocks: the firm's, the provider's and the venues' against each other. Ask for the provider's clock records of the day;
figures of speed of that day mean little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import named, span
from routeproof.tables.division import divided
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

PAIRS = {
    "acknowledgement": "acknowledged orders",
    "onward": "sent orders onward",
    "fill": "filled orders",
    "venue": "had its orders acknowledged by venues",
    "event": "dated events",
}
"""Pair to what the provider did too early."""

BEFORE = {
    "acknowledgement": "before they were sent",
    "onward": "before it got them",
    "fill": "before they were received",
    "venue": "before it sent them",
    "event": "after its reports of them",
}


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Pairs of events whose median lies the wrong way round by more than is allowed."""
    medians = pl.concat([*_of_routes(facts), *_of_fills(facts), *_of_messages(facts)]).collect()
    declared = facts.need("clocks").select("provider", "uncertainty_ns")
    known = medians.join(declared, on="provider", how="left", maintain_order="left")
    allowed = pl.coalesce(
        pl.col("uncertainty_ns") + limit(limits, "beyond_ms") * NS_PER_MS, limit(limits, "undeclared_ms") * NS_PER_MS
    )
    skew = -pl.col("median_ns")
    return hits(
        known.with_columns(allowed.alias("allowed_ns")),
        (pl.col("n") >= limit(limits, "records")) & (skew > pl.col("allowed_ns")),
        lambda: Shape(
            at=pl.col("at"),
            unit="ms",
            observed=divided(skew, NS_PER_MS),
            threshold=divided(pl.col("allowed_ns"), NS_PER_MS),
            key=pl.concat_str("pair", "party", separator=" ", ignore_nulls=True),
            settles_at=pl.lit(facts.close_at),
            sentence=pl.format(
                "By its clock {} {} {} {}, in the middle of {} records; its clock may be off by {}.",
                pl.coalesce("party", named("provider", "an unnamed provider")),
                pl.col("pair").replace_strict(PAIRS),
                span(skew),
                pl.col("pair").replace_strict(BEFORE),
                "n",
                span(pl.col("allowed_ns")),
            ),
        ),
    )


def _medians(frame: pl.LazyFrame, pair: str, later: str, earlier: str, party: str | None = None) -> pl.LazyFrame:
    """`provider, party, pair, median_ns, n, at` of the lags of one pair."""
    lags = frame.select(
        "provider",
        (pl.lit(None, dtype=pl.String) if party is None else pl.col(party).cast(pl.String)).alias("party"),
        (pl.col(later) - pl.col(earlier)).alias("lag_ns"),
        pl.col(later).alias("at"),
    )
    return (
        lags.drop_nulls("lag_ns")
        .group_by("provider", "party")
        .agg(pl.col("lag_ns").median().alias("median_ns"), pl.len().alias("n"), pl.col("at").max())
        .with_columns(pl.lit(pair).alias("pair"))
    )


def _of_routes(facts: Facts) -> list[pl.LazyFrame]:
    if facts.routes is None or facts.routes.is_empty():
        return []
    routes = facts.routes.lazy()
    first = routes.filter(pl.col("hop") == 1)
    onward = routes.filter(pl.col("hop") == 2)  # noqa: PLR2004  # the provider's own orders
    entered = first.group_by("provider", "order_id").agg(pl.col("sent_at").min().alias("entered_at"))
    served = onward.join(entered, on=["provider", "order_id"])
    return [
        _medians(first, "acknowledgement", "acknowledged_at", "sent_at"),
        _medians(served, "onward", "sent_at", "entered_at"),
        _medians(onward, "venue", "acknowledged_at", "sent_at"),
    ]


def _of_fills(facts: Facts) -> list[pl.LazyFrame]:
    if facts.executions is None or facts.parents is None:
        return []
    received = facts.parents.lazy().select("order_id", "provider", "received_at").unique("order_id", keep="none")
    told = facts.executions.lazy().filter(pl.col("status") == "new").drop("provider").join(received, on="order_id")
    return [_medians(told, "fill", "executed_at", "received_at")]


def _of_messages(facts: Facts) -> list[pl.LazyFrame]:
    if facts.messages is None:
        return []
    reports = facts.messages.lazy().filter(pl.col("msg_type").cast(pl.String) == "8")
    return [_medians(reports, "event", "sent_at", "transact_at", "sender")]


RULE = Rule(
    code="RP156",
    name="clock_skew",
    title="Clock off",
    kind="window",
    scope=("provider",),
    needs=("clocks", "parents"),
    units={"beyond_ms": "ms", "undeclared_ms": "ms", "records": "records"},
    source="FINRA Rule 4590: business clocks are synchronized to within 50 ms",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
)
