"""How cases are worked, by date: clocks, escalation, second persons, words for how they end."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline
from routeproof.policy.monitoring import SEVERITIES
from routeproof.policy.numbers import whole
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.policy.dated import Timeline

CLOCKS = ("acknowledge", "investigate", "close")
"""Steps that a clock runs for, in the order in which they are done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRules:
    """What policy says of cases on one day.

    Attributes:
        clocks: priority to minutes of regular sessions from the opening, by step of `CLOCKS`.
        escalation: step to the role that an overdue case goes up to.
        review_priorities, review_dispositions: closings that a second person approves.
        opening: severities of findings that open a case.
        incident_gap_ms: event time from the end of a finding of an incident within which a further one goes on with it.
        incident_margin_ms: event time around an incident within which findings of its provider belong to it.
        lasting_days: trading days within which a fault of a whole day that is found again is still the same matter.
        dispositions, root_causes: code to words.
    """

    clocks: Mapping[str, Mapping[str, int]]
    escalation: Mapping[str, str]
    review_priorities: tuple[str, ...]
    review_dispositions: tuple[str, ...]
    opening: tuple[str, ...]
    incident_gap_ms: int
    incident_margin_ms: int
    lasting_days: int
    dispositions: Mapping[str, str]
    root_causes: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePolicy:
    """Timelines by subject."""

    clocks: Timeline[Mapping[str, Mapping[str, int]]]
    escalation: Timeline[Mapping[str, str]]
    review: Timeline[Mapping[str, tuple[str, ...]]]
    opening: Timeline[tuple[str, ...]]
    incident_gap_ms: Timeline[int]
    incident_margin_ms: Timeline[int]
    lasting_days: Timeline[int]
    dispositions: Timeline[Mapping[str, str]]
    root_causes: Timeline[Mapping[str, str]]

    def on(self, day: date) -> CaseRules:
        """What is in force on a day; the first values where none was yet."""
        review = self.review.on_or_first(day).value
        return CaseRules(
            clocks=self.clocks.on_or_first(day).value,
            escalation=self.escalation.on_or_first(day).value,
            review_priorities=review["priorities"],
            review_dispositions=review["dispositions"],
            opening=self.opening.on_or_first(day).value,
            incident_gap_ms=self.incident_gap_ms.on_or_first(day).value,
            incident_margin_ms=self.incident_margin_ms.on_or_first(day).value,
            lasting_days=self.lasting_days.on_or_first(day).value,
            dispositions=self.dispositions.on_or_first(day).value,
            root_causes=self.root_causes.on_or_first(day).value,
        )


def reviewed_as(rules: CaseRules, other: CaseRules) -> CaseRules:
    """The rules, with every closing that goes to a second person by either of the two."""
    return replace(
        rules,
        review_priorities=tuple(dict.fromkeys((*rules.review_priorities, *other.review_priorities))),
        review_dispositions=tuple(dict.fromkeys((*rules.review_dispositions, *other.review_dispositions))),
    )


def case_policy(subjects: Mapping[str, Any]) -> CasePolicy:
    """Build the policy from the parsed subject `cases`.

    Raises:
        UsageError: as `policy.book.timeline`; a clock or severity that there is not.
    """
    given = subjects["cases"]
    return CasePolicy(
        clocks=timeline("cases.clocks", given["clocks"], _clocks),
        escalation=timeline("cases.escalation", given["escalation"], _escalation),
        review=timeline("cases.review", given["review"], _review),
        opening=timeline("cases.opening", given["opening"], lambda value: _severities(value["severities"])),
        incident_gap_ms=timeline("cases.incident_gap_ms", given["incident_gap_ms"], whole(0)),
        incident_margin_ms=timeline("cases.incident_margin_ms", given["incident_margin_ms"], whole(0)),
        lasting_days=timeline("cases.lasting_days", given["lasting_days"], whole(0)),
        dispositions=timeline("cases.dispositions", given["dispositions"], dict),
        root_causes=timeline("cases.root_causes", given["root_causes"], dict),
    )


def _clocks(value: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    return {name: {step: int(value[name][f"{step}_min"]) for step in CLOCKS} for name in SEVERITIES}


def _escalation(value: Mapping[str, str]) -> dict[str, str]:
    return {step: value[step] for step in CLOCKS}


def _review(value: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {"priorities": _severities(value["priorities"]), "dispositions": tuple(value["dispositions"])}


def _severities(names: list[str]) -> tuple[str, ...]:
    if unknown := set(names) - set(SEVERITIES):
        message = f"expected severities among {', '.join(SEVERITIES)}, found {', '.join(sorted(unknown))}"
        raise UsageError(message, where="cases")
    return tuple(names)
