"""Duties: derived from policy and the record, due dates worked by hand, closed by evidence only."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

import routeproof
from examples import examples
from governance_desk import ROSTER, Desk
from routeproof.app.firm.duties import add_duty, close_duty, done_duties, duties_shown, duty_shown
from routeproof.app.firm.policy import decide_policy, propose_policy
from routeproof.app.firm.procedures import propose_procedure
from routeproof.app.init_workspace import init_workspace
from routeproof.governance.decider import RefusalError
from routeproof.governance.duty.facts import Circumstances, Duty, Owed, Proof, Subject
from routeproof.governance.duty.owed import duties_on
from routeproof.governance.duty.periods import after, periods
from routeproof.governance.duty.repeats import repeats
from routeproof.governance.wsp import WSP
from routeproof.policy.obligations import Obligation, obligations_of
from routeproof.renderers.ics import render_ics
from routeproof.stores.shipped_policy import load_equity_calendar, shipped_subjects
from routeproof.stores.shipped_procedures import load_controls
from routeproof.vocab.errors import UsageError

CALENDAR = load_equity_calendar()
SHIPPED = obligations_of(shipped_subjects()["duties"])
JULY = date(2026, 7, 1)
P = Subject("P", JULY)


def _proof(kind: str, on: date, index: int, **more: Any) -> Proof:  # noqa: ANN401
    return Proof(**{"type": kind, "object_id": "review/2026Q3", "on": on, "index": index, "by": "ann", **more})


def _found(name: str, facts: Circumstances, on: date) -> list[tuple[str, date, str]]:
    only = {name: SHIPPED[name]}
    return [(duty.id, duty.due_on, duty.state) for duty in duties_on(only, CALENDAR, facts, on)]


def _duty(name: str, facts: Circumstances, on: date) -> Duty:
    return duties_on({name: SHIPPED[name]}, CALENDAR, facts, on)[-1]


def test_a_quarter_is_due_open_overdue_and_done_late() -> None:
    """Quarter of July to September, 45 days after its end: 14 November, worked on the calendar."""
    facts = Circumstances(since=JULY, providers=(P,))
    due = ("quarterly_review:P:2026Q3", date(2026, 11, 14))
    assert _found("quarterly_review", facts, date(2026, 9, 30)) == [(*due, "due")]
    assert _found("quarterly_review", facts, date(2026, 11, 14))[0] == (*due, "due")
    assert _found("quarterly_review", facts, date(2026, 11, 15))[0] == (*due, "overdue")
    closed = _proof("review.closed", date(2026, 11, 20), 7, provider="P", period="2026Q3")
    late = Circumstances(since=JULY, providers=(P,), proofs=(closed,))
    assert _found("quarterly_review", late, date(2026, 11, 19))[0] == (*due, "overdue")
    assert _found("quarterly_review", late, date(2026, 11, 20))[0] == (*due, "done")


def test_a_period_may_be_counted_in_sessions() -> None:
    """Five sessions after 30 September 2026 is 7 October: the 3rd and 4th are a weekend."""
    value = {"title": "t", "rule": "r", "owner": "o", "every": "quarter", "days": 5, "sessions": True}
    entry = {"effective_from": date(2020, 1, 1), "value": value, "citation": "c", "grade": "F"}
    (duty,) = duties_on(obligations_of({"x": [entry]}), CALENDAR, Circumstances(since=JULY), date(2026, 9, 1))
    assert duty.due_on == date(2026, 10, 7)


def test_every_trading_day_since_the_first_judged_one_is_to_be_closed() -> None:
    """Friday 10 July 2026 is due on Monday, and so is overdue on Tuesday; before monitoring began nothing is owed."""
    assert _found("day_close", Circumstances(since=JULY), date(2026, 7, 14)) == []
    closed = _proof("day.closed", date(2026, 7, 10), 7, object_id="day/2026-07-09", period="2026-07-09")
    facts = Circumstances(since=JULY, proofs=(closed,), monitored_since=date(2026, 7, 9))
    assert _found("day_close", facts, date(2026, 7, 14)) == [
        ("day_close:2026-07-09", date(2026, 7, 10), "done"),
        ("day_close:2026-07-10", date(2026, 7, 13), "overdue"),
        ("day_close:2026-07-13", date(2026, 7, 14), "due"),
        ("day_close:2026-07-14", date(2026, 7, 15), "due"),
    ]


def test_a_review_of_another_provider_or_quarter_proves_nothing() -> None:
    """Only the duty's own provider and quarter count."""
    for wrong in ({"provider": "Q", "period": "2026Q3"}, {"provider": "P", "period": "2026Q2"}):
        proof = _proof("review.closed", date(2026, 10, 5), 7, **wrong)
        facts = Circumstances(since=JULY, providers=(P,), proofs=(proof,))
        assert _found("quarterly_review", facts, date(2026, 10, 6))[0][2] == "due"


