"""The agreement with a provider: terms proposed by one, approved by another, evaluated every period."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from routeproof.governance.decider import Body, Command, Event, Happened, Noun, State, Verb, another_person, refuse
from routeproof.governance.part import Part
from routeproof.governance.sla.terms import DELIVERY_METRICS, Terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Version(Part):
    """Terms as proposed, and as approved."""

    number: int
    terms: Terms
    proposed_by: str
    proposed_on: date
    approved_by: str | None = None
    approved_on: date | None = None
    rejected_by: str | None = None
    rejection: str | None = None

    @property
    def waits(self) -> bool:
        """Whether it is neither approved nor rejected."""
        return self.approved_by is None and self.rejected_by is None


class Approval(Body):
    """Approval of the version that waits."""

    note: str | None = None
    kept: ClassVar[tuple[str, ...]] = ("note",)


class Rejection(Body):
    """Why terms are not approved, or not pursued."""

    reason: str = Field(min_length=1)
    kept: ClassVar[tuple[str, ...]] = ("reason",)


class Evaluated(Body):
    """An evaluation as it was measured: a summary, and the whole as evidence.

    Attributes:
        period: quarter.
        version: of the terms.
        manifest: of the data.
        policy: id of the policy in force.
        breached, unknown: ids of clauses.
        credit_usd: of the quarter, after the cap, exact; null where a credit could not be computed.
        result: the whole evaluation as JSON text.
    """

    period: str
    version: int
    manifest: str
    policy: str
    breached: tuple[str, ...]
    unknown: tuple[str, ...]
    credit_usd: str | None
    result: str
    kept: ClassVar[tuple[str, ...]] = ("result",)


class Recorded(Evaluated):
    """An evaluation, who recorded it and when."""

    by: str
    on: date


class Sla(State):
    """The agreement; `state` is proposed until its first version is approved."""

    provider: str
    versions: tuple[Version, ...]
    evaluations: tuple[Recorded, ...] = Field(default=())
    kept: ClassVar[tuple[str, ...]] = (
        "versions.*.terms.notes",
        "versions.*.rejection",
        "evaluations.*.result",
    )
    attached: ClassVar[tuple[str, ...]] = ("versions.*.terms.agreement",)
    unversioned: ClassVar[frozenset[str]] = frozenset({"evaluations"})

    def in_force(self, first: date, last: date) -> Version | None:
        """The approved version in force at the end of a period, if the agreement covers any of it."""
        found = [
            item
            for item in self.versions
            if item.approved_on is not None
            and item.terms.effective_from <= last
            and (item.terms.ends_on is None or item.terms.ends_on >= first)
        ]
        return max(found, key=lambda item: (item.terms.effective_from, item.number)) if found else None

    def covered(self, first: date, last: date) -> tuple[date, date] | None:
        """First and last day of a period that the agreement covers; null if none.

        The version in force at the end judges the whole of them, also days on which an earlier version stood before it
        without a gap.
        """
        version = self.in_force(first, last)
        if version is None:
            return None
        begins, ends = version.terms.effective_from, version.terms.ends_on
        approved = [item.terms for item in self.versions if item.approved_on is not None]
        for terms in sorted(approved, key=lambda item: item.effective_from, reverse=True):
            if terms.ends_on is None or terms.ends_on >= begins - timedelta(days=1):
                begins = min(begins, terms.effective_from)
        return max(begins, first), min(ends or last, last)


def _propose(state: Sla | None, command: Command) -> Sequence[Event]:
    terms: Terms = command.body
    if state is not None and terms.provider != state.provider:
        refuse("wrong_state", f"{command.id} is with {state.provider}, found terms with {terms.provider}")
    if state is not None and state.versions[-1].waits:
        refuse("wrong_state", f"version {state.versions[-1].number} of {command.id} waits for approval already")
    known = {*command.around["metrics"], *DELIVERY_METRICS}
    for clause in terms.clause:
        if clause.metric not in known:
            message = f"expected a metric of the catalog in clause {clause.id}, found {clause.metric!r}"
            refuse("incomplete", message, where=clause.id)
    for delivery in terms.delivery:
        if delivery.source not in command.around["sources"]:
            expected = ", ".join(sorted(command.around["sources"]))
            message = f"expected a source that files are taken in by ({expected}), found {delivery.source!r}"
            refuse("incomplete", message, where=delivery.id)
    number = len(state.versions) + 1 if state else 1
    return [Event("sla.proposed", {"id": command.id, "number": number, "terms": terms.model_dump(mode="json")})]


def _waiting(state: Sla | None, command: Command) -> Version:
    if state is None or not state.versions[-1].waits:
        refuse("wrong_state", f"expected terms of {command.id} that wait for approval, found none")
    return state.versions[-1]


def _of_others(state: Sla | None, command: Command) -> Version:
    waiting = _waiting(state, command)
    another_person(command, waiting.proposed_by, f"proposed version {waiting.number}")
    return waiting


def _approve(state: Sla | None, command: Command) -> Sequence[Event]:
    waiting = _of_others(state, command)
    return [Event("sla.approved", {"number": waiting.number, **command.body.model_dump(mode="json")})]


def _reject(state: Sla | None, command: Command) -> Sequence[Event]:
    waiting = _waiting(state, command)
    return [Event("sla.rejected", {"number": waiting.number, **command.body.model_dump(mode="json")})]


def _record(state: Sla | None, command: Command) -> Sequence[Event]:
    body: Evaluated = command.body
    if state is None or all(item.number != body.version or item.approved_by is None for item in state.versions):
        refuse("wrong_state", f"expected an approved version {body.version} of {command.id}, found none")
    return [Event("sla.evaluated", body.model_dump(mode="json"))]


def _evolve(state: Sla | None, happened: Happened) -> Sla:
    payload = happened.event.payload
    who = {"by": happened.by, "on": happened.on}
    if happened.event.type == "sla.proposed":
        terms = Terms.model_validate(payload["terms"])
        version = Version(number=payload["number"], terms=terms, proposed_by=happened.by, proposed_on=happened.on)
        if state is None:
            return Sla(id=payload["id"], state="proposed", provider=terms.provider, versions=(version,))
        return state.model_copy(update={"versions": (*state.versions, version)})
    assert state is not None  # noqa: S101  # the first event proposes
    if happened.event.type == "sla.approved":
        approved = {"approved_by": happened.by, "approved_on": happened.on}
        last = state.versions[-1].model_copy(update=approved)
        return state.model_copy(update={"state": "approved", "versions": (*state.versions[:-1], last)})
    if happened.event.type == "sla.rejected":
        rejected = {"rejected_by": happened.by, "rejection": payload["reason"]}
        return state.model_copy(
            update={"versions": (*state.versions[:-1], state.versions[-1].model_copy(update=rejected))}
        )
    known = {name: payload[name] for name in Evaluated.model_fields}
    recorded = Recorded.model_validate({**known, **who})
    return state.model_copy(update={"evaluations": (*state.evaluations, recorded)})


def _show(state: Sla, on: date, _around: Mapping[str, Any]) -> dict[str, Any]:
    whole = state.model_dump(mode="json")
    current = state.in_force(on, on)
    for item in whole["evaluations"]:
        item.pop("result")
    return {
        "id": state.id,
        "state": state.state,
        "provider": state.provider,
        "in_force": current.number if current else None,
        "waiting": state.versions[-1].number if state.versions[-1].waits else None,
        "terms": (current or state.versions[-1]).terms.model_dump(mode="json"),
        "versions": [{name: item[name] for name in item if name != "terms"} for item in whole["versions"]],
        "evaluations": whole["evaluations"],
    }


SLA: Noun[Sla] = Noun(
    name="sla",
    state=Sla,
    verbs={
        "propose": Verb(Terms, _propose),
        "approve": Verb(Approval, _approve, signs=True, others=_of_others),
        "reject": Verb(Rejection, _reject),
        "record": Verb(Evaluated, _record),
    },
    evolve=_evolve,
    show=_show,
)
