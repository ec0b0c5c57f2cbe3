"""A fill was reported long after it is said to have happened.

Clock: from the stated time of the execution to the sending of its first report. Late reports with prompt stamps are
how backfilled times look: a provider that writes its executions afterwards states a time nobody could check when it
was due. A corrected fill is left out, as what is kept is when the correction came. The two times may come from two
clocks. Ask the provider for the venue's own report of the fill, with its time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.rules.hits import Shape, hits
from routeproof.rules.limits import limit
from routeproof.rules.rule import Rule
from routeproof.rules.say import named, shares, span
from routeproof.tables.division import divided
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts


def judge(facts: Facts, limits: Limits) -> pl.DataFrame:
    """Fills whose first report was sent more than `report_ms` after the stated execution."""
    waited = pl.col("reported_at") - pl.col("executed_at")
    allowed = limit(limits, "report_ms")
    return hits(
        facts.need("fills"),
        (pl.col("status") == "new") & (waited > allowed * NS_PER_MS),
        lambda: Shape(
            at=pl.col("reported_at"),
            unit="ms",
            observed=divided(waited, NS_PER_MS),
            threshold=allowed,
            sentence=pl.format(
                "The fill of {} of {} at {} was reported {} after the time it states; policy allows {}.",
                shares(pl.col("quantity")),
                "symbol",
                named("venue", "an unnamed venue"),
                span(waited),
                span(allowed * NS_PER_MS),
            ),
        ),
    )


RULE = Rule(
    code="RP104",
    name="slow_report",
    title="Slow report of a fill",
    kind="row",
    scope=("provider", "venue", "symbol", "order_type"),
    needs=("fills",),
    units={"report_ms": "ms"},
    source="FINRA Rule 3110(b)(1): supervision needs reports in time; cf. Rule 6380A(a)(1): 10 s to report a trade",
    judge=judge,
    docs=__doc__ or "",
    metrics=(),
)
