"""How Rule 605 reports are made: every reading of the rule by date, and which of them are not confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline
from routeproof.policy.reading605 import CONFIRMED, FIRM, checked
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.policy.dated import Dated, Timeline


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporting605:
    """The readings in force in one month.

    Attributes:
        first_day: of the month.
        entries: subject -> value with citation and grade.
    """

    first_day: date
    entries: Mapping[str, Dated[Any]]

    def value(self, subject: str) -> Any:  # noqa: ANN401 - each subject has its own shape
        """The value of a subject; `KeyError` if there is none of that name."""
        return self.entries[subject].value

    def order_type(self, category: str) -> str:
        """Field 7 of a category, such as `LYNNN` of `marketable_limit`."""
        code: str = self.value("order_types")[category]
        return code

    def codes(self, subject: str) -> frozenset[str]:
        """The order-type codes that a list of categories stands for."""
        return frozenset(self.order_type(category) for category in self.value(subject))

    @property
    def unconfirmed(self) -> tuple[str, ...]:
        """Subjects whose text is not confirmed from a primary source, in the order of the document."""
        return tuple(name for name, entry in self.entries.items() if entry.grade != CONFIRMED)

    @property
    def decided(self) -> tuple[str, ...]:
        """The firm's own readings: what each is, since when, by which proposal; sentences in document order."""
        return tuple(
            f"Reading {name} = {entry.value!r} since {entry.effective_from}: {entry.citation}."
            for name, entry in self.entries.items()
            if entry.grade == FIRM
        )


@dataclass(frozen=True, slots=True)
class Report605Policy:
    """All readings, each a timeline."""

    timelines: tuple[Timeline[Any], ...]

    def on(self, day: date) -> Reporting605:
        """The readings in force on a day, which is the first of a month of data."""
        return Reporting605(first_day=day, entries={item.name: item.on(day) for item in self.timelines})


def report605_policy(document: Mapping[str, Any]) -> Report605Policy:
    """Build the policy from its parsed document.

    Raises:
        UsageError: an entry that is not dated, cited and graded as all policy is, or that no report can be made by.
    """
    if not document:
        message = "expected the readings of Rule 605, found none"
        raise UsageError(message)
    for name, rows in document.items():
        checked(name, rows)
    return Report605Policy(tuple(timeline(name, rows, _as_is) for name, rows in document.items()))


def _as_is(value: object) -> object:
    return value
