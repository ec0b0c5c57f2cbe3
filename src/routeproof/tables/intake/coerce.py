"""Frames that people hand to the library, brought to canonical types exactly or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.tables.intake.decimal_text import finer_than_scale
from routeproof.tables.intake.frame_checks import checked
from routeproof.tables.session_clock import days_of
from routeproof.vocab.errors import SchemaError
from routeproof.vocab.fixed import FLOAT_NOISE, LEAST_FLOAT_NOISE, SCALE, SCALE_DIGITS
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Collection

    from routeproof.tables.schema import Table

_FIXED = ("price", "quantity", "money")
_LEAST_PLAUSIBLE_SHARES = SCALE // 1000
_LEAST_PLAUSIBLE_INSTANT = 315_532_800 * NS_PER_S


def coerce(frame: pl.DataFrame, table: Table, *, where: str, unknown: Collection[str] = ()) -> pl.DataFrame:
    """The frame as the canonical table.

    Args:
        frame: canonical column names. Prices, quantities and money are decimal text, floats that are exact at nine
            decimals, decimals, or integers already scaled by 1e9, not-a-number being a missing value; instants are
            integers of UTC ns, datetimes (without a zone they are UTC), or ISO text with an offset.
        table: what it is to become; columns it does not know are dropped.
        where: name of the argument, for errors.
        unknown: required columns whose values may be missing.

    Raises:
        SchemaError: a required column is missing, a value cannot be held exactly, or `checked` refuses one.
    """
    missing = [column.name for column in table.columns if column.required and column.name not in frame.columns]
    if missing:
        message = f"expected columns {', '.join(missing)} in {where}, found {', '.join(frame.columns)}"
        raise SchemaError(message, where=where)
    plain = pl.DataFrame(
        [
            in_kind(frame[column.name], column.kind, f"{where}.{column.name}")
            for column in table.all_columns
            if column.name in frame.columns
        ]
    )
    if "sequence" in table.names and "sequence" not in frame.columns:
        plain = plain.with_columns(pl.int_range(1, frame.height + 1, dtype=pl.Int64).alias("sequence"))
    conformed = _conformed(plain, table, where)
    if table.day_of:
        days = conformed["trading_day"]
        if days.null_count():
            days = days.fill_null(days_of(conformed[table.day_of]))
        conformed = conformed.with_columns(days.alias("trading_day"))
    return checked(conformed, table, given=plain.columns, where=where, unknown=unknown)


def _conformed(plain: pl.DataFrame, table: Table, where: str) -> pl.DataFrame:
    try:
        return table.conform(plain)
    except pl.exceptions.PolarsError as error:
        wanted = ", ".join(f"{name} {dtype}" for name, dtype in table.dtypes.items() if name in plain.columns)
        message = f"expected {where} in the types {wanted}; {_first_line(error)}"
        raise SchemaError(message, where=where) from error


def in_kind(values: pl.Series, kind: str, where: str) -> pl.Series:
    """Values of a kind of column: numbers as fixed point, instants as UTC ns; others, and nulls, as they are.

    Raises:
        SchemaError: a value cannot be held exactly.
    """
    if kind in _FIXED:
        try:
            return _fixed(values, kind, where)
        except pl.exceptions.PolarsError as error:
            message = f"expected numbers that fit fixed point at 1e-{SCALE_DIGITS} in {where}; {_first_line(error)}"
            raise SchemaError(message, where=where) from error
    if kind == "instant" and values.dtype.is_integer():
        return _of_this_age(values, where)
    if kind == "instant" and isinstance(values.dtype, pl.Datetime):
        zoned = values if values.dtype.time_zone is None else values.dt.convert_time_zone("UTC")
        return zoned.dt.epoch("ns")
    if values.dtype == pl.String and kind in {"instant", "day"}:
        return _from_text(values, kind, where)
    return values


def _of_this_age(values: pl.Series, where: str) -> pl.Series:
    """Integers that may be nanoseconds since 1970: a whole column from before 1980 is in another unit."""
    latest = values.max()
    if isinstance(latest, int) and 0 < latest < _LEAST_PLAUSIBLE_INSTANT:
        message = (
            f"integers in {where} are taken as UTC nanoseconds since 1970, and the latest, {latest}, would be before "
            "1980: multiply them, or pass datetimes"
        )
        raise SchemaError(message, where=where)
    return values


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _from_text(values: pl.Series, kind: str, where: str) -> pl.Series:
    try:
        if kind == "day":
            return values.str.to_date("%Y-%m-%d")
        return values.str.to_datetime(time_unit="ns", time_zone="UTC").dt.epoch("ns")
    except pl.exceptions.PolarsError as error:
        example = "2026-07-01" if kind == "day" else "2026-07-01T13:30:00.5Z, an integer of UTC ns, or a datetime"
        message = f"expected {kind}s such as {example} in {where}, found {values.drop_nulls().first()!r}"
        raise SchemaError(message, where=where) from error


def _fixed(values: pl.Series, kind: str, where: str) -> pl.Series:
    if values.dtype.is_integer():
        return _scaled(values, kind, where)
    if values.dtype == pl.Float64:
        return _from_float(values, where)
    if values.dtype == pl.Float32:
        # The shortest text of a single-precision number is the decimal that was meant, in a frame as in a file.
        values = values.fill_nan(None)
    text = values.cast(pl.String)
    fixed = text.str.to_decimal(scale=SCALE_DIGITS).cast(pl.Decimal(38, SCALE_DIGITS))
    if finer_than_scale(text).any() or fixed.null_count() != values.null_count():
        message = f"expected numbers with at most {SCALE_DIGITS} decimals in {where}"
        raise SchemaError(message, where=where)
    integers: pl.Series = fixed.to_physical().cast(pl.Int64).alias(values.name)
    return integers


def _scaled(values: pl.Series, kind: str, where: str) -> pl.Series:
    largest = values.abs().max()
    if kind == "quantity" and isinstance(largest, int) and 0 < largest < _LEAST_PLAUSIBLE_SHARES:
        message = (
            f"integers in {where} are taken as fixed point at 1e-{SCALE_DIGITS}, and the largest, {largest}, would be "
            f"{largest / SCALE} shares: multiply by {SCALE}, or pass decimal text or floats"
        )
        raise SchemaError(message, where=where)
    return values.cast(pl.Int64)


def _from_float(values: pl.Series, where: str) -> pl.Series:
    wide = values.fill_nan(None)
    scaled = wide * SCALE
    fixed = scaled.round()
    noise = (scaled.abs() * FLOAT_NOISE).clip(lower_bound=LEAST_FLOAT_NOISE)
    off = ((scaled - fixed).abs() > noise) | ~scaled.is_finite()
    if off.any():
        first = wide.filter(off.fill_null(value=False))[0]
        message = f"expected numbers with at most {SCALE_DIGITS} decimals in {where}, found {first!r}"
        raise SchemaError(message, where=where)
    integers: pl.Series = fixed.cast(pl.Int64)
    return integers
