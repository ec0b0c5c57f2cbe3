"""Speed: from the clock start to the fill, from receipt to the route, from the route to its acknowledgement."""

from __future__ import annotations

from routeproof.metrics.metric import QUANTITY, Averaging, Metric, Quantile, Quotient
from routeproof.metrics.terms import Column, Given
from routeproof.vocab.times import NS_PER_MS

QUANTILES = (50, 95, 99)


def _averagings(mean: Averaging, column: str) -> dict[str, Averaging]:
    quantiles: dict[str, Averaging] = {f"p{percent}": Quantile(column, percent, NS_PER_MS) for percent in QUANTILES}
    return {"avg": mean, **quantiles}


def duration(
    name: str, column: str, label: str, formula: str, reason: str, source: str, version: int = 1
) -> tuple[Metric, ...]:
    """The share-weighted mean and the unweighted nearest-rank quantiles of a duration over executions."""
    term = Column(column)
    mean = Quotient(term * QUANTITY, Given(term, QUANTITY), divisor=NS_PER_MS)
    averagings = _averagings(mean, column)
    words = {"avg": "share-weighted mean"} | {
        f"p{percent}": f"{percent}th percentile, unweighted" for percent in QUANTILES
    }
    return tuple(
        Metric(
            f"{name}_{suffix}",
            f"{label} ({suffix})",
            f"{formula}, {words[suffix]}",
            "ms",
            "lower",
            averaging,
            reason,
            source,
            version=version,
        )
        for suffix, averaging in averagings.items()
    )


def per_order(name: str, column: str, label: str, formula: str) -> tuple[Metric, ...]:
    """The same over orders with a fill, each order once."""
    term = Column(column)
    averagings = _averagings(Quotient(term, Given(term, term * 0 + 1), divisor=NS_PER_MS), column)
    return tuple(
        Metric(
            f"{name}_{suffix}",
            f"{label} ({suffix})",
            f"{formula}, each order once",
            "ms",
            "lower",
            averaging,
            "no filled orders with a known clock start",
            "house definition",
            frame="orders",
        )
        for suffix, averaging in averagings.items()
    )


METRICS = (
    *duration(
        "time_to_execution_ms",
        "time_to_execution_ns",
        "Time to execution",
        "executed_at - clock start of the version",
        "no clock start: receipt time unknown, or the order never became executable",
        "17 CFR 242.605(a)(1); clock start is receipt, or executability for non-marketable limits and stops",
    ),
    *duration(
        "receipt_to_route_ms",
        "receipt_to_route_ns",
        "Receipt to route",
        "sent_at of the first route - receipt of the order version that it was sent for",
        "no routes linked to the executions",
        "FINRA enforcement 2024: the firm's own delay is to be supervised",
        version=2,
    ),
    *duration(
        "route_to_ack_ms",
        "route_to_ack_ns",
        "Route to acknowledgement",
        "acknowledged_at - sent_at of the first route",
        "no acknowledged routes linked to the executions",
        "house definition",
    ),
    *duration(
        "route_to_execution_ms",
        "route_to_execution_ns",
        "Route to execution",
        "executed_at - sent_at of the first route",
        "no routes linked to the executions",
        "house definition; what a direct or control flow is compared with",
    ),
    *per_order(
        "time_to_first_fill_ms_orders", "first_fill_ns", "Time to first fill", "first executed_at - clock start"
    ),
    *per_order("time_to_last_fill_ms_orders", "last_fill_ns", "Time to last fill", "last executed_at - clock start"),
)
