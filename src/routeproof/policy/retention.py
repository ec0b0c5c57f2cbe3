"""How long records are kept, by class, as dated policy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.policy.dated import Timeline

DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """A period of keeping.

    Attributes:
        years: whole years after the last use.
        nouns: kinds of objects whose documents belong to the class; none in the class `default`.
    """

    years: int
    nouns: tuple[str, ...] = ()

    def ends_on(self, last_used_on: date) -> date:
        """First day on which what was last used on that day may go; 29 February counts to 1 March."""
        year = last_used_on.year + self.years
        try:
            return last_used_on.replace(year=year)
        except ValueError:
            return last_used_on.replace(year=year, month=3, day=1)


def retention_of(subjects: Mapping[str, Any]) -> dict[str, Timeline[Retention]]:
    """Classes by name.

    Raises:
        UsageError: as `policy.book.timeline`.
        ValueError: a period that is no positive number of whole years.
    """
    return {name: timeline(f"retention of {name}", rows, _retention) for name, rows in subjects.items()}


def _retention(value: Mapping[str, Any]) -> Retention:
    years = value["years"]
    if not isinstance(years, int) or years < 1:
        message = f"expected whole years of at least 1, found {years!r}"
        raise ValueError(message)
    return Retention(years=years, nouns=tuple(value.get("nouns", ())))


def class_of(noun: str, classes: Mapping[str, Timeline[Retention]], on: date) -> str:
    """The class that documents of a kind of object belong to on a day."""
    for name, periods in classes.items():
        if noun in periods.on_or_first(on).value.nouns:
            return name
    return DEFAULT
