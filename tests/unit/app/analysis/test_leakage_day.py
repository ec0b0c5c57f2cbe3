"""Leakage of one day: what is an event, and its difference in differences worked by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from leakage_world import World, day_sums, judged, shipped

from routeproof.app.analysis.leakage.cells import BEFORE, NOTHING, QUESTION, Standards, table, whole_of
from routeproof.app.analysis.leakage.day import day_differences
from routeproof.app.analysis.leakage.events import COLUMNS, events_of
from routeproof.tables.lookup.quote_book import book_of
from routeproof.vocab.fixed import SCALE, to_fixed
from routeproof.vocab.times import NS_PER_MS, NS_PER_S

STANDARDS = shipped()
POLICY = STANDARDS.policy
DAY = date(2026, 7, 1)
OPEN = 1_782_912_600 * NS_PER_S
HOURS = (OPEN, OPEN + 23_400 * NS_PER_S)
BID, ASK, CENT = to_fixed("10.00"), to_fixed("10.02"), to_fixed("0.01")


def _route(name: str, order: str, at: int, venue: str = "V", **more: Any) -> dict[str, Any]:  # noqa: ANN401  # cells
    row = {
        "route_id": name, "order_id": order, "provider": "P", "order_class": "market", "venue": venue, "symbol": "X",
        "side": "buy", "sent_at": at, "quantity": 100 * SCALE, "order_type": "market", "limit_price": None,
        "intent": None, "sent_bid": BID, "sent_ask": ASK, "sent_bid_size": 500 * SCALE, "sent_ask_size": 500 * SCALE,
    }  # fmt: skip
    return {**row, **more}


def _quotes(rows: list[tuple[int, int]]) -> pl.DataFrame:
    """Asks at instants; the bid and sizes stay, `A` shows both sides."""
    return pl.DataFrame(
        {
            "symbol": "X",
            "at": [at for at, _ in rows],
            "sequence": list(range(len(rows))),
            "bid": BID,
            "ask": [ask for _, ask in rows],
            "bid_size": 500 * SCALE,
            "ask_size": 500 * SCALE,
            "bid_venue": "A",
            "ask_venue": "A",
        }
    )


def _events(routes: list[dict[str, Any]], fills: list[tuple[str, int]] = [], shares: int = 100) -> pl.DataFrame:  # noqa: B006  # not changed
    types = {"limit_price": pl.Int64, "intent": pl.String}
    first: dict[str, int] = {}
    for row in routes:
        first[row["order_id"]] = min(row["sent_at"], first.get(row["order_id"], row["sent_at"]))
    received = [at - 2 * NS_PER_MS for at in first.values()]
    orders = {"order_id": list(first), "received_at": received, "shares": [shares * SCALE] * len(first)}
    filled = pl.DataFrame(
        [(name, at, "removed") for name, at in fills],
        schema={"route_id": pl.String, "executed_at": pl.Int64, "liquidity": pl.String},
        orient="row",
    )
    frame = pl.DataFrame(routes, schema_overrides=types)
    return events_of(frame, filled, pl.DataFrame(orders), _quotes([(OPEN, ASK)]), POLICY)


def test_events_of_an_order_that_goes_on_elsewhere() -> None:
    """Arrival 2 ms before the first route, the routes, the way from V to W after 3 ms, the fill at W."""
    at = OPEN + 1_000 * NS_PER_S
    events = _events([_route("r1", "o", at), _route("r2", "o", at + 3 * NS_PER_MS, "W")], [("r2", at + 5 * NS_PER_MS)])
    found = events.sort("phase", "at").select("phase", "venue", "rank", "company", "window_ns").rows()
    clock, fill = POLICY.clock_ms * NS_PER_MS, POLICY.fill_ms * NS_PER_MS
    route = POLICY.route_ms * NS_PER_MS + clock
    assert found == [
        ("arrival", "", "first", "alone", 2 * NS_PER_MS),
        ("elsewhere", "V", "first", "with other venues", 3 * NS_PER_MS + clock),
        ("fill", "W", "later", "with other venues", fill),
        ("route", "V", "first", "with other venues", route),
        ("route", "W", "later", "with other venues", route),
    ]


@pytest.mark.parametrize(
    ("changes", "shares", "name", "value"),
    [
        ({"venue": "A", "quantity": 300 * SCALE}, 300, "size", "own taking"),
        ({"venue": "A"}, 100, "size", "within displayed"),
        ({"quantity": 900 * SCALE}, 900, "size", "beyond displayed"),
        ({"sent_ask_size": -1}, 100, "size", "displayed unknown"),
        ({"venue": "A"}, 100, "size_told", False),
        ({}, 100, "size_told", True),
        ({"order_type": "limit", "limit_price": BID}, 100, "intent", "post"),
        ({"order_type": "limit", "limit_price": ASK}, 100, "intent", "take"),
        ({}, 10_000, "block", "block"),
        ({}, 9_999, "block", "other"),
    ],
)
def test_what_a_route_is(changes: dict[str, Any], shares: int, name: str, value: object) -> None:
    """Own taking of half of what A shows, size, intent and block of a route, at each side of the boundary."""
    events = _events([_route("r", "o", OPEN + 10**12, **changes)], shares=shares)
    assert events.filter(pl.col("phase") == "route")[name].to_list() == [value]


def test_stops_and_fills_of_resting_routes_are_no_events() -> None:
    """A stop follows the market, and what rests or waits trades because the price came to it or let it."""
    at = OPEN + 10**12
    resting = _route("r", "o", at, order_type="limit", limit_price=BID)
    assert set(_events([resting], [("r", at + 10)])["phase"]) == {"arrival", "route"}
    assert _events([_route("r", "o", at, order_class="stop")]).is_empty()
    waited = _events([_route("r", "o", at)], [("r", at + (POLICY.route_ms + 1) * NS_PER_MS)])
    assert set(waited["phase"]) == {"arrival", "route"}


def _leaking_day(leaks: bool, after_ms: int = 50) -> tuple[pl.DataFrame, pl.DataFrame]:  # noqa: FBT001  # both are tried
    """Thirty routes, ten minutes apart; if it leaks, the ask is a cent up until 500 ms after each."""
    sent = [OPEN + (300 + 600 * place) * NS_PER_S for place in range(30)]
    rows = [(OPEN, ASK)]
    for at in sent if leaks else ():
        rows += [(at + after_ms * NS_PER_MS, ASK + CENT), (at + 500 * NS_PER_MS, ASK)]
    return _events([_route(f"r{at}", f"o{at}", at) for at in sent]), _quotes(rows)


def test_the_difference_in_differences_of_a_quiet_market_by_hand() -> None:
    """Nothing else moves: each route is followed by 0.01 / 10.02 = 9.980040 bps; all size at the old ask is gone."""
    events, quotes = _leaking_day(leaks=True)
    found = day_differences(events, events, book_of(quotes), DAY, HOURS, POLICY, seed=1).filter(
        pl.col("phase") == "route"
    )
    assert found.select("events", "matched", "move_total", "move_count", "size_total").rows() == [
        (30, 30, 30 * 9_980_040, 30, 30 * 1_000_000)
    ]
    assert found["move_placebo_total"].to_list() == [0]
    shuffled = events.sample(fraction=1.0, shuffle=True, seed=3)
    again = day_differences(shuffled, events, book_of(quotes), DAY, HOURS, POLICY, seed=1)
    assert again.filter(pl.col("phase") == "route").equals(found)
    early = pl.concat(
        [events.select("symbol", "at"), pl.DataFrame({"symbol": ["X"], "at": [OPEN - 3 * 86_400 * NS_PER_S]})]
    )
    long_ago = day_differences(events, early, book_of(quotes), DAY, HOURS, POLICY, seed=1)
    assert long_ago.filter(pl.col("phase") == "route").equals(found)
    quiet, still = _leaking_day(leaks=False)
    nothing = day_differences(quiet, quiet, book_of(still), DAY, HOURS, POLICY, seed=1)
    assert set(nothing["move_total"]) | set(nothing["size_total"]) == {0}


@pytest.mark.parametrize("after_ms", [-49, -20, 0])
def test_a_clock_that_is_late_within_its_bound_hides_nothing(after_ms: int) -> None:
    """By the provider's clock the ask was up before the route was sent: the same 9.980040 bps a route."""
    events, quotes = _leaking_day(leaks=True, after_ms=after_ms)
    sums = day_differences(events, events, book_of(quotes), DAY, HOURS, POLICY, seed=1)
    (row,) = sums.filter(pl.col("phase") == "route").to_dicts()
    assert (row["move_total"], row["move_placebo_total"]) == (30 * 9_980_040, 0)


