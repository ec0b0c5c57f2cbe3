"""Numbers as the file has them: one division of integers, six decimals, half up."""

from __future__ import annotations

DECIMALS = 6
_UNIT = 10**DECIMALS


def half_up(numerator: int, denominator: int) -> str:
    """The quotient at six decimals; a digit of five or more after the sixth rounds it up, by magnitude.

    Trailing zeros are left out. Source: order execution summary specification III(a), [C].

    Raises:
        ZeroDivisionError: if the denominator is 0.
    """
    exact, rest = divmod(numerator, denominator)
    if not rest:
        return str(exact)
    negative = (numerator < 0) != (denominator < 0)
    upper, lower = abs(numerator) * _UNIT, abs(denominator)
    digits = (2 * upper + lower) // (2 * lower)
    whole, part = divmod(digits, _UNIT)
    text = f"{whole}.{part:06d}".rstrip("0").rstrip(".") if part else str(whole)
    return f"-{text}" if negative and digits else text
