"""What the record says about duties: providers, procedures, proofs, closings, and due dates that objects carry."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from routeproof.app.objects.entries_by_type import entries_by_type
from routeproof.app.objects.governed import objects_of
from routeproof.governance.duty.facts import Circumstances, Owed, Proof, Subject
from routeproof.governance.duty.noun import DUTY, DutyRecord
from routeproof.governance.duty.repeats import repeats
from routeproof.governance.provider.noun import PROVIDER
from routeproof.governance.remediation.noun import REMEDIATION
from routeproof.governance.review.noun import REVIEW
from routeproof.governance.wsp import WSP, Procedure
from routeproof.ledger.entry import read_entry
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from routeproof.governance.decider import Noun, S
    from routeproof.ledger.entry import Recorded
    from routeproof.policy.obligations import Obligation
    from routeproof.policy.whole import WholePolicy
    from routeproof.stores.records import Records

BUILT = "pack.built"
CLOSED = "duty.closed"
JUDGED = "findings.judged"
FIRST_ENTRIES = 4
"""Among these the workspace is made and its people are named."""
States = dict[str, dict[str, Any]]


def circumstances(records: Records, policy: WholePolicy, on: date) -> Circumstances:
    """Everything that duties of a day are derived from."""
    providers, reviews = _states(records, PROVIDER), _states(records, REVIEW)
    remediations = _states(records, REMEDIATION)
    types = {BUILT, CLOSED, *_types(policy)}
    entries = entries_by_type(records, types)
    proofs = tuple(
        _proof(entry, {**_named(reviews, "review"), **_named(remediations, "remediation")}) for entry in entries
    )
    own = objects_of(records, DUTY)
    return Circumstances(
        since=min(on, _since(records, providers)),
        providers=_providers(providers, reviews, proofs),
        procedures=tuple(_procedure(item) for item in objects_of(records, WSP) if _used(item)),
        proofs=proofs,
        closings={str(proof.members["id"]): proof for proof in proofs if proof.type == CLOSED},
        owed=(
            *(owed for name, state in remediations.items() for owed in _actions(name, state, on)),
            *(owed for name, state in remediations.items() for owed in _monitoring_looks(name, state, on)),
            *(owed for name, state in providers.items() for owed in _of_provider(name, state)),
            *(owed for name, state in reviews.items() for owed in _look_backs(name, state, reviews)),
            *(owed for record in own for owed in _own(record, on)),
        ),
        monitored_since=_monitored_since(records),
    )


def _monitored_since(records: Records) -> date | None:
    rows = records.query("SELECT MIN(stream) FROM ledger_leaves WHERE type = :type", {"type": JUDGED})
    return next((date.fromisoformat(str(stream).partition("/")[2]) for (stream,) in rows if stream), None)


def _types(policy: WholePolicy) -> Iterator[str]:
    for timeline in policy.obligations.values():
        for dated in timeline.values:
            obligation: Obligation = dated.value
            yield from (*obligation.proved_by, *obligation.opened_by)


def _states(records: Records, noun: Noun[S]) -> States:
    return {state.id: state.model_dump(mode="json") for state in objects_of(records, noun)}


def _named(states: States, noun: str) -> States:
    return {f"{noun}/{name}": state for name, state in states.items()}


def _proof(entry: Recorded, known: States) -> Proof:
    fact = entry.fact
    noun, _, name = fact.stream.partition("/")
    state = known.get(fact.stream, {})
    members: Mapping[str, Any] = fact.payload
    provider = members.get("provider") or state.get("provider") or (name if noun == "provider" else "")
    period = members.get("period") or members.get("quarter") or state.get("quarter") or ""
    if fact.type == BUILT:
        period, _, provider = name.partition("/")
    return Proof(
        type=fact.type,
        object_id=fact.stream,
        on=date.fromisoformat(fact.business_on),
        index=entry.index,
        by=fact.actor,
        provider=str(provider),
        period=str(period),
        members=members,
        documents=fact.evidence,
    )


def _since(records: Records, providers: States) -> date:
    """First day that the record speaks of: its first entries, providers added for an earlier day, its data."""
    rows = records.query("SELECT MIN(part) FROM lake_partitions WHERE part LIKE '____-__-__'")
    days = [str(day) for (day,) in rows if day is not None]
    days += [read_entry(entry).fact.business_on for entry in records.entries(0, FIRST_ENTRIES)]
    days += [str(state["added_on"]) for state in providers.values() if state.get("added_on")]
    return min((date.fromisoformat(day) for day in days), default=date.max)


def _providers(providers: States, reviews: States, proofs: tuple[Proof, ...]) -> tuple[Subject, ...]:
    """Providers with a file, and those that were measured or reviewed without one."""
    begun: dict[str, date] = {}

    def note(name: str, day: date) -> None:
        begun[name] = min(begun.get(name, day), day)

    for name, state in providers.items():
        if state.get("added_on"):
            note(name, date.fromisoformat(str(state["added_on"])))
    for state in reviews.values():
        note(str(state["provider"]), quarter_days(str(state["quarter"]))[0])
    for proof in proofs:
        if proof.type == BUILT:
            note(proof.provider, quarter_days(proof.period)[0])
    return tuple(Subject(name, day, _ended(providers.get(name, {}))) for name, day in sorted(begun.items()))


def _ended(state: Mapping[str, Any]) -> date | None:
    ended = state.get("termination") or {}
    return date.fromisoformat(str(ended["effective_on"])) if ended.get("effective_on") else None


def _used(procedure: Procedure) -> bool:
    return any(edition.state == "approved" for edition in procedure.editions)


def _procedure(procedure: Procedure) -> Subject:
    begun = min(edition.effective_from for edition in procedure.editions if edition.state == "approved")
    return Subject(procedure.id, begun, procedure.retired_on)


def _actions(name: str, state: Mapping[str, Any], on: date) -> Iterator[Owed]:
    """Corrective actions; one that was withdrawn was owed until that day."""
    for action in state.get("actions", ()):
        if "withdrawn_on" in action and action["withdrawn_on"] <= on.isoformat():
            continue
        yield Owed(
            id=f"remediation_action:{name}:{action['id']}",
            title=f"Corrective action {action['id']} of {name}",
            rule="FINRA Rule 5310.09(b); corrective action plan",
            owner="supervisor",
            due_on=date.fromisoformat(str(action["due_on"])),
            done_on=_day(action.get("done_on")),
        )


def _monitoring_looks(name: str, state: Mapping[str, Any], on: date) -> Iterator[Owed]:
    """Looks of heightened monitoring: one each `review_every_days`, up to its end or conclusion; the next one too."""
    monitoring = state.get("monitoring")
    if not monitoring:
        return
    begun, every = date.fromisoformat(monitoring["on"]), timedelta(days=int(monitoring["review_every_days"]))
    ended = _day((state.get("concluded") or {}).get("on")) or date.fromisoformat(monitoring["until"])
    taken = [look for look in state.get("looks", ())[monitoring["first_look"] :] if look["counts"]]
    closer = f"heightened monitoring of {state['provider']}, every {every.days} days, under {name}"
    number, due_on = 1, begun + every
    while due_on <= min(ended, on + every):
        yield Owed(
            id=f"monitoring_look:{name}:{number}",
            title=f"Look {number} of {closer}",
            rule="FINRA Rule 5310.09(b); heightened monitoring",
            owner="supervisor",
            due_on=due_on,
            done_on=_day(taken[number - 1]["on"]) if number <= len(taken) else None,
        )
        number, due_on = number + 1, due_on + every


def _of_provider(name: str, state: Mapping[str, Any]) -> Iterator[Owed]:
    for condition in state.get("conditions", ()):
        yield Owed(
            id=f"provider_condition:{name}:{condition['condition']}",
            title=f"Condition {condition['condition']} of the approval of {name}",
            rule="FINRA Regulatory Notice 21-29; due diligence",
            owner=str(condition["owner"]),
            due_on=date.fromisoformat(str(condition["due_on"])),
            done_on=_day(condition.get("met_on")),
        )
    looks = (state.get("reliance") or {}).get("looks", [])
    for place, look in enumerate(looks, start=1):
        yield Owed(
            id=f"reliance_look:{name}:{place + 1}",
            title=f"Look at how {name} reviews its own execution",
            rule="FINRA Rule 5310.09(c)",
            owner="supervisor",
            due_on=date.fromisoformat(str(look["next_due_on"])),
            done_on=_day(looks[place]["on"]) if place < len(looks) else None,
        )


def _look_backs(name: str, state: Mapping[str, Any], reviews: States) -> Iterator[Owed]:
    for decision in state.get("decisions", ()):
        if not decision.get("look_back_on"):
            continue
        due_on = date.fromisoformat(str(decision["look_back_on"]))
        scored = [
            str(other["opened_on"])
            for other in reviews.values()
            for item in other.get("predictions", ())
            if (item.get("review"), item.get("finding")) == (name, decision["finding"])
        ]
        yield Owed(
            id=f"look_back:{name}:{decision['finding']}",
            title=f"Look back at what was predicted for finding {decision['finding']} of {name}",
            rule="FINRA Rule 5310.09(b)",
            owner="committee",
            due_on=due_on,
            done_on=_day(min(scored, default=None)),
        )


def _own(record: DutyRecord, on: date) -> Iterator[Owed]:
    if record.due_on is None or record.title is None:
        return
    for duty_id, due_on in repeats(record.id, record.due_on, record.every_months, on):
        yield Owed(id=duty_id, title=record.title, rule=record.rule or "", owner=record.owner or "", due_on=due_on)


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None
