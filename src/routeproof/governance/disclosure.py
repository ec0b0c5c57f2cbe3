"""Disclosure registers: customers' requests with their clock and proof of delivery, notices, filings."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from routeproof.governance.decider import (
    Body,
    Command,
    Event,
    Happened,
    Noun,
    State,
    Verb,
    absent,
    existing,
    in_state,
    refuse,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Asked = Literal["606b1", "606b3"]


class Request(Body):
    """What a customer asked for.

    Attributes:
        kind: the report.
        customer: account token; it stands in the record by the hash of its envelope only.
        received_on: day of the request; the business date if omitted.
        evidence: the request itself.
    """

    kind: Asked
    customer: str = Field(min_length=1)
    received_on: date | None = None
    evidence: tuple[str, ...] = ()
    kept: ClassVar[tuple[str, ...]] = ("customer",)
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


class Delivery(Body):
    """How the customer got the report.

    Attributes:
        report: id of the report on record; it must be signed.
        how: in words.
        evidence: proof of delivery; a text or a file is needed.
    """

    report: str | None = None
    how: str | None = None
    evidence: tuple[str, ...] = ()
    kept: ClassVar[tuple[str, ...]] = ("how",)
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


class Declining(Body):
    """Why no report is owed, such as a de minimis level with its figures."""

    reason: str = Field(min_length=1)
    evidence: tuple[str, ...] = ()
    lacking_refuses: ClassVar[bool] = True
    kept: ClassVar[tuple[str, ...]] = ("reason",)
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


class Notice(Body):
    """What customers were told: that reports are available, 606(b)(2); payments and routing policy, 607."""

    rule: Literal["606b2", "607"]
    period: str = Field(pattern=r"^[0-9]{4}$")
    audience: str = Field(min_length=1)
    evidence: tuple[str, ...] = Field(min_length=1)
    kept: ClassVar[tuple[str, ...]] = ("audience",)
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


class Filing(Body):
    """A report that was submitted, with the proof.

    Attributes:
        what: under which rule.
        period: of the report.
        report: its id on record, if it was made here; it must be signed.
        reference: the receiver's number.
        evidence: what the receiver answered.
    """

    what: Literal["finra_6151"] = "finra_6151"
    period: str = Field(pattern=r"^[0-9]{4}Q[1-4]$")
    report: str | None = None
    reference: str = ""
    evidence: tuple[str, ...] = Field(min_length=1)
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


class Disclosure(State):
    """One line of a register: a request, a notice or a filing."""

    line: Literal["request", "notice", "filing"]
    kind: str
    customer: str | None = None
    period: str | None = None
    received_on: date | None = None
    due_on: date | None = None
    audience: str | None = None
    report: str | None = None
    reference: str | None = None
    how: str | None = None
    reason: str | None = None
    evidence: tuple[str, ...] = ()
    by: str
    on: date
    done_by: str | None = None
    done_on: date | None = None
    kept: ClassVar[tuple[str, ...]] = ("customer", "audience", "how", "reason")
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


def _request(state: Disclosure | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    body: Request = command.body
    received = body.received_on or command.on
    if received > command.on:
        refuse("incomplete", f"expected a day up to {command.on}, found {received}", where="received_on")
    due_on = command.around["due_on"](body.kind, received)
    dated = {"received_on": received.isoformat(), "due_on": due_on.isoformat()}
    return [Event("disclosure.requested", {"id": command.id, **body.model_dump(mode="json"), **dated})]


def _deliver(state: Disclosure | None, command: Command) -> Sequence[Event]:
    line = existing(state, command)
    in_state(line, command, "requested")
    body: Delivery = command.body
    if not body.how and not body.evidence:
        refuse("incomplete", "expected proof of delivery: a text (how) or files (evidence), found neither")
    if body.report is not None:
        _require_signed(command, body.report, line.kind)
    return [Event("disclosure.delivered", {"kind": line.kind, **body.model_dump(mode="json")})]


def _decline(state: Disclosure | None, command: Command) -> Sequence[Event]:
    line = existing(state, command)
    in_state(line, command, "requested")
    return [Event("disclosure.declined", {"kind": line.kind, **command.body.model_dump(mode="json")})]


def _notice(state: Disclosure | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    return [Event("disclosure.noticed", {"id": command.id, **command.body.model_dump(mode="json")})]


def _filed(state: Disclosure | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    body: Filing = command.body
    if body.report is not None:
        _require_signed(command, body.report, "606a1", body.period)
    return [Event("disclosure.filed", {"id": command.id, **body.model_dump(mode="json")})]


def _require_signed(command: Command, report: str, kind: str, period: str | None = None) -> None:
    """The report must be on record, of the kind asked for, and its last version signed."""
    of_report: Callable[[str], Mapping[str, Any] | None] = command.around["report"]
    found = of_report(report)
    if found is None:
        refuse("incomplete", f"expected a report on record, found none named {report!r}", where="report")
    if found["kind"] != kind or (period is not None and found["period"] != period):
        asked = f"{kind}{f' of {period}' if period else ''}"
        refuse("wrong_state", f"expected a report {asked}, found {found['kind']} of {found['period']}", where="report")
    if not found["signed"]:
        refuse("wrong_state", f"expected a signed report, found that the last version of {report} is not", where=report)


def _evolve(state: Disclosure | None, happened: Happened) -> Disclosure:
    payload, kind = happened.event.payload, happened.event.type
    if state is None:
        return _begun(payload, happened)
    done: dict[str, Any] = {"done_by": happened.by, "done_on": happened.on}
    evidence = (*state.evidence, *payload["evidence"])
    if kind == "disclosure.delivered":
        members = {"state": "delivered", "report": payload["report"], "how": payload["how"]}
    else:
        members = {"state": "declined", "reason": payload["reason"]}
    return state.model_copy(update={**members, **done, "evidence": evidence})


_BEGUN = {
    "disclosure.requested": ("request", "requested"),
    "disclosure.noticed": ("notice", "noticed"),
    "disclosure.filed": ("filing", "filed"),
}


def _begun(payload: Mapping[str, Any], happened: Happened) -> Disclosure:
    line, state = _BEGUN[happened.event.type]
    known = {name: payload[name] for name in Disclosure.model_fields if name in payload}
    kind = payload.get("kind") or payload.get("rule") or payload.get("what")
    who = {"by": happened.by, "on": happened.on}
    done = {} if state == "requested" else {"done_by": happened.by, "done_on": happened.on}
    return Disclosure.model_validate({**known, "line": line, "state": state, "kind": kind, **who, **done})


def _show(line: Disclosure, on: date, _around: Mapping[str, Any]) -> dict[str, Any]:
    is_late = line.due_on is not None and (line.done_on or on) > line.due_on
    return {**line.model_dump(mode="json"), "overdue": line.state == "requested" and is_late, "late": is_late}


DISCLOSURE: Noun[Disclosure] = Noun(
    name="disclosure",
    state=Disclosure,
    verbs={
        "request": Verb(Request, _request),
        "deliver": Verb(Delivery, _deliver),
        "decline": Verb(Declining, _decline),
        "notice": Verb(Notice, _notice),
        "filed": Verb(Filing, _filed),
    },
    evolve=_evolve,
    show=_show,
)
