"""The byte scanner: finds FIX messages in a buffer and where the value of each kept tag lies.

Compiled with numba; ``reference.py`` says the same thing in plain Python and the tests hold the two equal.

A message starts at ``8=FIX`` with a version and a separator (SOH, ``|`` or ``^A``, chosen anew for each message) and
ends with its checksum. A line end inside it means that it was cut, unless the declared body length shows that the
line end belongs to a value.
"""

from __future__ import annotations

import numpy as np

from routeproof.sources.fix.plain import ODD, scan_plain
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
from routeproof.sources.fix.words import compiled, inlined, load_word

MISC_FEE = 137  # the one repeating member that is kept, as a sum

LINE, LINE_USED, LINE_TEXT, PREVIOUS, NOISE, POSITION, ROWS, REJECTS = range(8)  # slots of the scan state
STATE_SLOTS = 8


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
    width = 2 if separator == CARET else 1
    extra = 65 + CARET - 1 if separator == CARET else separator - 1
    seen = np.uint64(1) << np.uint64(columns[8])
    span[columns[8]] = np.uint64(start + 2) << SHIFT_32 | np.uint64(at - start - 2)
    at += width
    separators, inside, body_at, body_separators, declared, pending, data_tag, repeated = 1, 0, -1, 0, -1, -1, 0, 0
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
        length = pending if tag == data_tag else -1
        stop = body_at + declared if declared >= 0 and separator != CARET else -1
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
    """Whether ``8=FIX`` stands at a position and is not the tail of another tag such as ``58=FIX…``."""
    if at + 5 > end or buf[at] != 56 or buf[at + 1] != EQUALS:
        return False
    if buf[at + 2] != 70 or buf[at + 3] != 73 or buf[at + 4] != 88:
        return False
    if previous < ZERO or previous > NINE:
        return True
    separator, stop = head(buf, at, end)
    if separator <= 0:
        return separator == -2
    stop += 2 if separator == CARET else 1
    return stop + 1 < end and buf[stop] == NINE and buf[stop + 1] == EQUALS


@compiled
def scan(
    buf: Bytes, end: int, final: bool, columns: Table, datas: Table, hashed: Bytes, plain: Table,  # noqa: FBT001
    state: Longs,
    spans: Spans, hashes: Spans, fees: Longs, places: Longs, rejects: Longs,
) -> None:  # fmt: skip
    """Scan from ``state[POSITION]`` until the outputs are full or the buffer is used up.

    ``places[row]`` = (line, offset, length) of each accepted message, ``rejects[row]`` = (line, offset, length,
    outcome, detail).
    On return ``state[POSITION]`` is the first byte not used; with ``final`` that is always the end.
    """
    at, line, rows, refused = state[POSITION], state[LINE], 0, 0
    used, text, previous = state[LINE_USED], state[LINE_TEXT], state[PREVIOUS]
    while at < end and rows < spans.shape[0] and refused < rejects.shape[0]:
        byte = buf[at]
        if byte == 56 and not final and at + 24 > end:
            break  # the head may continue in the next chunk
        if byte == 56 and _starts(buf, at, end, previous):
            stop = scan_plain(buf, at, end, plain, hashed, spans[rows], hashes[rows])
            if stop != ODD:
                places[rows, 0], places[rows, 1], places[rows, 2], fees[rows] = line, at, stop - at, NULL
                rows, used, previous, at = rows + 1, 1, 0, stop
                continue
            outcome, stop, detail = scan_message(
                buf, at, end, columns, datas, hashed, spans[rows], hashes[rows], fees[rows : rows + 1]
            )
            if outcome == NEED_MORE:
                if end - at <= MAX_MESSAGE and not final:
                    break
                outcome = TRUNCATED if end - at <= MAX_MESSAGE else TOO_LONG
            if outcome != NO_MESSAGE:
                used = 1
                if outcome == ACCEPTED:
                    places[rows, 0], places[rows, 1], places[rows, 2] = line, at, stop - at
                    rows += 1
                    for index in range(at, stop):
                        line += buf[index] == LF
                    previous = 0
                    at = stop
                    continue
                rejects[refused, 0], rejects[refused, 1], rejects[refused, 2] = line, at, min(stop, end) - at
                rejects[refused, 3] = outcome
                rejects[refused, 4] = detail
                refused += 1
                at += 5
                previous = 88
                continue
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
    state[POSITION], state[ROWS], state[REJECTS] = at, rows, refused