def test_duties_of_a_provider_end_with_it() -> None:
    """Terminated from 15 December on: the fourth quarter is owed, the first of next year is not."""
    facts = Circumstances(since=JULY, providers=(Subject("P", JULY, date(2026, 12, 15)),))
    names = [item[0] for item in _found("quarterly_review", facts, date(2027, 3, 1))]
    assert names == ["quarterly_review:P:2026Q3", "quarterly_review:P:2026Q4"]


def test_due_diligence_comes_back_a_year_after_each_approval() -> None:
    """First due sixty days after the beginning; approved on 10 August 2026, again due 10 August 2027."""
    none = Circumstances(since=JULY, providers=(P,))
    assert _found("due_diligence", none, JULY) == [("due_diligence:P:1", date(2026, 8, 30), "due")]
    approved = _proof("provider.approved", date(2026, 8, 10), 3, provider="P", object_id="provider/P")
    found = _found("due_diligence", Circumstances(since=JULY, providers=(P,), proofs=(approved,)), date(2027, 8, 11))
    assert found == [
        ("due_diligence:P:1", date(2026, 8, 30), "done"),
        ("due_diligence:P:2", date(2027, 8, 10), "overdue"),
    ]


def test_one_proof_without_a_period_closes_one_period() -> None:
    """An attestation in January closes the year before, whose time runs to the 31st; the next needs its own."""
    year = Subject("sor", date(2026, 1, 1))
    first = _proof("wsp.attested", date(2027, 1, 15), 5, object_id="wsp/sor")
    facts = Circumstances(since=JULY, procedures=(year,), proofs=(first,))
    assert _found("wsp_attestation", facts, date(2027, 2, 1)) == [
        ("wsp_attestation:sor:2026", date(2027, 1, 31), "done"),
        ("wsp_attestation:sor:2027", date(2028, 1, 31), "due"),
    ]
    other = Circumstances(since=JULY, procedures=(year,), proofs=(_proof("wsp.attested", JULY, 5, object_id="wsp/x"),))
    assert _found("wsp_attestation", other, date(2026, 12, 1))[0][2] == "due"


def test_a_security_incident_starts_two_clocks_once() -> None:
    """Three and thirty days; what becomes known later of the same incident starts none, an outage starts none."""
    incident = {"object_id": "provider/P", "provider": "P"}
    security = {"incident": "I1", "kind": "security"}
    proofs = (
        _proof("provider.incident_recorded", JULY, 3, members=security, **incident),
        _proof("provider.incident_recorded", date(2026, 7, 2), 4, members=security, **incident),
        _proof("provider.incident_recorded", JULY, 5, members={"incident": "I2", "kind": "outage"}, **incident),
    )
    facts = Circumstances(since=JULY, providers=(P,), proofs=proofs)
    assert _found("incident_notice_72h", facts, date(2026, 7, 5)) == [
        ("incident_notice_72h:provider-P:I1:entry-3", date(2026, 7, 4), "overdue")
    ]
    assert _found("incident_notice_30d", facts, date(2026, 7, 5))[0][1:] == (date(2026, 7, 31), "due")
    assert _duty("incident_notice_72h", facts, JULY).shown()["unconfirmed"] is True


