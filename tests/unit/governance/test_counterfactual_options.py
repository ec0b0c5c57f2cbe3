"""Options with bounds are scored in the next quarter's look-back, as intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.desk.minutes import minutes_of
from routeproof.governance.review.bodies import Decision, Estimate
from routeproof.governance.review.bounds import Bounds, score_bounds
from routeproof.renderers.html import render_html
from unit.governance.review_case import REVIEW_ID, closed, meeting, opened

if TYPE_CHECKING:
    from pathlib import Path

WHERE = {"provider": "P", "venue": "GLNW"}


def _option(lower: float, upper: float) -> dict[str, Any]:
    estimate = {
        "kind": "counterfactual", "lower": lower, "upper": upper, "unit": "usd_per_share",
        "metric": "counterfactual_saving_usd_per_share", "where": WHERE, "manifest": "abc",
    }  # fmt: skip
    return {"name": "take displayed quotes", "estimate": estimate}


class _Review:
    """What scoring reads of a review."""

    def __init__(self, decision: dict[str, Any]) -> None:
        self.id = REVIEW_ID
        self.decisions = (Decision.model_validate({"finding": "F1", **decision}),)


@pytest.mark.parametrize(
    ("choice", "before", "now", "outcome"),
    [
        ("modify", (0.002, 0.010), (-0.001, 0.008), "hit"),
        ("modify", (0.002, 0.010), (0.002, 0.010), "miss"),
        ("modify", (0.002, 0.010), (0.001, 0.010), "cannot_tell"),
        ("modify", (-0.001, 0.010), (-0.002, 0.008), "cannot_tell"),
        ("modify", (0.002, 0.010), None, "cannot_tell"),
        ("justify", (0.002, 0.010), (0.001, 0.010), "miss"),
        ("justify", (0.002, 0.010), (-0.010, -0.001), "hit"),
        ("justify", (0.002, 0.010), (-0.010, 0.001), "cannot_tell"),
    ],
)
def test_bounds_are_held_against_bounds(
    choice: str, before: tuple[float, float], now: tuple[float, float] | None, outcome: str
) -> None:
    """A course taken hits when nothing is sure to be saved any more; one left was right if it would have cost more."""
    asked: list[Estimate] = []

    def bounded(estimate: Estimate) -> Bounds:
        asked.append(estimate)
        return Bounds(reason="no flow") if now is None else Bounds(lower=now[0], upper=now[1])

    review: Any = _Review({"choice": choice, "options": [_option(*before), {"name": "wait"}]})
    (scored,) = score_bounds(review, bounded)
    assert (scored.outcome, scored.option, scored.predicted) == (outcome, "take displayed quotes", None)
    assert (scored.predicted_lower, scored.predicted_upper) == before
    assert asked[0].where == WHERE


def test_an_option_that_was_not_taken_is_not_scored() -> None:
    """Of a change only the course that was taken is scored."""
    review: Any = _Review({"choice": "modify", "chosen": "wait", "options": [_option(0.1, 0.2), {"name": "wait"}]})
    assert score_bounds(review, lambda _: Bounds(lower=0.0, upper=0.1)) == ()


def test_the_next_review_scores_the_option(tmp_path: Path) -> None:
    """The next review opens with the option scored, here without data, and the minutes show its bounds."""
    desk: Desk = new_desk(tmp_path / "workspace")
    decision = {**meeting()["decisions"][0], "options": [_option(0.002, 0.01)]}
    closed(desk, tmp_path / "pack", votes=[], decisions=[decision])
    state = opened(desk, tmp_path / "next", "2026Q4")
    point, bounds = state["predictions"]
    assert point["predicted"] == 0.0011
    assert (bounds["outcome"], bounds["predicted"], bounds["predicted_lower"]) == ("cannot_tell", None, 0.002)
    assert bounds["reason"]
    with desk.context() as context:
        page = render_html(minutes_of(context, "2026Q4-P")).decode()
    assert "0.002 to 0.01" in page
    assert "take displayed quotes" in page
