"""Who may do what: the matrix is policy data, and what it does not allow is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.governance.decider import RefusalError, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from routeproof.governance.roster import Roster


def permitted_role(roster: Roster, person: str, action: str, matrix: Mapping[str, Sequence[str]], now: int) -> str:
    """The role by which the person may do `noun.verb` at instant `now` of the true clock.

    Raises:
        RefusalError: `unknown_person` if the roster has nobody of that id, `not_permitted` if no role of theirs does.
    """
    if person not in roster.people:
        known = ", ".join(sorted(roster.people)) or "nobody: make the workspace with `init --people FILE`"
        refuse("unknown_person", f"expected a person of the roster ({known}), found {person!r}", where="--as")
    roles = roster.people[person].roles(now)
    allowed = matrix.get(action, ())
    for role in allowed:
        if role in roles:
            return role
    held = ", ".join(roles) or "none"
    waiting = [grant.role for grant in roster.people[person].grants if not grant.counts(now) and not grant.revoked]
    later = f"; {', '.join(waiting)} counts only after its cooling-off" if waiting else ""
    needed = " or ".join(allowed) or "nobody: the matrix does not name it"
    message = f"{action} is for {needed}; {person} has {held}{later}"
    msg = "not_permitted"
    raise RefusalError(msg, message, where=person)
