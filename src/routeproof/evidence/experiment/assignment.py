"""Which orders go to the treatment: a keyed hash decides, so that anybody who has the plan finds the same table.

    key  = BLAKE2b-256(experiment, 0x1f, seed in decimal)
    draw = first 8 bytes of keyed BLAKE2b(unit), big-endian

By order: treatment iff draw < share x 2^64. By block of day and security: each day's securities in the order of their
draws, the first n x share of them, rounded up or down by a draw of the day, so that on average the share is exact.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

SEPARATOR = "\x1f"
DRAW_BYTES = 8
RANGE = 1 << (8 * DRAW_BYTES)


def key_of(experiment: str, seed: int) -> bytes:
    """The key of an experiment's draws."""
    return blake2b(f"{experiment}{SEPARATOR}{seed}".encode(), digest_size=32).digest()


def draw(key: bytes, unit: str) -> int:
    """A number from 0 to 2^64 - 1, the same for the same key and unit everywhere."""
    return int.from_bytes(blake2b(unit.encode(), key=key, digest_size=DRAW_BYTES).digest(), "big")


def treated_orders(key: bytes, order_ids: Iterable[str], share: Fraction) -> NDArray[np.bool_]:
    """(n,) whether each order goes to the treatment."""
    bound = share.numerator * RANGE
    return np.array([draw(key, name) * share.denominator < bound for name in order_ids], dtype=np.bool_)


def treated_symbols(key: bytes, day: str, symbols: Sequence[str], share: Fraction) -> frozenset[str]:
    """The securities that go to the treatment on a day, out of those that take part."""
    exact = share * len(symbols)
    whole = exact.numerator // exact.denominator
    rest = exact - whole
    up = draw(key, f"{day}{SEPARATOR}") * rest.denominator < rest.numerator * RANGE
    ranked = sorted(set(symbols), key=lambda name: (draw(key, f"{day}{SEPARATOR}{name}"), name))
    return frozenset(ranked[: whole + up])
