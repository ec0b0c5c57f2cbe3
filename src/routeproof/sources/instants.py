"""Instants: epoch numbers, ISO text with or without offset, local times of a zone, to UTC nanoseconds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from routeproof.sources.fields import EXACT, Field, marked, times, trimmed
from routeproof.tables.intake.decimal_text import finer_than_scale
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
BEYOND = "absurd_time"
"""Reason word of an instant before or after these."""

_ISO = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|z|[+-]\d{2}:?\d{2})?$"
_COMPACT_DAY = r"^(\d{4})(\d{2})(\d{2})[-T ](\d{2}:)"
_NO_SECONDS = r"^(\S{10}[T ]\d{2}:\d{2})(Z|z|[+-]\d{2}:?\d{2})?$"
_OFFSET = r"([+-]\d{2}:?\d{2})$"
_SECONDS = "%Y-%m-%dT%H:%M:%S"
_UNIFORM = re.compile(
    r"\d{4}-\d\d-\d\d(?P<separator>[T ])\d\d:\d\d:\d\d(\.(?P<fraction>\d{1,9}))?(?P<utc>Z?)", re.ASCII
)
WHOLE_DOUBLE_LIMIT = 2.0**53
"""Below it a double that is whole is that very integer."""

_HEAD = len("2026-07-01T09:30:00")


def instant_field(source: pl.Series, time: TimeFormat, name: str) -> Field:
    """An instant column as UTC nanoseconds.

    Raises:
        MapError: if the column is in local time and the map names no zone.
    """
    if isinstance(source.dtype, pl.Datetime):
        return _plausible(_from_datetime(source, source.dtype, time, name))
    if source.dtype == pl.String and time.unit == "iso":
        return _plausible(_from_text(trimmed(source), time, name))
    if source.dtype == pl.String:
        text = trimmed(source)
        if not time.unit and text.str.contains(r"\d[-:]\d").any():
            return _plausible(_from_text(text, time, name))
        return _plausible(_from_epoch(text, time))
    if source.dtype.is_numeric():
        return _plausible(_from_epoch(source, time))
    message = f"expected {name} as text, number or timestamp, found {source.dtype}"
    raise MapError(message, where=f"[time.{name}]")


def _plausible(field: Field) -> Field:
    absurd = ((field.value < EARLIEST_AT) | (field.value >= LATEST_AT)).fill_null(value=False)
    if not absurd.any():
        return field
    # The value stays: a refused row still says when it claims to have happened.
    problem = pl.Series([None], dtype=pl.String).new_from_index(0, len(absurd)).set(absurd, BEYOND)
    return Field(field.value, problem if field.problem is None else field.problem.fill_null(problem))


def _without_binary(source: pl.Series) -> pl.Series:
    """Doubles as the numbers that they stand for: integers if all are whole, else the shortest text of each."""
    is_whole = (source == source.floor()) & (source.abs() < WHOLE_DOUBLE_LIMIT)
    return source.cast(pl.Int64) if is_whole.all() else source.cast(pl.String)


def _from_epoch(source: pl.Series, time: TimeFormat) -> Field:
    factor, is_text = NS_PER_UNIT.get(time.unit, 1), source.dtype == pl.String
    if source.dtype.is_float():
        source = _without_binary(source)
    if source.dtype.is_integer() and (value := times(source, factor)) is not None:
        return Field(value)
    exact = source.cast(EXACT, strict=False).to_physical()
    scaled, scale = exact * pl.Series([factor], dtype=pl.Int128), pl.Series([SCALE], dtype=pl.Int128)
    whole = scaled // scale
    value = whole.cast(pl.Int64, strict=False)
    reasons = [
        (source.is_not_null() & exact.is_null(), "not_a_time"),
        (whole.is_not_null() & value.is_null(), BEYOND),
    ]
    if is_text:
        # Who writes digits below a nanosecond means them; those of a double are what its unit leaves over.
        reasons.insert(1, (finer_than_scale(source) | (scaled % scale != 0), "too_many_decimals"))
    return marked(value, *reasons)


def _from_datetime(source: pl.Series, dtype: pl.Datetime, time: TimeFormat, name: str) -> Field:
    wide = source.dt.cast_time_unit("ns")
    if dtype.time_zone is not None:
        return Field(wide.dt.timestamp("ns"))
    value = _localised(wide, _zone(time, name))
    return marked(value, (source.is_not_null() & value.is_null(), "ambiguous_local_time"))


def _from_text(text: pl.Series, time: TimeFormat, name: str) -> Field:
    uniform = _from_uniform(text, time)
    if uniform is not None:
        return Field(uniform)
    text = _normal(text)
    present = text.is_not_null()
    whole = text.str.slice(0, _HEAD).str.to_datetime(_SECONDS, time_unit="ns", strict=False)
    bad_shape = present & (~text.str.contains(_ISO) | whole.is_null())
    fraction = text.str.extract(r"\.(\d{1,9})").str.pad_end(9, "0").cast(pl.Int64, strict=False).fill_null(0)
    has_offset = text.str.contains(r"(Z|z|[+-]\d{2}:?\d{2})$").fill_null(value=False)
    utc = whole.dt.timestamp("ns") + fraction - _offset_ns(text, has_offset)
    local_rows = present & ~has_offset & ~bad_shape
    if not local_rows.any():
        return marked(utc, (bad_shape, "not_a_time"))
    if not time.zone and has_offset.any():
        # A file that writes offsets and forgets one has a bad row, not a bad map.
        return marked(utc, (bad_shape, "not_a_time"), (local_rows, "time_without_zone"))
    local = _localised(whole, _zone(time, name)) + fraction
    value = utc.zip_with(has_offset, local)
    return marked(value, (bad_shape, "not_a_time"), (present & value.is_null(), "ambiguous_local_time"))


def _from_uniform(text: pl.Series, time: TimeFormat) -> pl.Series | None:
    """UTC ns of texts that are all written as the first one is, as a program writes them; else `None`."""
    shape = _UNIFORM.fullmatch(text[0] or "") if len(text) and not text.null_count() else None
    if shape is None or not (shape["utc"] or time.zone):
        return None
    separator, digits = shape["separator"], len(shape["fraction"] or "")
    digit = "[0-9]"  # the engine's own class of digits holds those of all scripts
    fraction = rf"\.{digit}{{{digits}}}" if digits else ""
    day, clock = "-".join((digit * 4, digit * 2, digit * 2)), ":".join([digit * 2] * 3)
    pattern = f"^{day}{separator}{clock}{fraction}{shape['utc']}$"
    if not text.str.contains(pattern).all():
        return None
    whole = text.str.slice(0, _HEAD).str.to_datetime(f"%Y-%m-%d{separator}%H:%M:%S", time_unit="ns", strict=False)
    seconds = whole.dt.timestamp("ns") if shape["utc"] else _localised(whole, time.zone)
    if seconds.null_count():
        return None
    if not digits:
        return seconds
    unit: int = 10 ** (9 - digits)
    return seconds + text.str.slice(_HEAD + 1, digits).cast(pl.Int64) * unit


def _normal(text: pl.Series) -> pl.Series:
    """`20260701-09:30:00`, `2026-07-01 09:30` and the like as `2026-07-01T09:30:00`."""
    if text.str.contains(_COMPACT_DAY).any():
        text = text.str.replace(_COMPACT_DAY, "$1-$2-${3}T$4")
    if text.str.contains(_NO_SECONDS).any():
        text = text.str.replace(_NO_SECONDS, "$1:00$2")
    return text.str.replace(" ", "T", literal=True)


def _offset_ns(text: pl.Series, has_offset: pl.Series) -> pl.Series:
    nothing = pl.Series([0], dtype=pl.Int64).new_from_index(0, len(text))
    if not has_offset.any() or text.str.ends_with("Z").all():
        return nothing
    digits = text.str.extract(_OFFSET).str.replace(":", "", literal=True)
    hours, minutes = (digits.str.slice(at, 2).cast(pl.Int64, strict=False) for at in (1, 3))
    size = (hours * 3600 + minutes * 60) * NS_PER_S
    return (-size).zip_with(digits.str.starts_with("-").fill_null(value=False), size).fill_null(0)


def _zone(time: TimeFormat, name: str) -> str:
    if not time.zone:
        message = (
            f'expected a zone for {name}: its times are without offset; add [time.{name}] zone = "America/New_York", '
            'or zone = "UTC" if that is what they are'
        )
        raise MapError(message, where=f"[time.{name}]")
    return time.zone


def _localised(naive: pl.Series, zone: str) -> pl.Series:
    """UTC ns of local times; null in the hour that occurs twice and in the one that does not occur."""
    return naive.dt.replace_time_zone(zone, ambiguous="null", non_existent="null").dt.timestamp("ns")
