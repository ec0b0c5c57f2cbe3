"""The founding roster of a workspace: keys are made, one ledger event names everybody."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from routeproof.app.acting import key_path
from routeproof.app.objects.act import project_object
from routeproof.app.objects.fold import step
from routeproof.app.objects.kept import body_of
from routeproof.governance.decider import Command, Happened
from routeproof.governance.people import PEOPLE, STREAM_ID, Founding
from routeproof.governance.roster import ROLES, Roster
from routeproof.ledger.entry import Fact, entry_bytes
from routeproof.stores.commits import Actor
from routeproof.stores.keys import make_key
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from routeproof.app.context import Context

FOUNDER_ROLE = "founder"
NO_KEY = base64.b64encode(bytes(32)).decode()
"""Stands for a key that is not made yet; as long as one."""
NOBODY = Actor(name="-" * 64, role=FOUNDER_ROLE, session="-" * 64, business_on="0000-00-00")
"""Takes as much room as whoever will be named."""
LARGE = 2**53 - 1


def check_founding(document: Mapping[str, Any]) -> Founding:
    """The roster of a file, before anything is made: of its shape, and fit for the one entry that it becomes.

    Raises:
        UsageError: naming what is missing, unknown, twice or wrong.
    """
    people = document.get("person")
    if not isinstance(people, list) or not all(isinstance(person, dict) for person in people):
        message = "expected [[person]] tables with id, name and roles, found none"
        raise UsageError(message, where="--people")
    whole = {**document, "person": [{**person, "key": NO_KEY} for person in people]}
    founding = body_of(Founding, whole)
    seen: set[str] = set()
    for person in founding.person:
        # Key files are named after people, and not every disk tells upper case from lower case.
        if person.id.casefold() in seen:
            message = f"expected each person once, found the id {person.id!r} twice"
            raise UsageError(message, where="--people")
        seen.add(person.id.casefold())
        for role in person.roles:
            if role not in ROLES:
                message = f"expected a role ({', '.join(ROLES)}), found {role!r} for {person.id}"
                raise UsageError(message, where="--people")
    entry_bytes(_fact("people.founded", founding.model_dump(mode="json"), NOBODY), index=LARGE, appended_at=2**63)
    return founding


def ask_passphrases(founding: Founding, ask: Callable[[str], bytes | None]) -> dict[str, bytes | None]:
    """The passphrase of each person's key; none where the roster leaves keys unprotected.

    Raises:
        UsageError: if one is missing.
    """
    if founding.unprotected_keys:
        return dict.fromkeys((person.id for person in founding.person), None)
    secrets = {person.id: ask(person.id) for person in founding.person}
    for person, secret in secrets.items():
        if not secret:
            message = f"expected a passphrase for the key of {person}, found none"
            raise UsageError(message, where="--passphrase-file")
    return secrets


def found_people(context: Context, founding: Founding, secrets: Mapping[str, bytes | None], on: date) -> None:
    """Make a key per person, protected by their passphrase in `secrets`, and record the roster."""
    people = tuple(
        person.model_copy(update={"key": make_key(key_path(context.workspace, person.id), secrets[person.id])})
        for person in founding.person
    )
    body = founding.model_copy(update={"person": people})
    actor = context.actor
    command = Command(
        verb="found", id=STREAM_ID, body=body, by=actor.name, role=FOUNDER_ROLE, on=on, roster=Roster(), around={}
    )
    (event,) = PEOPLE.verbs["found"].decide(None, command)
    fact = _fact(event.type, event.payload, Actor(actor.name, FOUNDER_ROLE, actor.session, on.isoformat()))

    def project(connection: Any, indexes: list[int]) -> None:  # noqa: ANN401  # either database's connection
        happened = Happened(event, fact.actor, fact.role, on, indexes[0], context.clock())
        project_object(connection, PEOPLE, step(PEOPLE, None, happened))

    context.records.append([fact], project)


def _fact(kind: str, payload: Mapping[str, object], actor: Actor) -> Fact:
    return Fact(
        stream=PEOPLE.stream(STREAM_ID),
        type=kind,
        payload=payload,
        business_on=actor.business_on,
        actor=actor.name,
        role=actor.role,
        session=actor.session,
    )
