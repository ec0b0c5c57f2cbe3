"""Where no order has anything to look at, the answer has the same columns as where one has; windows and bounds."""

import numpy as np
import polars as pl

from routeproof.tables.lookup.market_flags import with_market_flags
from routeproof.tables.lookup.quote_book import book_of
from routeproof.tables.lookup.quote_extremes import with_extremes
from routeproof.tables.measured.ended_early import ended_early
from routeproof.tables.measured.open_limits import Market, open_limits
from routeproof.tables.measured.routes import route_paths
from routeproof.tables.registry import TABLES

OPEN_AT, CLOSE_AT = 1_000, 9_000
QUOTES = pl.DataFrame(
    {
        "symbol": ["A", "A", "A", "B"],
        "at": [1_000, 2_000, 3_000, 1_000],
        "sequence": [1, 2, 3, 4],
        "bid": [10, 8, 12, 20],
        "ask": [11, 14, 12, 21],
    }
)
MARKET = Market(OPEN_AT, CLOSE_AT, book_of(QUOTES), TABLES["trades"].empty())
FILLS = pl.DataFrame({"order_id": ["o"], "executed_at": [2_500], "quantity": [50]})


def versions(order_type: str) -> pl.DataFrame:
    """An order and its cancel by a venue, half filled."""
    rows = pl.DataFrame(
        {
            "order_id": ["o", "o"],
            "version": [1, 1],
            "event": ["new", "cancel"],
            "requested_by": ["", "venue"],
            "effective_at": [1_500, 4_000],
            "quantity": [100, 50],
            "order_type": order_type,
            "limit_price": 13,
            "time_in_force": "day",
            "instructions": "",
        }
    )
    told = {"provider": pl.lit("P"), "symbol": pl.lit("A"), "side": pl.lit("buy")}
    return TABLES["order_versions"].conform(rows).with_columns(**told)


def parents() -> pl.DataFrame:
    """That order, usual in every way."""
    row = {"order_id": ["o"], "held": [True], "directed": [False], "refused": [False]}
    return TABLES["parent_orders"].conform(pl.DataFrame(row))


def test_no_limit_order_gives_the_columns_of_one() -> None:
    """Columns and types are those of a day that has a limit order."""
    one = open_limits(versions("limit"), parents(), FILLS, MARKET)
    none = open_limits(versions("market"), parents(), FILLS, MARKET)
    assert (one.height, none.height) == (1, 0)
    assert none.schema == one.schema


def test_nothing_ended_early_gives_the_columns_of_what_did() -> None:
    """Columns and types are those of a day on which a venue cancelled."""
    one = ended_early(versions("limit"), FILLS, MARKET)
    none = ended_early(versions("limit").head(1), FILLS, MARKET)
    assert (one.height, none.height) == (1, 0)
    assert none.schema == one.schema


def test_without_a_status_and_without_onward_routes_the_columns_are_those_of_others() -> None:
    """Short ways give what long ones give."""
    rows = pl.DataFrame({"order_id": ["o"], "version": [1], "symbol": ["A"], "clock_at": [1_500]})
    halt = TABLES["market_status"].conform(
        pl.DataFrame({"symbol": ["A"], "from_at": [1_000], "to_at": [2_000], "kind": ["halt"]})
    )
    flagged = with_market_flags(rows, halt)
    assert flagged.select("halted", "short_sale_restricted").rows() == [("yes", "no")]
    assert with_market_flags(rows, halt.clear()).equals(flagged.with_columns(pl.lit("no").alias("halted")))
    routes = pl.DataFrame({"route_id": ["r", "s"], "parent_route_id": [None, "r"]})
    assert route_paths(routes).rows() == [("r", "r", False), ("s", "r", True)]
    assert route_paths(routes.head(1)).rows() == [("r", "r", True)]
    assert route_paths(routes.head(1)).schema == route_paths(routes).schema


def test_extremes_are_of_usable_quotes_in_force_in_the_window() -> None:
    """Worked by hand."""
    rows = pl.DataFrame({"symbol": ["A", "A", "A", "B", "C"], "executed_at": [2_500, 1_500, 3_500, 1_500, 1_500]})
    found = with_extremes(rows, MARKET.book, 600, pl.Series([0, 0, 0, 0, 0], dtype=pl.Int64))
    # 2,500: the quotes of 1,000 and 2,000; 3,500: that of 2,000 only, for the one of 3,000 is locked; C has none
    assert found["ask_high_1s"].to_list() == [14, 11, 14, 21, None]
    assert found["bid_low_1s"].to_list() == [8, 10, 8, 20, None]


def test_bounds_of_an_unknown_or_absent_symbol_are_empty() -> None:
    """Nothing is found for them, and nothing fails."""
    low, high = MARKET.book.bounds(pl.Series(["B", None, "C", "A"]))
    assert np.array_equal(low[[0, 3]], [3, 0])
    assert np.array_equal(high - low, [1, 0, 0, 3])
