"""What the firm decided about its own governance, by date: who may do what, how long a new role waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline
from routeproof.policy.numbers import YEAR_HOURS, whole

if TYPE_CHECKING:
    from routeproof.policy.dated import Timeline

Matrix = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class GovernancePolicy:
    """Timelines by subject.

    Attributes:
        entitlements: roles by action, written `noun.verb`; what is not named is refused.
        cooling_off_hours: between the approval of a role and its first use.
        views: roles by area of the application; what is not named is shown to nobody.
    """

    entitlements: Timeline[Matrix]
    cooling_off_hours: Timeline[int]
    views: Timeline[Matrix]


def governance_policy(documents: Iterable[Mapping[str, Any]]) -> GovernancePolicy:
    """Build the policy from parsed TOML documents.

    Raises:
        UsageError: as `policy.book.timeline`.
    """
    subjects: dict[str, Any] = {}
    for document in documents:
        subjects.update(document)
    return GovernancePolicy(
        entitlements=timeline("entitlements", subjects["entitlements"], dict),
        cooling_off_hours=timeline("cooling_off_hours", subjects["cooling_off_hours"], whole(0, YEAR_HOURS)),
        views=timeline("views", subjects["views"], dict),
    )
