"""Dividing a column by a number, correctly rounded."""

from __future__ import annotations

import polars as pl


def divided(value: pl.Expr, divisor: float) -> pl.Expr:
    """The value over the divisor, each quotient rounded once (IEEE 754), as Python divides.

    polars turns division by a constant, repeated or not, into multiplication by its rounded inverse, which is off in
    the last bit for one number in several (30 / 1e9 for 30e9 gives 30.000000000000004); so the divisor is a column.
    """
    return value.cast(pl.Float64) / (pl.int_range(pl.len()) * 0 + divisor).cast(pl.Float64)
