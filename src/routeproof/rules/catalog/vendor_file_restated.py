"""A later delivery changed data of a day that had been delivered before.

Counted are rows of the day that came from a provider's file of the same kind on a later business date than the first:
rows that were new, and rows that contradict what is known, which are set aside and change nothing. It fires from
`least_rows` such rows on; files of one date that make up a day together are no restatement, whatever their number. What
it changes in findings and reviews is shown there: findings are amended, reviews have their own restatements. Ask the
provider what was wrong at first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import counted
from routeproof.rules.windows import end_of

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Files that restated data of the day."""
    allowed = limit(limits, "least_rows")
    against = pl.when(pl.col("contradicting") > 0).then(
        pl.format(", {} of them against what it had sent before", "contradicting")
    )
    return hits(
        facts.need("restated"),
        pl.col("rows") >= allowed,
        lambda: Shape(
            at=pl.lit(end_of(facts)),
            key=pl.col("file"),
            unit="rows",
            observed=pl.col("rows"),
            threshold=allowed,
            sentence=pl.format(
                "The file {} of {} brought {} of {} after that day had been delivered{}.",
                "file",
                "provider",
                counted("rows", "rows"),
                pl.col("day").cast(pl.String),
                against.fill_null(""),
            ),
        ),
    )


RULE = Rule(
    code="RP174",
    name="vendor_file_restated",
    title="Data of a day were restated",
    kind="window",
    scope=("provider",),
    needs=("restated",),
    units={"least_rows": "rows"},
    source="17 CFR 240.17a-4(f): changes of records stay visible; data clauses of the agreement",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="vendor_data",
)
