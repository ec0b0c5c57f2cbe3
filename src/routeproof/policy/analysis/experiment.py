"""What an experiment with orders may be, and when its result says something, by date."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from routeproof.policy.dated import Timeline

LARGEST_SHARE = Decimal("0.5")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentPolicy:
    """Limits of a plan, and how it is read.

    Attributes:
        greatest_share: of eligible orders that may be given to the treatment.
        least_days: sessions that a plan has at least.
        draws: assignments that are drawn anew for one reading.
        most_enumerated: possible assignments up to which all are gone through instead.
        broken_chance: probability below which arms that differ in what came before are no chance.
        least_complied: share of orders that went where they were assigned, below which the result is marked.
        tightest_days: days after which the confidence sequence is relatively narrowest.
        burn_in_days: effective days below which the sequence says nothing.
    """

    greatest_share: Decimal
    least_days: int
    draws: int
    most_enumerated: int
    broken_chance: float
    least_complied: float
    tightest_days: float
    burn_in_days: float


def experiment_policy(subjects: Mapping[str, Any]) -> Timeline[ExperimentPolicy]:
    """Build the timeline from the parsed subject `experiment`.

    Raises:
        UsageError: as `policy.book.timeline`.
        ValueError: a value out of its range.
    """
    return timeline("experiment", subjects["experiment"], _built)


def _built(value: Mapping[str, Any]) -> ExperimentPolicy:
    given: dict[str, Any] = {**value, "greatest_share": Decimal(str(value["greatest_share"]))}
    found = ExperimentPolicy(**given)
    counts = (found.least_days, found.draws, found.most_enumerated)
    shares = (found.broken_chance, found.least_complied)
    sound = (
        0 < found.greatest_share <= LARGEST_SHARE
        and all(isinstance(one, int) and one > 0 for one in counts)
        and all(0.0 < one < 1.0 for one in shares)
        and min(found.tightest_days, found.burn_in_days) > 1.0
    )
    if not sound:
        message = (
            f"expected a share above 0 and up to {LARGEST_SHARE}, counts above 0, chances between 0 and 1, days above "
            f"1, found {dict(value)}"
        )
        raise ValueError(message)
    return found
