"""Thrift's compact protocol, read as it stands: a struct as field number to value, without knowing what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

Value = int | bytes | list["Value"] | dict[int, "Value"]

TRUE, FALSE, BYTE, DOUBLE, BINARY, LIST, SET, STRUCT = 1, 2, 3, 7, 8, 9, 10, 12
WHOLE = (4, 5, 6)
_DEEPEST = 16
_LONG = 15
"""A list of so many or more says how many in a number of its own."""
_BITS = 64


def struct_at(content: bytes, at: int, depth: int = 0) -> tuple[dict[int, Value], int]:
    """The struct that begins there, and where it ends.

    Raises:
        IndexError: the bytes end before it does.
        ValueError: they are none, hold a map, or are nested too deeply.
    """
    found: dict[int, Value] = {}
    number = 0
    while head := content[at]:
        at += 1
        if head >> 4:
            number += head >> 4
        else:
            number, at = _whole(content, at)
        kind = head & 15
        if kind in (TRUE, FALSE):
            found[number] = int(kind == TRUE)
        else:
            found[number], at = _value(content, at, kind, depth)
    return found, at + 1


def _value(content: bytes, at: int, kind: int, depth: int) -> tuple[Value, int]:
    if depth > _DEEPEST:
        raise ValueError(depth)
    if kind == STRUCT:
        return struct_at(content, at, depth + 1)
    if kind in (LIST, SET):
        return _list(content, at, depth)
    read = _READERS.get(kind)
    if read is None:
        raise ValueError(kind)
    return read(content, at)


def _list(content: bytes, at: int, depth: int) -> tuple[Value, int]:
    head = content[at]
    size, at = _count(content, at + 1) if head >> 4 == _LONG else (head >> 4, at + 1)
    kind = BYTE if head & 15 in (TRUE, FALSE) else head & 15
    values: list[Value] = []
    for _ in range(size):  # each takes a byte at least, so that bytes that lie end in an IndexError
        value, at = _value(content, at, kind, depth + 1)
        values.append(value)
    return values, at


def _count(content: bytes, at: int) -> tuple[int, int]:
    """A number without sign, seven bits to a byte, the lowest first."""
    value = 0
    for shift in range(0, _BITS, 7):
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte == byte & 0x7F:
            return value, at
    raise ValueError(value)


def _whole(content: bytes, at: int) -> tuple[int, int]:
    value, at = _count(content, at)
    return value >> 1 ^ -(value & 1), at


def _byte(content: bytes, at: int) -> tuple[int, int]:
    return content[at], at + 1


def _double(content: bytes, at: int) -> tuple[bytes, int]:
    return content[at : at + 8], at + 8


def _binary(content: bytes, at: int) -> tuple[bytes, int]:
    length, at = _count(content, at)
    return content[at : at + length], at + length


_READERS: dict[int, Callable[[bytes, int], tuple[Value, int]]] = {
    BYTE: _byte,
    DOUBLE: _double,
    BINARY: _binary,
    **dict.fromkeys(WHOLE, _whole),
}
