"""Fields 14 to 21 and the times: from the clock's start, receipt or executability, to each execution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.metrics.metric import QUANTITY, Quotient, Total
from routeproof.metrics.registry import BY_NAME
from routeproof.metrics.rule605.definition import summed
from routeproof.metrics.terms import Column, Given, Where
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.metrics.metric import Metric
    from routeproof.metrics.terms import Term

TIME = Column("time_to_execution_ns")


def shares_within(bounds_ns: Sequence[int]) -> tuple[Metric, ...]:
    """Shares executed in less than each bound; fields 14 to 21 are their differences, and what no bound takes in.

    Source: 605(a)(1)(i), execution from 0 to less than 100 microseconds and so on; policy `time_buckets_ns`, [M].
    """
    return tuple(
        summed(
            f"shares_within_{place}",
            Total(Where(TIME - bound, "<", QUANTITY), SCALE),
            f"sum q with time < {bound} ns",
            "17 CFR 242.605(a)(1)(i)",
        )
        for place, bound in enumerate(bounds_ns)
    )


def time_to_execution() -> Metric:
    """Average time of all executed shares, milliseconds: field 55 and the summary's field 18; the figure of TCA."""
    return BY_NAME["time_to_execution_ms_avg"]


def time_where(name: str, chosen: Term, comparison: str, source: str) -> Metric:
    """Average time of the shares whose term compares with 0 as said, milliseconds."""
    value = Quotient(
        Where(chosen, comparison, TIME * QUANTITY),
        Where(chosen, comparison, Given(TIME, QUANTITY)),
        divisor=NS_PER_MS,
    )
    return summed(name, value, f"sum q x time / sum q where s (F - P) {comparison} 0", source)
