"""How old the reference quotes were: an old quote stays in, and shows."""

from routeproof.metrics.metric import QUANTITY, Averaging, Metric, Quantile, Quotient, Total
from routeproof.metrics.terms import Column, Given
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

_AGE = Column("reference_age_ns")
_AVERAGINGS: dict[str, Averaging] = {
    "avg": Quotient(_AGE * QUANTITY, Given(_AGE, QUANTITY), divisor=NS_PER_MS),
    "p50": Quantile("reference_age_ns", 50, NS_PER_MS),
    "p95": Quantile("reference_age_ns", 95, NS_PER_MS),
    "p99": Quantile("reference_age_ns", 99, NS_PER_MS),
}
_HOUSE = "house definition (completeness, C2)"

METRICS = (
    Metric(
        "stale_shares",
        "Shares with a stale reference",
        "sum q over covered executions whose reference quote was older than the switch stale_after_ns",
        "shares",
        "none",
        Total(Column("stale") * QUANTITY, SCALE, counted=True),
        "",
        _HOUSE,
    ),
    *(
        Metric(
            f"reference_age_ms_{suffix}",
            f"Age of the reference ({suffix})",
            "benchmark instant - the instant from which its reference quote was in force, over covered executions, "
            + ("share-weighted mean" if suffix == "avg" else "unweighted"),
            "ms",
            "none",
            averaging,
            "no covered executions",
            _HOUSE,
        )
        for suffix, averaging in _AVERAGINGS.items()
    ),
)
