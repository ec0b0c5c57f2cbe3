"""Page one names a difference only where policy calls it large and it is more than the days differ by chance."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl
import pytest

from routeproof.app.review.evidence_cells import CellTable
from routeproof.app.review.front.findings import findings_of
from routeproof.app.review.front.noted import Beside, Noted, PayerShare, ShareMove, noted_of
from routeproof.app.review.intervals import IMPROVEMENT
from routeproof.app.review.judge import Judge
from routeproof.app.review.profiles import markouts
from routeproof.app.review.quarter import Quarter
from routeproof.policy.thresholds import FrameworkThresholds
from routeproof.reports.score import Score
from routeproof.stores.shipped_policy import load_shipped_policy

if TYPE_CHECKING:
    from collections.abc import Sequence

JUDGE = Judge(book=load_shipped_policy(), period_start=date(2026, 7, 1))
DAYS = 20
JULY, SEPTEMBER = ([date(2026, month, 1) + timedelta(days=step) for step in range(DAYS)] for month in (7, 9))
VENUES = pl.DataFrame({"venue": ["A", "B"], "share": [0.6, 0.4], "payer": [True, False]})


def by_turns(mean: float, swing: float) -> list[float]:
    """`mean` on average, above and below by turns."""
    return [mean + (swing if day % 2 else -swing) for day in range(DAYS)]


def venue_days(provider: str, shares: Sequence[tuple[Sequence[date], Sequence[float]]]) -> pl.DataFrame:
    """1,000 shares a day, of which venue A gets its share and B the rest."""
    rows = [
        (provider, day, venue, 1000 * part)
        for days, values in shares
        for day, share in zip(days, values, strict=True)
        for venue, part in (("A", share), ("B", 1 - share))
    ]
    return pl.DataFrame(rows, schema=["provider", "trading_day", "venue", "executed_shares"], orient="row")


def meeting(provider: str, outside: Sequence[float], median: Sequence[float]) -> pl.DataFrame:
    """Market orders by day: 1,000 covered shares, those outside the quote, and the median fill time."""
    return pl.DataFrame(
        {
            "provider": provider, "order_group": "market", "trading_day": JULY, "outside_shares": outside,
            "covered_shares": 1000.0, "time_to_execution_ms_p50": median,
        }
    )  # fmt: skip


def improvement(venue: str, values: Sequence[float]) -> pl.DataFrame:
    """Daily sums of P's price improvement at a venue: 1,000 shares a day at this improvement."""
    return pl.DataFrame(
        {
            "dimension": "venue", "level": venue, "metric": IMPROVEMENT, "provider": "P", "trading_day": JULY,
            "numerator": [1000 * value for value in values], "denominator": 1000.0, "largest": 50.0, "n": 5,
        }
    )  # fmt: skip


def quarter(
    days: pl.DataFrame | None = None,
    by_day: Sequence[pl.DataFrame] = (),
    medians: tuple[float, float] = (50.0, 50.0),
    sums: tuple[pl.DataFrame, ...] = (),
) -> Quarter:
    """A quarter of P, beside Q."""
    nothing = meeting("P", [0.0] * DAYS, [50.0] * DAYS).clear()
    tables = {
        "venue_charges": venue_days("P", ()) if days is None else days,
        "day_meeting": pl.concat([nothing, *by_day]),
        "group": pl.DataFrame(
            {
                "provider": ["P", "Q"], "order_group": "market", "executions": 100,
                "time_to_execution_ms_p50": medians,
            }
        ),
    }  # fmt: skip
    empty = pl.DataFrame()
    return Quarter((), CellTable(empty), tables, empty, empty, empty, sums, {})


def noted(given: Quarter, venues: pl.DataFrame | None = None) -> Noted:
    """What is named of P beside Q."""
    return noted_of(given, JUDGE, "P", "Q", pl.DataFrame() if venues is None else venues)


def test_a_share_that_moved_by_more_than_chance_is_named() -> None:
    """From 65 to 55 %, days two points about it: the standard error is 0.02 x sqrt(2 / 20) = 0.6 points."""
    found = noted(quarter(venue_days("P", ((JULY, by_turns(0.65, 0.02)), (SEPTEMBER, by_turns(0.55, 0.02))))))
    assert [(move.venue, round(move.before, 12), round(move.after, 12)) for move in found.moves] == [
        ("A", 0.65, 0.55),
        ("B", 0.35, 0.45),
    ]


