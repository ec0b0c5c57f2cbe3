"""A fill was cancelled or corrected after more trading days than policy allows.

Clock: the New York day on which the deciding report was sent, against the trading days that follow the trade; with
`days` = 1, whatever comes after T+1 fires, as the trade has settled by then. A correction of a correction counts by its
last report. Ask the provider for the venue's own ruling, and who asked for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import NO_HITS, Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import dollars, named, shares
from routeproof.vocab.times import EQUITY_ZONE

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Busts and corrections that were reported after the `days`-th trading day that follows the fill's."""
    allowed = int(limits.value("days"))
    if allowed > len(facts.next_days):
        return NO_HITS  # the calendar does not say which day that is
    last = facts.next_days[allowed - 1] if allowed else facts.day
    told = pl.from_epoch("reported_at", time_unit="ns").dt.replace_time_zone("UTC").dt.convert_time_zone(EQUITY_ZONE)
    what = pl.when(pl.col("status") == "busted").then(pl.lit("cancelled")).otherwise(pl.lit("corrected"))
    return hits(
        facts.need("executions"),
        pl.col("status").is_in(["busted", "corrected"]) & (told.dt.date() > last),
        lambda: Shape(
            at=pl.col("reported_at"),
            unit="trading days",
            observed=_sessions_until(told.dt.date(), facts),
            threshold=pl.lit(allowed),
            sentence=pl.format(
                "The fill of {} of {} at {} at {} was {} on {}; policy allows it until {}.",
                shares(pl.col("quantity")),
                "symbol",
                dollars(pl.col("price")),
                named("venue", "an unnamed venue"),
                what,
                told.dt.date().cast(pl.String),
                pl.lit(last.isoformat()),
            ),
        ),
    )


def _sessions_until(told: pl.Expr, facts: Facts) -> pl.Expr:
    """Trading days after the fill's until a report; null for a report after the last one that is looked ahead to."""
    ahead = facts.next_days
    passed = pl.sum_horizontal(told >= day for day in ahead)
    return pl.when(told <= ahead[-1]).then(passed) if ahead else pl.lit(None)


RULE = Rule(
    code="RP121",
    name="late_bust",
    title="Late bust or correction",
    kind="row",
    scope=(),
    needs=("executions",),
    units={"days": "trading days"},
    source="17 CFR 240.15c6-1(a): T+1 since 28 May 2024; FINRA Rule 11890 series: clearly erroneous transactions",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
)
