"""Cells to canonical values: exact, or refused with the reason."""

from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
import pytest

from routeproof.sources.fields import count_field, day_field, fixed_field, flag_field, text_field
from routeproof.sources.instants import instant_field
from routeproof.sources.map_file import TimeFormat, parse_map
from routeproof.vocab.errors import MapError

NEW_YORK = TimeFormat("iso", "America/New_York")


def fixed(value: object, dtype: pl.DataType | None = None) -> tuple[int | None, str | None]:
    """Value and problem of one cell."""
    field = fixed_field(pl.Series([value], dtype=dtype))
    return field.value[0], None if field.problem is None else field.problem[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [("10.015", 10_015_000_000), (" 7 ", 7_000_000_000), ("0.000000001", 1), ("-3", -3_000_000_000),
     (".5", 500_000_000),
     ("9223372036.854775807", 2**63 - 1), ("1.1000000000000", 1_100_000_000), ("", None), (None, None),
     ("3e-05", 30_000), ("1E-9", 1), ("1.50e-8", 15), ("1.23456789012e5", 123_456_789_012_000), ("100e-11", 1),
     ("0e-99", 0), ("-2.5e+1", -25_000_000_000)],
)  # fmt: skip
def test_decimal_text_is_read_exactly(text: str | None, value: int | None) -> None:
    """Never through a double."""
    assert fixed(text, pl.String()) == (value, None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("1.1234567891", "too_many_decimals"), ("ten", "not_a_number"), ("1,000", "not_a_number"), ("nan", "not_a_number"),
     ("9223372036.9", "number_out_of_range"), ("1_0", "not_a_number"),
     ("1.5e-9", "too_many_decimals"), ("1e-10", "too_many_decimals"),
     ("1.234567890123456e5", "too_many_decimals"), ("e-5", "not_a_number"), ("1e11", "number_out_of_range")],
)  # fmt: skip
def test_text_that_has_no_exact_value_is_refused(text: str, reason: str) -> None:
    """A rounded price would be another price."""
    assert fixed(text) == (None, reason)


def test_doubles_stand_for_the_decimal_they_are_next_to() -> None:
    """0.1 + 0.2 is 0.3 with noise; a tenth decimal is none."""
    assert fixed(0.1 + 0.2) == (300_000_000, None)
    assert fixed(184_321.123456789) == (184_321_123_456_789, None)
    assert fixed(10.0000000015) == (None, "too_many_decimals")
    assert fixed(float("inf")) == (None, "not_a_number")
    assert fixed(10.1, pl.Float32()) == (10_100_000_000, None)
    assert fixed(0.000003, pl.Float32()) == (3_000, None)


def test_decimals_beyond_the_scale_are_refused_unless_they_are_zeros() -> None:
    """Twelve places of which the last three are zeros are nine; a thirteenth digit was once rounded away."""
    wide = pl.Decimal(38, 12)
    assert fixed(Decimal("10.123456789000"), wide) == (10_123_456_789, None)
    assert fixed(Decimal("10.123456789001"), wide) == (None, "too_many_decimals")
    assert fixed(Decimal("1e20"), wide) == (None, "number_out_of_range")


def test_integers_are_whole_units() -> None:
    """100 shares are 100, whatever the width of the column."""
    assert fixed(100, pl.Int16()) == (100_000_000_000, None)


def test_integers_beyond_the_scale_are_refused_and_those_at_its_end_are_not() -> None:
    """9,223,372,036 units are the last whole ones in 63 bits at 1e-9; one row too large does not spoil the others."""
    field = fixed_field(pl.Series([9_223_372_036, -9_223_372_036, None, 9_223_372_037, 1], dtype=pl.Int64))
    scaled = 9_223_372_036_000_000_000
    assert field.value.to_list() == [scaled, -scaled, None, None, 1_000_000_000]
    assert field.problem is not None
    assert field.problem.to_list() == [None, None, None, "number_out_of_range", None]
    assert fixed_field(pl.Series([None, None], dtype=pl.Int32)).value.to_list() == [None, None]
    assert fixed(2**64 - 1, pl.UInt64()) == (None, "number_out_of_range")


def test_digits_of_other_scripts_are_no_numbers() -> None:
    """Arabic-Indic five and a half, alone and among plain numbers."""
    assert fixed("\u0665.\u0665")[0] is None
    field = fixed_field(pl.Series(["5.5", "\u0665.\u0665"]))
    assert field.problem is not None
    assert field.problem[1] is not None


