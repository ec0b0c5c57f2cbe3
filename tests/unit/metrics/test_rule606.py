"""Rule 606 figures from a few rows each; every expected value is worked by hand in the comment beside it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from routeproof.metrics.rule606.customer_handling import spread_side
from routeproof.metrics.rule606.de_minimis import Levels, calendar_months
from routeproof.metrics.rule606.orders import counted, is_option, order_kind, public_reason, section
from routeproof.metrics.rule606.payments import allocated, net_paid, paid_sums, schedule_on, with_charges
from routeproof.metrics.rule606.public_report import shown_venues
from routeproof.metrics.rule606.venues import order_venues, reported_routes, venue_of_executions
from routeproof.policy.disclosure606 import ShownVenues

JULY = date(2026, 7, 1)
USD = 10**9
"""A dollar, and a share, in 1e-9."""


@pytest.mark.parametrize(
    ("symbol", "option"),
    [
        ("AAPL", False),
        ("BRK.B", False),
        ("AAPL  260918C00150000", True),
        ("AAPL260918P00150000", True),
        ("AAPL1 260918P00150000", True),
        ("AAPL260918X00150000", False),
        ("AAPL260918C150", False),
    ],
)
def test_an_option_is_known_by_its_symbol(symbol: str, *, option: bool) -> None:
    """Root, six digits of the day, C or P, eight digits of the strike; padded or not."""
    assert pl.DataFrame({"symbol": [symbol]}).select(is_option()).item() is option


@pytest.mark.parametrize(
    ("terms_class", "session", "kind"),
    [
        ("market", "regular", "market"),
        ("marketable_limit", "regular", "marketable_limit"),
        ("midpoint_or_better", "regular", "non_marketable_limit"),
        ("non_marketable", "regular", "non_marketable_limit"),
        ("stop", "regular", "other"),
        ("pegged", "regular", "other"),
        ("on_open", "regular", "other"),
        ("unclassified", "regular", "other"),
        ("market", "pre_market", "other"),
        ("non_marketable", "closed", "other"),
    ],
)
def test_order_types_of_the_rule(terms_class: str, session: str, kind: str) -> None:
    """A limit between the quotes is not marketable for this rule; outside regular hours everything is other."""
    row = pl.DataFrame({"terms_class": [terms_class], "session": [session]})
    assert row.select(order_kind()).item() == kind


def _order(**changes: Any) -> pl.DataFrame:  # noqa: ANN401
    whole = {"refused": False, "quantity": 100 * USD, "held": True, "directed": False, "is_option": False}
    return pl.DataFrame([{**whole, "value_usd": None, **changes}], schema_overrides={"value_usd": pl.Int64})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"refused": True, "directed": True}, "refused"),
        ({"quantity": 0}, "no_shares"),
        ({"quantity": None}, None),
        ({"held": False}, "not_held"),
        ({"directed": True}, "directed"),
        ({"held": False, "is_option": True}, None),
        # 499.99 dollars a contract of 100 shares is 49,999; 500 is 50,000, which is no customer order
        ({"is_option": True, "value_usd": 499_990_000_000}, None),
        ({"is_option": True, "value_usd": 500 * USD}, "not_customer_order"),
    ],
)
def test_an_order_is_in_the_percentages_or_has_one_reason(changes: dict[str, Any], reason: str | None) -> None:
    """Held stock orders, and customer orders in options whether held or not."""
    assert _order(**changes).select(public_reason(Decimal(50000), 100)).item() == reason


def test_reasons_are_counted_in_their_order() -> None:
    """Those without orders are left out."""
    found = counted(pl.Series("reason", ["directed", None, "refused", "directed"]))
    assert list(found.items()) == [("refused", 1), ("directed", 2)]


def test_a_stock_of_unknown_membership_has_no_section() -> None:
    """Member, not a member, an option, nothing known."""
    members = pl.DataFrame({"symbol": ["A", "B"], "sp500": [True, False]})
    orders = pl.DataFrame({"symbol": ["A", "B", "A260918C00010000", "C"]})
    assert orders.select(section(members))["section"].to_list() == ["sp500", "other_stocks", "options", None]


ROUTES = pl.DataFrame(
    [
        # the firm to its provider, the provider to XNAS and ARCX, XNAS on to BATS
        ("p", "o", None, 1, None, "P"),
        ("x", "o", "p", 2, "XNAS", "P"),
        ("a", "o", "p", 2, "ARCX", "P"),
        ("b", "o", "x", 3, "BATS", "P"),
        ("m", "q", None, 1, None, "M"),
        ("n", "q", "m", 2, "XNAS", "M"),
    ],
    schema=["route_id", "order_id", "parent_route_id", "hop", "venue", "provider_id"],
    orient="row",
)


def test_the_first_venue_of_a_route_counts_and_an_agent_is_the_venue() -> None:
    """What XNAS routed on is not the firm's routing; a member that acts as agent was routed to itself."""
    found = reported_routes(ROUTES, {"M": "Member LLC"})
    assert dict(found.select("route_id", "reported_venue").iter_rows()) == {
        "x": "XNAS",
        "a": "ARCX",
        "m": "Member LLC",
    }


