"""More execution times are round than chance allows, or they come at equal intervals: they were not read from a clock.

*Round*: for each venue the finest step is found in which the day's times stand. Where that is finer than a millisecond,
times on whole milliseconds are counted (where it is finer than a second but not than a millisecond, on whole seconds)
against the share that the step lets expect, such as 1 in 1000. The rule fires when chance would bring so many with a
probability below `chance`, and they are at least the share `round_share`. *Equal intervals*: among the first fills of
the provider's orders, the most frequent distance in time to the fill before makes up at least `interval_share`, without
distances below `interval_least_ms`.

At least `records` executions are needed. A venue that stamps all its times in whole milliseconds is no sign: its clock
has no more digits. One finding a provider, day and kind. Clock: the executions' own times (FIX field 60). Ask where the
times come from, and compare them with when the reports were sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.binomial import tail
from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import named, percent, span, trimmed
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

STEPS_NS = tuple(10**power for power in range(10))
"""Steps that clocks are read in."""

UNITS = {NS_PER_MS: "whole milliseconds", NS_PER_S: "whole seconds"}


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Providers whose round times, or equal distances between them, are more than chance brings."""
    times = facts.need("fills").select("provider", "venue", "order_id", "executed_at").drop_nulls("executed_at")
    return pl.concat([_round(times, facts, limits), _regular(times, facts, limits)])


def _round(times: pl.DataFrame, facts: Facts, limits: Limits) -> pl.DataFrame:
    """Hits of round times; venues whose clocks have different steps are added up, with what each lets expect."""
    stepped = times.with_columns(_step().over("provider", "venue").alias("step_ns")).with_columns(
        pl.when(pl.col("step_ns") < NS_PER_MS)
        .then(NS_PER_MS)
        .when(pl.col("step_ns") < NS_PER_S)
        .then(NS_PER_S)
        .cast(pl.Int64)
        .alias("unit_ns")
    )
    counts = (
        stepped.drop_nulls("unit_ns")
        .group_by("provider", "unit_ns")
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            (pl.col("executed_at") % pl.col("unit_ns") == 0).sum().cast(pl.Int64).alias("round"),
            (pl.col("step_ns") / pl.col("unit_ns")).sum().alias("expected"),
            pl.col("executed_at").max().alias("at"),
        )
    )
    chances = [tail(hit, n, expected / n) for n, hit, expected in counts.select("n", "round", "expected").iter_rows()]
    share = pl.col("round") / pl.col("n")
    allowed = limit(limits, "round_share")
    return hits(
        counts.with_columns(pl.Series("chance", chances, dtype=pl.Float64)),
        (pl.col("n") >= limit(limits, "records")) & (pl.col("chance") < limit(limits, "chance")) & (share >= allowed),
        lambda: Shape(
            at=pl.col("at"),
            unit="share",
            observed=share,
            threshold=allowed,
            key=pl.format("round {}", "unit_ns"),
            settles_at=pl.lit(facts.close_at),
            sentence=pl.format(
                "{} of {} execution times of {} stand on {}, where chance would bring about {}.",
                "round",
                "n",
                named("provider", "an unnamed provider"),
                pl.col("unit_ns").replace_strict(UNITS, return_dtype=pl.String),
                trimmed(pl.col("expected"), 1),
            ),
        ),
    )


def _step() -> pl.Expr:
    """The coarsest step in which all times of a group stand."""
    found = pl.lit(STEPS_NS[0])
    for step in STEPS_NS[1:]:
        found = pl.when((pl.col("executed_at") % step == 0).all()).then(pl.lit(step)).otherwise(found)
    return found.cast(pl.Int64)


def _regular(times: pl.DataFrame, facts: Facts, limits: Limits) -> pl.DataFrame:
    """Hits of equal distances between the first fills of orders."""
    first = (
        times.filter(pl.col("order_id").is_not_null())
        .group_by("provider", "order_id")
        .agg(pl.col("executed_at").min())
        .sort("provider", "executed_at", nulls_last=False)
        .with_columns(pl.col("executed_at").diff().over("provider").alias("apart_ns"))
        .filter(pl.col("apart_ns") >= limits.value("interval_least_ms") * NS_PER_MS)
    )
    counted = first.group_by("provider", "apart_ns").agg(pl.len().alias("equal"), pl.col("executed_at").max())
    most = (
        counted.sort("provider", "equal", "apart_ns", descending=[False, True, False], nulls_last=False)
        .group_by("provider", maintain_order=True)
        .agg(
            pl.col("apart_ns").first(),
            pl.col("equal").first(),
            pl.col("equal").sum().alias("n"),
            pl.col("executed_at").max().alias("at"),
        )
    )
    share = pl.col("equal") / pl.col("n")
    allowed = limit(limits, "interval_share")
    return hits(
        most,
        (pl.col("n") >= limit(limits, "records")) & (share >= allowed),
        lambda: Shape(
            at=pl.col("at"),
            unit="share",
            observed=share,
            threshold=allowed,
            key=pl.lit("interval"),
            settles_at=pl.lit(facts.close_at),
            sentence=pl.format(
                "{} of the executions of {} came exactly {} after the one before.",
                percent(share),
                named("provider", "an unnamed provider"),
                span(pl.col("apart_ns")),
            ),
        ),
    )


RULE = Rule(
    code="RP157",
    name="regular_timestamps",
    title="Times too regular to be true",
    kind="window",
    scope=("provider",),
    needs=("fills",),
    units={
        "records": "executions",
        "chance": "probability",
        "round_share": "share",
        "interval_share": "share",
        "interval_least_ms": "ms",
    },
    source="SEC Rule 17a-3(a)(6): time of execution; FINRA Rule 4590: clocks that records are stamped by",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
)
