"""A definition of Rule 605 as a metric: it needs a name, what is summed, and its paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.metrics.metric import Metric

if TYPE_CHECKING:
    from routeproof.metrics.metric import Averaging, Frame


def summed(name: str, averaging: Averaging, formula: str, source: str, frame: Frame = "executions") -> Metric:
    """A metric that only Rule 605 reports use."""
    return Metric(name, name, formula, "", "none", averaging, "nothing to add up", source, frame)
