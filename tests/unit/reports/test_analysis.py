"""Draft analyses say what the worked example of a dashboard says, in our words, and never more than the verdict allows.

The numbers are the published example's: 0.0015 / 0.0008 / 0.0012; 55 / 30 / 45 %; 150 / 120 ms; 75 / 80 %;
-0.0002 / -0.0001 / -0.0003. The expectations are its analysis column, read by hand; the verdicts are those of
`e2e/test_article_case.py`.
"""

import re
from dataclasses import replace
from typing import get_args

import pytest

from routeproof.reports.analysis import draft
from routeproof.reports.document import Verdict
from routeproof.reports.score import Comparison, Estimate, ScoreRow, ScoreRowId
from routeproof.reports.sentences import SENTENCES, Column

NOT_APPLICABLE = Estimate(reason="N/A")
JUDGING = re.compile(
    r"\b(strong|well|good|better than|more|less|faster|slower|below|behind|low|small|hardly|level|in line|as long as|"
    r"also|too|same|review|look for|find where)\b"
)
"""What a sentence without a verdict must not say: praise, blame, likeness, advice, or another sentence's judgement."""
ROWS: tuple[ScoreRowId, ...] = get_args(ScoreRowId)


def row(
    row_id: ScoreRowId,
    market: float | None,
    limit: float | None,
    benchmark: float,
    verdicts: tuple[Verdict | None, Verdict | None] = (None, None),
) -> ScoreRow:
    """A row with the verdicts of its market and limit cells; without a verdict, no comparison was made."""
    return ScoreRow(
        id=row_id,
        market=NOT_APPLICABLE if market is None else Estimate(value=market),
        limit=NOT_APPLICABLE if limit is None else Estimate(value=limit),
        benchmark=Estimate(value=benchmark),
        benchmark_name="declared figure",
        market_comparison=None if verdicts[0] is None else Comparison(verdict=verdicts[0]),
        limit_comparison=None if verdicts[1] is None else Comparison(verdict=verdicts[1]),
    )


def test_market_orders_are_strong_and_limit_orders_need_review() -> None:
    """Market orders are strong and limit orders need review; each sentence names what it is held against."""
    text = draft(row("price_improvement", 0.0015, 0.0008, 0.0012, ("better", "worse")))
    assert text == (
        "Market orders show strong price improvement: $0.0015 a share against $0.0012 a share. "
        "Limit orders fall behind the benchmark, $0.0008 a share against $0.0012 a share, and need review."
    )


def test_the_router_captures_spread_on_marketable_orders() -> None:
    """The router captures spread on marketable orders."""
    text = draft(row("spread_capture", 0.55, 0.30, 0.45, ("better", "worse")))
    assert "captures the spread well on marketable orders: 55% against 45%" in text


def test_execution_is_slightly_slower_and_the_latency_is_to_be_found() -> None:
    """30 ms of 120 ms are a quarter of the benchmark, which is slight."""
    text = draft(row("fill_time", 150.0, None, 120.0, ("worse", None)))
    assert "slightly slower than the benchmark: 150 ms against 120 ms" in text
    assert "find where the latency arises" in text
    assert "slightly" not in draft(row("fill_time", 170.0, None, 120.0, ("worse", None)))


def test_the_fill_rate_is_below_and_asks_for_logic_and_venues() -> None:
    """The fill rate is below and asks for logic and venues."""
    text = draft(row("limit_fill_rate", None, 0.75, 0.80, (None, "worse")))
    assert "below the benchmark: 75% against 80%" in text
    assert "limit order logic and its choice of venues" in text


def test_low_reversion_is_a_good_sign() -> None:
    """A smaller move than the benchmark's, established."""
    text = draft(row("reversion", -0.0002, -0.0001, -0.0003, ("better", "better")))
    assert "little market impact, a good sign" in text


