"""A value that law or firm set from a day on, with the text that says so and how well that text is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from routeproof.vocab.errors import RefusedError, UsageError

if TYPE_CHECKING:
    from datetime import date

T = TypeVar("T")
Grade = Literal["C", "S", "M", "F"]
GRADES: dict[Grade, str] = {
    "C": "confirmed in a primary text or an official file",
    "S": "confirmed in a secondary text only",
    "M": "general knowledge, not confirmed in a text: check before relying on it",
    "F": "the firm's own decision",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated(Generic[T]):
    """A value in force from `effective_from` until the next one of its timeline.

    citation: the text and paragraph; grade: see `GRADES`; unconfirmed: must be checked before a customer relies on it.
    """

    value: T
    effective_from: date
    citation: str
    grade: Grade
    note: str = ""

    @property
    def unconfirmed(self) -> bool:
        """Whether the value rests on general knowledge only."""
        return self.grade == "M"


@dataclass(frozen=True, slots=True)
class Timeline(Generic[T]):
    """All values of one named setting, oldest first, one per date."""

    name: str
    values: tuple[Dated[T], ...]

    def __post_init__(self) -> None:
        dates = [value.effective_from for value in self.values]
        if not dates or dates != sorted(set(dates)):
            message = f"expected {self.name} to have values in date order, one per date; found {dates}"
            raise UsageError(message)

    def on(self, day: date) -> Dated[T]:
        """Return the value in force on `day`. Raises RefusedError before the first one."""
        in_force = [value for value in self.values if value.effective_from <= day]
        if not in_force:
            first = self.values[0].effective_from
            message = f"policy {self.name} has no value for {day}: the first one takes effect on {first}"
            raise RefusedError(message, where=self.name)
        return in_force[-1]

    def on_or_first(self, day: date) -> Dated[T]:
        """Return the value in force on `day`, or the first one when none was yet."""
        return self.on(max(day, self.values[0].effective_from))
