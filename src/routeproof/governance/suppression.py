"""Suppression: findings of a rule within a scope open no case until a day; asked by one person, approved by another."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from routeproof.governance.decider import (
    Body,
    Command,
    Event,
    Happened,
    Nothing,
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
    from collections.abc import Mapping, Sequence

SCOPES = ("provider", "venue", "symbol", "order_id")
"""Members of a finding that a scope may name."""


class Addition(Body):
    """What is to be suppressed.

    Attributes:
        rule: of the catalog.
        scope: members of a finding, `SCOPES`, and the value that each must have; empty: all findings of the rule.
        reason: why it is right to open no case.
        until: last trading day whose findings are suppressed.
    """

    rule: str = Field(min_length=1)
    scope: dict[str, str] = Field(default_factory=dict)
    reason: str = Field(min_length=1)
    until: date
    kept: ClassVar[tuple[str, ...]] = ("reason",)


class Suppression(State):
    """The suppression; `state` is proposed, approved or ended."""

    rule: str
    scope: dict[str, str]
    reason: str
    until: date
    added_by: str
    added_on: date
    approved_by: str | None = None
    approved_on: date | None = None
    ended_by: str | None = None
    ended_on: date | None = None
    kept: ClassVar[tuple[str, ...]] = ("reason",)

    def covers(self, finding: Mapping[str, Any]) -> bool:
        """Whether it keeps a finding from opening a case: approved, not ended, its rule, scope and days."""
        return (
            self.state == "approved"
            and finding["rule"] == self.rule
            and date.fromisoformat(str(finding["day"])) <= self.until
            and all(finding.get(name) == value for name, value in self.scope.items())
        )


def _add(state: Suppression | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    body = command.body
    if body.rule not in command.around["rules"]:
        refuse(
            "incomplete", f"expected a rule of the catalog, found {body.rule!r}: see `routeproof rules`", where="rule"
        )
    if unknown := sorted(set(body.scope) - set(SCOPES)):
        refuse("incomplete", f"expected a scope of {', '.join(SCOPES)}, found {', '.join(unknown)}", where="scope")
    if blank := sorted(member for member, value in body.scope.items() if not value.strip()):
        refuse("incomplete", f"expected a value for {', '.join(blank)}, found none", where="scope")
    if body.until < command.on:
        refuse("incomplete", f"expected a day that is not over, found {body.until}", where="until")
    return [Event("suppress.added", {"id": command.id, **body.model_dump(mode="json")})]


def _of_others(state: Suppression | None, command: Command) -> Suppression:
    suppression = existing(state, command)
    another_person(command, suppression.added_by, "asked for the suppression")
    return suppression


def _approve(state: Suppression | None, command: Command) -> Sequence[Event]:
    suppression = _of_others(state, command)
    in_state(suppression, command, "proposed")
    return [Event("suppress.approved", {})]


def _end(state: Suppression | None, command: Command) -> Sequence[Event]:
    in_state(existing(state, command), command, "proposed", "approved")
    return [Event("suppress.ended", {})]


def _evolve(state: Suppression | None, happened: Happened) -> Suppression:
    if state is None:
        given = {name: value for name, value in happened.event.payload.items() if name != "attested"}
        return Suppression.model_validate(
            {**given, "state": "proposed", "added_by": happened.by, "added_on": happened.on}
        )
    if happened.event.type == "suppress.approved":
        said = {"approved_by": happened.by, "approved_on": happened.on}
        return state.model_copy(update={"state": "approved", **said})
    return state.model_copy(update={"state": "ended", "ended_by": happened.by, "ended_on": happened.on})


def _show(state: Suppression, on: date, around: Mapping[str, Any]) -> dict[str, Any]:
    in_force = state.state == "approved" and on <= state.until
    shown = state.model_dump(mode="json") | {"in_force": in_force, "expired": state.until < on}
    return shown | {"suppressed": around["suppressed"]} if "suppressed" in around else shown


SUPPRESSION: Noun[Suppression] = Noun(
    name="suppress",
    state=Suppression,
    verbs={
        "add": Verb(Addition, _add),
        "approve": Verb(Nothing, _approve, others=_of_others),
        "end": Verb(Nothing, _end),
    },
    evolve=_evolve,
    show=_show,
)
