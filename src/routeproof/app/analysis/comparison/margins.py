"""By which margin a difference of a metric is judged, or why it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.vocab.errors import RefusedError

if TYPE_CHECKING:
    from routeproof.app.analysis.ground import Ground
    from routeproof.evidence.verdict import Better
    from routeproof.metrics.metric import Metric


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """The margin and the direction that is better; `better` is None where `reason` says why nothing is judged."""

    value: float | None
    better: Better | None
    reason: str = ""


def margin_of(ground: Ground, metric: Metric) -> Margin:
    """That of policy on the first day; a metric that is best near zero has no better side of a difference."""
    try:
        value = ground.policy.whole.book.margin(metric.name, ground.days[0]).value
    except RefusedError as error:
        return Margin(value=None, better=None, reason=error.message)
    if metric.better == "nearer_zero":
        reason = "a metric that is best near zero is not judged by a difference"
        return Margin(value=value, better=None, reason=reason)
    return Margin(value=value, better=metric.better)
