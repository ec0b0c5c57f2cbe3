"""What a venue charges is that of its schedule in force on the day, and it is disclosed from the day that says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, cast

import polars as pl
import pytest

from routeproof.app.review.venues import net_payments, undisclosed
from routeproof.tables.registry import TABLES

if TYPE_CHECKING:
    from routeproof.app.review.quarter import Quarter
    from routeproof.stores.lake import Lake

JULY, AUGUST, OCTOBER = date(2026, 7, 1), date(2026, 8, 15), date(2026, 10, 1)


@dataclass
class HeldTables:
    """A lake that holds these tables, and no others."""

    tables: dict[str, pl.DataFrame] = field(default_factory=dict)

    def read(self, table: str, manifest: str | None = None) -> pl.DataFrame:
        """Rows of a table."""
        del manifest
        return self.tables.get(table, TABLES[table].empty())


def fees(*rows: tuple[str, date, str, str]) -> pl.DataFrame:
    """Venue, first day, rebate and fee in nanodollars a share, of fills that removed liquidity."""
    names = ("venue", "valid_from", "rebate_usd_per_share", "fee_usd_per_share")
    told = [dict(zip(names, (venue, day, int(rebate), int(fee)), strict=True)) for venue, day, rebate, fee in rows]
    return TABLES["fee_schedules"].conform(pl.DataFrame(told).with_columns(pl.lit("removed").alias("liquidity")))


@dataclass
class Charged:
    """A quarter of which only what venues charged is asked: 1,000 shares removed at ARCX and XNAS on two days."""

    days: tuple[date, ...] = (JULY, AUGUST)

    @property
    def tables(self) -> dict[str, pl.DataFrame]:
        """By name of the grouping."""
        rows = [
            {
                "provider": "P",
                "venue": venue,
                "liquidity": "removed",
                "trading_day": day,
                "executions": 1,
                "executed_shares": 1_000.0,
                "fees_usd": None,
                "rebates_usd": None,
                "payments_usd": None,
            }
            for venue in ("ARCX", "XNAS")
            for day in self.days
        ]
        numbers = dict.fromkeys(("fees_usd", "rebates_usd", "payments_usd"), pl.Float64)
        return {"venue_charges": pl.DataFrame(rows, schema_overrides=numbers)}


def test_a_rate_counts_from_its_day() -> None:
    """ARCX charges 0.3 cents, from 15 August 0.2; XNAS pays 0.1 cents from August only; October is to come.

    1,000 shares a day: ARCX -3.00 and -2.00; XNAS nothing that anybody knows and +1.00.
    """
    schedule = fees(
        ("ARCX", date(2026, 1, 1), "0", "3000000"),
        ("ARCX", AUGUST, "0", "2000000"),
        ("ARCX", OCTOBER, "0", "9000000"),
        ("XNAS", AUGUST, "1000000", "0"),
    )
    lake = cast("Lake", HeldTables({"fee_schedules": schedule}))
    found = net_payments(lake, "", cast("Quarter", Charged()), "P")
    assert dict(found.iter_rows()) == {"ARCX": pytest.approx(-5.0), "XNAS": pytest.approx(1.0)}


def test_a_venue_is_undisclosed_until_the_day_that_lists_it() -> None:
    """Of 4,000 shares XNAS has 1,000 before the day from which it is listed; ARCX is listed since ever."""
    listed: list[dict[str, Any]] = [
        {"mic": "ARCX", "valid_from": date(2020, 1, 1)},
        {"mic": "XNAS", "valid_from": AUGUST},
        {"mic": "XNAS", "valid_from": OCTOBER},
    ]
    lake = cast("Lake", HeldTables({"venues": TABLES["venues"].conform(pl.DataFrame(listed))}))
    assert undisclosed(lake, "", cast("Quarter", Charged()), "P") == [("XNAS", 0.25)]
    assert undisclosed(cast("Lake", HeldTables()), "", cast("Quarter", Charged()), "P") == []
