"""Two packs side by side: what differs, what flipped, and what moved it."""

from __future__ import annotations

from typing import Any

import pytest

from routeproof.governance.review.changed_figures import Builds, Figure, changes, figures_of


def _never(_name: str, _old: Figure, _new: Figure) -> bool:
    return False


def _builds(
    old: Figure | None, between: Figure | None, new: Figure | None, *, policy: bool = False, name: str = "f"
) -> Builds:
    def one(figure: Figure | None) -> dict[str, Figure]:
        return {} if figure is None else {name: figure}

    return Builds(old=one(old), between=one(between), new=one(new), is_policy=policy)


def _f(value: float | str | None, version: str = "1", verdict: str = "", rows: int | None = None) -> Figure:
    return Figure(value=value, metric="m", metric_version=version, verdict=verdict, rows=rows)


@pytest.mark.parametrize(
    ("builds", "causes"),
    [
        (_builds(_f(1.0), _f(1.0), _f(2.0)), ["data"]),
        (_builds(_f(1.0), _f(2.0, "2"), _f(2.0, "2")), ["metric"]),
        (_builds(_f(1.0), _f(2.0), _f(2.0), policy=True), ["policy"]),
        (_builds(_f(1.0), _f(2.0, "2"), _f(2.0, "2"), policy=True), ["metric"]),
        (_builds(_f(1.0), _f(2.0, "2"), _f(3.0, "2")), ["data", "metric"]),
        (_builds(_f(1.0, verdict="worse"), _f(1.0), _f(1.0), policy=True), ["policy"]),
        (_builds(_f(1.0), _f(1.0), None), ["data"]),
        (_builds(None, None, _f(1.0)), ["data"]),
        (_builds(_f(1.0), _f(2.0), _f(1.5), policy=True), ["data", "policy"]),
    ],
)
def test_the_cause_is_what_moved_it(builds: Builds, causes: list[str]) -> None:
    """The cause is what moved it: the data, a metric of another version, or the policy; both where both did."""
    (change,) = changes(builds, _never)
    assert (change["causes"], change["cause"]) == (causes, causes[0])


def test_equal_figures_are_not_listed() -> None:
    """Equal figures are not listed, even where the metric has another version."""
    assert changes(_builds(_f(1.0), _f(1.0, "2"), _f(1.0, "2")), _never) == []


def test_a_change_that_returns_to_the_old_value_is_none() -> None:
    """What data moved and policy moved back prints as it did: it is not listed."""
    assert changes(_builds(_f(1.0), _f(2.0), _f(1.0), policy=True), _never) == []


@pytest.mark.parametrize(
    ("old", "new", "flipped"),
    [
        ("worse", "cannot_tell", True),
        ("better", "worse", True),
        ("worse", "worse", False),
        ("", "worse", True),
        ("", "not_tested", False),
    ],
)
def test_a_verdict_that_became_another_flipped(old: str, new: str, *, flipped: bool) -> None:
    """A verdict that became another flipped, and is material whatever the figure did."""
    (change,) = changes(_builds(_f(1.0, verdict=old), None, _f(2.0, verdict=new)), _never)
    assert (change["flipped"], change["material"]) == (flipped, flipped)


def test_an_outcome_of_the_framework_that_became_another_flipped() -> None:
    """An outcome of the framework that became another flipped."""
    builds = _builds(_f("passed"), _f("passed"), _f("failed"), name="framework/Speed/outcome")
    (change,) = changes(builds, _never)
    assert (change["old"], change["new"], change["flipped"]) == ("passed", "failed", True)


def test_rows_are_those_behind_the_figure_now_and_before() -> None:
    """Rows are those behind the figure now, and before; of a figure that is gone, those of before."""
    (change,) = changes(_builds(_f(1.0, rows=3), None, _f(2.0, rows=4)), _never)
    assert (change["rows"], change["rows_before"]) == (4, 3)
    (gone,) = changes(_builds(_f(1.0, rows=3), None, None), _never)
    assert (gone["rows"], gone["new"]) == (3, None)


def test_every_number_of_a_pack_has_a_name() -> None:
    """Scorecards, securities and tables are read; words are not, but for the framework's outcomes."""
    cell = {"value": 0.1, "n": 7, "rows": "symbol = A", "metric": "m", "metric_version": "1", "verdict": "worse"}
    row: dict[str, Any] = {
        "id": "fill_time",
        "cells": {"market": cell, "benchmark": {"value": None}},
        "beside": [{"label": "median", "market": {"value": 3}, "limit": {"value": 4}, "benchmark": {"value": 5}}],
    }

    def table(name: str, column: str, value: object) -> dict[str, Any]:
        rows = [{"id": "r", "cells": [{"value": "r"}, {"value": value}]}]
        return {"type": "Table", "id": name, "columns": [{"id": "first"}, {"id": column}], "rows": rows}

    blocks = [
        table("venues", "share", 0.5),
        table("framework", "outcome", "failed"),
        table("scorecard-all", "market", 1.0),
        table("notes", "text", "words"),
        table("flags", "is", True),
        {"type": "Figure", "data": table("chart", "y", 2)},
        {"type": "Paragraph", "text": "x"},
    ]
    found = figures_of(
        {
            "scorecard": {"rows": [row]},
            "securities": [{"security": "A", "rows": [row]}],
            "sections": [{"blocks": blocks}],
        }
    )
    one = "scorecard/fill_time/market"
    assert found[one] == Figure(value=0.1, rows=7, find="symbol = A", metric="m", metric_version="1", verdict="worse")
    assert found["scorecard/A/fill_time/limit/median"].value == 4
    tables = {name: figure.value for name, figure in found.items() if not name.startswith("scorecard/")}
    assert tables == {"venues/r/share": 0.5, "framework/r/outcome": "failed", "chart/r/y": 2}
