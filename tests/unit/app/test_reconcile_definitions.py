"""What a provider says that its figure is, read or refused."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from routeproof.app.reconcile.definitions import Claim, claim_of
from routeproof.app.reconcile.headline import headline
from routeproof.app.reconcile.statistics import stated_row
from routeproof.policy.reconcile import ReconcilePolicy
from routeproof.policy.whole import whole_policy
from routeproof.stores.shipped_policy import load_equity_calendar, shipped_subjects

FIRST, LAST = date(2026, 7, 1), date(2026, 9, 30)
SHIPPED = whole_policy(shipped_subjects(), load_equity_calendar()).reconcile.on(LAST).value


def claim(**stated: Any) -> Claim | None:  # noqa: ANN401  # cells of a row
    """A stated figure, E/Q of 0.45 of the quarter where nothing else is said."""
    empty = dict.fromkeys(("period", "unit", "definition", "population", "by", "level", "n"))
    return claim_of({**empty, "metric": "e_over_q", "stated": 450_000_000, **stated}, FIRST, LAST)


def known(**stated: Any) -> Claim:  # noqa: ANN401  # as above
    """A claim of the period."""
    found = claim(**stated)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("period", "span"),
    [
        (None, (FIRST, LAST)),
        ("2026Q3", (FIRST, LAST)),
        ("Q3 2026", (FIRST, LAST)),
        ("2026-08", (date(2026, 8, 1), date(2026, 8, 31))),
    ],
)
def test_a_period_is_a_quarter_or_a_month_of_it(period: str | None, span: tuple[date, date]) -> None:
    """Unsaid, it is what is asked for."""
    found = known(period=period)
    assert (found.first, found.last, found.reason) == (*span, "")


def test_figures_of_another_period_are_not_compared() -> None:
    """A quarter before, and a month of it."""
    assert claim(period="2026Q2") is None
    assert claim(period="2026-06") is None


@pytest.mark.parametrize(
    ("metric", "unit", "stated", "read"),
    [
        ("spread_capture", "percent", 55, Decimal("0.55")),
        ("Spread Capture", "%", 55, Decimal("0.55")),
        ("E/Q", "", 45, Decimal("0.45")),
        ("price_improvement", "cents", 2, Decimal("0.02")),
        ("time_to_execution_ms_avg", "s", 3, Decimal(3000)),
        ("executed_shares", "shares", 900, Decimal(900)),
    ],
)
def test_units_are_brought_to_the_metrics_own(metric: str, unit: str, stated: int, read: Decimal) -> None:
    """Percent to shares of one, cents to dollars; 45 as a ratio without a unit is percent points, and that is noted."""
    found = known(metric=metric, unit=unit, stated=stated * 10**9)
    assert (found.stated, found.reason) == (read, "")
    assert any("percent points" in note for note in found.notes) == (metric == "E/Q")


@pytest.mark.parametrize(
    ("text", "benchmark", "locked"),
    [
        ("benchmark=execution", "execution", "exclude"),
        ("route; locked=include", "route", "include"),
        ("", "receipt", "exclude"),
    ],
)
def test_a_definition_is_its_switches(text: str, benchmark: str, locked: str) -> None:
    """The benchmark's word alone will do; without a definition ours is used, and noted."""
    found = known(definition=text)
    assert (found.switches.benchmark, found.switches.locked, found.reason) == (benchmark, locked, "")
    assert any("no definition" in note for note in found.notes) == (text == "")


def test_a_population_and_a_level_become_filters() -> None:
    """Two filters of the population and the level of the breakdown."""
    found = known(population="order_class=market; quantity>=100", by="venue", level="XNAS")
    assert [(item.column, item.operator, item.values) for item in found.filters] == [
        ("order_class", "=", ("market",)),
        ("quantity", ">=", ("100",)),
        ("venue", "=", ("XNAS",)),
    ]


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ({"metric": "alpha"}, "none that we define"),
        ({"definition": "benchmark=vwap"}, "vwap"),
        ({"definition": "volume weighted"}, "volume weighted"),
        ({"unit": "furlongs"}, "furlongs"),
        ({"population": "the good ones"}, "the good ones"),
        ({"period": "summer"}, "summer"),
    ],
)
def test_what_is_not_known_is_null_with_its_reason(stated: dict[str, str], why: str) -> None:
    """Never recomputed by a guess."""
    assert why in known(**stated).reason


def row(stated: str, value: float | None, policy: ReconcilePolicy = SHIPPED, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """The comparison of E/Q as stated with a recomputed value."""
    one = known(**{"stated": int(Decimal(stated) * 10**9), **more})
    return stated_row(one, value, (0.486, 0.498), 900, "", policy)


def test_a_difference_of_just_the_tolerance_agrees() -> None:
    """0.005 between ratios; half a per mille more differs."""
    assert row("0.455", 0.45)["differs"] is False
    assert row("0.4556", 0.45)["differs"] is True
    assert row("0.455", None)["differs"] is None


def test_the_interval_of_the_difference_is_that_of_ours_mirrored() -> None:
    """0.45 less [0.486, 0.498]."""
    found = row("0.45", 0.492)
    assert (found["difference"], found["difference_lower"], found["difference_upper"]) == (-0.042, -0.048, -0.036)


def test_the_headline_says_figure_and_what_is_left_out() -> None:
    """Stated 55 %, recomputed 49.2 % [48.6, 49.8], 3,114 orders mostly outside the quote."""
    figure = row("55", 0.492, metric="spread_capture", unit="percent")
    missing = {
        "orders": 3114,
        "missing": {"inside": 100, "at": 900, "outside": 2114, "no_quote": 0},
        "outside_p": 0.0004,
        "cost_p": 0.001,
    }
    found = {
        "provider": "ACME",
        "has_differences": True,
        "counted": "order",
        "statistics": [figure],
        "missing": missing,
        "missing_here": 2,
        "differing": [{"field": "price", "n": 1, "of": "execution"}],
        "timestamps": {"pattern": None},
        "clock_offset_ms": {},
    }
    assert headline(found) == (
        "Provider ACME states spread capture 55.0% (E/Q 45.0%); recomputed 49.2% [48.6, 49.8]; 3,114 orders, mostly "
        "outside the quote (p = 0.0008), absent from its file in whole or part; 2 orders of its file unknown to us; "
        "differing: price of 1 execution."
    )


def test_the_headline_of_a_report_that_agrees_says_so() -> None:
    """Without figures it begins with a colon."""
    counts = {"matched": 3}
    found = {
        "provider": "P",
        "has_differences": False,
        "statistics": [],
        "orders": counts,
        "executions": {"matched": 1},
    }
    assert headline(found) == (
        "Provider P: 3 orders and 1 fill match, nothing is missing on either side, nothing differs beyond tolerance."
    )
