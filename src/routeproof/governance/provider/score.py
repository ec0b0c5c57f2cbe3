"""Scoring a round: marks that people gave and those that a yes or no gives by itself, weighed; nothing is assumed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from routeproof.governance.provider.state import Provider, Round

POINTS = {"met": Decimal(1), "partly": Decimal("0.5"), "not_met": Decimal(0)}


def mark_of(round_: Round, question: str) -> str | None:
    """`met`, `partly` or `not_met`; null where nobody judged the answer and it does not judge itself."""
    if question in round_.marks:
        return round_.marks[question].mark
    asked, answer = round_.questions[question], round_.answers.get(question)
    if not asked.must or answer is None or answer.stance == "unclear":
        return None
    return "met" if answer.stance == asked.must else "not_met"


def score_of(round_: Round) -> dict[str, Any]:
    """Points over the weight of what was marked, in percent; null if nothing was. Weights and points are exact."""
    marks = {name: mark_of(round_, name) for name in round_.questions}
    marked = {name: mark for name, mark in marks.items() if mark is not None}
    weight = sum(round_.questions[name].weight for name in marked)
    points = sum((POINTS[mark] * round_.questions[name].weight for name, mark in marked.items()), Decimal(0))
    return {
        "percent": float(round(100 * points / weight, 1)) if weight else None,
        "points": str(points),
        "of": weight,
        "total_weight": sum(asked.weight for asked in round_.questions.values()),
        "not_met": [name for name, mark in marked.items() if mark == "not_met"],
        "unmarked": [name for name, mark in marks.items() if mark is None],
    }


def unmet(provider: Provider) -> list[str]:
    """Questions of the latest round whose answer is not the one that must be, and that no condition speaks of.

    A condition of an earlier round excuses as long as it is open: what was met then, and is wrong again, is not met.
    """
    number = provider.round.number
    covered = {item.question for item in provider.conditions if item.met_on is None or item.round == number}
    return [
        name
        for name, asked in provider.round.questions.items()
        if asked.must and mark_of(provider.round, name) == "not_met" and name not in covered
    ]
