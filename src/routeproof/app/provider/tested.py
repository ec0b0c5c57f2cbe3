"""What a provider answered beside what was measured of it: each testable answer with the figure it is bound to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.measuring.measure import Question, measure
from routeproof.app.policy_in_force import policy_in_force
from routeproof.app.provider.file import provider_of, questions_of
from routeproof.app.provider.liquidity_access import liquidity_access
from routeproof.metrics.registry import BY_NAME
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.app.context import Context
    from routeproof.policy.questionnaire import Question as Asked

Row = dict[str, Any]
ACCESS = "liquidity_access"
ELSEWHERE = {"quality.clocks": "see `routeproof quality`, clocks", "quality.links": "see `routeproof quality`, links"}
NO_FLOW = "no orders, routes or executions of this provider in the period"


def answers_beside_figures(context: Context, provider_id: str, period: str) -> Row:
    """`{"provider", "period", "manifest", "answers"}`: per testable question its answer and the measured figure.

    Each answer has `question_id, question, answer, check, observed, unit, reason`. `observed` is null with a reason
    where it cannot be measured. Nobody is judged here: the figure stands beside the words, and a person marks them.

    Raises:
        UsageError: if there is no such provider, or the period is no quarter.
    """
    provider = provider_of(context, provider_id)
    testable = [item for item in questions_of(provider.round).values() if item.check]
    manifest = context.lake.manifest().id
    figures = _figures(context, provider_id, period, manifest, testable)
    gaps = liquidity_access(context, provider_id, period)["gaps"]
    rows = []
    for question in testable:
        answer = provider.round.answers.get(question.id)
        row = {"question_id": question.id, "question": question.question, "answer": answer.answer if answer else None}
        rows.append(row | {"check": question.check} | _observed(question.check, figures, gaps))
    return {"provider": provider_id, "period": period.upper(), "manifest": manifest, "answers": rows}


def _figures(
    context: Context, provider_id: str, period: str, manifest: str, testable: Sequence[Asked]
) -> Mapping[str, Any]:
    first, last = quarter_days(period)
    names = sorted({item.check for item in testable if item.check in BY_NAME})
    question = Question(
        metrics=tuple(names), first=first, last=last, where=(f"provider={provider_id}",), manifest=manifest
    )
    known = policy_in_force(context.records)
    rows = measure(context.lake, question, context.workspace.cache_folder, known).as_plain()["rows"]
    return rows[0] if rows else {}


def _observed(check: str, figures: Mapping[str, Any], gaps: Sequence[Row]) -> Row:
    if check == ACCESS:
        return {"observed": len(gaps), "unit": "gaps", "reason": "see `routeproof provider access`"}
    if check in ELSEWHERE:
        return {"observed": None, "unit": "", "reason": ELSEWHERE[check]}
    value = figures.get(check)
    reason = "" if value is not None else figures.get("reasons", {}).get(check, NO_FLOW)
    return {"observed": value, "unit": BY_NAME[check].unit, "reason": reason}
