"""Words of sentences: amounts, durations and names as people read them, as columns."""

from __future__ import annotations

import polars as pl

from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

_PLACES = 6


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


def span(duration_ns: pl.Expr) -> pl.Expr:
    """A duration as `12.5 ms`, `3.2 s` or `4.1 min`."""
    size = duration_ns.abs()
    return (
        pl.when(size < NS_PER_S)
        .then(pl.concat_str(trimmed(duration_ns / NS_PER_MS, 3), pl.lit(" ms")))
        .when(size < 120 * NS_PER_S)
        .then(pl.concat_str(trimmed(duration_ns / NS_PER_S, 3), pl.lit(" s")))
        .otherwise(pl.concat_str(trimmed(duration_ns / (60 * NS_PER_S), 1), pl.lit(" min")))
    )


def percent(share: pl.Expr) -> pl.Expr:
    """A share of 1 as `12.5 %`."""
    return pl.concat_str(trimmed(share * 100, 2), pl.lit(" %"))


def named(column: str, otherwise: str) -> pl.Expr:
    """A name, or what is said where there is none."""
    return pl.coalesce(pl.col(column).cast(pl.String), pl.lit(otherwise))
