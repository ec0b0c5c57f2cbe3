"""The review of a provider's quarter: opened over a pinned pack, recorded, signed as seen, closed for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.governance.decider import (
    Command,
    Event,
    Happened,
    Nothing,
    Noun,
    Verb,
    absent,
    existing,
    in_state,
    refuse,
)
from routeproof.governance.review.bodies import KEYED, Acknowledging, AddendumBody, Opening, Recording, Signing, key_of
from routeproof.governance.review.own_words import of_others, own_words_after, require_own_words
from routeproof.governance.review.rules import PACK_FILES, conflicted, counted, missing
from routeproof.governance.review.shown import show_review
from routeproof.governance.review.state import Addendum, Review, Signature
from routeproof.vocab.times import quarter_days

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

VOTERS = frozenset({"supervisor", "committee", "compliance"})


def _open(state: Review | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    body: Opening = command.body
    lacking = [name for name in PACK_FILES if name not in body.pack]
    if lacking:
        refuse("incomplete", f"expected a pack of {', '.join(PACK_FILES)}, found none of {', '.join(lacking)}")
    around = command.around
    opened = {
        "id": command.id,
        **body.model_dump(mode="json"),
        "supersedes": around.get("supersedes"),
        "factors_asked": [dict(factor) for factor in around["factors"]],
        "predictions": [dict(item) for item in around.get("predictions", ())],
    }
    return [Event("review.opened", opened)]


def _supersede(state: Review | None, command: Command) -> Sequence[Event]:
    """A further review of the same quarter, in place of a closed one that stays as it is."""
    absent(state, command)
    old: Review | None = command.around.get("old")
    if old is None or old.state != "closed":
        found = old.state if old else "none"
        refuse("wrong_state", f"expected a closed review to supersede, found {found}: an open one is recorded on")
    if command.body.reason is None:
        refuse("incomplete", "expected the reason why the closed review is superseded, found none", where="reason")
    return _open(None, command)


def _record(state: Review | None, command: Command) -> Sequence[Event]:
    review = existing(state, command)
    in_state(review, command, "open")
    body: Recording = command.body
    _known(command, (*(body.attendance or ()), *(item.person for item in body.recusals)))
    asked = [factor.code for factor in review.factors_asked]
    for item in body.factors:
        if item.code not in asked:
            refuse("incomplete", f"expected a factor out of {', '.join(asked)}, found {item.code!r}", where="factors")
    _votes(review, command)
    for decision in body.decisions:
        if decision.look_back_on is not None and decision.look_back_on < command.on:
            message = f"expected a day from {command.on} on for the look back, found {decision.look_back_on}"
            refuse("incomplete", message, where=f"decisions.{decision.finding}.look_back_on")
    after = _merged(review, body, command.by)
    named = {item.finding for item in after.decisions} | {item.finding for item in after.votes}
    unknown = named - {item.id for item in after.findings}
    if unknown:
        refuse("incomplete", f"expected decisions and votes on recorded findings, found {', '.join(sorted(unknown))}")
    recorded = body.model_dump(mode="json", exclude_unset=True)
    if not recorded:
        refuse("incomplete", f"expected something to record ({', '.join(Recording.model_fields)}), found nothing")
    return [Event("review.recorded", recorded)]


def _known(command: Command, people: Iterable[str]) -> None:
    for person in people:
        if person not in command.roster.people:
            refuse("unknown_person", f"expected a person of the roster, found {person!r}", where=command.id)


def _votes(review: Review, command: Command) -> None:
    body: Recording = command.body
    require_own_words(review, command)
    _known(command, (vote.person for vote in body.votes))
    removed = body.remove.get("recusals", ())
    aside = {item.person for item in (*review.recusals, *body.recusals)} - set(removed)
    conflicts = conflicted(command.around)
    for vote in body.votes:
        if vote.person in aside:
            refuse("recused", f"{vote.person} is recused from {command.id} and cannot vote", where=vote.finding)
        if vote.person in conflicts:
            named = ", ".join(conflicts[vote.person])
            refuse(
                "recused", f"{vote.person} has a declared conflict on {review.provider} ({named})", where=vote.person
            )
        if VOTERS.isdisjoint(command.roster.people[vote.person].roles(command.around["now"])):
            refuse("not_permitted", f"{vote.person} is in no role that votes ({', '.join(sorted(VOTERS))})")


def _merged(review: Review, body: Recording, by: str) -> Review:
    changes: dict[str, Any] = {}
    for name in ("agenda", "attendance", "quarterly_enough", "minutes"):
        given = getattr(body, name)
        if given is not None:
            changes[name] = given
    for name in KEYED:
        items = {key_of(name, item): item for item in getattr(review, name)}
        said = (item for item in getattr(body, name) if not of_others(review, name, item, by))
        items |= {key_of(name, item): item for item in said}
        removed: Collection[str] = body.remove.get(name, ())  # type: ignore[call-overload]  # KEYED are its words
        changes[name] = tuple(item for key, item in items.items() if key not in removed)
    changes["documents"] = (*review.documents, *body.documents)
    changes["own_words"] = own_words_after(review, body, by)
    if body.minutes is not None and by not in review.minutes_by:
        changes["minutes_by"] = (*review.minutes_by, by)
    return review.model_copy(update=changes)


def _sign(state: Review | None, command: Command) -> Sequence[Event]:
    review = existing(state, command)
    in_state(review, command, "open")
    _require_over(review, command)
    _require_seen(command)
    if any(item.person == command.by and item.version_hash == command.version_hash for item in review.signatures):
        refuse("wrong_state", f"{command.by} has signed this version of {command.id} already")
    return [Event("review.signed", {"version_hash": command.version_hash})]


def _require_over(review: Review, command: Command) -> None:
    """A review may be prepared while its quarter runs, but nobody vouches for days that are still to come."""
    last, day = quarter_days(review.quarter)[1], command.around["day"]
    if day <= last:
        refuse("wrong_state", f"expected {command.verb} after {last}, when {review.quarter} is over, found {day}")


def _require_seen(command: Command) -> None:
    seen = command.body.version
    if seen != command.version_hash:
        refuse(
            "outdated_version",
            f"expected the hash of {command.id} as it stands ({command.version_hash}), found {seen}: read it again, "
            "then sign what you have read",
            where=command.id,
        )


def _close(state: Review | None, command: Command) -> Sequence[Event]:
    review = existing(state, command)
    in_state(review, command, "open")
    _require_over(review, command)
    conflicts = conflicted(command.around)
    lacking = missing(review, conflicts)
    if lacking:
        refuse("incomplete", f"expected everything recorded before closing; missing: {', '.join(lacking)}")
    signed = counted(review, command.version_hash, conflicts)
    if len(signed) < command.roster.quorum:
        found = ", ".join(sorted(signed)) or "none"
        refuse(
            "no_quorum",
            f"expected {command.roster.quorum} signatures over this version, found {len(signed)} that count ({found}); "
            "who wrote the minutes, is recused or has a declared conflict does not count",
        )
    return [Event("review.closed", {"version_hash": command.version_hash, "counted": sorted(signed)})]


def _countersign(state: Review | None, command: Command) -> Sequence[Event]:
    review = existing(state, command)
    in_state(review, command, "closed")
    _require_seen(command)
    return [Event("review.countersigned", {"version_hash": command.version_hash})]


def _add(state: Review | None, command: Command) -> Sequence[Event]:
    review = existing(state, command)
    in_state(review, command, "closed")
    body: AddendumBody = command.body
    signers = sorted({item.person for item in review.signatures if item.version_hash == command.version_hash})
    added = {"id": f"A{len(review.addenda) + 1}", **body.model_dump(mode="json"), "signers": signers}
    return [Event("review.addendum_opened", added)]


def _acknowledge(state: Review | None, command: Command) -> Sequence[Event]:
    review = existing(state, command)
    body: Acknowledging = command.body
    mine = [item for item in review.addenda if command.by in item.signers and command.by not in item.acknowledged]
    wanted = body.addendum or (mine[0].id if len(mine) == 1 else None)
    known = {item.id: item for item in review.addenda}
    if wanted is None or wanted not in known:
        named = ", ".join(known) or "none"
        refuse("wrong_state", f"expected an addendum of {command.id} ({named}), found {wanted or 'none named'}")
    if command.by not in known[wanted].signers:
        refuse("not_permitted", f"{wanted} is acknowledged by who signed: {', '.join(known[wanted].signers)}")
    if command.by in known[wanted].acknowledged:
        refuse("wrong_state", f"{command.by} has acknowledged {wanted} already")
    return [Event("review.addendum_acknowledged", {"id": wanted})]


def _evolve(state: Review | None, happened: Happened) -> Review:
    payload = {name: value for name, value in happened.event.payload.items() if name != "attested"}
    if state is None:
        return _opened(payload, happened)
    if happened.event.type == "review.recorded":
        return _merged(state, Recording.model_validate(payload), happened.by)
    return state.model_copy(update=_changes(state, payload, happened))


def _changes(state: Review, payload: Mapping[str, Any], happened: Happened) -> dict[str, Any]:
    match happened.event.type:
        case "review.signed":
            return {"signatures": (*state.signatures, _signature(payload, happened))}
        case "review.closed":
            return {"state": "closed", "closed_on": happened.on, "closed_by": happened.by}
        case "review.countersigned":
            return {"countersigned": (*state.countersigned, _signature(payload, happened))}
        case "review.addendum_opened":
            added = Addendum.model_validate({**payload, "by": happened.by, "on": happened.on})
            return {"addenda": (*state.addenda, added)}
        case "review.addendum_acknowledged":
            return {"addenda": _acknowledged(state, payload["id"], happened)}
    return {}


def _opened(payload: Mapping[str, Any], happened: Happened) -> Review:
    renamed = {"digest": "pack_digest", "on_record": "pack_on_record"}
    values = {renamed.get(name, name): value for name, value in payload.items()}
    return Review.model_validate({**values, "state": "open", "opened_by": happened.by, "opened_on": happened.on})


def _signature(payload: Mapping[str, Any], happened: Happened) -> Signature:
    return Signature(
        person=happened.by,
        role=happened.role,
        version_hash=payload["version_hash"],
        on=happened.on,
        index=happened.index,
    )


def _acknowledged(state: Review, addendum: str, happened: Happened) -> tuple[Addendum, ...]:
    return tuple(
        item.model_copy(update={"acknowledged": {**item.acknowledged, happened.by: happened.on}})
        if item.id == addendum
        else item
        for item in state.addenda
    )


REVIEW: Noun[Review] = Noun(
    name="review",
    state=Review,
    verbs={
        "open": Verb(Opening, _open),
        "supersede": Verb(Opening, _supersede),
        "record": Verb(Recording, _record),
        "sign": Verb(Signing, _sign, signs=True),
        "close": Verb(Nothing, _close, signs=True),
        "countersign": Verb(Signing, _countersign, signs=True),
        "addendum": Verb(AddendumBody, _add),
        "acknowledge": Verb(Acknowledging, _acknowledge, signs=True),
    },
    evolve=_evolve,
    show=show_review,
)
