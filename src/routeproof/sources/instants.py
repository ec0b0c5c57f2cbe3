"""Instants: epoch numbers, ISO text with or without offset, local times of a zone, to UTC nanoseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.fields import EXACT, NO_PROBLEM, Field
from routeproof.vocab.errors import MapError
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

if TYPE_CHECKING:
    from routeproof.sources.map_file import TimeFormat

NS_PER_UNIT = {"s": NS_PER_S, "ms": NS_PER_MS, "us": 1_000, "ns": 1}
EARLIEST_AT = 631_152_000 * NS_PER_S
"""1990-01-01: no electronic order is older."""
LATEST_AT = 4_102_444_800 * NS_PER_S
"""2100-01-01: no order is younger."""

_OFFSET = r"(?:Z|z|[+-]\d{2}:?\d{2})$"
_COMPACT_DAY = r"^(\d{4})(\d{2})(\d{2})[-T ]"
_LOCAL = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?$"


def instant_field(source: pl.Expr, dtype: pl.DataType, time: TimeFormat, name: str) -> Field:
    """An instant column as UTC nanoseconds.

    Raises:
        MapError: if the column is in local time and the map names no zone.
    """
    if dtype == pl.Datetime:
        field = _from_datetime(source, dtype, time, name)
    elif dtype == pl.String and time.unit in ("", "iso"):
        field = _from_text(source, time)
    elif dtype.is_numeric():
        field = _from_epoch(source.cast(EXACT, strict=False), source, time)
    elif dtype == pl.String:
        text = source.str.strip_chars()
        field = _from_epoch(text.cast(EXACT, strict=False), pl.when(text != "").then(text), time)
    else:
        message = f"expected {name} as text, number or timestamp, found {dtype}"
        raise MapError(message, where=f"[time.{name}]")
    return Field(field.value, pl.coalesce(field.problem, _absurd(field.value)))


def _absurd(value: pl.Expr) -> pl.Expr:
    return pl.when((value < EARLIEST_AT) | (value >= LATEST_AT)).then(pl.lit("absurd_time"))


def _from_epoch(number: pl.Expr, source: pl.Expr, time: TimeFormat) -> Field:
    factor = NS_PER_UNIT[time.unit if time.unit in NS_PER_UNIT else "ns"]
    whole = number.to_physical() * pl.lit(factor, dtype=pl.Int128) // pl.lit(SCALE, dtype=pl.Int128)
    value = whole.cast(pl.Int64, strict=False)
    return Field(value, pl.when(source.is_not_null() & value.is_null()).then(pl.lit("not_a_time")))


def _from_datetime(source: pl.Expr, dtype: pl.DataType, time: TimeFormat, name: str) -> Field:
    assert isinstance(dtype, pl.Datetime)  # noqa: S101  # the caller has matched it
    wide = source.dt.cast_time_unit("ns")
    if dtype.time_zone is not None:
        return Field(wide.dt.timestamp("ns"), NO_PROBLEM)
    if not time.zone:
        message = f'expected a zone for {name}: the file\'s timestamps are without one; add [time.{name}] zone = "UTC"'
        raise MapError(message, where=f"[time.{name}]")
    return _localised(source, wide, time.zone)


def _from_text(source: pl.Expr, time: TimeFormat) -> Field:
    text = source.str.strip_chars().str.replace(_COMPACT_DAY, "$1-$2-${3}T")
    text = pl.when(text != "").then(text)
    offset = text.str.extract(f"({_OFFSET})")
    naive = text.str.replace(_OFFSET, "")
    has_seconds = naive.str.contains(r":\d{2}:")
    whole = pl.when(has_seconds).then(naive).otherwise(naive + ":00").str.replace(" ", "T")
    parsed = whole.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="ns", strict=False)
    well_formed = naive.str.contains(_LOCAL) & parsed.is_not_null()
    utc = Field(parsed.dt.timestamp("ns") - _offset_ns(offset), NO_PROBLEM)
    local = _localised(parsed, parsed, time.zone) if time.zone else Field(_NO_INSTANT, pl.lit("time_without_zone"))
    has_offset = offset.is_not_null()
    problem = (
        pl.when(text.is_null())
        .then(NO_PROBLEM)
        .when(~well_formed)
        .then(pl.lit("not_a_time"))
        .when(~has_offset)
        .then(local.problem)
    )
    value = pl.when(has_offset).then(utc.value).otherwise(local.value)
    return Field(pl.when(well_formed).then(value), problem)


_NO_INSTANT = pl.lit(None, dtype=pl.Int64)


def _offset_ns(offset: pl.Expr) -> pl.Expr:
    digits = offset.str.replace(":", "")
    hours, minutes = digits.str.slice(1, 2).cast(pl.Int64, strict=False), digits.str.slice(3, 2).cast(pl.Int64, strict=False)
    sign = pl.when(digits.str.starts_with("-")).then(-1).otherwise(1)
    return (sign * (hours.fill_null(0) * 3600 + minutes.fill_null(0) * 60) * NS_PER_S).fill_null(0)


def _localised(source: pl.Expr, naive: pl.Expr, zone: str) -> Field:
    """Local times; the hour that occurs twice and the one that does not occur are no instants."""
    aware = naive.dt.replace_time_zone(zone, ambiguous="null", non_existent="null")
    value = aware.dt.timestamp("ns")
    return Field(value, pl.when(source.is_not_null() & value.is_null()).then(pl.lit("ambiguous_local_time")))
