"""Whether a trading day is over: its session has ended, and what its last rows look ahead to has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.day import NO_SESSION, NOT_OVER, OVER
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.policy.monitoring import Waits

HORIZON_NS = 300 * NS_PER_S
"""The longest look ahead of a measured row."""
WORDS = {
    NO_SESSION: "{day} is no trading day: it has no session, what was found is outside of one, and nobody closes it",
    NOT_OVER: "{day} is not over: rules of whole days were not judged, run it again after its session",
}


def settled_at(close_at: int | None, waits: Waits) -> int:
    """From when on a day can be judged as a whole, UTC ns; a day without a session can at any time."""
    return (close_at or 0) + HORIZON_NS + waits.quote_ms * NS_PER_MS


def end_of_day(context: Context, day: date) -> str:
    """`over`, `not over` or `no session`, by the calendar in force; beyond its years every weekday trades."""
    whole = policy_in_force(context.records).whole
    hours = whole.calendar.hours_or_usual(day)
    if hours is None:
        return NO_SESSION
    waits = whole.monitoring.waits.on_or_first(day).value
    return OVER if context.clock() >= settled_at(hours[1], waits) else NOT_OVER


def told_of_end(context: Context, day: date) -> str | None:
    """What a person who judges the day should know of it; null where it is over."""
    words = WORDS.get(end_of_day(context, day))
    return None if words is None else words.format(day=day)
