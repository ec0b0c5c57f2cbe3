"""Rules judge sets of rows: in whatever order the facts of a case come, its findings are the same, to the last bit."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cases.test_rules import CASES, facts, limits
from routeproof.rules.facts import MEMBERS
from routeproof.rules.judge import judge
from routeproof.rules.registry import BY_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.rules.facts import Facts

SEEDS = (1, 2, 3)


def shuffled(known: Facts, seed: int) -> Facts:
    """The same facts with the rows of every frame in another order."""
    frames = {name: frame for name in MEMBERS if isinstance(frame := getattr(known, name), pl.DataFrame)}
    return replace(known, **{name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in frames.items()})


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_rows_in_any_order(path: Path) -> None:
    """Of the rules that the case is about."""
    case = tomllib.loads(path.read_text("utf-8"))
    day = case.get("day", date(2026, 11, 23))
    known, policy = facts(case, day), limits(case, day)
    rules = [BY_NAME[name] for name in case if name in BY_NAME]
    found = judge(rules, known, policy).findings
    for seed in SEEDS:
        again = judge(rules, shuffled(known, seed), policy).findings
        assert again.equals(found), (seed, again, found)
