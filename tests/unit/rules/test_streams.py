"""Daily streams: figures worked by hand, whole days of orders only, the same for any order of rows."""

from __future__ import annotations

from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from routeproof.rules.streams import day_streams
from routeproof.vocab.fixed import SCALE

DAY = date(2026, 11, 23)
MS = 1_000_000


def fills() -> pl.DataFrame:
    """Three fills of a market order, one of a limit order that rests beyond the day."""
    return pl.DataFrame(
        {
            "provider": ["P", "P", "P", "P"],
            "venue": ["AAAA", "AAAA", "BBBB", "AAAA"],
            "order_group": ["market", "market", "market", "limit"],
            "order_class": ["market", "market", "market", "marketable_limit"],
            "tif": ["day", "day", "day", "gtc"],
            "quantity": [100 * SCALE, 300 * SCALE, 100 * SCALE, 900 * SCALE],
            "sign": [1, 1, -1, 1],
            "price": [10_020_000_000, 10_010_000_000, 10_000_000_000, 1],
            "far_touch": [10_020_000_000, 10_020_000_000, 10_000_000_000, 1],
            "mid2": [20_020_000_000, 20_020_000_000, None, 1],
            "mid2_1s": [20_040_000_000, 20_040_000_000, 20_000_000_000, 1],
            "mid2_60s": [None, None, None, 1],
            "time_to_execution_ns": [2 * MS, 5 * MS, 3 * MS, 1],
            "payment": [None, None, None, None],
            "capacity": ["agency", None, "principal", "principal"],
        },
        schema_overrides={"payment": pl.Int64, "mid2_60s": pl.Int64},
    )


def routes() -> pl.DataFrame:
    """A first hop and three children, one of which the venue refused."""
    return pl.DataFrame(
        {
            "provider": ["P"] * 4,
            "route_id": ["r0", "r1", "r2", "r3"],
            "parent_route_id": [None, "r0", "r0", "r0"],
            "venue": [None, "AAAA", "AAAA", "BBBB"],
            "order_group": ["market"] * 4,
            "tif": ["day"] * 4,
            "is_leaf": [0, 1, 1, 1],
            "sent_at": [0, 4 * MS, 9 * MS, 9 * MS],
            "acknowledged_at": [1, 5 * MS, 12 * MS, None],
            "quantity": [500 * SCALE, 100 * SCALE, 300 * SCALE, 100 * SCALE],
            "executed": [400 * SCALE, 100 * SCALE, 300 * SCALE, 0],
            "rejected": [0, 0, 0, 1],
        }
    )


def figures(found: pl.DataFrame, metric: str) -> dict[tuple[str | None, str | None], tuple[float, int, float]]:
    """Value, records and weight by venue and kind of order."""
    rows = found.filter(pl.col("metric") == metric).select("venue", "order_type", "value", "n", "weight").iter_rows()
    return {(venue, kind): (value, n, weight) for venue, kind, value, n, weight in rows}


def test_fills_by_hand() -> None:
    """Improvement (0 x 100 + 0.01 x 300) / 400; the order that may outlive the day is nowhere."""
    found = day_streams(DAY, fills(), None, None)
    improvement = figures(found, "price_improvement")
    assert improvement["AAAA", "market"] == (3 / 400, 2, 400.0)
    assert improvement[None, None] == (3 / 500, 3, 500.0)
    assert ("AAAA", "limit") not in improvement
    # 2 (10.02 - 10.01) and 2 (10.01 - 10.01); BBBB has no usable quote
    assert figures(found, "effective_spread")["AAAA", "market"] == (2 * 0.01 * 100 / 400, 2, 400.0)
    assert ("BBBB", "market") not in figures(found, "effective_spread")
    assert figures(found, "time_to_execution_ms")[None, "market"] == (3.0, 3, 3.0)
    # (20.04 - 20.04) x 100 + (20.04 - 20.02) x 300 over 20.02 x 400, in basis points; no quote after 60 s
    value, n, weight = figures(found, "markout_1s")["AAAA", None]
    assert (value, n, weight) == (10_000 * 0.02 * 300 / (20.02 * 400), 2, 10.01 * 400)
    assert figures(found, "markout_60s") == {}
    assert figures(found, "payment_per_share") == {}


def test_internalised_by_capacity_and_by_roof() -> None:
    """Without a register only stated capacities count; with one, every fill at a venue is known."""
    assert figures(day_streams(DAY, fills(), None, None), "internalised_share")[None, None] == (0.5, 2, 200.0)
    roof = pl.DataFrame({"provider": ["P"], "venue": ["AAAA"]})
    assert figures(day_streams(DAY, fills(), None, None, roof), "internalised_share")[None, None] == (1.0, 3, 500.0)


def test_routes_by_hand() -> None:
    """Shares filled, refused and sent by venue; the first hop goes to no venue."""
    found = day_streams(DAY, None, None, routes())
    assert figures(found, "fill_rate")["AAAA", "market"] == (1.0, 2, 400.0)
    assert figures(found, "fill_rate")[None, None] == (0.8, 3, 500.0)
    assert figures(found, "filled_routes") == {
        (venue, kind): (1.0, 2, 2.0) for venue in (None, "AAAA") for kind in (None, "market")
    }
    assert figures(found, "reject_share")["BBBB", None] == (1.0, 1, 100.0)
    assert figures(found, "routing_share")["AAAA", "market"] == (0.8, 2, 500.0)
    assert figures(found, "route_share")["BBBB", None] == (1 / 3, 1, 3.0)
    assert figures(found, "route_to_ack_ms")["AAAA", "market"] == (2.0, 2, 2.0)
    assert figures(found, "onward_delay_ms")[None, "market"] == (4.0, 1, 1.0)
    assert figures(found, "fade") == {}


def test_only_routes_that_a_venue_took_are_filled_or_not() -> None:
    """Of two at AAAA one came back unfilled; BBBB refused one whole, and one after some of it was filled."""
    seen = routes().with_columns(
        pl.Series("venue", ["BBBB", "AAAA", "AAAA", "BBBB"]),
        pl.Series("is_leaf", [1, 1, 1, 1]),
        pl.Series("executed", [SCALE, 100 * SCALE, 0, 0]),
        pl.Series("rejected", [1, 0, 0, 1]),
    )
    found = figures(day_streams(DAY, None, None, seen), "filled_routes")
    assert found["AAAA", None] == (1 / 2, 2, 2.0)
    assert found["BBBB", None] == (1.0, 1, 1.0)
    assert found[None, None] == (2 / 3, 3, 3.0)


def test_orders_by_hand() -> None:
    """Refused orders are left out, and so is what the customer took back before it could be executed."""
    orders = pl.DataFrame(
        {
            "provider": ["P", "P", "P"],
            "order_group": ["resting"] * 3,
            "tif": ["day"] * 3,
            "accepted": [1, 1, 0],
            "quantity": [300 * SCALE, 200 * SCALE, 900 * SCALE],
            "executed": [100 * SCALE, 200 * SCALE, 0],
            "cancelled_before_executable": [100 * SCALE, 0, 0],
        }
    )
    assert figures(day_streams(DAY, None, orders, None), "order_fill_rate")[None, "resting"] == (0.75, 2, 400.0)


def test_no_flow_no_streams() -> None:
    """A day of nothing has no rows."""
    assert day_streams(DAY, None, None, None).is_empty()


@settings(deadline=None)
@given(st.permutations(range(4)))
def test_any_order_of_rows(order: list[int]) -> None:
    """The streams are a function of the set of rows."""
    assert day_streams(DAY, fills()[order], None, routes()[order]).equals(day_streams(DAY, fills(), None, routes()))
