"""Cases: clocks in session time, states, escalation, and events of earlier programs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.cases.open_cases import work_findings
from routeproof.app.cases.work_cases import case_shown, case_step, escalate
from routeproof.app.firm.case_policy import case_around
from routeproof.app.firm.people import approve_grant, grant_role
from routeproof.app.objects.act import act
from routeproof.app.objects.findings import record_findings
from routeproof.app.objects.fold import required
from routeproof.governance.case.clocks import session_minutes_after
from routeproof.governance.case.harm import Fill, harm_of
from routeproof.governance.case.noun import CASE
from routeproof.governance.case.rules import end_of
from routeproof.governance.decider import Event, Happened, RefusalError
from routeproof.governance.people import PEOPLE, STREAM_ID
from routeproof.stores.shipped_policy import load_equity_calendar
from unit.governance.remediation_case import opened

if TYPE_CHECKING:
    from pathlib import Path

OPENING = {"kind": "other", "title": "x"}
END = {"disposition": "explained", "root_cause": "market", "rationale": "x"}
PAID: dict[str, Any] = {"decision": "pay", "rationale": "x", "amounts": [{"order_id": "O1", "amount_usd": "4.00"}]}
FINDING: dict[str, Any] = {
    **dict.fromkeys(("venue", "symbol", "order_id")),
    "id": "f",
    "day": "2026-09-18",
    "at": "1",
    "rule": "slow_fill",
    "severity": "low",
    "status": "final",
    "provider": "P",
    "group": "g",
}
SAID: dict[str, Any] = {
    "until_at": None,
    "family": "",
    "key": "",
    "sentence": "slow",
    "observed": "6",
    "threshold": "5",
    "unit": "ms",
    "execution_ids": [],
    "source_row": "s:1",
    "policy_version": "p",
    "metric_versions": {},
}
"""What a case that opens from a finding tells of it."""
NS = 10**9


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _do(desk: Desk, person: str, verb: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    with desk.context(person) as context:
        act(context, CASE, "X", verb, body, case_around(context))
        return case_shown(context, "X")


def _code(desk: Desk, person: str, verb: str, body: dict[str, Any] | None = None) -> str:
    with pytest.raises(RefusalError) as refused:
        _do(desk, person, verb, body)
    return refused.value.code


def _remediate(desk: Desk) -> None:
    """Open a remediation of provider P; nobody adds the provider itself."""
    assert opened(desk)["id"] == "R1"


def _ns(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * NS


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        # 2026-07-06 is a Monday; New York trades from 13:30 to 20:00 UTC in summer, from 14:30 to 21:00 in winter.
        ("2026-07-06T14:00", 30, "2026-07-06T14:30"),
        ("2026-07-06T10:00", 30, "2026-07-06T14:00"),
        ("2026-07-06T19:45", 30, "2026-07-07T13:45"),
        ("2026-07-06T19:30", 30, "2026-07-06T20:00"),
        ("2026-07-10T20:00", 390, "2026-07-13T20:00"),
        # Friday 3 July 2026 is a holiday, and so is Thursday 26 November; the day after closes at 18:00 UTC.
        ("2026-07-02T19:00", 90, "2026-07-06T14:00"),
        ("2026-11-27T17:30", 60, "2026-11-30T15:00"),
        # 2030 is beyond the calendar: weekdays count.
        ("2030-07-05T19:30", 60, "2030-07-08T14:00"),
    ],
)
def test_clocks_count_minutes_of_sessions(start: str, minutes: int, end: str) -> None:
    """Nights, weekends and holidays do not count."""
    assert session_minutes_after(_ns(start), minutes, load_equity_calendar()) == _ns(end)


def test_a_case_goes_from_open_to_closed(desk: Desk) -> None:
    """Acknowledged, noted on, submitted, returned, submitted again, approved; then nothing more."""
    opened = _do(desk, "ann", "open", OPENING)
    assert (opened["state"], opened["priority"], opened["overdue"]) == ("open", "medium", False)
    assert _do(desk, "abe", "acknowledge")["owner"] == "abe"
    assert _do(desk, "abe", "note", {"text": "asked"})["state"] == "investigating"
    assert _do(desk, "abe", "link", {"noun": "case", "id": "X"})["links"] == [{"noun": "case", "id": "X"}]
    assert _do(desk, "abe", "close", END)["state"] == "awaiting_review"
    assert _code(desk, "abe", "note", {"text": "more"}) == "wrong_state"
    assert _code(desk, "sam", "review", {"approve": False}) == "incomplete"
    assert _do(desk, "sam", "review", {"approve": False, "text": "why?"})["returns"][0]["text"] == "why?"
    assert _do(desk, "abe", "close", END)["submitted_by"] == "abe"
    done = _do(desk, "sam", "review", {"approve": True})
    assert (done["state"], done["closed_by"], done["disposition"]) == ("closed", "sam", "explained")
    for verb, body in (("acknowledge", None), ("note", {"text": "x"}), ("close", END), ("open", OPENING)):
        assert _code(desk, "sue", verb, body) == "wrong_state"
    assert [item["type"] for item in done["timeline"]][:2] == ["case.opened", "case.acknowledged"]


def test_a_closing_uses_the_words_of_the_policy(desk: Desk) -> None:
    """An unknown code, no rationale, or a remediation without its name is incomplete, and so is one that is not."""
    _do(desk, "ann", "open", OPENING)
    for change in ({"disposition": "x"}, {"root_cause": "x"}, {"rationale": " "}, {"disposition": "remediation"}):
        assert _code(desk, "ann", "close", {**END, **change}) == "incomplete"
    gone = {**END, "disposition": "remediation", "remediation": "R1"}
    with pytest.raises(RefusalError, match="found 'R1': there is no remediation on record"):
        _do(desk, "ann", "close", gone)
    _remediate(desk)
    with pytest.raises(RefusalError, match="found 'R2'; nearest: R1"):
        _do(desk, "ann", "close", {**gone, "remediation": "R2"})
    assert _do(desk, "ann", "close", gone)["remediation"] == "R1"


LINKED = ("remediation", "sla", "review", "case", "provider", "conflict")


def test_a_case_is_linked_to_what_there_is(desk: Desk) -> None:
    """Of each kind an unknown id is refused; a provider that only a finding names is one."""
    _do(desk, "ann", "open", OPENING)
    for noun in LINKED:
        with pytest.raises(RefusalError, match=f"expected a {noun} that is on record, found 'Y'") as refused:
            _do(desk, "ann", "link", {"noun": noun, "id": "Y"})
        assert (refused.value.code, refused.value.where) == ("incomplete", "id")
    _remediate(desk)
    assert _code(desk, "ann", "link", {"noun": "provider", "id": "P"}) == "incomplete"
    with desk.context() as context:
        record_findings(context, date(2026, 9, 18), {"f": FINDING}, within=[])
    _do(desk, "ann", "link", {"noun": "provider", "id": "P"})
    links = _do(desk, "ann", "link", {"noun": "remediation", "id": "R1"})["links"]
    assert links == [{"noun": "provider", "id": "P"}, {"noun": "remediation", "id": "R1"}]


def test_a_case_ends_as_reimbursed_only_after_a_payment_with_its_proof(desk: Desk, tmp_path: Path) -> None:
    """Not without a decision, not after one that declines, not before the proof, which may come later."""
    (tmp_path / "wire.txt").write_text("wire 17")
    _do(desk, "ann", "open", {**OPENING, "order_id": "O1"})
    end = {**END, "disposition": "reimbursed"}
    with pytest.raises(RefusalError, match="found none: record it with `routeproof case reimburse X`"):
        _do(desk, "ann", "close", end)
    _do(desk, "sam", "reimburse", {"decision": "decline", "rationale": "x"})
    with pytest.raises(RefusalError, match="found that reimbursement was declined"):
        _do(desk, "ann", "close", end)
    _do(desk, "sam", "reimburse", {**PAID, "replaces": 1})
    with pytest.raises(RefusalError, match="found none of decision 2: add it"):
        _do(desk, "ann", "close", end)
    proof = {"proof": [str(tmp_path / "wire.txt")]}
    assert _code(desk, "sam", "reimburse", {**proof, "of": 1}) == "incomplete"
    assert _code(desk, "sam", "reimburse", {**proof, "rationale": "x"}) == "incomplete"
    decisions = _do(desk, "sue", "reimburse", proof)["reimbursements"]
    assert [(item["decision"], item["replaced_by"], len(item["proof"])) for item in decisions] == [
        ("decline", 2, 0),
        ("pay", None, 1),
    ]
    assert _do(desk, "ann", "close", end)["disposition"] == "reimbursed"
    _do(desk, "sam", "reimburse", {"decision": "decline", "rationale": "taken back", "replaces": 2})
    assert _code(desk, "sue", "review", {"approve": True}) == "incomplete"


def test_a_case_is_given_to_who_may_work_it(desk: Desk) -> None:
    """Not to an examiner or a committee member; to a supervisor as to an analyst."""
    _do(desk, "ann", "open", OPENING)
    words = r"expected a person who may work a case \(analyst, supervisor, compliance\), found ed, who is examiner"
    with pytest.raises(RefusalError, match=words) as refused:
        _do(desk, "sam", "assign", {"to": "ed"})
    assert (refused.value.code, refused.value.where) == ("not_permitted", "to")
    assert _code(desk, "sam", "assign", {"to": "cora"}) == "not_permitted"
    assert _code(desk, "sam", "assign", {"to": "eve"}) == "unknown_person"
    assert [_do(desk, "sam", "assign", {"to": name})["owner"] for name in ("sue", "abe")] == ["sue", "abe"]


def test_a_role_in_its_cooling_off_is_given_work_and_a_revoked_one_is_not(desk: Desk) -> None:
    """Ed, an examiner, becomes an analyst from tomorrow on; abe is one no longer."""
    _do(desk, "ann", "open", OPENING)
    with desk.context("adam") as context:
        grant = grant_role(context, "ed", "analyst", None, lambda: None)["proposed"][-1]["id"]
    with desk.context("carl") as context:
        approve_grant(context, grant)
    assert _do(desk, "sam", "assign", {"to": "ed"})["owner"] == "ed"
    desk.act("adam", PEOPLE, STREAM_ID, "revoke", {"person": "abe", "role": "analyst"})
    with pytest.raises(RefusalError, match="found abe, who is in no role"):
        _do(desk, "sam", "assign", {"to": "abe"})


def test_an_order_is_paid_for_once(desk: Desk) -> None:
    """One amount twice in a decision, a second payment, one of the whole case, and a refusal: the first stands."""
    _do(desk, "ann", "open", {**OPENING, "order_id": "O1"})
    assert _code(desk, "sam", "reimburse", {**PAID, "amounts": PAID["amounts"] * 2}) == "incomplete"
    _do(desk, "sam", "reimburse", PAID)
    whole = {"decision": "pay", "rationale": "x", "amounts": [{"amount_usd": "5"}]}
    for again in (
        {**PAID, "amounts": [{"order_id": "O1", "amount_usd": "5"}]},
        {**whole, "level": "case"},
        {**whole, "level": "incident"},
        {"decision": "decline", "rationale": "x"},
    ):
        with pytest.raises(RefusalError, match="that sam decided to pay on 2026-09-21") as no:
            _do(desk, "sue", "reimburse", again)
        assert no.value.code == "wrong_state"
    assert _code(desk, "sue", "reimburse", {**whole, "level": "case", "replaces": 2}) == "incomplete"
    decisions = _do(desk, "sue", "reimburse", {**whole, "level": "case", "replaces": 1})["reimbursements"]
    assert [(item["number"], item["total_usd"], item["replaced_by"]) for item in decisions] == [
        (1, "4.00", 2),
        (2, "5", None),
    ]
    assert _code(desk, "sue", "reimburse", PAID) == "wrong_state"
    assert _code(desk, "sue", "reimburse", {**whole, "level": "incident"}) == "wrong_state"


def test_a_case_has_one_amount(desk: Desk) -> None:
    """For the whole of it; two are a sum that nobody decided."""
    _do(desk, "ann", "open", {**OPENING, "order_id": "O1"})
    two = {"decision": "pay", "rationale": "x", "level": "case", "amounts": [{"amount_usd": "5"}] * 2}
    assert _code(desk, "sam", "reimburse", two) == "incomplete"


def test_what_another_case_paid_for_the_order_is_named(desk: Desk) -> None:
    """X paid for O1, by the case; Y pays on top of it only where it says so."""
    for name in ("X", "Y"):
        with desk.context("ann") as context:
            act(context, CASE, name, "open", {**OPENING, "order_id": "O1"}, case_around(context))
    whole = {"decision": "pay", "rationale": "x", "level": "case", "amounts": [{"amount_usd": "5"}]}
    with desk.context("sam") as context:
        case_step(context, "X", "reimburse", whole)
        with pytest.raises(RefusalError, match="found that case X paid for O1") as refused:
            case_step(context, "Y", "reimburse", PAID)
        assert refused.value.code == "wrong_state"
        (paid,) = case_step(context, "Y", "reimburse", {**PAID, "beside": ["X"]})["reimbursements"]
        assert paid["beside"] == ["X"]


def test_who_ran_the_program_that_opened_a_case_of_findings_may_review_it(desk: Desk) -> None:
    """Sam ran the day; ann closes, sam approves. A case that sam opened by hand stays closed to sam."""
    day = date(2026, 9, 18)
    with desk.context("sam") as context:
        record_findings(context, day, {"f": {**FINDING, **SAID, "severity": "high"}}, within=[])
        (name,) = work_findings(context, day).opened
        assert required(context.records, CASE, name).state.opened_by == "sam"
    with desk.context("ann") as context:
        assert act(context, CASE, name, "close", END, case_around(context))["state"] == "awaiting_review"
    with desk.context("sam") as context:
        assert act(context, CASE, name, "review", {"approve": True}, case_around(context))["state"] == "closed"
    _do(desk, "sam", "open", OPENING)
    _do(desk, "ann", "close", END)
    assert _code(desk, "sam", "review", {"approve": True}) == "own_work"


def test_where_policy_asks_for_no_second_person_a_closing_counts_at_once(desk: Desk) -> None:
    """A case of low priority, once the firm reviews the others only; not with a disposition that it always reviews."""
    with desk.context("ann") as context:
        around = case_around(context)
        rules = around(context.records)["cases"]
        lax = {**around(context.records), "cases": replace(rules, review_priorities=("critical", "high", "medium"))}
        for name, disposition, state in (("A", "explained", "closed"), ("B", "credit_waived", "awaiting_review")):
            act(context, CASE, name, "open", {**OPENING, "priority": "low"}, around)
            closed = act(context, CASE, name, "close", {**END, "disposition": disposition}, lambda _: lax)
            assert closed["state"] == state


def test_a_clock_that_ran_out_goes_up_once(desk: Desk) -> None:
    """Three clocks of a case nobody looks at: each is an entry, the priority rises by a step each time."""
    _do(desk, "ann", "open", OPENING)
    with desk.context() as context:
        assert escalate(context) == []
    desk.clock.pass_days(2)
    with desk.context() as context:
        assert case_shown(context, "X")["overdue"] is True
        assert escalate(context) == ["X"]
        assert escalate(context) == []
        first = case_shown(context, "X")
    assert (first["priority"], [item["clock"] for item in first["escalations"]]) == ("high", ["acknowledge"])
    desk.clock.pass_days(60)
    with desk.context() as context:
        escalate(context)
        last = case_shown(context, "X")
    assert [(item["clock"], item["to"]) for item in last["escalations"]] == [
        ("acknowledge", "supervisor"),
        ("investigate", "supervisor"),
        ("close", "compliance"),
    ]
    assert last["priority"] == "critical"


def test_a_case_that_takes_up_an_earlier_one_needs_it_closed(desk: Desk) -> None:
    """What is open is worked on, not taken up again."""
    assert _code(desk, "ann", "open", {**OPENING, "earlier": "Y"}) == "wrong_state"


def test_a_case_of_an_earlier_program_still_folds() -> None:
    """Opened without clocks, assigned, noted on, and disposed of in one step by a second person."""
    events = (
        (
            "case.opened",
            {"id": "X", "kind": "sla_breach", "title": "t", "provider": "P", "due_on": "2026-06-10"},
            "sam",
        ),
        ("case.assigned", {"to": "sue"}, "sam"),
        ("case.noted", {"text": "0" * 64, "evidence": []}, "sue"),
        ("case.disposed", {"outcome": "explained", "rationale": "0" * 64, "remediation": None}, "carl"),
    )
    state = None
    for index, (kind, payload, by) in enumerate(events):
        state = CASE.evolve(state, Happened(Event(kind, payload), by, "supervisor", date(2026, 6, 1), index, index))
    assert state is not None
    assert (state.state, state.owner, state.disposition, state.closed_by) == ("closed", "sue", "explained", "carl")
    assert state.due is None


def test_harm_is_what_fills_cost_beyond_the_far_touch() -> None:
    """By hand: A: 100 x 0.04 - 100 x 0.01 = 3; B sold 0.02 too low for 50: 1; C did better; D has no quote, E none."""
    unit = 10**9
    touch = 10 * unit
    fills = [
        Fill("A", 1, touch + unit // 25, 100 * unit, touch),
        Fill("A", 1, touch - unit // 100, 100 * unit, touch),
        Fill("B", -1, touch - unit // 50, 50 * unit, touch),
        Fill("C", 1, touch - unit // 100, 100 * unit, touch),
        Fill("D", None, touch, 100 * unit, None),
    ]
    found = harm_of("ABCDE", fills)
    assert (found.total_usd, found.unknown_orders, found.unknown_fills) == ("4", 2, 1)
    assert [(item.order_id, item.harm_usd, item.difference_usd) for item in found.orders] == [
        ("A", "3", "3"),
        ("B", "1", "1"),
        ("C", "0", "-1"),
        ("D", None, None),
        ("E", None, None),
    ]
    assert [(item.order_id, item.shares, item.unknown_fills, item.reason) for item in found.orders if item.reason] == [
        ("D", "0", 1, "no fill with its side and a usable quote at receipt"),
        ("E", "0", 0, "nothing filled: no fill to compare"),
    ]


def test_harm_of_which_nothing_is_known_has_no_total() -> None:
    """A sell without a bid, an order without a fill: not nothing, but not known."""
    found = harm_of(["S", "L"], [Fill("S", -1, 10**10, 10**11, None)])
    assert (found.total_usd, found.unknown_orders, found.unknown_fills) == (None, 2, 1)


def test_harm_of_one_fill_without_a_quote_is_of_the_others() -> None:
    """100 shares at 0.01 beyond the touch cost a dollar; the other fill is counted as unknown, its order is not."""
    unit = 10**9
    fills = [Fill("A", 1, 10 * unit + unit // 100, 100 * unit, 10 * unit), Fill("A", 1, 10 * unit, 50 * unit, None)]
    found = harm_of(["A"], fills)
    assert (found.total_usd, found.unknown_orders, found.unknown_fills) == ("1", 0, 1)
    assert (found.orders[0].harm_usd, found.orders[0].shares, found.orders[0].reason) == ("1", "100", None)


def test_a_day_that_a_case_is_due_on_ends_where_the_market_is() -> None:
    """Six in the evening in New York is still that day: 23:59:59 EST is five hours later by UTC."""
    assert end_of(date(2026, 11, 6)) == 1_794_027_600_000_000_000 - 1
