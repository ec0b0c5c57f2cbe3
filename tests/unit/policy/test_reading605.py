"""Readings of Rule 605 that a firm may change: only open ones, only to what a report can be made by."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from routeproof.policy.changes import Change, with_change
from routeproof.policy.reading605 import CHOICES, confirmed_at
from routeproof.policy.report605 import report605_policy
from routeproof.stores.shipped_policy import load_report605_policy, shipped_subjects
from routeproof.vocab.errors import UsageError

NOVEMBER = date(2026, 11, 1)


def changed(key: str, value: Any) -> Any:  # noqa: ANN401  # TOML
    """The policy with one more value from November on."""
    change = Change(key=key, value=value, effective_from=NOVEMBER, citation="Firm policy P1")
    return report605_policy(with_change(shipped_subjects(), change)["rule605"])


def test_every_choice_is_of_a_reading_that_there_is() -> None:
    """A name that nothing has would be a choice that nobody can make."""
    assert CHOICES.keys() <= {item.name for item in load_report605_policy().timelines}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("crossed", "exclude"),
        ("halts.executable_before_s", 0),
        ("lot_flags.odd", "ODD LOT"),
        ("inactive_security.enabled", True),
        ("special_handling", ["not_held"]),
        ("cancelled_shares", {"expired": False}),
        ("file_names.detailed", "{month}-{reporter}.txt"),
        ("time_buckets_ns", [1, 2, 3, 4, 5, 6, 7]),
    ],
)
def test_an_open_reading_changes_from_its_day(key: str, value: object) -> None:
    """The month before keeps what was shipped."""
    policy, name = changed(f"rule605.{key}", value), key.partition(".")[0]
    before, after = policy.on(date(2026, 10, 1)), policy.on(NOVEMBER)
    assert before.value(name) == load_report605_policy().on(date(2026, 10, 1)).value(name)
    assert after.value(name) != before.value(name)
    assert [line.split(": Firm policy")[0] for line in after.decided] == [
        f"Reading {name} = {after.value(name)!r} since 2026-11-01"
    ]
    assert name in after.unconfirmed
    assert before.decided == ()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("crossed", "sometimes"),
        ("stop_trigger", "last_trade"),
        ("halts.received", "none"),
        ("halts.executable_before_s", -1),
        ("lot_flags.odd", "ROUND"),
        ("lot_flags.odd", "a|b"),
        ("special_handling", ["not_held", "not_held"]),
        ("resting_fields", ["market", "odd"]),
        ("file_names.detailed", "../{reporter}{month}"),
        ("time_buckets_ns", [1, 2, 3, 4, 5, 7, 6]),
        ("inactive_security.months", 0),
        ("directed", 1),
    ],
)
def test_what_no_report_can_be_made_by_is_refused(key: str, value: object) -> None:
    """Unknown words, values out of bounds, and another value where the program has one reading."""
    with pytest.raises(UsageError, match="expected"):
        changed(f"rule605.{key}", value)


def test_what_a_primary_text_settles_is_told() -> None:
    """Rounding is confirmed; halts are not; what is no reading is none."""
    subjects = shipped_subjects()
    assert "six decimals" in confirmed_at(subjects, "rule605.rounding.decimals", NOVEMBER)
    assert confirmed_at(subjects, "rule605.halts", NOVEMBER) == ""
    assert confirmed_at(subjects, "rule605", NOVEMBER) == ""
    assert confirmed_at(subjects, "margins.e_over_q", NOVEMBER) == ""
