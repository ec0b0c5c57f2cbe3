"""The one way in which people change a governed object: person, entitlement, decision, signature, one durable step."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Generic

from routeproof.app.ledger.sign_off import sign_off
from routeproof.app.objects.attest import attest
from routeproof.app.objects.case_rows import project_cases
from routeproof.app.objects.entitled import entitled_role, matrix_at, require_own_key
from routeproof.app.objects.fold import Version, dated_until, fold, required, roster_of, step
from routeproof.app.objects.kept import body_of, documents, readable, store_kept
from routeproof.app.objects.refusals import record_refusal
from routeproof.governance.case.state import Case
from routeproof.governance.decider import Body, Command, Event, Happened, Noun, RefusalError, S, refuse
from routeproof.governance.entitlements import permitted_role
from routeproof.ledger.canonical import canonical_bytes
from routeproof.ledger.entry import Fact
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import NS_PER_S, market_day

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from routeproof.app.acting import Acting
    from routeproof.app.context import Context
    from routeproof.ledger.entry import Recorded
    from routeproof.stores.records import Records

    Around = Callable[[Records], Mapping[str, Any]]


NEVER_AHEAD = frozenset({"case", "certification", "day"})
"""Nouns of which no step is dated ahead."""


@dataclass(frozen=True, slots=True)
class _Request(Generic[S]):
    """What is asked, with the body checked and its texts stored."""

    noun: Noun[S]
    id: str
    verb: str
    body: Body
    expected: str | None
    around: Around | None


def act(
    context: Context,
    noun: Noun[S],
    object_id: str,
    verb: str,
    body: Mapping[str, Any] | None = None,
    around: Around | None = None,
    stored: Sequence[str] = (),
) -> dict[str, Any]:
    """Do one thing with one object as the person of the context; returns the object as `show` does.

    The decision reads the record under the write lock, so nobody changes it in between. `around` gives the decider what
    it must know from outside its object, read under the same lock. `stored` are hashes of documents that the caller put
    into evidence for this step.

    Raises:
        UsageError: if the body does not have the verb's shape.
        RefusalError: what the entitlements or the decider refuse; the refusal itself is recorded.
    """
    given = dict(body or {})
    expected = given.pop("expected_version_hash", None)
    acting = _acting(context, noun, object_id, verb)
    kept: list[str] = []
    try:
        _permitted(context, acting, noun, object_id, verb, given)
        _not_ahead(context, acting, noun)
        shaped = body_of(noun.verbs[verb].body, given)
        request = _Request(noun, object_id, verb, store_kept(shaped, context.evidence, kept), expected, around)
        _decide(context, acting, request, (*stored, *kept))
    except RefusalError as refusal:
        _forget(context, kept)
        record_refusal(context.records, context.actor, acting.person, f"{noun.name}/{object_id}", verb, refusal)
        raise
    except BaseException:
        _forget(context, kept)
        raise
    state = shown(context, noun, object_id)
    if noun.verbs[verb].signs:
        state["receipt"] = str(sign_off(context, state["ledger_index"]))
    return state


def _acting(context: Context, noun: Noun[S], object_id: str, verb: str) -> Acting:
    if context.acting is None:
        refusal = RefusalError(
            "unknown_person", f"{noun.name} {verb} is recorded under a name: give --as PERSON (or ROUTEPROOF_AS)"
        )
        record_refusal(context.records, context.actor, "", f"{noun.name}/{object_id}", verb, refusal)
        raise refusal
    return context.acting


def _permitted(
    context: Context, acting: Acting, noun: Noun[S], object_id: str, verb: str, given: Mapping[str, Any]
) -> None:
    """Refuse who has no role for the verb; own work is refused as such, whatever the role."""
    try:
        entitled_role(context.records, context.clock(), acting.person, f"{noun.name}.{verb}")
    except RefusalError as refusal:
        if refusal.code == "not_permitted":
            _refuse_own_work(context, acting, noun, object_id, verb, given)
        raise


def _not_ahead(context: Context, acting: Acting, noun: Noun[S]) -> None:
    """Refuse a day that is still to come for what must not be said before it is so."""
    today = context.today
    if noun.name in NEVER_AHEAD and acting.on > today and not context.simulated:
        refuse("not_permitted", f"expected a business date up to today ({today}), found {acting.on}", where="--on")


def _refuse_own_work(
    context: Context, acting: Acting, noun: Noun[S], object_id: str, verb: str, given: Mapping[str, Any]
) -> None:
    """Refuse if the verb would be own work; what else speaks against it is left to who may do it."""
    asked = noun.verbs[verb]
    if asked.others is None:
        return
    before = fold(noun, context.records.stream(noun.stream(object_id)))
    try:
        command = Command(
            verb=verb,
            id=object_id,
            body=body_of(asked.body, given),
            by=acting.person,
            role="",
            on=acting.on,
            roster=roster_of(context.records),
        )
        asked.others(before.state if before else None, command)
    except RefusalError as refusal:
        if refusal.code == "own_work":
            raise
    except UsageError:
        return


def _decide(context: Context, acting: Acting, request: _Request[S], stored: Sequence[str]) -> None:
    noun = request.noun
    after: list[Version[S]] = []

    def decide(records: Records) -> list[Fact]:
        now, roster = context.clock(), roster_of(records)
        matrix = matrix_at(records, now)
        role = permitted_role(roster, acting.person, f"{noun.name}.{request.verb}", matrix, now)
        require_own_key(roster, acting.person, acting.key)
        before = fold(noun, records.stream(noun.stream(request.id)))
        _require_version(request, before)
        command = Command(
            verb=request.verb,
            id=request.id,
            body=request.body,
            by=acting.person,
            role=role,
            on=acting.on,
            roster=roster,
            version_hash=before.version_hash if before else "",
            around={"now": now, "matrix": matrix, **(request.around(records) if request.around else {})},
        )
        events = noun.verbs[request.verb].decide(before.state if before else None, command)
        first, version = records.size(), before
        for place, event in enumerate(events):
            version = step(
                noun, version, Happened(event, acting.person, role, acting.on, first + place, context.clock())
            )
        if version is not None:
            after.append(version)
        return [
            attest(fact_of(context, event, noun.stream(request.id), acting, role, stored), acting.key, index)
            for index, event in enumerate(events, start=first)
        ]

    def project(connection: Any, indexes: list[int]) -> None:  # noqa: ANN401  # either database's connection
        if indexes:
            project_object(connection, noun, after[-1])

    context.records.decide(decide, project)


def _require_version(request: _Request[S], before: Version[S] | None) -> None:
    current = before.version_hash if before else ""
    if request.expected is not None and request.expected != current:
        refuse(
            "outdated_version",
            f"expected the version that you saw ({request.expected}), found that {request.id} is at {current or 'none'}"
            ": look at it again",
            where=request.id,
        )


def fact_of(context: Context, event: Event, stream: str, acting: Acting, role: str, stored: Sequence[str] = ()) -> Fact:
    """An event as the fact that is appended; of the documents stored, those that its payload names are evidence."""
    text = json.dumps(event.payload)
    return Fact(
        stream=stream,
        type=event.type,
        payload=event.payload,
        business_on=acting.on.isoformat(),
        actor=acting.person,
        role=role,
        session=context.actor.session,
        version=event.version,
        evidence=tuple(sorted({sha256 for sha256 in stored if sha256 in text})),
    )


def project_object(connection: Any, noun: Noun[S], version: Version[S]) -> None:  # noqa: ANN401  # either database's
    """Write the row that lists show; replaying the entries gives the same row."""
    project_objects(connection, noun, [version])


def project_objects(connection: Any, noun: Noun[S], versions: Sequence[Version[S]]) -> None:  # noqa: ANN401  # either database's
    """The same for several objects of one kind."""
    connection.execute(
        "INSERT INTO governance_objects (noun, id, state, version, version_hash, ledger_index) "
        "VALUES (:noun, :id, :state, :version, :version_hash, :ledger_index) "
        "ON CONFLICT (noun, id) DO UPDATE SET state = excluded.state, version = excluded.version, "
        "version_hash = excluded.version_hash, ledger_index = excluded.ledger_index",
        [
            {
                "noun": noun.name,
                "id": version.state.id,
                "state": canonical_bytes(version.state.model_dump(mode="json")).decode(),
                "version": version.number,
                "version_hash": version.version_hash,
                "ledger_index": version.ledger_index,
            }
            for version in versions
        ],
    )
    if cases := [version.state for version in versions if isinstance(version.state, Case)]:
        project_cases(connection, cases)


def _forget(context: Context, stored: Sequence[str]) -> None:
    """Remove what was stored for a step that did not happen: nothing names it."""
    for sha256 in stored:
        context.evidence.destroy(sha256)


def shown(
    context: Context,
    noun: Noun[S],
    object_id: str,
    around: Mapping[str, Any] | None = None,
    on: date | None = None,
    until: date | None = None,
) -> dict[str, Any]:
    """The object as people see it: state, version, last ledger entry, history with every gap between date and append.

    `on` is the day that it is looked at from; what is dated after `until` is left out.

    Raises:
        UsageError: if there is none of that name, or none yet.
    """
    version = required(context.records, noun, object_id)
    entries = context.records.stream(noun.stream(object_id))
    if until is not None:
        begun, entries = entries[0].fact.business_on, dated_until(entries, until)
        before = fold(noun, entries) if begun <= until.isoformat() else None
        if before is None:
            message = f"expected a day from {begun} on, when {object_id} begins, found {until}"
            raise UsageError(message, where="--on")
        version = before
    day = on or context.business_day
    facts = {"version_hash": version.version_hash, "roster": roster_of(context.records), **(around or {})}
    return {
        **noun.show(readable(version.state, context.evidence), day, facts),
        "version": version.number,
        "version_hash": version.version_hash,
        "ledger_index": version.ledger_index,
        "documents": documents(version.state, context.evidence),
        "history": [told(entry) for entry in entries],
    }


def told(entry: Recorded) -> dict[str, Any]:
    """An entry as a line of a history: who, when, in which role, and the gap between its date and its append.

    The append's day is the market's, as the business date is; `appended_at` is UTC.
    """
    appended = datetime.fromtimestamp(entry.appended_at // NS_PER_S, tz=UTC)
    days = (market_day(entry.appended_at) - date.fromisoformat(entry.fact.business_on)).days
    return {
        "index": entry.index,
        "type": entry.fact.type,
        "by": entry.fact.actor,
        "role": entry.fact.role,
        "business_on": entry.fact.business_on,
        "appended_at": appended.isoformat().replace("+00:00", "Z"),
        "entered_days_after": days,
        "note": _gap(days),
    }


def _gap(days: int) -> str:
    if days == 0:
        return ""
    return f"entered {abs(days)} day{'s' * (abs(days) != 1)} {'after' if days > 0 else 'before'}"


def listed(context: Context, noun: Noun[S]) -> dict[str, Any]:
    """All objects of a noun, from the projection."""
    rows = context.records.query(
        "SELECT id, state, version, version_hash, ledger_index FROM governance_objects WHERE noun = :noun ORDER BY id",
        {"noun": noun.name},
    )
    items = [
        {
            "id": object_id,
            "state": json.loads(str(state))["state"],
            "version": version,
            "version_hash": version_hash,
            "ledger_index": ledger_index,
        }
        for object_id, state, version, version_hash, ledger_index in rows
    ]
    return {"items": items, "total": len(items)}
