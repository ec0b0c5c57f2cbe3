"""The byte scanner: finds FIX messages in a buffer and where the value of each kept tag lies.

Compiled with numba; ``reference.py`` says the same thing in plain Python and the tests hold the two equal.

A message starts at ``8=FIX`` with a version and a separator (SOH, ``|`` or ``^A``, chosen anew for each message) and
ends with its checksum. A line end inside it means that it was cut, unless the declared body length shows that the
line end belongs to a value.
"""

from __future__ import annotations

from typing import NamedTuple, cast

import numpy as np

from routeproof.sources.fix.cells import BASE, MESSAGE_ID, SOURCE_ROW, TEXTS, Cells, settle, take
from routeproof.sources.fix.plain import ODD, TagTable, scan_plain
from routeproof.sources.fix.typed import NULL, add_decimal
from routeproof.sources.fix.values import (
    ACCEPTED,
    BAD_CHECKSUM,
    BAD_FIELD,
    BAD_LENGTH,
    CARET,
    CR,
    EQUALS,
    LF,
    LOW,
    MAX_MESSAGE,
    NEED_MORE,
    NINE,
    NO_LENGTH,
    NO_MESSAGE,
    REPEATED,
    SHIFT_32,
    TOO_LONG,
    TRUNCATED,
    ZERO,
    Bytes,
    Longs,
    Spans,
    Table,
    byte_sum,
    head,
    number,
    separator_at,
    tag_end,
    value_at_tag,
)
from routeproof.sources.fix.words import compiled, inlined, load_word, store_at

MISC_FEE = 137  # the one repeating member that is kept, as a sum

LINE, LINE_USED, LINE_TEXT, PREVIOUS, NOISE, POSITION, ROWS, REJECTS, ODD_TEXTS = range(9)  # slots of the scan state
STATE_SLOTS = 9

USED_UP, ROWS_FULL, LISTS_FULL, NO_ROOM = -1, -2, -3, -4  # why a scan stopped; no outcome of a message


class Tables(NamedTuple):
    """What is known of tags: see the functions of `tags` of the same names; `needs` as `checks.needs_table`."""

    columns: Table
    datas: Table
    hashed: Bytes
    plain: TagTable
    needs: Spans


class Work(NamedTuple):
    """What a scan leaves for its caller, and where a careful scan of one message puts its findings.

    Attributes:
        rejects: (n, 5) refused messages, see `scan`.
        odd_texts: (n, 4) texts that need decoding, see `cells.take`.
        span: (columns,) offset << 32 | length by kept tag.
        content: (2,) content hash, a bit per kept tag.
        fee: (1,) sum of the fees.
    """

    rejects: Longs
    odd_texts: Longs
    span: Spans
    content: Spans
    fee: Longs


@inlined
def _no_tag(buf: Bytes, at: int, field_at: int, end: int) -> int:
    """What it means that no ``TAG=`` stands where a field should begin."""
    if at - field_at > 7:
        return BAD_FIELD
    if at >= end:
        return NEED_MORE
    return TRUNCATED if buf[at] in (LF, CR) else BAD_FIELD


@inlined
def _keep(
    buf: Bytes, at: int, end: int, tag: int, column: int, span: Spans, fee_out: Longs, seen: np.uint64, repeated: int
) -> tuple[np.uint64, int]:  # fmt: skip
    """Note where a kept value lies; returns the tags seen so far, and the first that contradicts itself."""
    bit = np.uint64(1) << np.uint64(column)
    if tag == MISC_FEE:
        fee_out[0] = add_decimal(fee_out[0], buf, at, end)
    elif seen & bit != np.uint64(0):
        different = repeated == 0 and not _same(buf, span[column], at, end)
        return seen, (tag if different else repeated)
    span[column] = np.uint64(at) << SHIFT_32 | np.uint64(end - at)
    return seen | bit, repeated


@inlined
def _unclear(buf: Bytes, span: Spans, column: int, seen: np.uint64, repeated: int) -> int:
    """The repeated tag where the message type is D, F, G, 8 or 9; others repeat tags in groups: the first counts."""
    place = span[column]
    kind = buf[np.int64(place >> SHIFT_32)]
    there = (seen >> np.uint64(column)) & np.uint64(1) == np.uint64(1)
    single = place & np.uint64(0xFFFFFFFF) == np.uint64(1)
    return repeated if there and single and (kind == 68 or 70 <= kind <= 71 or 56 <= kind <= 57) else 0


ONE, NONE, NOWHERE = (cast("int", np.int64(number)) for number in (1, 0, -1))
"""Numbers of one type: with bare ones, the functions that they go to would be compiled twice."""


