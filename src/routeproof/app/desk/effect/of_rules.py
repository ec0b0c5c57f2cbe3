"""A trading day judged twice: by the thresholds without a proposal, and with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from routeproof.app.facts.history import look_back
from routeproof.app.monitoring.policy import limits_under
from routeproof.app.monitoring.run_day import gather
from routeproof.rules.judge import judge
from routeproof.rules.registry import ALL

if TYPE_CHECKING:
    from datetime import date

    from routeproof.app.context import Context
    from routeproof.app.desk.effect.sides import Sides

SHOWN = 50
"""Findings that are told one by one; the counts are always whole."""
MEMBERS = ("id", "rule", "severity", "provider", "venue", "symbol", "order_id", "sentence")


def effect_of_rules(context: Context, sides: Sides, day: date) -> dict[str, Any]:
    """What both sides find on a day, before anything is suppressed.

    Returns:
        `kind` is `rules`; `day, manifest`; `rules`: `rule, title, old, new, appear, vanish` of each rule whose
        thresholds differ; `appear`, `vanish`: at most `SHOWN` findings each; `unjudged`: rule to the reason why it
        could not be judged on the day.
    """
    before = limits_under(context.records, sides.before(), day)
    after = limits_under(context.records, sides.after(day), day)
    changed = [rule for rule in ALL if before[rule.name] != after[rule.name]]
    manifest = context.lake.manifest().id
    facts = gather(context, day, manifest, look_back(changed, before, after))
    old, new = judge(changed, facts, before), judge(changed, facts, after)
    appear = new.findings.join(old.findings, on="id", how="anti", maintain_order="left")
    vanish = old.findings.join(new.findings, on="id", how="anti", maintain_order="left")
    frames = {"old": old.findings, "new": new.findings, "appear": appear, "vanish": vanish}
    return {
        "kind": "rules",
        "day": day.isoformat(),
        "manifest": manifest,
        "rules": [
            {
                "rule": rule.name,
                "title": rule.title,
                "off_before": not before[rule.name].enabled,
                "off_after": not after[rule.name].enabled,
                **{name: frame.filter(rule=rule.name).height for name, frame in frames.items()},
            }
            for rule in changed
        ],
        "appear": _told(appear),
        "vanish": _told(vanish),
        "unjudged": {**old.unjudged, **new.unjudged},
    }


def _told(findings: pl.DataFrame) -> list[dict[str, Any]]:
    return findings.select(*MEMBERS, pl.col("at").cast(pl.String)).head(SHOWN).to_dicts()