def instant(value: object, time: TimeFormat, dtype: pl.DataType | None = None) -> tuple[int | None, str | None]:
    """Value and problem of one cell."""
    field = instant_field(pl.Series([value], dtype=dtype), time, "at")
    return field.value[0], None if field.problem is None else field.problem[0]


NINE_THIRTY = int(datetime(2026, 7, 1, 13, 30, tzinfo=UTC).timestamp()) * 10**9
"""09:30 New York on 1 July 2026, daylight time."""


@pytest.mark.parametrize(
    "text",
    ["2026-07-01T13:30:00Z", "2026-07-01 09:30:00", "2026-07-01T09:30", "20260701-09:30:00.000", "20260701 09:30:00",
     "2026-07-01T15:30:00+02:00", "2026-07-01T08:30:00.000000000-0500"],
)  # fmt: skip
def test_one_instant_in_many_notations(text: str) -> None:
    """Zone applies to local times only; an offset is already UTC."""
    assert instant(text, NEW_YORK) == (NINE_THIRTY, None)


@pytest.mark.parametrize(
    ("unit", "value"),
    [("s", "1782912600"), ("s", "1782912600.0"), ("ms", "1782912600000"), ("us", "1782912600000000"),
     ("ns", "1782912600000000000"), ("", "1782912600000000000")],
)  # fmt: skip
def test_epoch_units(unit: str, value: str) -> None:
    """Since 1970 UTC; nanoseconds unless the map says otherwise."""
    assert instant(value, TimeFormat(unit)) == (NINE_THIRTY, None)


def test_nanoseconds_survive() -> None:
    """Neither a double nor microseconds in between."""
    assert instant("2026-07-01T13:30:00.123456789Z", TimeFormat()) == (NINE_THIRTY + 123_456_789, None)
    assert instant("1782912600.123456789", TimeFormat("s")) == (NINE_THIRTY + 123_456_789, None)


@pytest.mark.parametrize(
    ("unit", "doubles", "offsets"),
    [
        ("ms", [1782912600123.0, 1782912600001.0, None], [123_000_000, 1_000_000, None]),
        ("ms", [1782912600123.0, 1782912600000.25], [123_000_000, 250_000]),
        ("s", [1782912600.123, 1782912600.0], [123_000_000, 0]),
        ("ns", [1.7829126e18], [0]),
    ],
)
def test_instants_in_doubles_are_the_numbers_that_were_meant(
    unit: str, doubles: list[float | None], offsets: list[int | None]
) -> None:
    """Offsets from 09:30 New York, in nanoseconds; 135 of them were once lost between a double and a decimal."""
    field = instant_field(pl.Series(doubles, dtype=pl.Float64), TimeFormat(unit), "at")
    assert field.problem is None
    assert [None if value is None else value - NINE_THIRTY for value in field.value] == offsets


def test_doubles_that_are_no_number_are_no_instant() -> None:
    """Beside one that is."""
    field = instant_field(pl.Series([float("nan"), float("inf"), 1782912600.0]), TimeFormat("s"), "at")
    assert field.value.to_list() == [None, None, NINE_THIRTY]
    assert field.problem is not None
    assert field.problem.to_list() == ["not_a_time", "not_a_time", None]


@pytest.mark.parametrize("text", ["2026-11-01 01:30:00", "2026-03-08 02:30:00"])
def test_local_times_that_are_no_instant_are_refused(text: str) -> None:
    """The hour that comes twice and the hour that does not come."""
    assert instant(text, NEW_YORK)[1] == "ambiguous_local_time"


def test_absurd_times_are_refused() -> None:
    """Milliseconds read as nanoseconds fall in 1970."""
    assert instant("1782912600000", TimeFormat("ns"))[1] == "absurd_time"
    assert instant("2200-01-01T00:00:00Z", TimeFormat("iso"))[1] == "absurd_time"
    assert (
        instant("1782912600000", TimeFormat("s"))[1] == "absurd_time"
    )  # the year 58468, beyond 64 bits of nanoseconds
    assert instant("yesterday", TimeFormat("iso"))[1] == "not_a_time"


