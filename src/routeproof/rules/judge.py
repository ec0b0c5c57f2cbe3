"""All rules over some facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from routeproof.rules.finding import UNDUE, findings_of
from routeproof.rules.hits import HITS, NO_HITS
from routeproof.rules.rule import Judged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from routeproof.policy.monitoring import Limits
    from routeproof.rules.facts import Facts
    from routeproof.rules.rule import Rule

OFF = "switched off by policy"


def judge(rules: Iterable[Rule], facts: Facts, limits: Mapping[str, Limits]) -> Judged:
    """Findings of the rules over the facts, and what could not be judged and why.

    The result is a function of the facts as sets of rows: their order, and how they came together, change nothing.

    Args:
        rules: of the catalog.
        facts: of one day, or of part of its orders with all of their rows.
        limits: of each rule in force on the day.
    """
    fired, unjudged = [], {}
    for rule in rules:
        own = limits[rule.name]
        if not own.enabled:
            continue
        lacking = facts.lacking(rule.needs)
        if lacking:
            unjudged[rule.name] = "; ".join(f"{name}: {facts.absent.get(name, 'not there')}" for name in lacking)
            continue
        hits = rule.judge(facts, own)
        assert hits is NO_HITS or hits.schema == HITS  # noqa: S101  # every rule shapes its hits by `hits`
        if hits.height:
            fired.append((rule, own, hits))
    every = findings_of(facts, fired)
    is_due = every["status"] != UNDUE
    return Judged(every.filter(is_due), unjudged, every.filter(~is_due))
