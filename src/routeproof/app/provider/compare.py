"""Providers side by side: where their files stand, and what they answered to the same questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.provider.conflicts import declared_conflicts
from routeproof.app.provider.file import provider_of, questions_of
from routeproof.governance.provider.score import mark_of
from routeproof.governance.provider.shown import show_provider

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.conflict import Conflict
    from routeproof.governance.provider.state import Provider
    from routeproof.policy.questionnaire import Question


def compare_providers(context: Context, ids: Sequence[str], on: date) -> dict[str, Any]:
    """`{"on", "providers", "rows", "answers"}`: each row and each question with one value per provider, null if none.

    Raises:
        UsageError: if one of them has no file.
    """
    providers = [provider_of(context, name) for name in ids]
    conflicts = declared_conflicts(context.records)
    facts = {provider.id: _facts(provider, conflicts, on) for provider in providers}
    names = list(next(iter(facts.values()), {}))
    return {
        "on": on.isoformat(),
        "providers": [provider.id for provider in providers],
        "rows": [{"row": name, "values": {who: facts[who][name] for who in facts}} for name in names],
        "answers": _answers(providers),
    }


def _facts(provider: Provider, conflicts: Sequence[Conflict], on: date) -> dict[str, Any]:
    shown = show_provider(provider, on, {})
    own = [item for item in conflicts if item.provider == provider.id and item.stands_on(on)]
    reliance = shown["reliance_5310_09c"]
    open_conditions = [item["condition"] for item in shown["conditions"] if item["met_on"] is None]
    return {
        "name": shown["name"],
        "state": shown["state"],
        "role": shown["role"],
        "venues": shown["venues"],
        "sub_vendors": shown["sub_vendors"],
        "score_percent": shown["score"]["percent"],
        "not_met": shown["score"]["not_met"],
        "unmarked": len(shown["score"]["unmarked"]),
        "unanswered": shown["unanswered"],
        "open_conditions": open_conditions,
        "conflicts": [item.id for item in own],
        "conflicts_unmitigated": [item.id for item in own if not item.mitigations],
        "incidents": len(shown["incidents"]),
        "reliance_offered": reliance["offered"],
        "reliance_in_force": reliance["in_force"],
        "refresh_due_on": shown["refresh_due_on"],
        "fallback_planned": shown["fallback"] is not None,
    }


def _answers(providers: Sequence[Provider]) -> list[dict[str, Any]]:
    questions: dict[str, Question] = {}
    for provider in providers:
        questions.update(questions_of(provider.round))
    rows = []
    for name, question in questions.items():
        answers = {provider.id: provider.round.answers.get(name) for provider in providers}
        texts = {who: answer.answer if answer else None for who, answer in answers.items()}
        asked = [provider for provider in providers if name in provider.round.questions]
        rows.append(
            {
                "question_id": name,
                "section": question.section,
                "question": question.question,
                "values": texts,
                "marks": {provider.id: mark_of(provider.round, name) for provider in asked},
                "differ": len({" ".join((text or "").split()) for text in texts.values()}) > 1,
            }
        )
    return rows
