"""SHA-256 of many short texts at once; `hashlib` takes one at a time, with a Python object for each.

Source: FIPS 180-4, sections 4.1.2, 5.1.1 and 6.2.2. The constants are the fractional parts of cube and square roots of
the first primes.
"""

from __future__ import annotations

from math import isqrt

import numpy as np
import numpy.typing as npt
import polars as pl

from routeproof.sources.fix.words import compiled, inlined

_ROUNDS, _BLOCK, _LENGTH_AT = 64, 64, 56
_WORD = np.uint64(0xFFFFFFFF)
_HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)

Bytes = npt.NDArray[np.uint8]
Longs = npt.NDArray[np.int64]
Words = npt.NDArray[np.uint64]


def _cube_root(value: int) -> int:
    """Largest whole number whose cube is at most the value."""
    root = round(float(value) ** (1 / 3))
    while root**3 > value:
        root -= 1
    while (root + 1) ** 3 <= value:
        root += 1
    return root


_PRIMES = [number for number in range(2, 312) if all(number % other for other in range(2, isqrt(number) + 1))]
_K = np.array([_cube_root(prime << 96) & 0xFFFFFFFF for prime in _PRIMES[:_ROUNDS]], dtype=np.uint64)
_FIRST = np.array([isqrt(prime << 64) & 0xFFFFFFFF for prime in _PRIMES[:8]], dtype=np.uint64)


def sha256_texts(texts: pl.Series, digits: int) -> pl.Series:
    """First hexadecimal digits of the SHA-256 of each text's UTF-8 bytes.

    Args:
        texts: (n,) String, no nulls.
        digits: how many of the 64 digits; even.

    Returns:
        (n,) String.
    """
    if texts.is_empty():
        return pl.Series([], dtype=pl.String)
    ends = texts.str.len_bytes().cast(pl.Int64).cum_sum().to_numpy()
    content = np.frombuffer(texts.str.join("").item().encode(), dtype=np.uint8)
    out = np.zeros((len(texts), digits + 1), dtype=np.uint8)
    _digests(content, ends, _K, _FIRST, _HEX, out)
    return pl.Series([out.tobytes()[:-1].decode("ascii")]).str.split("\0").explode()


@inlined
def _turned(word: np.uint64, bits: int) -> np.uint64:
    """A 32-bit word rotated right."""
    return ((word >> np.uint64(bits)) | (word << np.uint64(32 - bits))) & _WORD


@inlined
def _expand(block: Bytes, schedule: Words) -> None:
    """The message schedule of a block."""
    for index in range(16):
        word = np.uint64(0)
        for byte in range(4):
            word = (word << np.uint64(8)) | np.uint64(block[4 * index + byte])
        schedule[index] = word
    for index in range(16, _ROUNDS):
        early, late = schedule[index - 15], schedule[index - 2]
        first = _turned(early, 7) ^ _turned(early, 18) ^ (early >> np.uint64(3))
        second = _turned(late, 17) ^ _turned(late, 19) ^ (late >> np.uint64(10))
        schedule[index] = (schedule[index - 16] + first + schedule[index - 7] + second) & _WORD


@inlined
def _compress(schedule: Words, constants: Words, state: Words) -> None:
    """One block into the state."""
    a, b, c, d, e, f, g, h = (
        state[0], state[1], state[2], state[3], state[4], state[5], state[6], state[7]
    )  # fmt: skip
    for index in range(_ROUNDS):
        chosen = (e & f) ^ ((e ^ _WORD) & g)
        first = h + (_turned(e, 6) ^ _turned(e, 11) ^ _turned(e, 25)) + chosen + constants[index] + schedule[index]
        second = (_turned(a, 2) ^ _turned(a, 13) ^ _turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))
        h, g, f, e, d, c, b, a = g, f, e, (d + first) & _WORD, c, b, a, (first + second) & _WORD
    state[0], state[1], state[2], state[3] = state[0] + a, state[1] + b, state[2] + c, state[3] + d
    state[4], state[5], state[6], state[7] = state[4] + e, state[5] + f, state[6] + g, state[7] + h
    for index in range(8):
        state[index] &= _WORD


@compiled
def _digests(content: Bytes, ends: Longs, constants: Words, first: Words, letters: Bytes, out: Bytes) -> None:
    schedule, state = np.zeros(_ROUNDS, dtype=np.uint64), np.zeros(8, dtype=np.uint64)
    block = np.zeros(_BLOCK, dtype=np.uint8)
    begin = 0
    for row in range(ends.size):
        length = ends[row] - begin
        state[:] = first
        for part in range((length + 8) // _BLOCK + 1):
            for index in range(_BLOCK):
                at = part * _BLOCK + index
                block[index] = content[begin + at] if at < length else (128 if at == length else 0)
            if part == (length + 8) // _BLOCK:
                for index in range(8):
                    block[_LENGTH_AT + index] = ((8 * length) >> (56 - 8 * index)) & 255
            _expand(block, schedule)
            _compress(schedule, constants, state)
        for index in range(out.shape[1] - 1):
            four = (state[index >> 3] >> np.uint64(28 - 4 * (index & 7))) & np.uint64(15)
            out[row, index] = letters[four]
        begin = ends[row]