def test_a_fill_belongs_to_the_venue_that_the_order_was_routed_to() -> None:
    """Also where that venue routed it on; without a route it is where it traded."""
    fills = pl.DataFrame(
        [("x", "XNAS", "P"), ("b", "BATS", "P"), (None, "EDGX", "P"), ("n", "XNAS", "M"), (None, None, "P")],
        schema=["route_id", "venue", "provider_id"],
        orient="row",
    )
    agents = {"M": "Member LLC"}
    found = venue_of_executions(fills, ROUTES, reported_routes(ROUTES, agents), agents)
    assert found["reported_venue"].to_list() == ["XNAS", "XNAS", "EDGX", "Member LLC", None]
    assert found["reported_route"].to_list() == ["x", "x", None, "m", None]


def test_an_order_counts_once_at_each_venue() -> None:
    """Two routes to one venue are one; an order without routes counts where it traded, one with routes there alone."""
    routed = pl.DataFrame({"order_id": ["o", "o", "o"], "reported_venue": ["X", "X", "Y"]})
    traded = pl.DataFrame({"order_id": ["o", "q"], "reported_venue": ["Z", "Z"]})
    assert order_venues(routed, traded).rows() == [("o", "X"), ("o", "Y"), ("q", "Z")]


def test_ten_venues_and_every_one_with_five_percent() -> None:
    """Twelve venues of 100 orders each, of 1,200: each has 8.3 %, so all are shown; of 12,000 only the first ten."""
    totals = {f"V{number:02}": 100 for number in range(12)}
    rule = ShownVenues(largest=10, or_percent=Decimal(5))
    assert shown_venues(totals, 1_200, rule) == tuple(sorted(totals))
    assert shown_venues(totals, 12_000, rule) == tuple(sorted(totals))[:10]
    # 5 % exactly counts: 5 of 100
    assert "B" in shown_venues({f"A{n}": 9 for n in range(10)} | {"B": 5}, 100, rule)
    assert "B" not in shown_venues({f"A{n}": 9 for n in range(10)} | {"B": 4}, 100, rule)


def test_a_payment_is_divided_by_shares_to_the_last_unit() -> None:
    """10 units over weights 1, 1, 1: 3 each, and the one that is left goes to the first by name."""
    assert allocated(10, {("a", ""): 1, ("b", ""): 1, ("c", ""): 1}) == {("a", ""): 4, ("b", ""): 3, ("c", ""): 3}
    # 10 over 2 and 1: 6.67 and 3.33; the larger remainder is the first's
    assert allocated(-10, {("a", ""): 2, ("b", ""): 1}) == {("a", ""): -7, ("b", ""): -3}
    assert allocated(10, {("a", ""): 0}) == {}


@given(st.integers(-(10**18), 10**18), st.lists(st.integers(0, 10**12), min_size=1, max_size=6))
@examples(50)
def test_the_parts_of_a_payment_add_up(total: int, weights: list[int]) -> None:
    """And none is further than one unit from its share."""
    named = {(str(place), ""): weight for place, weight in enumerate(weights)}
    parts = allocated(total, named)
    if sum(weights):
        assert sum(parts.values()) == total
        assert all(abs(parts[key] * sum(weights) - total * named[key]) < sum(weights) for key in named)
    else:
        assert parts == {}


