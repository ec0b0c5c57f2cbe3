"""Quotes by linear search: the slowest correct way. Rows are plain dicts; prices and shares are Fractions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fractions import Fraction

Row = dict[str, Any]


@dataclass(frozen=True)
class Conventions:
    """The switches, as the methodology words them."""

    benchmark: str = "receipt"
    tie: str = "strict"
    locked: str = "exclude"
    after_close: str = "null"
    shift_ns: int = 0
    population: str = "own"

    @property
    def inclusive(self) -> bool:
        """Whether a quote of the very instant counts."""
        return self.tie == "inclusive"


@dataclass(frozen=True)
class Market:
    """Quotes, prints and regular hours by day; a quote never carries over to another day."""

    quotes: list[Row]
    trades: list[Row]
    hours: dict[str, tuple[int, int]]

    def day_of(self, instant: int) -> str:
        """The day whose midnight-to-midnight holds the instant."""
        return next(day for day, (begin, _) in self.hours.items() if abs(instant - begin) < 12 * 3600 * 10**9)

    def stream(self, symbol: str, day: str) -> list[Row]:
        """One symbol-day's quotes in order."""
        rows = [q for q in self.quotes if q["symbol"] == symbol and self.day_of(q["at"]) == day]
        return sorted(rows, key=lambda q: (q["at"], q["sequence"]))

    def quote(self, symbol: str, instant: int | None, day: str, *, inclusive: bool) -> Row | None:
        """The last quote before the instant, or at it if inclusive."""
        if instant is None:
            return None
        found = None
        for quote in self.stream(symbol, day):
            if quote["at"] < instant or (inclusive and quote["at"] == instant):
                found = quote
        return found


def usable(quote: Row | None, locked: str) -> bool:
    """Two-sided, not crossed, and not locked unless locked ones are in."""
    if quote is None or not quote["bid"] or not quote["ask"]:
        return False
    if quote["bid"] == quote["ask"]:
        return locked == "include"
    return bool(quote["bid"] < quote["ask"])


def middle(quote: Row | None, locked: str) -> Fraction | None:
    """Midpoint of a usable quote."""
    return (quote["bid"] + quote["ask"]) / 2 if quote is not None and usable(quote, locked) else None
