"""Random streams named by what they are for, so that no result depends on the order of work."""

from __future__ import annotations

from hashlib import sha256

import numpy as np


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """An independent generator for one purpose.

    Args:
        seed: the run's only seed.
        names: what the numbers are for, such as `"market", "2026-07-01", "ALDR"`.

    Returns:
        A PCG64 generator; equal arguments give equal numbers on every machine.
    """
    text = "\x1f".join([str(seed), *map(str, names)])
    key = int.from_bytes(sha256(text.encode()).digest()[:16], "big")
    return np.random.Generator(np.random.PCG64(key))


def chance(rng: np.random.Generator, count: int, share: float) -> np.ndarray:
    """`count` booleans, each true with probability `share`."""
    return rng.random(count) < share


def hashed(values: np.ndarray, salt: int) -> np.ndarray:
    """A fixed pseudo-random uint64 per value (splitmix64): the same quote always shows the same sizes."""
    mixed = values.astype(np.uint64) + np.uint64((salt * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
