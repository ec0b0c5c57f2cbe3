"""SHA-256 of many short texts at once. The standard library's `hashlib` says what is right; tests hold this to it."""

from __future__ import annotations

from math import isqrt

import numpy as np
import numpy.typing as npt

from routeproof.tables.kernels import inner, kernel

LANES = 16
"""Texts hashed side by side, so that one instruction of the processor serves several."""

BLOCK = 64
_ROUNDS = 64
_WORDS = 16
_MARK = 0x80
_LENGTH_AT = 56


def _primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found


def _cube_root(number: int) -> int:
    """Largest whole number whose cube is not above."""
    low, high = 0, number
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= number else (low, middle - 1)
    return low


# FIPS 180-4: the first 32 bits of the fractional parts of the roots of the first primes.
_ROOTS = np.array([isqrt(prime << 64) & 0xFFFFFFFF for prime in _primes(8)], dtype=np.uint32)
_START = np.repeat(_ROOTS[:, np.newaxis], LANES, axis=1)
_ADDED = np.array([_cube_root(prime << 96) & 0xFFFFFFFF for prime in _primes(_ROUNDS)], dtype=np.uint32)
_DIGITS = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def hex_digests(content: npt.NDArray[np.uint8], ends: npt.NDArray[np.int64], digits: int) -> npt.NDArray[np.uint8]:
    """The first hex digits of each text's SHA-256, as ASCII.

    Args:
        content: texts one after the other, bytes.
        ends: (n,) where each ends.
        digits: even, at most 64.

    Returns:
        (n, digits) lower-case hex characters.
    """
    out = np.empty((ends.size, digits), dtype=np.uint8)
    words = np.zeros((_ROUNDS, LANES), dtype=np.uint32)
    state, kept, turned = (np.zeros((8, LANES), dtype=np.uint32) for _ in range(3))
    _digest(content, ends, _START, _ADDED, _DIGITS, words, state, kept, turned, np.zeros((2, LANES), np.int64), out)
    return out


# Plain loops, and scratch memory from outside: each operation of numpy's within would be one more kernel to compile.


@kernel
def _digest(content, ends, start, added, hexadecimal, words, state, kept, turned, spans, out):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for base in range(0, ends.size, LANES):
        lanes = min(LANES, ends.size - base)
        longest = 0
        for lane in range(lanes):
            begin = ends[base + lane - 1] if base + lane else 0
            spans[0, lane], spans[1, lane] = begin, ends[base + lane] - begin
            longest = max(longest, spans[1, lane])
        _copy(start, state)
        for block in range((longest + 8) // BLOCK + 1):
            for lane in range(lanes):
                _load(content, spans[0, lane], spans[1, lane], block, words, lane)
            _copy(state, kept)
            _compress(words, state, turned, added)
            for lane in range(lanes):  # a text that has ended keeps what it had
                if block > (spans[1, lane] + 8) // BLOCK:
                    for part in range(8):
                        state[part, lane] = kept[part, lane]
        _spell(state, lanes, hexadecimal, out, base)


@inner
def _copy(parts, into):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for part in range(8):
        for lane in range(LANES):
            into[part, lane] = parts[part, lane]


@inner
def _spell(state, lanes, hexadecimal, out, base):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for lane in range(lanes):
        for digit in range(out.shape[1]):
            nibble = (state[digit >> 3, lane] >> np.uint32(28 - 4 * (digit & 7))) & np.uint32(15)
            out[base + lane, digit] = hexadecimal[nibble]


@inner
def _load(content, begin, length, block, words, lane):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """One block of one text, padded as the standard says, as big-endian words."""
    first = block * BLOCK
    bits = length * 8
    last = (length + 8) // BLOCK == block
    for word in range(_WORDS):
        value = np.uint32(0)
        for byte in range(4):
            place = first + 4 * word + byte
            if place < length:
                taken = np.uint32(content[begin + place])
            elif place == length:
                taken = np.uint32(_MARK)
            elif last and place - first >= _LENGTH_AT:
                taken = np.uint32((bits >> (8 * (63 - (place - first)))) & 255)
            else:
                taken = np.uint32(0)
            value = np.uint32((value << np.uint32(8)) | taken)
        words[word, lane] = value


@inner
def _rotated(value, by):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    return np.uint32((value >> by) | (value << (np.uint32(32) - by)))


@inner
def _compress(words, state, turned, added):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """One round of FIPS 180-4 section 6.2.2 on all lanes; `state` moves on."""
    for at in range(_WORDS, _ROUNDS):
        for lane in range(LANES):
            before, later = words[at - 15, lane], words[at - 2, lane]
            low = _rotated(before, np.uint32(7)) ^ _rotated(before, np.uint32(18)) ^ np.uint32(before >> np.uint32(3))
            high = _rotated(later, np.uint32(17)) ^ _rotated(later, np.uint32(19)) ^ np.uint32(later >> np.uint32(10))
            words[at, lane] = np.uint32(words[at - 16, lane] + low + words[at - 7, lane] + high)
    _copy(state, turned)
    for at in range(_ROUNDS):
        constant = added[at]
        for lane in range(LANES):
            e, a = turned[4, lane], turned[0, lane]
            chosen = (e & turned[5, lane]) ^ (~e & turned[6, lane])
            high = _rotated(e, np.uint32(6)) ^ _rotated(e, np.uint32(11)) ^ _rotated(e, np.uint32(25))
            one = np.uint32(turned[7, lane] + high + chosen + constant + words[at, lane])
            most = (a & turned[1, lane]) ^ (a & turned[2, lane]) ^ (turned[1, lane] & turned[2, lane])
            two = np.uint32(
                (_rotated(a, np.uint32(2)) ^ _rotated(a, np.uint32(13)) ^ _rotated(a, np.uint32(22))) + most
            )
            turned[7, lane], turned[6, lane], turned[5, lane] = turned[6, lane], turned[5, lane], e
            turned[4, lane] = np.uint32(turned[3, lane] + one)
            turned[3, lane], turned[2, lane], turned[1, lane] = turned[2, lane], turned[1, lane], a
            turned[0, lane] = np.uint32(one + two)
    for part in range(8):
        for lane in range(LANES):
            state[part, lane] = np.uint32(state[part, lane] + turned[part, lane])
