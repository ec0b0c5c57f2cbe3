"""The careful parsers of whole numbers, decimals and instants: exact, for whatever may stand there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from routeproof.sources.fix.words import compiled

NULL = np.iinfo(np.int64).min  # no value
BAD = NULL + 1  # a value that is not of the type
_LARGEST = np.iinfo(np.int64).max
_SCALE_DIGITS = 9

Bytes = npt.NDArray[np.uint8]


@compiled
def parse_whole(buf: Bytes, at: int, end: int) -> int:
    """Whole number, at most 18 digits."""
    negative = end > at and buf[at] == 45
    if negative:
        at += 1
    if end <= at or end - at > 18:
        return BAD
    value = 0
    for index in range(at, end):
        digit = np.int64(buf[index]) - 48
        if digit < 0 or digit > 9:
            return BAD
        value = value * 10 + digit  # type: ignore[assignment]
    return -value if negative else value


@compiled
def parse_decimal(buf: Bytes, at: int, end: int) -> int:
    """Decimal at scale 1e-9, exact: more than nine places, unless zeros, and more than 9.2e9 are not representable."""
    negative = end > at and buf[at] == 45
    if negative:
        at += 1
    value, places, digits = 0, -1, 0
    for index in range(at, end):
        byte = np.int64(buf[index])
        if byte == 46 and places < 0:
            places = 0
            continue
        digit = byte - 48
        if digit < 0 or digit > 9:
            return BAD
        digits += 1
        if places >= 0:
            places += 1
        if places > _SCALE_DIGITS:
            if digit != 0:
                return BAD
            continue
        if value > (_LARGEST - 9) // 10:
            return BAD
        value = value * 10 + digit  # type: ignore[assignment]
    if digits == 0:
        return BAD
    for _ in range(min(max(places, 0), _SCALE_DIGITS), _SCALE_DIGITS):
        if value > _LARGEST // 10:
            return BAD
        value *= 10
    return -value if negative else value


@compiled
def add_decimal(total: int, buf: Bytes, at: int, end: int) -> int:
    """A sum with one more decimal in it; null + x = x; a bad part, or a sum beyond 9.2e9, makes the sum bad."""
    value = parse_decimal(buf, at, end)
    if BAD in (total, value):
        return BAD
    if total == NULL:
        return value
    if (value > 0 and total > _LARGEST - value) or (value < 0 and total < -_LARGEST - value):
        return BAD
    return total + value


@compiled
def _pair(buf: Bytes, at: int) -> int:
    high, low = np.int64(buf[at]) - 48, np.int64(buf[at + 1]) - 48
    if high < 0 or high > 9 or low < 0 or low > 9:
        return -1
    return high * 10 + low  # type: ignore[return-value]


@compiled
def days_since_epoch(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 in the proleptic Gregorian calendar (Hinnant, days_from_civil)."""
    year -= month <= 2
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468


@compiled
def _month_days(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


@compiled
def parse_instant(buf: Bytes, at: int, end: int) -> int:
    """UTCTimestamp ``YYYYMMDD-HH:MM:SS[.fraction]`` as UTC nanoseconds.

    A finer fraction, as of picoseconds, is cut to nanoseconds. The year is 1990 to 2100. A leap second (SS = 60) is
    the first instant of the next minute.
    """
    if end - at < 17 or buf[at + 8] != 45 or buf[at + 11] != 58 or buf[at + 14] != 58:
        return BAD
    century, years, month, day = _pair(buf, at), _pair(buf, at + 2), _pair(buf, at + 4), _pair(buf, at + 6)
    hour, minute, second = _pair(buf, at + 9), _pair(buf, at + 12), _pair(buf, at + 15)
    if century < 0 or years < 0 or month < 1 or month > 12 or day < 1:
        return BAD
    year = century * 100 + years
    if year < 1990 or year > 2100 or day > _month_days(year, month):
        return BAD
    if hour < 0 or hour > 23 or minute < 0 or minute > 59 or second < 0 or second > 60:
        return BAD
    fraction, places = 0, 0
    if end - at > 17:
        if buf[at + 17] != 46 or end - at == 18:
            return BAD
        for index in range(at + 18, end):
            digit = np.int64(buf[index]) - 48
            if digit < 0 or digit > 9:
                return BAD
            if places < 9:
                fraction = fraction * 10 + digit  # type: ignore[assignment]
                places += 1
    for _ in range(places, 9):
        fraction *= 10
    seconds = days_since_epoch(year, month, day) * 86400 + hour * 3600 + minute * 60 + second
    return seconds * 1_000_000_000 + fraction
