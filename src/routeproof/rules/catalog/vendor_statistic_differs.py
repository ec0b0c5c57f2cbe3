"""A figure that the provider states about its own quarter is not what its orders give.

Judged on the last trading day of the quarter, for every figure of the table `vendor_statistics` that speaks of the
quarter or one of its months. Each is recomputed from the raw rows by the definition, population and unit that the
provider claims; it fires where the two differ by more than the tolerance of the policy `reconcile` for its unit. Both
speak of the same orders, so that our interval, which the sentence gives, is no excuse. A figure whose definition is not
known is not judged: `routeproof reconcile` says why.

Ask for the orders that it rests on. Reports come after the quarter: judge its last day again once one was taken in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import counted, trimmed
from routeproof.rules.windows import end_of

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:  # noqa: ARG001 - the tolerances are those of reconciling
    """Stated figures beyond tolerance."""
    rows = facts.need("vendor_claims").filter("differs")
    apart = (pl.col("stated") - pl.col("recomputed")).abs()
    told = [pl.col(name).fill_null("") for name in ("period", "metric", "definition", "population")]
    places = 6
    interval = pl.when(pl.col("lower").is_not_null() & pl.col("upper").is_not_null()).then(
        pl.format(" [{}, {}]", trimmed(pl.col("lower"), places), trimmed(pl.col("upper"), places))
    )
    return hits(
        rows,
        pl.lit(value=True),
        Shape(
            at=pl.lit(end_of(facts)),
            key=pl.concat_str(told, separator="|"),
            unit="",
            observed=apart,
            threshold=pl.col("tolerance"),
            metrics=pl.col("metric"),
            sentence=pl.format(
                "{} states {} {} for {}; recomputed from {} it is {}{}.",
                "provider",
                "metric",
                trimmed(pl.col("stated"), places),
                pl.coalesce("period", pl.lit("the quarter")),
                counted("n", "records"),
                trimmed(pl.col("recomputed"), places),
                interval.otherwise(pl.lit("")),
            ),
        ),
    )


RULE = Rule(
    code="RP179",
    name="vendor_statistic_differs",
    title="The provider's statistic is not what its orders give",
    kind="window",
    scope=("provider",),
    needs=("vendor_claims",),
    units={},
    source="FINRA Rule 5310.09(c): statistics of another party are checked before they are relied on",
    judge=judge,
    docs=__doc__ or "",
    metrics=None,
    family="vendor_data",
)
