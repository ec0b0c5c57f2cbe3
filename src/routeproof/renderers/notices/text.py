"""A document of notices as a subject and plain text; made of its fields alone, so it says no more than they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ONE = 1


def notices_subject(document: Mapping[str, Any]) -> str:
    """One line of ASCII: what kind of message, how many, and of what most."""
    if document["kind"] == "test":
        return f"routeproof: test of channel {document['channel']}"
    first = document["groups"][0]
    of = f"{first['rule'].replace('_', ' ')} ({first['severity']})"
    provider = f", provider {first['provider']}" if first["provider"] else ""
    if document["count"] == ONE:
        return f"routeproof: {of}{provider}"
    more = " and others" if len(document["groups"]) > ONE else ""
    return f"routeproof: {document['count']} notices, {of}{provider}{more}"


def notices_text(document: Mapping[str, Any]) -> str:
    """Lines for people: a digest begins with its counts; ids to look up stand under each sentence."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    if document["kind"] == "test":
        yield f"This is a test of the channel {document['channel']}. Nothing was found."
    if document["count"] > ONE:
        for group in document["groups"]:
            of = ", ".join(part for part in (group["severity"], group["provider"]) if part)
            yield f"{group['count']:>6} {group['rule'].replace('_', ' ')} ({of})"
        yield ""
    for notice in document["notices"]:
        yield notice["sentence"]
        ids = [f"{name} {notice[name]}" for name in ("finding", "case") if name in notice]
        yield f"  {', '.join(ids)}"
    if document["omitted"]:
        yield f"and {document['omitted']} more: routeproof exceptions list"
    yield ""
    yield "Orders and accounts are not sent: look them up by the ids."
    yield f"Message {document['id']}"
