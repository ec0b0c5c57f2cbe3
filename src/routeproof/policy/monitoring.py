"""Thresholds of the monitoring rules by date, with other values for a scope such as one provider or venue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from routeproof.policy.book import timeline
from routeproof.policy.thresholds import DriftStandards
from routeproof.vocab.errors import UsageError
from routeproof.vocab.times import NS_PER_MS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from routeproof.policy.dated import Timeline

Value = float | int | bool | str | list[Any]
SEVERITIES = ("critical", "high", "medium", "low")
SCOPES = ("provider", "venue", "symbol", "order_type", "hop")
"""Columns by which a threshold may differ."""
_OWN = ("enabled", "severity", "scoped")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What policy says of one rule on one day.

    Attributes:
        enabled: whether it is judged at all.
        severity: critical, high, medium or low.
        thresholds: values by key.
        scoped: other values where all named columns are equal; a later one wins.
    """

    enabled: bool
    severity: str
    thresholds: Mapping[str, Value]
    scoped: tuple[Scoped, ...] = ()

    def value(self, key: str) -> Any:  # noqa: ANN401  # a number, text or list, as its rule knows
        """The value that counts where no scope says otherwise."""
        return self.thresholds[key]

    def within(self, **where: str) -> Limits:
        """The limits of one scope, as general values."""
        known = dict(self.thresholds)
        for item in self.scoped:
            if all(where.get(name) == str(at) for name, at in item.where.items()):
                known |= item.values
        return replace(self, thresholds=known, scoped=())


@dataclass(frozen=True, slots=True)
class Scoped:
    """Other values of some thresholds within a scope."""

    where: Mapping[str, str]
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonitoringPolicy:
    """Rules by name, how long they wait, and how drift is watched.

    Attributes:
        rules: limits of each rule.
        waits: how long findings stay provisional, by cause.
        drift: how daily streams are held against their baselines.
    """

    rules: Mapping[str, Timeline[Limits]]
    waits: Timeline[Waits]
    drift: Timeline[DriftStandards]

    def limits_on(self, day: date) -> dict[str, Limits]:
        """Limits of all rules in force on a day; the first ones of a rule that began later."""
        return {name: line.on_or_first(day).value for name, line in self.rules.items()}

    def undeclared_clock_ns(self, day: date) -> int:
        """How far off a provider's clock may be where nobody declared its uncertainty."""
        return round(float(self.limits_on(day)["clock_skew"].value("undeclared_ms")) * NS_PER_MS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """How long what is judged may still change.

    Attributes:
        lateness_ms: event time that a message may come late before the window it belongs to is judged.
        quote_ms: how long an execution waits for a quote that is not there yet.
    """

    lateness_ms: int = 5_000
    quote_ms: int = 60_000


def monitoring_policy(subjects: Mapping[str, Any]) -> MonitoringPolicy:
    """Build the policy from the parsed subjects `rules`, `monitoring_waits` and `drift`.

    Raises:
        UsageError: as `policy.book.timeline`; an unknown severity or scope; values of drift that mean nothing.
    """
    rules = {name: timeline(f"rule {name}", _whole(rows), _limits) for name, rows in subjects["rules"].items()}
    waits = timeline("monitoring_waits", subjects["monitoring_waits"], lambda value: Waits(**value))
    drift = timeline("drift", subjects["drift"], lambda value: DriftStandards(**value))
    return MonitoringPolicy(rules=rules, waits=waits, drift=drift)


def _whole(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a rule, shipped ones first; what was decided before a threshold came to be takes its first value."""
    return [{**row, "value": {**rows[0]["value"], **row["value"]}} for row in rows]


def _limits(value: Mapping[str, Any]) -> Limits:
    if value["severity"] not in SEVERITIES:
        message = f"expected a severity among {', '.join(SEVERITIES)}, found {value['severity']!r}"
        raise UsageError(message)
    own = {key: item for key, item in value.items() if key not in _OWN}
    scoped = tuple(_scoped(item, own) for item in value.get("scoped", ()))
    return Limits(enabled=value["enabled"], severity=value["severity"], thresholds=own, scoped=scoped)


def _scoped(item: Mapping[str, Any], own: Mapping[str, Any]) -> Scoped:
    where = {key: str(at) for key, at in item.items() if key in SCOPES}
    values = {key: at for key, at in item.items() if key not in SCOPES}
    if not where or not values or values.keys() - own.keys():
        message = f"expected a scope ({', '.join(SCOPES)}) with values of {', '.join(own)}, found {dict(item)}"
        raise UsageError(message, where="scoped")
    return Scoped(where, values)
