"""A file that the agreement expects came after the day on which it was due.

Judged are the deliveries of the agreement in force that were due on the day and came more than `grace_days` calendar
days later. A file came on the business date of the commit that took it in: one that lay on somebody's desk counts as
late, unless it was taken in under the date on which it came. Without an agreement in force the rule cannot judge. Ask
the provider for the cause if it happens again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.windows import end_of

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Expected files that were due on the day and came later."""
    days = (pl.col("came_on") - pl.col("due_on")).dt.total_days()
    allowed = limit(limits, "grace_days")
    return hits(
        facts.need("deliveries").filter(pl.col("due_on") == facts.day),
        days > allowed,
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            key=pl.format("{} {}", "delivery", "day"),
            unit="days",
            observed=days,
            threshold=allowed,
            sentence=pl.format(
                "The file {} of {} for {} was due on {} and came on {}.",
                "delivery",
                "provider",
                pl.col("day").cast(pl.String),
                pl.col("due_on").cast(pl.String),
                pl.col("came_on").cast(pl.String),
            ),
        ),
    )


RULE = Rule(
    code="RP171",
    name="vendor_file_late",
    title="An expected file came late",
    kind="window",
    scope=("provider",),
    needs=("deliveries",),
    units={"grace_days": "days"},
    source="Data clauses of the agreement",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="vendor_data",
)