def test_low_reversion_is_a_good_sign_where_no_more_than_the_benchmarks_is_established() -> None:
    """No material difference, and the price came back no further; a price that moved on is no reversion at all."""
    within: tuple[Verdict, Verdict] = ("no_material_difference", "cannot_tell")
    text = draft(row("reversion", -0.0002, -0.0001, -0.0003, within))
    assert "Reversion is low" in text
    assert "a good sign" in text
    assert "The price move after limit orders is \N{MINUS SIGN}$0.0001 a share" in text
    assert "good sign" not in draft(row("reversion", 0.0002, None, 0.0003, within))


@pytest.mark.parametrize("row_id", ROWS)
@pytest.mark.parametrize("verdict", ["cannot_tell", None])
@pytest.mark.parametrize("value", [1.00, 1.01, 1.30, 0.70], ids=["equal", "level", "above", "under"])
def test_without_a_verdict_nothing_is_praised_or_blamed(row_id: ScoreRowId, verdict: Verdict, value: float) -> None:
    """Every row and column, wherever the numbers lie: both are stated, and that it cannot be told which is better."""
    text = draft(row(row_id, value, value, 1.00, (verdict, verdict)))
    stated, *doubt = re.split(r"Which is better cannot be told|For neither can it be told which is better", text)
    assert doubt
    assert not JUDGING.search(stated)


@pytest.mark.parametrize("place", SENTENCES, ids="/".join)
def test_every_sentence_states_both_numbers_and_leans_on_no_other(place: tuple[ScoreRowId, Column, str]) -> None:
    """A column may be bad or missing where the other is good."""
    sentence = SENTENCES[place]
    assert "{value}" in sentence
    assert "{benchmark}" in sentence
    assert not re.search(r"\b(also|too|the same)\b", sentence)


@pytest.mark.parametrize("verdict", ["better", "worse", "no_material_difference"])
@pytest.mark.parametrize("row_id", ROWS)
def test_the_limit_sentence_is_the_same_whatever_market_orders_did(row_id: ScoreRowId, verdict: Verdict) -> None:
    """Market orders good, bad, untold or without a value."""
    alone = draft(row(row_id, None, -0.4, -0.5, (None, verdict)))
    verdicts: tuple[Verdict, ...] = ("better", "worse", "cannot_tell")
    assert all(alone in draft(row(row_id, -0.6, -0.4, -0.5, (other, verdict))) for other in verdicts)


def test_an_untested_difference_says_so() -> None:
    """An untested difference says so."""
    text = draft(row("fill_time", 150.0, None, 120.0))
    assert text == (
        "Fills of market orders take 150 ms, the benchmark's 120 ms. Which is better cannot be told: no test was made."
    )


def test_the_doubt_names_the_column_it_concerns() -> None:
    """The doubt names the column it concerns."""
    given = replace(
        row("price_improvement", 0.0015, 0.0008, 0.0012, ("better", None)),
        limit_comparison=Comparison(verdict="cannot_tell", detectable=0.0009),
    )
    expected = "For limit orders it cannot be told which is better: this much data could not have shown less than"
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
    assert "$0.0066 a share against $0.0062 a share, like for like" in text
    assert "like for like" not in draft(replace(plain, market_comparison=replace(against, like_for_like=0.0078)))


def test_both_numbers_are_of_the_compared_flow_and_its_share_is_named() -> None:
    """Four fifths of the flow have their like: 0.0010 there, 0.0015 over all, against 0.0014 of the like."""
    plain = row("price_improvement", 0.0015, None, 0.0012)
    against = Comparison(verdict="worse", difference=-0.0004, subject=0.0010, like_for_like=0.0014, overlap=0.8)
    text = draft(replace(plain, market_comparison=against))
    assert "than the benchmark: $0.0010 a share against $0.0014 a share, like for like (80% of the flow);" in text
    nearly = replace(against, subject=0.0015, like_for_like=0.0012, overlap=0.9996)
    assert "like for like" not in draft(replace(plain, market_comparison=nearly)), "nothing printed differs"
