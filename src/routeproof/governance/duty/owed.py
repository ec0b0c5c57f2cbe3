"""What is owed on a day: derived from the obligations of policy, the calendar and what the record proves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from routeproof.governance.duty.facts import DONE, DUE, OVERDUE, Circumstances, Duty, Owed, Proof, Subject
from routeproof.governance.duty.periods import Period, after, periods, session_periods
from routeproof.vocab.times import market_day_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from routeproof.policy.dated import Dated, Timeline
    from routeproof.policy.obligations import Obligation
    from routeproof.policy.sessions import SessionCalendar


def duties_on(
    obligations: Mapping[str, Timeline[Obligation]], calendar: SessionCalendar, facts: Circumstances, on: date
) -> tuple[Duty, ...]:
    """Every duty whose period has begun by a day, by due date; what was proved or closed later is not done yet."""
    seen = _as_of(facts, on)
    found = [
        duty
        for name, timeline in obligations.items()
        for subject in _subjects(timeline, seen, on)
        for duty in _of(name, timeline, subject, calendar, seen, on)
    ]
    found += [_own(item, seen, on) for item in seen.owed]
    return tuple(sorted(found, key=lambda duty: (duty.due_on, duty.id)))


def _as_of(facts: Circumstances, on: date) -> Circumstances:
    return Circumstances(
        since=facts.since,
        providers=facts.providers,
        procedures=facts.procedures,
        proofs=tuple(proof for proof in facts.proofs if proof.on <= on),
        closings={name: proof for name, proof in facts.closings.items() if proof.on <= on},
        owed=facts.owed,
        monitored_since=facts.monitored_since,
    )


def _subjects(timeline: Timeline[Obligation], facts: Circumstances, on: date) -> tuple[Subject, ...]:
    per = timeline.on_or_first(on).value.per
    begun = facts.monitored_since
    return {
        "firm": (Subject("", facts.since),),
        "provider": facts.providers,
        "procedure": facts.procedures,
        "monitoring": () if begun is None else (Subject("", begun),),
    }[per]


def _of(
    name: str,
    timeline: Timeline[Obligation],
    subject: Subject,
    calendar: SessionCalendar,
    facts: Circumstances,
    on: date,
) -> Iterator[Duty]:
    every = timeline.on_or_first(on).value.every
    if every == "event":
        yield from _opened(name, timeline, calendar, facts, on)
    elif every == "anniversary":
        yield from _again(name, timeline, subject, facts, on)
    else:
        until = _last(subject, on)
        of_time = (
            session_periods(subject.since, until, calendar)
            if every == "session"
            else periods(every, subject.since, until)
        )
        spans = [
            (span, policy, after(span.last, policy.value.days, calendar if policy.value.sessions else None))
            for span, policy in _spans(timeline, of_time)
        ]
        yield from _periodic(name, subject, spans, facts, on)


def _last(subject: Subject, on: date) -> date:
    return on if subject.until is None else min(on, subject.until - timedelta(days=1))


def _spans(timeline: Timeline[Obligation], spans: Sequence[Period]) -> Iterator[tuple[Period, Dated[Obligation]]]:
    """Periods that the duty is owed for, each with the policy in force on its last day."""
    for span in spans:
        policy = _in_force(timeline, span.last)
        if policy is not None:
            yield span, policy


def _periodic(
    name: str,
    subject: Subject,
    spans: Sequence[tuple[Period, Dated[Obligation], date]],
    facts: Circumstances,
    on: date,
) -> Iterator[Duty]:
    used: set[int] = set()
    for span, policy, due_on in spans:
        proofs = [
            proof
            for proof in _proofs(policy.value, subject, facts)
            if proof.period == span.name
            or (not proof.period and proof.index not in used and span.first <= proof.on <= due_on)
        ][:1]
        used |= {proof.index for proof in proofs if not proof.period}
        yield _duty(name, policy, subject.id, span.name, due_on, proofs, facts, on)


def _again(
    name: str, timeline: Timeline[Obligation], subject: Subject, facts: Circumstances, on: date
) -> Iterator[Duty]:
    policy = _in_force(timeline, on)
    if policy is None:
        return
    due_on = subject.since + timedelta(days=policy.value.horizon_days)
    number = 1
    for proof in _proofs(policy.value, subject, facts):
        yield _duty(name, policy, subject.id, str(number), due_on, [proof], facts, on)
        due_on = _said(policy.value, proof) or proof.on + timedelta(days=policy.value.days)
        number += 1
    if subject.until is None or due_on < subject.until:
        yield _duty(name, policy, subject.id, str(number), due_on, [], facts, on)


def _opened(
    name: str, timeline: Timeline[Obligation], calendar: SessionCalendar, facts: Circumstances, on: date
) -> Iterator[Duty]:
    seen: set[tuple[str, str]] = set()
    for opening in facts.proofs:
        policy = _in_force(timeline, opening.on)
        if (
            policy is None
            or opening.type not in policy.value.opened_by
            or not _meant(policy.value.opened_when, opening)
        ):
            continue
        thing = str(opening.members.get(policy.value.thing, "")) if policy.value.thing else ""
        if (opening.object_id, thing) in seen and thing:
            continue
        seen.add((opening.object_id, thing))
        subject = f"{opening.object_id}{':' if thing else ''}{thing}"
        due_on = _due(policy.value, opening, _begun(policy.value, opening, thing, facts), calendar)
        proofs = _following(policy.value, opening, thing, facts)
        yield _duty(name, policy, subject, f"entry-{opening.index}", due_on, proofs, facts, on)


def _due(obligation: Obligation, opening: Proof, begun: date, calendar: SessionCalendar) -> date:
    return _said(obligation, opening) or after(begun, obligation.days, calendar if obligation.sessions else None)


def _said(obligation: Obligation, proof: Proof) -> date | None:
    """The due date that an event says itself."""
    said = proof.members.get(obligation.due_member) if obligation.due_member else None
    return date.fromisoformat(said) if isinstance(said, str) else None


def _begun(obligation: Obligation, opening: Proof, thing: str, facts: Circumstances) -> date:
    """The market's day of the instant at which the clock began; of an instant said twice, the last word counts."""
    about = [
        proof.members
        for proof in facts.proofs
        if proof.object_id == opening.object_id
        and proof.type in obligation.opened_by
        and str(proof.members.get(obligation.thing, "")) == thing
    ]
    for name in obligation.clock_members:
        said = [members[name] for members in about if members.get(name) is not None]
        if said:
            return market_day_of(datetime.fromisoformat(str(said[-1])))
    return opening.on


