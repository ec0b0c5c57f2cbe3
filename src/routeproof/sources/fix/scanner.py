"""The byte scanner: finds FIX messages in a buffer and where the value of each kept tag lies.

Compiled with numba; ``reference.py`` says the same thing in plain Python and the tests hold the two equal.

A message starts at ``8=FIX`` with a version and a separator (SOH, ``|`` or ``^A``, chosen anew for each message) and
ends with
its checksum. A line end inside it means that it was cut, unless the declared body length shows that the line end
belongs to a value.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from routeproof.sources.fix.typed import NULL, add_decimal
from routeproof.sources.fix.words import compiled, load_word, trailing_zeros

PAD = 16  # bytes of line feed the caller keeps behind the buffer's end
MISC_FEE = 137  # the one repeating member that is kept, as a sum
MAX_MESSAGE = 1 << 20  # bytes; a longer one is refused, so that memory stays bounded

ACCEPTED, TRUNCATED, BAD_FIELD, BAD_LENGTH, BAD_CHECKSUM, TOO_LONG, REPEATED, NO_LENGTH, NEED_MORE, NO_MESSAGE = range(
    10
)

LINE, LINE_USED, LINE_TEXT, PREVIOUS, NOISE, POSITION, ROWS, REJECTS = range(8)  # slots of the scan state
STATE_SLOTS = 8

_SOH, _PIPE, _CARET, _LF, _CR, _EQUALS = 1, 124, 94, 10, 13, 61
_ZERO, _NINE = 48, 57
_LOW = np.uint64(0x0101010101010101)
_HIGH = np.uint64(0x8080808080808080)
_LINE_FEEDS = np.uint64(0x0A0A0A0A0A0A0A0A)
_MIX_A = np.uint64(0x9E3779B97F4A7C15)
_MIX_B = np.uint64(0xBF58476D1CE4E5B9)
_MIX_C = np.uint64(0x94D049BB133111EB)
_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
_EIGHT = np.uint64(8)
_ONE = np.uint64(1)
_32 = np.uint64(32)
_29 = np.uint64(29)

Bytes = npt.NDArray[np.uint8]
Table = npt.NDArray[np.int16]
Longs = npt.NDArray[np.int64]
Spans = npt.NDArray[np.uint64]


@compiled
def _separator_at(buf: Bytes, at: int, end: int, separator: int) -> bool:
    """Whether the separator stands at a position."""
    if at >= end or buf[at] != separator:
        return False
    return separator != _CARET or (at + 1 < end and buf[at + 1] == 65)


@compiled
def _value_end(buf: Bytes, at: int, end: int, separator: int) -> int:
    """Position of the first separator or line feed at or after ``at`` (``end`` if there is none)."""
    pattern = _LOW * np.uint64(separator)
    while at < end:
        hit = _stops(load_word(buf, at), pattern)
        if hit == np.uint64(0):
            at += 8
            continue
        at += trailing_zeros(hit) >> 3
        if at >= end or buf[at] == _LF or separator != _CARET or buf[at + 1] == 65:
            break
        at += 1
    return min(at, end)


@compiled
def _hash_value(buf: Bytes, at: int, end: int, tag: int) -> np.uint64:
    """64-bit hash of one field; fields are summed, so their order does not matter."""
    length = np.uint64(end - at)
    value = np.uint64(tag) * _MIX_A
    while end - at >= 8:
        value = _mix(value, load_word(buf, at))
        at += 8
    rest = load_word(buf, at) & ((_ONE << (_EIGHT * np.uint64(end - at))) - _ONE)
    return _hash_end(_mix(value, rest), length)


@compiled
def _mix(value: np.uint64, word: np.uint64) -> np.uint64:
    value = (value ^ word) * _MIX_B
    return value ^ (value >> _29)


@compiled
def _hash_end(value: np.uint64, length: np.uint64) -> np.uint64:
    value = (value ^ (length << _32)) * _MIX_C
    return value ^ (value >> _32)


@compiled
def _plain_value(buf: Bytes, at: int, pattern: np.uint64, tag: int) -> tuple[int, np.uint64]:
    """End of a value, as ``_value_end``, and its hash, as ``_hash_value``, in one pass; not for ``^A``.

    The pad behind the buffer's end holds line feeds, so the search ends there at the latest.
    """
    begin = at
    value = np.uint64(tag) * _MIX_A
    word = load_word(buf, at)
    hit = _stops(word, pattern)
    while hit == np.uint64(0):
        value = _mix(value, word)
        at = at + 8
        word = load_word(buf, at)
        hit = _stops(word, pattern)
    bits = np.uint64(trailing_zeros(hit)) & ~np.uint64(7)
    at = at + np.int64(bits >> np.uint64(3))
    value = _mix(value, word & ((_ONE << bits) - _ONE))
    return at, _hash_end(value, np.uint64(at - begin))


@compiled
def _stops(word: np.uint64, pattern: np.uint64) -> np.uint64:
    """The high bit of each byte that is the separator or a line feed; the lowest such bit is exact."""
    mark = word ^ pattern
    line = word ^ _LINE_FEEDS
    return (((mark - _LOW) & ~mark) | ((line - _LOW) & ~line)) & _HIGH


@compiled
def _byte_sum(buf: Bytes, at: int, end: int) -> int:
    total = np.uint32(0)
    for byte in buf[at:end]:  # over a slice, which compiles to vector instructions
        total += np.uint32(byte)
    return np.int64(total)


@compiled
def _data_end(buf: Bytes, at: int, end: int, separator: int, length: int) -> tuple[int, int]:
    """End of a data value of ``length`` logical bytes, and how many separators it holds.

    The end is -1 if it runs past the buffer.
    """
    inside = 0
    if separator != _CARET:
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
        if _separator_at(buf, at, end, separator):
            inside += 1
            at += 2
        else:
            at += 1
    return at, inside


@compiled
def _head(buf: Bytes, at: int, end: int) -> tuple[int, int]:
    """Separator and end of the begin string that starts at ``at``.

    Separator 0 = no FIX, -1 = cut, -2 = the buffer ends here.
    """
    for index in range(at + 2, min(at + 18, end)):
        byte = buf[index]
        if byte in (_SOH, _PIPE):
            return byte, index
        if byte == _CARET:
            if index + 1 >= end:
                return -2, index
            return (_CARET, index) if buf[index + 1] == 65 else (0, index)
        if byte in (_LF, _CR):
            return -1, index
        upper = 65 <= byte <= 90
        if not (upper or _ZERO <= byte <= _NINE or byte == 46):
            return 0, index
    return (-2, end) if at + 18 > end else (0, at + 18)


@compiled
def _number(buf: Bytes, at: int, end: int) -> int:
    """Non-negative whole number in at most nine digits; -1 if it is none."""
    if end <= at or end - at > 9:
        return -1
    value = 0
    for index in range(at, end):
        digit = buf[index] - _ZERO
        if digit < 0 or digit > 9:
            return -1
        value = value * 10 + digit
    return value


@compiled
def _value(
    buf: Bytes, start: int, at: int, end: int, separator: int, pattern: np.uint64, tag: int, length: int, stop: int
) -> tuple[int, int, int, np.uint64]:  # fmt: skip
    """(outcome, end, separators inside, hash) of the value at ``at``.

    ``length`` is that of a data value, else -1; ``stop`` is where the checksum stands by the declared body length, else -1.
    """
    begin = at
    if length >= 0:
        at, inside = _data_end(buf, at, end, separator, length)
        if at < 0:
            return NEED_MORE, end, 0, _ONE
        if at < end and not _separator_at(buf, at, end, separator):
            return BAD_FIELD, at, 0, _ONE
        return ACCEPTED, at, inside, _hash_value(buf, begin, at, tag)
    if separator == _CARET:
        at = _value_end(buf, at, end, separator)
        field_hash = _hash_value(buf, begin, at, tag)
    else:
        at, field_hash = _plain_value(buf, at, pattern, tag)
    while at < end and buf[at] == _LF:
        inner = at < stop <= start + MAX_MESSAGE
        if inner and stop + 3 > end:
            return NEED_MORE, at, 0, _ONE
        if not (inner and buf[stop - 1] == separator and _is_checksum(buf, stop)):
            return TRUNCATED, at, 0, _ONE
        at = _value_end(buf, at + 1, end, separator)
        field_hash = _hash_value(buf, begin, at, tag)
    return ACCEPTED, at, 0, field_hash


@compiled
def _is_checksum(buf: Bytes, at: int) -> bool:
    return bool(buf[at] == 49 and buf[at + 1] == _ZERO and buf[at + 2] == _EQUALS)


@compiled
def _tag_end(buf: Bytes, at: int) -> tuple[int, int]:
    """Tag number at a position and where its digits end; at most eight are read."""
    tag, begin = 0, at
    while at - begin < 8:
        digit = np.int64(buf[at]) - _ZERO
        if digit < 0 or digit > 9:
            break
        tag = tag * 10 + digit
        at += 1
    return tag, at


@compiled
def scan_message(
    buf: Bytes,
    start: int,
    end: int,
    columns: Table,
    datas: Table,
    hashed: Bytes,
    span: Spans,
    hash_out: Spans,
    fee_out: Longs,
) -> tuple[int, int, int]:
    """Scan the message at ``start``. Returns (outcome, where it ended, the tag or position of interest).

    ``span`` gets ``offset << 32 | length`` per kept tag that is there, ``hash_out`` the content hash and a bit per
    kept tag.
    """
    separator, at = _head(buf, start, end)
    if separator == 0:
        return NO_MESSAGE, at, 0
    if separator == -1:
        return TRUNCATED, at, 0
    if separator == -2:
        return NEED_MORE, at, 0
    fee_out[0] = NULL
    width = 2 if separator == _CARET else 1
    extra = 65 + _CARET - 1 if separator == _CARET else separator - 1
    seen = np.uint64(1) << np.uint64(columns[8])
    span[columns[8]] = np.uint64(start + 2) << _32 | np.uint64(at - start - 2)
    at += width
    separators, inside, body_at, body_separators, declared, pending = 1, 0, -1, 0, -1, -1
    data_tag, repeated = 0, 0
    hash_sum, pattern = np.uint64(0), _LOW * np.uint64(separator)
    while True:
        field_at = at
        if at >= end:
            return NEED_MORE, at, 0
        tag, at = _tag_end(buf, at)
        if at - field_at > 7:
            return BAD_FIELD, at, tag
        if buf[at] != _EQUALS or at == field_at or at >= end:
            if at >= end:
                return NEED_MORE, at, tag
            if buf[at] in (_LF, _CR):
                return TRUNCATED, at, tag
            return BAD_FIELD, at, tag
        at += 1
        if tag == 10:
            hash_out[0], hash_out[1] = hash_sum, seen
            return _finish(buf, start, field_at, at, end, separator, width, extra, separators, inside, body_at,
                           body_separators, declared, repeated)  # fmt: skip
        if tag == 8 and load_word(buf, at) & np.uint64(0xFFFFFF) == np.uint64(0x584946):
            return TRUNCATED, field_at, tag
        value_at = at
        is_data = pending >= 0 and tag == data_tag
        length = pending if is_data else -1
        stop = body_at + declared if declared >= 0 and separator != _CARET else -1
        outcome, at, more, field_hash = _value(buf, start, at, end, separator, pattern, tag, length, stop)
        if outcome != ACCEPTED:
            return outcome, at, tag
        inside += more
        if at >= end:
            return NEED_MORE, at, tag
        separators += 1
        pending = -1
        if tag < columns.size:
            column = columns[tag]
            if hashed[tag] == 1:
                hash_sum += field_hash
            if column >= 0:
                place = np.uint64(value_at) << _32 | np.uint64(at - value_at)
                bit = np.uint64(1) << np.uint64(column)
                if tag == MISC_FEE:
                    fee_out[0] = add_decimal(fee_out[0], buf, value_at, at)
                    span[column] = place
                elif seen & bit == np.uint64(0):
                    span[column] = place
                elif repeated == 0 and not _same(buf, span[column], value_at, at):
                    repeated = tag
                seen |= bit
            elif datas[tag] > 0:
                data_tag = datas[tag]
                pending = _number(buf, value_at, at)
        if body_at < 0:
            if tag != 9:
                return NO_LENGTH, at, tag
            declared = _number(buf, value_at, at)
            if declared < 0:
                return NO_LENGTH, at, tag
            body_at = at + width
            body_separators = separators
        elif tag == 9:
            return TRUNCATED, at, tag  # another message began inside a value
        at += width
        if at - start > MAX_MESSAGE:
            return TOO_LONG, at, 0


@compiled
def _same(buf: Bytes, place: np.uint64, at: int, end: int) -> bool:
    """Whether a repeated tag repeats the same value."""
    first = np.int64(place >> _32)
    length = np.int64(place & np.uint64(0xFFFFFFFF))
    if length != end - at:
        return False
    for index in range(length):
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
    stated = _number(buf, at, at + 3)
    if stated < 0:
        cut = buf[at] in (_LF, _CR) or buf[at + 1] in (_LF, _CR) or buf[at + 2] in (_LF, _CR)
        return (TRUNCATED if cut else BAD_CHECKSUM), at, 10
    if body_at < 0:
        return NO_LENGTH, at, 10
    length = field_at - body_at
    if separator == _CARET:
        length -= separators - body_separators + inside
    if length != declared:
        return BAD_LENGTH, at + 3, length
    total = _byte_sum(buf, start, field_at) - separators * extra
    plain = total & 255
    # A log writer that prints SOH as "|" did so inside data values too; a real "|" there stays: either may be meant.
    swapped = (total - inside * extra) & 255
    if stated not in (plain, swapped):
        return BAD_CHECKSUM, at + 3, plain
    at += 3
    if _separator_at(buf, at, end, separator):
        at += width
    return (REPEATED if repeated > 0 else ACCEPTED), at, repeated


@compiled
def _starts(buf: Bytes, at: int, end: int, previous: int) -> bool:
    """Whether ``8=FIX`` stands at a position and is not the tail of another tag such as ``58=FIX…``."""
    if at + 5 > end or buf[at] != 56 or buf[at + 1] != _EQUALS:
        return False
    if buf[at + 2] != 70 or buf[at + 3] != 73 or buf[at + 4] != 88:
        return False
    if previous < _ZERO or previous > _NINE:
        return True
    separator, stop = _head(buf, at, end)
    if separator <= 0:
        return separator == -2
    stop += 2 if separator == _CARET else 1
    return stop + 1 < end and buf[stop] == _NINE and buf[stop + 1] == _EQUALS


@compiled
def scan(
    buf: Bytes, end: int, final: bool, columns: Table, datas: Table, hashed: Bytes, state: Longs,  # noqa: FBT001
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
                        line += buf[index] == _LF
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
        if byte == _LF:
            state[NOISE] += 1 - used if text == 1 else 0
            line, used, text = line + 1, 0, 0
        elif byte not in (32, 9, _CR):
            text = 1
        previous = np.int64(byte)
        at += 1
    if final and at >= end and text == 1:
        state[NOISE] += 1 - used
        text = 0
    state[LINE], state[LINE_USED], state[LINE_TEXT], state[PREVIOUS] = line, used, text, previous
    state[POSITION], state[ROWS], state[REJECTS] = at, rows, refused
