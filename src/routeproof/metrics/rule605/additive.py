"""What a report adds up over covered orders and their fills, as metrics of the same machinery that all figures use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.metrics.metric import Metric, Quotient, Total
from routeproof.metrics.rule605 import improvement, quantities, resting, spreads, times

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.policy.report605 import Reporting605

KEYS = ("symbol", "lot_flag", "order_size", "order_type", "immediate")
"""What a covered order is counted under; the detailed report leaves `immediate` out, the summary the symbol."""


def of_versions() -> tuple[Metric, ...]:
    """Sums over covered order versions."""
    return (
        quantities.covered_orders(),
        quantities.covered_notional(),
        quantities.covered_shares(),
        quantities.cancelled_shares(),
        improvement.size_benchmark_shares(),
        resting.filled_orders(),
        resting.printed_shares(),
        resting.printed_shares_on_exchange(),
    )


def of_fills(reporting: Reporting605) -> tuple[Metric, ...]:
    """Sums over fills of covered order versions."""
    return (
        quantities.executed_shares(),
        quantities.executed_here_shares(),
        *times.shares_within(reporting.value("time_buckets_ns")),
        times.time_to_execution(),
        *spreads.realized(),
        spreads.midpoint(),
        *spreads.quoted_and_effective(),
        *improvement.against("far_touch"),
        *improvement.times_against_far_touch(),
        *improvement.against("best_touch"),
        improvement.size_improvement_shares(reporting.value("size_improvement")),
    )


def parts_of(metric: Metric) -> Sequence[str]:
    """Names of a metric's sums."""
    match metric.averaging:
        case Total():
            return (f"{metric.name}:sum", f"{metric.name}:rows")
        case Quotient():
            return (f"{metric.name}:sum", f"{metric.name}:weight")
        case _:
            message = f"expected a metric that adds up, found {metric.name}"
            raise TypeError(message)
