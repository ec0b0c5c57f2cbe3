"""Bounds on what a route could have cost: worked by hand, and what must hold of any of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.app.analysis.counterfactual.bounds import Shown, with_bounds
from routeproof.app.analysis.counterfactual.sums import Cells, rows
from routeproof.policy.analysis.counterfactual import CounterfactualPolicy
from routeproof.tables.switches import Switches
from routeproof.vocab.fixed import SCALE, to_fixed

POLICY = CounterfactualPolicy(
    latency_us=0,
    window_ms=1000,
    inside_multiple=Decimal(1),
    hidden_multiple=Decimal(1),
    beyond_spreads=Decimal(1),
    least_routes=1,
)
AT, SENT = 1_000, 2_000
QUOTE = {
    "symbol": pl.String, "at": pl.Int64, "sequence": pl.Int64, "bid": pl.Int64, "ask": pl.Int64, "bid_size": pl.Int64,
    "ask_size": pl.Int64, "bid_venue": pl.String, "ask_venue": pl.String,
}  # fmt: skip
CAP = to_fixed("0.003")


def _quote(bid: str, ask: str, size: int, venue: str, at: int = AT) -> tuple[Any, ...]:
    return ("X", at, 1, to_fixed(bid), to_fixed(ask), size * SCALE, size * SCALE, venue, venue)


def _shown(best: list[tuple[Any, ...]], venues: list[tuple[Any, ...]] | None = None, reached: str = "") -> Shown:
    return Shown(
        best=pl.DataFrame(best, schema=QUOTE, orient="row"),
        venues=None if venues is None else pl.DataFrame(venues, schema=QUOTE, orient="row"),
        taking=pl.DataFrame({"venue": ["A", "B"], "net_fee": [to_fixed("0.003"), to_fixed("0.001")]}),
        fee_cap=CAP,
        accessible=pl.DataFrame(
            [("P", venue) for venue in reached], schema={"provider": pl.String, "venue": pl.String}, orient="row"
        ),
    )


def _route(
    shares: int, paid: str, worst: str, limit: str | None = None, sign: int = 1, name: str = "r"
) -> dict[str, Any]:
    return {
        "route_id": name, "order_id": name, "version": 1, "provider": "P", "order_class": "market", "venue": "A",
        "symbol": "X", "sign": sign, "sent_at": SENT, "quarter": "2026Q3",
        "limit_price": None if limit is None else to_fixed(limit), "shares": shares * SCALE,
        "paid": 2 * to_fixed(paid) * SCALE, "worst2": 2 * to_fixed(worst), "unknown_fee": 0,
    }  # fmt: skip


def _bounds(routes: list[dict[str, Any]], shown: Shown) -> pl.DataFrame:
    schema = {"limit_price": pl.Int64, "paid": pl.Int128}
    return with_bounds(pl.DataFrame(routes, schema_overrides=schema), shown, POLICY, Switches())


def _usd(found: pl.DataFrame) -> list[tuple[Decimal, Decimal]]:
    unit = 2 * SCALE * SCALE
    return [(Decimal(lower) / unit, Decimal(upper) / unit) for lower, upper in found.select("lower", "upper").rows()]


@pytest.mark.parametrize(
    ("limit", "lower", "upper"),
    [
        # 200 at 10.04 + 0.003; 300 beyond at 10.04 + one spread of 0.04 + 0.003: 2008.60 + 3024.90
        # least: 200 at the midpoint 10.02 + 0.003, then 300 of 400 shown and hidden at 10.043: 2004.60 + 3012.90
        (None, "5017.50", "5033.50"),
        # the limit caps what is beyond: 300 at 10.05 + 0.003
        ("10.05", "5017.50", "5024.50"),
    ],
)
def test_the_best_quote_alone(limit: str | None, lower: str, upper: str) -> None:
    """500 bought for 5027.00, the best quote shows 200 at 10.04: the savings lie between -6.50 and 9.50 dollars."""
    found = _bounds([_route(500, "5027.00", "10.06", limit)], _shown([_quote("10.00", "10.04", 200, "A")]))
    assert _usd(found) == [(Decimal(lower), Decimal(upper))]
    assert found["displayed"].to_list() == [200 * SCALE]
    assert found["told_by"].to_list() == ["best quote"]


def test_venues_own_quotes_narrow_the_bounds() -> None:
    """A shows 200 at 10.04 and B 300 at 10.05 for 0.001: all 500 are displayed, for 2008.60 + 3015.30 dollars.

    At least: 200 at the midpoint for the lowest fee, 10.021, then 300 of 400 on A: 2004.20 + 3012.90.
    """
    best = [_quote("10.00", "10.04", 200, "A")]
    venues = [_quote("10.00", "10.04", 200, "A"), _quote("9.99", "10.05", 300, "B")]
    found = _bounds([_route(500, "5027.00", "10.06")], _shown(best, venues))
    assert _usd(found) == [(Decimal("5017.10"), Decimal("5023.90"))]
    assert found["told_by"].to_list() == ["venue"]


def test_only_venues_that_the_router_reaches_count() -> None:
    """The router reaches B alone: 300 at 10.05 + 0.001, and 200 beyond at 10.05 + 0.04 + 0.001."""
    best = [_quote("10.00", "10.04", 200, "A")]
    venues = [_quote("10.00", "10.04", 200, "A"), _quote("9.99", "10.05", 300, "B")]
    found = _bounds([_route(500, "5027.00", "10.06")], _shown(best, venues, reached="B"))
    assert _usd(found)[0][1] == Decimal("3015.30") + Decimal("2018.20")


def test_a_quote_that_changed_on_the_way_counts_as_it_was_on_arrival() -> None:
    """With half a microsecond to the venue the later quote is met; without a two-sided one there are no bounds."""
    best = [_quote("10.00", "10.04", 500, "A"), _quote("10.10", "10.14", 500, "A", at=SENT)]
    slow = CounterfactualPolicy(**{**{name: getattr(POLICY, name) for name in POLICY.__slots__}, "latency_us": 1})
    row = pl.DataFrame([_route(100, "1004.30", "10.04")], schema_overrides={"limit_price": pl.Int64, "paid": pl.Int128})
    now, later = (with_bounds(row, _shown(best), one, Switches()) for one in (POLICY, slow))
    assert (_usd(now)[0][1], _usd(later)[0][1]) == (Decimal("1004.30"), Decimal("1014.30"))
    assert _bounds([_route(100, "1004.30", "10.04")], _shown([])).is_empty()


def test_sums_are_intervals_and_few_routes_are_not_shown() -> None:
    """Savings are added up exactly; below the least number of routes a cell shows its count and why."""
    found = _bounds([_route(500, "5027.00", "10.06")], _shown([_quote("10.00", "10.04", 200, "A")]))
    cells = Cells()
    cells.add_day(found)
    cells.add_day(found)
    (row,) = rows(cells.by("venue"), ["venue"], least_routes=2)
    assert (row["routes"], row["saved_lower_usd"], row["saved_upper_usd"], row["tells"]) == (
        2,
        -13.0,
        19.0,
        "cannot_tell",
    )
    (few,) = rows(cells.by("venue"), ["venue"], least_routes=3)
    assert (few["routes"], few["saved_lower_usd"], few["tells"]) == (2, None, None)
    assert "at least 3" in few["reason"]


def test_a_fee_that_nobody_tells_widens_what_was_paid() -> None:
    """Of 500 shares the fee of 200 is told nowhere: 200 x 0.003 = 0.60 dollars either way of -6.50 and 9.50."""
    route = _route(500, "5027.00", "10.06") | {"unknown_fee": 200 * SCALE}
    cells = Cells()
    cells.add_day(_bounds([route], _shown([_quote("10.00", "10.04", 200, "A")])))
    (row,) = rows(cells.by("venue"), ["venue"], least_routes=1)
    assert (row["saved_lower_usd"], row["saved_upper_usd"], row["unknown_fee_share"]) == (-7.1, 10.1, 0.4)


@pytest.mark.parametrize(("sign", "limit"), [(1, "10.01"), (-1, "10.05")])
def test_no_share_costs_more_than_the_limit(sign: int, limit: str) -> None:
    """The midpoint, 10.03, has left the limit behind: 100 shares cost the limit, less or plus a fee of 0.003 each."""
    price = Decimal(limit)
    found = _bounds([_route(100, "0", limit, limit, sign)], _shown([_quote("10.02", "10.04", 100, "A")]))
    assert _usd(found) == [(100 * (sign * price + Decimal("0.003")),) * 2]


def test_what_no_level_holds_costs_more_than_where_siblings_ended() -> None:
    """A shows 100 at 10.04 and B 100 at 10.20; a sibling takes both, so 100 more cost 10.20 + 0.04 + 0.003.

    At least: 100 at the midpoint, 200 at A and 200 at B; the sibling takes 200, then 100 are left of A.
    """
    both = [_quote("10.00", "10.04", 100, "A"), _quote("9.99", "10.20", 100, "B")]
    routes = [_route(200, "0", "10.04", name=name) | {"order_id": "o"} for name in "rs"]
    routes[1] |= {"shares": 100 * SCALE}
    found = _bounds(routes, _shown(both[:1], both))
    assert _usd(found)[1] == (Decimal("1004.30"), Decimal("1024.30"))


@st.composite
def _market(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[tuple[Any, ...]]]:
    """Routes, alone or siblings, and quotes: the best first, then venues' own, which need not agree with it."""
    cents, sides = st.integers(990, 1010), {name: draw(st.sampled_from((1, -1))) for name in "op"}
    prices = cents.map(lambda cent: f"{cent / 100:.2f}")
    sizes = st.integers(0, 4).map(lambda lots: lots * 100)
    quotes = []
    for name in "AAB?"[: draw(st.integers(1, 4))]:
        bid = draw(cents)
        quotes.append(_quote(f"{bid / 100:.2f}", f"{(bid + draw(st.integers(1, 9))) / 100:.2f}", draw(sizes), name))
    routes = []
    for name in "rst"[: draw(st.integers(1, 3))]:
        order = draw(st.sampled_from("op"))
        limit = draw(st.none() | prices)
        shares = draw(st.integers(1, 900))
        routes.append(_route(shares, "0", draw(prices), limit, sides[order], name) | {"order_id": order})
    return routes, quotes


@given(_market())
@examples(120)
def test_the_least_is_at_most_the_most(market: tuple[list[dict[str, Any]], list[tuple[Any, ...]]]) -> None:
    """No route's lower bound lies above its upper one, nor above its limit and fee; rows may come in any order."""
    routes, (best, *venues) = market
    found = _bounds(routes, _shown([best], venues or None))
    assert all(lower <= upper for lower, upper in _usd(found))
    limits = {row["route_id"]: row["limit_price"] for row in routes}
    for name, sign, shares, lower in found.select("route_id", "sign", "shares", "lower").rows():
        if limits[name] is not None:
            assert lower <= 2 * shares * (sign * limits[name] + CAP)
    turned = _bounds(routes[::-1], _shown([best], venues[::-1] or None))
    names = ["route_id", "lower", "upper"]
    assert found.select(names).sort("route_id").equals(turned.select(names).sort("route_id"))
