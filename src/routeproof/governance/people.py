"""The roster: founding, grants by one and approved by another, cooling-off, revocation, new keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

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
    refuse,
)
from routeproof.governance.roster import ROLES, Grant, Instant, Limits, Person, Roster
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from collections.abc import Sequence

STREAM_ID = "roster"
NS_PER_HOUR = 3_600 * NS_PER_S


class Founder(Body):
    """A person of the founding roster, with the public key that was made for them; limits by role."""

    id: str = Field(min_length=1, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
    name: str
    roles: tuple[str, ...]
    key: str
    limits: Mapping[str, Limits] = Field(default_factory=dict)


class Founding(Body):
    """The founding roster: no cooling-off, no approval; whoever makes the workspace answers for it."""

    person: tuple[Founder, ...] = Field(min_length=1)
    quorum: int = Field(default=2, ge=1)
    unprotected_keys: bool = False


class Proposal(Body):
    """A role proposed for a person; `name` and `key` come along for somebody new."""

    person: str
    role: str
    limits: Limits | None = None
    name: str | None = None
    key: str | None = None


class Approval(Body):
    """Approval of a proposed grant."""

    grant: str


class Revocation(Body):
    """A role taken away, at once."""

    person: str
    role: str


class NewKey(Body):
    """A person's new public key."""

    key: str


