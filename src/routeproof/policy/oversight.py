"""Review and remediation by date: factors of the rule, steps and their documents, materiality of later changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline
from routeproof.policy.numbers import YEAR_DAYS, whole

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.policy.dated import Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a remediation.

    Attributes:
        after: states that it may follow.
        needs: keys that its body must fill.
        documents: keys that stand as a document in the file afterwards.
        due_days: days after the step before until it is overdue; 0 = no limit.
    """

    after: tuple[str, ...]
    needs: tuple[str, ...]
    documents: tuple[str, ...]
    due_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Materiality:
    """When a change after closing is material.

    Attributes:
        of_margin: share of the metric's verdict margin.
        relative: share of the figure itself, where its metric has no margin.
    """

    of_margin: float
    relative: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OversightPolicy:
    """Timelines by subject; factors by their code, in reading order."""

    factors: Mapping[str, Timeline[str]]
    steps: Timeline[Mapping[str, Step]]
    outcomes: Timeline[Mapping[str, tuple[str, ...]]]
    root_causes: Timeline[Mapping[str, str]]
    look_again_days: Timeline[int]
    sign_days: Timeline[int]
    materiality: Timeline[Materiality]

    def factors_on(self, day: date) -> tuple[dict[str, str], ...]:
        """Factors in force on a day as plain values: code, title, citation, grade."""
        found = ((code, timeline_.on_or_first(day)) for code, timeline_ in self.factors.items())
        return tuple(
            {"code": code, "title": factor.value, "citation": factor.citation, "grade": factor.grade}
            for code, factor in found
        )


def oversight_policy(subjects: Mapping[str, Any]) -> OversightPolicy:
    """Build the policy from the parsed subjects of all documents.

    Raises:
        UsageError: as `policy.book.timeline`.
    """
    remediation, restatement = subjects["remediation"], subjects["restatement"]
    return OversightPolicy(
        factors={code: timeline(f"factor {code}", rows, str) for code, rows in subjects["factors"].items()},
        steps=timeline("remediation.steps", remediation["steps"], _steps),
        outcomes=timeline("remediation.outcomes", remediation["outcomes"], _tuples),
        root_causes=timeline("remediation.root_causes", remediation["root_causes"], dict),
        look_again_days=timeline("remediation.look_again_days", remediation["look_again_days"], whole(1, YEAR_DAYS)),
        sign_days=timeline("restatement.sign_days", restatement["sign_days"], whole(1, YEAR_DAYS)),
        materiality=timeline("restatement.materiality", restatement["materiality"], lambda value: Materiality(**value)),
    )


def _steps(value: Mapping[str, Any]) -> dict[str, Step]:
    return {
        name: Step(
            after=tuple(step["from"]),
            needs=tuple(step["needs"]),
            documents=tuple(step["documents"]),
            due_days=step["due_days"],
        )
        for name, step in value.items()
    }


def _tuples(value: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(states) for name, states in value.items()}
