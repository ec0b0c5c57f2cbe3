"""Agreements and their cases: who proposes, who approves, what is in force when, and exact credits."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from governance_desk import Desk, new_desk
from routeproof.app.objects.fold import object_of
from routeproof.app.objects.kept import body_of
from routeproof.governance.case.noun import CASE
from routeproof.governance.decider import RefusalError
from routeproof.governance.sla.noun import SLA
from routeproof.governance.sla.terms import Clause, Covered, Terms, capped
from routeproof.stores.provider_documents import load_sla_template
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.governance.decider import Noun

JUNE, JULY = date(2026, 6, 1), date(2026, 7, 1)
CLAUSE = {"id": "C1", "metric": "e_over_q", "at_most": "0.5"}
TERMS = {"provider": "P", "effective_from": "2026-01-01", "clause": [CLAUSE]}
RESULT = {
    "period": "2026Q2",
    "version": 1,
    "manifest": "m",
    "policy": "p",
    "breached": [],
    "unknown": [],
    "credit_usd": "0.00",
    "result": "{}",
}
WHOLE = Covered(30, 30)
CASE_BODY = {"kind": "sla_breach", "title": "too slow", "provider": "P"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role."""
    return new_desk(tmp_path / "workspace")


def _do(desk: Desk, person: str, noun: Noun[Any], verb: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    return desk.act(
        person, noun, "X", verb, body, on=JUNE, around=lambda _: {"metrics": {"e_over_q"}, "sources": {"csv"}}
    )


def _code(desk: Desk, person: str, noun: Noun[Any], verb: str, body: dict[str, Any] | None = None) -> str:
    with pytest.raises(RefusalError) as refused:
        _do(desk, person, noun, verb, body)
    return refused.value.code


def _in_force(desk: Desk, first: date, last: date) -> int | None:
    with desk.context() as context:
        version = object_of(context.records, SLA, "X")
    assert version is not None
    found = version.state.in_force(first, last)
    return found.number if found else None


def _days(desk: Desk, days: tuple[date, date]) -> tuple[date, date] | None:
    with desk.context() as context:
        version = object_of(context.records, SLA, "X")
    assert version is not None
    return version.state.covered(*days)


def test_terms_need_a_second_person(desk: Desk) -> None:
    """Until then nothing is in force, and nothing else is proposed."""
    assert _do(desk, "sam", SLA, "propose", TERMS)["state"] == "proposed"
    assert _in_force(desk, JULY, JULY) is None
    assert _code(desk, "sam", SLA, "approve") == "own_work"
    assert _code(desk, "ann", SLA, "approve") == "not_permitted"
    assert _code(desk, "ann", SLA, "propose", TERMS) == "wrong_state"
    shown = _do(desk, "sue", SLA, "approve")
    assert (shown["state"], shown["in_force"], shown["waiting"]) == ("approved", 1, None)
    assert _code(desk, "sue", SLA, "approve") == "wrong_state"


def test_terms_that_are_rejected_make_room_for_others(desk: Desk) -> None:
    """They are never in force, and the reason stays."""
    _do(desk, "ann", SLA, "propose", TERMS)
    assert _code(desk, "ann", SLA, "reject", {"reason": "x"}) == "not_permitted"
    shown = _do(desk, "sam", SLA, "reject", {"reason": "no cap"})
    assert (shown["waiting"], shown["versions"][0]["rejection"]) == (None, "no cap")
    assert _code(desk, "sue", SLA, "approve") == "wrong_state"
    _do(desk, "ann", SLA, "propose", TERMS)
    _do(desk, "sue", SLA, "approve")
    assert _in_force(desk, JULY, JULY) == 2


def test_a_later_version_is_in_force_from_its_day(desk: Desk) -> None:
    """A quarter is judged by the version in force at its end; a proposal that waits changes nothing."""
    _do(desk, "ann", SLA, "propose", {**TERMS, "ends_on": "2027-12-31"})
    _do(desk, "sam", SLA, "approve")
    _do(desk, "ann", SLA, "propose", {**TERMS, "effective_from": "2026-08-15", "ends_on": "2027-12-31"})
    assert _in_force(desk, date(2026, 7, 1), date(2026, 9, 30)) == 1
    _do(desk, "sam", SLA, "approve")
    assert _in_force(desk, date(2026, 4, 1), date(2026, 6, 30)) == 1
    assert _in_force(desk, date(2026, 7, 1), date(2026, 9, 30)) == 2
    assert _in_force(desk, date(2025, 10, 1), date(2025, 12, 31)) is None
    assert _in_force(desk, date(2028, 1, 1), date(2028, 3, 31)) is None


def test_an_agreement_stays_with_its_provider_and_names_metrics(desk: Desk) -> None:
    """Another provider is another agreement; an unknown metric is no promise."""
    assert _code(desk, "ann", SLA, "propose", {**TERMS, "clause": [{**CLAUSE, "metric": "niceness"}]}) == "incomplete"
    fax = {"delivery": [{"id": "d", "source": "fax"}]}
    assert _code(desk, "ann", SLA, "propose", {**TERMS, **fax}) == "incomplete"
    _do(desk, "ann", SLA, "propose", {**TERMS, "delivery": [{"id": "d", "source": "csv"}]})
    _do(desk, "sam", SLA, "approve")
    assert _code(desk, "ann", SLA, "propose", {**TERMS, "provider": "Q"}) == "wrong_state"


def test_an_evaluation_names_an_approved_version(desk: Desk) -> None:
    """Recording one makes no new version of the agreement: nobody has to sign it again."""
    assert _code(desk, "ann", SLA, "record", RESULT) == "wrong_state"
    _do(desk, "ann", SLA, "propose", TERMS)
    assert _code(desk, "ann", SLA, "record", RESULT) == "wrong_state"
    approved = _do(desk, "sam", SLA, "approve")
    recorded = _do(desk, "ann", SLA, "record", RESULT)
    assert recorded["version_hash"] == approved["version_hash"]
    assert recorded["evaluations"][0]["by"] == "ann"


@pytest.mark.parametrize(
    "change",
    [
        {"clause": [{**CLAUSE, "at_least": "0.1"}]},
        {"clause": [{"id": "C1", "metric": "e_over_q"}]},
        {"clause": [CLAUSE, CLAUSE]},
        {"clause": [{**CLAUSE, "metric": "late_files"}]},
        {"clause": [{**CLAUSE, "metric": "late_files", "delivery": "none"}]},
        {"clause": [{**CLAUSE, "delivery": "x"}]},
        {"clause": []},
        {"clause": [{**CLAUSE, "treshold": 1}]},
    ],
)
def test_terms_that_say_nothing_clear_are_usage_errors(desk: Desk, change: dict[str, Any]) -> None:
    """No threshold, two, an id twice, a delivery that is not there, a typing error."""
    with pytest.raises(UsageError):
        _do(desk, "ann", SLA, "propose", {**TERMS, **change})


def _clause(**members: Any) -> Clause:  # noqa: ANN401  # fields of a clause
    return Clause.model_validate({**CLAUSE, **members})


@pytest.mark.parametrize(
    ("observed", "most", "broken"),
    [(0.5, "0.5", False), (0.1 + 0.2, "0.3", False), (0.500001, "0.5", True), (0.4, "0.5", False), (-1.0, "-2", True)],
)
def test_the_threshold_itself_keeps_the_promise(observed: float, most: str, broken: bool) -> None:  # noqa: FBT001
    """0.1 + 0.2 is a hair above 0.3 as a double, and breaks no promise of 0.3; the mirror holds for at_least."""
    assert _clause(at_most=most).broken_by(observed) is broken
    mirrored = Clause(id="C", metric="e_over_q", at_least=-Decimal(most))
    assert mirrored.broken_by(-observed) is broken


def test_credits_are_exact() -> None:
    """1.5% of 33,333.33 a month is 500.00 (499.99995); of a quarter 1,500.00 (1,499.99985); without a fee, unknown."""
    terms = Terms.model_validate(TERMS)
    month = _clause(window="month", consequence={"percent_of_fee": "1.5"})
    fee = Decimal("33333.33")
    assert terms.owed(month.credit(fee), WHOLE) == Decimal("500.00")
    assert terms.owed(_clause(consequence={"percent_of_fee": "1.5"}).credit(fee), WHOLE) == Decimal("1500.00")
    assert terms.owed(month.credit(None), WHOLE) is None
    assert terms.owed(_clause(consequence={"credit_usd": "0.005"}).credit(None), WHOLE) == Decimal("0.01")
    assert terms.owed(_clause().credit(None), WHOLE) == Decimal("0.00")


@pytest.mark.parametrize(
    ("says", "owed"), [(None, None), ("in_full", Decimal("100.01")), ("by_days", Decimal("38.71"))]
)
def test_a_window_covered_in_part_owes_what_the_agreement_says(says: str | None, owed: Decimal | None) -> None:
    """12 days of 31: in full 100.005 is 100.01, by days 38.7116 is 38.71; where nothing is agreed it is not known."""
    terms = Terms.model_validate({**TERMS, "part_window": says})
    assert terms.owed(Decimal("100.005"), Covered(12, 31)) == owed


def test_days_of_an_agreement_are_those_of_its_versions_without_a_gap(desk: Desk) -> None:
    """20 July to 10 August of a quarter; a version that follows at once judges the days before it too, as before."""
    quarter = (date(2026, 7, 1), date(2026, 9, 30))
    _do(desk, "ann", SLA, "propose", {**TERMS, "effective_from": "2026-07-20", "ends_on": "2026-08-10"})
    assert _days(desk, quarter) is None
    _do(desk, "sam", SLA, "approve")
    assert _days(desk, quarter) == (date(2026, 7, 20), date(2026, 8, 10))
    _do(desk, "ann", SLA, "propose", {**TERMS, "effective_from": "2026-08-12"})
    _do(desk, "sam", SLA, "approve")
    assert _days(desk, quarter) == (date(2026, 8, 12), date(2026, 9, 30))
    _do(desk, "ann", SLA, "propose", {**TERMS, "effective_from": "2026-08-11"})
    _do(desk, "sam", SLA, "approve")
    assert _days(desk, quarter) == (date(2026, 7, 20), date(2026, 9, 30))


def test_the_cap_is_of_the_quarters_fee() -> None:
    """10% of 3 x 1,000 is 300; below it nothing is cut, and without a cap nothing ever is."""
    terms = Terms.model_validate({**TERMS, "fee_usd_per_month": "1000", "cap_percent_of_fee": "10"})
    assert capped([Decimal(200), Decimal("100.01")], terms, WHOLE) == Decimal("300.00")
    assert capped([Decimal("299.99")], terms, WHOLE) == Decimal("299.99")
    assert capped([Decimal(900)], Terms.model_validate(TERMS), WHOLE) == Decimal(900)


def test_the_cap_of_a_quarter_covered_in_part_is_not_guessed() -> None:
    """Half of 300 by days, 300 in full; where the agreement does not say, nothing is known but that zero is zero."""
    given = {**TERMS, "fee_usd_per_month": "1000", "cap_percent_of_fee": "10"}
    owed, half = [Decimal(200)], Covered(46, 92)
    assert capped(owed, Terms.model_validate({**given, "part_window": "by_days"}), half) == Decimal("150.00")
    assert capped(owed, Terms.model_validate({**given, "part_window": "in_full"}), half) == Decimal(200)
    assert capped(owed, Terms.model_validate(given), half) is None
    assert capped([Decimal(0)], Terms.model_validate(given), half) == 0


def test_the_shipped_template_is_terms_once_it_has_a_provider() -> None:
    """It lacks provider and date, so that nobody approves it by accident."""
    with pytest.raises(UsageError, match="provider"):
        body_of(Terms, load_sla_template())
    assert body_of(Terms, {"provider": "P", "effective_from": JULY, **load_sla_template()})


def test_a_case_that_waits_too_long_is_overdue(desk: Desk) -> None:
    """From the day after its due day, until it is closed."""
    _do(desk, "sam", CASE, "open", {**CASE_BODY, "due_on": "2026-06-10"})
    with desk.context() as context:
        version = object_of(context.records, CASE, "X")
    assert version is not None
    assert [CASE.show(version.state, date(2026, 6, day), {})["overdue"] for day in (10, 11)] == [False, True]
