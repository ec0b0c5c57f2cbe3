"""Material aspects of the relation with each venue: a person's words, or a draft from the conflicts register."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from routeproof.app.objects.governed import objects_of
from routeproof.app.objects.kept import readable
from routeproof.governance.conflict import CONFLICT
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.governance.conflict import Conflict

DRAFT = "DRAFT, to be edited by a person: "
NOTHING = "the conflicts register names no arrangement with this venue."


def read_aspects(text: str, where: str) -> dict[str, str]:
    """Texts by venue from TOML: `XNAS = "…"`.

    Raises:
        UsageError: if it is no TOML, or has something else than texts.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = f'expected TOML with a text for each venue, such as XNAS = "…", found: {error}'
        raise UsageError(message, where=where) from error
    strange = sorted(name for name, value in found.items() if not isinstance(value, str) or not value.strip())
    if strange:
        message = f"expected a text for each venue, found something else for {', '.join(strange)}"
        raise UsageError(message, where=where)
    return {name: str(value) for name, value in found.items()}


def material_aspects(
    context: Context,
    venues: Iterable[str],
    given: Mapping[str, str],
    period: tuple[date, date],
    agents: Mapping[str, str],
) -> tuple[dict[str, str], int]:
    """Text of each venue, and how many of them are drafts.

    Args:
        context: the workspace; its register of conflicts.
        venues: that the report shows.
        given: texts of a person, by venue.
        period: first and last day; a conflict that stands on one of them counts.
        agents: providers that are shown as venues, with their names.
    """
    register = objects_of(context.records, CONFLICT)
    standing = [readable(item, context.evidence) for item in register if _in(item, period)]
    providers = {name: provider for provider, name in agents.items()}
    found: dict[str, str] = {}
    drafts = 0
    for venue in sorted(set(venues)):
        if venue in given:
            found[venue] = given[venue]
            continue
        drafts += 1
        told = [_told(item) for item in standing if _concerns(item, venue, providers.get(venue))]
        found[venue] = DRAFT + ("; ".join(told) + "." if told else NOTHING)
    return found, drafts


def _in(conflict: Conflict, period: tuple[date, date]) -> bool:
    first, last = period
    return conflict.since_on <= last and (conflict.until_on is None or conflict.until_on >= first)


def _concerns(conflict: Conflict, venue: str, provider: str | None) -> bool:
    """A person's own interest is no aspect of the firm's relation with a venue."""
    if conflict.person is not None:
        return False
    if venue in (conflict.venue, conflict.payer, conflict.receiver):
        return True
    return provider is not None and conflict.provider == provider and conflict.venue is None


def _told(conflict: Conflict) -> str:
    parts = [f"{conflict.kind.replace('_', ' ')}: {conflict.description.rstrip('. ')}"]
    if conflict.payer and conflict.receiver:
        parts.append(f"{conflict.payer} to {conflict.receiver}")
    if conflict.amount_usd is not None and conflict.per is not None:
        parts.append(f"{conflict.amount_usd} USD per {conflict.per.replace('_', ' ')}")
    if conflict.share_percent is not None:
        parts.append(f"{conflict.share_percent} % owned")
    until = f" to {conflict.until_on}" if conflict.until_on else ""
    return f"{', '.join(parts)} (from {conflict.since_on}{until}, register {conflict.id})"
