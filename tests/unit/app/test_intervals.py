"""Every point of a profile has the interval of its own days, and only if it has days enough."""

from datetime import date, timedelta

import polars as pl

from routeproof.app.review.intervals import profile_intervals, with_intervals
from routeproof.evidence.compare import estimate_mean
from routeproof.evidence.partials import Partials
from routeproof.policy.thresholds import EvidenceStandards

RULES = EvidenceStandards()
FIRST = date(2026, 7, 1)
EARLY = (2.0, 1.0, 3.0, 2.5, 0.5, 2.0, 4.0, 1.5, 2.2, 1.8, 3.1, 2.4, 0.9, 2.6)


def sums(venue: str, values: tuple[float, ...], begin: int = 0) -> pl.DataFrame:
    """One day a value: 100 shares in ten orders of ten."""
    return pl.DataFrame(
        {
            "dimension": "venue",
            "level": venue,
            "metric": "price_improvement_usd_per_share",
            "provider": "P",
            "trading_day": [FIRST + timedelta(days=begin + step) for step in range(len(values))],
            "numerator": [100.0 * value for value in values],
            "denominator": 100.0,
            "largest": 10.0,
        }
    )


def test_a_point_has_the_interval_of_its_own_days_however_they_were_batched() -> None:
    """The evidence module on the same numbers, written down by hand; two batches in any order."""
    parts = Partials.of(
        day=range(14), numerator=[100.0 * v for v in EARLY], denominator=[100.0] * 14, largest=[10] * 14
    )
    expected = estimate_mean(parts, RULES).interval
    assert expected is not None
    for batches in ([sums("XNYS", EARLY)], [sums("XNYS", EARLY[6:], 6), sums("XNYS", EARLY[:6])]):
        found = profile_intervals(batches, RULES).row(0, named=True)
        assert (found["lower"], found["upper"]) == (expected.lower, expected.upper)


def test_too_few_days_leave_a_point_without_an_interval() -> None:
    """Three days carry none; the point itself stays, with nulls beside it."""
    intervals = profile_intervals([sums("XNYS", EARLY), sums("IEXG", EARLY[:3])], RULES)
    assert intervals["level"].to_list() == ["XNYS"]
    shown = with_intervals(pl.DataFrame({"venue": ["IEXG", "XNYS"]}), intervals, "P", "venue")
    assert shown["venue"].to_list() == ["IEXG", "XNYS"]
    assert shown["lower"].is_null().to_list() == [True, False]


def test_another_provider_s_interval_is_not_borrowed() -> None:
    """The frame of Q gets none of P's."""
    shown = with_intervals(
        pl.DataFrame({"venue": ["XNYS"]}), profile_intervals([sums("XNYS", EARLY)], RULES), "Q", "venue"
    )
    assert shown["upper"].to_list() == [None]
