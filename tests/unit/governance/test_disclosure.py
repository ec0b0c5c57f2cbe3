"""Disclosure registers: the clock of a customer's request, proof of delivery, notices, filings, and their duties."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from disclosure_desk import disclosure_desk
from governance_desk import Desk, new_desk
from routeproof.app.disclosure.made import Made
from routeproof.app.disclosure.records.on_record import record_built
from routeproof.app.disclosure.records.registers import record_disclosure
from routeproof.app.disclosure.records.sign import sign_report
from routeproof.app.firm.duties import duties_of
from routeproof.governance.decider import RefusalError
from routeproof.governance.disclosure import DISCLOSURE
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

FRIDAY = date(2026, 9, 18)
SECOND_OF_OCTOBER = date(2026, 10, 2)
B3 = {"kind": "606b3", "customer": "A17"}
XML = b"<notHeldOrderHandlingCustomerReport><endDate>2026-09-30</endDate></notHeldOrderHandlingCustomerReport>"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _do(desk: Desk, person: str, line: str, verb: str, on: date = FRIDAY, **body: Any) -> dict[str, Any]:  # noqa: ANN401
    with desk.context(person, on) as context:
        return record_disclosure(context, line, verb, body)


def _code(desk: Desk, person: str, line: str, verb: str, on: date = FRIDAY, **body: Any) -> str:  # noqa: ANN401
    with pytest.raises(RefusalError) as refused:
        _do(desk, person, line, verb, on, **body)
    return refused.value.code


def _duties(desk: Desk, name: str, on: date) -> list[tuple[date, str]]:
    with desk.context() as context:
        return [(duty.due_on, duty.state) for duty in duties_of(context.records, on) if duty.obligation == name]


def _proof(tmp_path: Path) -> str:
    (tmp_path / "proof.txt").write_text("received", "utf-8")
    return str(tmp_path / "proof.txt")


def test_a_requests_clock_counts_business_days(desk: Desk) -> None:
    """Seven after Friday 18 September 2026: 21, 22, 23, 24, 25, 28, 29; the weekend does not count."""
    shown = _do(desk, "ann", "R1", "request", **B3)
    assert (shown["state"], shown["due_on"], shown["customer"]) == ("requested", "2026-09-29", "A17")
    due = date(2026, 9, 29)
    assert _duties(desk, "customer_report_606", due) == [(due, "due")]
    assert _duties(desk, "customer_report_606", date(2026, 9, 30)) == [(due, "overdue")]


def test_the_record_has_no_customer_in_the_clear(desk: Desk) -> None:
    """The token stands in an envelope."""
    _do(desk, "ann", "R1", "request", **B3)
    with desk.context() as context:
        assert b"A17" not in b"".join(context.records.entries(0))


def test_a_request_is_not_from_tomorrow_and_comes_once(desk: Desk) -> None:
    """Neither is a second request of the same name."""
    assert _code(desk, "ann", "R1", "request", received_on="2026-09-19", **B3) == "incomplete"
    _do(desk, "ann", "R1", "request", received_on="2026-09-17", **B3)
    assert _code(desk, "ann", "R1", "request", **B3) == "wrong_state"
    assert _code(desk, "ed", "R2", "request", **B3) == "not_permitted"
    with pytest.raises(UsageError, match="kind"):
        _do(desk, "ann", "R2", "request", customer="A17", kind="605")


def test_delivery_needs_proof_and_closes_the_duty(desk: Desk, tmp_path: Path) -> None:
    """Words or a file; what was delivered is over."""
    _do(desk, "ann", "R1", "request", **B3)
    assert _code(desk, "ann", "R1", "deliver") == "incomplete"
    shown = _do(desk, "ann", "R1", "deliver", date(2026, 9, 25), evidence=[_proof(tmp_path)], how="secure mail")
    assert (shown["state"], shown["done_on"], shown["late"]) == ("delivered", "2026-09-25", False)
    assert [item["name"] for item in shown["documents"]] == ["proof.txt"]
    assert _duties(desk, "customer_report_606", date(2026, 9, 30)) == [(date(2026, 9, 29), "done")]
    assert _code(desk, "carl", "R1", "decline", reason="de minimis") == "wrong_state"


def test_a_late_delivery_says_so(desk: Desk) -> None:
    """A day after the clock ran out."""
    _do(desk, "ann", "R1", "request", **B3)
    assert _do(desk, "ann", "R1", "deliver", date(2026, 9, 30), how="by hand")["late"] is True


def test_a_delivered_report_is_on_record_of_the_kind_and_signed(desk: Desk) -> None:
    """None of that name; another kind; not signed; signed."""
    _do(desk, "ann", "R1", "request", **B3)
    assert _code(desk, "ann", "R1", "deliver", report="606b3-1", how="mail") == "incomplete"
    with desk.context() as context:
        made = Made(
            kind="606b3", period="2026-09-30", customer="A17", content=XML, orders_in=1, excluded={}, basis={"x": "y"}
        )
        assert record_built(context, made, "r.xml") == "606b3-1"
    assert _code(desk, "ann", "R1", "deliver", report="606b3-1", how="mail") == "wrong_state"
    with desk.context("sam") as context:
        sign_report(context, "606b3-1", None)
    _do(desk, "ann", "R2", "request", kind="606b1", customer="A17")
    assert _code(desk, "ann", "R2", "deliver", report="606b3-1", how="mail") == "wrong_state"
    assert _do(desk, "ann", "R1", "deliver", report="606b3-1", how="mail")["report"] == "606b3-1"


def test_declining_needs_a_reason_and_a_supervisor(desk: Desk) -> None:
    """The reason has the figures, and the duty is done."""
    _do(desk, "ann", "R1", "request", **B3)
    assert _code(desk, "ann", "R1", "decline", reason="de minimis") == "not_permitted"
    assert _code(desk, "carl", "R1", "decline", reason=" ") == "incomplete"
    assert _code(desk, "carl", "R9", "decline", reason="x") == "wrong_state"
    assert _do(desk, "carl", "R1", "decline", reason="2.10 % not held")["reason"] == "2.10 % not held"
    assert _duties(desk, "customer_report_606", date(2026, 9, 30))[0][1] == "done"


@pytest.mark.parametrize(
    ("rule", "duty", "other"), [("607", "disclosure_607", "notice_606"), ("606b2", "notice_606", "disclosure_607")]
)
def test_a_notice_closes_its_years_duty_and_no_other(
    desk: Desk, tmp_path: Path, rule: str, duty: str, other: str
) -> None:
    """A notice of 2026 with the letter that was sent."""
    told = {"rule": rule, "period": "2026", "audience": "all accounts, by mail"}
    with pytest.raises(UsageError, match="evidence"):
        _do(desk, "ann", "N", "notice", **told)
    shown = _do(desk, "ann", "N", "notice", evidence=[_proof(tmp_path)], **told)
    assert (shown["line"], shown["state"], shown["period"]) == ("notice", "noticed", "2026")
    assert [state for _, state in _duties(desk, duty, FRIDAY)] == ["done"]
    (other,) = {"disclosure_607", "notice_606"} - {duty}
    assert [state for _, state in _duties(desk, other, FRIDAY)] == ["due"]


def test_a_filing_closes_its_quarters_duty(tmp_path: Path) -> None:
    """With FINRA's answer; a report that is named must be on record, of that quarter."""
    desk = disclosure_desk(tmp_path)  # its data begin in July: the third quarter is owed
    filed = {"period": "2026Q3", "reference": "F-1", "evidence": [_proof(tmp_path)]}
    assert _code(desk, "ann", "F", "filed", SECOND_OF_OCTOBER, report="606a1-2026Q3", **filed) == "incomplete"
    _do(desk, "ann", "F", "filed", SECOND_OF_OCTOBER, **filed)
    states = dict(_duties(desk, "report_6151", date(2026, 11, 1)))
    assert states[date(2026, 10, 31)] == "done"
    assert _code(desk, "ann", "F", "filed", SECOND_OF_OCTOBER, **filed) == "wrong_state"


def test_the_registers_are_listed_with_their_dates(desk: Desk) -> None:
    """One line each."""
    _do(desk, "ann", "R2", "request", **B3)
    _do(desk, "ann", "R1", "request", **B3)
    assert [item["id"] for item in desk.list(DISCLOSURE)["items"]] == ["R1", "R2"]
