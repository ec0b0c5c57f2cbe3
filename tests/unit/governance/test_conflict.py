"""The conflicts register: who declares, who mitigates, who ends, and whom a conflict bars from voting on which day."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import PROVIDERS, Desk, new_desk
from routeproof.app.objects.act import act
from routeproof.app.provider.conflicts import conflict_around, declared_conflicts
from routeproof.governance.conflict import CONFLICT, barred
from routeproof.governance.decider import RefusalError
from routeproof.governance.sla.noun import SLA
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
STAKE = {"kind": "personal_interest", "description": "holds shares of P", "person": "cora", "provider": "P"}
REBATE = {
    "kind": "rebate",
    "description": "venue pays for added liquidity",
    "provider": "P",
    "venue": "XNAS",
    "payer": "XNAS",
    "receiver": "P",
    "amount_usd": "0.0032",
    "per": "share",
}

CLAUSE = {"id": "C1", "metric": "e_over_q", "at_most": "0.5"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _code(desk: Desk, person: str, verb: str, body: dict[str, Any], name: str = "c") -> str:
    with pytest.raises(RefusalError) as refused:
        desk.act(person, CONFLICT, name, verb, body, on=JULY)
    return refused.value.code


def _barred(desk: Desk, person: str, provider: str, on: date) -> list[str]:
    with desk.context() as context:
        return barred(declared_conflicts(context.records), provider, on).get(person, [])


def test_a_declared_interest_bars_its_person_from_its_provider_from_its_day_on(desk: Desk) -> None:
    """Not the day before, not another person, not another provider."""
    desk.act("cora", CONFLICT, "stake", "declare", {**STAKE, "since_on": "2026-06-15"}, on=JULY)
    assert _barred(desk, "cora", "P", date(2026, 6, 14)) == []
    assert _barred(desk, "cora", "P", date(2026, 6, 15)) == ["stake"]
    assert _barred(desk, "cora", "Q", JULY) == []
    assert _barred(desk, "cole", "P", JULY) == []


def test_a_mitigated_interest_still_bars(desk: Desk) -> None:
    """Only its end lifts it, the day after its last."""
    desk.act("cora", CONFLICT, "stake", "declare", STAKE, on=JULY)
    shown = desk.act("sam", CONFLICT, "stake", "mitigate", {"text": "she leaves the room"}, on=JULY)
    assert (shown["state"], shown["mitigations"][0]["by"]) == ("mitigated", "sam")
    assert _barred(desk, "cora", "P", AUGUST) == ["stake"]
    ended = desk.act("carl", CONFLICT, "stake", "end", {"reason": "sold", "until_on": "2026-07-31"}, on=JULY)
    assert (ended["state"], ended["ended_by"], ended["stands"]) == ("ended", "carl", True)
    assert _barred(desk, "cora", "P", date(2026, 7, 31)) == ["stake"]
    assert _barred(desk, "cora", "P", AUGUST) == []


def test_nobody_lifts_what_bars_them(desk: Desk) -> None:
    """Neither who declared a conflict nor whose interest it is ends it; nor is an end backdated."""
    desk.act("sam", CONFLICT, "c", "declare", {**STAKE, "person": "sue"}, on=JULY)
    assert _code(desk, "sam", "end", {"reason": "over"}) == "own_work"
    assert _code(desk, "sue", "end", {"reason": "over"}) == "own_work"
    assert _code(desk, "sue", "mitigate", {"text": "fine"}) == "own_work"
    assert _code(desk, "carl", "end", {"reason": "over", "until_on": "2026-06-30"}) == "incomplete"
    desk.act("sam", CONFLICT, "old", "declare", {**STAKE, "person": "sue", "since_on": "2026-01-01"}, on=JULY)
    assert _code(desk, "carl", "end", {"reason": "over", "until_on": "2026-06-30"}, "old") == "not_permitted"


def test_an_ended_conflict_stays_ended(desk: Desk) -> None:
    """It is declared anew under another name, never reopened."""
    desk.act("ann", CONFLICT, "c", "declare", REBATE, on=JULY)
    desk.act("sam", CONFLICT, "c", "end", {"reason": "contract ended"}, on=AUGUST)
    assert _code(desk, "sue", "mitigate", {"text": "late"}) == "wrong_state"
    assert _code(desk, "sue", "end", {"reason": "again"}) == "wrong_state"
    assert _code(desk, "sue", "declare", REBATE) == "wrong_state"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"person": "nobody"}, "unknown_person"),
        ({"person": None}, "incomplete"),
        ({"provider": None}, "incomplete"),
        ({"kind": "ownership"}, "incomplete"),
        ({"until_on": "2026-06-30"}, "incomplete"),
        ({"amount_usd": "5"}, "incomplete"),
    ],
)
def test_a_declaration_says_who_is_concerned(desk: Desk, change: dict[str, Any], code: str) -> None:
    """What is missing is refused by its rule."""
    body = {name: value for name, value in (STAKE | change).items() if value is not None}
    assert _code(desk, "carl", "declare", body) == code


def test_money_names_payer_and_receiver(desk: Desk) -> None:
    """A payment without its payer is no declaration; with it, the amount stays exact."""
    assert _code(desk, "ann", "declare", {name: REBATE[name] for name in REBATE if name != "payer"}) == "incomplete"
    assert desk.act("ann", CONFLICT, "r", "declare", REBATE, on=JULY)["amount_usd"] == "0.0032"


def test_an_unknown_member_is_a_usage_error(desk: Desk) -> None:
    """A typing error is never lost."""
    with pytest.raises(UsageError, match="descripton"):
        desk.act("ann", CONFLICT, "c", "declare", {**REBATE, "descripton": "x"})


def test_an_analyst_may_declare_but_not_mitigate_or_end(desk: Desk) -> None:
    """The matrix decides."""
    desk.act("ann", CONFLICT, "c", "declare", REBATE, on=JULY)
    assert _code(desk, "abe", "mitigate", {"text": "x"}) == "not_permitted"
    assert _code(desk, "abe", "end", {"reason": "x"}) == "not_permitted"
    assert _code(desk, "ed", "declare", REBATE, "d") == "not_permitted"


def test_the_description_is_evidence_and_not_in_the_entry(desk: Desk) -> None:
    """Free text about people can expire: the entry has its hash, the view its words."""
    with desk.context("cora", JULY) as context:
        shown = act(context, CONFLICT, "stake", "declare", STAKE, lambda _: PROVIDERS)
        entry = context.records.entries()[-1]
    assert shown["description"] == "holds shares of P"
    assert b"holds shares" not in entry
    assert json.loads(entry)["payload"]["description"] in json.loads(entry)["evidence"]


def test_a_provider_that_nobody_knows_bars_nobody_so_it_is_refused(desk: Desk) -> None:
    """A misspelt name names the nearest; one with an agreement is known without a file, and a venue needs none."""
    terms = {"provider": "ACME", "effective_from": "2026-01-01", "clause": [CLAUSE]}
    known = {"metrics": {"e_over_q"}, "sources": {"csv"}}
    desk.act("ann", SLA, "A", "propose", terms, around=lambda _: known)
    with desk.context("cora") as context:
        around = conflict_around(context)
        with pytest.raises(RefusalError, match="nearest: ACME") as refused:
            act(context, CONFLICT, "c", "declare", {**STAKE, "provider": "acme"}, around)
        assert (refused.value.code, refused.value.where) == ("incomplete", "provider")
        assert act(context, CONFLICT, "c", "declare", {**STAKE, "provider": "ACME"}, around)["state"] == "declared"
    venue = {"kind": "affiliate", "description": "same owner", "venue": "XNAS"}
    assert desk.act("ann", CONFLICT, "v", "declare", venue)["state"] == "declared"
