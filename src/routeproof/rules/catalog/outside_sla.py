"""A clause of the agreement in force was not kept.

Clauses are evaluated as `sla evaluate` does, over their own windows (a month or a quarter), and judged on the last
session of the window: before that a figure can still change. A clause that could not be judged (too few rows, a figure
of the provider's that was not taken in) does not fire. Without an agreement in force the rule cannot judge; the shipped
template binds nobody. Credits and their cap are in `sla evaluate`; ask the provider for the remedy that the clause
names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.say import trimmed
from routeproof.rules.windows import end_of

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Clauses whose window ended with the day, and that were broken."""
    del limits  # the thresholds are the agreement's
    return hits(
        facts.need("sla"),
        pl.col("breached") & pl.col("observed").is_not_null(),
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            unit=pl.col("unit"),
            key=pl.format("{} {}", "clause", "period"),
            observed=pl.col("observed"),
            threshold=pl.col("threshold"),
            metrics=pl.col("metric"),
            sentence=pl.format(
                "{} did not keep clause {} ({}) in {}: {} where {} was agreed ({}).",
                "provider",
                "clause",
                "title",
                "period",
                trimmed(pl.col("observed")),
                trimmed(pl.col("threshold")),
                "unit",
            ),
        ),
    )


RULE = Rule(
    code="RP170",
    name="outside_sla",
    title="A clause of the agreement was broken",
    kind="window",
    scope=("provider",),
    needs=("sla",),
    units={},
    source="The agreement in force with the provider",
    judge=judge,
    docs=__doc__ or "",
    metrics=None,
    family="agreement",
)
