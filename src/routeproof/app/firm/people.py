"""People: grants with a key for somebody new, approval with its cooling-off, lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.acting import key_path, next_key_path
from routeproof.app.objects.act import act, shown
from routeproof.app.objects.fold import roster_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.decider import RefusalError, refuse
from routeproof.governance.people import PEOPLE, STREAM_ID
from routeproof.stores.keys import key_id, make_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from routeproof.app.context import Context
    from routeproof.stores.records import Records


def grant_role(
    context: Context, person: str, role: str, name: str | None, passphrase: Callable[[], bytes | None]
) -> dict[str, Any]:
    """Propose a role; somebody new, given by name, gets a key protected as the roster's keys are.

    Returns the grant, by its own id, with the roster around it.

    Raises:
        RefusalError: as the roster's decider.
    """
    body: dict[str, Any] = {"person": person, "role": role}
    roster = roster_of(context.records)
    if person in roster.people or name is None:
        return _proposed(context, act(context, PEOPLE, STREAM_ID, "grant", body), body)
    path = key_path(context.workspace, person)
    made = not path.exists()
    key = make_key(path, None if roster.unprotected_keys else passphrase())
    try:
        state = act(context, PEOPLE, STREAM_ID, "grant", {**body, "name": name, "key": key})
    except BaseException:
        if made:
            path.unlink(missing_ok=True)
        raise
    return _proposed(context, state, body)


def replace_key(context: Context, passphrase: Callable[[], bytes | None]) -> dict[str, Any]:
    """Make the person of the context a new key; the entry that names it is signed by the old one.

    The new key stands beside the old one until the entry is durable, and takes its place then: at no instant is there
    no key that the roster knows. Returns `person, key, key_id, ledger_index`.

    Raises:
        RefusalError: nobody is named, or the old key is not the person's any more.
    """
    acting = context.acting
    if acting is None:
        refuse("unknown_person", "a key is replaced under a name: give --as PERSON (or ROUTEPROOF_AS)")
    path = key_path(context.workspace, acting.person)
    following = next_key_path(path)
    following.unlink(missing_ok=True)  # one that was made and never recorded
    made = make_key(following, None if roster_of(context.records).unprotected_keys else passphrase())
    try:
        state = act(context, PEOPLE, STREAM_ID, "key", {"key": made})
    except RefusalError:
        following.unlink()
        raise
    following.replace(path)
    return {"person": acting.person, "key": made, "key_id": key_id(made), "ledger_index": state["ledger_index"]}


def approve_grant(context: Context, grant: str) -> dict[str, Any]:
    """Approve a proposed grant; it counts after the cooling-off in force, by the true clock. Returns the grant."""

    def around(records: Records) -> Mapping[str, Any]:
        timeline = policy_in_force(records).whole.governance.cooling_off_hours
        days = (context.today, context.business_day)
        return {"cooling_off_hours": max(timeline.on_or_first(day).value for day in days)}

    state = act(context, PEOPLE, STREAM_ID, "approve", {"grant": grant}, around)
    return _of_grant(state, next(item for item in state["proposed"] if item["id"] == grant))


def _proposed(context: Context, state: dict[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """The grant just proposed: somebody else may have proposed another one since."""
    wanted = {**body, "by": context.acting.person if context.acting else ""}
    own = [item for item in state["proposed"] if wanted.items() <= item.items()]
    return _of_grant(state, own[-1])


def _of_grant(state: dict[str, Any], grant: Mapping[str, Any]) -> dict[str, Any]:
    return {**state, **grant, "grant": grant["id"], "state": "approved" if grant["approved_by"] else "proposed"}


def people_shown(context: Context) -> dict[str, Any]:
    """The roster as an object. Raises UsageError in a workspace without people."""
    return shown(context, PEOPLE, STREAM_ID)


def people_listed(context: Context) -> dict[str, Any]:
    """Everybody, with the roles that count now and those that still wait."""
    now = context.clock()
    items = [
        {
            "id": person.id,
            "name": person.name,
            "roles": list(person.roles(now)),
            "waiting": [grant.role for grant in person.grants if not grant.revoked and not grant.counts(now)],
        }
        for person in roster_of(context.records).people.values()
    ]
    return {"items": items, "total": len(items)}
