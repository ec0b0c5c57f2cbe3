"""The industry column: a public figure in our mix, worked by hand, and when no verdict may rest on it."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from routeproof.app.peers.industry import NONE_MATCHED, NOT_STATED, Industry
from routeproof.app.peers.own_days import NO_POSITIVE_DAY
from routeproof.policy.thresholds import EvidenceStandards

SHARE, UNIT = 10**9, 10**18
STANDARDS = EvidenceStandards()
DAYS = [date(2026, 8, 3) + timedelta(days=place) for place in range(20)]
COLUMNS = (
    "both_effective_e18", "both_quoted_e18", "both_shares", "net_e18", "net_shares", "time_ms_e18", "time_shares",
    "effective_e18", "effective_shares", "realized_60s_e18", "realized_60s_shares", "executed_shares",
    "executed_away_shares", "covered_shares",
)  # fmt: skip


def row(symbol: str, code: str, shares: int, effective: float, quoted: float, orders: int = 1) -> dict[str, object]:
    """Sums of a cell: dollars of both spreads on its shares, all of them executed; improvement is half the rest."""
    spread = {"both_effective_e18": effective, "both_quoted_e18": quoted, "net_e18": (quoted - effective) / 2}
    weights = {name: shares * SHARE for name in COLUMNS if name.endswith("shares")} | {"executed_away_shares": 0}
    return {
        "month": "202608", "order_type": code, "order_size": "1000", "security": symbol, "covered_orders": orders,
        **dict.fromkeys(COLUMNS, 0), **weights, **{name: round(value * UNIT) for name, value in spread.items()},
    }  # fmt: skip


def industry(public: list[dict[str, object]], own: list[dict[str, object]], doubt: str = "") -> Industry:
    """Own cells alike on each of twenty days, a little more effective spread on every other one."""
    daily = [
        item | {"day": day, "both_effective_e18": item["both_effective_e18"] + (place % 2) * UNIT // 100}  # type: ignore[operator]
        for place, day in enumerate(DAYS)
        for item in own
    ]
    types = dict.fromkeys(COLUMNS, pl.Int128()) | {"covered_orders": pl.Int64()}
    days = pl.DataFrame(daily, schema_overrides=types)
    cells = days.group_by("month", "order_type", "order_size", "security").agg(pl.exclude("day").sum())
    codes = {"market": ("MXXNN",), "limit": ("LYNNN",), "resting": ("LNNNN",)}
    frame = pl.DataFrame(public, schema_overrides=types)
    return Industry(public=frame, own=cells, daily=days, codes=codes, doubt=doubt, digest="", name="")


MARKET = ("market",)
PUBLIC = [row("ABC", "MXXNN", 100, 10, 20, 7), row("DEF", "MXXNN", 400, 30, 40, 5), row("ABC", "LYNNN", 50, 1, 10, 3)]
OWN = [row("ABC", "MXXNN", 300, 45, 60), row("DEF", "MXXNN", 100, 5, 10), row("XYZ", "MXXNN", 100, 9, 9)]


def test_by_hand() -> None:
    """37.5 of 70 dollars in our mix (see the mix's own test): capture is what is left; 7 and 5 orders; 400 of 500."""
    found = industry(PUBLIC, OWN).figure("spread_capture", MARKET)
    assert found.value == pytest.approx(1 - 37.5 / 70, rel=1e-12)
    assert (found.n, found.coverage) == (12, 0.8)
    assert found.own.value == pytest.approx(1 - 50.01 / 70, rel=1e-9)
    difference = found.against(STANDARDS, nearer_zero=False)
    assert difference.estimate == pytest.approx(-12.51 / 70, rel=1e-9)
    assert difference.interval is not None
    assert difference.interval.upper < 0


def test_one_security_and_another_month() -> None:
    """ABC alone is 0.5; July has no public rows."""
    found = industry(PUBLIC, OWN)
    alone = found.figure("e_over_q", MARKET, symbol="ABC")
    assert (alone.value, alone.n, alone.coverage) == (0.5, 7, 1)
    july = found.figure("e_over_q", MARKET, month="2026-07")
    assert (july.value, july.reason) == (None, NONE_MATCHED)


def test_no_verdict_rests_on_it() -> None:
    """What is not stated, rows of one kind against flow to another, too little in common, a class of our own."""
    stated = industry(PUBLIC, OWN).figure("reversion_usd_per_share_60s", MARKET)
    assert stated.against(STANDARDS, nearer_zero=True).reason == NOT_STATED
    doubted = industry(PUBLIC, OWN, "exchanges only").figure("e_over_q", MARKET)
    difference = doubted.against(STANDARDS, nearer_zero=False)
    assert (difference.interval, difference.reason) == (None, "exchanges only")
    assert difference.estimate == pytest.approx(12.51 / 70, rel=1e-9)
    little = industry(PUBLIC[1:2], OWN).figure("e_over_q", MARKET)
    assert little.coverage == 0.2
    assert "20% of our shares" in (little.against(STANDARDS, nearer_zero=False).reason or "")


def test_own_flow_on_crossed_quotes() -> None:
    """A cell below zero counts in its day; a day below zero has figures, and no interval.

    ABC has 45 of 60 dollars a day and DEF 5 of -10: 50 of 50, and two cents more on every other day, so 1000.2 of 1000
    over twenty days. DEF alone: 100.1 of -200.
    """
    crossed = [OWN[0], row("DEF", "MXXNN", 100, 5, -10)]
    mixed = industry(PUBLIC, crossed).figure("e_over_q", MARKET)
    assert mixed.own is not None
    assert mixed.own.value == pytest.approx(1000.2 / 1000, rel=1e-12)
    assert mixed.against(STANDARDS, nearer_zero=False).interval is not None
    alone = industry(PUBLIC, crossed).figure("e_over_q", MARKET, symbol="DEF")
    difference = alone.against(STANDARDS, nearer_zero=False)
    assert (alone.value, difference.interval, difference.reason) == (0.75, None, NO_POSITIVE_DAY)
    assert difference.subject == pytest.approx(100.1 / -200, rel=1e-12)
