"""Regular sessions of the New York equity market for any period, from the holiday rules in force since 2022."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from routeproof.vocab.times import EQUITY_ZONE, NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Iterator

_SATURDAY, _SUNDAY, _THURSDAY, _MONDAY = 5, 6, 3, 0


@dataclass(frozen=True)
class Session:
    """One regular session: its New York day and the UTC nanoseconds of open and close."""

    day: date
    open_at: int
    close_at: int

    @property
    def midnight_at(self) -> int:
        """UTC nanoseconds at 00:00 UTC of the day."""
        return _ns(datetime.combine(self.day, time(), UTC))


def sessions(first: date, last: date) -> tuple[Session, ...]:
    """Sessions of `first <= day <= last`; half days close at 13:00 New York."""
    return tuple(_session(day) for day in _days(first, last) if _is_open(day))


def sessions_before(day: date, count: int) -> tuple[Session, ...]:
    """The `count` sessions before `day`, oldest first."""
    if count == 0:
        return ()
    return sessions(day - timedelta(days=2 * count + 10), day - timedelta(days=1))[-count:]


def _days(first: date, last: date) -> Iterator[date]:
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def _session(day: date) -> Session:
    closes = time(13) if _is_half(day) else time(16)
    return Session(day, _new_york(day, time(9, 30)), _new_york(day, closes))


def _new_york(day: date, clock: time) -> int:
    return _ns(datetime.combine(day, clock, ZoneInfo(EQUITY_ZONE)))


def _ns(moment: datetime) -> int:
    return int(moment.timestamp()) * NS_PER_S


def _is_open(day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in _holidays(day.year)


def _is_half(day: date) -> bool:
    before_holiday = (day.month, day.day) in {(7, 3), (12, 24)} and _is_open(day)
    return before_holiday or day == _nth(day.year, 11, _THURSDAY, 4) + timedelta(days=1)


def _holidays(year: int) -> frozenset[date]:
    new_year = date(year, 1, 1)  # on a Saturday it is not moved to the Friday before
    fixed = [_observed(date(year, month, day)) for month, day in ((6, 19), (7, 4), (12, 25))]
    moving = [
        _nth(year, 1, _MONDAY, 3),
        _nth(year, 2, _MONDAY, 3),
        _easter(year) - timedelta(days=2),
        _last_monday(year, 5),
        _nth(year, 9, _MONDAY, 1),
        _nth(year, 11, _THURSDAY, 4),
    ]
    first = new_year + timedelta(days=1) if new_year.weekday() == _SUNDAY else new_year
    return frozenset([first, *fixed, *moving])


def _observed(day: date) -> date:
    return day + timedelta(days={_SATURDAY: -1, _SUNDAY: 1}.get(day.weekday(), 0))


def _nth(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _last_monday(year: int, month: int) -> date:
    last = date(year, month + 1, 1) - timedelta(days=1)
    return last - timedelta(days=last.weekday())


def _easter(year: int) -> date:
    """Gregorian Easter Sunday (Meeus, Jones, Butcher)."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)
