"""Incidents and the fallback plan of a provider: what broke, when it was seen, what was done, and why it broke."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.governance.decider import Command, Event, existing, in_state, refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import AwareDatetime

    from routeproof.governance.provider.bodies import FallbackBody, IncidentBody
    from routeproof.governance.provider.state import Incident, Provider


def decide_incident(state: Provider | None, command: Command) -> Sequence[Event]:
    """Record an incident, or what was not known of it yet; what an ended one says is not changed any more."""
    provider = existing(state, command)
    body: IncidentBody = command.body
    known = next((item for item in provider.incidents if item.incident == body.incident), None)
    if known is None and body.started_at is None:
        refuse("incomplete", f"expected started_at of a new incident {body.incident}, found none", where="started_at")
    if known is not None and known.ended_at is not None:
        _only_adds(known, body)
    _in_order(known, body)
    return [Event("provider.incident_recorded", body.model_dump(mode="json"))]


def _only_adds(known: Incident, body: IncidentBody) -> None:
    """Of an ended incident, only what stood empty may be filled."""
    given = body.model_dump(exclude={"incident"}, exclude_defaults=True)
    changed = [name for name in given if getattr(known, name) not in (None, ())]
    if changed:
        refuse(
            "wrong_state",
            f"incident {body.incident} has ended; expected only what it does not say yet, found {', '.join(changed)}",
            where=changed[0],
        )


def _in_order(known: Incident | None, body: IncidentBody) -> None:
    last: AwareDatetime | None = None
    for name in ("started_at", "detected_at", "ended_at"):
        at = getattr(body, name) or (getattr(known, name) if known else None)
        if at is not None and last is not None and at < last:
            refuse("incomplete", f"expected started, detected and ended in this order, found {name} {at}", where=name)
        last = at or last


def decide_fallback(state: Provider | None, command: Command) -> Sequence[Event]:
    """Record the plan for when the router does not work; people who may use it are of the roster."""
    provider = existing(state, command)
    in_state(provider, command, "onboarding", "approved")
    body: FallbackBody = command.body
    if unknown := [person for person in body.may_use if person not in command.roster.people]:
        refuse("unknown_person", f"expected people of the roster, found {', '.join(unknown)}", where="may_use")
    return [Event("provider.fallback_planned", body.model_dump(mode="json"))]
