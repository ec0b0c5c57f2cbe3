"""The pages of conflicts and routing do what they say, on twenty days whose every choice is known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from e2e.tutorial import run_tutorial
from routing_desk import routing_desk

if TYPE_CHECKING:
    from e2e.desk import Desk

PAGES = Path(__file__).parents[2] / "docs/methods"
CHANGES = ("routing", "changes")
STAMPED = {"estimate", "lower", "upper", "n", "refused", "reason", "assumptions", "seed", "manifest", "policy_version"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The workspace of the pages."""
    return routing_desk(tmp_path_factory.mktemp("routing"))


@pytest.fixture(scope="module")
def answers(desk: Desk) -> dict[str, dict[str, Any]]:
    """Each analysis once."""
    return {" ".join(words): _json(desk, *words) for words in (("conflicts", "test"), ("routing", "rank"), CHANGES)}


@pytest.mark.parametrize("page", ["conflicts", "routing-rank", "routing-changes"])
def test_the_page_says_what_the_program_says(desk: Desk, page: str) -> None:
    """Its command is run."""
    assert run_tutorial(PAGES / f"{page}.md", desk) == 1


def _json(desk: Desk, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(desk.run(*words, "--json"))
    assert found.keys() >= STAMPED
    return found


def test_the_payer_is_named_with_the_money_worked_by_hand(answers: dict[str, Any]) -> None:
    """74.70 lost, 26.40 earned: see the page. P1 is pulled, and nobody lost."""
    found = answers["conflicts test"]
    verdicts = {(row["provider"], row["kind"]): row["verdict"] for row in found["findings"]}
    assert verdicts["P1", "payment"] == "pulls, no cost shown"
    assert verdicts["P2", "payment"] == "pulls at customers' cost"
    assert verdicts["P2", "tie"] == "cannot tell"
    money = {(row["provider"], row["kind"]): row for row in found["money"]}
    assert money["P2", "payment"]["lost_usd"] == pytest.approx(74.70)
    assert money["P2", "payment"]["earned_usd"] == pytest.approx(26.40)
    assert money["P2", "payment"]["shares_with_a_better_venue"] == 16_500
    assert money["P1", "payment"]["lost_usd"] == 0
    paid = {
        row["venue"]: row["net_payment_cents_per_hundred_shares"] for row in found["venues"] if row["provider"] == "P2"
    }
    assert paid == {"EXCH": pytest.approx(-10), "MAKA": pytest.approx(20), "MAKB": pytest.approx(4)}
    assert found["headline_provider"] == "P2"
    assert found["figures"]["dose_response_P2"]["data"]["values"]


def test_too_few_days_of_one_provider_tell_nothing(desk: Desk) -> None:
    """Of P1's nine days nothing is said, with the reason; nothing is said of P2 at all."""
    short = _json(desk, "conflicts", "test", "--provider", "P1", "--to", "2026-07-14")
    assert short["refused"]
    assert "effective days" in short["reason"]
    assert {(row["provider"], row["verdict"]) for row in short["findings"]} == {("P1", "cannot tell")}


def test_the_change_is_found_and_is_announced_by_nobody(answers: dict[str, Any]) -> None:
    """One change, of P2, on the day; none of P1."""
    found = answers["routing changes"]
    (change,) = found["changes"]
    assert (change["provider"], change["on"], change["status"]) == ("P2", "2026-07-13", "unannounced logic change")
    assert change["moved"][0] == {"venue": "MAKA", "before": 0.0, "after": pytest.approx(0.5)}
    assert found["unannounced"] == 1
    p_values = {row["provider"]: row["p"] for row in found["answers"]}
    assert p_values["P1"] > 0.5
    assert p_values["P2"] == pytest.approx(1 / 500)


def test_rankings_first_venues_ways_and_times(answers: dict[str, Any]) -> None:
    """P1: 300 of 500 to MAKB first; every order has one route; 2 ms to decide, 2 to be answered, 5 to fill."""
    found = {name: _of_p1(rows) for name, rows in answers["routing rank"].items() if isinstance(rows, list)}
    whole = [row for row in found["ranking"] if row["by"] == "all"]
    assert [(row["venue"], row["share"], row["lower"], row["best_rank"], row["worst_rank"]) for row in whole] == [
        ("MAKB", 0.6, None, 1, 2),  # the same on every day, so nothing tells how far it may be off
        ("EXCH", 0.4, None, 1, 2),
    ]
    assert all("do not differ" in row["reason"] for row in whole)
    assert {row["venue"]: row["share"] for row in found["first_venues"]} == {"EXCH": 0.4, "MAKB": 0.6}
    ways = {(row["from"], row["to"]): row["orders"] for row in found["transitions"]}
    assert ways == {("order", "MAKB"): 300, ("order", "EXCH"): 200, ("MAKB", "end"): 300, ("EXCH", "end"): 200}
    times = {(row["venue"], row["hop"]): row["median_ms"] for row in found["hop_times"]}
    assert [times["MAKB", hop] for hop in ("decision", "answer", "fill")] == [2.0, 2.0, 5.0]
    assert found["sweeps"] == []
    by = {(row["by"], row["value"]) for row in found["ranking"]}
    assert {("spread_state", "2 ticks"), ("displayed_state", "within displayed"), ("shown_venue", "EXCH")} <= by


def _of_p1(rows: list[Any]) -> list[Any]:
    return [row for row in rows if isinstance(row, dict) and row.get("provider") == "P1"]


def test_what_cannot_be_asked_is_refused(desk: Desk) -> None:
    """Answers are of one provider, which has a file; a provider without orders is named as such."""
    assert "expected the provider" in desk.call("routing", "answers")[2]
    assert "expected a provider named 'P1'" in desk.call("routing", "answers", "--provider", "P1")[2]
    assert "named 'P9'" in desk.call("conflicts", "test", "--provider", "P9")[2]