def test_a_venue_that_is_new_and_one_that_got_everything_are_named() -> None:
    """A share of nothing on every day does not vary; neither does all of it at one provider and none at the other."""
    shares = ((JULY, [0.0] * DAYS), (SEPTEMBER, by_turns(0.3, 0.02)))
    assert [move.venue for move in noted(quarter(venue_days("P", shares))).moves] == ["A", "B"]
    days = pl.concat([venue_days("P", ((JULY, [1.0] * DAYS),)), venue_days("Q", ((JULY, [0.0] * DAYS),))])
    sums = (improvement("A", by_turns(0.001, 0.0001)),)
    (payer,) = noted(quarter(days, sums=sums), VENUES).payers
    assert (payer.venue, payer.elsewhere, payer.others) == ("A", 0.0, None)


@pytest.mark.parametrize(
    ("before", "after", "days"),
    [
        (by_turns(0.65, 0.25), by_turns(0.55, 0.25), DAYS),
        (by_turns(0.65, 0.02), by_turns(0.61, 0.02), DAYS),
        (by_turns(0.65, 0.02), by_turns(0.55, 0.02), 9),
    ],
    ids=[
        "days 25 points about it: standard error 8 points",
        "four points are no move by policy",
        "nine days tell nothing",
    ],
)
def test_a_move_that_chance_or_policy_explains_is_not_named(before: list[float], after: list[float], days: int) -> None:
    """Ten points need days that agree; policy asks for five points; an interval asks for ten days."""
    shares = ((JULY[:days], before[:days]), (SEPTEMBER[:days], after[:days]))
    assert noted(quarter(venue_days("P", shares))).moves == ()


@pytest.mark.parametrize(
    ("at_payer", "word"), [(0.0010, "worse"), (0.0017, "no_material_difference"), (0.0025, "better")]
)
def test_a_payers_improvement_is_held_against_the_other_venues_of_the_same_days(at_payer: float, word: str) -> None:
    """0.0018 elsewhere: worse or better beyond the margin of 0.0002, and 0.0001 less is no material difference."""
    days = pl.concat([venue_days("P", ((JULY, by_turns(0.6, 0.02)),)), venue_days("Q", ((JULY, by_turns(0.1, 0.03)),))])
    sums = (improvement("A", by_turns(at_payer, 0.00002)), improvement("B", [0.0018] * DAYS))
    (payer,) = noted(quarter(days, sums=sums), VENUES).payers
    assert (payer.venue, payer.share, round(payer.elsewhere, 12), payer.word) == ("A", 0.6, 0.1, word)
    assert (payer.improvement, payer.others) == (pytest.approx(at_payer), pytest.approx(0.0018))


def test_a_payer_with_no_more_than_at_the_other_provider_is_not_named() -> None:
    """60 % at both, by turns of one point and of two."""
    days = pl.concat([venue_days("P", ((JULY, by_turns(0.6, 0.01)),)), venue_days("Q", ((JULY, by_turns(0.6, 0.02)),))])
    assert noted(quarter(days), VENUES).payers == ()


def test_fills_outside_the_quote_are_named_beyond_factor_and_chance() -> None:
    """13 % against 10 %: 1.3 times is beyond 1.25; by days that swing by 12 points it is chance; 12 % is too little."""
    other = meeting("Q", by_turns(100.0, 5.0), [50.0] * DAYS)
    found = noted(quarter(by_day=[meeting("P", by_turns(130.0, 10.0), [50.0] * DAYS), other]))
    assert found.outside is not None
    assert (found.outside.own, found.outside.other) == (pytest.approx(0.13), pytest.approx(0.10))
    for outside in (by_turns(130.0, 120.0), by_turns(120.0, 10.0)):
        assert noted(quarter(by_day=[meeting("P", outside, [50.0] * DAYS), other])).outside is None


def test_a_median_is_named_beyond_factor_and_chance() -> None:
    """110 ms against 50 ms is more than twice; not if daily medians swing by 200 ms, and 90 ms are not twice."""
    other = meeting("Q", [0.0] * DAYS, by_turns(50.0, 2.0))
    slow = meeting("P", [0.0] * DAYS, by_turns(110.0, 5.0))
    assert noted(quarter(by_day=[slow, other], medians=(110.0, 50.0))).slow == Beside(
        own=110.0, other=50.0, provider="Q"
    )
    swinging = meeting("P", [0.0] * DAYS, by_turns(110.0, 200.0))
    assert noted(quarter(by_day=[swinging, other], medians=(110.0, 50.0))).slow is None
    assert noted(quarter(by_day=[slow, other], medians=(90.0, 50.0))).slow is None


