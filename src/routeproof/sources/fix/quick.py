# ruff: noqa: PLR2004, PLR0911 byte values and widths of FIX numbers and times; each unusual case returns at once
"""Short numbers and usual times, eight bytes at once; what is not usual is left to the parsers of ``typed``."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from routeproof.sources.fix.words import inlined, load_word, trailing_zeros

ASK = -1
"""The careful parser decides: a sign, more digits, or no number at all."""

_LOW = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_DOTS = np.uint64(0x2E2E2E2E2E2E2E2E)
_NOUGHTS = np.uint64(0x3030303030303030)
_OVER_NINE = np.uint64(0x7676767676767676)
_CLOCK = np.uint64(0x30303A30303A3030)  # 00:00:00
_COLONS = np.uint64(0x0000FF0000FF0000)
_BYTE, _8, _64 = np.uint64(0xFF), np.uint64(8), np.uint64(64)
_TENS = 10 ** np.arange(10, dtype=np.int64)

Bytes = npt.NDArray[np.uint8]


@inlined
def _digits(word: np.uint64, count: int) -> int:
    """Value of the first digits (one to eight) of a word, ``ASK`` if one of them is none."""
    value = (word ^ _NOUGHTS) << (_64 - _8 * np.uint64(count))
    if (value | (value + _OVER_NINE)) & _HIGH != np.uint64(0):
        return ASK
    value = (value * np.uint64(10) + (value >> _8)) & np.uint64(0x00FF00FF00FF00FF)
    value = (value * np.uint64(100) + (value >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    value = (value * np.uint64(10000) + (value >> np.uint64(32))) & np.uint64(0xFFFFFFFF)
    return np.int64(value)  # type: ignore[return-value]


@inlined
def quick_whole(buf: Bytes, at: int, length: int) -> int:
    """Whole number of one to eight digits."""
    return ASK if length < 1 or length > 8 else _digits(load_word(buf, at), length)


@inlined
def quick_decimal(buf: Bytes, at: int, length: int) -> int:
    """Decimal of at most eight characters, at scale 1e-9."""
    if length < 1 or length > 8:
        return ASK
    word = load_word(buf, at) & (_ALL >> (_64 - _8 * np.uint64(length)))
    mark = word ^ _DOTS
    hit = (mark - _LOW) & ~mark & _HIGH
    count, places = length, 0
    if hit != np.uint64(0):
        before = trailing_zeros(hit) >> 3
        count, places = length - 1, length - 1 - before
        if count == 0:
            return ASK
        shift = _8 * np.uint64(before)
        word = (word & ~(_ALL << shift)) | (((word >> shift) >> _8) << shift)
    value = _digits(word, count)
    return ASK if value == ASK else value * _TENS[9 - places]


@inlined
def quick_clock(buf: Bytes, at: int, length: int) -> int:
    """Nanoseconds since midnight of ``-HH:MM:SS[.fraction]`` behind the date of an instant at ``at``."""
    if length < 17 or buf[at + 8] != 45:
        return ASK
    clock = load_word(buf, at + 9) ^ _CLOCK
    if (clock | (clock + _OVER_NINE)) & _HIGH != np.uint64(0) or clock & _COLONS != np.uint64(0):
        return ASK
    hour = np.int64(clock & _BYTE) * 10 + np.int64((clock >> np.uint64(8)) & _BYTE)
    minute = np.int64((clock >> np.uint64(24)) & _BYTE) * 10 + np.int64((clock >> np.uint64(32)) & _BYTE)
    second = np.int64((clock >> np.uint64(48)) & _BYTE) * 10 + np.int64(clock >> np.uint64(56))
    if hour > 23 or minute > 59 or second > 59:
        return ASK
    whole = (hour * 3600 + minute * 60 + second) * 1_000_000_000
    if length == 17:
        return whole  # type: ignore[return-value]
    places = min(length - 18, 8)
    if buf[at + 17] != 46 or length < 19 or length > 27:
        return ASK
    fraction = _digits(load_word(buf, at + 18), places)
    if fraction == ASK:
        return ASK
    fraction *= _TENS[9 - places]
    if length == 27:
        last = np.int64(buf[at + 26]) - 48
        if last < 0 or last > 9:
            return ASK
        fraction += last
    return np.int64(whole + fraction)  # type: ignore[return-value]
