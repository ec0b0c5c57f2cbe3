"""The founding roster of a workspace: keys are made, one ledger event names everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.acting import key_path
from routeproof.app.objects.act import project_object
from routeproof.app.objects.fold import step
from routeproof.app.objects.kept import body_of
from routeproof.governance.decider import Command, Happened
from routeproof.governance.people import PEOPLE, STREAM_ID, Founding
from routeproof.governance.roster import Roster
from routeproof.ledger.entry import Fact
from routeproof.stores.keys import make_key
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from routeproof.app.context import Context

FOUNDER_ROLE = "founder"


def check_founding(document: Mapping[str, Any]) -> None:
    """Hold a roster file against its shape before anything is made.

    Raises:
        UsageError: naming what is missing, unknown or wrong.
    """
    people = document.get("person")
    if not isinstance(people, list) or not all(isinstance(person, dict) for person in people):
        message = "expected [[person]] tables with id, name and roles, found none"
        raise UsageError(message, where="--people")
    body_of(Founding, {**document, "person": [{**person, "key": ""} for person in people]})


def found_people(
    context: Context, document: Mapping[str, Any], passphrase: Callable[[str], bytes | None], on: date
) -> None:
    """Make a key per person and record the roster; `passphrase` is asked for each id unless keys stay unprotected.

    Raises:
        UsageError: as `check_founding`, or a passphrase is missing.
        RefusalError: if the roster names a role that does not exist, or a person twice.
    """
    check_founding(document)
    unprotected = bool(document.get("unprotected_keys", False))
    people: list[dict[str, Any]] = []
    for person in document["person"]:
        secret = None if unprotected else passphrase(person["id"])
        if not unprotected and not secret:
            message = f"expected a passphrase for the key of {person['id']}, found none"
            raise UsageError(message, where="--passphrase-file")
        people.append({**person, "key": make_key(key_path(context.workspace, person["id"]), secret)})
    body = body_of(Founding, {**document, "person": people})
    actor = context.actor
    command = Command(
        verb="found", id=STREAM_ID, body=body, by=actor.name, role=FOUNDER_ROLE, on=on, roster=Roster(), around={}
    )
    (event,) = PEOPLE.verbs["found"].decide(None, command)
    fact = Fact(
        stream=PEOPLE.stream(STREAM_ID),
        type=event.type,
        payload=event.payload,
        business_on=on.isoformat(),
        actor=actor.name,
        role=FOUNDER_ROLE,
        session=actor.session,
    )

    def project(connection: Any, indexes: list[int]) -> None:  # noqa: ANN401  # either database's connection
        happened = Happened(event, fact.actor, fact.role, on, indexes[0], context.clock())
        project_object(connection, PEOPLE, step(PEOPLE, None, happened))

    context.records.append([fact], project)
