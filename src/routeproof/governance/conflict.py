"""Conflicts of interest: payments, rebates, ownership, a person's own interest; declared, mitigated, ended, dated.

A conflict is never edited: what changes is declared anew, and the old one ended. A mitigation lifts no recusal.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
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
    another_person,
    existing,
    in_state,
    refuse,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Kind = Literal[
    "payment_for_order_flow",
    "rebate",
    "profit_sharing",
    "volume_tier",
    "ownership",
    "affiliate",
    "personal_interest",
    "gift_or_entertainment",
    "other",
]
PERSONAL = ("personal_interest", "gift_or_entertainment")
WITH_MONEY = ("payment_for_order_flow", "rebate", "profit_sharing", "volume_tier")


class Declaration(Body):
    """A conflict as somebody declares it.

    Attributes:
        kind: what it is.
        description: in words; free text, so it may expire.
        provider: id of the provider concerned; needed for a person's conflict, which decides recusals.
        venue: MIC of a venue concerned.
        person: id of the person whose interest it is; only with a personal kind, and then needed.
        payer: who pays, or owns.
        receiver: who is paid, or owned.
        amount_usd: what is paid, per `per`; exact decimals as text or number.
        per: what the amount is for.
        share_percent: share owned, of 100.
        since_on: day from which it stands; the business date if omitted.
        until_on: last day, where it is known.
        evidence: files that show it.
    """

    kind: Kind
    description: str = Field(min_length=1)
    provider: str | None = None
    venue: str | None = Field(default=None, pattern=r"^[A-Z0-9]{4}$")
    person: str | None = None
    payer: str | None = None
    receiver: str | None = None
    amount_usd: Decimal | None = None
    per: Literal["share", "hundred_shares", "order", "contract", "month", "quarter", "year", "once"] | None = None
    share_percent: Decimal | None = Field(default=None, ge=0, le=100)
    since_on: date | None = None
    until_on: date | None = None
    evidence: tuple[str, ...] = ()
    kept: ClassVar[tuple[str, ...]] = ("description",)
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


class MitigationBody(Body):
    """What is done about a conflict, and how its working is tested."""

    text: str = Field(min_length=1)
    test: str | None = None
    next_look_on: date | None = None
    evidence: tuple[str, ...] = ()
    kept: ClassVar[tuple[str, ...]] = ("text", "test")
    attached: ClassVar[tuple[str, ...]] = ("evidence.*",)


class EndBody(Body):
    """Why a conflict stands no more; `until_on` is its last day, the business date if omitted."""

    reason: str = Field(min_length=1)
    until_on: date | None = None
    kept: ClassVar[tuple[str, ...]] = ("reason",)


class Mitigation(MitigationBody):
    """A mitigation as recorded."""

    by: str
    on: date


class Conflict(State):
    """A conflict: the declaration, what was done about it, and its end."""

    kind: Kind
    description: str
    provider: str | None = None
    venue: str | None = None
    person: str | None = None
    payer: str | None = None
    receiver: str | None = None
    amount_usd: Decimal | None = None
    per: str | None = None
    share_percent: Decimal | None = None
    since_on: date
    until_on: date | None = None
    evidence: tuple[str, ...] = ()
    declared_by: str
    declared_on: date
    mitigations: tuple[Mitigation, ...] = ()
    ended_by: str | None = None
    end_reason: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("description", "end_reason", "mitigations.*.text", "mitigations.*.test")
    attached: ClassVar[tuple[str, ...]] = ("evidence.*", "mitigations.*.evidence.*")

    def stands_on(self, day: date) -> bool:
        """Whether the conflict stands on a day; its first and last day count."""
        return self.since_on <= day and (self.until_on is None or day <= self.until_on)


def barred(conflicts: Iterable[Conflict], provider: str, *days: date) -> dict[str, list[str]]:
    """Persons who may not vote on a provider on one of the days, with the conflicts that bar them, also mitigated."""
    found: dict[str, list[str]] = {}
    for conflict in conflicts:
        if conflict.person is not None and conflict.provider == provider and any(map(conflict.stands_on, days)):
            found.setdefault(conflict.person, []).append(conflict.id)
    return found


def _declare(state: Conflict | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    body: Declaration = command.body
    _parties(body, command)
    since = body.since_on or command.on
    if body.until_on is not None and body.until_on < since:
        refuse("incomplete", f"expected until_on on or after {since}, found {body.until_on}", where="until_on")
    payload = {"id": command.id, **body.model_dump(mode="json"), "since_on": since.isoformat()}
    return [Event("conflict.declared", payload)]


def _parties(body: Declaration, command: Command) -> None:
    """A person's conflict names a person and a provider; any other names a provider or a venue, and money its payer."""
    if (body.person is not None) != (body.kind in PERSONAL):
        personal = " or ".join(PERSONAL)
        refuse("incomplete", f"expected a person with {personal}, and only there, found {body.kind}", where="person")
    if body.person is not None and body.person not in command.roster.people:
        refuse("unknown_person", f"expected a person of the roster, found {body.person!r}", where="person")
    if body.person is not None and body.provider is None:
        refuse("incomplete", "expected the provider that the person's interest is in, found none", where="provider")
    known = command.around["providers"]
    if body.provider is not None and body.provider not in known:
        near = command.around["nearest"](body.provider, known) or "; `routeproof provider add` begins its file"
        refuse("incomplete", f"expected a provider of the record, found {body.provider!r}{near}", where="provider")
    if body.provider is None and body.venue is None:
        refuse("incomplete", "expected a provider or a venue that the conflict concerns, found none", where="provider")
    if body.kind in WITH_MONEY and (body.payer is None or body.receiver is None):
        refuse("incomplete", f"expected payer and receiver of a {body.kind}, found one missing", where="payer")
    if (body.amount_usd is None) != (body.per is None):
        refuse("incomplete", "expected amount_usd and per together, found one of them", where="per")


