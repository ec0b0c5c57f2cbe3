"""What must not change a figure, and what must change it in a known way, on random markets and flow."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import routeproof as rp
from examples import examples
from oracle.lookup import Market, Row
from oracle.random_flow import DAYS, Dice, frame, random_flow, random_market
from routeproof.metrics.measure import Grouping, collect, finish_all, merge
from routeproof.metrics.metric import Quantile
from routeproof.metrics.registry import ALL

FEW = examples(4)
SEEDS = st.integers(0, 10_000)
Flow = dict[str, list[Row]]
COUNTS = ("orders", "executions", "executed_shares", "covered_executions", "covered_shares")
SIDED = (
    "quoted_spread_usd_per_share",
    "effective_spread_usd_per_share",
    "price_improvement_usd_per_share",
    "improved_shares",
    "outside_usd_per_share",
    "realized_spread_usd_per_share_1s",
    "price_impact_usd_per_share_15s",
    "reversion_usd_per_share_60s",
    "delay_cost_usd_per_share_firm",
    "delay_cost_usd_per_share_provider",
    "delay_cost_usd_per_share_venue",
    "time_to_execution_ms_avg",
    "fill_rate_shares",
    "limit_fill_rate_shares",
    "never_executable_orders",
    "size_improvement_shares",
)


def measured(market: Market, flow: Flow, by: tuple[str, ...] = (), **switches: Any) -> pl.DataFrame:  # noqa: ANN401
    """The figures of a random day or two."""
    given_frames = {name: frame(flow[name]) for name in ("executions", "orders", "versions", "routes")}
    return rp.measure(
        given_frames["executions"],
        frame(market.quotes),
        given_frames["orders"],
        by=by,
        trades=frame(market.trades),
        routes=given_frames["routes"],
        order_versions=given_frames["versions"],
        **switches,
    )


def drawn(seed: int) -> tuple[Market, Flow]:
    """A random market and its flow."""
    dice = Dice(seed)
    return random_market(dice), random_flow(dice, orders=40)


def same(left: pl.DataFrame, right: pl.DataFrame, names: tuple[str, ...]) -> None:
    """The named figures are equal to 1e-9."""
    for name in names:
        for one, other in zip(left[name].to_list(), right[name].to_list(), strict=True):
            assert (one is None) == (other is None), name
            assert one is None or one == pytest.approx(other, rel=1e-9, abs=1e-9), name


@given(SEEDS)
@FEW
def test_sells_mirror_buys(seed: int) -> None:
    """Prices mirrored around 20 dollars and sides swapped: every cost and improvement stays what it was."""
    market, flow = drawn(seed)
    plain = measured(market, flow)
    for order in (*flow["orders"], *flow["routes"], *flow["executions"]):
        if order["side"] is not None:
            order["side"] = "sell" if order["side"] == "buy" else "buy"
    for row in (*flow["executions"], *market.trades):
        row["price"] = 20 - row["price"]
    for event in flow["versions"]:
        for name in ("limit_price", "stop_price"):
            event[name] = None if event[name] is None else 20 - event[name]
    mirrored = []
    for q in market.quotes:
        bid, ask = (None if q[side] is None else 20 - q[side] for side in ("ask", "bid"))
        mirrored.append(q | {"bid": bid, "ask": ask, "bid_size": q["ask_size"], "ask_size": q["bid_size"]})
    same(plain, measured(Market(mirrored, market.trades, market.hours), flow), COUNTS + SIDED)


@given(SEEDS)
@FEW
def test_a_price_shift_moves_no_dollar_figure(seed: int) -> None:
    """All prices five dollars higher: spreads, improvement and delays per share are the same."""
    market, flow = drawn(seed)
    plain = measured(market, flow)
    for rows, names in (
        (market.quotes, ("bid", "ask")),
        (market.trades, ("price",)),
        (flow["executions"], ("price",)),
        (flow["versions"], ("limit_price", "stop_price")),
    ):
        for row in rows:
            row.update({name: row[name] + 5 for name in names if row[name] is not None})
    same(plain, measured(market, flow), (*COUNTS, *SIDED, "e_over_q", "spread_capture"))


@given(SEEDS)
@FEW
def test_splitting_fills_changes_no_average(seed: int) -> None:
    """Each fill told as two of a third and two thirds: every figure but counts and unweighted quantiles stays."""
    market, flow = drawn(seed)
    halves = []
    for fill in flow["executions"]:
        for part in (1, 2):
            cash = {
                name: None if fill[name] is None else fill[name] * part / 3 for name in ("fee", "rebate", "payment")
            }
            cash["quantity"] = fill["quantity"] * part / 3
            halves.append(fill | cash | {"execution_id": f"{fill['execution_id']}-{part}"})
    for row in (*flow["executions"], *halves):
        row["quantity"] = row["quantity"] * 3
        row.update({n: None if row[n] is None else row[n] * 3 for n in ("fee", "rebate", "payment")})
    whole = measured(market, flow)
    split = measured(market, flow | {"executions": halves})
    fills_counted = {metric.name for metric in ALL if metric.unit == "count" and metric.frame == "executions"}
    unweighted = {metric.name for metric in ALL if isinstance(metric.averaging, Quantile)}
    assert {"executions", "covered_executions"} <= fills_counted
    same(whole, split, tuple(name for name in whole.columns if name not in fills_counted | unweighted))


@given(SEEDS, st.randoms(use_true_random=False))
@FEW
def test_row_order_is_irrelevant_to_the_bit(seed: int, chance: Any) -> None:  # noqa: ANN401
    """Every table shuffled, quotes keeping their sequence: not one bit of any figure changes."""
    market, flow = drawn(seed)
    for row in (*market.quotes, *market.trades):
        row["sequence"] = row.get("sequence", 0)
    plain = measured(market, flow, by=("symbol", "order_class"))
    for rows in (market.quotes, market.trades, *flow.values()):
        chance.shuffle(rows)
    assert plain.equals(measured(market, flow, by=("symbol", "order_class")), null_equal=True)


@given(SEEDS)
@FEW
def test_a_range_is_the_sum_of_its_days(seed: int) -> None:
    """Measured day by day and added, or at once: the same to the bit."""
    market, flow = drawn(seed)
    for event in flow["versions"]:
        event["time_in_force"] = "day"
    flow["executions"] = [e for e in flow["executions"] if _in_day_of_order(e, flow, market)]
    at_once = measured(market, flow, by=("day", "symbol"))
    for day in DAYS:
        key = day.isoformat()
        part = {name: [r for r in rows if _day(r, market) == key] for name, rows in flow.items()}
        if all(part.values()):
            alone = measured(market, part, by=("day", "symbol"))
            assert alone.equals(at_once.filter(pl.col("day") == day), null_equal=True)


def _day(row: Row, market: Market) -> str:
    name = next(n for n in ("executed_at", "received_at", "effective_at", "sent_at") if n in row)
    return market.day_of(row[name])


def _in_day_of_order(execution: Row, flow: Flow, market: Market) -> bool:
    order = next((o for o in flow["orders"] if o["order_id"] == execution["order_id"]), None)
    return order is None or _day(order, market) == _day(execution, market)


@given(st.lists(st.integers(0, 3), min_size=12, max_size=12), st.integers(1, 4))
@examples(12)
def test_partials_merge_to_the_whole(cells: list[int], parts: int) -> None:
    """Measured rows cut anywhere, collected apart and merged: the same to the bit as collected at once."""
    rows = pl.DataFrame(
        {
            "venue": [["A", "B", None, "C"][c] for c in cells],
            "quantity": [(c + 1) * 10**9 for c in cells],
            "price": [10 * 10**9 + c for c in cells],
            "mid2": [None if c == 3 else 20 * 10**9 for c in cells],
            "quoted": [None if c == 3 else 10**7 for c in cells],
            "covered": [int(c != 3) for c in cells],
            "sign": [1 if c % 2 else -1 for c in cells],
            "time_to_execution_ns": [c * 10**6 for c in cells],
        }
    )
    for by in ((), ("venue",)):
        grouping = Grouping(by)
        pieces = [rows[start::parts] for start in range(parts)]
        merged = merge([collect(piece, grouping, "executions") for piece in pieces], by)
        whole = collect(rows, grouping, "executions")
        assert finish_all({"executions": merged}, grouping).equals(
            finish_all({"executions": whole}, grouping), null_equal=True
        )


@given(SEEDS)
@FEW
def test_the_delay_bridge_adds_up(seed: int) -> None:
    """Over fills whose four midpoints are known: half the spread at receipt is three delays and half of the last."""
    market, flow = drawn(seed)
    flow["executions"] = [e for e in flow["executions"] if (e["route_id"] or "").count("-") == 2]
    if not flow["executions"]:
        return
    by_fill = [flow | {"executions": [fill]} for fill in flow["executions"][:2]]
    for alone in by_fill:
        receipt = measured(market, alone).row(0, named=True)
        at_end = measured(market, alone, benchmark="execution").row(0, named=True)
        delays = [receipt[f"delay_cost_usd_per_share_{party}"] for party in ("firm", "provider", "venue")]
        half = receipt["effective_spread_usd_per_share"]
        if None not in (*delays, half, at_end["effective_spread_usd_per_share"]):
            total = sum(delays) + at_end["effective_spread_usd_per_share"] / 2
            assert half / 2 == pytest.approx(total, abs=1e-12)


PROGRAM = """
import sys, polars as pl
from test_measure_invariants import drawn, measured
assert pl.thread_pool_size() == int(sys.argv[1])
market, flow = drawn(77)
for by in ((), ("symbol", "order_class"), ("venue",)):
    sys.stdout.write(measured(market, flow, by=by).write_csv(float_precision=None))
"""


@pytest.mark.night
def test_any_number_of_threads_gives_the_same_bits() -> None:
    """One thread and two threads print the same bytes."""
    found = []
    for threads in ("1", "2"):
        here = os.path.dirname(__file__)  # noqa: PTH120
        path = os.pathsep.join([here, os.path.dirname(here), *sys.path])  # noqa: PTH120
        environment = os.environ | {"POLARS_MAX_THREADS": threads, "PYTHONPATH": path}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, threads], capture_output=True, check=True, env=environment, text=True
        )
        found.append(done.stdout)
    assert found[0] == found[1]
    assert found[0].count("\n") > 5


def test_fractions_of_shares_are_exact() -> None:
    """A third cannot be held at nine decimals; what is held is summed exactly."""
    third = Fraction(333_333_333, 10**9)
    quotes = frame([{"symbol": "A", "at": 1_783_000_000 * 10**9, "bid": Fraction(10), "ask": Fraction(11)}])
    fills = [
        {"symbol": "A", "side": "buy", "executed_at": 1_783_000_001 * 10**9, "price": Fraction(11), "quantity": third}
    ] * 3
    found = rp.measure(frame(fills), quotes, benchmark="execution")
    assert found["executed_shares"][0] == float(3 * third)
