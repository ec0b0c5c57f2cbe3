"""A provider took no order for a while although orders were sent to it.

An order sent to the provider failed when it was rejected, or was not acknowledged within `answer_s` seconds and not
filled. Orders that failed one after the other, with none between that was taken, are one outage, if there are at least
`orders` of them and the first and the last lie at least `outage_s` apart. The outage lasts from the first of them until
the next order that was taken; where none came after it, until the last one that failed.

Left out: a provider that acknowledged nothing and filled nothing all day is judged by its rejects alone, since its
acknowledgements may not be in what was delivered. Clock: sending times of the firm, answers as the provider stated
them. Ask when the provider noticed, what it told the firm, and what became of the orders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import NO_HITS, Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import named, span
from routeproof.tables.division import divided
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


_LOOKED_AT = ["provider", "hop", "route_id", "sent_at", "acknowledged_at", "rejected_at", "executed"]


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Runs of at least `orders` failed orders over at least `outage_s`."""
    routes = facts.need("routes")[_LOOKED_AT].filter((pl.col("hop") == 1) & pl.col("sent_at").is_not_null())
    if routes.is_empty():
        return NO_HITS
    runs = _runs(_sent(routes, limits, facts.seen_until)).with_columns(
        limit(limits, "outage_s").alias("allowed"), limit(limits, "orders").alias("least")
    )
    lasted = pl.col("last_at") - pl.col("from_at")
    return hits(
        runs,
        (pl.col("n") >= pl.col("least")) & (lasted >= pl.col("allowed") * NS_PER_S),
        lambda: Shape(
            at=pl.col("from_at"),
            unit="s",
            observed=divided(lasted, NS_PER_S),
            threshold=pl.col("allowed"),
            key=pl.col("from_at").cast(pl.String),
            settles_at=pl.col("until_at"),
            until_at=pl.col("until_at"),
            sentence=pl.format(
                "{} took none of the {} orders sent to it over {}: {} were rejected and {} never acknowledged in time.",
                named("provider", "An unnamed provider"),
                "n",
                span(lasted),
                "rejected",
                pl.col("n") - pl.col("rejected"),
            ),
        ),
    )


def _sent(routes: pl.DataFrame, limits: Limits, seen_until: int | None) -> pl.DataFrame:
    """`provider, sent_at, rejected, failed` of the firm's orders; what may still be answered in time has not failed."""
    patience = (limit(limits, "answer_s") * NS_PER_S).cast(pl.Int64)
    answers = (pl.col("acknowledged_at").is_not_null() | (pl.col("executed") > 0)).any().over("provider")
    in_time = (pl.col("acknowledged_at") - pl.col("sent_at") <= patience).fill_null(value=False)
    rejected = pl.col("rejected_at").is_not_null() & (pl.col("executed") == 0)
    waits = pl.lit(value=False) if seen_until is None else pl.col("sent_at") + patience > seen_until
    silent = answers & ~in_time & (pl.col("executed") == 0) & ~waits
    return routes.with_columns(pl.lit(None, dtype=pl.String).alias("venue")).select(
        "provider", "sent_at", "route_id", rejected.alias("rejected"), (rejected | silent).alias("failed")
    )


def _runs(sent: pl.DataFrame) -> pl.DataFrame:
    """Failed orders with none taken between: `provider, from_at, last_at, until_at, n, rejected`."""
    ordered = sent.sort("provider", "sent_at", "failed", "route_id", nulls_last=False)
    taken_at = pl.when(~pl.col("failed")).then("sent_at").shift(-1).backward_fill().over("provider")
    run = (~pl.col("failed")).cum_sum().over("provider")
    return (
        ordered.with_columns(run.alias("run"), taken_at.alias("taken_at"))
        .filter("failed")
        .group_by("provider", "run", maintain_order=True)
        .agg(
            pl.col("sent_at").min().alias("from_at"),
            pl.col("sent_at").max().alias("last_at"),
            pl.coalesce(pl.col("taken_at").last(), pl.col("sent_at").max()).alias("until_at"),
            pl.len().alias("n"),
            pl.col("rejected").sum().alias("rejected"),
        )
    )


RULE = Rule(
    code="RP152",
    name="provider_outage",
    title="Provider outage",
    kind="window",
    scope=("provider",),
    needs=("routes",),
    units={"answer_s": "s", "orders": "orders", "outage_s": "s"},
    source="FINRA Regulatory Notice 21-29: business continuity of a vendor; Rule 4370",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="outage",
)
