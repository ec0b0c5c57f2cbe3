"""Fixed point: prices, quantities and money are Int64 at a scale of 1e-9.

An Int64 holds up to 9.2e9 units. Products of two fixed-point numbers have the scale 1e-18 and are summed in 128 bits.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

SCALE_DIGITS = 9
SCALE = 10**SCALE_DIGITS
INT64_MAX = 2**63 - 1

FLOAT_NOISE = 2.0**-50
"""Relative distance from a number of nine decimals up to which a float is taken for that number."""

LEAST_FLOAT_NOISE = 1e-6
"""The same in units of 1e-9, for small numbers."""


def to_fixed(value: str | int | Decimal) -> int:
    """Exact fixed point of a decimal number.

    Args:
        value: a decimal number; text such as `"10.005"` is read exactly.

    Returns:
        The value times 1e9.

    Raises:
        ValueError: if the value has more than nine decimals, is not finite, or does not fit.
    """
    with localcontext() as context:
        context.prec = 60
        scaled = Decimal(value) * SCALE
        if not scaled.is_finite() or scaled != scaled.to_integral_value():
            message = f"expected a finite number with at most {SCALE_DIGITS} decimals, found {value}"
            raise ValueError(message)
    fixed = int(scaled)
    if abs(fixed) > INT64_MAX:
        message = f"expected a number below {INT64_MAX // SCALE}, found {value}"
        raise ValueError(message)
    return fixed


def to_decimal(fixed: int, digits: int = SCALE_DIGITS) -> Decimal:
    """The decimal number that a fixed-point integer of `digits` decimals stands for."""
    return Decimal(fixed).scaleb(-digits)