@compiled
def scan_message(
    buf: Bytes, start: int, end: int, columns: Table, datas: Table, hashed: Bytes, span: Spans, hash_out: Spans,
    fee_out: Longs,
) -> tuple[int, int, int]:  # fmt: skip
    """Scan the message at ``start``. Returns (outcome, where it ended, the tag or position of interest).

    ``span`` gets ``offset << 32 | length`` per kept tag, ``hash_out`` the content hash and a bit per kept tag.
    """
    separator, at = head(buf, start, end)
    if separator <= 0:
        return (NO_MESSAGE, TRUNCATED, NEED_MORE)[-separator], at, 0
    fee_out[0] = NULL
    width, extra = (2, 65 + CARET - 1) if separator == CARET else (1, separator - 1)
    seen = np.uint64(1) << np.uint64(columns[8])
    span[columns[8]] = np.uint64(start + 2) << SHIFT_32 | np.uint64(at - start - 2)
    at += width
    separators, inside, body_separators, data_tag, repeated = ONE, NONE, NONE, NONE, NONE
    body_at = declared = pending = NOWHERE
    hash_sum, pattern = np.uint64(0), LOW * np.uint64(separator)
    while True:
        field_at = at
        if at >= end:
            return NEED_MORE, at, 0
        tag, at = tag_end(buf, at)
        if buf[at] != EQUALS or at == field_at or at >= end or at - field_at > 7:
            return _no_tag(buf, at, field_at, end), at, tag
        at += 1
        if tag == 10:
            hash_out[0], hash_out[1] = hash_sum, seen
            return _finish(buf, start, field_at, at, end, separator, width, extra, separators, inside, body_at,
                           body_separators, declared, _unclear(buf, span, columns[35], seen, repeated))  # fmt: skip
        if tag == 8 and load_word(buf, at) & np.uint64(0xFFFFFF) == np.uint64(0x584946):
            return TRUNCATED, field_at, tag
        value_at = at
        length = pending if tag == data_tag else NOWHERE
        stop = body_at + declared if declared >= 0 and separator != CARET else NOWHERE
        outcome, at, more, field_hash = value_at_tag(buf, start, at, end, separator, pattern, tag, length, stop)
        if outcome != ACCEPTED:
            return outcome, at, tag
        inside += more
        separators += 1
        pending = -1
        if tag < columns.size:
            column = columns[tag]
            if hashed[tag] == 1:
                hash_sum += field_hash
            if column >= 0:
                seen, repeated = _keep(buf, value_at, at, tag, column, span, fee_out, seen, repeated)
            elif datas[tag] > 0:
                data_tag, pending = datas[tag], number(buf, value_at, at)
        if body_at < 0:
            declared = number(buf, value_at, at) if tag == 9 else -1
            if declared < 0:
                return NO_LENGTH, at, tag
            body_at, body_separators = at + width, separators
        elif tag == 9:
            return TRUNCATED, at, tag  # another message began inside a value
        at += width
        if at - start > MAX_MESSAGE:
            return TOO_LONG, at, 0


@compiled
def _same(buf: Bytes, place: np.uint64, at: int, end: int) -> bool:
    """Whether a repeated tag repeats the same value."""
    first = np.int64(place >> SHIFT_32)
    length = np.int64(place & np.uint64(0xFFFFFFFF))
    if length != end - at:
        return False
    for index in range(length):  # noqa: SIM110 numba compiles no generator
        if buf[first + index] != buf[at + index]:
            return False
    return True


