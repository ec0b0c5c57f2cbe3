"""One source column to one canonical column: a value, or a reason why it cannot be read exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.vocab.fixed import SCALE, SCALE_DIGITS

if TYPE_CHECKING:
    from collections.abc import Mapping

EXACT = pl.Decimal(38, SCALE_DIGITS)
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?$"
BEYOND_SCALE = rf"\.\d{{{SCALE_DIGITS}}}\d*[1-9]|[eE]-"
INTEGER = r"^[+-]?\d{1,19}$"
TRUE_WORDS = ("true", "t", "1", "y", "yes")
FALSE_WORDS = ("false", "f", "0", "n", "no")
FLOAT_NOISE_ULPS = 8
"""A binary double a few units in the last place off a decimal is that decimal; more is another number."""

_MANTISSA_BITS = {pl.Float32: 23, pl.Float64: 52}


@dataclass(frozen=True, slots=True)
class Field:
    """A canonical column in the making.

    Attributes:
        value: the canonical value; null where it is missing or unreadable.
        problem: a stable reason word where the source has something that cannot be read, else null.
    """

    value: pl.Expr
    problem: pl.Expr


NO_PROBLEM = pl.lit(None, dtype=pl.String)


def fixed_field(source: pl.Expr, dtype: pl.DataType) -> Field:
    """A decimal number at 1e-9; text is read exactly, doubles are checked against the scale."""
    if dtype == pl.String:
        return _fixed_from_text(source)
    if dtype in (pl.Float32, pl.Float64):
        return _fixed_from_float(source, _MANTISSA_BITS[type(dtype)])
    scaled = source.cast(pl.Decimal(38, 0)).cast(EXACT, strict=False) if dtype.is_integer() else source.cast(EXACT)
    return _fitting(source, scaled.to_physical())


def _fixed_from_text(source: pl.Expr) -> Field:
    text = source.str.strip_chars()
    is_empty = text.is_null() | (text == "")
    value = text.cast(EXACT, strict=False).to_physical().cast(pl.Int64, strict=False)
    problem = (
        pl.when(is_empty)
        .then(NO_PROBLEM)
        .when(~text.str.contains(NUMBER))
        .then(pl.lit("not_a_number"))
        .when(text.str.contains(BEYOND_SCALE))
        .then(pl.lit("too_many_decimals"))
        .when(value.is_null())
        .then(pl.lit("number_out_of_range"))
    )
    return Field(value, problem)


def _fixed_from_float(source: pl.Expr, mantissa_bits: int) -> Field:
    wide = source.cast(pl.Float64)
    scaled = (wide * SCALE).round(0, mode="half_to_even")
    value = scaled.cast(pl.Int64, strict=False)
    noise = (wide * SCALE).abs() * (FLOAT_NOISE_ULPS * 2.0**-mantissa_bits)
    if mantissa_bits < _MANTISSA_BITS[pl.Float64]:
        text = _fixed_from_text(source.cast(pl.String))
        value = text.value
        scaled = value.cast(pl.Float64)
    problem = (
        pl.when(source.is_null())
        .then(NO_PROBLEM)
        .when(~wide.is_finite())
        .then(pl.lit("not_a_number"))
        .when(value.is_null())
        .then(pl.lit("number_out_of_range"))
        .when((wide * SCALE - scaled).abs() > noise)
        .then(pl.lit("too_many_decimals"))
    )
    return Field(pl.when(problem.is_null()).then(value), problem)


def _fitting(source: pl.Expr, scaled: pl.Expr) -> Field:
    value = scaled.cast(pl.Int64, strict=False)
    problem = pl.when(source.is_not_null() & value.is_null()).then(pl.lit("number_out_of_range"))
    return Field(value, problem)


def count_field(source: pl.Expr, dtype: pl.DataType) -> Field:
    """A whole number."""
    text = source.str.strip_chars() if dtype == pl.String else source.cast(pl.String).str.replace(r"\.0+$", "")
    is_empty = text.is_null() | (text == "")
    value = text.cast(pl.Int64, strict=False)
    problem = (
        pl.when(is_empty)
        .then(NO_PROBLEM)
        .when(~text.str.contains(INTEGER) | value.is_null())
        .then(pl.lit("not_a_whole_number"))
    )
    return Field(value, problem)


def flag_field(source: pl.Expr, dtype: pl.DataType, recoding: Mapping[str, str]) -> Field:
    """A yes or no."""
    text = recoded(source, dtype, recoding).str.to_lowercase()
    value = pl.when(text.is_in(TRUE_WORDS)).then(pl.lit(True)).when(text.is_in(FALSE_WORDS)).then(pl.lit(False))
    return Field(value, pl.when(text.is_not_null() & value.is_null()).then(pl.lit("unknown_value")))


def text_field(source: pl.Expr, dtype: pl.DataType, recoding: Mapping[str, str], words: tuple[str, ...]) -> Field:
    """A text; where the column has a fixed vocabulary, one of its words."""
    text = recoded(source, dtype, recoding)
    if not words:
        return Field(text, NO_PROBLEM)
    word = pl.when(text.is_in(words)).then(text).otherwise(text.str.to_lowercase().str.replace_all(r"[ \-]+", "_"))
    known = word.is_in(words)
    return Field(pl.when(known).then(word), pl.when(text.is_not_null() & ~known).then(pl.lit("unknown_value")))


def day_field(source: pl.Expr, dtype: pl.DataType) -> Field:
    """A calendar day, `2026-07-01`, `20260701`, or a month `2026-07`, which stands for its first day."""
    if dtype == pl.Date:
        return Field(source, NO_PROBLEM)
    if dtype == pl.Datetime:
        return Field(source.dt.date(), NO_PROBLEM)
    text = source.cast(pl.String).str.strip_chars().str.replace_all("-", "")
    text = pl.when(text.str.len_bytes() == len("202607")).then(text + "01").otherwise(text)
    value = text.str.to_date("%Y%m%d", strict=False)
    return Field(value, pl.when((text != "") & value.is_null()).then(pl.lit("not_a_day")))


def recoded(source: pl.Expr, dtype: pl.DataType, recoding: Mapping[str, str]) -> pl.Expr:
    """Trimmed text after the map's recoding; empty text is null unless the map gives it a meaning."""
    text = (source if dtype == pl.String else source.cast(pl.String)).str.strip_chars()
    if recoding:
        text = text.fill_null("").replace(dict(recoding))
    return pl.when(text != "").then(text)
