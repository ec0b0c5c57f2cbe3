"""RFC 8785 canonical JSON: one byte string for one value, so that a hash of it means something."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MAX_SAFE_INTEGER = 2**53 - 1
"""Largest integer that every JSON reader keeps exactly (RFC 8785 §3.2.2.3, I-JSON)."""

_FIXED_NOTATION_MAX_EXPONENT = 21
_FIXED_NOTATION_MIN_EXPONENT = -6
_FIRST_BEYOND_BASIC_PLANE = "\U00010000"
_PLAIN_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def canonical_bytes(value: object) -> bytes:
    """UTF-8 bytes of the value in RFC 8785 form.

    Raises:
        ValueError: for NaN, infinities, integers beyond 2^53 - 1 (write them as decimal strings), lone surrogates
            and types that JSON does not have.
    """
    if _is_plain(value):
        # The interpreter's own encoder writes plain values the same way and ten times faster. It orders names by code
        # points, so names beyond the basic plane, where that order differs, take the long way (§3.2.3).
        text = _PLAIN_ENCODER.encode(value)
        if text.isascii() or max(text) < _FIRST_BEYOND_BASIC_PLANE:
            return text.encode("utf-8")
    return _text(value).encode("utf-8")


def _is_plain(value: object) -> bool:
    """Whether the value is made of exactly the types that every encoder writes alike; fractions are not."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return -MAX_SAFE_INTEGER <= value <= MAX_SAFE_INTEGER  # type: ignore[operator]
    if kind is dict:
        members: dict[object, object] = value  # type: ignore[assignment]
        for name in members:
            if type(name) is not str:
                return False
        return _are_plain(members.values())
    return (kind is list or kind is tuple) and _are_plain(value)  # type: ignore[arg-type]


def _are_plain(values: Iterable[object]) -> bool:
    for value in values:  # noqa: SIM110  # a loop costs half of what a generator does, and this is every append
        if type(value) is not str and not _is_plain(value):
            return False
    return True


def _text(value: object) -> str:  # noqa: PLR0911  # one return per JSON type
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case int():
            return _integer(value)
        case float():
            return _double(value)
        case dict():
            return _object(value)
        case list() | tuple():
            return _array(value)
    message = f"expected a JSON value, found {type(value).__name__}"
    raise ValueError(message)


def _integer(value: int) -> str:
    if abs(value) > MAX_SAFE_INTEGER:
        message = f"expected an integer within 2^53 - 1, found {value}: write it as a decimal string"
        raise ValueError(message)
    return str(value)


def _array(values: Sequence[object]) -> str:
    return "[" + ",".join(_text(value) for value in values) + "]"


def _object(members: Mapping[str, object]) -> str:
    if not all(isinstance(key, str) for key in members):
        message = "expected object names to be text"
        raise ValueError(message)
    # §3.2.3: names are ordered by UTF-16 code units, which differs from code points beyond the basic plane.
    names = sorted(members, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(f"{_text(name)}:{_text(members[name])}" for name in names) + "}"


def _double(value: float) -> str:
    """ECMAScript Number::toString, which §3.2.2.3 prescribes; the shortest digits are Python's `repr`."""
    if not math.isfinite(value):
        message = f"expected a finite number, found {value}"
        raise ValueError(message)
    if value == 0:
        return "0"
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    assert isinstance(exponent, int)  # noqa: S101  # finite, as checked above
    figures = "".join(map(str, digits))
    point = len(figures) + exponent
    return ("-" if sign else "") + _place_point(figures, point)


def _place_point(figures: str, point: int) -> str:
    """Digits with the decimal point after `point` of them, in fixed or exponent notation as ECMAScript writes it."""
    count = len(figures)
    if count <= point <= _FIXED_NOTATION_MAX_EXPONENT:
        return figures + "0" * (point - count)
    if 0 < point <= _FIXED_NOTATION_MAX_EXPONENT:
        return figures[:point] + "." + figures[point:]
    if _FIXED_NOTATION_MIN_EXPONENT < point <= 0:
        return "0." + "0" * -point + figures
    mantissa = figures if count == 1 else figures[0] + "." + figures[1:]
    return f"{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"