def test_local_time_without_zone_is_a_wrong_map() -> None:
    """Guessing UTC would shift every figure by four hours."""
    with pytest.raises(MapError, match="zone"):
        instant("2026-07-01 09:30:00", TimeFormat("iso"))
    with pytest.raises(MapError, match="zone"):
        instant(datetime(2026, 7, 1, 9, 30), TimeFormat())  # noqa: DTZ001


@pytest.mark.parametrize(
    ("unit", "text"),
    [("s", "1782912600.1234567894"), ("s", "1.7829126001234567894e9"), ("ms", "1782912600000.1234567"),
     ("ns", "1782912600000000000.5")],
)  # fmt: skip
def test_text_that_says_more_than_nanoseconds_is_refused(unit: str, text: str) -> None:
    """As ISO text with ten decimals is; zeros say nothing more."""
    assert instant(text, TimeFormat(unit)) == (None, "too_many_decimals")
    assert instant("1782912600.1234567890", TimeFormat("s")) == (NINE_THIRTY + 123_456_789, None)
    assert instant("1782912600000.123456000", TimeFormat("ms")) == (NINE_THIRTY + 123_456, None)


def test_a_zone_beside_an_epoch_unit_is_that_of_timestamps_without_one() -> None:
    """A unit in a map says how numbers are written; a Parquet timestamp has one of its own. Numbers stay UTC."""
    time = parse_map({"table": "trades", "time": {"at": {"unit": "ns", "zone": "America/New_York"}}}).times["at"]
    assert instant(datetime(2026, 7, 1, 9, 30), time) == (NINE_THIRTY, None)  # noqa: DTZ001
    assert instant(NINE_THIRTY, time) == (NINE_THIRTY, None)
    assert instant(str(NINE_THIRTY), time) == (NINE_THIRTY, None)


def test_one_forgotten_offset_is_a_bad_row() -> None:
    """Not a bad map."""
    field = instant_field(pl.Series(["2026-07-01T13:30:00Z", "2026-07-01T13:30:00"]), TimeFormat("iso"), "at")
    assert field.problem is not None
    assert field.problem.to_list() == [None, "time_without_zone"]


def test_words_flags_counts_and_days() -> None:
    """Recoding first, then the fixed vocabulary in any case."""
    sides = text_field(pl.Series(["B", "SELL SHORT", "x", ""]), {"B": "buy"}, ("buy", "sell", "sell_short"))
    assert sides.value.to_list() == ["buy", "sell_short", None, None]
    assert sides.problem is not None
    assert sides.problem.to_list() == [None, None, "unknown_value", None]
    assert flag_field(pl.Series(["Y", "false", "H"]), {"H": "true"}).value.to_list() == [True, False, True]
    assert count_field(pl.Series(["12", "1.5"])).value.to_list() == [12, None]
    assert [str(day) for day in day_field(pl.Series(["20260701", "2026-07-02", "2026-07"])).value] == [
        "2026-07-01", "2026-07-02", "2026-07-01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["2026-07-01T13:30:00.5Z", "2026-07-01T13:30:00.7Z"], [(5 * 10**8, None), (7 * 10**8, None)]),
        (["2026-07-01 09:30:00.000000001", "2026-07-01 09:30:01.000000002"], [(1, None), (1_000_000_002, None)]),
        (["2026-07-01T13:30:00Z", "2026-07-01T09:30:00"], [(0, None), (0, None)]),
        (["2026-07-01T13:30:00.5Z", "2026-13-01T13:30:00.5Z"], [(5 * 10**8, None), (None, "not_a_time")]),
        (["2026-07-01T13:30:00.5Z", "2026-07-01T13:30:00.xZ"], [(5 * 10**8, None), (None, "not_a_time")]),
        (["2026-07-01 09:30:00", "2026-03-08 02:30:00"], [(0, None), (None, "ambiguous_local_time")]),
        (["2026-07-01T13:30:00Z", None, "2026-07-01T13:30:01Z"], [(0, None), (None, None), (10**9, None)]),
    ],
)
def test_a_column_of_times_is_read_row_by_row(
    texts: list[str | None], expected: list[tuple[int | None, str | None]]
) -> None:
    """Offsets from 09:30 New York; how the first row is written decides nothing about the others."""
    field = instant_field(pl.Series(texts, dtype=pl.String), NEW_YORK, "at")
    problems = field.problem.to_list() if field.problem is not None else [None] * len(texts)
    found = [None if value is None else value - NINE_THIRTY for value in field.value]
    assert list(zip(found, problems, strict=True)) == expected
