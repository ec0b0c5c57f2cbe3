"""Findings on record become cases, by the program: one matter is one case, and lists find it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import Desk, new_desk
from program import call
from routeproof.app.cases.case_listing import CaseFilter, list_cases
from routeproof.app.cases.open_cases import work_findings
from routeproof.app.cases.suppressing import add_suppression
from routeproof.app.cases.work_cases import case_shown, case_step, open_case
from routeproof.app.ledger.rebuild import rebuild_projections
from routeproof.app.objects.act import act
from routeproof.app.objects.findings import record_findings
from routeproof.governance.suppression import SUPPRESSION
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context

DAY = date(2026, 9, 18)
NOON_OF_DAY = 1_789_747_200_000_000_000
END = {"disposition": "explained", "root_cause": "market", "rationale": "x"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def finding(number: int, **change: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON
    """A finding about an order of its own, as a judgement would record it."""
    return {
        "id": f"{number:016x}",
        "rule": "slow_fill",
        "severity": "medium",
        "provider": "P",
        "venue": "XNAS",
        "symbol": "ABC",
        "order_id": f"O{number}",
        "status": "final",
        "unit": "ms",
        "sentence": f"Order O{number} was slow",
        "group": f"order:O{number}",
        "family": "",
        "key": "",
        "day": DAY.isoformat(),
        "at": str(NOON_OF_DAY + number),
        "until_at": None,
        "execution_ids": [],
        "observed": "6000",
        "threshold": "5000",
        "source_row": f"s:{number}",
        "policy_version": "p",
        "metric_versions": {},
        **change,
    }


def _found(context: Context, *findings: dict[str, Any]) -> Any:  # noqa: ANN401
    record_findings(context, DAY, {item["id"]: item for item in findings}, within=[])
    return work_findings(context, DAY)


def test_what_changes_while_evidence_is_stored_is_seen(desk: Desk) -> None:
    """A finding that is withdrawn between the look and the lock opens no case."""
    with desk.context() as context:
        record_findings(context, DAY, {item["id"]: item for item in (finding(1), finding(2))}, within=[])

        def pinned(part: Any) -> dict[str, Any]:  # noqa: ANN401
            record_findings(context, DAY, {}, within=[finding(1)["id"]])
            return {name: {"sha256": "0" * 64, "rows": []} for name in part}

        worked = work_findings(context, DAY, lambda _: pinned)
        assert [case_shown(context, name)["findings"] for name in worked.opened] == [[finding(2)["id"]]]


def test_only_final_findings_of_some_weight_open_cases(desk: Desk) -> None:
    """What waits, and what policy holds to be low, is kept and opens none; once final, it does."""
    with desk.context() as context:
        worked = _found(context, finding(1, status="waiting"), finding(2, severity="low"), finding(3))
        assert len(worked.opened) == 1
        assert case_shown(context, worked.opened[0])["findings"] == [finding(3)["id"]]
        assert len(_found(context, finding(1)).opened) == 1
        assert work_findings(context, DAY).opened == ()
        assert rebuild_projections(context, change=False).differences == []


def test_findings_of_one_order_are_one_case_of_the_worst_severity(desk: Desk) -> None:
    """A later finding joins the open case, and raises it: its clocks only become shorter."""
    with desk.context() as context:
        (name,) = _found(context, finding(1), finding(2, order_id="O1", group="order:O1", rule="poor_fill")).opened
        before = case_shown(context, name)
        assert (before["priority"], before["rules"], before["orders"]) == ("medium", ["poor_fill", "slow_fill"], ["O1"])
        worked = _found(context, finding(3, order_id="O1", group="order:O1", severity="critical", rule="trade_through"))
        assert (worked.opened, worked.joined) == ((), 1)
        after = case_shown(context, name)
        assert (after["priority"], len(after["findings"])) == ("critical", 3)
        assert all(int(after["clocks"][clock]) < int(before["clocks"][clock]) for clock in after["clocks"])
        assert rebuild_projections(context, change=False).differences == []


def test_a_finding_that_joins_sends_a_waiting_closing_back(desk: Desk) -> None:
    """Who submitted did not know of it."""
    with desk.context() as context:
        (name,) = _found(context, finding(1)).opened
    with desk.context("ann") as context:
        assert case_step(context, name, "close", END)["state"] == "awaiting_review"
        _found(context, finding(2, order_id="O1", group="order:O1"))
        back = case_shown(context, name)
    assert (back["state"], back["disposition"], len(back["findings"])) == ("investigating", None, 2)


def _types(shown: dict[str, Any]) -> list[str]:
    return [str(item["type"]).removeprefix("case.") for item in shown["timeline"]]


def test_a_finding_that_says_something_else_goes_back_to_who_works_its_case(desk: Desk) -> None:
    """A correction makes 6 s of delay 60: the closing is taken back, the case called by what it is."""
    with desk.context() as context:
        (name,) = _found(context, finding(1)).opened
    with desk.context("ann") as context:
        assert case_step(context, name, "close", END)["state"] == "awaiting_review"
        worked = _found(context, finding(1, observed="60000", severity="high", sentence="Order O1 was very slow"))
        assert (worked.opened, worked.joined) == ((), 1)
        shown = case_shown(context, name)
        assert rebuild_projections(context, change=False).differences == []
    assert _types(shown) == ["opened", "submitted", "finding_amended", "finding_added"]
    assert (shown["state"], shown["priority"], shown["title"]) == ("investigating", "high", "Order O1 was very slow")
    assert (shown["findings"], shown["released"]) == ([finding(1)["id"]], [])


def test_a_closed_case_over_a_finding_that_gets_worse_has_a_successor(desk: Desk) -> None:
    """What was closed stays as it was, and says so; doing it again changes nothing; a second correction joins."""
    with desk.context() as context:
        (name,) = _found(context, finding(1)).opened
    with desk.context("ann") as context:
        case_step(context, name, "close", END)
    with desk.context("sam") as context:
        before = case_step(context, name, "review", {"approve": True})
        assert before["state"] == "closed"
        worse = finding(1, observed="60000", sentence="Order O1 was very slow")
        (successor,) = _found(context, worse).opened
        assert _found(context, worse).opened == work_findings(context, DAY).opened == ()
        closed, shown = case_shown(context, name), case_shown(context, successor)
        assert (closed["state"], closed["title"], closed["version"]) == ("closed", before["title"], before["version"])
        assert (closed["findings"], closed["released"]) == ([finding(1)["id"]], [finding(1)["id"]])
        assert _types(closed)[-1] == "finding_amended"
        assert (shown["earlier"], shown["title"], shown["findings"]) == (name, worse["sentence"], [worse["id"]])
        assert _found(context, finding(1, observed="90000")).joined == 1
        assert _types(case_shown(context, name)) == _types(closed)
        ((owner,),) = context.records.query("SELECT case_id FROM findings WHERE id = :id", {"id": worse["id"]})
        assert owner == successor
        assert rebuild_projections(context, change=False).differences == []
        record_findings(context, DAY, {}, within=[worse["id"]])
        assert case_shown(context, name)["withdrawn"] == case_shown(context, successor)["withdrawn"] == [worse["id"]]


def test_a_case_of_an_earlier_program_is_written_as_it_was(desk: Desk) -> None:
    """What no finding was amended of has the row that it had before there were amendments."""
    with desk.context() as context:
        (name,) = _found(context, finding(1)).opened
        ((row,),) = context.records.query("SELECT state FROM governance_objects WHERE id = :id", {"id": name})
    assert "released" not in json.loads(str(row))


def test_an_amendment_that_tells_nothing_else_is_no_event_of_the_case(desk: Desk) -> None:
    """Another policy version, other executions, a status, and a sentence that changed with the threshold."""
    with desk.context() as context:
        (name,) = _found(context, finding(1)).opened
        _found(context, finding(1, policy_version="q", execution_ids=["E1"]))
        _found(context, finding(1, status="waiting"))
        _found(context, finding(1))
        _found(context, finding(1, threshold="4000", sentence="Order O1 was slow: 4 s are allowed"))
        assert _types(case_shown(context, name)) == ["opened"]


def test_a_finding_that_no_longer_asks_for_a_case_stays_in_the_one_it_has(desk: Desk) -> None:
    """A correction makes it low: the closing that waits is taken back, and nothing is opened."""
    with desk.context() as context:
        (name,) = _found(context, finding(1)).opened
    with desk.context("ann") as context:
        case_step(context, name, "close", END)
        worked = _found(context, finding(1, severity="low"))
        assert (worked.opened, worked.joined) == ((), 0)
        shown = case_shown(context, name)
    assert (shown["state"], shown["released"]) == ("investigating", [])


def test_a_finding_that_comes_back_as_another_reaches_its_case(desk: Desk) -> None:
    """It was withdrawn, and a later delivery makes it stand again with another figure."""
    with desk.context() as context:
        (name,) = _found(context, finding(1)).opened
        record_findings(context, DAY, {}, within=[finding(1)["id"]])
        assert _found(context, finding(1, observed="7000")).joined == 1
        shown = case_shown(context, name)
    assert (_types(shown)[1:], shown["withdrawn"]) == (["finding_amended", "finding_added"], [])


def test_a_case_says_which_of_its_findings_no_longer_stand_and_since_when(desk: Desk) -> None:
    """Two of three are withdrawn, one comes back and is withdrawn again: one entry each, the last that named it."""
    ids = [finding(n)["id"] for n in (1, 2, 3)]
    three = [finding(n, order_id="O1", group="order:O1") for n in (1, 2, 3)]
    with desk.context() as context:
        (name,) = _found(context, *three).opened
        before = case_shown(context, name)
        assert (before["withdrawn"], before["timeline"]) == ([], before["history"])
        record_findings(context, DAY, {}, within=ids[:2])
        record_findings(context, DAY, {ids[0]: three[0]}, within=[])
        assert case_shown(context, name)["withdrawn"] == ids[1:2]
        record_findings(context, DAY, {}, within=ids[:1])
        after = case_shown(context, name)
        assert rebuild_projections(context, change=False).differences == []
    assert (after["findings"], after["withdrawn"]) == (ids, ids[:2])
    first, second = (item for item in after["timeline"] if item["type"] == "findings.withdrawn")
    assert (first["findings"], second["findings"]) == (ids[1:2], ids[:1])
    assert before["timeline"][-1]["index"] < first["index"] < second["index"]
    assert second["appended_at"].startswith("2026-09-21T14:13:20")
    shown = call("case", "show", name, "--workspace", str(desk.root)).stdout
    assert f"withdrawn: {ids[0]}, {ids[1]}" in shown
    assert shown.count("2026-09-21  findings.withdrawn  ") == 2


def test_findings_of_thousands_fit_into_entries(desk: Desk) -> None:
    """A matter of 1,000 findings is one case in several entries; every finding is its own."""
    many = [finding(n, group="fill:F", order_id=f"an-order-with-a-long-name-{n}") for n in range(1_000)]
    with desk.context() as context:
        (name,) = _found(context, *many).opened
        shown = case_shown(context, name)
        assert len(shown["findings"]) == len(set(shown["findings"])) == 1_000
        assert [item["type"] for item in shown["timeline"]] == ["case.opened", *["case.finding_added"] * 3]
        ((marked,),) = context.records.query("SELECT COUNT(*) FROM findings WHERE case_id = :id", {"id": name})
        assert marked == 1_000
        assert rebuild_projections(context, change=False).differences == []


def test_a_suppression_counts_only_once_approved_and_in_its_scope(desk: Desk) -> None:
    """What had opened a case before stays; an ended one suppresses nothing more."""
    body = {"rule": "slow_fill", "scope": {"symbol": "ABC"}, "reason": "x", "until": "2026-12-31"}
    with desk.context("ann") as context:
        assert add_suppression(context, None, body)["state"] == "proposed"
        assert len(_found(context, finding(1)).opened) == 1
    with desk.context("sam") as context:
        act(context, SUPPRESSION, "S-1", "approve")
        worked = _found(context, finding(2), finding(3, symbol="XYZ"), finding(4, rule="poor_fill"))
        assert (worked.suppressed, len(worked.opened)) == (1, 2)
        act(context, SUPPRESSION, "S-1", "end")
        assert _found(context, finding(5)).suppressed == 0
        assert rebuild_projections(context, change=False).differences == []


def test_lists_narrow_search_and_go_page_by_page(desk: Desk) -> None:
    """By priority, then age; pages together are the whole list, each case once."""
    with desk.context() as context:
        severities = ("medium", "critical", "high", "medium", "high")
        _found(context, *(finding(n, severity=name, provider=f"P{n % 2}") for n, name in enumerate(severities)))
        records, now = context.records, context.clock()

        def orders(wanted: CaseFilter) -> list[str]:
            return [item["title"].split()[1] for item in list_cases(records, wanted, now)["items"]]

        everything = [item["priority"] for item in list_cases(records, CaseFilter(), now)["items"]]
        assert everything == ["critical", "high", "high", "medium", "medium"]
        assert sorted(orders(CaseFilter(priority="high"))) == ["O2", "O4"]
        assert sorted(orders(CaseFilter(provider="P0"))) == ["O0", "O2", "O4"]
        assert orders(CaseFilter(text="SLOW o3")) == ["O3"]
        assert orders(CaseFilter(text="o%")) == []
        assert sorted(orders(CaseFilter(rule="slow_fill"))) == ["O0", "O1", "O2", "O3", "O4"]
        assert orders(CaseFilter(rule="slow")) == []
        assert orders(CaseFilter(overdue=True)) == []
        assert list_cases(records, CaseFilter(overdue=True), now + 10**18)["total"] == 5
        paged: list[str] = []
        after = None
        while True:
            page = list_cases(records, CaseFilter(), now, 2, after)
            assert page["total"] == 5
            paged += [item["id"] for item in page["items"]]
            after = page["next"]
            if after is None:
                break
        assert paged == [item["id"] for item in list_cases(records, CaseFilter(), now)["items"]]
        with pytest.raises(UsageError, match="cursor"):
            list_cases(records, CaseFilter(), now, 2, "!")


def test_a_case_opened_by_hand_is_listed_beside_the_others(desk: Desk) -> None:
    """And its title is searched."""
    with desk.context("ann") as context:
        open_case(context, "C-1", {"kind": "complaint", "title": "Late statement", "priority": "high"})
        (item,) = list_cases(context.records, CaseFilter(text="statement"), context.clock())["items"]
    assert (item["id"], item["kind"], item["priority"], item["findings"]) == ("C-1", "complaint", "high", 0)


MINUTE = 60 * 10**9


def outage(number: int, minute: int) -> dict[str, Any]:
    """The provider was out for a minute, so many minutes after noon."""
    at = NOON_OF_DAY + minute * MINUTE
    told = {"rule": "provider_outage", "family": "outage", "group": f"incident:{DAY}:P:outage:", "key": str(at)}
    span = {"at": str(at), "until_at": str(at + MINUTE)}
    return finding(number, **told, **span, severity="high", order_id=None, venue=None, symbol=None)


def test_outages_far_apart_are_cases_of_their_own_whatever_comes_late(desk: Desk) -> None:
    """At 0, 40 and 100 minutes: three cases. A late one at -10 joins the first; two at 15 and 28 bridge."""
    with desk.context() as context:
        first, second, third = (_found(context, outage(n, at)).opened[0] for n, at in ((1, 0), (2, 40), (3, 100)))
        assert len({first, second, third}) == 3
        before = _found(context, outage(4, -10))
        assert (before.opened, before.joined) == ((), 1)
        assert case_shown(context, first)["findings"] == [outage(1, 0)["id"], outage(4, -10)["id"]]
        between = _found(context, outage(5, 15), outage(6, 28))
        assert (between.opened, between.joined) == ((), 2)
        assert len(case_shown(context, third)["findings"]) == 1
        assert rebuild_projections(context, change=False).differences == []
