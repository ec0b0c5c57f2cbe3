"""Where a page of a list ended, as text that the next call brings back; whoever makes one up is told so."""

from __future__ import annotations

import base64
import json

from routeproof.vocab.errors import UsageError

LONGEST = 1_000
LARGEST = 2**63 - 1


def cursor_of(numbers: tuple[int, ...], name: str) -> str:
    """Text of a place."""
    return base64.urlsafe_b64encode(json.dumps([*numbers, name]).encode()).decode()


def place_of(cursor: str, numbers: int) -> tuple[tuple[int, ...], str]:
    """The place again: whole numbers of 64 bits, and a name.

    Raises:
        UsageError: a text that no list gave.
    """
    found = _read(cursor) if len(cursor) <= LONGEST else None
    if isinstance(found, list) and len(found) == numbers + 1:
        *places, name = found
        if isinstance(name, str) and all(type(item) is int and abs(item) <= LARGEST for item in places):
            return tuple(places), name
    message = f"expected a cursor that a list gave as `next`, found {cursor[:40]!r}"
    raise UsageError(message, where="--after")


def _read(cursor: str) -> object:
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return found