def test_what_counts_as_large_is_policy() -> None:
    """A firm that asks for a move of 15 points is told of none of ten; one that asks for a factor of 3 of no 2.2."""
    days = venue_days("P", ((JULY, by_turns(0.65, 0.02)), (SEPTEMBER, by_turns(0.55, 0.02))))
    by_day = [meeting("P", [0.0] * DAYS, by_turns(110.0, 5.0)), meeting("Q", [0.0] * DAYS, by_turns(50.0, 2.0))]
    dated = JUDGE.book.framework
    (entry,) = dated.values
    strict = FrameworkThresholds(venue_share_move=0.15, median_ratio=3.0)
    book = replace(JUDGE.book, framework=replace(dated, values=(replace(entry, value=strict),)))
    found = noted_of(quarter(days, by_day, (110.0, 50.0)), replace(JUDGE, book=book), "P", "", pl.DataFrame())
    assert (found.moves, found.slow) == ((), None)


def said(found: Noted) -> list[str]:
    """Headline and detail of each finding."""
    findings = findings_of(Score(), (), (), found, None, 0.9)
    return [f"{item.headline} {item.detail}" for item in findings]


PAYER = PayerShare(venue="A", share=0.6, elsewhere=0.1, improvement=0.00168, others=0.00172, word="cannot_tell")


def test_below_is_said_only_where_a_verdict_says_so() -> None:
    """Equal as printed and not established is neither; established and equal as printed gets a further decimal."""
    open_ = "$0.0017 a share, $0.0017 a share at all other venues on the same days: which is better cannot be told."
    cases = {
        open_: PAYER,
        "there is no material difference.": replace(PAYER, word="no_material_difference"),
        "$0.00168 a share, below the $0.00172 a share of all other venues": replace(PAYER, word="worse"),
        "$0.0030 a share, above the $0.0017 a share of": replace(PAYER, improvement=0.003, word="better"),
        "has nothing to be compared with.": replace(PAYER, improvement=None),
    }
    for expected, payer in cases.items():
        (text,) = said(Noted(payers=(payer,)))
        assert expected in text
        assert ("below" in text) == ("below" in expected)


def test_findings_say_what_they_compare() -> None:
    """Each names both numbers and whose they are."""
    found = Noted(
        moves=(ShareMove(venue="A", before=0.656, after=0.562),),
        outside=Beside(own=0.134, other=0.098, provider="Q"),
        slow=Beside(own=62.4, other=25.04, provider="Q"),
    )
    move, slow, outside = said(found)
    assert "by more than days differ by chance: A 65.6% → 56.2%." in move
    assert "62 ms at the median, 25.0 ms at provider Q." in slow
    assert "13.4% of shares were filled outside the NBBO, 9.8% at provider Q on the same days." in outside
    assert said(Noted()) == []


def test_a_markout_counts_the_executions_behind_each_horizon() -> None:
    """Ten executions, of which seven have a quote after 300 s: the last horizon rests on seven."""
    names = ("50ms", "1s", "15s", "60s", "300s")
    values = {f"markout_bps_{name}": [-0.5] for name in names}
    sums = tuple(
        improvement("market", [0.0] * DAYS).with_columns(
            dimension=pl.lit("order_group"), metric=pl.lit(f"markout_bps_{name}"), n=pl.lit(count)
        )[:1]
        for name, count in zip(names, (10, 10, 9, 8, 7), strict=True)
    )
    given = quarter(sums=sums)
    group = pl.DataFrame({"provider": ["P"], "order_group": ["market"], "executions": [10], **values})
    intervals = pl.DataFrame(
        schema=dict.fromkeys(("dimension", "level", "metric", "provider"), pl.String)
        | {"lower": pl.Float64, "upper": pl.Float64}
    )
    drawn = markouts(replace(given, tables={**given.tables, "group": group}), "P", intervals)
    assert drawn["n"].to_list() == [10, 10, 9, 8, 7]
