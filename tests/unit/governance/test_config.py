"""The configuration record: settings in versions, compared, approved by another, in force by day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examples import examples
from governance_desk import Desk, new_desk
from routeproof.app.provider.configurations import configuration_difference
from routeproof.governance.config import CONFIG, difference
from routeproof.governance.decider import RefusalError
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
BODY: dict[str, Any] = {
    "provider": "P",
    "settings": {"aggression": 3, "venues": ["XNAS", "ARCX"], "market": {"sweep": True}},
    "reason": "go-live",
    "effective_from": "2026-06-15",
}
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-2, 2), st.sampled_from(["", "0", "1", "x"]))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _do(desk: Desk, person: str, verb: str, body: dict[str, Any] | None = None, on: date = JUNE) -> dict[str, Any]:
    return desk.act(person, CONFIG, "P", verb, body, on=on)


def _code(desk: Desk, person: str, verb: str, body: dict[str, Any] | None = None) -> str:
    with pytest.raises(RefusalError) as refused:
        _do(desk, person, verb, body)
    return refused.value.code


def test_settings_are_in_force_once_another_approved_them(desk: Desk) -> None:
    """From their day on; tables and lists become names of their own."""
    _do(desk, "sam", "propose", BODY)
    assert _code(desk, "sam", "approve") == "own_work"
    assert _code(desk, "ann", "approve") == "not_permitted"
    assert _code(desk, "ann", "propose", BODY) == "wrong_state"
    early = _do(desk, "sue", "approve", {"note": "as agreed"})
    assert (early["state"], early["in_force"], early["settings"]) == ("approved", None, {})
    assert _code(desk, "sue", "approve") == "wrong_state"
    _do(desk, "ann", "propose", {**BODY, "settings": {"aggression": 4}, "effective_from": "2026-08-01"}, JULY)
    later = _do(desk, "sam", "reject", {"reason": "no notice"}, JULY)
    assert later["settings"] == {
        "aggression": 3,
        "venues[0]": "XNAS",
        "venues[1]": "ARCX",
        "market.sweep": True,
    }
    assert later["versions"][1]["rejection"] == "no notice"


def test_what_waits_is_shown_against_what_is_in_force(desk: Desk) -> None:
    """Added, removed and changed, each with its values; the notice in days, and a late approval, are told."""
    _do(desk, "ann", "propose", BODY)
    _do(desk, "sam", "approve")
    changed = {"aggression": "3", "venues": ["XNAS"], "dark": False}
    second = {**BODY, "settings": changed, "effective_from": "2026-06-20", "notice_on": "2026-06-13"}
    shown = _do(desk, "ann", "propose", second, JULY)
    assert shown["waiting_difference"] == {
        "added": [{"setting": "dark", "after": False}],
        "removed": [{"setting": "market.sweep", "before": True}, {"setting": "venues[1]", "before": "ARCX"}],
        "changed": [{"setting": "aggression", "before": 3, "after": "3"}],
    }
    version = _do(desk, "sam", "approve", None, JULY)["versions"][1]
    assert (version["notice_days"], version["approved_late"]) == (7, True)
    with desk.context() as context:
        found = configuration_difference(context, "P")
        first = configuration_difference(context, "P", after=1)
        with pytest.raises(UsageError, match="1 to 2"):
            configuration_difference(context, "P", after=3)
        with pytest.raises(UsageError, match="none"):
            configuration_difference(context, "Q")
    assert (found["from"], found["to"], len(found["changed"])) == (1, 2, 1)
    assert (first["from"], len(first["added"])) == (None, 4)


def test_a_version_says_something_new_about_the_same_provider(desk: Desk) -> None:
    """The same settings are no change; another provider's are another record."""
    _do(desk, "ann", "propose", BODY)
    _do(desk, "sam", "approve")
    assert _code(desk, "ann", "propose", {**BODY, "reason": "again"}) == "incomplete"
    assert _code(desk, "ann", "propose", {**BODY, "provider": "Q"}) == "wrong_state"
    assert _code(desk, "ed", "propose", BODY) == "not_permitted"


@pytest.mark.parametrize("settings", [{}, 5, {"x": "y" * 50_000}])
def test_settings_that_are_none_or_too_many_are_usage_errors(desk: Desk, settings: object) -> None:
    """What does not fit an entry is attached instead."""
    with pytest.raises(UsageError, match="settings"):
        _do(desk, "ann", "propose", {**BODY, "settings": settings})


@examples(100)
@given(st.dictionaries(st.sampled_from("abc"), SCALARS), st.dictionaries(st.sampled_from("abc"), SCALARS))
def test_the_difference_leads_from_one_to_the_other(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Applied to the first it gives the second, and it is empty only where nothing differs."""
    found = difference(before, after)
    built = dict(before)
    for item in found["removed"]:
        del built[item["setting"]]
    for item in (*found["added"], *found["changed"]):
        built[item["setting"]] = item["after"]
    assert {name: (type(value), value) for name, value in built.items()} == {
        name: (type(value), value) for name, value in after.items()
    }
    assert all(
        type(item["before"]) is not type(item["after"]) or item["before"] != item["after"] for item in found["changed"]
    )
