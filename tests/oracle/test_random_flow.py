"""Every figure of random markets and flow equals the slow oracle's, to 1e-9, in every grouping and convention."""

from __future__ import annotations

from typing import Any

import pytest

import routeproof as rp
from oracle.figures import fill_figures, order_figures, own_figures, route_figures
from oracle.fills import order_book, order_rows, own_fills, route_rows, set_decisions, tape_fills
from oracle.lookup import Conventions, Row
from oracle.orders import lot
from oracle.random_flow import Dice, frame, random_flow, random_market, with_own_providers

GROUPINGS = ((), ("symbol",), ("order_class",), ("side", "tif"), ("venue",), ("hop",), ("provider", "lot", "day"))
CONVENTIONS = (
    Conventions(),
    Conventions(tie="inclusive", locked="include"),
    Conventions(benchmark="execution", after_close="final_quote"),
    Conventions(benchmark="route", locked="include", shift_ns=300_000_000),
    Conventions(benchmark="venue", shift_ns=-250_000_000),
)


def groups(rows: list[Row], by: tuple[str, ...]) -> dict[tuple[Any, ...], list[Row]]:
    """Rows by their dimensions."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in by), []).append(row)
    return found


def assert_same(ours: Any, expected: dict[tuple[Any, ...], dict[str, Any]], by: tuple[str, ...]) -> None:  # noqa: ANN401
    """Each expected figure is found in its group; a missing group may only hold zero counts."""
    found = {tuple(str(v) if name == "day" else v for name, v in zip(by, row[: len(by)], strict=True)): row
             for row in ours.rows()}  # fmt: skip
    assert set(found) >= set(expected)
    for key, figures in expected.items():
        row = dict(zip(ours.columns, found[key], strict=True))
        for name, value in figures.items():
            if value is None:
                assert row[name] is None, (key, name, row[name])
            else:
                assert row[name] is not None, (key, name, float(value))
                assert row[name] == pytest.approx(float(value), rel=1e-9, abs=1e-9), (key, name)


@pytest.mark.parametrize("how", CONVENTIONS, ids=lambda how: f"{how.benchmark}-{how.tie}-{how.locked}-{how.shift_ns}")
@pytest.mark.parametrize("seed", [1, 2, *(pytest.param(seed, marks=pytest.mark.night) for seed in range(3, 9))])
def test_own_flow_is_what_the_oracle_says(seed: int, how: Conventions) -> None:
    """Orders of every class, replaces, cancels, two hops, busts, orphans, GTC over two days."""
    dice = Dice(seed)
    market, flow = random_market(dice), with_own_providers(dice, random_flow(dice))
    book = order_book(flow, market, how)
    set_decisions(book, market, how)
    fills = own_fills(flow, book, market, how)
    orders = order_rows(book, fills, market, how)
    routes = [dict(r, **_of_order(r, book), day=market.day_of(r["sent_at"])) for r in route_rows(flow, fills)]
    given = {name: frame(flow[name]) for name in ("executions", "orders", "versions", "routes")}
    for by in GROUPINGS:
        expected: dict[tuple[Any, ...], dict[str, Any]] = {}
        for key, rows in groups(fills, by).items():
            expected.setdefault(key, {}).update(fill_figures(rows) | own_figures(rows))
        if not {"venue", "hop"} & set(by):
            for key, rows in groups(orders, by).items():
                expected.setdefault(key, {}).update(order_figures(rows))
        for key, rows in groups(routes, by).items():
            expected.setdefault(key, {}).update(route_figures(rows, by_hop="hop" in by))
        ours = rp.measure(
            given["executions"], frame(market.quotes), given["orders"], by=by, trades=frame(market.trades),
            routes=given["routes"], order_versions=given["versions"], benchmark=how.benchmark, tie=how.tie,
            locked=how.locked, after_close=how.after_close, shift_ns=how.shift_ns,
        )  # fmt: skip
        assert_same(ours, expected, by)


def _of_order(route: Row, book: dict[str, list[Row]]) -> dict[str, Any]:
    version = next(v for v in book[route["order_id"]] if v["version"] == route["version"])
    order = version["order"]
    return {
        "tif": "day",
        "provider": route["provider_id"] or order["provider_id"],
        "order_class": version["order_class"],
        "lot": lot(version["quantity"]),
    }


@pytest.mark.parametrize(
    "how",
    [
        Conventions(population="tape", benchmark="execution"),
        Conventions(population="tape", benchmark="execution", tie="inclusive", locked="include"),
        Conventions(population="tape", benchmark="execution", after_close="final_quote"),
    ],
    ids=lambda how: f"{how.tie}-{how.locked}-{how.after_close}",
)
@pytest.mark.parametrize("seed", [11, 12, 13])
def test_tape_is_what_the_oracle_says(seed: int, how: Conventions) -> None:
    """Eligible regular-hours prints, quote rule and tick test, unsigned prints, locked and crossed references."""
    dice = Dice(seed)
    market, flow = random_market(dice), random_flow(dice)
    rows = tape_fills(market, how)
    for by in ((), ("symbol",), ("symbol", "day"), ("venue",)):
        expected = {key: fill_figures(some) for key, some in groups(rows, by).items()}
        ours = rp.measure(
            frame(flow["executions"]), frame(market.quotes), trades=frame(market.trades), by=by, population="tape",
            tie=how.tie, locked=how.locked, after_close=how.after_close,
        )  # fmt: skip
        assert_same(ours, expected, by)
