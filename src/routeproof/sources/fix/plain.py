# ruff: noqa: C901, PLR0911, PLR0912, PLR2004 byte values of FIX separators and digits; each odd case returns at once
"""The quick scanner of plain messages: one-byte separators, each tag once, no data fields, no line ends inside.

It takes a message that is whole and right, or says nothing: then ``scanner.scan_message`` decides, more slowly.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from routeproof.sources.fix.cells import BASE, SHORT, TEXTS, Cells, number_at, put_short, put_text
from routeproof.sources.fix.tags import HASHED, NO_COLUMN, ODD_TAG
from routeproof.sources.fix.values import (
    ALL,
    EQUALS,
    LF,
    LOW,
    MAX_MESSAGE,
    NINE,
    ONE,
    PIPE,
    SOH,
    ZERO,
    Bytes,
    byte_sum,
    hash_value,
    is_checksum,
    number,
)
from routeproof.sources.fix.words import equal_bytes, inlined, load_word, low_bytes, store_at, trailing_zeros

ODD = -1
_FIRST_USUAL = np.uint8(LF + 1)
"""Bytes below it, and those above 127, are NUL, line ends, control characters and text that needs decoding: odd."""

TagTable = npt.NDArray[np.uint16]
Word = np.uint64

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


@inlined
def scan_plain(buf: Bytes, start: int, end: int, table: TagTable, cells: Cells, row: int) -> tuple[int, Word, Word]:
    """Scan the message at ``start`` and write its values as row ``row``; ``table`` as ``tags.plain_table`` gives it.

    Returns where it ended (``ODD`` if it is not plain: then the row holds nothing), its content hash, a bit per kept
    tag.
    """
    odd = ODD, np.uint64(0), np.uint64(0)
    separator, at = _plain_head(buf, start, end)
    if separator == 0:
        return odd
    memory, date, block = cells.memory, cells.date, at + 1
    put_short(buf, start + 2, at - start - 2, memory[0, BASE] + 16 * row)
    at, stop = _plain_body(buf, at + 3, end, separator)
    if stop == 0 or stop - start > MAX_MESSAGE:
        return odd
    block, separators, content, seen = at, 2, np.uint64(0), np.uint64(1)  # the begin string is column 0
    while block < stop:
        marks = equal_bytes(buf, block, np.uint8(separator))
        inside = ALL if stop - block >= 64 else (ONE << np.uint64(stop - block)) - ONE
        if low_bytes(buf, block, _FIRST_USUAL) & ~marks & inside != 0:
            return odd
        marks &= inside
        while marks != 0:
            place = block + trailing_zeros(marks)
            marks &= marks - ONE
            separators += 1
            tag, digits = _short_tag(buf, at)
            if digits == 0 or tag >= table.size:
                return odd
            value_at = at + digits + 1
            length, at = place - value_at, place + 1
            what = np.int64(table[tag])
            if what & HASHED != 0:
                content += hash_value(buf, value_at, place, tag)
            column = what & NO_COLUMN
            if column == NO_COLUMN and what & ODD_TAG == 0:
                continue
            bit = ONE << np.uint64(column)
            if what & ODD_TAG != 0 or seen & bit != 0 or length == 0:
                return odd
            seen |= bit
            if column < TEXTS:
                if length <= SHORT:
                    put_short(buf, value_at, length, memory[column, BASE] + 16 * row)
                elif not put_text(buf, value_at, length, column, row, memory):  # type: ignore[arg-type]
                    return odd
                continue
            value = number_at(buf, value_at, length, column, date)  # type: ignore[arg-type]
            if value < 0:
                return odd
            store_at(memory[column, BASE] + 8 * row, np.uint64(value))
        block += 64
    total = byte_sum(buf, start, stop) - separators * (separator - 1)
    if at != stop or number(buf, stop + 3, stop + 6) != total & 255:
        return odd
    return (stop + 7 if buf[stop + 6] == separator else stop + 6), content, seen
