# ruff: noqa: PLR2004 byte values and widths of the String layout
"""Where the values of a message are written: typed cells in memory that becomes polars columns without a copy.

A text cell is 16 bytes as Arrow lays out a string view: length, then up to twelve bytes of text; a longer text leaves
its first four bytes and its place in the column's long texts. Any other cell is an Int64.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from routeproof.sources.fix.quick import ASK, quick_clock, quick_decimal, quick_whole
from routeproof.sources.fix.tags import COLUMN, DECIMALS, FIELDS, INSTANTS, TOTALS, WHOLES
from routeproof.sources.fix.typed import BAD, parse_decimal, parse_instant, parse_whole
from routeproof.sources.fix.values import ALL, ONE, SHIFT_32, Bytes, Longs, Spans, Table
from routeproof.sources.fix.words import compiled, inlined, load_at, load_word, store_at, trailing_zeros

TEXTS = WHOLES  # columns before it are texts
SENT_AT, MESSAGE_ID, SOURCE_ROW = range(len(FIELDS), len(FIELDS) + 3)
COLUMNS = len(FIELDS) + 3
SHORT = 12  # bytes of text that fit in its cell

BASE, LONG, USED, ROOM, WANTED = range(5)  # slots of a column's memory
SLOTS = 5

_KIND = COLUMN["msg_type"]
_ORIG_SENDING, _SENDING, _TRANSACT = (COLUMN[name] for name in ("orig_sending_at", "sending_at", "transact_at"))
_SHARES, _PRICE = COLUMN["last_qty"], COLUMN["last_px"]
_LAST_QTY, _LAST_PX = np.uint64(_SHARES), np.uint64(_PRICE)
_HALF = np.uint64(0xFFFFFFFF)
_BYTE = np.uint64(255)
_DAY_NS = 86_400_000_000_000


class Cells(NamedTuple):
    """Memory of the messages of a piece.

    Attributes:
        memory: (columns, slots): address of row 0; address of the long texts, bytes used of them, bytes they may take,
            bytes they were last refused.
        seen: (rows,) bit per column that has a value.
        doubts: (rows,) 0 = surely acceptable; else `checks` decides: 1, or 2 + the first column with a bad value.
        places: (rows,) offset << 32 | length of the message in the buffer.
        date: the eight bytes of the date last read, and its midnight in UTC ns.
    """

    memory: Longs
    seen: Spans
    doubts: Table
    places: Spans
    date: Longs


@inlined
def put_short(buf: Bytes, at: int, length: int, cell: int) -> None:
    """Write a text of at most twelve bytes."""
    word, rest = load_word(buf, at), load_word(buf, at + 4)
    if length <= 4:
        word &= (ONE << np.uint64(8 * length)) - ONE
        rest = np.uint64(0)
    else:
        word &= _HALF
        rest &= ALL >> np.uint64(96 - 8 * length)
    store_at(cell, np.uint64(length) | word << SHIFT_32)
    store_at(cell + 8, rest)


@compiled
def put_text(buf: Bytes, at: int, length: int, column: int, row: int, memory: Longs) -> bool:
    """Write a text of any length; false if the column's long texts need more room first."""
    cell = memory[column, BASE] + 16 * row
    if length <= SHORT:
        put_short(buf, at, length, cell)
        return True
    used = memory[column, USED]
    if used + length + 8 > memory[column, ROOM]:
        memory[column, WANTED] = used + length + 8
        return False
    for step in range(0, length, 8):
        store_at(memory[column, LONG] + used + step, load_word(buf, at + step))
    store_at(cell, np.uint64(length) | load_word(buf, at) << SHIFT_32)
    store_at(cell + 8, np.uint64(used) << SHIFT_32)
    memory[column, USED] = used + length
    return True


@compiled
def _careful_instant(buf: Bytes, at: int, length: int, clock: int, date: Longs) -> int:
    value = parse_instant(buf, at, at + length)
    if clock != ASK and value != BAD:
        date[0], date[1] = np.int64(load_word(buf, at)), value - value % _DAY_NS
    return value


@compiled
def _careful_number(buf: Bytes, at: int, length: int, column: int) -> int:
    return parse_whole(buf, at, at + length) if column < DECIMALS else parse_decimal(buf, at, at + length)


@inlined
def number_at(buf: Bytes, at: int, length: int, column: int, date: Longs) -> int:
    """The value of a number's or an instant's column, `BAD` if it is none; a date is read anew where it changes."""
    if column >= INSTANTS:
        clock = quick_clock(buf, at, length)
        if clock != ASK and np.int64(load_word(buf, at)) == date[0]:
            return date[1] + clock  # type: ignore[no-any-return]
        return _careful_instant(buf, at, length, clock, date)
    value = quick_whole(buf, at, length) if column < DECIMALS else quick_decimal(buf, at, length)
    return value if value != ASK else _careful_number(buf, at, length, column)


