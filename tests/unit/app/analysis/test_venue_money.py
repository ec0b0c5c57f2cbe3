"""What a venue pays on balance: payment and rebate less fees, the own house apart, months that are not told yet."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from routeproof.app.analysis.choices.venue_money import RATE, Tie, VenueMoney
from routeproof.tables.canonical.reference import FEE_SCHEDULES
from routeproof.vocab.fixed import SCALE, to_fixed

DAY = date(2026, 8, 5)


def _money(*ties: Tie) -> VenueMoney:
    rows = [
        ("EXCH", date(2026, 1, 1), "removed", to_fixed("0.003"), 0),
        ("EXCH", date(2026, 8, 1), "removed", to_fixed("0.002"), 0),
        ("EXCH", date(2026, 1, 1), "added", 0, to_fixed("0.0015")),
    ]
    names = ["venue", "valid_from", "liquidity", "fee_usd_per_share", "rebate_usd_per_share"]
    fees = pl.DataFrame(rows, schema={name: FEE_SCHEDULES.empty().schema[name] for name in names}, orient="row")
    paid = [
        ("P1", "MAKA", date(2026, 6, 1), to_fixed("0.004")),
        ("P1", "MAKA", date(2026, 7, 1), to_fixed("0.001")),
        ("P1", "MAKB", date(2026, 6, 1), to_fixed("0.009")),
    ]
    return VenueMoney(fees=fees, rates=pl.DataFrame(paid, schema=RATE, orient="row"), ties=ties)


def _tie(share: float, until: date | None = None) -> Tie:
    return Tie("P1", "EXCH", "ownership", share, date(2026, 7, 1), until, "conflict stake")


def test_rates_are_those_in_force() -> None:
    """August: the newer fee, and July's payments, since none of August is known; MAKB paid nothing in July."""
    found = _money().net_rates(["EXCH", "MAKA", "MAKB"], "P1", "removed", DAY)
    assert found == {
        "EXCH": (pytest.approx(-0.002), pytest.approx(-0.002)),
        "MAKA": (pytest.approx(0.001), pytest.approx(0.001)),
        "MAKB": (0.0, 0.0),
    }
    assert _money().net_rates(["EXCH"], "P1", "added", DAY)["EXCH"][0] == pytest.approx(0.0015)
    assert _money().net_rates(["MAKA"], "P2", "removed", DAY)["MAKA"] == (0.0, 0.0)


def test_a_fee_to_the_own_house_stays_in_it() -> None:
    """A quarter is owned: a quarter of the fee of 0.002 is no cost to the house; the cash is what it was."""
    assert _money(_tie(0.25)).net_rates(["EXCH"], "P1", "removed", DAY)["EXCH"] == (
        pytest.approx(-0.0015),
        pytest.approx(-0.002),
    )
    ended = _money(_tie(0.25, until=date(2026, 7, 31))).net_rates(["EXCH"], "P1", "removed", DAY)
    assert ended["EXCH"][0] == pytest.approx(-0.002)


def test_a_fill_counts_what_was_reported_of_it_first() -> None:
    """Reported fee of 0.50 dollars; else 100 shares by schedule; a payment by the month's rate."""
    fills = pl.DataFrame(
        {
            "provider": ["P1"] * 3,
            "venue": ["EXCH", "EXCH", "MAKA"],
            "liquidity": ["removed"] * 3,
            "quantity": [100 * SCALE] * 3,
            "fee": [to_fixed("0.5"), None, None],
            "rebate": [None] * 3,
            "payment": [None] * 3,
        },
        schema_overrides={"fee": pl.Int64, "rebate": pl.Int64, "payment": pl.Int64},
    )
    net = _money().with_net(fills, DAY)["net"].to_list()
    assert [value / SCALE**2 for value in net] == [pytest.approx(-0.5), pytest.approx(-0.2), pytest.approx(0.1)]


def test_what_nobody_knows_the_price_of_is_named() -> None:
    """No schedule and no payment for the flow of the provider in question: what P1 is paid says nothing of P2."""
    assert _money().unpriced(["EXCH", "MAKA", "ZQUV"], "P1", DAY) == ["ZQUV"]
    assert _money().unpriced(["EXCH", "MAKA"], "P2", DAY) == ["MAKA"]
