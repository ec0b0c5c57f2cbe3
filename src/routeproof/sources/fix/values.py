# ruff: noqa: PLR2004 byte values of FIX separators and digits
"""Values in the byte stream: where a tag and a value end, what a value hashes to, whether a number stands there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from routeproof.sources.fix.words import compiled, inlined, load_word, trailing_zeros

PAD = 64  # bytes of line feed the caller keeps behind the buffer's end: as many as are read at once
MAX_MESSAGE = 1 << 20  # bytes; a longer one is refused, so that memory stays bounded

ACCEPTED, TRUNCATED, BAD_FIELD, BAD_LENGTH, BAD_CHECKSUM, TOO_LONG, REPEATED, NO_LENGTH = range(8)
NEED_MORE, NO_MESSAGE = 8, 9
LONGEST_HEAD = 18  # bytes of `8=FIX` and of at most thirteen signs behind it

SOH, PIPE, CARET, LF, CR, EQUALS = 1, 124, 94, 10, 13, 61
ZERO, NINE = 48, 57
LOW = np.uint64(0x0101010101010101)
HIGH = np.uint64(0x8080808080808080)
LINE_FEEDS = np.uint64(0x0A0A0A0A0A0A0A0A)
MIX_A = np.uint64(0x9E3779B97F4A7C15)
MIX_B = np.uint64(0xBF58476D1CE4E5B9)
MIX_C = np.uint64(0x94D049BB133111EB)
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
EIGHT = np.uint64(8)
ONE = np.uint64(1)
SHIFT_32 = np.uint64(32)
SHIFT_29 = np.uint64(29)

Bytes = npt.NDArray[np.uint8]
Table = npt.NDArray[np.int16]
Longs = npt.NDArray[np.int64]
Spans = npt.NDArray[np.uint64]


@inlined
def separator_at(buf: Bytes, at: int, end: int, separator: int) -> bool:
    """Whether the separator stands at a position."""
    if at >= end or buf[at] != separator:
        return False
    return separator != CARET or (at + 1 < end and buf[at + 1] == 65)


@compiled
def value_end(buf: Bytes, at: int, end: int, separator: int) -> int:
    """Position of the first separator or line feed at or after ``at`` (``end`` if there is none)."""
    pattern = LOW * np.uint64(separator)
    while at < end:
        hit = stops(load_word(buf, at), pattern)
        if hit == np.uint64(0):
            at += 8
            continue
        at += trailing_zeros(hit) >> 3
        if at >= end or buf[at] == LF or separator != CARET or buf[at + 1] == 65:
            break
        at += 1
    return min(at, end)


@inlined
def hash_value(buf: Bytes, at: int, end: int, tag: int) -> np.uint64:
    """64-bit hash of one field; fields are summed, so their order does not matter."""
    length = np.uint64(end - at)
    value = np.uint64(tag) * MIX_A
    while end - at >= 8:
        value = mix(value, load_word(buf, at))
        at += 8
    rest = load_word(buf, at) & ((ONE << (EIGHT * np.uint64(end - at))) - ONE)
    return hash_end(mix(value, rest), length)


@inlined
def mix(value: np.uint64, word: np.uint64) -> np.uint64:
    """One more word into a hash."""
    value = (value ^ word) * MIX_B
    return value ^ (value >> SHIFT_29)


@inlined
def hash_end(value: np.uint64, length: np.uint64) -> np.uint64:
    """The finished hash of a value of a length."""
    value = (value ^ (length << SHIFT_32)) * MIX_C
    return value ^ (value >> SHIFT_32)


@inlined
def plain_value(buf: Bytes, at: int, pattern: np.uint64, tag: int) -> tuple[int, np.uint64]:
    """End of a value, as ``value_end``, and its hash, as ``hash_value``, in one pass; not for ``^A``.

    The pad behind the buffer's end holds line feeds, so the search ends there at the latest.
    """
    begin = at
    value = np.uint64(tag) * MIX_A
    word = load_word(buf, at)
    hit = stops(word, pattern)
    while hit == np.uint64(0):
        value = mix(value, word)
        at = at + 8
        word = load_word(buf, at)
        hit = stops(word, pattern)
    bits = np.uint64(trailing_zeros(hit)) & ~np.uint64(7)
    at = at + np.int64(bits >> np.uint64(3))  # type: ignore[assignment]
    value = mix(value, word & ((ONE << bits) - ONE))
    return at, hash_end(value, np.uint64(at - begin))


@inlined
def stops(word: np.uint64, pattern: np.uint64) -> np.uint64:
    """The high bit of each byte that is the separator or a line feed; the lowest such bit is exact."""
    mark = word ^ pattern
    line = word ^ LINE_FEEDS
    return (((mark - LOW) & ~mark) | ((line - LOW) & ~line)) & HIGH


@inlined
def byte_sum(buf: Bytes, at: int, end: int) -> int:
    """Sum of the bytes of a stretch, modulo 256."""
    total = np.uint32(0)
    for byte in buf[at:end]:  # over a slice and in one byte, which compiles to vector instructions
        total = (total + byte) & np.uint32(255)
    return np.int64(total)  # type: ignore[return-value]


@compiled
def data_end(buf: Bytes, at: int, end: int, separator: int, length: int) -> tuple[int, int]:
    """End of a data value of ``length`` logical bytes, and how many separators it holds.

    The end is -1 if it runs past the buffer.
    """
    inside = 0
    if separator != CARET:
        stop = at + length
        if stop > end:
            return -1, 0
        for index in range(at, stop):
            if buf[index] == separator:
                inside += 1
        return stop, inside
    for _ in range(length):
        if at >= end:
            return -1, 0
        if separator_at(buf, at, end, separator):
            inside += 1
            at += 2
        else:
            at += 1
    return at, inside


@compiled
def head(buf: Bytes, at: int, end: int) -> tuple[int, int]:
    """Separator and end of the begin string that starts at ``at``.

    Separator 0 = no FIX, -1 = cut, -2 = the buffer ends here.
    """
    for index in range(at + 2, min(at + LONGEST_HEAD + 1, end)):
        byte = buf[index]
        if byte in (SOH, PIPE):
            return byte, index
        if byte == CARET:
            if index + 1 >= end:
                return -2, index
            return (CARET, index) if buf[index + 1] == 65 else (0, index)
        if byte in (LF, CR):
            return -1, index
        upper = 65 <= byte <= 90
        if not (upper or ZERO <= byte <= NINE or byte == 46):
            return 0, index
    return (-2, end) if at + LONGEST_HEAD >= end else (0, at + LONGEST_HEAD + 1)


@inlined
def number(buf: Bytes, at: int, end: int) -> int:
    """Non-negative whole number in at most nine digits; -1 if it is none."""
    if end <= at or end - at > 9:
        return -1
    value = 0
    for index in range(at, end):
        digit = buf[index] - ZERO
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return value


@inlined
def value_at_tag(
    buf: Bytes, start: int, at: int, end: int, separator: int, pattern: np.uint64, tag: int, length: int, stop: int
) -> tuple[int, int, int, np.uint64]:  # fmt: skip
    """(outcome, end, separators inside, hash) of the value at ``at``.

    ``length`` is that of a data value, else -1; ``stop`` is where the checksum stands by the declared body length,
    else -1.
    """
    begin = at
    if length >= 0:
        at, inside = data_end(buf, at, end, separator, length)
        if at < 0:
            return NEED_MORE, end, 0, ONE
        cut = at >= end or (separator == CARET and buf[at] == CARET and at + 1 >= end)
        if not cut and not separator_at(buf, at, end, separator):
            return BAD_FIELD, at, 0, ONE
        return (NEED_MORE if cut else ACCEPTED), at, inside, hash_value(buf, begin, at, tag)
    if separator == CARET:
        at = value_end(buf, at, end, separator)
        field_hash = hash_value(buf, begin, at, tag)
    else:
        at, field_hash = plain_value(buf, at, pattern, tag)
    while at < end and buf[at] == LF:
        inner = at < stop <= start + MAX_MESSAGE
        if inner and stop + 3 > end:
            return NEED_MORE, at, 0, ONE
        if not (inner and buf[stop - 1] == separator and is_checksum(buf, stop)):
            return TRUNCATED, at, 0, ONE
        at = value_end(buf, at + 1, end, separator)
        field_hash = hash_value(buf, begin, at, tag)
    return (ACCEPTED if at < end else NEED_MORE), at, 0, field_hash


@inlined
def is_checksum(buf: Bytes, at: int) -> bool:
    """Whether field 10 begins here."""
    return bool(buf[at] == 49 and buf[at + 1] == ZERO and buf[at + 2] == EQUALS)


@inlined
def tag_end(buf: Bytes, at: int) -> tuple[int, int]:
    """Tag number at a position and where its digits end; at most eight are read."""
    tag, begin = 0, at
    while at - begin < 8:
        digit = np.int64(buf[at]) - ZERO
        if digit < 0 or digit > 9:
            break
        tag = tag * 10 + digit  # type: ignore[assignment]
        at += 1
    return tag, at