@inlined
def _is_free(row: int, seen: np.uint64, memory: Longs) -> bool:
    """Whether shares were traded for no price at all, or for zero; a negative one is doubtful for its sign."""
    if (seen >> _LAST_PX) & ONE == np.uint64(0):
        return True
    price, shares = load_at(memory[_PRICE, BASE] + 8 * row), load_at(memory[_SHARES, BASE] + 8 * row)
    return bool(price == np.uint64(0) and shares != np.uint64(0))


@compiled
def settle(row: int, seen: np.uint64, doubt: int, cells: Cells, needs: Spans) -> None:
    """Close a row: note which columns it has, when it was sent, and whether it may be unacceptable."""
    memory = cells.memory
    for column in (_ORIG_SENDING, _SENDING, _TRANSACT):
        if (seen >> np.uint64(column)) & ONE != np.uint64(0):
            store_at(memory[SENT_AT, BASE] + 8 * row, load_at(memory[column, BASE] + 8 * row))
            seen |= ONE << np.uint64(SENT_AT)
            break
    kind = load_at(memory[_KIND, BASE] + 16 * row)
    lone = (seen >> np.uint64(_KIND)) & ONE != np.uint64(0) and kind & _HALF == ONE
    unpriced = (seen >> _LAST_QTY) & ONE != np.uint64(0) and _is_free(row, seen, memory)
    if doubt == 0 and (not lone or unpriced or needs[(kind >> SHIFT_32) & _BYTE] & ~seen != 0):
        doubt = 1
    cells.seen[row], cells.doubts[row] = seen, doubt


@compiled
def _is_usual(buf: Bytes, at: int, length: int) -> bool:
    """Whether a text is ASCII without NUL, and so is the same in every encoding a log may have."""
    for index in range(at, at + length):  # noqa: SIM110 numba compiles no generator
        if buf[index] == 0 or buf[index] > 127:
            return False
    return True


@compiled
def take(
    buf: Bytes, span: Spans, seen: np.uint64, fee: int, row: int, cells: Cells, needs: Spans, odd_texts: Longs
) -> int:  # fmt: skip
    """Write the values of a scanned message as row `row`; returns how many texts it left in `odd_texts`.

    Those hold bytes that need decoding, and stand there as (row, column, offset, length). -1 = some long texts need
    more room first. An empty text is no value; neither is a number that is none, which makes the row doubtful.
    """
    odd, doubt, left = 0, 0, seen
    while left != np.uint64(0):
        column = trailing_zeros(left)
        bit = ONE << np.uint64(column)
        left &= ~bit
        at, length = np.int64(span[column] >> SHIFT_32), np.int64(span[column] & _HALF)
        if column < TEXTS:
            if length == 0:
                seen &= ~bit
            elif not _is_usual(buf, at, length):  # type: ignore[arg-type]
                odd_texts[odd, 0], odd_texts[odd, 1], odd_texts[odd, 2], odd_texts[odd, 3] = row, column, at, length
                odd += 1
            elif not put_text(buf, at, length, column, row, cells.memory):  # type: ignore[arg-type]
                return -1
            continue
        value = fee if column >= TOTALS else number_at(buf, at, length, column, cells.date)  # type: ignore[arg-type]
        store_at(cells.memory[column, BASE] + 8 * row, np.uint64(value))
        if value == BAD:
            seen &= ~bit
            doubt = column + 2 if doubt < 2 else doubt
        elif value < 0 and doubt == 0:
            doubt = 1
    settle(row, seen, doubt, cells, needs)
    return odd


@compiled
def mark_absent(seen: Spans, column: int, cells: int, width: int, bits: int) -> int:
    """Write a column's validity, a bit per row, to address `bits`, and make the cells of absent values zero.

    Returns how many those are. `bits` has room for whole words of 64 rows.
    """
    absent = 0
    for first in range(0, seen.size, 64):
        size = min(64, seen.size - first)
        word = np.uint64(0)
        for row in range(size):
            word |= ((seen[first + row] >> np.uint64(column)) & ONE) << np.uint64(row)
        store_at(bits + first // 8, word)
        holes = ~word & (ALL >> np.uint64(64 - size))
        while holes != np.uint64(0):
            cell = cells + width * (first + trailing_zeros(holes))
            for step in range(0, width, 8):
                store_at(cell + step, np.uint64(0))
            holes &= holes - ONE
            absent += 1
    return absent
