"""From value positions to typed arrays: whole numbers, decimals, instants, interned words, copied text."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from routeproof.sources.fix.quick import ASK, quick_clock, quick_decimal, quick_whole
from routeproof.sources.fix.words import compiled, inlined, load_word, store_word

NULL = np.iinfo(np.int64).min  # no value
BAD = NULL + 1  # a value that is not of the type
_LARGEST = np.iinfo(np.int64).max
_32 = np.uint64(32)
_LENGTH = np.uint64(0xFFFFFFFF)
_SCALE_DIGITS = 9
_DAY_NS = 86_400_000_000_000
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_MIX_A = np.uint64(0x9E3779B97F4A7C15)
_MIX_B = np.uint64(0xBF58476D1CE4E5B9)

Bytes = npt.NDArray[np.uint8]
Longs = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Values = npt.NDArray[np.int64]  # (columns, rows)
AllCodes = npt.NDArray[np.int32]  # (columns, rows)
AllBytes = npt.NDArray[np.uint8]  # (columns, bytes)
Spans = npt.NDArray[np.uint64]


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
    """A sum with one more decimal in it; null + x = x, and a bad part makes the sum bad."""
    value = parse_decimal(buf, at, end)
    if BAD in (total, value):
        return BAD
    return value if total == NULL else total + value


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

    A fraction below 1 ns must be zeros, the year 1990 to 2100. A leap second (SS = 60) is the first instant of the
    next minute.
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
            if digit < 0 or digit > 9 or (places >= 9 and digit != 0):
                return BAD
            if places < 9:
                fraction = fraction * 10 + digit  # type: ignore[assignment]
                places += 1
    for _ in range(places, 9):
        fraction *= 10
    seconds = days_since_epoch(year, month, day) * 86400 + hour * 3600 + minute * 60 + second
    return seconds * 1_000_000_000 + fraction


@inlined
def _number(buf: Bytes, at: int, length: int, kind: int) -> int:
    """A whole number or a decimal."""
    value = quick_whole(buf, at, length) if kind == 2 else quick_decimal(buf, at, length)
    if value != ASK:
        return value
    return parse_whole(buf, at, at + length) if kind == 2 else parse_decimal(buf, at, at + length)


@compiled
def _instants(buf: Bytes, spans: Spans, hashes: Spans, rows: int, column: int, out: Longs, bad: Longs) -> None:
    """Instants of a column of a block; the date is read anew only where it changes."""
    date, midnight = np.uint64(0), 0
    for row in range(rows):
        if (hashes[row, 1] >> np.uint64(column)) & np.uint64(1) == np.uint64(0):
            out[row] = NULL
            continue
        at, length = np.int64(spans[row, column] >> _32), np.int64(spans[row, column] & _LENGTH)
        clock = quick_clock(buf, at, length)  # type: ignore[arg-type]
        if clock != ASK and load_word(buf, at) == date:
            out[row] = midnight + clock
            continue
        value = parse_instant(buf, at, at + length)  # type: ignore[arg-type]
        out[row] = value
        if value == BAD and bad[row] == 0:
            bad[row] = column + 1
        if clock != ASK and value != BAD:
            date, midnight = load_word(buf, at), value - value % _DAY_NS


@inlined
def _first_slot(own: np.uint64, length: int, size: int) -> np.uint64:
    """Where a word of up to eight bytes is looked for first; no array is handed over, which would cost more."""
    value = ((np.uint64(length) * _MIX_A) ^ own) * _MIX_B
    return (value ^ (value >> _32)) & np.uint64(size - 1)


@compiled
def _intern(
    buf: Bytes, at: int, length: int, slots: Codes, keys: Spans, starts: Longs, arena: Bytes, count: int
) -> tuple[int, int]:  # fmt: skip
    """Number of a value in the dictionary and how many entries that now has; see ``convert``."""
    mask = np.uint64(slots.size - 1)
    value = np.uint64(length) * _MIX_A
    if length <= 8:
        own = load_word(buf, at) & (_ALL >> np.uint64(64 - 8 * length))
        slot = _first_slot(own, length, slots.size)
        while slots[slot] != 0:
            if keys[slot] == own:
                return np.int64(slots[slot]), count  # type: ignore[return-value]
            slot = (slot + np.uint64(1)) & mask
        keys[slot] = own
        to = starts[count]
        for index in range(length):
            arena[to + index] = buf[at + index]
        arena[to + length] = 0
        starts[count + 1] = to + length + 1
        slots[slot] = count
        return count, count + 1
    for step in range(0, length, 8):
        word = load_word(buf, at + step)
        if length - step < 8:
            word &= _ALL >> np.uint64(64 - 8 * (length - step))
        value = (value ^ word) * _MIX_B
        value ^= value >> _32
    slot = value & mask
    while True:
        code = np.int64(slots[slot])
        if code == 0:
            to = starts[count]
            for index in range(length):
                arena[to + index] = buf[at + index]
            arena[to + length] = 0
            starts[count + 1] = to + length + 1
            slots[slot] = count
            return count, count + 1
        first = starts[code]
        if starts[code + 1] - 1 - first == length:
            same = True
            for step in range(0, length, 8):
                word = load_word(buf, at + step) ^ load_word(arena, first + step)
                if length - step < 8:
                    word &= _ALL >> np.uint64(64 - 8 * (length - step))
                same = same and word == np.uint64(0)
            if same:
                return code, count  # type: ignore[return-value]
        slot = (slot + np.uint64(1)) & mask


@compiled
def room(spans: Spans, hashes: Spans, rows: int, kinds: Longs, sizes: Longs) -> int:
    """Bytes that each text column of a block takes (into ``sizes``), and the bytes of all its dictionary words."""
    words = 0
    sizes[:] = 0
    for row in range(rows):
        seen = hashes[row, 1]
        for column in range(kinds.size):
            if kinds[column] > 1 or (seen >> np.uint64(column)) & np.uint64(1) == np.uint64(0):
                continue
            length = np.int64(spans[row, column] & _LENGTH)
            if kinds[column] == 1:
                sizes[column] += length
            else:
                words += length + 1  # type: ignore[assignment]
    return words


@compiled
def convert(
    buf: Bytes, spans: Spans, hashes: Spans, rows: int, first: int, kinds: Longs, values: Values, codes: AllCodes,
    texts: AllBytes, used: Longs, bad: Longs, slots: Codes, keys: Spans, starts: Longs, arena: Bytes, count: int,
) -> int:  # fmt: skip
    """Turn a block of scanned messages into typed rows ``first``… of the column arrays.

    Numbers go to ``values[column, row]`` (``NULL`` where absent, ``BAD`` where not of the type; then ``bad[row]`` is
    the
    column + 1). Words go to ``codes[column, row]``: numbers into a dictionary shared by all columns, ``arena[starts[i]:
    starts[i + 1]]`` with a NUL behind each entry, found through the open-addressing table ``slots``; 0 = absent.
    ``keys`` holds the words of up to eight bytes themselves.
    Texts are
    appended to ``texts[column]``, a NUL behind each; ``used`` counts the bytes. Returns the dictionary's new size.
    The caller
    has made room.
    """
    any_seen = np.uint64(0)
    for row in range(rows):
        any_seen |= hashes[row, 1]
    for column in range(kinds.size):
        kind, bit = kinds[column], np.uint64(column)
        to = used[column]
        if (any_seen >> bit) & np.uint64(1) == np.uint64(0):
            values[column, first : first + rows] = NULL
            codes[column, first : first + rows] = 0
            if kind == 1:
                texts[column, to : to + rows] = 0
                used[column] = to + rows
            continue
        text = texts[column]
        if kind == 4:
            _instants(buf, spans, hashes, rows, column, values[column, first : first + rows], bad[first : first + rows])
            continue
        for row in range(rows):
            there = (hashes[row, 1] >> bit) & np.uint64(1) == np.uint64(1)
            place = spans[row, column]
            at = np.int64(place >> _32)
            length = np.int64(place & _LENGTH) if there else 0
            if kind == 0:
                code = 0
                own = load_word(buf, at) & (_ALL >> np.uint64((64 - 8 * length) & 63))
                slot = _first_slot(own, length, slots.size)  # type: ignore[arg-type]
                if 0 < length <= 8 and keys[slot] == own:
                    code = np.int64(slots[slot])  # type: ignore[assignment]
                elif length > 0:
                    code, count = _intern(buf, at, length, slots, keys, starts, arena, count)  # type: ignore[arg-type]
                codes[column, first + row] = code
            elif kind == 1:
                for step in range(0, length, 8):
                    store_word(text, to + step, load_word(buf, at + step))
                to += length
                text[to] = 0
                to += 1
            elif kind < 4:
                value = _number(buf, at, length, kind) if there else NULL  # type: ignore[arg-type]
                values[column, first + row] = value
                if value == BAD and bad[first + row] == 0:
                    bad[first + row] = column + 1
        used[column] = to
    return count
