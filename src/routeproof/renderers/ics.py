"""Due dates as a calendar file (RFC 5545): all-day events, the same bytes for the same duties."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar, Event

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def render_ics(duties: Iterable[Mapping[str, object]], on: date, firm: str) -> bytes:
    """A calendar of duties.

    Args:
        duties: each with `id`, `title`, `rule`, `owner`, `state`, `due_on` (ISO 8601).
        on: day that the states are of; it is the stamp of every event.
        firm: name in the events' identifiers.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//routeproof//duties//EN")
    calendar.add("version", "2.0")
    for duty in duties:
        due_on = date.fromisoformat(str(duty["due_on"]))
        event = Event()
        event.add("uid", f"{duty['id']}@{firm or 'routeproof'}")
        event.add("dtstamp", datetime.combine(on, time(), UTC))
        event.add("dtstart", due_on)
        event.add("dtend", due_on + timedelta(days=1))
        subject = f" ({duty['subject']})" if duty.get("subject") else ""
        event.add("summary", f"{duty['title']}{subject}")
        event.add("description", f"{duty['rule']}. Owner: {duty['owner']}. On {on.isoformat()}: {duty['state']}.")
        event.add("transp", "TRANSPARENT")
        event.add("categories", [str(duty["state"])])
        calendar.add_component(event)
    return bytes(calendar.to_ical())
