"""What every Rule 606 report rests on: manifest, policy in force, venue names, members that act as agents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof import __version__
from routeproof.app.objects.governed import objects_of
from routeproof.app.policy_in_force import policy_in_force
from routeproof.governance.provider.noun import PROVIDER
from routeproof.ledger.canonical import canonical_bytes
from routeproof.reports.rule606.venue_names import VenueNames
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.policy.disclosure606 import Rule606, Said

MEMBER = "member_agent"
PUBLISHED = "report_606"
NAMELESS = "(firm not named)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis606:
    """Values that do not depend on the orders.

    Attributes:
        manifest: id of the data.
        rule: policy of Rule 606.
        policy: id of the policy that figures are measured by.
        names: of venues.
        agents: providers that are members acting as agent, with their names.
        bd: the broker or dealer, as the file names it.
        publish_days: after the quarter's end, until the public report is published.
    """

    manifest: str
    rule: Rule606
    policy: str
    names: VenueNames
    agents: Mapping[str, str]
    bd: str
    publish_days: int

    def recorded(self, said: tuple[Said, ...]) -> dict[str, str]:
        """For the ledger: which data, which policy, which definitions, which program."""
        definitions = canonical_bytes([[item.name, item.text, item.citation, item.grade] for item in said])
        return {
            "manifest": self.manifest,
            "policy": self.policy,
            "definitions": hashlib.sha256(definitions).hexdigest(),
            "version": __version__,
        }


def basis_606(context: Context, bd: str, on: date) -> Basis606:
    """Gather it for a report whose period ends on a day.

    Raises:
        UsageError: if the lake is empty.
    """
    held = context.lake.manifest()
    if not held.partitions:
        message = "expected orders, routes and executions, found an empty workspace: ingest them first"
        raise UsageError(message, where=str(context.workspace.root))
    policy = policy_in_force(context.records)
    agents = {item.id: item.name for item in objects_of(context.records, PROVIDER) if item.role == MEMBER and item.name}
    return Basis606(
        manifest=held.id,
        rule=policy.whole.rule606,
        policy=policy.id,
        names=VenueNames(_names(context, held.id, on), frozenset(agents.values())),
        agents=agents,
        publish_days=policy.whole.obligations[PUBLISHED].on_or_first(on).value.days,
        bd=bd or context.workspace.firm_id or NAMELESS,
    )


def _names(context: Context, manifest: str, on: date) -> dict[str, str]:
    """Name of each venue as of a day, else its first one."""
    rows = context.lake.read("venues", manifest=manifest).sort("valid_from")
    found: dict[str, str] = {}
    for mic, valid_from, name in rows.select("mic", "valid_from", "name").iter_rows():
        if name and (mic not in found or valid_from <= on):
            found[mic] = name
    return found
