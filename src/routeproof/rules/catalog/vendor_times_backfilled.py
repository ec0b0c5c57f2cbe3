"""Over a quarter, times of the provider's fills look written afterwards.

Judged on the last trading day of a quarter of which the provider reported something. It fires where fills that were
reported late stand on whole milliseconds more often than chance allows, by the policy `reconcile` (`least_pairs` late
reports, at least the share `round_share` of them, `chance`). The finding names these fills. One day may have too few of
them: `slow_report` and `regular_timestamps` judge days. Ask where the times come from, and what was traded when.
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


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:  # noqa: ARG001 - what makes a pattern is said in reconciling
    """Providers whose quarter shows the pattern."""
    return hits(
        facts.need("vendor_times"),
        pl.col("pattern") == "backfilled",
        Shape(
            at=pl.lit(end_of(facts)),
            key=pl.col("period"),
            unit="executions",
            observed=pl.col("late_and_whole_ms"),
            sentence=pl.format(
                "{} of {} late reports of {} in {} state a whole millisecond, as times written afterwards do.",
                "late_and_whole_ms",
                "late",
                "provider",
                "period",
            ),
        ),
    )


RULE = Rule(
    code="RP180",
    name="vendor_times_backfilled",
    title="Times written afterwards, over a quarter",
    kind="window",
    scope=("provider",),
    needs=("vendor_times",),
    units={},
    source="SEC Rule 17a-3(a)(6): time of execution; FINRA Rule 4590: clocks that records are stamped by",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
    family="vendor_data",
)
