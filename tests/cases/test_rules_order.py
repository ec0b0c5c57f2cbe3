"""Findings depend on the set of facts, not on the order in which their rows stand."""

from __future__ import annotations

import tomllib
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cases.test_rules import CASES, facts, limits
from routeproof.rules.judge import judge
from routeproof.rules.registry import BY_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.rules.facts import Facts


def shuffled(known: Facts, seed: int) -> Facts:
    """The same facts, every frame in another order of rows."""
    frames = {item.name: getattr(known, item.name) for item in fields(known)}
    mixed = {
        name: frame.sample(fraction=1.0, shuffle=True, seed=seed)
        for name, frame in frames.items()
        if isinstance(frame, pl.DataFrame)
    }
    return replace(known, **mixed)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_order_of_rows_changes_nothing(path: Path) -> None:
    """Each case file, its facts shuffled: the same findings, to the last word."""
    case = tomllib.loads(path.read_text("utf-8"))
    day = case.get("day", date(2026, 11, 23))
    rules = [BY_NAME[name] for name in case if name in BY_NAME]
    known, policy = facts(case, day), limits(case, day)
    expected = judge(rules, known, policy).findings
    for seed in (1, 2):
        found = judge(rules, shuffled(known, seed), policy).findings
        assert found.equals(expected, null_equal=True), path.stem
