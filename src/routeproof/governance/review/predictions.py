"""What was predicted a quarter ago against what was measured since."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from routeproof.governance.review.bounds import score_bounds
from routeproof.governance.review.state import Prediction

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.governance.review.bodies import Estimate
    from routeproof.governance.review.bounds import Bounds
    from routeproof.governance.review.state import Review

Better = Literal["higher", "lower", "nearer_zero", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A figure of this quarter.

    Attributes:
        value: null where there is none; `reason` then says why.
        better: which direction is good for the customer.
        lower: bound of the 95% interval, null where none was computed.
        upper: its other bound.
        reason: why there is no value.
    """

    value: float | None
    better: Better
    lower: float | None = None
    upper: float | None = None
    reason: str = ""


def score_predictions(
    review: Review, measured: Callable[[str], Measured], bounded: Callable[[Estimate], Bounds]
) -> tuple[Prediction, ...]:
    """Every predicted effect of a review, and every counterfactual option of its decisions, scored."""
    points = tuple(
        _scored(review.id, decision.finding, decision.predicted.metric, decision.predicted.value, measured).model_copy(
            update={"look_back_on": decision.look_back_on}
        )
        for decision in review.decisions
        if decision.predicted is not None
    )
    return points + score_bounds(review, bounded)


def _scored(
    review: str, finding: str, metric: str, predicted: float, measured: Callable[[str], Measured]
) -> Prediction:
    found = measured(metric)
    outcome, reason = _outcome(predicted, found)
    return Prediction(
        review=review,
        finding=finding,
        metric=metric,
        predicted=predicted,
        measured=found.value,
        lower=found.lower,
        upper=found.upper,
        outcome=outcome,
        reason=reason,
    )


def _outcome(predicted: float, found: Measured) -> tuple[Literal["hit", "miss", "cannot_tell"], str]:
    """A hit is at least as good as predicted; within the interval around the measured value nobody can tell."""
    if found.value is None:
        return "cannot_tell", found.reason or "not measured"
    if found.better == "none":
        return "cannot_tell", "the metric has no good direction"
    if found.lower is not None and found.upper is not None and found.lower < predicted < found.upper:
        return "cannot_tell", f"predicted {predicted:g} lies within the interval {found.lower:g} to {found.upper:g}"
    reached = {
        "higher": found.value >= predicted,
        "lower": found.value <= predicted,
        "nearer_zero": abs(found.value) <= abs(predicted),
    }[found.better]
    word = "reaches" if reached else "does not reach"
    return ("hit" if reached else "miss"), f"measured {found.value:g} {word} the predicted {predicted:g}"
