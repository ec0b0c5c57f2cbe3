"""What an order must know of other orders of its day: whether customers sent any, where anything was reported."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from routeproof.sources.fix.fold.parties import Edge


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts that a part of the messages holds, or that it would ask for.

    Attributes:
        customer_days: days on which a customer's order was received: orders of the firm are then no parent orders.
        told: (from_party, to_party, day) of sessions that reported on an order: a replace without answer is then not
            taken for accepted.
        reported_days: days on which the firm's side reported on an order: a venue's fill without an order above is then
            not counted.
    """

    customer_days: frozenset[Any] = frozenset()
    told: frozenset[Any] = frozenset()
    reported_days: frozenset[Any] = frozenset()

    def __or__(self, other: Facts) -> Facts:
        """All that either says."""
        return Facts(*(getattr(self, item.name) | getattr(other, item.name) for item in fields(Facts)))

    def __sub__(self, other: Facts) -> Facts:
        """What the other does not say."""
        return Facts(*(getattr(self, item.name) - getattr(other, item.name) for item in fields(Facts)))

    def meets(self, other: Facts) -> bool:
        """Whether both say something."""
        return any(getattr(self, item.name) & getattr(other, item.name) for item in fields(Facts))

    def lacks(self, asked: Facts, known: Facts) -> bool:
        """Whether something that was asked for is known, and not said here."""
        return asked.meets(known - self)


NO_FACTS = Facts()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a set of messages says that decides how others are folded beside them.

    Attributes:
        said: facts that any of them holds.
        asked: facts that any of their orders asks for.
        edges: in which direction requests and answers travel.
    """

    said: Facts = NO_FACTS
    asked: Facts = NO_FACTS
    edges: frozenset[Edge] = frozenset()


def united(said: Iterable[Facts]) -> Facts:
    """What any of them says."""
    known = NO_FACTS
    for facts in said:
        known |= facts
    return known
