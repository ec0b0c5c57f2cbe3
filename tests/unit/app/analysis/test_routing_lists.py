"""Orders as lists of venues: sweeps, ways and times of three orders worked by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from routeproof.app.analysis.choices.cells import choice_cells
from routeproof.app.analysis.routing.lists import hops_of, lists_of
from routeproof.app.analysis.routing.ways import hop_times, sweeps, transitions
from routeproof.vocab.fixed import SCALE
from routeproof.vocab.times import NS_PER_MS

HUNDRED = 100 * SCALE
INTEGERS = ("handed_at", "acknowledged_at", "first_fill_at", "first_half_spread", "net_rate")


def _route(order: str, rank: int, venue: str, at_ms: float, **more: Any) -> dict[str, Any]:  # noqa: ANN401 columns
    usual: dict[str, Any] = {
        "order_id": order, "version": 1, "rank": rank, "routes": 1, "venue": venue, "sent_at": int(at_ms * NS_PER_MS),
        "trading_day": date(2026, 7, 1), "provider": "P1", "order_class": "market", "order_group": "market",
        "spread_state": "1 tick", "size_bucket": None, "displayed_state": "within displayed", "shown_venue": "A",
        "order_quantity": HUNDRED, "iso": False, "time_in_force": "day", "handed_at": None, "acknowledged_at": None,
        "first_fill_at": None, "first_half_spread": 10_000_000, "executed": 0, "cost2": 0, "net_payment": 0,
        "net_rate": 0,
    }  # fmt: skip
    return usual | more


def _rows() -> pl.DataFrame:
    """X sweeps A and B as IOC within a millisecond, then goes to C after 20 ms; Y and Z go to A alone."""
    both = {"routes": 3, "time_in_force": "ioc"}
    rows = [
        _route("X", 1, "A", 10, **both, handed_at=8 * NS_PER_MS, executed=HUNDRED // 2, cost2=30),
        _route("X", 2, "B", 10.5, **both, acknowledged_at=12 * NS_PER_MS),
        _route("X", 3, "C", 30, routes=3, first_fill_at=33 * NS_PER_MS, executed=HUNDRED // 2, cost2=12),
        _route("Y", 1, "A", 50, executed=HUNDRED),
        _route("Z", 1, "A", 60, first_half_spread=None, spread_state="no usable quote"),
    ]
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(INTEGERS, pl.Int64))
    return frame.with_columns(pl.col("cost2", "net_payment").cast(pl.Int128), pl.col("size_bucket").cast(pl.String))


def test_lists_name_each_venue_once_and_sweeps_what_was_sent_at_once() -> None:
    """X tried A, B, C and swept A and B, all of it IOC; one order in three swept."""
    lists = lists_of(_rows(), sweep_ms=5)
    assert {row["tried"]: row["n"] for row in lists.to_dicts() if row["spread_state"] == "1 tick"} == {
        "A>B>C": 1,
        "A": 1,
    }
    (found,) = sweeps(lists)
    assert (found["venues"], found["orders"], found["share"], found["iso"], found["ioc"]) == ("A>B", 1, 1 / 3, 0, 1)
    assert sweeps(lists_of(_rows(), sweep_ms=25))[0]["venues"] == "A>B>C"


def test_ways_add_up_at_every_venue() -> None:
    """Three orders begin at A; two end there, one goes on to B and C."""
    ways = {(row["from"], row["to"]): (row["orders"], row["median_ms"]) for row in transitions(hops_of(_rows()))}
    assert ways == {
        ("order", "A"): (3, None),
        ("A", "B"): (1, 0.5),
        ("A", "end"): (2, None),
        ("B", "C"): (1, 19.5),
        ("C", "end"): (1, None),
    }


def test_times_are_those_between_the_instants_that_are_known() -> None:
    """2 ms to decide at A, 1.5 ms to be answered by B, 3 ms to fill at C."""
    times = {(row["hop"], row["venue"]): row["median_ms"] for row in hop_times(hops_of(_rows()))}
    assert times == {
        ("decision", "A"): 2.0,
        ("answer", "B"): 1.5,
        ("fill", "C"): 3.0,
        ("gap", "B"): 0.5,
        ("gap", "C"): 19.5,
    }


def test_cells_take_an_order_as_a_whole_under_its_first_venue() -> None:
    """X and Y under A: cost 30 + 12, all shares; Z met no usable quote and is left out."""
    (cell,) = choice_cells(_rows()).to_dicts()
    assert (cell["venue"], cell["n"], cell["executed"], cell["cost2"]) == ("A", 2, 2 * HUNDRED, 42)
    assert cell["spread_shares"] == 10_000_000 * 2 * HUNDRED
    assert (cell["ordered"], cell["spreads"]) == (2 * HUNDRED, 20_000_000)
