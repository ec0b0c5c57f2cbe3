"""Rule 611 binds by date: on a day on which it does not, neither of its rules finds anything."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from routeproof.policy.monitoring import Limits
from routeproof.rules.catalog import iso_misuse, trade_through
from routeproof.rules.facts import Facts
from routeproof.rules.judge import judge
from routeproof.vocab import quote_status
from routeproof.vocab.fixed import SCALE

if TYPE_CHECKING:
    from routeproof.rules.rule import Rule

ASK, PRICE = 10 * SCALE, 11 * SCALE
FILL = {
    "execution_id": "e",
    "order_id": "o",
    "route_id": "r",
    "provider": "P",
    "venue": "XNAS",
    "symbol": "A",
    "sign": 1,
    "price": PRICE,
    "quantity": SCALE,
    "version_quantity": SCALE,
    "executed_at": 5,
    "order_known": True,
    "ask_high_1s": ASK,
    "bid_low_1s": ASK - 1,
    "round_lot": 100 * SCALE,
    "limit_price": None,
    "route_limit": None,
    "execution_status": quote_status.OK,
    "order_type": "market",
    "execution_ask_size": SCALE,
    "execution_bid_size": SCALE,
    "order_class": "market",
    "liquidity": "removed",
}
ROUTE = {
    "route_id": "r",
    "order_id": "o",
    "parent_route_id": "none",
    "hop": 1,
    "venue": "XNAS",
    "sent_at": 4,
    "iso": True,
    "order_class": "market",
    "arrived_at": 4,
    "symbol": "A",
    "provider": "P",
    "quantity": SCALE,
}
LIMITS = Limits(
    enabled=True,
    severity="high",
    thresholds={"tolerance_usd": 0.0, "walk_usd": 0.0, "decision_ms": 1000, "sweep_ms": 10},
)


@pytest.mark.parametrize(("rule", "iso"), [(trade_through.RULE, 0), (iso_misuse.RULE, 1)])
def test_rule_611_counts_only_where_it_is_in_force(rule: Rule, iso: int) -> None:
    """A fill a dollar through the quote: found with the rule in force, not without it, nor where nobody knows."""
    for law, count in (({"rule_611": True}, 1), ({"rule_611": False}, 0), ({}, 0)):
        facts = Facts(
            day=date(2026, 11, 23),
            open_at=0,
            close_at=10,
            law=law,
            fills=pl.DataFrame([FILL | {"iso": iso}]),
            routes=pl.DataFrame([ROUTE]),
            parents=pl.DataFrame([{"order_id": "o", "received_at": 3}]),
        )
        assert judge([rule], facts, {rule.name: LIMITS}).findings.height == count
