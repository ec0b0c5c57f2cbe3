"""Whether the person who acts may: by the matrix in force, as the record has it now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.app.objects.fold import roster_of
from routeproof.app.objects.refusals import record_refusal
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.decider import RefusalError, refuse
from routeproof.governance.entitlements import permitted_role
from routeproof.stores.keys import public_text
from routeproof.vocab.times import market_day

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from routeproof.app.acting import Acting
    from routeproof.app.context import Context
    from routeproof.governance.roster import Roster
    from routeproof.policy.governance import Matrix
    from routeproof.stores.records import Records


def entitled_role(records: Records, now: int, person: str, action: str) -> str:
    """The role by which a person may do `noun.verb` at instant `now` of the true clock.

    Raises:
        RefusalError: `unknown_person` or `not_permitted`.
    """
    return permitted_role(roster_of(records), person, action, matrix_at(records, now), now)


def matrix_at(records: Records, now: int) -> Matrix:
    """Roles by `noun.verb`, as in force at instant `now` of the true clock."""
    return policy_in_force(records).whole.governance.entitlements.on_or_first(market_day(now)).value


def require_own_key(roster: Roster, person: str, key: Ed25519PrivateKey) -> None:
    """Refuse a key that is not the person's in the roster: it may have been replaced since it was opened."""
    if public_text(key.public_key()) != roster.people[person].key:
        refuse("not_permitted", f"the key of {person} is not the one in the roster: it was replaced", where=person)


def require_entitled(context: Context, acting: Acting, action: str) -> str:
    """The same for the person of a context; a refusal is recorded."""
    try:
        return entitled_role(context.records, context.clock(), acting.person, action)
    except RefusalError as refusal:
        noun, _, verb = action.partition(".")
        record_refusal(context.records, context.actor, acting.person, noun, verb, refusal)
        raise


def role_for(context: Context, action: str) -> str:
    """The role in which the context may do this; the program's own in a workspace without a roster.

    Raises:
        RefusalError: `unknown_person` if nobody is named, or `not_permitted`; it is recorded.
    """
    if context.acting is not None:
        return require_entitled(context, context.acting, action)
    if not roster_of(context.records).people:
        return context.actor.role
    noun, _, verb = action.partition(".")
    message = f"{noun} {verb} is recorded under a name: give --as PERSON (or ROUTEPROOF_AS)"
    refusal = RefusalError("unknown_person", message)
    record_refusal(context.records, context.actor, "", noun, verb, refusal)
    raise refusal
