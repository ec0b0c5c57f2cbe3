"""605 reports on record: a provider's part is never the firm's, what is signed is not overwritten, faults are said."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from disclosure_desk import disclosure_desk, take_in
from report605_flow import call
from routeproof.app.disclosure.records.made_605 import record_605
from routeproof.app.disclosure.records.restate import restate_report
from routeproof.app.disclosure.records.sign import publish_report, sign_report
from routeproof.app.disclosure.report_605 import asked_605, flow_of_workspace, make_605
from routeproof.app.objects.governed import ids_of
from routeproof.governance.decider import RefusalError
from routeproof.governance.report import REPORT
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from governance_desk import Desk
    from routeproof.app.disclosure.report_605 import Made605

FIRM, PART = "605-detailed-FIRM-2026-08", "605-detailed-FIRM-P-2026-08"
OCTOBER = date(2026, 10, 5)
FLOW = {
    "quotes": """\
symbol,at,bid,ask,bid_size,ask_size
A,2026-08-12T13:31:00Z,10.00,10.04,300,300
""",
    "parent_orders": """\
order_id,provider_id,symbol,side,received_at,quantity,order_type
a,P,A,buy,2026-08-12T14:30:10Z,100,market
b,Q,A,buy,2026-08-12T14:30:10Z,500,market
""",
    "executions": """\
execution_id,order_id,symbol,side,executed_at,price,quantity,venue
e1,a,A,buy,2026-08-12T14:30:11Z,10.04,100,XNAS
e2,b,A,buy,2026-08-12T14:30:11Z,10.04,400,XNAS
""",
}
LATE = FLOW["executions"] + "e3,b,A,buy,2026-08-12T14:30:12Z,10.04,7,XNAS\n"
OF_P = FLOW["executions"] + "e3,a,A,buy,2026-08-12T14:30:12Z,10.04,7,XNAS\n"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Two orders of two providers."""
    return disclosure_desk(tmp_path, FLOW)


def _made(desk: Desk, out: Path, provider: str = "") -> Made605:
    asked = asked_605("detailed", "FIRM", "T", "2026-08", out, provider=provider)
    with desk.context() as context:
        return record_605(context, make_605(asked, flow_of_workspace(context)))


def _reports(desk: Desk) -> set[str]:
    with desk.context() as context:
        return set(ids_of(context.records, REPORT))


def _sign(desk: Desk, file: str) -> None:
    with desk.context("sam", OCTOBER) as context:
        sign_report(context, file, None)


def test_a_part_is_on_record_apart_and_never_published(desk: Desk, tmp_path: Path) -> None:
    """With an id, a file and a note of its own; the firm's report stays as it was and is published."""
    whole, part = _made(desk, tmp_path), _made(desk, tmp_path, "P")
    assert [Path(made.files[0]["path"]).name for made in (whole, part)] == ["FIRM202608.txt", "FIRM202608-P.txt"]
    assert _reports(desk) == {FIRM, PART}
    assert len(desk.show(REPORT, FIRM)["editions"]) == 1
    assert any("Only orders given to P" in note for note in part.notes)
    assert not any("Only orders" in note for note in whole.notes)
    for name in (FIRM, PART):
        _sign(desk, name)
    with desk.context("carl", OCTOBER) as context:
        with pytest.raises(RefusalError, match="given to P alone") as refused:
            publish_report(context, PART, "https://firm.example/605", None)
        assert publish_report(context, FIRM, "https://firm.example/605", None)["state"] == "published"
    assert refused.value.code == "not_permitted"


def test_a_part_that_is_all_there_is_stays_a_part(tmp_path: Path) -> None:
    """Only P had orders: the same bytes are two reports, and the bytes alone name the firm's."""
    tables = {
        name: "".join(line for line in text.splitlines(keepends=True) if not line.startswith(("b,", "e2,")))
        for name, text in FLOW.items()
    }
    desk = disclosure_desk(tmp_path, tables)
    whole, part = _made(desk, tmp_path), _made(desk, tmp_path, "P")
    assert whole.file.content == part.file.content
    assert _reports(desk) == {FIRM, PART}
    _sign(desk, str(tmp_path / "FIRM202608-P.txt"))
    assert [desk.show(REPORT, name)["signed"] for name in (FIRM, PART)] == [True, False]


def test_a_restated_part_is_still_a_part(desk: Desk, tmp_path: Path) -> None:
    """Made again it has its provider's 107 shares alone; a file that is given changes nothing about whose it is."""
    _made(desk, tmp_path, "P")
    take_in(desk, {"executions": OF_P})
    with desk.context("ann", OCTOBER) as context:
        again = restate_report(context, PART, "late fill")
    shares = [item["to"] for item in again["diff"] if item["column"] == "CvrdOrderExctdAwayQty"]
    assert shares in ([], ["107"])
    assert {item["content"]["options"]["provider"] for item in again["editions"]} == {"P"}
    other = Path(_made(desk, tmp_path).files[0]["path"])
    with desk.context("ann", OCTOBER) as context:
        given = restate_report(context, PART, "by hand", other)
    assert {item["content"]["options"]["provider"] for item in given["editions"]} == {"P"}


def test_what_is_signed_is_not_overwritten(desk: Desk, tmp_path: Path) -> None:
    """Made again after a late fill, it stands beside with a warning; as the next version it has its basis."""
    path = Path(_made(desk, tmp_path).files[0]["path"])
    signed = path.read_bytes()
    _sign(desk, str(path))
    take_in(desk, {"executions": LATE})
    again = _made(desk, tmp_path)
    beside = Path(again.files[0]["path"])
    assert (path.read_bytes(), beside.name) == (signed, "FIRM202608.unsigned.txt")
    assert any("differs from the version that was signed" in text for text in again.warnings)
    with desk.context("ann", OCTOBER) as context:
        state = restate_report(context, str(beside), "late fill")
    newest = state["editions"][-1]["content"]
    assert (newest["sha256"], newest["orders_in"]) == (again.files[0]["sha256"], 2)
    assert newest["basis"]["manifest"]


def test_a_summary_that_breaks_its_rules_is_said(desk: Desk, tmp_path: Path) -> None:
    """A quoted spread below zero, on a crossed quote: the schema's least is 0; the file is written all the same."""
    take_in(desk, {"quotes": FLOW["quotes"].replace("10.00,10.04", "10.06,10.04")})
    given = ("--reporter", "FIRM", "--participant", "T", "--month", "2026-08", "--out", str(tmp_path), "--json")
    done = call("report", "605", "summary", *given, "-w", str(desk.root))
    assert done.returncode == 0
    assert "warning: the file is not as its rules have it" in done.stderr
    assert "AvgPctQuotSprd" in done.stderr
    assert call("validate", "605", str(tmp_path / "FIRM202608.csv")).returncode == 3


def test_a_summary_takes_no_digits_in_its_reporter(tmp_path: Path) -> None:
    """The SEC's schema has capital letters alone; the detailed report may have digits."""
    with pytest.raises(UsageError, match="found 'F1'"):
        asked_605("summary", "F1", "T", "2026-08", tmp_path)
    assert asked_605("detailed", "F1", "T", "2026-08", tmp_path).reporter == "F1"
