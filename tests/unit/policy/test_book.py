"""Every shipped rule is dated, cited and graded, and the one in force on a day is the one that is read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from routeproof.policy.book import timeline
from routeproof.policy.dated import GRADES
from routeproof.policy.thresholds import EvidenceStandards, FrameworkThresholds
from routeproof.stores.shipped_policy import load_shipped_policy
from routeproof.vocab.errors import RefusedError, UsageError

BOOK = load_shipped_policy()
ENTRY = {"effective_from": date(2020, 1, 1), "value": 1, "citation": "text", "grade": "C"}


def test_every_value_has_citation_and_grade() -> None:
    """Every value has citation and grade."""
    for subject in BOOK.everything():
        for value in subject.values:
            assert len(value.citation) > 5, subject.name
            assert value.grade in GRADES
            assert value.unconfirmed == (value.grade == "M")


def test_size_buckets_change_from_shares_to_dollars_on_the_compliance_date() -> None:
    """Size buckets change from shares to dollars on the compliance date."""
    before, after = (BOOK.size_buckets.on(day).value for day in (date(2026, 7, 31), date(2026, 8, 1)))
    assert before.basis == "shares"
    assert [before.lower_bound(size) for size in (99, 100, 499, 500, 9999)] == [None, 100, 100, 500, 5000]
    assert after.basis == "notional"
    assert [after.lower_bound(size) for size in (0, 249, 250, 49_999, 1_000_000)] == [0, 0, 250, 20_000, 200_000]


def test_round_lots_by_price_hold_their_upper_bound() -> None:
    """Round lots by price hold their upper bound."""
    lots = BOOK.round_lots.on(date(2025, 11, 3))
    prices = (250 * 10**9, 250_010_000_000, 1000 * 10**9, 10_000 * 10**9, 10_001 * 10**9)
    assert [lots.value.at(price) for price in prices] == [100, 40, 40, 10, 1]
    assert lots.unconfirmed
    assert BOOK.round_lots.on(date(2025, 11, 2)).value.at(900 * 10**9) == 100


def test_reported_changes_are_in_force_only_from_their_day() -> None:
    """Reported changes are in force only from their day."""
    assert BOOK.tick.on(date(2026, 11, 22)).value.standard == 10_000_000
    assert BOOK.tick.on(date(2026, 11, 22)).value.narrow is None
    assert BOOK.access_fee_cap.on(date(2027, 10, 31)).value.per_share == 3_000_000
    assert BOOK.access_fee_cap.on(date(2027, 11, 1)).value.per_share == 1_000_000
    assert BOOK.rule_611.on(date(2026, 11, 22)).value is True


def test_eligible_print_conditions() -> None:
    """Eligible print conditions."""
    rule = BOOK.print_conditions["lean"].on(date(2013, 10, 7)).value
    assert rule.eligible(0)
    assert rule.eligible(0x20000001)
    assert not rule.eligible(0x4)


def test_shipped_thresholds_are_the_documented_defaults() -> None:
    """Shipped thresholds are the documented defaults."""
    assert BOOK.evidence.on(date(2026, 7, 1)).value == EvidenceStandards()
    assert BOOK.framework.on(date(2026, 7, 1)).value == FrameworkThresholds()


def test_a_period_before_any_margin_gets_the_first_one_and_a_metric_without_margin_is_refused() -> None:
    """A period before any margin gets the first one and a metric without margin is refused."""
    assert BOOK.margin("spread_capture", date(2013, 1, 1)).effective_from > date(2013, 1, 1)
    with pytest.raises(RefusedError):
        BOOK.margin("hhi_venue", date(2026, 7, 1))


def test_nothing_is_in_force_before_the_first_date() -> None:
    """Nothing is in force before the first date."""
    with pytest.raises(RefusedError):
        timeline("x", [ENTRY], int).on(date(2019, 12, 31))


@pytest.mark.parametrize(
    "change",
    [{"citation": ""}, {"grade": "Z"}, {"grade": "M"}, {"unconfirmed": True}, {"surprise": 1}],
    ids=["no citation", "no grade", "general knowledge not marked", "confirmed but marked", "unknown field"],
)
def test_an_entry_that_hides_how_well_it_is_known_is_refused(change: dict[str, Any]) -> None:
    """An entry that hides how well it is known is refused."""
    with pytest.raises(UsageError):
        timeline("x", [ENTRY | change], int)


def test_two_values_for_one_day_are_refused() -> None:
    """Two values for one day are refused."""
    with pytest.raises(UsageError):
        timeline("x", [ENTRY, ENTRY], int)
