"""Reports on record: built once, signed by another person, published, restated with every value that differs."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from disclosure_desk import HAND, disclosure_desk, take_in
from routeproof.app.disclosure.records.made_605 import record_605
from routeproof.app.disclosure.records.restate import restate_report
from routeproof.app.disclosure.records.sign import publish_report, report_shown, sign_report
from routeproof.app.disclosure.records.write import write_report
from routeproof.app.disclosure.report606.customer_reports import Asked606b, make_606b1
from routeproof.app.disclosure.report606.public_report import Asked606a1, make_606a1
from routeproof.app.disclosure.report_605 import asked_605, flow_of_workspace, make_605
from routeproof.app.firm.duties import duties_of
from routeproof.app.ledger.verify import verify_workspace
from routeproof.governance.decider import RefusalError
from routeproof.governance.report import REPORT
from routeproof.vocab.errors import DataRejectedError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from governance_desk import Desk

ID = "606a1-2026Q3"
TEXTS = 'XNAS = "It pays."\nARCX = "It does not."'
OCTOBER = date(2026, 10, 5)
SUMMARY = b"DsgntParticipant,RprtEntityCd,RptDate,Sp500,OrderSize,OrderType,AvgOrderQty\r\nT,FIRM,202608,Y,0,M,%s\r\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """The eleven orders."""
    return disclosure_desk(tmp_path)


def _make(desk: Desk, path: Path, aspects: str = TEXTS, person: str = "") -> dict[str, Any]:
    with desk.context(person) as context:
        made = make_606a1(context, Asked606a1(quarter="2026Q3", aspects=aspects))
        return write_report(context, made, path, None, None, lambda _: None)


def _sign(desk: Desk, person: str, file: Path | str, version: str | None = None) -> dict[str, Any]:
    with desk.context(person, OCTOBER) as context:
        return sign_report(context, str(file), version)


def _publish(desk: Desk, file: Path | str, on: date = OCTOBER) -> dict[str, Any]:
    with desk.context("carl", on) as context:
        return publish_report(context, str(file), "https://firm.example/606", None)


def _restate(desk: Desk, file: Path | str, person: str = "ann", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    with desk.context(person, OCTOBER) as context:
        return restate_report(context, str(file), "late data", **more)


def _code(step: Any) -> str:  # noqa: ANN401  # a step that is refused
    with pytest.raises(RefusalError) as refused:
        step()
    return refused.value.code


def _duty(desk: Desk, name: str, on: date) -> str:
    with desk.context() as context:
        return next(duty.state for duty in duties_of(context.records, on) if duty.id == name)


def test_making_a_report_puts_it_on_record_once(desk: Desk, tmp_path: Path) -> None:
    """With hash, counts, question, manifest and policy; the same bytes again are no event."""
    path = tmp_path / "a.xml"
    told = _make(desk, path)
    assert told["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    _make(desk, tmp_path / "again.xml")
    shown = desk.show(REPORT, ID)
    assert [one["type"] for one in shown["history"]] == ["report.built"]
    content = shown["editions"][0]["content"]
    assert (content["sha256"], content["orders_in"], content["drafts"]) == (told["sha256"], 11, 0)
    assert content["options"] == {"quarter": "2026Q3", "bd": "", "other_if_unknown": True}
    with desk.context() as context:
        assert content["basis"]["manifest"] == context.lake.manifest().id


def test_what_nobody_signed_is_replaced_by_the_next(desk: Desk, tmp_path: Path) -> None:
    """Two versions on record, and the last one counts."""
    _make(desk, tmp_path / "a.xml", aspects="")
    told = _make(desk, tmp_path / "a.xml")
    with desk.context() as context:
        shown = report_shown(context, ID)
    assert (shown["sha256"], len(shown["editions"])) == (told["sha256"], 2)


def test_a_signature_is_for_the_bytes_that_stand(desk: Desk, tmp_path: Path) -> None:
    """Another hash is refused, the file's own or the version's passes; an older file is refused."""
    first, second = tmp_path / "first.xml", tmp_path / "second.xml"
    _make(desk, first, aspects="")
    sha256 = _make(desk, second)["sha256"]
    assert _code(lambda: _sign(desk, "sam", second, "0" * 64)) == "outdated_version"
    assert _code(lambda: _sign(desk, "sam", first)) == "outdated_version"
    signed = _sign(desk, "sam", second, sha256)
    assert (signed["state"], signed["signed"], signed["receipt"] != "") == ("signed", True, True)
    assert _code(lambda: _sign(desk, "sam", second)) == "wrong_state"
    assert len(_sign(desk, "sue", ID, signed["version_hash"])["signatures"]) == 2


def test_whoever_made_it_does_not_sign_it(desk: Desk, tmp_path: Path) -> None:
    """A person's report is signed by another; an analyst signs none."""
    _make(desk, tmp_path / "a.xml", person="sam")
    assert _code(lambda: _sign(desk, "sam", ID)) == "own_work"
    assert _code(lambda: _sign(desk, "abe", ID)) == "not_permitted"
    assert _sign(desk, "sue", ID)["signed"] is True


