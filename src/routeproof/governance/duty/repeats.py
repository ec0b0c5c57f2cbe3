"""When a duty of the firm's own comes due again."""

from __future__ import annotations

import calendar
from datetime import date


def repeats(duty_id: str, due_on: date, every_months: int | None, on: date) -> list[tuple[str, date]]:
    """Ids and due dates up to the first one after a day; one that is not repeated has the plain id.

    A day that a month does not have becomes its last one: the 31st comes due on the 30th, or in February on the 28th.
    """
    if every_months is None:
        return [(duty_id, due_on)]
    found, count = [], 0
    while True:
        day = _later(due_on, count * every_months)
        found.append((f"{duty_id}:{day.isoformat()}", day))
        if day > on:
            return found
        count += 1


def _later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
