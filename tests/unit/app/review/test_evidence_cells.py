"""Cells of two periods meet by security and order class, whatever else either period has."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from routeproof.app.review.benchmark import Benchmark, choose_benchmark
from routeproof.app.review.evidence_cells import CellTable, Selection
from routeproof.app.review.framework_rows import framework_rows
from routeproof.app.review.judge import Judge
from routeproof.stores.shipped_policy import load_shipped_policy

METRIC = "price_improvement_usd_per_share"
QUARTER, PRIOR = date(2026, 7, 1), date(2026, 4, 1)
DAYS = 60
JUDGE = Judge(book=load_shipped_policy(), period_start=QUARTER)
BEFORE = {"BBB": 0.010, "CCC": 0.001}


def cells(first: date, improvement: dict[str, float], provider: str = "P", metric: str = METRIC) -> pl.DataFrame:
    """Fifty orders of 100 shares a day and security, whose improvement swings by a thousandth of a cent."""
    parts = [
        pl.DataFrame(
            {
                "metric": metric,
                "provider": provider,
                "symbol": symbol,
                "order_group": "market",
                "order_class": "market",
                "trading_day": [first + timedelta(days=step) for step in range(DAYS)],
                "numerator": [5_000.0 * (usd + 0.00001 * (((step * 37) % 11 - 5) / 5)) for step in range(DAYS)],
                "denominator": 5_000.0,
                "largest": 100.0,
                "n": 50,
                "shares": 5_000,
            }
        )
        for symbol, usd in improvement.items()
    ]
    return pl.concat(parts)


def table(first: date, improvement: dict[str, float]) -> CellTable:
    """Cells of provider P in a period."""
    return CellTable.of([cells(first, improvement)])


def against_prior(now: dict[str, float], before: dict[str, float], month: str | None = None) -> tuple[str, float]:
    """Verdict and difference of market orders against the own prior quarter."""
    prior = Benchmark(name="own prior quarter", cells=table(PRIOR, before), provider="P")
    chosen = Selection(provider="P", groups=("market",), month=month)
    judged = JUDGE.compare(table(QUARTER, now), METRIC, chosen, prior)
    assert judged is not None
    assert judged.difference.estimate is not None
    return judged.verdict.word, judged.difference.estimate


@pytest.mark.parametrize("new", [{}, {"AAA": 0.02}, {"ZZZ": 0.02}, {"BBBB": 0.02, "A": 0.0}])
def test_securities_are_compared_with_themselves(new: dict[str, float]) -> None:
    """BBB and CCC got what they got before; securities of one quarter alone, wherever they sort, change nothing."""
    for now, before in ((BEFORE | new, BEFORE), (BEFORE, BEFORE | new)):
        word, difference = against_prior(now, before)
        assert (word, difference) == ("no_material_difference", pytest.approx(0.0, abs=1e-12))


def test_what_became_worse_is_worse_whatever_is_new() -> None:
    """BBB lost half a cent and CCC nothing; with as many shares each, a quarter of a cent."""
    now = {"AAA": 0.02, "BBB": 0.005, "CCC": 0.001}
    assert against_prior(now, BEFORE) == ("worse", pytest.approx(-0.0025))


def test_a_month_is_held_against_the_whole_quarter_before() -> None:
    """July against April to June; there is no July among those. Its swings leave a thousandth of a cent at the most."""
    assert against_prior({"BBB": 0.005, "CCC": 0.001}, BEFORE, month="2026-07") == (
        "worse",
        pytest.approx(-0.0025, abs=1e-6),
    )


def test_two_worse_months_cross_the_threshold_against_the_prior_quarter() -> None:
    """In July and August half a cent less; sixty days end before September."""
    prior = table(PRIOR, BEFORE)
    benchmark = Benchmark(name="own prior quarter", cells=prior, provider="P")
    now = table(QUARTER, {"BBB": 0.005, "CCC": 0.001})
    rows = framework_rows(JUDGE, now, "P", benchmark, prior, pl.DataFrame(), None, None)
    (found,) = (row for row in rows if row.component == "Price improvement")
    assert found.outcome == "failed"
    assert found.detail.startswith("Worse over the quarter and in 2 of 3 months")


def test_the_same_strata_in_the_same_table_keep_their_numbers() -> None:
    """A table beside itself gives the partials that it gives alone."""
    own, chosen = table(QUARTER, BEFORE), Selection(provider="P")
    assert own.partials_beside(own, METRIC, chosen) is own.partials(METRIC, chosen)


def test_a_figure_leads_back_by_days() -> None:
    """An order of the quarter may be filled after it: `--where quarter` would see that fill, the review does not."""
    chosen = Selection(provider="P", symbol="A B", month="2026-07")
    assert chosen.rows_ref("2026Q3", "execution") == (
        "--benchmark execution --from=2026-07-01 --to=2026-09-30 --where provider=P --where halted=no "
        "--where 'symbol=A B' --where month=2026-07"
    )


def others(*providers: tuple[str, dict[str, float]]) -> CellTable:
    """What provider P and others executed in the quarter, counted."""
    counted = [cells(QUARTER, symbols, provider, "coverage") for provider, symbols in (("P", BEFORE), *providers)]
    return CellTable.of(counted)


def test_the_benchmark_is_who_has_the_most_in_common() -> None:
    """Q has one of two securities, R both, S none; a control flow and nobody's orders are taken only when asked for."""
    both, none = {"BBB": 0.0, "CCC": 0.0}, {"DDD": 0.0}
    known = others(("", both), ("Q", {"BBB": 0.0}), ("R", both), ("S", none))
    assert choose_benchmark(known, None, "P", {}).provider == "R"
    assert choose_benchmark(known, None, "P", {}, control="R").provider == "Q"
    assert choose_benchmark(known, None, "P", {}, against="S").provider == "S"
    prior = CellTable.of([cells(PRIOR, BEFORE, metric="coverage")])
    assert choose_benchmark(others(("S", none)), prior, "P", {}).name == "own prior quarter"