def test_an_override_is_looked_at_again_on_the_day_it_names() -> None:
    """A conclusion without override opens nothing."""
    said = {"override": True, "look_again_on": "2026-08-20"}
    proofs = (
        _proof("remediation.concluded", JULY, 3, object_id="remediation/R1", members={"override": False}),
        _proof("remediation.concluded", JULY, 4, object_id="remediation/R2", members=said),
    )
    found = _found("look_again", Circumstances(since=JULY, proofs=proofs), date(2026, 8, 1))
    assert found == [("look_again:remediation-R2:entry-4", date(2026, 8, 20), "due")]


def test_an_addendum_is_done_when_every_signer_acknowledged_it() -> None:
    """Ten sessions after Friday 2 October 2026 is Friday 16 October; one of two signers is not enough."""
    opened = _proof("review.addendum_opened", date(2026, 10, 2), 3, members={"id": "A1", "signers": ["sam", "cora"]})
    sam = _proof("review.addendum_acknowledged", date(2026, 10, 5), 4, members={"id": "A1"}, by="sam")
    other = _proof("review.addendum_acknowledged", date(2026, 10, 5), 5, members={"id": "A2"}, by="cora")
    cora = _proof("review.addendum_acknowledged", date(2026, 10, 6), 6, members={"id": "A1"}, by="cora")
    half = Circumstances(since=JULY, proofs=(opened, sam, other))
    assert _found("addendum", half, date(2026, 10, 7)) == [
        ("addendum:review-2026Q3:A1:entry-3", date(2026, 10, 16), "due")
    ]
    whole = Circumstances(since=JULY, proofs=(opened, sam, other, cora))
    assert _found("addendum", whole, date(2026, 10, 7))[0][2] == "done"


def test_a_duty_that_the_firm_does_not_owe_is_not_listed() -> None:
    """Rule 605 reports are shipped as not owed; a duty is not owed before its rule either."""
    assert _found("report_605", Circumstances(since=JULY), date(2026, 12, 1)) == []
    early = Circumstances(since=date(2022, 1, 1))
    assert _found("undertakings_17a_4", early, date(2023, 5, 2))[:1] == [
        ("undertakings_17a_4:2023", date(2024, 3, 30), "due")
    ]


def test_what_has_a_due_date_of_its_own_is_listed_too() -> None:
    """An action done on the day after it was due is open until then."""
    owed = Owed(id="a", title="t", rule="r", owner="o", due_on=JULY, done_on=date(2026, 7, 2))
    facts = Circumstances(since=JULY, owed=(owed,))
    states = [duties_on({}, CALENDAR, facts, day)[0].state for day in (JULY, date(2026, 7, 2))]
    assert states == ["due", "done"]


def test_sessions_are_counted_over_the_calendar_and_weekdays_beyond_it() -> None:
    """Thanksgiving 2026-11-26 does not trade: two sessions after the 25th is Monday the 30th."""
    assert after(date(2026, 11, 25), 2, CALENDAR) == date(2026, 11, 30)
    assert after(date(2027, 12, 31), 1, CALENDAR) == date(2028, 1, 3)
    assert after(date(2026, 11, 25), 2, None) == date(2026, 11, 27)


def test_a_day_before_the_record_begins_has_the_duties_of_its_own_periods(desk: Desk) -> None:
    """Founded for September: in June the second quarter's drill is due, and nothing earlier is held against anybody."""
    drills = {name: item for name, item in _listed(desk, date(2026, 6, 15)).items() if name.startswith("restore_drill")}
    assert {name: item["state"] for name, item in drills.items()} == {"restore_drill:2026Q2": "due"}


def test_a_repeated_duty_keeps_to_the_end_of_short_months() -> None:
    """From 31 December every two months: the last day of February, then 30 April."""
    found = repeats("drill", date(2026, 12, 31), 2, date(2027, 3, 1))
    assert [day.isoformat() for _, day in found] == ["2026-12-31", "2027-02-28", "2027-04-30"]
    assert repeats("once", JULY, None, date(2027, 3, 1)) == [("once", JULY)]


