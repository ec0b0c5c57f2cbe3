"""The day that a person chooses for an act decides of no control: neither one to come nor one that is over."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import Desk, new_desk
from provider_desk import ProviderDesk
from routeproof.app.firm.case_policy import case_around
from routeproof.app.firm.people import approve_grant, grant_role
from routeproof.app.firm.policy import decide_policy, propose_policy
from routeproof.app.objects.act import act
from routeproof.app.provider.go_live import go_live_around
from routeproof.governance.case.noun import CASE
from routeproof.governance.decider import RefusalError

if TYPE_CHECKING:
    from pathlib import Path

TODAY = date(2026, 9, 21)
"""The desk's clock stands there; its policy changes ten days later."""
CHANGES, LATER = date(2026, 10, 1), date(2026, 10, 2)
LAX = {"priorities": ["critical"], "dispositions": []}
END = {"disposition": "explained", "root_cause": "market", "rationale": "x"}
SCRIPTS = "certification_scripts"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _policy(desk: Desk, key: str, value: Any, effective_from: date) -> None:  # noqa: ANN401  # any JSON
    body = {"key": key, "value": value, "effective_from": effective_from.isoformat(), "reason": "x"}
    with desk.context("cora") as context:
        proposal = propose_policy(context, body)["id"]
    with desk.context("carl") as context:
        decide_policy(context, "approve", proposal)


def _closed(desk: Desk, name: str, on: date | None) -> str:
    """State of a high case after the analyst closed it on a day of their choice."""
    with desk.context("ann") as context:
        act(context, CASE, name, "open", {"kind": "other", "title": "x", "priority": "high"}, case_around(context))
    with desk.claiming("ann", on) as context:
        return str(act(context, CASE, name, "close", END, case_around(context))["state"])


def test_no_case_is_closed_on_a_day_to_come(desk: Desk) -> None:
    """With a relaxed policy from October, a closing that names October is refused; one of today goes to a second."""
    _policy(desk, "cases.review", LAX, CHANGES)
    with pytest.raises(RefusalError, match=r"expected a business date up to today \(2026-09-21\)") as refused:
        _closed(desk, "A", LATER)
    assert (refused.value.code, refused.value.where) == ("not_permitted", "--on")
    assert _closed(desk, "B", TODAY) == "awaiting_review"


def test_a_closing_is_dated_neither_before_a_tightening_nor_before_a_relaxation(desk: Desk) -> None:
    """Relaxed in October and tightened again in November: a closing dated in either needs a second person by one."""
    _policy(desk, "cases.review", LAX, CHANGES)
    _policy(desk, "cases.review", {**LAX, "priorities": ["critical", "high"]}, date(2026, 11, 2))
    desk.clock.reach(LATER)
    assert _closed(desk, "A", None) == "closed"
    assert _closed(desk, "B", TODAY) == "awaiting_review"
    desk.clock.reach(date(2026, 11, 3))
    assert _closed(desk, "C", LATER) == "awaiting_review"


def test_scripts_for_going_live_are_those_of_today_and_of_the_day_that_is_named(tmp_path: Path) -> None:
    """Before October one script was demanded, from then on another one: who goes live on either day needs both."""
    one = ProviderDesk(tmp_path)
    _policy(one.desk, SCRIPTS, ["market"], TODAY)
    _policy(one.desk, SCRIPTS, ["limit"], CHANGES)
    for on, scripts in ((TODAY, {"market"}), (LATER, {"limit", "market"})):
        one.desk.clock.reach(on)
        with one.desk.claiming("sam", TODAY) as context:
            assert set(go_live_around(context, "ACME")(context.records)["scripts"]) == scripts


@pytest.mark.parametrize(("today", "named", "hours"), [(TODAY, LATER, 24), (LATER, TODAY, 24), (LATER, LATER, 0)])
def test_a_cooling_off_is_the_longer_one_of_today_and_of_the_day_that_is_named(
    desk: Desk, today: date, named: date, hours: int
) -> None:
    """24 hours up to the end of September, none from October on."""
    _policy(desk, "cooling_off_hours", 0, CHANGES)
    desk.clock.reach(today)
    with desk.claiming("adam", None) as context:
        grant = grant_role(context, "abe", "committee", None, lambda: None)["grant"]
    with desk.claiming("carl", named) as context:
        waits = int(approve_grant(context, grant)["effective_at"]) - desk.clock.now
    assert round(waits / 3_600e9) == hours
