"""Counterfactual options of a quarter ago against the same bounds of this quarter: intervals, never a point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from routeproof.governance.review.state import Prediction

if TYPE_CHECKING:
    from collections.abc import Callable

    from routeproof.governance.review.bodies import Decision, Estimate, Option
    from routeproof.governance.review.state import Review

Outcome = Literal["hit", "miss", "cannot_tell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What can be known of a cell this quarter, in the unit of the option; null with a `reason`.

    Attributes:
        lower: what an option would save at least.
        upper: what it would save at most.
        reason: why nothing is known.
    """

    lower: float | None = None
    upper: float | None = None
    reason: str = ""


def score_bounds(review: Review, bounded: Callable[[Estimate], Bounds]) -> tuple[Prediction, ...]:
    """Options with bounds of every decision, scored: those that were taken, and all of a decision to change nothing."""
    return tuple(
        _scored(review.id, decision, option, bounded)
        for decision in review.decisions
        for option in decision.options
        if _has_bounds(option.estimate) and (decision.choice == "justify" or decision.chosen in (None, option.name))
    )


def _has_bounds(estimate: Estimate) -> bool:
    known = estimate.lower is not None and estimate.upper is not None
    return estimate.kind == "counterfactual" and known and bool(estimate.where)


def _scored(review: str, decision: Decision, option: Option, bounded: Callable[[Estimate], Bounds]) -> Prediction:
    estimate, now = option.estimate, bounded(option.estimate)
    if now.lower is None or now.upper is None:
        outcome: Outcome = "cannot_tell"
        reason = now.reason or "not measured"
    elif decision.choice == "modify":
        outcome, reason = _taken(estimate.lower or 0.0, now.lower, now.upper)
    else:
        outcome, reason = _left(now.lower, now.upper)
    return Prediction(
        review=review,
        finding=decision.finding,
        metric=estimate.metric,
        option=option.name,
        predicted_lower=estimate.lower,
        predicted_upper=estimate.upper,
        look_back_on=decision.look_back_on,
        lower=now.lower,
        upper=now.upper,
        outcome=outcome,
        reason=reason,
    )


def _taken(before: float, lower: float, upper: float) -> tuple[Outcome, str]:
    """A course that was taken is a hit when nothing is left to save for sure, a miss when as much is left as before."""
    found = f"still to be saved: {lower:g} to {upper:g}"
    if before <= 0.0:
        return "cannot_tell", f"nothing was sure to be saved when it was chosen; {found}"
    if lower <= 0.0:
        return "hit", f"{found}, so nothing for sure any more"
    if lower >= before:
        return "miss", f"{found}, at least {before:g} as before"
    return "cannot_tell", f"{found}, at least {before:g} before: a part of it"


def _left(lower: float, upper: float) -> tuple[Outcome, str]:
    """To change nothing was right (a hit) where the course would have cost more for sure since."""
    found = f"the course that was left would have saved {lower:g} to {upper:g} since"
    if upper < 0.0:
        return "hit", found
    return ("miss" if lower > 0.0 else "cannot_tell"), found
