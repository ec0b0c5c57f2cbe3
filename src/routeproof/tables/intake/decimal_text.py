"""Decimal numbers as text: which of them the scale cannot hold."""

from __future__ import annotations

from decimal import Context, Decimal
from typing import TYPE_CHECKING

from routeproof.vocab.fixed import SCALE_DIGITS

if TYPE_CHECKING:
    import polars as pl

_BEYOND_SCALE = rf"^[^eE]*\.\d{{{SCALE_DIGITS}}}\d*[1-9]\d*$"
_WITH_EXPONENT = r"^[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d{1,5}$"


def finer_than_scale(text: pl.Series) -> pl.Series:
    """Rows of a text column that are numbers with a digit other than zero beyond nine decimals; no row is null."""
    finer = text.str.contains(_BEYOND_SCALE).fill_null(value=False)
    has_exponent = text.str.contains(_WITH_EXPONENT).fill_null(value=False)
    if not has_exponent.any():
        return finer
    # `1.5e-9` has ten decimals and `1.23456789012e5` has six: only the whole number tells, and few rows have one.
    exact = [_decimals(number) > SCALE_DIGITS for number in text.filter(has_exponent)]
    return finer.scatter(has_exponent.arg_true(), exact)


def _decimals(number: str) -> int:
    """Decimal places up to the last digit that is not zero; below 0 for round tens and hundreds."""
    shortest = Decimal(number).normalize(Context(prec=len(number)))
    return -int(shortest.as_tuple().exponent)
