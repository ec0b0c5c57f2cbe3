"""Thresholds of the rules in force: shipped values, approved changes, and what heightened monitoring tightens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from routeproof.app.firm.policy import overrides_on
from routeproof.app.policy_in_force import policy_in_force
from routeproof.ledger.canonical import canonical_bytes
from routeproof.policy.monitoring import Limits, Scoped
from routeproof.rules.registry import BY_NAME
from routeproof.stores.shipped_policy import monitoring_subjects, shipped_monitoring_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.stores.records import Records


@dataclass(frozen=True, slots=True)
class RulePolicy:
    """Limits of all rules on a day.

    Attributes:
        limits: by rule.
        id: of everything that the limits follow from.
    """

    limits: Mapping[str, Limits]
    id: str


def rule_policy(records: Records, day: date) -> RulePolicy:
    """Policy of the rules in force on a day."""
    known = policy_in_force(records)
    tightened = overrides_on(records, day)
    limits = {
        name: item.tightened(_scopes(name, item, tightened))
        for name, item in known.whole.monitoring.limits_on(day).items()
    }
    approved = [
        [item.id, item.key, item.value, item.effective_from.isoformat()]
        for item in (known.firm.approved() if known.firm else ())
        if item.key.split(".")[0] in monitoring_subjects()
    ]
    said = [approved, [[item["remediation"], item["provider"], item["key"], item["value"]] for item in tightened]]
    if not any(said):
        return RulePolicy(limits, shipped_monitoring_id())
    digest = hashlib.sha256(canonical_bytes([shipped_monitoring_id(), said])).hexdigest()
    return RulePolicy(limits, f"rules-{digest[:12]}")


def _scopes(rule: str, limits: Limits, tightened: Sequence[Mapping[str, Any]]) -> list[Scoped]:
    """What remediations say of one rule: keys `RULE.THRESHOLD`, also written `rules.RULE.THRESHOLD`."""
    found = []
    for item in tightened:
        name, _, key = str(item["key"]).removeprefix("rules.").partition(".")
        if name == rule and key in limits.thresholds and "provider" in BY_NAME[rule].scope:
            found.append(Scoped({"provider": item["provider"]}, {key: item["value"]}))
    return found