@examples(100)
@given(
    st.sampled_from(["month", "quarter", "year"]),
    st.dates(date(2015, 1, 1), date(2027, 1, 1)),
    st.integers(0, 1500),
)
def test_periods_are_seamless_and_hold_both_ends(every: str, since: date, days: int) -> None:
    """Each begins the day after the one before ends; the first holds the beginning, the last holds the end."""
    until = date.fromordinal(since.toordinal() + days)
    found = periods(every, since, until)
    assert found[0].first <= since <= found[0].last
    assert found[-1].first <= until <= found[-1].last
    assert all(a.last.toordinal() + 1 == b.first.toordinal() for a, b in itertools.pairwise(found))
    assert all(item.first.day == 1 for item in found)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A workspace with people in every role, founded for 1 September 2026."""
    people = [{"id": name, "name": name, "roles": list(roles)} for name, roles in ROSTER.items()]
    init_workspace(tmp_path / "desk", people={"person": people, "unprotected_keys": True}, on=date(2026, 9, 1))
    return Desk(tmp_path / "desk")


def _listed(desk: Desk, day: date) -> dict[str, dict[str, Any]]:
    with desk.context() as context:
        return {item["id"]: item for item in duties_shown(context, day)["duties"]}


def _today(desk: Desk) -> date:
    with desk.context() as context:
        return date.fromisoformat(context.actor.business_on)


def test_a_person_closes_a_duty_with_evidence(desk: Desk, tmp_path: Path) -> None:
    """Text or files; the list then names entry, person and document."""
    day = _today(desk)
    name = next(name for name in _listed(desk, day) if name.startswith("restore_drill:"))
    log = tmp_path / "drill.log"
    log.write_text("restored, verified\n")
    with desk.context("adam") as context:
        closed = close_duty(context, name, {"text": "On the spare machine", "evidence": [str(log)]})
        count = done_duties(context, day, day)
    assert (closed["state"], closed["documents"][0]["name"]) == ("done", "drill.log")
    found = _listed(desk, day)[name]
    assert (found["state"], found["evidence"][0]["type"], found["evidence"][0]["by"]) == ("done", "duty.closed", "adam")
    assert len(found["evidence"][0]["documents"]) == 2
    assert count == {"restore_drill": 1}


@pytest.mark.parametrize(
    ("person", "duty", "body", "code"),
    [
        ("adam", "restore_drill:1999Q1", {"text": "x"}, "wrong_state"),
        ("adam", "no_such_duty", {"text": "x"}, "wrong_state"),
        ("adam", "", {}, "incomplete"),
        ("ed", "", {"text": "x"}, "not_permitted"),
        ("ann", "", {"text": "x"}, "not_permitted"),
        ("adam", "report_3120:2026", {"text": "x"}, "not_permitted"),
        ("ann", "report_3120:2026", {"text": "x"}, "not_permitted"),
    ],
)
def test_closings_that_are_refused(desk: Desk, person: str, duty: str, body: dict[str, Any], code: str) -> None:
    """What is not owed, what has no evidence, who only reads, and who does not answer for it."""
    name = duty or next(name for name in _listed(desk, _today(desk)) if name.startswith("restore_drill:"))
    with pytest.raises(RefusalError) as refused, desk.context(person) as context:
        close_duty(context, name, body)
    assert refused.value.code == code


def test_a_duty_is_closed_once(desk: Desk) -> None:
    """The second closing is refused, and so is adding a duty under a name that is taken."""
    name = next(name for name in _listed(desk, _today(desk)) if name.startswith("backup:"))
    with desk.context("adam") as context:
        close_duty(context, name, {"text": "Tape 7"})
    with pytest.raises(RefusalError) as refused, desk.context("adam") as context:
        close_duty(context, name, {"text": "Tape 8"})
    assert refused.value.code == "wrong_state"
    own = {"title": "t", "owner": "sam", "due_on": "2026-12-01"}
    for taken in (name, next(iter(_listed(desk, _today(desk))))):
        with pytest.raises(RefusalError) as again, desk.context("sam") as context:
            add_duty(context, taken, own)
        assert again.value.code == "wrong_state"


def test_a_duty_of_the_firms_own_is_listed_and_closed(desk: Desk) -> None:
    """Repeated ones by their date."""
    once = {"title": "Visit the provider", "owner": "sam", "due_on": "2026-12-01"}
    with desk.context("sam") as context:
        add_duty(context, "visit", once)
        add_duty(context, "call", {**once, "title": "Call", "due_on": "2026-08-31", "every_months": 1})
    listed = _listed(desk, date(2026, 10, 15))
    assert (listed["visit"]["state"], listed["visit"]["rule"]) == ("due", "firm's own")
    assert {name: item["state"] for name, item in listed.items() if name.startswith("call")} == {
        "call:2026-08-31": "overdue",
        "call:2026-09-30": "overdue",
        "call:2026-10-31": "due",
    }
    with desk.context("sam") as context:
        assert close_duty(context, "visit", {"text": "Seen"})["state"] == "done"
        close_duty(context, "call:2026-08-31", {"text": "Called"})
    assert _listed(desk, date(2026, 10, 15))["call:2026-08-31"]["state"] == "done"


def test_an_attestation_closes_its_duty_by_itself(desk: Desk) -> None:
    """The event of the record is the evidence; nobody types it in."""
    day = _today(desk)
    with desk.context("sam") as context:
        propose_procedure(context, "sor", {"template": "sor-supervision", "effective_from": day.isoformat()})
    desk.act("carl", WSP, "sor", "approve")
    assert _listed(desk, day)["wsp_attestation:sor:2026"]["state"] == "due"
    desk.act("sam", WSP, "sor", "attest", {"text": "Walked through"})
    found = _listed(desk, day)["wsp_attestation:sor:2026"]
    assert (found["state"], found["evidence"][0]["type"]) == ("done", "wsp.attested")
    with desk.context() as context:
        assert duty_shown(context, "wsp_attestation:sor:2026")["state"] == "done"
        with pytest.raises(UsageError):
            duty_shown(context, "no_such_duty")


def test_policy_moves_due_dates_from_its_day_on(desk: Desk) -> None:
    """Thirty days after the quarter instead of 0 for the drill; quarters that end before keep theirs."""
    day = _today(desk)
    change = {"key": "duties.restore_drill.days", "value": 30, "effective_from": "2026-10-01", "reason": "Time"}
    with desk.context("ann") as context:
        propose_policy(context, change)
    with desk.context("carl") as context:
        decide_policy(context, "approve", "P1")
    found = _listed(desk, date(2026, 12, 1))
    assert found["restore_drill:2026Q3"]["due_on"] == "2026-09-30"
    assert found["restore_drill:2026Q4"]["due_on"] == "2027-01-30"
    assert day < date(2026, 10, 1)


def test_the_calendar_file_reads_back(desk: Desk) -> None:
    """By the parser of another hand: every duty an all-day event on its due date, and the same bytes twice."""
    with desk.context() as context:
        shown = duties_shown(context, date(2026, 10, 15))
    content = render_ics(shown["duties"], date(2026, 10, 15), "FIRM")
    assert content == render_ics(shown["duties"], date(2026, 10, 15), "FIRM")
    events = Calendar.from_ical(content).walk("VEVENT")
    assert {str(event["uid"]): event["dtstart"].dt.isoformat() for event in events} == {
        f"{item['id']}@FIRM": item["due_on"] for item in shown["duties"]
    }


def test_every_event_that_opens_or_proves_something_is_one_that_is_written() -> None:
    """What nothing writes proves nothing: each type stands in the program's own text."""
    sources = Path(routeproof.__file__).parent.rglob("*.py")
    written = "\n".join(path.read_text("utf-8") for path in sources)
    values: list[Obligation] = [timeline.values[-1].value for timeline in SHIPPED.values()]
    types = {name for value in values for name in (*value.proved_by, *value.opened_by)}
    types |= {name for control in load_controls().values() for name in control.proved_by}
    assert sorted(name for name in types if f'"{name}"' not in written) == []


def test_shipped_obligations_name_a_rule_an_owner_and_how_well_it_is_known() -> None:
    """Owners are roles of the roster; periods nobody read in the text are marked."""
    values: list[Obligation] = [timeline.values[-1].value for timeline in SHIPPED.values()]
    assert {value.owner for value in values} <= {"committee", "supervisor", "compliance", "admin"}
    assert all(value.rule and value.title for value in values)
    marked = {name for name, timeline in SHIPPED.items() if timeline.values[-1].unconfirmed}
    assert {"report_606", "incident_notice_72h", "report_3120", "certification_3130"} <= marked
