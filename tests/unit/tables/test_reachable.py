"""Walking displayed levels: exact, cheapest share first, siblings after one another, nothing beyond the limit."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.tables.measured.reachable import siblings, walked
from routeproof.vocab.fixed import SCALE, to_fixed

ROUTE = {
    "route_id": pl.String, "ladder": pl.Int64, "sign": pl.Int64, "begin": pl.Int64, "shares": pl.Int64,
    "limit_price": pl.Int64,
}  # fmt: skip
LEVEL = {"ladder": pl.Int64, "name": pl.String, "price2": pl.Int64, "size": pl.Int64, "net_fee": pl.Int64}
Row = tuple[Any, ...]


def _walk(routes: list[Row], levels: list[Row]) -> list[Row]:
    frame = pl.DataFrame(routes, schema=ROUTE, orient="row")
    return walked(frame, pl.DataFrame(levels, schema=LEVEL, orient="row")).rows()


def test_the_cheapest_share_after_fees_comes_first() -> None:
    """100 shares at 10.00 + 0.001, 200 at 10.00 + 0.003, then 200 of 400 at 10.01 - 0.002: 5002.30 dollars."""
    levels = [
        (1, "A", 2 * to_fixed("10.00"), 200 * SCALE, to_fixed("0.003")),
        (1, "B", 2 * to_fixed("10.00"), 100 * SCALE, to_fixed("0.001")),
        (1, "C", 2 * to_fixed("10.01"), 400 * SCALE, -to_fixed("0.002")),
    ]
    found = _walk([("r", 1, 1, 0, 500 * SCALE, None)], levels)
    assert found == [("r", 2 * to_fixed("5002.30") * SCALE, 500 * SCALE, 2 * to_fixed("10.01"))]


def test_a_seller_gets_the_price_less_the_fee() -> None:
    """100 shares sold at 10.00 with a fee of 0.003 bring 999.70 dollars: a cost of -999.70."""
    found = _walk([("r", 1, -1, 0, 100 * SCALE, None)], [(1, "A", 2 * to_fixed("10"), 100 * SCALE, to_fixed("0.003"))])
    assert found == [("r", -2 * to_fixed("999.70") * SCALE, 100 * SCALE, 2 * to_fixed("10"))]


def test_a_limit_and_the_end_of_the_book_leave_shares_over() -> None:
    """Levels beyond a route's limit are none; what no level holds is not taken."""
    levels = [(1, "A", 2 * to_fixed("10"), 100 * SCALE, 0), (1, "B", 2 * to_fixed("11"), 100 * SCALE, 0)]
    routes = [("r", 1, 1, 0, 150 * SCALE, to_fixed("10.5")), ("s", 2, 1, 0, 50 * SCALE, None)]
    taken = {name: shares for name, _, shares, _ in _walk(routes, levels)}
    assert taken == {"r": 100 * SCALE, "s": 0}


def test_siblings_take_what_is_left() -> None:
    """Routes of one order sent together share a book; one sent later meets a new one."""
    frame = pl.DataFrame(
        {
            "route_id": ["a", "b", "c", "d"],
            "order_id": ["o", "o", "o", "p"],
            "version": [1, 1, 1, 1],
            "sent_at": [100, 103, 200, 100],
            "shares": [5, 7, 2, 1],
        }
    )
    found = siblings(frame, 5).select("route_id", "begin", "met_at").sort("route_id").rows()
    assert found == [("a", 0, 100), ("b", 5, 100), ("c", 0, 200), ("d", 0, 100)]
    assert siblings(frame, 5)["ladder"].n_unique() == 3


@st.composite
def _books(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    number = st.integers(0, 6)
    levels = [
        (ladder, name, 2 * draw(st.integers(95, 105)), draw(number), draw(st.integers(-2, 3)))
        for ladder in (1, 2)
        for name in "ABC"[: draw(st.integers(0, 3))]
    ]
    routes = [
        (
            name,
            draw(st.integers(1, 2)),
            0,
            draw(number),
            draw(st.integers(1, 9)),
            draw(st.none() | st.integers(94, 106)),
        )
        for name in "rst"[: draw(st.integers(1, 3))]
    ]
    sides = {ladder: draw(st.sampled_from((1, -1))) for ladder in (1, 2)}
    return [(row[0], row[1], sides[row[1]], *row[3:]) for row in routes], levels


def _share_by_share(route: Row, levels: list[Row]) -> tuple[int, int]:
    """Cost and shares, every share put in line and counted off."""
    _, ladder, sign, begin, shares, limit = route
    line = sorted(
        (sign * price2 + 2 * fee, name)
        for of, name, price2, size, fee in levels
        if of == ladder and (limit is None or sign * price2 <= sign * 2 * limit)
        for _ in range(size)
    )
    mine = line[begin : begin + shares]
    return sum(cost for cost, _ in mine), len(mine)


@given(_books())
@examples(60)
def test_walking_is_counting_shares_off(book: tuple[list[Row], list[Row]]) -> None:
    """Cost and shares are those of every share put in line, whatever the rows' order."""
    routes, levels = book
    found = {name: (cost, taken) for name, cost, taken, _ in _walk(routes, levels[::-1])}
    assert found == {route[0]: _share_by_share(route, levels) for route in routes}
