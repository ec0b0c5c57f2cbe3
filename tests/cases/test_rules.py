"""Each case file under `rules/` is a small day with the findings that a rule must raise, and nothing else.

The file of a rule has its name. Tables are written as in `metrics/`; beside canonical tables any member of `Facts` may
be written out. `[limits.RULE]` replaces thresholds. Below `[[RULE]]` stand all findings of that rule: what is named is
compared, figures to 1e-12, and a finding that is not listed fails the case. `RULE = []` says that nothing fires.
`unjudged = ["RULE"]`: the rule must say that it cannot judge.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from routeproof.app.facts.day_facts import Tellers, day_facts, facts_of
from routeproof.app.facts.law import law_on
from routeproof.app.measuring.frame_source import FrameSource
from routeproof.app.measuring.measure_frames import canonical_flow
from routeproof.app.shipped_rules import shipped_rules
from routeproof.metrics.registry import BY_NAME as METRICS
from routeproof.policy.monitoring import Limits, Scoped
from routeproof.policy.whole import whole_policy
from routeproof.rules.facts import MEMBERS, Facts
from routeproof.rules.judge import judge
from routeproof.rules.registry import BY_NAME
from routeproof.stores.shipped_policy import load_equity_calendar, load_shipped_policy, shipped_subjects
from routeproof.tables.intake.coerce import coerce
from routeproof.tables.registry import TABLES
from written import instant, table, worked

FOLDER = Path(__file__).parent / "rules"
FLOW = ("executions", "orders", "order_versions")
OWN = ("title", "day", "limits", "seen_until", "uncertainty_ns", "unjudged", "source_provider")
PLAIN = {"settings": ("value",)}
"""Columns that are text here, though elsewhere a column of that name is a number."""
CASES = sorted(FOLDER.rglob("*.toml"))


def facts(case: dict[str, Any], day: date) -> Facts:
    """Facts of the case's day: canonical tables measured, other members as they are written."""
    frames = {
        name: table(text, day, PLAIN.get(name, ()))
        for name, text in case.items()
        if isinstance(text, str) and name not in OWN
    }
    tables = canonical_flow(frames.get("executions"), frames.get("orders"), frames.get("order_versions"))
    others = {name for name in frames if name in TABLES and name not in {*FLOW, "quotes"}}
    reference = {name for name in others if TABLES[name].day_of is None}
    tables |= {name: coerce(frames[name], TABLES[name], where=name) for name in others}
    quotes = frames["quotes"] if "quotes" in frames else TABLES["quotes"].empty()
    source = FrameSource(tables, coerce(quotes, TABLES["quotes"], where="quotes"))
    tellers = Tellers({"": case.get("source_provider", "P")}, case.get("uncertainty_ns", {}))
    members = day_facts(source, day, shipped_rules(), tellers)
    members |= {name: tables[name] for name in reference if name in MEMBERS}
    members |= {name: frame for name, frame in frames.items() if name in MEMBERS and name not in {*TABLES, *FLOW}}
    seen = case.get("seen_until")
    law = law_on(load_shipped_policy(), day)
    return facts_of(day, {**members, "law": law}, {}, instant(day, seen) if seen else None)


def limits(case: dict[str, Any], day: date) -> dict[str, Limits]:
    """Shipped limits with those of the case."""
    policy = whole_policy(shipped_subjects(), load_equity_calendar()).monitoring.limits_on(day)
    changed = {}
    for name, values in case.get("limits", {}).items():
        own = {key: value for key, value in values.items() if key not in ("scoped", "enabled", "severity")}
        assert own.keys() <= policy[name].thresholds.keys(), f"{name} has no {own.keys()}"
        scoped = tuple(
            Scoped(
                {key: str(at) for key, at in item.items() if key not in own and key not in policy[name].thresholds},
                {key: at for key, at in item.items() if key in policy[name].thresholds},
            )
            for item in values.get("scoped", [])
        )
        enabled = values.get("enabled", policy[name].enabled)
        thresholds = {**policy[name].thresholds, **own}
        changed[name] = replace(policy[name], thresholds=thresholds, scoped=scoped, enabled=enabled)
    return {**policy, **changed}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_case(path: Path) -> None:
    """The findings of the file are the findings of the program."""
    case = tomllib.loads(path.read_text("utf-8"))
    day = case.get("day", date(2026, 11, 23))
    judged_rules = [name for name in case if name in BY_NAME]
    assert judged_rules or case.get("unjudged"), f"{path.name} names no rule"
    known = [BY_NAME[name] for name in dict.fromkeys([*judged_rules, *case.get("unjudged", [])])]
    found = judge(known, facts(case, day), limits(case, day))
    assert sorted(found.unjudged) == sorted(case.get("unjudged", []))
    for name in judged_rules:
        rows = [row for row in found.findings.iter_rows(named=True) if row["rule"] == name]
        expected = case[name]
        assert len(rows) == len(expected), (name, rows)
        for row, wanted in zip(rows, expected, strict=True):
            check(row, wanted, day)


def check(row: dict[str, Any], wanted: dict[str, Any], day: date) -> None:
    """Every value that is named; findings come by time."""
    assert set(row["metrics"]) <= METRICS.keys(), row
    assert row["sentence"], row
    assert "null" not in row["sentence"], row["sentence"]
    for name, value in wanted.items():
        if name in ("observed", "threshold"):
            assert row[name] == pytest.approx(float(worked(str(value))), rel=1e-12, abs=1e-12), (name, row)
        elif name in ("at", "until_at", "settles_at"):
            assert row[name] == instant(day, value), (name, row)
        else:
            assert row[name] == value, (name, row)
