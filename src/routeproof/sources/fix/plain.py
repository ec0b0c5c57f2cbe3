# ruff: noqa: PLR2004, PLR0911 byte values of FIX separators and digits; each odd case returns at once
"""The quick scanner of plain messages: one-byte separators, each tag once, no data fields, no line ends inside.

It takes a message that is whole and right, or says nothing: then ``scanner.scan_message`` decides, more slowly.
"""

from __future__ import annotations

import numpy as np

from routeproof.sources.fix.values import (
    EQUALS,
    LOW,
    MAX_MESSAGE,
    NINE,
    PIPE,
    SHIFT_32,
    SOH,
    ZERO,
    Bytes,
    Spans,
    Table,
    byte_sum,
    is_checksum,
    number,
    plain_value,
)
from routeproof.sources.fix.words import compiled, inlined, load_word, trailing_zeros

ODD = -1

_EQUAL_SIGNS = LOW * np.uint64(EQUALS)
_HIGH = np.uint64(0x8080808080808080)
_NOUGHTS = np.uint64(0x30303030)
_OVER_NINE = np.uint64(0x76767676)
_HIGH_4 = np.uint64(0x80808080)
_LOW_4 = np.uint64(0xFFFFFFFF)
_PAIRS = np.uint64(0x00FF00FF)
_BYTE = np.uint64(0xFF)
_8, _16 = np.uint64(8), np.uint64(16)
_10, _100 = np.uint64(10), np.uint64(100)


@inlined
def _short_tag(buf: Bytes, at: int) -> tuple[int, int]:
    """Tag of one to four digits before ``=``, all digits at once, and how many they are; (0, 0) if there is none."""
    word = load_word(buf, at)
    mark = word ^ _EQUAL_SIGNS
    hit = (mark - LOW) & ~mark & _HIGH
    digits = trailing_zeros(hit) >> 3 if hit != np.uint64(0) else 0
    if digits == 0 or digits > 4:
        return 0, 0
    shift = np.uint64(32 - 8 * digits)
    value = ((word ^ _NOUGHTS) << shift) & _LOW_4
    if (value | (value + _OVER_NINE)) & _HIGH_4 != np.uint64(0):
        return 0, 0
    pairs = (value * _10 + (value >> _8)) & _PAIRS
    return np.int64((pairs & _BYTE) * _100 + (pairs >> _16)), digits  # type: ignore[return-value]


@inlined
def _plain_head(buf: Bytes, start: int, end: int) -> tuple[int, int]:
    """Separator and its place behind the begin string of a known length; (0, 0) for any other."""
    stop = start + 10 if buf[start + 5] == 84 else start + 9
    separator = np.int64(buf[stop])
    if stop + 16 > end or separator not in (SOH, PIPE) or buf[stop + 1] != NINE or buf[stop + 2] != EQUALS:
        return 0, 0
    for index in range(start + 5, stop):
        byte = buf[index]
        if not (65 <= byte <= 90 or ZERO <= byte <= NINE or byte == 46):
            return 0, 0
    return separator, stop  # type: ignore[return-value]


@inlined
def _plain_body(buf: Bytes, at: int, end: int, separator: int) -> tuple[int, int]:
    """Where the body begins and where it ends by its declared length; (0, 0) if no checksum stands there."""
    begin, declared = at, 0
    while ZERO <= buf[at] <= NINE and at - begin < 7:
        declared = declared * 10 + np.int64(buf[at]) - ZERO  # type: ignore[assignment]
        at += 1
    stop = at + 1 + declared
    if at == begin or at - begin > 6 or buf[at] != separator or stop + 7 > end or declared == 0:
        return 0, 0
    return (at + 1, stop) if buf[stop - 1] == separator and is_checksum(buf, stop) else (0, 0)


@compiled
def scan_plain(buf: Bytes, start: int, end: int, columns: Table, hashed: Bytes, span: Spans, hash_out: Spans) -> int:
    """Scan the message at ``start`` as ``scan_message`` does; returns where it ended, ``ODD`` if it is not plain.

    ``columns`` as ``tags.plain_table`` gives it.
    """
    separator, at = _plain_head(buf, start, end)
    if separator == 0:
        return ODD
    span[0] = np.uint64(start + 2) << SHIFT_32 | np.uint64(at - start - 2)
    seen = np.uint64(1)  # the begin string is column 0
    at, stop = _plain_body(buf, at + 3, end, separator)
    if stop == 0 or stop - start > MAX_MESSAGE:
        return ODD
    hash_sum, pattern, separators = np.uint64(0), LOW * np.uint64(separator), 2
    while at < stop:
        tag, digits = _short_tag(buf, at)
        if digits == 0 or tag >= columns.size:
            return ODD
        value_at = at + digits + 1
        at, field_hash = plain_value(buf, value_at, pattern, tag)
        column = columns[tag]
        if column == -2 or buf[at] != separator:
            return ODD
        if column >= 0:
            bit = np.uint64(1) << np.uint64(column)
            if seen & bit != np.uint64(0):
                return ODD
            span[column] = np.uint64(value_at) << SHIFT_32 | np.uint64(at - value_at)
            seen |= bit
        hash_sum += field_hash * np.uint64(hashed[tag])
        separators += 1
        at += 1
    total = byte_sum(buf, start, stop) - separators * (separator - 1)
    if at != stop or number(buf, stop + 3, stop + 6) != total & 255:
        return ODD
    hash_out[0], hash_out[1] = hash_sum, seen
    return stop + 7 if buf[stop + 6] == separator else stop + 6