def _mitigate(state: Conflict | None, command: Command) -> Sequence[Event]:
    _not_whose_it_is(state, command)
    return [Event("conflict.mitigated", command.body.model_dump(mode="json"))]


def _end(state: Conflict | None, command: Command) -> Sequence[Event]:
    conflict = _of_others(state, command)
    body: EndBody = command.body
    until = body.until_on or command.on
    if until < conflict.since_on:
        refuse("incomplete", f"expected a last day on or after {conflict.since_on}, found {until}", where="until_on")
    if until < command.on:
        refuse("not_permitted", f"expected a last day not before {command.on}: no end is backdated", where="until_on")
    return [Event("conflict.ended", body.model_dump(mode="json") | {"until_on": until.isoformat()})]


def _of_others(state: Conflict | None, command: Command) -> Conflict:
    conflict = _not_whose_it_is(state, command)
    another_person(command, conflict.declared_by, "declared the conflict")
    return conflict


def _not_whose_it_is(state: Conflict | None, command: Command) -> Conflict:
    conflict = existing(state, command)
    in_state(conflict, command, "declared", "mitigated")
    if conflict.person is not None:
        another_person(command, conflict.person, "is whose interest it is")
    return conflict


def _evolve(state: Conflict | None, happened: Happened) -> Conflict:
    payload = happened.event.payload
    if state is None:
        declared = {name: value for name, value in payload.items() if name in Declaration.model_fields}
        known = {"state": "declared", "declared_by": happened.by, "declared_on": happened.on}
        return Conflict.model_validate({"id": payload["id"], **declared, **known})
    if happened.event.type == "conflict.mitigated":
        mitigation = Mitigation.model_validate({**_of(MitigationBody, payload), "by": happened.by, "on": happened.on})
        return state.model_copy(update={"state": "mitigated", "mitigations": (*state.mitigations, mitigation)})
    ended = {"until_on": date.fromisoformat(payload["until_on"]), "end_reason": payload["reason"]}
    return state.model_copy(update={"state": "ended", "ended_by": happened.by, **ended})


def _of(body: type[Body], payload: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name in body.model_fields}


def _show(state: Conflict, on: date, around: Mapping[str, Any]) -> dict[str, Any]:
    roster = around.get("roster")
    name = roster.name_of(state.person) if roster is not None and state.person is not None else None
    return state.model_dump(mode="json") | {"person_name": name, "stands": state.stands_on(on)}


CONFLICT: Noun[Conflict] = Noun(
    name="conflict",
    state=Conflict,
    verbs={
        "declare": Verb(Declaration, _declare),
        "mitigate": Verb(MitigationBody, _mitigate, others=_not_whose_it_is),
        "end": Verb(EndBody, _end, others=_of_others),
    },
    evolve=_evolve,
    show=_show,
)
