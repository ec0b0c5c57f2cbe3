"""Which logs were delivered, for which provider, and how the maps in force read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.sources.fix.messages import FIX_MESSAGES

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FixSource:
    """What a delivered log said about itself.

    Attributes:
        provider_id: provider named at its ingest; empty = the CompID that orders were sent to.
        sections: `[parties]`, `[link]`, `[clock]` in force for its provider; empty if no log came with a map.
    """

    provider_id: str
    sections: Mapping[str, object]


def fix_sources(outcomes: Mapping[str, Any]) -> dict[str, FixSource]:
    """All logs by source id; the latest map of a provider speaks for all logs of that provider."""
    logs = {key: outcome for key, outcome in outcomes.items() if outcome["table"] == FIX_MESSAGES.name}
    latest = {outcome["provider"]: outcome["sections"] for outcome in logs.values() if outcome["sections"]}
    return {
        key: FixSource(provider_id=outcome["provider"], sections=latest.get(outcome["provider"], {}))
        for key, outcome in logs.items()
    }
