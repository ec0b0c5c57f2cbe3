"""Nothing came from a provider on a trading day, although it usually sends every day.

A provider is expected when order flow of it was taken in on at least `earlier_days` trading days of the
`look_back_days` calendar days before, and on at least the share `least_share` of those trading days since the first on
which it sent; one that sends on some days of a week only is never missed. The rule fires on a day with a regular
session when no message, order or fill of that day came from it; live it speaks from `patience_min` minutes after the
open on, and the finding is withdrawn when something comes. A provider that is new, or that has been left, is not
expected: the count decides, no list.

What was taken in counts by the provider that was named at its ingest. Clock: none of the provider's; the session's
open. Ask whether nothing was routed there, or whether a file or a session is missing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import NO_HITS, Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from datetime import date

    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

SEEN_IN = ("messages", "parents", "executions")
_ROUNDING = 1e-9
"""Share times sessions may come out a little above the whole number that it is."""


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Expected providers of which nothing of the day was taken in."""
    if facts.open_at is None or facts.close_at is None:
        return NO_HITS
    at = facts.open_at + int(limits.value("patience_min") * 60 * NS_PER_S)
    if facts.seen_until is not None and facts.seen_until < at:
        return NO_HITS
    received = facts.need("received_days")
    first = facts.day - timedelta(days=int(limits.value("look_back_days")))
    usual = _usual(received, [one for one in facts.earlier_days if one >= first])
    today = received.filter((pl.col("day") == facts.day) & (pl.col("rows") > 0))["provider"]
    seen = pl.concat([today, *_providers(facts)]).drop_nulls().unique()
    share = limit(limits, "least_share") * pl.col("sessions") - _ROUNDING
    least = pl.max_horizontal(limit(limits, "earlier_days"), share.ceil())
    return hits(
        usual.filter(~pl.col("provider").is_in(seen.implode())),
        pl.col("days") >= least,
        lambda: Shape(
            at=pl.lit(at),
            unit="days",
            observed=pl.col("days"),
            threshold=least,
            settles_at=pl.lit(facts.close_at),
            sentence=pl.format(
                "Nothing was received from {} on {}, although it sent on {} of the {} trading days before, last on {}.",
                "provider",
                pl.lit(facts.day.isoformat()),
                "days",
                "sessions",
                pl.col("last").cast(pl.String),
            ),
        ),
    )


def _usual(received: pl.DataFrame, sessions: list[date]) -> pl.DataFrame:
    """`provider, sessions, days, last`: trading days since its first one, those on which it sent, and their last."""
    sent = received.filter(pl.col("rows") > 0).select("provider", "day").unique()
    began = sent.group_by("provider").agg(pl.col("day").min().alias("began"))
    possible = began.join(pl.DataFrame({"sat_on": sessions}, schema={"sat_on": pl.Date}), how="cross")
    since = possible.filter(pl.col("sat_on") >= pl.col("began")).join(
        sent.with_columns(pl.col("day").alias("sat_on")), on=["provider", "sat_on"], how="left"
    )
    return since.group_by("provider").agg(
        pl.len().cast(pl.Int64).alias("sessions"),
        pl.col("day").count().cast(pl.Int64).alias("days"),
        pl.col("day").max().alias("last"),
    )


def _providers(facts: Facts) -> list[pl.Series]:
    frames = (getattr(facts, name) for name in SEEN_IN)
    return [frame["provider"] for frame in frames if frame is not None]


RULE = Rule(
    code="RP153",
    name="nothing_received",
    title="Nothing received",
    kind="window",
    scope=("provider",),
    needs=("received_days",),
    units={"earlier_days": "days", "least_share": "ratio", "look_back_days": "days", "patience_min": "min"},
    source="FINRA Regulatory Notice 21-29: supervision of a vendor; SEC Rule 17a-4: records of orders are complete",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="outage",
)
