"""A file that the agreement expects has not come by the day on which it was due.

Judged are the deliveries of the agreement in force (its data-delivery calendar) that were due on the day. A file is
known by what was taken in: rows of its day were accepted or rejected from it. When it comes after all, the finding is
withdrawn and `vendor_file_late` stands in its place. Without an agreement in force nothing is expected of anybody, and
the rule says so. Ask the provider where the file is, and whether others are affected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.rule import Rule
from routeproof.rules.windows import end_of

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Expected files that were due on the day and did not come."""
    del limits  # due is due
    due = facts.need("deliveries").filter(pl.col("due_on") == facts.day)
    return hits(
        due,
        pl.col("found").list.contains("missing"),
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            key=pl.format("{} {}", "delivery", "day"),
            sentence=pl.format(
                "The file {} of {} for {} was due on {} and has not come.",
                "delivery",
                "provider",
                pl.col("day").cast(pl.String),
                pl.col("due_on").cast(pl.String),
            ),
        ),
    )


RULE = Rule(
    code="RP172",
    name="vendor_file_missing",
    title="An expected file has not come",
    kind="window",
    scope=("provider",),
    needs=("deliveries",),
    units={},
    source="Data clauses of the agreement; FINRA Rule 3110: supervision rests on what was delivered",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="vendor_data",
)