def test_publication_needs_a_signature_and_no_drafts(desk: Desk, tmp_path: Path) -> None:
    """And it closes the quarter's duty, which is due 31 days after its end."""
    _make(desk, tmp_path / "a.xml", aspects="")
    assert _code(lambda: _publish(desk, ID)) == "wrong_state"
    _sign(desk, "sam", ID)
    assert _code(lambda: _publish(desk, ID)) == "incomplete"
    _restate(desk, ID, aspects=TEXTS)
    _sign(desk, "sam", ID)
    assert _duty(desk, "report_606:2026Q3", date(2026, 10, 31)) == "due"
    assert _publish(desk, ID)["published"] == "https://firm.example/606"
    assert _duty(desk, "report_606:2026Q3", date(2026, 11, 1)) == "done"


def test_a_duty_of_another_report_stays_open(desk: Desk, tmp_path: Path) -> None:
    """Publishing the 606 report does not submit it to FINRA."""
    _make(desk, tmp_path / "a.xml")
    _sign(desk, "sam", ID)
    _publish(desk, ID)
    assert _duty(desk, "report_6151:2026Q3", date(2026, 11, 1)) == "overdue"


def test_restating_makes_the_next_version_from_the_lake_as_it_is(desk: Desk, tmp_path: Path) -> None:
    """A late order at XNAS: six S&P 500 orders, four of them at XNAS; the old bytes stay, and a signature is owed."""
    path = tmp_path / "a.xml"
    _make(desk, path)
    old = path.read_bytes()
    _sign(desk, "sam", path)
    unchanged = _restate(desk, path)
    assert (unchanged["unchanged"], unchanged["diff"], unchanged["signed"]) == (True, [], True)
    orders = HAND["parent_orders"] + "o12,A2,AAA,buy,true,false,false,2026-07-06T14:00:12Z,100,market,,\n"
    routes = HAND["routes"] + "r12,o12,XNAS,AAA,buy,2026-07-06T14:00:12.1Z,,100,market,day\n"
    take_in(desk, {"parent_orders": orders, "routes": routes})
    state = _restate(desk, path)
    assert state["previous"] == hashlib.sha256(old).hexdigest()
    assert state["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (state["state"], state["signed"], state["editions"][1]["reason"]) == ("built", False, "late data")
    place = "heldOrderRoutingPublicReport/rMonthly[2026-7]/rSP500/rVenues/rVenue[XNAS]"
    changed = {item["column"]: (item["from"], item["to"]) for item in state["diff"] if item["row"] == place}
    # 3 of 5 became 4 of 6; the stop is still the only other order
    assert changed == {"orderPct": ("60.00", "66.67")}
    with desk.context() as context:
        kept = context.evidence.get(state["editions"][0]["content"]["file"]).content
        assert json.loads(context.evidence.get(state["editions"][1]["diff"]).content) == state["diff"]
    assert kept == old
    assert _duty(desk, "restated_report:report-606a1-2026Q3:entry-" + str(state["ledger_index"]), OCTOBER) == "due"
    assert _code(lambda: _sign(desk, "ann", path)) == "not_permitted"
    assert _sign(desk, "sue", path)["signed"] is True


def test_a_signed_version_is_not_replaced_by_making_it_again(desk: Desk, tmp_path: Path) -> None:
    """The file is written, and the record keeps what was signed."""
    _make(desk, tmp_path / "a.xml", aspects="")
    _sign(desk, "sam", ID)
    _make(desk, tmp_path / "b.xml")
    assert len(desk.show(REPORT, ID)["editions"]) == 1


def test_a_file_that_came_from_elsewhere_is_signed_and_restated(desk: Desk, tmp_path: Path) -> None:
    """A 605 summary: put on record as it came; the changed file is its next version, with the value that differs."""
    path = tmp_path / "FIRM202608.csv"
    path.write_bytes(SUMMARY % b"100")
    signed = _sign(desk, "sam", path, hashlib.sha256(path.read_bytes()).hexdigest())
    assert (signed["id"], signed["kind"], signed["period"]) == ("605-summary-FIRM-2026-08", "605-summary", "2026-08")
    with pytest.raises(UsageError, match="--with FILE"):
        _restate(desk, path)
    path.write_bytes(SUMMARY % b"120")
    state = _restate(desk, path)
    row = "T FIRM 202608 Y 0 M"
    assert state["diff"] == [{"row": row, "change": "changed", "column": "AvgOrderQty", "from": "100", "to": "120"}]
    other = tmp_path / "other.csv"
    other.write_bytes((SUMMARY % b"130") + b"T,FIRM,202608,N,0,M,5\r\n")
    diff = _restate(desk, path, new_file=other)["diff"]
    assert [item["change"] for item in diff] == ["changed", "added"]
    assert path.read_bytes() == other.read_bytes()


def test_what_is_no_report_is_not_signed(desk: Desk, tmp_path: Path) -> None:
    """Neither some text, nor XML with a document type, nor a file that is not there."""
    for content in (b"hello", b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", b"<a><b></a>", b"<other/>"):
        (tmp_path / "x").write_bytes(content)
        with pytest.raises(DataRejectedError):
            _sign(desk, "sam", tmp_path / "x")
    with pytest.raises(UsageError, match="found neither"):
        _sign(desk, "sam", tmp_path / "nothing.xml")


def test_the_record_does_not_say_who_the_customer_is(desk: Desk, tmp_path: Path) -> None:
    """No entry has the account token, the file's hash or its name; the report is found by its bytes."""
    path = tmp_path / "A1-secret.xml"
    with desk.context("ann", OCTOBER) as context:
        made = make_606b1(context, Asked606b(customer="A1", to=date(2026, 7, 31), name="Secret Customer"))
        write_report(context, made, path, None, None, lambda _: None)
        entries = b"".join(context.records.entries(0))
    for told in (b'"A1"', b"Secret", b"secret", made.sha256.encode()):
        assert told not in entries
    shown = _sign(desk, "sam", path, made.sha256)
    assert (shown["id"], shown["customer"], shown["sha256"]) == ("606b1-1", "A1", made.sha256)
    assert _code(lambda: _publish(desk, path)) == "not_permitted"
    again = _restate(desk, "606b1-1")
    assert again["unchanged"] is True


def test_the_record_verifies_with_what_the_program_recorded(desk: Desk, tmp_path: Path) -> None:
    """An unsigned built event is the program's own; all else is signed by whom it names."""
    path = tmp_path / "a.xml"
    _make(desk, path)
    _sign(desk, "sam", path)
    _publish(desk, path)
    assert list(verify_workspace(desk.root).problems) == []


@pytest.mark.parametrize("kind", ["detailed", "summary"])
def test_a_605_report_is_signed_and_restated_from_the_lake(desk: Desk, tmp_path: Path, kind: str) -> None:
    """A market order of July that came late: one more covered order in its row, and the file is the new version."""
    asked = asked_605("detailed" if kind == "detailed" else "summary", "FIRM", "T", "2026-07", tmp_path)
    with desk.context() as context:
        made = record_605(context, make_605(asked, flow_of_workspace(context)))
    assert desk.show(REPORT, f"605-{kind}-FIRM-2026-07")["state"] == "built"
    path = tmp_path / made.file.name
    _sign(desk, "sam", path, hashlib.sha256(path.read_bytes()).hexdigest())
    orders = HAND["parent_orders"] + "o12,A2,AAA,buy,true,false,false,2026-07-06T14:00:12Z,300,market,,\n"
    take_in(desk, {"parent_orders": orders})
    state = _restate(desk, path)
    assert state["diff"]
    assert state["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    changed = {item["column"] for item in state["diff"] if item["change"] == "changed"}
    added = [item for item in state["diff"] if item["change"] == "added"]
    assert added or changed & {"CvrdOrderCnt", "AvgOrderQty"}
    assert _sign(desk, "sue", path)["signed"] is True
