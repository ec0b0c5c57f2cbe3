"""Words of sentences: amounts, durations and names as people read them, as columns."""

from __future__ import annotations

import polars as pl

from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_DAY, NS_PER_MS, NS_PER_S

_PLACES = 6
_MINUTE, _HOUR = 60 * NS_PER_S, 3_600 * NS_PER_S
_UNITS = (
    (NS_PER_MS, 3, "ms", NS_PER_S),
    (NS_PER_S, 3, "s", 2 * _MINUTE),
    (_MINUTE, 1, "min", 2 * _HOUR),
    (_HOUR, 1, "h", 2 * NS_PER_DAY),
)
"""Unit, places, its name, and from when on the next one is used; days are the last."""


def trimmed(number: pl.Expr, places: int = _PLACES) -> pl.Expr:
    """A number rounded to so many places, without trailing zeros; what rounds to nothing has no sign."""
    return (number.round(places) + 0.0).cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")


def dollars(fixed: pl.Expr) -> pl.Expr:
    """Fixed-point money or price as `$12.345`, with two decimals at least."""
    return usd(fixed.cast(pl.Float64) / SCALE)


def usd(number: pl.Expr, places: int = _PLACES) -> pl.Expr:
    """An amount in dollars, rounded to so many places, as `$12.345`, with two decimals at least."""
    text = trimmed(number, places)
    whole, cents = ~text.str.contains(".", literal=True), text.str.contains(r"\.\d$")
    padding = pl.when(whole).then(pl.lit(".00")).when(cents).then(pl.lit("0")).otherwise(pl.lit(""))
    return pl.concat_str(pl.lit("$"), text, padding)


def shares(fixed: pl.Expr) -> pl.Expr:
    """Fixed-point quantity as `300 shares`, or `1 share`."""
    amount = trimmed(fixed.cast(pl.Float64) / SCALE)
    return pl.concat_str(amount, pl.when(fixed == SCALE).then(pl.lit(" share")).otherwise(pl.lit(" shares")))


def counted(number: pl.Expr | str, things: str) -> pl.Expr:
    """How many, an expression or a column, as `12 rows`, or `1 row`."""
    many = pl.col(number) if isinstance(number, str) else number
    return pl.format("{} {}", many, pl.when(many == 1).then(pl.lit(things[:-1])).otherwise(pl.lit(things)))


def span(duration_ns: pl.Expr) -> pl.Expr:
    """A duration as `12.5 ms` or `3.2 s`, and from two of a unit on as `4.1 min`, `7.5 h` or `2.3 days`."""
    size = duration_ns.abs()
    units = [
        pl.when(size < until_ns).then(pl.concat_str(trimmed(duration_ns / unit_ns, places), pl.lit(f" {unit}")))
        for unit_ns, places, unit, until_ns in _UNITS
    ]
    return pl.coalesce(*units, pl.concat_str(trimmed(duration_ns / NS_PER_DAY, 1), pl.lit(" days")))


def percent(share: pl.Expr) -> pl.Expr:
    """A share of 1 as `12.5 %`."""
    return pl.concat_str(trimmed(share * 100, 2), pl.lit(" %"))


def named(column: str, otherwise: str) -> pl.Expr:
    """A name, or what is said where there is none."""
    return pl.coalesce(pl.col(column).cast(pl.String), pl.lit(otherwise))
