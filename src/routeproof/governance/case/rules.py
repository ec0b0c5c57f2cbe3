"""Deciders of a case: who may do what with it, and in which state."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from routeproof.governance.case.clocks import clocks_from
from routeproof.governance.case.reimburse import require_paid
from routeproof.governance.case.state import ALIVE, AWAITING_REVIEW, CLOSED, OPEN, WORKED, Case
from routeproof.governance.decider import (
    Command,
    Event,
    absent,
    another_person,
    existing,
    in_state,
    refuse,
)
from routeproof.vocab.times import begin_of_market_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.policy.cases import CaseRules

REIMBURSED = "reimbursed"
"""The disposition that says that customers were paid."""

CLOSING = ("disposition", "root_cause", "root_cause_text", "rationale", "remediation")


def open_(state: Case | None, command: Command) -> Sequence[Event]:
    """A new case with its clocks; one that takes an earlier one up names it, and that one must be closed."""
    absent(state, command)
    body = command.body
    if body.earlier is not None and command.around.get("earlier_state") != CLOSED:
        refuse(
            "wrong_state", f"expected a closed case as the earlier one, found {body.earlier!r} is not", where="earlier"
        )
    if body.kind == "inquiry" and body.order_id is None and body.execution_id is None:
        refuse("incomplete", "expected order_id or execution_id of the disputed fill; found neither")
    now = int(command.around["now"])
    if body.due_on is not None:
        clocks = {"acknowledge_by": None, "investigate_by": None, "close_by": str(end_of(body.due_on))}
    else:
        rules: CaseRules = command.around["cases"]
        clocks = dict(clocks_from(now, body.priority, rules, command.around["calendar"]))
    found = {"orders": list(command.around.get("orders", ())), "pins": list(command.around.get("pins", ()))}
    return [
        Event(
            "case.opened",
            {"id": command.id, **body.model_dump(mode="json"), **found, "opened_at": str(now), "clocks": clocks},
            version=2,
        )
    ]


def end_of(day: date) -> int:
    """Last instant of a day of the market, UTC ns."""
    return begin_of_market_day(day + timedelta(days=1)) - 1


def acknowledge(state: Case | None, command: Command) -> Sequence[Event]:
    """Seen; whoever acknowledges a case that nobody owns takes it on."""
    case = existing(state, command)
    in_state(case, command, OPEN)
    return [Event("case.acknowledged", {"at": _now(command)})]


def assign(state: Case | None, command: Command) -> Sequence[Event]:
    """Given to a person of the roster who has a role to work it in, now or once its cooling-off is over."""
    case = existing(state, command)
    in_state(case, command, *WORKED)
    if command.body.to not in command.roster.people:
        refuse("unknown_person", f"expected a person of the roster, found {command.body.to!r}", where="to")
    _may_work(command)
    return [Event("case.assigned", {"to": command.body.to})]


def _may_work(command: Command) -> None:
    to, now, workers = command.body.to, int(command.around["now"]), command.around["workers"]
    held = [item.role for item in command.roster.people[to].grants if item.counts(max(now, item.effective_at or 0))]
    if not set(held) & set(workers):
        refuse(
            "not_permitted",
            f"expected a person who may work a case ({', '.join(workers)}), found {to}, who is "
            f"{', '.join(held) or 'in no role'}",
            where="to",
        )


def note(state: Case | None, command: Command) -> Sequence[Event]:
    """What was found out; the first note begins the investigation."""
    in_state(existing(state, command), command, *WORKED)
    return [Event("case.noted", {**command.body.model_dump(mode="json"), "at": _now(command)}, version=2)]


def link(state: Case | None, command: Command) -> Sequence[Event]:
    """What else it has to do with, which must be there."""
    in_state(existing(state, command), command, *ALIVE)
    _there(command, command.body.noun, command.body.id, "id")
    return [Event("case.linked", command.body.model_dump(mode="json"))]


def _there(command: Command, noun: str, object_id: str, where: str) -> None:
    """Refuse an object that the record does not have; a link to it would lead nowhere."""
    instead = command.around["lacking"](noun, object_id)
    if instead is not None:
        refuse("incomplete", f"expected a {noun} that is on record, found {object_id!r}{instead}", where=where)


def close(state: Case | None, command: Command) -> Sequence[Event]:
    """Closed, or submitted to a second person where policy asks for one."""
    case = existing(state, command)
    in_state(case, command, *WORKED)
    rules: CaseRules = command.around["cases"]
    body = command.body
    _known("disposition", body.disposition, rules.dispositions)
    _known("root_cause", body.root_cause, rules.root_causes)
    if (body.disposition == "remediation") != (body.remediation is not None):
        refuse("incomplete", "expected the remediation's id with disposition remediation, and only there")
    if body.remediation is not None:
        _there(command, "remediation", body.remediation, "remediation")
    if body.disposition == REIMBURSED:
        require_paid(case)
    second = case.priority in rules.review_priorities or body.disposition in rules.review_dispositions
    return [Event("case.submitted" if second else "case.closed", body.model_dump(mode="json"))]


def review(state: Case | None, command: Command) -> Sequence[Event]:
    """Approved, or returned with what is missing; never by who submitted, opened, acknowledged or owns it."""
    case = second_person(state, command)
    in_state(case, command, AWAITING_REVIEW)
    if not command.body.approve:
        if not command.body.text:
            refuse("incomplete", "expected a text that says what is missing, found none")
        return [Event("case.returned", {"text": command.body.text})]
    if case.disposition == REIMBURSED:
        require_paid(case)
    said = {name: getattr(case, name) for name in CLOSING}
    return [Event("case.closed", {**said, "submitted_by": case.submitted_by, "text": command.body.text})]


def second_person(state: Case | None, command: Command) -> Case:
    """The case, unless the person had a hand in it; a case of findings was opened by the program, whoever ran it."""
    case = existing(state, command)
    another_person(command, case.submitted_by or "", "submitted the closing")
    if case.group is None:
        another_person(command, case.opened_by, "opened the case")
    another_person(command, case.acknowledged_by or "", "acknowledged the case")
    another_person(command, case.owner or "", "works the case")
    return case


def harm(state: Case | None, command: Command) -> Sequence[Event]:
    """Harm as computed from the data."""
    in_state(existing(state, command), command, *ALIVE)
    return [Event("case.harm_computed", command.body.model_dump(mode="json"), version=2)]


def _known(name: str, code: str, codes: Mapping[str, str]) -> None:
    if code not in codes:
        refuse(
            "incomplete",
            f"expected a code ({', '.join(codes)}), found {code!r}: see `routeproof case codes`",
            where=name,
        )


def _now(command: Command) -> str:
    return str(command.around["now"])


def raised(priority: str) -> str:
    """One step up; critical stays."""
    order = ("low", "medium", "high", "critical")
    return order[min(order.index(priority) + 1, len(order) - 1)]


def overdue_events(case: Case, rules: CaseRules, now: int) -> Sequence[Event]:
    """An escalation for the clock that ran out, unless that clock went up already; decided by the program itself."""
    due = case.escalates
    if due is None or due[1] >= now:
        return []
    return [
        Event("case.escalated", {"clock": due[0], "to": rules.escalation[due[0]], "priority": raised(case.priority)})
    ]
