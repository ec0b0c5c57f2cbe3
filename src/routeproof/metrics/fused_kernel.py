"""The fused accumulator: a small program of integer instructions over blocks of rows, into 128-bit sums by group.

The program comes from `compile_numba`. Values live in registers of one block of rows; a wide one has a second, upper
limb. Arithmetic wraps at 128 bits, as the polars compilation's does. Compiled once for all programs, so a new metric
costs no compilation.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from routeproof.tables.kernels import inner, kernel
from routeproof.vocab.absent import NULL

Int64s = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

BLOCK = 512
NEVER = -1
"""Mask register of a value that is never null."""

(
    LOAD,
    FILL,
    CONSTANT,
    ADD,
    SUBTRACT,
    MULTIPLY,
    MULTIPLY_TO_WIDE,
    WIDEN,
    ADD_WIDE,
    SUBTRACT_WIDE,
    MULTIPLY_WIDE,
    DIVIDE,
    WHERE_ABOVE,
    WHERE_BELOW,
    WHERE_ZERO,
    MASK,
    EITHER,
    SUM,
    SUM_WIDE,
    COUNT,
) = range(20)
"""Operations; their order groups them by what they touch."""

_WIDTH = 64
_HALF = np.uint64(32)
_LOW_HALF = np.uint64(0xFFFFFFFF)


@intrinsic  # type: ignore[untyped-decorator]
def _upper_signed(typing_context: Any, left: Any, right: Any) -> Any:  # noqa: ANN401, ARG001 - numba's protocol
    """Upper 64 bits of a signed product."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
        wide = ir.IntType(2 * _WIDTH)
        product = builder.mul(builder.sext(arguments[0], wide), builder.sext(arguments[1], wide))
        return builder.trunc(builder.ashr(product, ir.Constant(wide, _WIDTH)), ir.IntType(_WIDTH))

    return types.int64(types.int64, types.int64), build


@intrinsic  # type: ignore[untyped-decorator]
def _upper_unsigned(typing_context: Any, left: Any, right: Any) -> Any:  # noqa: ANN401, ARG001 - numba's protocol
    """Upper 64 bits of an unsigned product."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401, ARG001
        wide = ir.IntType(2 * _WIDTH)
        product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, _WIDTH)), ir.IntType(_WIDTH))

    return types.uint64(types.uint64, types.uint64), build


@inner
def _digit(upper: np.uint64, next_digit: np.uint64, first: np.uint64, second: np.uint64) -> np.uint64:
    """One 32-bit digit of a quotient: the guess from the leading digits, corrected at most twice."""
    guess = upper // first
    rest = upper - guess * first
    while guess > _LOW_HALF or guess * second > ((rest << _HALF) | next_digit):
        guess -= np.uint64(1)
        rest += first
        if rest > _LOW_HALF:
            break
    return guess


@inner
def _divide(upper: np.uint64, lower: np.uint64, divisor: np.uint64) -> tuple[np.uint64, np.uint64, np.uint64]:
    """(upper, lower, remainder) of an unsigned 128-bit number over an unsigned 63-bit one.

    Long division in 32-bit digits, Knuth's algorithm D with a divisor of two digits.
    """
    quotient_upper = upper // divisor
    rest = upper % divisor
    if rest == np.uint64(0):
        return quotient_upper, lower // divisor, lower % divisor
    shift = np.uint64(0)
    for width in (32, 16, 8, 4, 2, 1):
        step = np.uint64(width)
        if (divisor << shift) >> (np.uint64(64) - step) == np.uint64(0):
            shift += step
    scaled = divisor << shift
    first, second = scaled >> _HALF, scaled & _LOW_HALF
    high = (rest << shift) | (lower >> (np.uint64(64) - shift))
    low = lower << shift
    one = _digit(high, low >> _HALF, first, second)
    middle = (high << _HALF) + (low >> _HALF) - one * scaled
    two = _digit(middle, low & _LOW_HALF, first, second)
    left = ((middle << _HALF) + (low & _LOW_HALF) - two * scaled) >> shift
    return quotient_upper, (one << _HALF) + two, left


@inner
def _half_even(upper: np.int64, lower: np.int64, divisor: np.int64) -> tuple[np.int64, np.int64]:
    """Signed 128-bit number over a positive one, rounded half-even; symmetric, so magnitudes are enough."""
    negative = upper < 0
    up, low = np.uint64(upper), np.uint64(lower)
    if negative:
        low = ~low + np.uint64(1)
        up = ~up + np.uint64(1 if low == 0 else 0)
    by = np.uint64(divisor)
    quotient_upper, quotient_lower, rest = _divide(up, low, by)
    other = by - rest
    if rest > other or (rest == other and quotient_lower & np.uint64(1)):
        quotient_lower += np.uint64(1)
        if quotient_lower == 0:
            quotient_upper += np.uint64(1)
    if negative:
        quotient_lower = ~quotient_lower + np.uint64(1)
        quotient_upper = ~quotient_upper + np.uint64(1 if quotient_lower == 0 else 0)
    return np.int64(quotient_upper), np.int64(quotient_lower)


@kernel
def extent(column: Int64s) -> tuple[np.int64, np.int64, bool]:
    """Lowest and highest of 0 and the values that are not null, and whether any is null."""
    lowest, highest, nulls = np.int64(0), np.int64(0), False
    for value in column:
        if value == NULL:
            nulls = True
        else:
            lowest, highest = min(lowest, value), max(highest, value)
    return lowest, highest, nulls


@inner
def _fetch(into: Int64s, column: Int64s, filler: int) -> None:
    """A column's values; null becomes the filler."""
    for i in range(column.size):
        value = column[i]
        into[i] = filler if value == NULL else value


