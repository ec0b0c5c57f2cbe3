"""The byte scanner in plain Python: slow, short, and what the compiled one is held to by the tests.

Reads one message from its first byte, field by field, with the same outcomes as `scanner.scan_message`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from routeproof.sources.fix.tags import DATA_OF_LENGTH, FIELDS

_HEAD = re.compile(rb"8=FIX[A-Z0-9.]{0,13}(\x01|\||\^A)")
_TAG = re.compile(rb"(\d{1,7})=")
_KEPT = {field.tag: field.name for field in FIELDS}
_SUMMED = 137
_OF_ONE_ORDER = (b"D", b"F", b"G", b"8", b"9")
"""Messages whose kept tags stand once; others repeat them in groups, and the first counts."""
_SOH_BYTE = 1


@dataclass(slots=True)
class Scanned:
    """What one message held: the outcome word, the bytes it took, the values of kept tags as bytes."""

    outcome: str
    length: int = 0
    values: dict[str, bytes] = field(default_factory=dict)


def scan_message(raw: bytes) -> Scanned:  # noqa: C901, PLR0911, PLR0912 as flat as what it checks
    """Scan the message at the start of `raw`, which holds all that is left of the file."""
    head = _HEAD.match(raw)
    if head is None:
        cut = re.match(rb"8=FIX[A-Z0-9.]{0,13}([\r\n]|\^?$)", raw)
        return Scanned("truncated_message" if cut else "no_message")
    separator = head[1]
    at = head.end()
    values = {"begin_string": raw[2 : head.start(1)]}
    declared, body_at, pending, data_tag, repeated = -1, -1, -1, 0, False
    in_data = 0
    while True:
        tag = _TAG.match(raw, at)
        if tag is None:
            return Scanned(_no_tag(raw, at))
        number, field_at, at = int(tag[1]), at, tag.end()
        if number == 10:  # noqa: PLR2004 CheckSum
            outcome = _verify(raw, field_at, at, separator, body_at, declared, in_data)
            end = at + 3
            end += len(separator) if raw.startswith(separator, end) else 0
            unclear = repeated and values.get("msg_type") in _OF_ONE_ORDER
            return Scanned("repeated_tag" if outcome == "accepted" and unclear else outcome, end, values)
        if number == 8 and raw.startswith(b"FIX", at):  # noqa: PLR2004 BeginString
            return Scanned("truncated_message")
        if pending >= 0 and number == data_tag:
            end, inside = _data_end(raw, at, pending, separator)
            in_data += inside
            if end < 0:
                return Scanned("truncated_message")
            if not separator.startswith(raw[end : end + len(separator)]):
                return Scanned("malformed_field")
            if not raw.startswith(separator, end):
                return Scanned("truncated_message")
        else:
            end = _value_end(raw, at, separator, body_at + declared if declared >= 0 else -1)
        if end < 0 or end >= len(raw):
            return Scanned("truncated_message")
        value = raw[at:end]
        pending = -1
        repeated |= _keep(values, number, value)
        if number in DATA_OF_LENGTH and number not in _KEPT:
            data_tag = DATA_OF_LENGTH[number]
            pending = _number(value)
        if body_at < 0:
            declared = _number(value) if number == 9 else -1  # noqa: PLR2004 BodyLength
            if declared < 0:
                return Scanned("no_body_length")
            body_at = end + len(separator)
        elif number == 9:  # noqa: PLR2004 BodyLength
            return Scanned("truncated_message")
        at = end + len(separator)


def _keep(values: dict[str, bytes], number: int, value: bytes) -> bool:
    """Store a value; whether it contradicts an earlier one of the same tag."""
    name = _KEPT.get(number)
    if name is None:
        return False
    if number == _SUMMED and name in values:
        values[name] += b"+" + value
        return False
    return values.setdefault(name, value) != value


def _number(value: bytes) -> int:
    return int(value) if re.fullmatch(rb"[0-9]{1,9}", value) else -1


def _no_tag(raw: bytes, at: int) -> str:
    digits = re.match(rb"\d*", raw[at : at + 8])
    after = at + len(digits[0]) if digits else at
    if digits and len(digits[0]) > 7:  # noqa: PLR2004 the longest tag
        return "malformed_field"
    if after >= len(raw) or raw[after] in b"\r\n":
        return "truncated_message"
    return "malformed_field"


def _value_end(raw: bytes, at: int, separator: bytes, body_end: int) -> int:
    """Where the value ends; -1 if a line end cuts the message.

    A line end counts as content if the body length says so.
    """
    while True:
        end = raw.find(separator, at)
        line = raw.find(b"\n", at)
        end = len(raw) if end < 0 else end
        if line < 0 or line > end:
            return end
        whole = separator != b"^A" and line < body_end and raw[body_end - 1 : body_end] == separator
        if not (whole and raw.startswith(b"10=", body_end)):
            return -1
        at = line + 1


def _data_end(raw: bytes, at: int, length: int, separator: bytes) -> tuple[int, int]:
    end = at
    for _ in range(length):
        if end >= len(raw):
            return -1, 0
        end += len(separator) if separator == b"^A" and raw.startswith(separator, end) else 1
    return end, raw[at:end].count(separator)


def _verify(raw: bytes, field_at: int, at: int, separator: bytes, body_at: int, declared: int, in_data: int) -> str:
    stated = raw[at : at + 3]
    if not re.fullmatch(rb"\d{3}", stated):
        return "truncated_message" if len(stated) < 3 or re.search(rb"[\r\n]", stated) else "wrong_checksum"  # noqa: PLR2004
    if body_at < 0:
        return "no_body_length"
    # every separator is one byte on the wire, those inside data too where the log writer printed them
    body = raw[body_at:field_at]
    if len(body.replace(separator, b"\x01") if separator == b"^A" else body) != declared:
        return "wrong_body_length"
    swapped = sum(raw[:field_at].replace(separator, b"\x01"))
    plain = swapped + in_data * (sum(separator) - _SOH_BYTE)
    return "accepted" if int(stated) in (plain % 256, swapped % 256) else "wrong_checksum"
