"""Whether the person who acts may: by the matrix in force, as the record has it now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from routeproof.app.objects.fold import roster_of
from routeproof.app.objects.refusals import record_refusal
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.decider import RefusalError
from routeproof.governance.entitlements import permitted_role
from routeproof.vocab.times import NS_PER_S

if TYPE_CHECKING:
    from routeproof.app.acting import Acting
    from routeproof.app.context import Context
    from routeproof.stores.records import Records


def entitled_role(records: Records, now: int, person: str, action: str) -> str:
    """The role by which a person may do `noun.verb` at instant `now` of the true clock.

    Raises:
        RefusalError: `unknown_person` or `not_permitted`.
    """
    today = datetime.fromtimestamp(now // NS_PER_S, tz=UTC).date()
    matrix = policy_in_force(records).whole.governance.entitlements.on_or_first(today).value
    return permitted_role(roster_of(records), person, action, matrix, now)


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
