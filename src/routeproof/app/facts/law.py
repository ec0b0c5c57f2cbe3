"""Dated rules of law that monitoring rules ask for, in force on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    from routeproof.policy.book import PolicyBook


def law_on(book: PolicyBook, day: date) -> dict[str, Any]:
    """`rule_611` (whether it binds), `tick` (`TickRule`), `round_lots` (`RoundLots`), `access_fee_cap`."""
    return {
        "rule_611": book.rule_611.on_or_first(day).value,
        "tick": book.tick.on_or_first(day).value,
        "round_lots": book.round_lots.on_or_first(day).value,
        "access_fee_cap": book.access_fee_cap.on_or_first(day).value,
    }
