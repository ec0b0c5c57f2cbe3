"""A provider cancelled many orders within a short time that nobody had asked it to cancel.

A cancel counts in the window of event time in which it took effect; windows are `window_s` long. A window fires when at
least `cancels` orders, and at least the share `cancel_share` of the orders that were filled or ended in it, were
cancelled by the provider or a venue. Windows that follow each other are one incident. Left out: immediate orders, whose
own terms end them, and cancels by the customer, the firm, or by nobody knows whom.

Clock: the cancel's own time as the provider stated it. Ask what made it withdraw the orders (FIX field 58), and whether
the customers' orders were sent elsewhere in time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.bursts import burst_hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import named, percent, span
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

BY_OTHERS = ("provider", "venue")
IMMEDIATE = ("ioc", "fok", "at_the_open", "at_the_close")
ENDS = ("cancel", "expire", "done")


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Windows in which at least `cancels` orders, the share `cancel_share` of those that ended, were cancelled."""
    width_ns = int(limits.value("window_s") * NS_PER_S)
    sentence = pl.format(
        "{} cancelled {} orders within {} that nobody asked it to cancel, {} of those filled or ended then.",
        named("provider", "An unnamed provider"),
        "hits",
        span(pl.col("until_at") - pl.col("from_at")),
        percent(pl.col("hits") / pl.col("n")),
    )
    return burst_hits(_events(facts, width_ns), width_ns, facts, limits, ("cancels", "cancel_share"), sentence)


def _events(facts: Facts, width_ns: int) -> pl.DataFrame:
    """Each order once in each window in which it was filled or ended."""
    versions = facts.need("versions")
    unasked = (
        (pl.col("event") == "cancel")
        & pl.col("requested_by").is_in(BY_OTHERS)
        & ~pl.col("time_in_force").is_in(IMMEDIATE)
    )
    ended = versions.filter(pl.col("event").is_in(ENDS)).select(
        "provider", "order_id", pl.col("effective_at").alias("at"), unasked.fill_null(value=False).alias("hit")
    )
    parts = [ended]
    if facts.fills is not None and facts.fills.height:
        parts.append(
            facts.fills.select(
                "provider", "order_id", pl.col("executed_at").alias("at"), pl.lit(value=False).alias("hit")
            )
        )
    return (
        pl.concat(parts)
        .group_by("provider", "order_id", (pl.col("at") // width_ns).alias("window"))
        .agg(pl.col("at").min(), pl.col("hit").any())
        .with_columns(pl.lit(None, dtype=pl.String).alias("venue"))
    )


RULE = Rule(
    code="RP151",
    name="cancel_burst",
    title="Burst of cancels nobody asked for",
    kind="window",
    scope=("provider",),
    needs=("versions",),
    units={"window_s": "s", "cancels": "orders", "cancel_share": "share"},
    source="FINRA Rule 5310.09(b)(4): likelihood of execution; Regulatory Notice 21-29: supervision of a vendor",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="outage",
)
