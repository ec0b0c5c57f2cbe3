"""Orders that rest, judged by what stays unfilled: sums by hand, and drawn routers whose every chance is known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from routeproof.app.analysis.choices.resting import AT, AWAY, INSIDE, NEAR, UNKNOWN, rest_state, resting_cells
from routeproof.app.analysis.conflict.judge import AT_COST, CANNOT_TELL, case_of, verdicts
from routeproof.app.analysis.conflict.resting import resting_answers, resting_money, resting_venues
from routeproof.app.analysis.conflict.study import Inducements, study_of
from routeproof.policy.analysis.conflicts import conflicts_policy
from routeproof.stores.shipped_policy import load_shipped_policy, shipped_subjects
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from routeproof.app.analysis.conflict.judge import Case
    from routeproof.app.analysis.conflict.study import Study

ON = date(2026, 9, 30)
POLICY = conflicts_policy(shipped_subjects()).on(ON).value
STANDARDS = load_shipped_policy().evidence.on(ON).value
VENUES = ("PAYS", "USUAL")
REBATE = {"PAYS": 0.003, "USUAL": 0.001}
FILLS = {"1 tick": (0.30, 0.60), "2 ticks": (0.45, 0.55), "3-4 ticks": (0.50, 0.50)}
"""Chance that an order fills at PAYS and at USUAL, by spread."""
KEENNESS = 3.0
"""Log odds that a chance to fill adds for every router."""


def test_how_far_a_limit_is_from_its_own_side() -> None:
    """Bid 10.00, ask 10.02: buys at 10.01, 10.00, 9.98, 9.97, without limit; a sell at 10.02 mirrors."""
    rows = [("buy", 10.01), ("buy", 10.00), ("buy", 9.98), ("buy", 9.97), ("buy", None), ("sell", 10.02)]
    frame = pl.DataFrame(
        [(side, None if limit is None else round(limit * SCALE)) for side, limit in rows],
        schema={"side": pl.String, "limit_price": pl.Int64},
        orient="row",
    ).with_columns(sent_bid=10 * SCALE, sent_ask=10 * SCALE + SCALE // 50, half_spread=pl.lit(SCALE // 50, pl.Int64))
    assert frame.select(rest_state()).to_series().to_list() == [INSIDE, AT, NEAR, AWAY, UNKNOWN, AT]


def _route(order: str, venue: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # cells of a row
    return {
        "order_id": order, "version": 1, "rank": 1, "trading_day": date(2026, 7, 1), "provider": "P", "venue": venue,
        "order_class": "non_marketable", "order_group": "resting", "spread_state": "1 tick", "shown_venue": "USUAL",
        "displayed_state": "within displayed", "rest_state": AT, "first_half_spread": SCALE // 50, "net_rate": 3,
        "order_quantity": 100 * SCALE, "executed": 0, "net_payment": 0, "sent_at": 0, "first_fill_at": None, **more,
    }  # fmt: skip


def test_the_sums_by_hand() -> None:
    """Two orders of 100 to PAYS: one fills 60 after 30 s, one all after 90 s; 40 shares stay unfilled, one is soon.

    A third goes on to USUAL and fills there: it counts at PAYS, where it was sent first.
    """
    rows = pl.DataFrame(
        [
            _route("A", "PAYS", executed=60 * SCALE, first_fill_at=30 * NS_PER_S),
            _route("B", "PAYS", executed=100 * SCALE, first_fill_at=90 * NS_PER_S),
            _route("C", "PAYS"),
            _route("C", "USUAL", rank=2, executed=100 * SCALE, first_fill_at=50 * NS_PER_S, sent_at=40 * NS_PER_S),
        ],
        schema_overrides={"first_fill_at": pl.Int64},
    )
    (row,) = resting_cells(rows, 60_000).to_dicts()
    assert (row["venue"], row["displayed_state"], row["n"]) == ("PAYS", AT, 3)
    assert row["cost2"] == 2 * SCALE * 40 * SCALE
    assert row["spread_shares"] == 2 * SCALE * 300 * SCALE
    assert (row["executed"], row["ordered"]) == (2 * SCALE, 3 * SCALE)
    assert row["largest"] == 100 * SCALE


def _drawn(seed: int, greed: float, days: int = 40, orders: int = 60, venues: Sequence[str] = VENUES) -> pl.DataFrame:
    """Cells of a router that weighs the chance to fill, and adds `greed` to the log odds of PAYS."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(days):
        day = date(2026, 7, 6) + timedelta(days=7 * (number // 5) + number % 5)
        for spread, (pays, usual) in FILLS.items():
            odds = KEENNESS * (pays - usual) + greed + rng.normal(0.0, 0.3)
            at_pays = rng.binomial(orders, 1.0 / (1.0 + np.exp(-odds))) if len(venues) > 1 else orders
            for venue, n, chance in (("PAYS", at_pays, pays), ("USUAL", orders - at_pays, usual)):
                filled = rng.binomial(n, chance)
                rows.append((day, spread, venue, n, n - filled, rng.binomial(filled, 0.5)))
    known = pl.DataFrame(
        [row for row in rows if row[3]],
        schema={"trading_day": pl.Date, "spread_state": pl.String, "venue": pl.String, "n": pl.Int64,
                "missed": pl.Int64, "soon": pl.Int64},
        orient="row",
    )  # fmt: skip
    lot = 100 * SCALE
    return known.with_columns(
        provider=pl.lit("P"), order_class=pl.lit("non_marketable"), order_group=pl.lit("resting"),
        displayed_state=pl.lit(AT), shown_venue=pl.lit("not named"), net_rate=0, net_payment=0,
        ordered=pl.col("n") * SCALE, executed=pl.col("soon") * SCALE, spreads=pl.col("n") * (SCALE // 50),
        cost2=(pl.col("missed") * lot).cast(pl.Int128) * 2 * SCALE,
        spread_shares=(pl.col("n") * lot).cast(pl.Int128) * 2 * SCALE, largest=pl.lit(lot, pl.Int64),
    )  # fmt: skip


def _money(study: Study) -> Inducements:
    shape = (len(study.days), len(study.venues))
    net = np.broadcast_to([REBATE[venue] for venue in study.venues], shape).copy()
    return Inducements(net, net, *(np.zeros(shape) for _ in range(3)))


def _case(cells: pl.DataFrame) -> Case:
    study = study_of(cells, "P", POLICY.resting, rests=True)
    assert study is not None
    return case_of(study, _money(study), POLICY, STANDARDS)


def test_who_follows_the_rebate_is_named_and_who_follows_fills_is_not() -> None:
    """Greed of 1.5 is found; of ten routers without any none is accused, though PAYS pays three times as much."""
    assert verdicts([_case(_drawn(1, greed=1.5))], POLICY)[0][0][0] == AT_COST
    honest = [verdicts([_case(_drawn(seed, greed=0.0))], POLICY)[0][0][0] for seed in range(10)]
    assert AT_COST not in honest
    assert CANNOT_TELL not in honest


def test_the_loss_is_what_stayed_unfilled() -> None:
    """Sent to PAYS, 0.3 and 0.45 fill in place of 0.6 and 0.55: the loss per share lies between none and 0.3."""
    case = _case(_drawn(1, greed=1.5))
    (payment, *_) = case.inducements
    assert payment.per_share is not None
    assert payment.per_share.value is not None
    assert 0.05 < payment.per_share.value < 0.3
    rows = {row["kind"]: row for row in resting_money(case)}
    assert rows["payment"]["lost_usd"] is None
    assert rows["payment"]["unfilled_shares"] == pytest.approx(
        payment.per_share.value * rows["payment"]["ordered_shares"]
    )
    losses = [
        answer for answer, about in resting_answers(case, STANDARDS)
        if about["about"] == "loss" and about["kind"] == "payment" and about["order_class"] == "all"
    ]  # fmt: skip
    assert [one.unit for one in losses] == ["shares"]
    assert losses[0].estimate == pytest.approx(rows["payment"]["unfilled_shares"])
    assert all(0.3 < row["predicted_unfilled_share"] < 0.8 for row in resting_venues(case, STANDARDS))


def test_one_venue_alone_is_refused_and_listed() -> None:
    """Every order to one venue: nothing to compare with; the class is in the table, with its shares and the reason."""
    case = _case(_drawn(3, greed=0.0, venues=("PAYS",)))
    assert {word for word, _ in verdicts([case], POLICY)[0]} == {CANNOT_TELL}
    (row,) = resting_money(case)
    assert (row["order_class"], row["ordered_shares"]) == ("non_marketable", 40 * 3 * 60 * 100)
    assert "no venue to choose from" in row["reason"]
