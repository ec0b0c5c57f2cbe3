"""Policy of Rule 606: dated, graded, changed by date, and strict about its numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from routeproof.policy.changes import Change, with_change
from routeproof.policy.disclosure606 import rule606
from routeproof.policy.whole import whole_policy
from routeproof.stores.shipped_policy import load_equity_calendar, shipped_subjects
from routeproof.vocab.errors import UsageError

DAY = date(2026, 10, 1)


def _changed(key: str, value: object) -> dict[str, object]:
    change = Change(key=key, value=value, effective_from=DAY, citation="the firm")
    return with_change(shipped_subjects(), change)


def test_what_was_read_in_a_primary_text_is_confirmed() -> None:
    """The ten venues are in the rule's text; the de minimis level was not read there."""
    venues, level = rule606(shipped_subjects()).said_on(DAY, ("venues", "firm_de_minimis_below_percent"))
    assert (venues.text, venues.confirmed) == ("10 largest, or 5 %", True)
    assert (level.text, level.confirmed) == ("5", False)


def test_every_definition_is_a_sentence() -> None:
    """It ends with a full stop, and its source is named."""
    policy = rule606(shipped_subjects())
    for said in policy.said_on(DAY, tuple(policy.definitions)):
        assert said.text.endswith("."), said.name
        assert len(said.citation) > 5, said.name


def test_a_firm_sets_its_level_from_a_day_on() -> None:
    """The day before, the shipped one holds."""
    level = rule606(_changed("rule606.firm_de_minimis_below_percent", "4.5")).firm_de_minimis_below_percent
    assert (level.on(date(2026, 9, 30)).value, level.on(DAY).value) == (Decimal(5), Decimal("4.5"))


@pytest.mark.parametrize("value", ["five", "-1", "NaN"])
def test_a_level_is_a_number(value: str) -> None:
    """Anything else is an error of usage, before it is in force."""
    with pytest.raises(UsageError):
        whole_policy(_changed("rule606.firm_de_minimis_below_percent", value), load_equity_calendar())