@inner
def _repeat(into: Int64s, value: int) -> None:
    for i in range(into.size):
        into[i] = value


@inner
def _narrow(op: int, lower: Int64s, upper: Int64s, to: int, left: int, right: int, rows: int) -> None:
    """Results of 64 bits, or products of two such numbers."""
    if op == ADD:
        for i in range(rows):
            lower[to, i] = lower[left, i] + lower[right, i]
    elif op == SUBTRACT:
        for i in range(rows):
            lower[to, i] = lower[left, i] - lower[right, i]
    elif op == MULTIPLY:
        for i in range(rows):
            lower[to, i] = lower[left, i] * lower[right, i]
    elif op == MULTIPLY_TO_WIDE:
        for i in range(rows):
            lower[to, i] = lower[left, i] * lower[right, i]
            upper[to, i] = _upper_signed(lower[left, i], lower[right, i])
    else:
        for i in range(rows):
            lower[to, i] = lower[left, i]
            upper[to, i] = lower[left, i] >> np.int64(63)


@inner
def _wide(op: int, lower: Int64s, upper: Int64s, to: int, left: int, right: int, rows: int) -> None:
    for i in range(rows):
        a, b = np.uint64(lower[left, i]), np.uint64(lower[right, i])
        if op == ADD_WIDE:
            low = a + b
            lower[to, i] = np.int64(low)
            upper[to, i] = upper[left, i] + upper[right, i] + np.int64(low < a)
        elif op == SUBTRACT_WIDE:
            lower[to, i] = np.int64(a - b)
            upper[to, i] = upper[left, i] - upper[right, i] - np.int64(a < b)
        elif op == MULTIPLY_WIDE:
            crossed = upper[left, i] * np.int64(b) + np.int64(a) * upper[right, i]
            lower[to, i] = np.int64(a * b)
            upper[to, i] = np.int64(_upper_unsigned(a, b)) + crossed
        elif lower[right, i] > 0:
            upper[to, i], lower[to, i] = _half_even(upper[left, i], lower[left, i], lower[right, i])
        else:
            upper[to, i], lower[to, i] = 0, 0


