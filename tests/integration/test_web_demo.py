"""The filled demo: its record verifies, everybody gets in, every kind of object is there to be looked at."""

from __future__ import annotations

import stat
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from routeproof.app.access.accounts import account_of
from routeproof.app.context import open_context
from routeproof.app.demo.cast import KEPT, VARIABLE, account_lines, kept_in
from routeproof.app.demo.fill import filled_demo
from routeproof.app.ledger.verify import verify_workspace
from routeproof.app.objects.act import listed
from routeproof.app.objects.nouns import NOUNS
from routeproof.app.run_demo import clear_demo
from routeproof.app.steps import BY_NOUN, looks_of
from routeproof.ledger.entry import read_entry
from routeproof.vocab.errors import UsageError
from web_client import Browser
from web_demo import DAYS, PASSWORD, USERS

if TYPE_CHECKING:
    from pathlib import Path

NOT_TOLD = {"certification", "experiment", "internalised", "restatement"}
"""Kinds of objects that the story has no occasion for."""


def test_the_record_verifies(demo_workspace: Path) -> None:
    """Every entry is signed by whoever it names, every document has its hash."""
    assert verify_workspace(demo_workspace).problems == []


def test_every_account_logs_in(demo_workspace: Path) -> None:
    """One account per role, all with the password of the environment."""
    browser = Browser(demo_workspace)
    for user in USERS:
        browser.client.cookies.clear()
        assert browser.log_in(user, PASSWORD).status_code == 303


def test_there_is_something_of_every_kind(demo_workspace: Path) -> None:
    """Each noun has an object, but for those without an occasion."""
    with open_context(demo_workspace) as context:
        empty = {noun.name for noun in NOUNS if listed(context, noun)["total"] == 0}
    assert empty == NOT_TOLD


def test_the_review_waits_for_one_signature(demo_workspace: Path) -> None:
    """One member signed the version that stands; nothing is missing but a second signature."""
    with open_context(demo_workspace) as context:
        review = looks_of("review")(context, "2026Q3-P2")
    assert review["missing"] == []
    assert review["quorum"] == {"needed": 2, "signed": 1, "who": ["member1"]}
    assert review["pack_on_record"] is True


def test_cases_are_in_every_state(demo_workspace: Path) -> None:
    """Some are closed by a second person, some wait for one, some are worked, some nobody has seen."""
    with open_context(demo_workspace) as context:
        states = Counter(item["state"] for item in listed(context, BY_NOUN["case"])["items"])
        day = looks_of("day")(context, DAYS[0].isoformat())
    assert set(states) == {"open", "acknowledged", "investigating", "awaiting_review", "closed"}
    assert day["state"] == "closed"


def test_entries_are_of_the_days_of_the_story_and_in_order(demo_workspace: Path) -> None:
    """The times of the record go forward, as told."""
    with open_context(demo_workspace) as context:
        times = [read_entry(entry).appended_at for entry in context.records.entries(0, context.records.size())]
    assert times == sorted(times)


def test_the_password_is_kept_for_its_owner_and_said_again(
    demo_workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second run makes nothing anew and prints the same lines."""
    monkeypatch.delenv(VARIABLE, raising=False)
    assert stat.S_IMODE((demo_workspace / KEPT).stat().st_mode) == 0o600
    kept = filled_demo(demo_workspace)
    assert kept == kept_in(demo_workspace)
    assert account_lines(kept.password)[0] == f"analyst  analyst  {PASSWORD}"


def test_another_password_of_the_environment_replaces_the_kept_one(
    own_demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever names a password gets it, for accounts and keys."""
    other = "another password of twelve"
    monkeypatch.setenv(VARIABLE, other)
    assert filled_demo(own_demo).password == other
    assert Browser(own_demo).log_in("member1", other).status_code == 303
    with open_context(own_demo) as context:
        assert account_of(context, "examiner") is not None


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    """Only an earlier demo is replaced."""
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="an earlier demo"):
        clear_demo(tmp_path)