@compiled
def _finish(
    buf: Bytes, start: int, field_at: int, at: int, end: int, separator: int, width: int, extra: int, separators: int,
    inside: int, body_at: int, body_separators: int, declared: int, repeated: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Verify body length and checksum at the checksum field."""
    if at + 3 > end:
        return NEED_MORE, at, 10
    stated = number(buf, at, at + 3)
    if stated < 0:
        cut = buf[at] in (LF, CR) or buf[at + 1] in (LF, CR) or buf[at + 2] in (LF, CR)
        return (TRUNCATED if cut else BAD_CHECKSUM), at, 10
    if body_at < 0:
        return NO_LENGTH, at, 10
    length = field_at - body_at
    if separator == CARET:
        length -= separators - body_separators + inside
    if length != declared:
        return BAD_LENGTH, at + 3, length
    total = byte_sum(buf, start, field_at) - separators * extra
    plain = total & 255
    # A log writer that prints SOH as "|" did so inside data values too; a real "|" there stays: either may be meant.
    swapped = (total - inside * extra) & 255
    if stated not in (plain, swapped):
        return BAD_CHECKSUM, at + 3, plain
    at += 3
    if separator_at(buf, at, end, separator):
        at += width
    return (REPEATED if repeated > 0 else ACCEPTED), at, repeated


@compiled
def _starts(buf: Bytes, at: int, end: int, previous: int) -> bool:
    """Whether ``8=FIX`` stands at a position and is not the tail of another tag such as ``58=FIX…``.

    After a digit a whole head and the body's length must follow, wherever the file ends.
    """
    if at + 5 > end or buf[at] != 56 or buf[at + 1] != EQUALS:
        return False
    if buf[at + 2] != 70 or buf[at + 3] != 73 or buf[at + 4] != 88:
        return False
    if previous < ZERO or previous > NINE:
        return True
    separator, stop = head(buf, at, end)
    if separator <= 0:
        return False
    stop += 2 if separator == CARET else 1
    return stop + 1 < end and buf[stop] == NINE and buf[stop + 1] == EQUALS


@inlined
def _next_start(buf: Bytes, at: int, end: int, final: bool, state: Longs) -> tuple[int, bool]:  # noqa: FBT001
    """Pass over what is no message; returns where that ends and whether a message starts there."""
    line, used, text, previous = state[LINE], state[LINE_USED], state[LINE_TEXT], state[PREVIOUS]
    found = False
    while at < end:
        byte = buf[at]
        if byte == 56:
            if not final and at + 24 > end:
                break  # the head may continue in the next chunk
            if _starts(buf, at, end, previous):
                found = True
                break
        if byte == LF:
            state[NOISE] += 1 - used if text == 1 else 0
            line, used, text = line + 1, 0, 0
        elif byte not in (32, 9, CR):
            text = 1
        previous = np.int64(byte)
        at += 1
    if final and at >= end and text == 1:
        state[NOISE] += 1 - used
        text = 0
    state[LINE], state[LINE_USED], state[LINE_TEXT], state[PREVIOUS] = line, used, text, previous
    return at, found


@compiled
def _scan_careful(
    buf: Bytes, at: int, end: int, row: int, tables: Tables, cells: Cells, work: Work, state: Longs
) -> tuple[int, int, int]:  # fmt: skip
    """Scan and write a message as row `row`; as `scan_message`, or `NO_ROOM` for its long texts."""
    outcome, stop, detail = scan_message(
        buf, at, end, tables.columns, tables.datas, tables.hashed, work.span, work.content, work.fee
    )
    if outcome == ACCEPTED:
        odd_texts = work.odd_texts[state[ODD_TEXTS] :]
        left = take(buf, work.span, work.content[1], work.fee[0], row, cells, tables.needs, odd_texts)
        if left < 0:
            return NO_ROOM, at, 0
        state[ODD_TEXTS] += left
        for index in range(at, stop):
            state[LINE] += buf[index] == LF
    return outcome, stop, detail


@compiled
def scan(
    buf: Bytes, end: int, final: bool, tables: Tables, cells: Cells, work: Work, state: Longs,  # noqa: FBT001
) -> int:  # fmt: skip
    """Scan from `state[POSITION]` on, messages becoming rows `state[ROWS]`…; says why it stopped.

    `work.rejects[row]` = (line, offset, length, outcome, detail). On return `state[POSITION]` is the first byte not
    used; with `final` and `USED_UP` that is always the end.
    """
    at, row, refused = state[POSITION], state[ROWS], 0
    memory, why = cells.memory, USED_UP
    state[ODD_TEXTS] = 0
    while why == USED_UP:
        at, found = _next_start(buf, at, end, final, state)
        if not found:
            break
        if row >= cells.seen.size:
            why = ROWS_FULL
            break
        if refused >= work.rejects.shape[0] or state[ODD_TEXTS] + TEXTS > work.odd_texts.shape[0]:
            why = LISTS_FULL
            break
        line, outcome, detail = state[LINE], ACCEPTED, 0
        stop, content, seen = scan_plain(buf, at, end, tables.plain, cells, row)
        if stop != ODD:
            settle(row, seen, NONE, cells, tables.needs)
        else:
            outcome, stop, detail = _scan_careful(buf, at, end, row, tables, cells, work, state)
            content = work.content[0]
        if outcome == ACCEPTED:
            store_at(memory[MESSAGE_ID, BASE] + 8 * row, content)
            store_at(memory[SOURCE_ROW, BASE] + 8 * row, np.uint64(line))
            cells.places[row] = np.uint64(at) << SHIFT_32 | np.uint64(stop - at)
            state[LINE_USED], state[PREVIOUS] = 1, 0
            row, at = row + 1, stop
        elif outcome == NO_ROOM:
            why = NO_ROOM
        elif outcome == NO_MESSAGE:
            state[LINE_TEXT], state[PREVIOUS] = 1, 56
            at += 1
        else:
            if outcome == NEED_MORE:
                if end - at <= MAX_MESSAGE and not final:
                    break
                outcome = TRUNCATED if end - at <= MAX_MESSAGE else TOO_LONG
            reject = work.rejects[refused]
            reject[0], reject[1], reject[2], reject[3], reject[4] = line, at, min(stop, end) - at, outcome, detail
            state[LINE_USED], state[PREVIOUS] = 1, 88
            refused, at = refused + 1, at + 5
    state[POSITION], state[ROWS], state[REJECTS] = at, row, refused
    return why
