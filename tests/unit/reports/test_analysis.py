"""Draft analyses say what the worked example of a dashboard says, in our words, and never more than the test allows.

The numbers are the published example's: 0.0015 / 0.0008 / 0.0012; 55 / 30 / 45 %; 150 / 120 ms; 75 / 80 %;
-0.0002 / -0.0001 / -0.0003. The expectations are its analysis column, read by hand.
"""

from dataclasses import replace

from routeproof.reports.analysis import draft
from routeproof.reports.score import Comparison, Estimate, ScoreRow, ScoreRowId

NOT_APPLICABLE = Estimate(reason="N/A")


def row(row_id: ScoreRowId, market: float | None, limit: float | None, benchmark: float) -> ScoreRow:
    """A row without comparisons."""
    return ScoreRow(
        id=row_id,
        market=NOT_APPLICABLE if market is None else Estimate(value=market),
        limit=NOT_APPLICABLE if limit is None else Estimate(value=limit),
        benchmark=Estimate(value=benchmark),
        benchmark_name="declared figure",
    )


def test_market_orders_are_strong_and_limit_orders_need_review() -> None:
    """Market orders are strong and limit orders need review."""
    text = draft(row("price_improvement", 0.0015, 0.0008, 0.0012))
    assert "Market orders show strong price improvement" in text
    assert "Limit orders fall behind" in text
    assert "need review" in text


def test_the_router_captures_spread_on_marketable_orders() -> None:
    """The router captures spread on marketable orders."""
    text = draft(row("spread_capture", 0.55, 0.30, 0.45))
    assert "captures the spread well on marketable orders: 55% against 45%" in text


def test_execution_is_slightly_slower_and_the_latency_is_to_be_found() -> None:
    """Execution is slightly slower and the latency is to be found."""
    text = draft(row("fill_time", 150.0, None, 120.0))
    assert "slightly slower than the benchmark: 150 ms against 120 ms" in text
    assert "find where the latency arises" in text


def test_the_fill_rate_is_below_and_asks_for_logic_and_venues() -> None:
    """The fill rate is below and asks for logic and venues."""
    text = draft(row("limit_fill_rate", None, 0.75, 0.80))
    assert "below the benchmark: 75% against 80%" in text
    assert "limit order logic and its choice of venues" in text


def test_low_reversion_is_a_good_sign() -> None:
    """Low reversion is a good sign."""
    text = draft(row("reversion", -0.0002, -0.0001, -0.0003))
    assert "little market impact, a good sign" in text


def test_low_reversion_is_a_good_sign_even_within_the_margin() -> None:
    """Low reversion is a good sign even within the margin."""
    within = Comparison(verdict="no_material_difference", margin=0.0005)
    given = row("reversion", -0.0002, -0.0001, -0.0003)
    same = ScoreRow(
        id=given.id,
        market=given.market,
        limit=given.limit,
        benchmark=given.benchmark,
        benchmark_name="declared figure",
        market_comparison=within,
        limit_comparison=within,
    )
    assert "Reversion is low" in draft(same)
    assert "a good sign" in draft(same)


def test_an_untested_difference_says_so() -> None:
    """An untested difference says so."""
    assert "not established: no test was made" in draft(row("fill_time", 150.0, None, 120.0))


def test_the_doubt_names_the_column_it_concerns() -> None:
    """The doubt names the column it concerns."""
    given = ScoreRow(
        id="price_improvement",
        market=Estimate(value=0.0015),
        limit=Estimate(value=0.0008),
        benchmark=Estimate(value=0.0012),
        benchmark_name="own prior quarter",
        market_comparison=Comparison(verdict="better"),
        limit_comparison=Comparison(verdict="cannot_tell", detectable=0.0009),
    )
    expected = "For limit orders the difference is not established: this much data could not have shown less than"
    assert f"{expected} $0.0009 a share." in draft(given)


def test_a_missing_value_is_explained_not_skipped() -> None:
    """A missing value is explained not skipped."""
    given = ScoreRow(
        id="fill_time",
        market=Estimate(reason="no covered executions"),
        limit=NOT_APPLICABLE,
        benchmark=Estimate(value=120.0),
        benchmark_name="own prior quarter",
    )
    assert draft(given) == "Market orders cannot be judged: no covered executions."


def test_a_sentence_holds_the_value_against_the_number_that_decided() -> None:
    """Like for like the benchmark is 0.0062, not 0.0078: the larger 0.0066 is then no contradiction."""
    plain = row("reversion", 0.0066, None, 0.0078)
    against = Comparison(verdict="worse", difference=0.0004, margin=0.0002, like_for_like=0.0062)
    text = draft(replace(plain, market_comparison=against))
    assert "$0.0066 a share against $0.0062 a share like for like" in text
    assert "like for like" not in draft(replace(plain, market_comparison=replace(against, like_for_like=0.0078)))