class Proposed(Body):
    """A grant that waits for approval, or is approved."""

    id: str
    person: str
    role: str
    by: str
    approved_by: str | None = None
    effective_at: Instant | None = None
    limits: Limits | None = None

    @model_serializer(mode="wrap")
    def _without_no_limits(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        shown: dict[str, Any] = dump(self)
        return shown if self.limits else {name: value for name, value in shown.items() if name != "limits"}


class People(State):
    """The roster and the grants proposed since."""

    roster: Roster
    proposed: tuple[Proposed, ...] = ()
    unversioned: ClassVar[frozenset[str]] = frozenset()


def _known_role(role: str) -> None:
    if role not in ROLES:
        message = f"expected a role ({', '.join(ROLES)}), found {role!r}"
        raise UsageError(message, where="role")


def _found(state: People | None, command: Command) -> Sequence[Event]:
    absent(state, command)
    body: Founding = command.body
    ids = [person.id for person in body.person]
    if len(set(ids)) < len(ids):
        refuse("incomplete", "expected each person once, found an id twice", where="person")
    for person in body.person:
        for role in (*person.roles, *person.limits):
            _known_role(role)
    return [Event("people.founded", body.model_dump(mode="json"))]


def _grant(state: People | None, command: Command) -> Sequence[Event]:
    people = existing(state, command)
    body: Proposal = command.body
    _known_role(body.role)
    if body.person not in people.roster.people and (body.name is None or body.key is None):
        refuse("unknown_person", f"expected a person of the roster or a name and a new key, found {body.person!r}")
    if body.person in people.roster.people and body.key is not None:
        refuse("not_permitted", f"expected no key for {body.person}, who has one: `people key` replaces it")
    number = f"G{len(people.proposed) + 1}"
    return [Event("people.grant_proposed", {"id": number, **body.model_dump(mode="json")})]


def _approve(state: People | None, command: Command) -> Sequence[Event]:
    grant = _of_others(state, command)
    hours = command.around["cooling_off_hours"]
    effective_at = command.around["now"] + hours * NS_PER_HOUR
    return [Event("people.grant_approved", {"id": grant.id, "effective_at": str(effective_at)})]


def _of_others(state: People | None, command: Command) -> Proposed:
    people = existing(state, command)
    found = [item for item in people.proposed if item.id == command.body.grant]
    if not found:
        refuse("wrong_state", f"expected a proposed grant, found none named {command.body.grant!r}")
    (grant,) = found
    if grant.approved_by is not None:
        refuse("wrong_state", f"{grant.id} is approved already, by {grant.approved_by}")
    another_person(command, grant.by, f"proposed {grant.id}")
    another_person(command, grant.person, f"is who {grant.id} is for")
    return grant


def _revoke(state: People | None, command: Command) -> Sequence[Event]:
    people = existing(state, command)
    body: Revocation = command.body
    person = people.roster.people.get(body.person)
    if person is None or all(grant.role != body.role or grant.revoked for grant in person.grants):
        refuse("wrong_state", f"expected a role that {body.person} has, found {body.role!r}")
    before, after = ({**people.roster.people}, {**people.roster.people, person.id: _without(person, body.role)})
    if _can_grant(before, command) and not _can_grant(after, command):
        refuse(
            "criteria_not_met",
            f"without {body.role} of {body.person} nobody could approve a grant that another proposes: no role could "
            "be given any more; grant it to somebody else first, and wait until it counts",
            where=body.person,
        )
    return [Event("people.role_revoked", body.model_dump(mode="json"))]


def _without(person: Person, role: str) -> Person:
    grants = tuple(item.model_copy(update={"revoked": True}) if item.role == role else item for item in person.grants)
    return person.model_copy(update={"grants": grants})


def _can_grant(people: Mapping[str, Person], command: Command) -> bool:
    """Whether one can propose a grant for a third person and another approve it, in roles that do not end."""

    def able(verb: str) -> set[str]:
        roles, now = command.around["matrix"].get(f"people.{verb}", ()), command.around["now"]
        return {
            person.id
            for person in people.values()
            for grant in person.grants
            if grant.role in roles and grant.counts(now) and (grant.limits is None or grant.limits.expires_on is None)
        }

    return any(proposer != approver for proposer in able("grant") for approver in able("approve"))


def _replace_key(state: People | None, command: Command) -> Sequence[Event]:
    people = existing(state, command)
    if any(person.key == command.body.key for person in people.roster.people.values()):
        refuse("wrong_state", "expected a new key, found one that the roster has already", where="key")
    return [Event("people.key_replaced", {"person": command.by, "key": command.body.key})]


def _evolve(state: People | None, happened: Happened) -> People:
    payload = happened.event.payload
    if state is None:
        return _founded(payload)
    match happened.event.type:
        case "people.grant_proposed":
            return _proposed(state, payload, happened.by)
        case "people.grant_approved":
            return _approved(state, payload, happened.by)
        case "people.role_revoked":
            return _with_person(state, _without(state.roster.people[payload["person"]], payload["role"]))
        case "people.key_replaced":
            person = state.roster.people[happened.by]  # nobody puts a key in the place of another's
            return _with_person(state, person.model_copy(update={"key": payload["key"]}))
    return state


def _founded(payload: Any) -> People:  # noqa: ANN401  # JSON
    people = {
        item["id"]: Person(
            id=item["id"],
            name=item["name"],
            key=item["key"],
            grants=tuple(Grant(role=role, limits=item.get("limits", {}).get(role)) for role in item["roles"]),
        )
        for item in payload["person"]
    }
    roster = Roster(people=people, quorum=payload["quorum"], unprotected_keys=payload["unprotected_keys"])
    return People(id=STREAM_ID, state="founded", roster=roster)


def _proposed(state: People, payload: Any, by: str) -> People:  # noqa: ANN401  # JSON
    grant = Proposed(
        id=payload["id"], person=payload["person"], role=payload["role"], by=by, limits=payload.get("limits")
    )
    after = state.model_copy(update={"proposed": (*state.proposed, grant)})
    if payload["key"] is None or payload["person"] in state.roster.people:
        return after
    return _with_person(after, Person(id=payload["person"], name=payload["name"], key=payload["key"]))


def _approved(state: People, payload: Any, by: str) -> People:  # noqa: ANN401  # JSON
    effective_at = int(payload["effective_at"])
    grants = {item.id: item for item in state.proposed}
    grant = grants[payload["id"]].model_copy(update={"approved_by": by, "effective_at": effective_at})
    grants[grant.id] = grant
    person = state.roster.people[grant.person]
    given = Grant(role=grant.role, effective_at=effective_at, limits=grant.limits)
    after = state.model_copy(update={"proposed": tuple(grants.values())})
    return _with_person(after, person.model_copy(update={"grants": (*person.grants, given)}))


def _with_person(state: People, person: Person) -> People:
    people = {**state.roster.people, person.id: person}
    return state.model_copy(update={"roster": state.roster.model_copy(update={"people": people})})


PEOPLE: Noun[People] = Noun(
    name="people",
    state=People,
    verbs={
        "found": Verb(Founding, _found),
        "grant": Verb(Proposal, _grant),
        "approve": Verb(Approval, _approve, others=_of_others),
        "revoke": Verb(Revocation, _revoke),
        "key": Verb(NewKey, _replace_key),
    },
    evolve=_evolve,
)
