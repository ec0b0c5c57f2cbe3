"""Heightened monitoring tightens and never loosens, for one provider alone, whatever scopes policy has."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from routeproof.policy.monitoring import Limits, Scoped
from routeproof.policy.tighter import TIGHTER, named, refused, speaks_of_rule, tightened, whole_key
from routeproof.policy.whole import whole_policy
from routeproof.rules.limits import limit
from routeproof.rules.registry import ALL, BY_NAME
from routeproof.stores.shipped_policy import load_equity_calendar, shipped_subjects
from routeproof.vocab.errors import UsageError

LIMITS = whole_policy(shipped_subjects(), load_equity_calendar()).monitoring.limits_on(date(2026, 11, 2))
NO_BOUND = {
    "horizon",
    "window_s",
    "window_sessions",
    "history_sessions",
    "look_back_days",
    "patience_min",
    "confidence",
    "interval_least_ms",
    "gaps_told",
    "judge_pegged",
    "judge_long_lived",
    "most_single",
    "told_sessions",
    "draws",
    "seed",
}
"""Widths of windows, ways of counting, and what a rule takes for all providers alike."""


def test_every_threshold_that_a_provider_scopes_has_a_side_or_is_no_bound() -> None:
    """A rule that is added says which way it is tighter, or that it is not."""
    listed = {(rule.name, key) for rule in ALL if "provider" in rule.scope for key in rule.units}
    assert listed - TIGHTER.keys() == {(name, key) for name, key in listed if key in NO_BOUND}
    assert TIGHTER.keys() <= listed
    assert all(key in LIMITS[name].thresholds for name, key in TIGHTER)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("slow_fill.fill_ms", 4_000.0, None),
        ("rules.slow_fill.fill_ms", 15_000.0, None),
        ("slow_fill.fill_ms", 16_000.0, "expected slow_fill.fill_ms at most 15000 as in force now, found 16000"),
        ("partial_then_abandoned.quote_age_ms", 50_000.0, "at least 60000"),
        ("partial_then_abandoned.quote_age_ms", 70_000.0, None),
        ("slow_fil.fill_ms", 1.0, "no rule is named 'slow_fil'"),
        ("slow_fill.fill_s", 1.0, "expected a threshold of slow_fill that differs by provider (slow_fill.fill_ms)"),
        ("slow_fill", 1.0, "expected a threshold of slow_fill"),
        ("late_bust.days", 0.0, "expected a threshold of late_bust that differs by provider (none)"),
    ],
)
def test_what_is_recorded_tightens_a_rule_there_is(key: str, value: float, said: str | None) -> None:
    """By hand from the shipped values: a fill is slow after 15,000 ms, a quote too old after 60,000 ms."""
    found = refused(LIMITS, "P", key, value)
    assert found is None if said is None else said in str(found)


@pytest.mark.parametrize(
    ("key", "speaks"),
    [("slow_fill.fill_ms", True), ("a.b", True), ("rules.a", True), ("e_over_q", False), ("margins.e_over_q", False)],
)
def test_a_metric_or_a_key_of_policy_speaks_of_no_rule(key: str, *, speaks: bool) -> None:
    """Those are kept as what people agreed to watch."""
    assert speaks_of_rule(LIMITS, shipped_subjects().keys(), key) is speaks


@pytest.mark.parametrize(
    ("key", "whole"),
    [
        ("ack_ms", "slow_acknowledgement.ack_ms"),
        ("slow_fill.fill_ms", "slow_fill.fill_ms"),
        ("rules.slow_fill.fill_ms", "rules.slow_fill.fill_ms"),
        ("slow_fill", "slow_fill"),
        ("e_over_q", "e_over_q"),
    ],
)
def test_a_bare_word_is_the_threshold_of_the_one_rule_that_has_it(key: str, whole: str) -> None:
    """What names a rule or a metric stays as it is."""
    assert whole_key(key, {"e_over_q", "orders"}) == whole


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("fill_ms", "found 'fill_ms', which 2 rules have: write lot_size_handling.fill_ms or slow_fill.fill_ms"),
        ("orders", "found 'orders', which is a metric too: write provider_outage.orders"),
        ("luck", "expected RULE.THRESHOLD or a metric, found 'luck', which is neither; thresholds are ack_ms, "),
        ("window_s", "found 'window_s', which is neither"),
    ],
)
def test_a_bare_word_that_may_mean_several_or_nothing_is_refused(key: str, said: str) -> None:
    """With what to write instead."""
    with pytest.raises(UsageError, match=said):
        whole_key(key, {"e_over_q", "orders"})


def _limits(scoped: list[tuple[str | None, str | None, int]]) -> Limits:
    parts = [
        Scoped({k: v for k, v in (("provider", by), ("venue", at)) if v is not None}, {"fill_ms": value})
        for by, at, value in scoped
        if by or at
    ]
    return Limits(enabled=True, severity="medium", thresholds={"fill_ms": 5_000}, scoped=tuple(parts))


SCOPES = st.lists(
    st.tuples(st.sampled_from([None, "P", "Q"]), st.sampled_from([None, "A", "B"]), st.integers(1, 9_000)), max_size=4
)
ROWS = pl.DataFrame({"provider": ["P", "P", "P", "Q", "Q", None], "venue": ["A", "B", None, "A", "B", "A"]})


@given(SCOPES, st.integers(1, 9_000))
def test_each_row_of_the_provider_gets_the_tighter_value_and_no_other_row_changes(
    scoped: list[tuple[str | None, str | None, int]], value: int
) -> None:
    """The value of each row under policy, and the smaller of it and the given one for P."""
    before = _limits(scoped)
    after = tightened("slow_fill", before, "P", "fill_ms", value)
    was, now = (ROWS.with_columns(limit(item, "fill_ms").alias("now"))["now"].to_list() for item in (before, after))
    expected = [min(old, value) if by == "P" else old for old, by in zip(was, ROWS["provider"], strict=True)]
    assert now == expected


def test_what_is_no_bound_is_left_as_it_is() -> None:
    """An earlier record that named a width of window changes nothing."""
    limits = LIMITS["reject_burst"]
    assert tightened("reject_burst", limits, "P", "window_s", 1.0) is limits
    assert named("rules.reject_burst.window_s") == ("reject_burst", "window_s")
    assert BY_NAME["reject_burst"].units["window_s"] == "s"
