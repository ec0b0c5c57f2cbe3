"""Numbers as Rule 606 files print them: exact, half away from zero, with the decimals that the schema asks for."""

from __future__ import annotations

from routeproof.vocab.fixed import SCALE, SCALE_DIGITS

PERCENT_DIGITS = 2
CPH_DIGITS = 4
USD_DIGITS = 2
NOT_MEANINGFUL = ""
"""The schema's empty string: no such number."""


def ratio(numerator: int, denominator: int, digits: int) -> str:
    """`numerator / denominator` with `digits` decimals, half away from zero; the denominator is positive."""
    size, remainder = divmod(abs(numerator) * 10**digits, denominator)
    size += 2 * remainder >= denominator
    text = str(size).rjust(digits + 1, "0")
    body = f"{text[:-digits]}.{text[-digits:]}" if digits else text
    return f"-{body}" if numerator < 0 and size else body


def percent(part: int | None, whole: int | None) -> str:
    """A part in percent of the whole; empty where either is unknown or the whole is nothing."""
    if part is None or not whole:
        return NOT_MEANINGFUL
    return ratio(100 * part, whole, PERCENT_DIGITS)


def usd(amount_e18: int | None) -> str:
    """Dollars of 1e-18; empty where unknown."""
    return NOT_MEANINGFUL if amount_e18 is None else ratio(amount_e18, SCALE * SCALE, USD_DIGITS)


def cents_per_hundred(amount_e18: int | None, shares: int | None) -> str:
    """Cents per hundred shares of an amount in 1e-18 USD over shares in 1e-9; empty where there is no such number.

    An amount of `a` USD over `q` shares is `a * 100 cents / (q / 100)`.
    """
    if amount_e18 is None or not shares:
        return NOT_MEANINGFUL
    return ratio(amount_e18 * 10_000, shares * SCALE, CPH_DIGITS)


def shares(fixed: int | None) -> str:
    """Shares of 1e-9 without zeros at the end; empty where unknown."""
    if fixed is None:
        return NOT_MEANINGFUL
    text = ratio(fixed, SCALE, SCALE_DIGITS)
    return text.rstrip("0").rstrip(".")


def whole(numerator: int, denominator: int) -> str:
    """A quotient as a whole number."""
    return ratio(numerator, denominator, 0)


def apart(text: str) -> str:
    """The same number for people, with commas between thousands; empty stays empty."""
    size = text.removeprefix("-")
    whole_part, point, rest = size.partition(".")
    return f"{'-' if size != text else ''}{int(whole_part):,}{point}{rest}" if text else text