def test_an_execution_is_charged_its_own_or_by_the_schedule_of_the_day() -> None:
    """Own fee 0.30 less no rebate; else 100 shares at 0.003; else nothing is known."""
    schedules = pl.DataFrame(
        [("X", date(2026, 1, 1), "removed", 2_000_000, 0), ("X", JULY, "removed", 3_000_000, 0)],
        schema=["venue", "valid_from", "liquidity", "fee_usd_per_share", "rebate_usd_per_share"],
        orient="row",
    )
    fills = pl.DataFrame(
        [("X", "removed", 300_000_000, None), ("X", "removed", None, None), ("X", "added", None, None)],
        schema={"venue": pl.String, "liquidity": pl.String, "fee": pl.Int64, "rebate": pl.Int64},
        orient="row",
    ).with_columns(quantity=pl.lit(100 * USD))
    found = with_charges(fills, schedule_on(schedules, JULY))["charged_e18"].to_list()
    assert found == [-300_000_000 * USD, -3_000_000 * 100 * USD, None]


def test_the_payments_table_stands_for_the_executions_own_payments() -> None:
    """Venue X has a row of 3 dollars for 300 shares: a third for each hundred. Y has none: its own 0.50 counts."""
    fills = pl.DataFrame(
        [
            ("X", "sp500", "market", 100, None, 7),
            ("X", "sp500", "other", 100, -1, 7),
            ("X", None, None, 100, None, 7),
            ("Y", "sp500", "market", 100, None, 500_000_000),
            ("Z", "sp500", "market", 100, None, None),
        ],
        schema={
            "reported_venue": pl.String,
            "section": pl.String,
            "kind": pl.String,
            "quantity": pl.Int64,
            "charged_e18": pl.Int128,
            "payment": pl.Int64,
        },
        orient="row",
    )
    found = net_paid(pl.concat([paid_sums(fills[:2]), paid_sums(fills[2:])]), {"X": 3 * USD})
    assert found["X"]["sp500", "market"].net_e18 == USD * USD
    assert found["X"]["sp500", "other"].net_e18 == USD * USD - 1
    assert found["Y"]["sp500", "market"].net_e18 == 500_000_000 * USD
    assert found["Z"]["sp500", "market"].net_e18 is None
    assert found["X"]["sp500", "market"].unknown_shares == 100


def test_near_side_is_better_than_the_midpoint() -> None:
    """Bid 10.00, ask 10.10: a buy at 10.04 is on the near side, a sell at 10.04 on the far side, 10.05 the middle."""
    rows = pl.DataFrame(
        [("buy", 10_040), ("sell", 10_040), ("buy", 10_050), ("sell_short", 10_051), ("buy", 10_051)],
        schema=["side", "price"],
        orient="row",
    ).with_columns(mid2=pl.lit(20_100))
    assert rows.select(spread_side())["spread_side"].to_list() == [
        "nearside",
        "farside",
        "midpoint",
        "nearside",
        "farside",
    ]
    assert rows.with_columns(mid2=None).select(spread_side())["spread_side"].null_count() == 5


@pytest.mark.parametrize(
    ("to", "first", "last"),
    [
        (date(2026, 9, 30), date(2026, 4, 1), date(2026, 9, 30)),
        (date(2026, 10, 15), date(2026, 4, 1), date(2026, 9, 30)),
        (date(2026, 2, 28), date(2025, 9, 1), date(2026, 2, 28)),
        (date(2026, 2, 27), date(2025, 8, 1), date(2026, 1, 31)),
    ],
)
def test_six_whole_calendar_months(to: date, first: date, last: date) -> None:
    """The month of the day counts once it is over."""
    assert calendar_months(to) == (first, last)


def _levels(not_held: int, total: int, usd: int) -> Levels:
    return Levels(
        first=JULY,
        last=JULY,
        not_held_shares=not_held,
        all_shares=total,
        notional_e18=usd * USD * USD,
        below_percent=Decimal(5),
        below_usd=Decimal(1_000_000),
    )


def test_a_level_is_met_below_it_and_not_at_it() -> None:
    """5 of 100 shares are five percent; 6,000,000 dollars over six months are a million a month."""
    assert _levels(499, 10_000, 6_000_000).firm
    assert not _levels(500, 10_000, 6_000_000).firm
    assert _levels(500, 10_000, 5_999_999).customer
    assert not _levels(500, 10_000, 6_000_000).met
    assert _levels(0, 0, 6_000_000).firm
    assert "5.00 % against 5 %" in _levels(500, 10_000, 6_000_000).said()
    assert "1,000,000.00 USD a month" in _levels(500, 10_000, 6_000_000).said()
