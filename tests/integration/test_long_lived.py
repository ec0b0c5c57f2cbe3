"""A good-till-cancelled order is the same whatever days are asked for."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from routeproof.app.measuring.frame_source import FrameSource
from routeproof.app.measuring.measure_frames import grouping_of
from routeproof.app.measuring.measure_range import Range, measure_range
from routeproof.app.shipped_rules import shipped_rules
from routeproof.tables.intake.coerce import coerce
from routeproof.tables.intake.inline_orders import plain_orders
from routeproof.tables.registry import TABLES
from routeproof.tables.switches import Switches

RECEIVED, QUIET, FILLED = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)


def ns(day: date, clock: str) -> int:
    """UTC ns of a New York time."""
    at = datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), ZoneInfo("America/New_York"))  # noqa: DTZ007
    return int(at.timestamp()) * 10**9


def source() -> FrameSource:
    """A buy at 9.96: the bid comes down to it on a day without flow, at 11:00, and it is filled on the day after."""
    quotes = pl.DataFrame(
        {
            "symbol": "A",
            "at": [ns(RECEIVED, "10:00"), ns(QUIET, "09:20"), ns(QUIET, "11:00"), ns(FILLED, "09:20")],
            "bid": ["10.00", "9.97", "9.95", "10.02"],
            "ask": ["10.04", "10.01", "9.99", "10.06"],
        }
    )
    orders = pl.DataFrame(
        {
            "order_id": ["o"], "symbol": ["A"], "side": ["buy"], "received_at": [ns(RECEIVED, "10:01")],
            "quantity": ["100"], "order_type": ["limit"], "limit_price": ["9.96"], "time_in_force": ["gtc"],
        }
    )  # fmt: skip
    fills = pl.DataFrame(
        {
            "execution_id": ["e"], "order_id": ["o"], "symbol": ["A"], "executed_at": [ns(FILLED, "10:00")],
            "price": ["9.96"], "quantity": ["100"],
        }
    )  # fmt: skip
    parents, versions = plain_orders(orders)
    tables = {
        "executions": coerce(fills, TABLES["executions"], where="executions"),
        "parent_orders": parents,
        "order_versions": versions,
    }
    return FrameSource(tables, quotes)


def measured(*days: date) -> dict[str, object]:
    """The one row by class of these days."""
    what = Range(days, grouping_of(["order_class"]))
    return measure_range(source(), what, shipped_rules(), Switches()).row(0, named=True)


def test_a_range_that_begins_later_still_knows_when_its_orders_became_executable() -> None:
    """Asked for the day of the fill alone, the clock starts where it did on the quiet day."""
    row = measured(FILLED)
    assert (row["order_class"], row["orders"], row["executions"]) == ("non_marketable", 0, 1)
    assert row["time_to_execution_ms_avg"] == 23 * 3600 * 1000.0
    assert row["quoted_spread_usd_per_share"] == 0.04


def test_a_range_that_ends_earlier_knows_no_more_than_its_last_day() -> None:
    """On the day of receipt the order has not become executable."""
    row = measured(RECEIVED)
    assert (row["order_class"], row["orders"], row["executions"]) == ("never_executable", 1, 0)