def test_dense_own_flow_leaves_no_control_and_is_refused() -> None:
    """With a route each second no instant is clear of own events: the cell is refused with the share that has one."""
    sent = [OPEN + (50 + place) * NS_PER_S for place in range(950)]
    events = _events([_route(f"r{at}", f"o{at}", at) for at in sent])
    hours = (OPEN, OPEN + 1_000 * NS_PER_S)
    sums = day_differences(events, events, book_of(_quotes([(OPEN, ASK)])), DAY, hours, POLICY, seed=1)
    (row, *_) = [row for row in table(sums, "by_venue", STANDARDS) if row["phase"] == "route"]
    assert row["estimate"] is None
    assert "have a control" in row["reason"]


def _sums(moves: dict[str, float], placebo: float = 0.0) -> pl.DataFrame:
    """Forty days of 100 routes to each venue, whose daily means alternate by 0.02 around a number of bps."""
    rows = []
    for day in range(40):
        for venue, mean in moves.items():
            wave = 0.01 if day % 2 else -0.01
            total, before = (round((number + wave) * 1_000_000) * 100 for number in (mean, placebo))
            sums = {"total": total, "count": 100, "placebo_total": before, "placebo_count": 100, "largest": 1}
            key = {"provider": "P", "phase": "route", "venue": venue, "rank": "first", "intent": "take"}
            state = {"size": "within displayed", "company": "alone", "block": "other", "events": 100, "matched": 100}
            both = {f"{name}_{part}": value for name in ("move", "size") for part, value in sums.items()}
            rows.append({**key, **state, **both, "day": date.fromordinal(DAY.toordinal() + day)})
    return pl.DataFrame(rows)


