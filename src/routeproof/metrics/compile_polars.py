"""Terms as polars expressions in 128-bit integers, and metrics as sums that a group-by collects and a division ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.metrics.metric import Concentration, Metric, Quantile, Quotient, Total
from routeproof.metrics.terms import Binary, Column, Constant, Filled, Given, Rounded, Term, Where
from routeproof.tables.division import divided

if TYPE_CHECKING:
    from collections.abc import Iterable

WIDE = pl.Int128()


def to_polars(term: Term) -> pl.Expr:
    """The term as an Int128 expression; null exactly where the term is."""
    match term:
        case Column(name):
            return pl.col(name).cast(WIDE)
        case Filled(name, filler):
            return pl.col(name).fill_null(filler).cast(WIDE)
        case Constant(constant):
            return pl.lit(constant, dtype=WIDE)
        case _:
            return _compound(term)


def _compound(term: Term) -> pl.Expr:
    match term:
        case Binary(operator, left, right):
            return _binary(operator, to_polars(left), to_polars(right))
        case Where(subject, comparison, then):
            return _where(to_polars(subject), comparison, to_polars(then))
        case Given(subject, then):
            return pl.when(to_polars(subject).is_not_null()).then(to_polars(then))
        case Rounded(numerator, denominator):
            return _half_even(to_polars(numerator), to_polars(denominator))
        case _:
            message = f"expected a term, found {type(term).__name__}"
            raise TypeError(message)


def _where(tested: pl.Expr, comparison: str, value: pl.Expr) -> pl.Expr:
    unknown = tested.is_null() | value.is_null()
    chosen = pl.when(_compare(comparison, tested)).then(value).otherwise(pl.lit(0, dtype=WIDE))
    return pl.when(~unknown).then(chosen)


def _broadcast(term: Term) -> pl.Expr:
    """The term as an expression with one value per row, even if it reads no column."""
    if isinstance(term, Constant):
        return pl.repeat(term.value, pl.len(), dtype=WIDE)
    return to_polars(term)


def _binary(operator: str, left: pl.Expr, right: pl.Expr) -> pl.Expr:
    if operator == "+":
        return left + right
    return left - right if operator == "-" else left * right


def _compare(comparison: str, tested: pl.Expr) -> pl.Expr:
    if comparison == ">":
        return tested > 0
    return tested < 0 if comparison == "<" else tested == 0


def _half_even(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    quotient = numerator // denominator
    twice = 2 * (numerator - quotient * denominator)
    up = (twice > denominator) | ((twice == denominator) & (quotient % 2 != 0))
    return quotient + up.cast(WIDE)


def partial_sums(metrics: Iterable[Metric]) -> list[pl.Expr]:
    """Aggregations of a group-by that hold all that the metrics need: exact integer sums, and values for quantiles."""
    sums: list[pl.Expr] = []
    for metric in metrics:
        match metric.averaging:
            case Total(term, _, _):
                value = _broadcast(term)
                sums.append(value.sum().alias(f"{metric.name}:sum"))
                sums.append(value.is_not_null().sum().cast(pl.Int64).alias(f"{metric.name}:rows"))
            case Quotient(numerator, denominator, _, _):
                sums.append(to_polars(numerator).sum().alias(f"{metric.name}:sum"))
                sums.append(to_polars(denominator).sum().alias(f"{metric.name}:weight"))
            case Quantile() | Concentration():
                pass
    return sums


def finish(metric: Metric) -> pl.Expr:
    """The one division that turns a metric's sums into its value."""
    name = metric.name
    match metric.averaging:
        case Total(_, divisor, whole, counted):
            total = pl.col(f"{name}:sum")
            if whole:
                return total.cast(pl.Int64).alias(name)
            known = pl.lit(value=True) if counted else pl.col(f"{name}:rows") > 0
            total = total.fill_null(0) if counted else total
            return pl.when(known).then(divided(total, divisor)).alias(name)
        case Quotient(_, _, multiplier, divisor):
            upper = pl.col(f"{name}:sum").cast(pl.Float64) * multiplier
            lower = pl.col(f"{name}:weight").cast(pl.Float64) * divisor
            return pl.when(pl.col(f"{name}:weight") != 0).then(upper / lower).alias(name)
        case _:
            return pl.col(name)


def quantile_of(averaging: Quantile) -> pl.Expr:
    """Nearest-rank quantile of a column of lists in ascending order."""
    values = pl.col(averaging.column)
    rank = (values.list.len().cast(pl.Int64) * averaging.percent + 99) // 100 - 1
    ranked = values.list.get(rank.clip(lower_bound=0), null_on_oob=True)
    return divided(ranked, averaging.divisor)
