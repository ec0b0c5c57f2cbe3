"""Concentration of executed shares over venues."""

from routeproof.metrics.metric import Concentration, Metric

METRICS = (
    Metric(
        "hhi_venue",
        "Venue concentration",
        "sum over venues of (venue shares / shares) squared; executions without a venue are left out",
        "ratio",
        "none",
        Concentration("venue", "quantity"),
        "no venue known",
        "Herfindahl-Hirschman index",
    ),
)