@pytest.mark.parametrize(
    ("moves", "placebo", "told"),
    [
        ({"V": 0.5, "W": 0.0, "Z": 0.0}, 0.0, QUESTION),
        ({"V": 0.5, "W": 0.5, "Z": 0.5}, 0.0, NOTHING),
        ({"V": 0.5, "W": 0.0, "Z": 0.0}, 0.4, BEFORE),
        ({"V": 0.001, "W": 0.0, "Z": 0.0}, 0.0, NOTHING),
        ({"V": -0.5, "W": 0.0, "Z": 0.0}, 0.0, NOTHING),
    ],
)
def test_a_question_needs_all_of_it(moves: dict[str, float], placebo: float, told: str) -> None:
    """Found, material, not before the event, and above the same provider's routes to other venues."""
    rows = table(_sums(moves, placebo), "by_venue", STANDARDS)
    (row,) = [row for row in rows if (row["venue"], row["outcome"]) == ("V", "move")]
    assert row["tells"] == told
    assert row["detectable"] > 0.0


def test_too_few_events_are_refused() -> None:
    """A table keeps the cell, its count and the reason."""
    strict = Standards(policy=replace(POLICY, least_events=4_001), evidence=STANDARDS.evidence)
    (row, *_) = table(_sums({"V": 0.5}), "by_venue", strict)
    assert (row["events"], row["estimate"], row["tells"]) == (4_000, None, None)
    assert "at least 4001" in row["reason"]


def test_the_headline_is_refused_by_what_a_cell_is_refused_by() -> None:
    """Half of the routes have a control, where three in five must: no number, though forty days would do."""
    few = _sums({"V": 0.5}).with_columns(pl.lit(50, pl.Int64).alias("matched"))
    found = whole_of(few, "move", STANDARDS)
    assert (found.estimate, found.n, found.days) == (None, 4_000, 40)
    assert "50% of the events have a control" in str(found.reason)
    assert whole_of(_sums({"V": 0.5}), "move", STANDARDS).estimate == pytest.approx(0.5)


def test_a_gross_leak_is_asked_about_and_honest_flow_is_not() -> None:
    """A small power table: the exchange that leaks every route is asked about, the honest provider is left alone."""
    world = World(seed=5, grades=(0.0, 1.0), days=14, orders=600, quotes=30_000)
    rows = judged(day_sums(world, POLICY), STANDARDS)
    asked = {(row["provider"], row["phase"], row["venue"]) for row in rows if row["tells"] == QUESTION}
    assert ("P1", "route", "MEMX") in asked
    assert not [key for key in asked if key[0] == "P0"]


@pytest.mark.parametrize("kind", ["trend", "news"])
def test_a_market_that_moves_by_itself_does_not_fire(kind: str) -> None:
    """With honest routers nothing is asked, whether prices drift all day or jump on news."""
    rows = judged(
        day_sums(World(seed=6, grades=(0.0,), days=14, kind=kind, orders=450, quotes=30_000), POLICY), STANDARDS
    )
    assert len([row for row in rows if row["reason"] is None]) > 10
    assert not [row for row in rows if row["tells"] == QUESTION]


def test_events_have_the_columns_that_days_are_summed_by() -> None:
    """What `events_of` gives is what `day_differences` takes."""
    events, _ = _leaking_day(leaks=False)
    assert tuple(events.columns) == COLUMNS
    assert np.all(events["window_ns"].to_numpy() > 0)
