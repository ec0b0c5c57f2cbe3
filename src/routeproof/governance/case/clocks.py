"""Clocks of a case: minutes of regular sessions from its opening, by priority."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from routeproof.vocab.times import EQUITY_ZONE, NS_PER_S

if TYPE_CHECKING:
    from routeproof.policy.cases import CaseRules
    from routeproof.policy.sessions import SessionCalendar

NS_PER_MIN = 60 * NS_PER_S


def session_minutes_after(at: int, minutes: int, calendar: SessionCalendar) -> int:
    """The instant at which `minutes` of regular sessions have passed since `at`, both UTC ns."""
    left = minutes * NS_PER_MIN
    day = datetime.fromtimestamp(at // NS_PER_S, tz=ZoneInfo(EQUITY_ZONE)).date()
    while True:
        hours = calendar.hours_or_usual(day)
        start = at if hours is None else max(at, hours[0])
        if hours is not None and start < hours[1]:
            if left <= hours[1] - start:
                return start + left
            left -= hours[1] - start
        day += timedelta(days=1)


def clocks_from(at: int, priority: str, rules: CaseRules, calendar: SessionCalendar) -> dict[str, str]:
    """`acknowledge_by, investigate_by, close_by` of a case of that priority that opens at `at`; UTC ns as text."""
    return {
        f"{step}_by": str(session_minutes_after(at, minutes, calendar))
        for step, minutes in rules.clocks[priority].items()
    }


def sooner(one: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    """Of each clock the one that runs out first."""
    return {name: min(one[name], other[name], key=int) for name in one}
