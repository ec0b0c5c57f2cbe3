"""Which prints are regular: the dated condition policy of a vendor, as an expression over a tape."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import TYPE_CHECKING, Literal

import polars as pl

from routeproof.tables.session_clock import day_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OPEN_MS = 34_200_000
"""09:30:00 New York, milliseconds since midnight."""
CLOSE_MS = 57_600_000
"""16:00:00 New York; a print at that instant is after the close."""
_MS_PER_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class PrintPolicy:
    """Conditions of one vendor from one day on.

    Attributes:
        valid_from: first day.
        encoding: `bits` (hexadecimal flags) or `letters`.
        allowed: bits or letters that a regular print may carry; any other one makes it irregular.
        corrections: correction codes of prints that stand; empty if the vendor has none.
        regular_hours_only: only prints with 09:30:00 <= t < 16:00:00 New York.
    """

    valid_from: date
    encoding: Literal["bits", "letters"]
    allowed: tuple[str, ...]
    corrections: tuple[str, ...] = ()
    regular_hours_only: bool = True


def _document() -> dict[str, object]:
    text = resources.files("routeproof.policy.regulation").joinpath("print_conditions.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


VENDORS = ("taq", "lean")
"""Whose conditions a file may carry: letters of the consolidated tape, or hexadecimal bits."""


def print_policy(vendor: str, day: date) -> PrintPolicy:
    """The vendor's policy in force on a day; the earliest one for days before it."""
    policies = print_policies(vendor)
    in_force = [item for item in policies if item.valid_from <= day]
    return in_force[-1] if in_force else policies[0]


def judged(trades: pl.DataFrame, vendor: str) -> pl.DataFrame:
    """Prints with `eligible` by the vendor's dated policy over their `conditions`; `at` in UTC ns.

    Conditions may be separated by blanks, commas or semicolons; a print without any is regular.
    """
    conditions = pl.col("conditions").str.replace_all("[,;]", " ")
    dated = [(policy.valid_from, is_regular(conditions, policy)) for policy in print_policies(vendor)]
    return trades.with_columns(on_day(day_of(pl.col("at")), dated).fill_null(value=False).alias("eligible"))


def on_day(day: pl.Expr, dated: Sequence[tuple[date, pl.Expr]]) -> pl.Expr:
    """What is in force on each row's day: the last of the dated that has begun, the first for days before it."""
    (_, value), *later = dated
    for valid_from, then in later:
        value = pl.when(day >= valid_from).then(then).otherwise(value)
    return value


def print_policies(vendor: str) -> list[PrintPolicy]:
    """The vendor's policies by their first day."""
    rows = _document()[vendor]
    assert isinstance(rows, list)  # noqa: S101  # shipped data, held to its shape by tests
    return sorted((_policy(row) for row in rows), key=lambda item: item.valid_from)


def venue_codes() -> dict[str, str]:
    """Tape participant letter to market identifier code."""
    codes = _document()["venues"]
    return {str(letter): str(mic) for letter, mic in codes.items()} if isinstance(codes, dict) else {}


def quote_size_unit(vendor: str, day: pl.Expr) -> pl.Expr:
    """Shares that one unit of a vendor's quoted size stands for on each row's day."""
    rows = _document()["quote_size"]
    assert isinstance(rows, list)  # noqa: S101  # shipped data, held to its shape by tests
    own = sorted((row["valid_from"], row["shares"]) for row in rows if row["vendor"] == vendor)
    return on_day(day, [(valid_from, pl.lit(shares, dtype=pl.Int64)) for valid_from, shares in own])


def _policy(row: Mapping[str, object]) -> PrintPolicy:
    allowed, corrections, first = row["allowed"], row.get("corrections_allowed", []), row["valid_from"]
    assert isinstance(allowed, list)  # noqa: S101  # shipped data, held to its shape by tests
    assert isinstance(corrections, list)  # noqa: S101
    assert isinstance(first, date)  # noqa: S101
    return PrintPolicy(
        valid_from=first,
        encoding="bits" if row["encoding"] == "bits" else "letters",
        allowed=tuple(map(str, allowed)),
        corrections=tuple(map(str, corrections)),
        regular_hours_only=bool(row["regular_hours_only"]),
    )


def is_regular(conditions: pl.Expr, policy: PrintPolicy) -> pl.Expr:
    """True for prints all of whose conditions are allowed; a print without conditions is regular."""
    if policy.encoding == "letters":
        other = conditions.str.replace_all("[" + "".join(policy.allowed) + r"\s]", "")
        return (other == "").fill_null(True)
    mask = sum(int(bit, 16) for bit in policy.allowed)
    flags = conditions.str.to_integer(base=16, strict=False, dtype=pl.Int64)
    return ((flags & pl.lit(~mask, dtype=pl.Int64)) == 0).fill_null(conditions.is_null())


def in_regular_hours(naive: pl.Expr) -> pl.Expr:
    """True for New York local times with 09:30:00 <= t < 16:00:00."""
    since_midnight = naive.dt.hour().cast(pl.Int64) * 3_600_000 + naive.dt.minute().cast(pl.Int64) * 60_000
    since_midnight = since_midnight + naive.dt.second().cast(pl.Int64) * 1000
    return (since_midnight >= OPEN_MS) & (since_midnight < CLOSE_MS)


def local_time(day: date, ms_since_midnight: pl.Expr) -> pl.Expr:
    """New York wall-clock time of milliseconds since that day's midnight; null outside the day."""
    known = (ms_since_midnight >= 0) & (ms_since_midnight < _MS_PER_DAY)
    midnight = pl.lit(day).cast(pl.Datetime("ns"))
    return pl.when(known).then(midnight + pl.duration(milliseconds=ms_since_midnight, time_unit="ns"))
