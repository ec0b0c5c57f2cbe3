"""One source column to one canonical column: values, and a reason wherever one cannot be read exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.intake.decimal_text import finer_than_scale
from routeproof.vocab.fixed import SCALE, SCALE_DIGITS

if TYPE_CHECKING:
    from collections.abc import Mapping

EXACT = pl.Decimal(38, SCALE_DIGITS)
NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?$"
PLAIN_NUMBER = r"^-?[0-9]{1,9}(\.[0-9]{1,9})?$"
"""Texts that are numbers at the scale beyond doubt; what is not may still be one."""

INTEGER = r"^[+-]?\d{1,19}$"
TRUE_WORDS = ("true", "t", "1", "y", "yes")
FALSE_WORDS = ("false", "f", "0", "n", "no")
FLOAT_NOISE_ULPS = 8
"""A binary double a few units in the last place off a decimal is that decimal; more is another number."""

DOUBLE_MANTISSA_BITS = 52
EXACT_PRODUCT_LIMIT = 2.0**50
"""Below it, the error of a double and of its product with the scale stay under half a unit."""


LARGEST = 2**63 - 1
"""Largest value that a canonical column holds."""


@dataclass(frozen=True, slots=True)
class Field:
    """A canonical column in the making.

    Attributes:
        value: canonical values; null where missing or unreadable.
        problem: a stable reason word where the source has something that cannot be read, null elsewhere; `None` if
            there is no such row.
    """

    value: pl.Series
    problem: pl.Series | None = None


def marked(value: pl.Series, *reasons: tuple[pl.Series, str]) -> Field:
    """A field whose problem is the first reason that holds for a row; a row with a problem has no value."""
    if not any(holds.any() for holds, _ in reasons):
        return Field(value)
    frame = pl.DataFrame({"value": value, **{str(at): holds for at, (holds, _) in enumerate(reasons)}})
    problem = pl.coalesce(pl.when(str(at)).then(pl.lit(word)) for at, (_, word) in enumerate(reasons))
    frame = frame.select(problem.alias("problem"), pl.when(problem.is_null()).then("value").alias("value"))
    return Field(frame.get_column("value"), frame.get_column("problem"))


def trimmed(source: pl.Series) -> pl.Series:
    """Text without surrounding blanks; empty text is null."""
    text = (source if source.dtype == pl.String else source.cast(pl.String)).str.strip_chars()
    is_empty = text == ""
    return text.set(is_empty, None) if is_empty.any() else text


def fixed_field(source: pl.Series) -> Field:
    """A decimal number at 1e-9; text is read exactly, doubles are checked against the scale."""
    if source.dtype in (pl.String, pl.Float32):
        # The shortest text of a single-precision number is the decimal that was meant.
        return _fixed_from_text(trimmed(source))
    if source.dtype == pl.Float64:
        return _fixed_from_double(source)
    if source.dtype.is_integer() and (whole := times(source, SCALE)) is not None:
        return Field(whole)
    wide = source.cast(pl.Decimal(38, 0)) if source.dtype.is_integer() else source
    exact = wide.cast(EXACT, strict=False)
    value = exact.to_physical().cast(pl.Int64, strict=False)
    present = source.is_not_null()
    return marked(
        value,
        (present & _is_rounded(wide, exact), "too_many_decimals"),
        (present & value.is_null(), "number_out_of_range"),
    )


def _is_rounded(wide: pl.Series, exact: pl.Series) -> pl.Series:
    """Rows whose digits beyond the scale are not all zero."""
    if not isinstance(wide.dtype, pl.Decimal) or wide.dtype.scale <= SCALE_DIGITS:
        return pl.Series([False], dtype=pl.Boolean).new_from_index(0, len(wide))
    return (exact.cast(wide.dtype, strict=False) != wide).fill_null(value=False)


def times(whole: pl.Series, factor: int) -> pl.Series | None:
    """Integers times a factor as Int64, or `None` if one of the products could be too large."""
    if len(whole) == whole.null_count():
        return whole.cast(pl.Int64)
    least, most = int(str(whole.min())), int(str(whole.max()))
    if max(-least, most) * factor > LARGEST:
        return None
    narrow = whole.cast(pl.Int64)
    return narrow if factor == 1 else narrow * factor


def _fixed_from_text(text: pl.Series) -> Field:
    value = text.cast(EXACT, strict=False).to_physical().cast(pl.Int64, strict=False)
    if text.str.contains(PLAIN_NUMBER).all():
        return Field(value)
    present = text.is_not_null()
    return marked(
        value,
        (present & ~text.str.contains(NUMBER), "not_a_number"),
        (present & finer_than_scale(text), "too_many_decimals"),
        (present & value.is_null(), "number_out_of_range"),
    )


def _fixed_from_double(source: pl.Series) -> Field:
    exact = source * SCALE
    scaled = exact.round(0, mode="half_to_even")
    value = scaled.cast(pl.Int64, strict=False)
    is_large = (exact.abs() > EXACT_PRODUCT_LIMIT).fill_null(value=False)
    if is_large.any():
        # The product itself is rounded there; the shortest text of the double is not.
        value = value.zip_with(~is_large, _fixed_from_text(source.cast(pl.String)).value.fill_null(value))
    noise = exact.abs() * (FLOAT_NOISE_ULPS * 2.0**-DOUBLE_MANTISSA_BITS)
    present = source.is_not_null()
    return marked(
        value,
        (present & ~source.is_finite(), "not_a_number"),
        (present & value.is_null(), "number_out_of_range"),
        (present & ((exact - scaled).abs() > noise), "too_many_decimals"),
    )


def count_field(source: pl.Series) -> Field:
    """A whole number."""
    text = trimmed(source)
    if source.dtype.is_float():
        text = text.str.replace(r"\.0+$", "")
    value = text.cast(pl.Int64, strict=False)
    wrong = text.is_not_null() & (~text.str.contains(INTEGER) | value.is_null())
    return marked(value, (wrong, "not_a_whole_number"))


def flag_field(source: pl.Series, recoding: Mapping[str, str]) -> Field:
    """A yes or no."""
    text = recoded(source, recoding).str.to_lowercase()
    value = text.replace_strict(
        {**dict.fromkeys(TRUE_WORDS, True), **dict.fromkeys(FALSE_WORDS, False)},
        default=None,
        return_dtype=pl.Boolean,
    )
    return marked(value, (text.is_not_null() & value.is_null(), "unknown_value"))


def text_field(source: pl.Series, recoding: Mapping[str, str], words: tuple[str, ...]) -> Field:
    """A text; where the column has a fixed vocabulary, one of its words."""
    text = recoded(source, recoding)
    if not words or text.is_in(words).all():
        return Field(text)
    word = text.str.to_lowercase().str.replace_all(r"[ \-]+", "_")
    return marked(word, (text.is_not_null() & ~word.is_in(words), "unknown_value"))


def day_field(source: pl.Series) -> Field:
    """A calendar day, `2026-07-01`, `20260701`, or a month `2026-07`, which stands for its first day."""
    if source.dtype == pl.Date:
        return Field(source)
    if source.dtype == pl.Datetime:
        return Field(source.dt.date())
    text = trimmed(source).str.replace_all("-", "").str.replace(r"^(\d{6})$", "${1}01")
    value = text.str.to_date("%Y%m%d", strict=False)
    return marked(value, (text.is_not_null() & value.is_null(), "not_a_day"))


def recoded(source: pl.Series, recoding: Mapping[str, str]) -> pl.Series:
    """Trimmed text after the map's recoding; empty text is null unless the map gives it a meaning."""
    text = trimmed(source)
    if not recoding:
        return text
    return trimmed(text.fill_null("").replace(dict(recoding)))