def _following(obligation: Obligation, opening: Proof, thing: str, facts: Circumstances) -> list[Proof]:
    """What shows that an opened duty was done: the first entry that does, or one of each person where all must."""
    found = [
        proof
        for proof in facts.proofs
        if _proves(obligation, proof)
        and proof.object_id == opening.object_id
        and proof.index > opening.index
        and (not thing or str(proof.members.get(obligation.thing, "")) == thing)
    ]
    if not obligation.by_all:
        return found[:1]
    asked = {str(person) for person in opening.members.get(obligation.by_all, ())}
    return found if asked <= {proof.by for proof in found} else []


def _meant(conditions: Sequence[str], entry: Proof) -> bool:
    """Whether an entry's payload has every `member=value`."""
    pairs = (item.partition("=") for item in conditions)
    return all(_word(entry.members.get(member)) == value for member, _, value in pairs)


def _proves(obligation: Obligation, entry: Proof) -> bool:
    return entry.type in obligation.proved_by and _meant(obligation.proved_when, entry)


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _in_force(timeline: Timeline[Obligation], day: date) -> Dated[Obligation] | None:
    if day < timeline.values[0].effective_from:
        return None
    found = timeline.on(day)
    return found if found.value.applies else None


def _proofs(obligation: Obligation, subject: Subject, facts: Circumstances) -> list[Proof]:
    found = [proof for proof in facts.proofs if _proves(obligation, proof)]
    if obligation.per == "provider":
        return [proof for proof in found if proof.provider == subject.id]
    if obligation.per == "procedure":
        return [proof for proof in found if proof.object_id == f"wsp/{subject.id}"]
    return found


def _duty(
    name: str,
    policy: Dated[Obligation],
    subject: str,
    period: str,
    due_on: date,
    proofs: Sequence[Proof],
    facts: Circumstances,
    on: date,
) -> Duty:
    duty_id = ":".join(part for part in (name, subject.replace("/", "-"), period) if part)
    closing = facts.closings.get(duty_id)
    evidence = tuple(proofs) + ((closing,) if closing else ())
    return Duty(
        id=duty_id,
        obligation=name,
        title=policy.value.title,
        rule=policy.value.rule,
        owner=policy.value.owner,
        subject=subject,
        period=period,
        due_on=due_on,
        state=_state(evidence, due_on, on),
        done_on=min((proof.on for proof in evidence), default=None),
        evidence=evidence,
        citation=policy.citation,
        grade=policy.grade,
    )


def _own(item: Owed, facts: Circumstances, on: date) -> Duty:
    proof = item.proof if item.proof is not None and item.proof.on <= on else None
    evidence = tuple(one for one in (proof, facts.closings.get(item.id)) if one is not None)
    done_on = min((one.on for one in evidence), default=None)
    if done_on is None and item.done_on is not None and item.done_on <= on:
        done_on = item.done_on
    return Duty(
        id=item.id,
        obligation="",
        title=item.title,
        rule=item.rule,
        owner=item.owner,
        subject="",
        period="",
        due_on=item.due_on,
        state=DONE if done_on is not None else _state((), item.due_on, on),
        done_on=done_on,
        evidence=evidence,
    )


def _state(evidence: Sequence[Proof], due_on: date, on: date) -> str:
    if evidence:
        return DONE
    return OVERDUE if due_on < on else DUE
