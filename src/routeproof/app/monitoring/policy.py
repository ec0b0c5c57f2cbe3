"""Thresholds of the rules in force: shipped values, approved changes, and what heightened monitoring tightens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from routeproof.app.firm.policy import overrides_on
from routeproof.app.policy_in_force import policy_in_force
from routeproof.ledger.canonical import canonical_bytes
from routeproof.policy.tighter import named
from routeproof.policy.tighter import tightened as tightened_limits
from routeproof.stores.shipped_policy import monitoring_subjects, shipped_monitoring_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from routeproof.policy.monitoring import Limits
    from routeproof.policy.whole import WholePolicy
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
    limits = limits_under(records, known.whole, day)
    approved = [
        [change.id, change.key, change.value, change.effective_from.isoformat()]
        for change in (known.firm.approved() if known.firm else ())
        if change.key.split(".")[0] in monitoring_subjects()
    ]
    said = [approved, [[item["remediation"], item["provider"], item["key"], item["value"]] for item in tightened]]
    if not any(said):
        return RulePolicy(limits, shipped_monitoring_id())
    digest = hashlib.sha256(canonical_bytes([shipped_monitoring_id(), said])).hexdigest()
    return RulePolicy(limits, f"rules-{digest[:12]}")


def limits_under(records: Records, whole: WholePolicy, day: date) -> dict[str, Limits]:
    """Limits of all rules on a day under a policy, with what heightened monitoring tightens."""
    limits = whole.monitoring.limits_on(day)
    for item in overrides_on(records, day):
        name, key = named(str(item["key"]))
        if name in limits:
            limits[name] = tightened_limits(name, limits[name], item["provider"], key, item["value"])
    return limits
