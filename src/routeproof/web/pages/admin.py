"""People: roles and who approved them, accounts, sessions, tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from routeproof.app.access.accounts import accounts_listed, disable_account
from routeproof.app.access.sessions import end_sessions, sessions_listed
from routeproof.app.access.tokens import revoke_token, tokens_listed
from routeproof.app.firm.people import people_listed, people_shown
from routeproof.web.looks import steps_for
from routeproof.web.routing import Routes
from routeproof.web.visit import Gone

if TYPE_CHECKING:
    from routeproof.web.visit import Visit

routes = Routes()


@routes.page("/admin", needs="view.people", template="admin.html")
def admin(visit: Visit) -> dict[str, Any]:
    """Everybody, what they may, and how they come in."""
    context = visit.context
    shown = people_shown(context)
    return {
        "people": people_listed(context)["items"],
        "waiting": [grant for grant in shown["proposed"] if not grant["approved_by"]],
        "accounts": accounts_listed(context),
        "sessions": sessions_listed(context),
        "tokens": tokens_listed(context),
        "history_of": shown["history"],
        "steps": steps_for(visit, "people", "roster", "revoke"),
    }


@routes.action("/admin/sessions/end", needs="people.revoke")
def end(visit: Visit) -> Gone:
    """End every session of a person, at once."""
    person = visit.form.get("person", "")
    return Gone("/admin", f"Ended {end_sessions(visit.context, person)} sessions of {person}.")


@routes.action("/admin/accounts/disable", needs="people.revoke")
def disable(visit: Visit) -> Gone:
    """Let nobody in with an account any more."""
    person = visit.form.get("person", "")
    disable_account(visit.context, person, visit.person)
    return Gone("/admin", f"{person} cannot log in any more.")


@routes.action("/admin/tokens/revoke", needs="people.revoke")
def revoke(visit: Visit) -> Gone:
    """End a token, at once."""
    known = revoke_token(visit.context, visit.form.get("token", ""))
    return Gone("/admin", "Revoked." if known else "There was no such token.")


@routes.api("GET", "/people", needs="view.people")
def people_call(visit: Visit) -> dict[str, Any]:
    """Everybody, with the roles that count."""
    return people_listed(visit.context)
