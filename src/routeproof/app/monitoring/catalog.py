"""The rules as people and programs read them: what each is, and its thresholds in force."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from routeproof.app.context import open_context
from routeproof.app.monitoring.policy import RulePolicy, rule_policy
from routeproof.app.policy_in_force import policy_of
from routeproof.app.workspace import SETTINGS
from routeproof.rules.registry import ALL, BY_NAME
from routeproof.stores.shipped_policy import shipped_monitoring_id
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path


def rules_shown(root: Path, on: date | None = None) -> list[dict[str, Any]]:
    """One row per rule: its code, name and severity, its thresholds, what it rests on, where it is written.

    `metrics` are those of the catalog by which its figures are made, null where each finding names its own. Thresholds
    are those in force on the day, today if there is none; shipped ones where `root` is no workspace.
    """
    policy = _policy(root, on)
    return [
        {
            "code": rule.code,
            "name": rule.name,
            "title": rule.title,
            "severity": policy.limits[rule.name].severity,
            "enabled": policy.limits[rule.name].enabled,
            "kind": rule.kind,
            "scope": list(rule.scope),
            "needs": list(rule.needs),
            "thresholds": dict(policy.limits[rule.name].thresholds),
            "units": dict(rule.units),
            "scoped": [{**item.where, **item.values} for item in policy.limits[rule.name].scoped],
            "metrics": None if rule.metrics is None else list(rule.metrics),
            "source": rule.source,
            "docs": rule.docs,
            "policy_version": policy.id,
        }
        for rule in ALL
    ]


def known_rule(name: str) -> None:
    """Nothing for a rule of the catalog.

    Raises:
        UsageError: any other name: an empty list would look like calm.
    """
    if name not in BY_NAME:
        message = f"expected a rule that `routeproof rules` lists, found {name!r}"
        raise UsageError(message, where="--rule")


def _policy(root: Path, on: date | None) -> RulePolicy:
    if (root / SETTINGS).is_file():
        with open_context(root) as context:
            return rule_policy(context.records, on or context.business_day)
    day = on or dt.date.max
    return RulePolicy(policy_of([]).whole.monitoring.limits_on(day), shipped_monitoring_id())