@inner
def _where(op: int, lower: Int64s, upper: Int64s, to: int, subject: int, then: int, rows: int) -> None:
    for i in range(rows):
        high = upper[subject, i]
        positive = high > 0 or (high == 0 and lower[subject, i] != 0)
        if op == WHERE_ABOVE:
            chosen = positive
        elif op == WHERE_BELOW:
            chosen = high < 0
        else:
            chosen = high == 0 and lower[subject, i] == 0
        lower[to, i] = lower[then, i] if chosen else 0
        upper[to, i] = upper[then, i] if chosen else 0


@inner
def _count(out: Bools, masked: bool, groups: Int64s, sums: Int64s, slot: int) -> None:
    for i in range(groups.size):
        if not (masked and out[i]):
            sums[groups[i], slot, 0] += 1


@inner
def _add(
    wide: bool, low: Int64s, high: Int64s, out: Bools, masked: bool, groups: Int64s, sums: Int64s, slot: int
) -> None:
    for i in range(groups.size):
        if masked and out[i]:
            continue
        added = np.uint64(low[i])
        before = np.uint64(sums[groups[i], slot, 0])
        after = before + added
        sums[groups[i], slot, 0] = np.int64(after)
        sums[groups[i], slot, 1] += (high[i] if wide else low[i] >> np.int64(63)) + np.int64(after < added)


@inner
def _mask(op: int, unknown: Bools, to: int, left: int, right: int, column: Int64s) -> None:
    for i in range(column.size):
        unknown[to, i] = column[i] == NULL if op == MASK else unknown[left, i] or unknown[right, i]


def run(program: Int64s, columns: Int64s, groups: Int64s, sums: Int64s, registers: int, masks: int) -> None:
    """Run a program over all rows.

    Args:
        program: (instructions, 4): operation, target, first operand, second operand.
        columns: (columns, rows), `NULL` = null.
        groups: (rows,) group of each row.
        sums: (groups, slots, 2) lower and upper limb; added to.
        registers: number of value registers.
        masks: number of mask registers.
    """
    lower, upper = (np.zeros((registers, BLOCK), dtype=np.int64) for _ in range(2))
    _run(program, columns, groups, sums, lower, upper, np.zeros((masks + 1, BLOCK), dtype=np.bool_))


@kernel
def _run(
    program: Int64s, columns: Int64s, groups: Int64s, sums: Int64s, lower: Int64s, upper: Int64s, unknown: Bools
) -> None:
    for begin in range(0, groups.size, BLOCK):
        end = min(begin + BLOCK, groups.size)
        rows, block = end - begin, groups[begin:end]
        for step in range(program.shape[0]):
            op, to, a, b = program[step, 0], program[step, 1], program[step, 2], program[step, 3]
            if op <= FILL:
                _fetch(lower[to], columns[a, begin:end], b)
            elif op == CONSTANT:
                _repeat(lower[to], a)
            elif op <= WIDEN:
                _narrow(op, lower, upper, to, a, b, rows)
            elif op <= DIVIDE:
                _wide(op, lower, upper, to, a, b, rows)
            elif op <= WHERE_ZERO:
                _where(op, lower, upper, to, a, b, rows)
            elif op <= EITHER:
                _mask(op, unknown, to, a, b, columns[max(a, 0) if op == MASK else 0, begin:end])
            elif op == COUNT:
                _count(unknown[b], b != NEVER, block, sums, to)
            else:
                _add(op == SUM_WIDE, lower[a], upper[a], unknown[b], b != NEVER, block, sums, to)


@kernel
def add(parts: Int64s, groups: Int64s, sums: Int64s) -> None:
    """Add 128-bit sums up.

    Args:
        parts: (n, slots, 2) lower and upper limb.
        groups: (n,) where each adds.
        sums: (groups, slots, 2); added to.
    """
    for row in range(groups.size):
        for slot in range(parts.shape[1]):
            lower = np.uint64(parts[row, slot, 0])
            after = np.uint64(sums[groups[row], slot, 0]) + lower
            sums[groups[row], slot, 0] = np.int64(after)
            sums[groups[row], slot, 1] += parts[row, slot, 1] + np.int64(after < lower)
