"""What a rule is: a stable code and name, what it needs, when it fires, by whose paragraph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import polars as pl

    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts

    Judge = Callable[[Facts, Limits], pl.DataFrame]

Kind = Literal["row", "lifecycle", "window"]
Severity = Literal["critical", "high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")
DIMENSIONS = ("provider", "venue", "symbol", "order_type", "hop")
"""What a rule may be scoped by."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the catalog.

    Attributes:
        code: stable, `RP` and three digits.
        name: readable, stable.
        title: what people read in tables.
        kind: `row` judges one record by itself, `lifecycle` an order at its end or when a time has passed,
            `window` what happened within a span of event time.
        scope: dimensions by which policy may set other thresholds.
        needs: members of `Facts` without which it cannot judge; they are named where it could not.
        units: threshold key to unit; the values are dated policy.
        source: paragraph of rule, law or agreement.
        judge: hits among the facts; see `routeproof.rules.hits`.
        docs: what users read, the module's docstring.
        metrics: catalog metrics by whose definition the observed figure, or what it is compared with, is made; empty
            where it rests on none, null where each hit names its own (see `Shape`).
        quoted: what it compares with is looked up in the market: a finding waits until quotes were seen that far.
        family: findings of one family at one time are one incident; empty = grouped by order.
        wide: whether an incident of the family is one over all venues of the provider.
    """

    code: str
    name: str
    title: str
    kind: Kind
    scope: tuple[str, ...]
    needs: tuple[str, ...]
    units: Mapping[str, str]
    source: str
    judge: Judge
    docs: str
    metrics: tuple[str, ...] | None
    family: str = ""
    quoted: bool = False
    wide: bool = False

    def __post_init__(self) -> None:
        unknown = set(self.scope) - set(DIMENSIONS)
        if unknown:
            message = f"{self.name}: expected a scope among {DIMENSIONS}, found {sorted(unknown)}"
            raise ValueError(message)


@dataclass(frozen=True, slots=True)
class Judged:
    """Findings of all rules over some facts.

    Attributes:
        findings: see `routeproof.rules.finding`, in order of time.
        unjudged: rule name to the reason why it could not be judged, for rules that are on.
        undue: timers that have not run out: nothing is wrong yet, and at `settles_at` it is time to look again.
    """

    findings: pl.DataFrame
    unjudged: Mapping[str, str]
    undue: pl.DataFrame
