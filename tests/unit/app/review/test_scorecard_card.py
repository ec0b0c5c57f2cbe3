"""The scorecard that pages show comes from the record, number for number, and nothing is measured for it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from routeproof.app.context import open_context
from routeproof.app.init_workspace import init_workspace
from routeproof.app.review.card.kept import weekly
from routeproof.app.review.card.shown import packs_on_record, rows_of, scorecard_shown
from routeproof.evidence.partials import Partials
from routeproof.ledger.entry import Fact
from routeproof.vocab.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from routeproof.app.context import Context

ROWS = "--where provider=P2 --where quarter=2026Q3 --where halted=no --where order_group=market"


def cell(value: float, verdict: str | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # members of a cell
    """A cell of `pack.json`."""
    return {
        "value": value,
        "unit": "USD per share",
        "n": 1200,
        "population": "market orders",
        "lower": value - 0.001,
        "upper": value + 0.001,
        "verdict": verdict,
        "reason": None,
        "coverage": 0.999,
        "metric": "price_improvement_usd_per_share",
        "metric_version": "1",
        "rows": ROWS,
        **more,
    }


def surface(benchmark: str, value: float, security: str | None = None) -> dict[str, Any]:
    """A scorecard of one row."""
    compared = {"difference": value - 0.003, "lower": None, "upper": None, "margin": 0.0002, "reason": None}
    cells = {
        "market": cell(value, "worse", comparison=compared),
        "limit": cell(0.005),
        "benchmark": cell(0.003, name=benchmark),
        "benchmark_limit": cell(0.006),
    }
    row = {
        "id": "price_improvement",
        "title": "…",
        "cells": cells,
        "beside": [],
        "analysis": "Less.",
        "analysis_status": "draft",
    }
    return {"security": security, "rows": [row]}


def built(context: Context, digest: str, against: str | None, benchmark: str, value: float) -> None:
    """A pack on record."""
    kept = {
        "digest": digest,
        "dated_on": "2026-09-30",
        "meta": {"command": "routeproof review build", "policy": "shipped"},
        "scorecard": surface(benchmark, value),
        "securities": [surface(benchmark, 0.002, "ABC")],
        "others": {"prior": {"name": "own prior quarter", "scorecard": surface("own prior quarter", 0.0011)}},
        "weeks": {
            "price_improvement": {"market": [["2026-07-06", 0.001], ["2026-07-13", 0.003], ["2026-07-20", 0.002]]}
        },
    }
    sha256 = context.evidence.put(json.dumps(kept).encode(), media_type="application/json", name="scorecard.json")
    payload = {"digest": digest, "options": {"against": against}, "scorecard": sha256}
    fact = Fact(
        stream="review/2026Q3/P2", type="pack.built", payload=payload, business_on="2026-10-01", actor="t", role="t",
        session="0" * 16, evidence=(sha256,),
    )  # fmt: skip
    context.records.append([fact])


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Two packs of one review: against another provider, and later against the tape."""
    root = tmp_path / "w"
    init_workspace(root)
    with open_context(root) as context:
        built(context, "a" * 64, "tape", "the tape at execution", 0.0009)
        built(context, "b" * 64, None, "provider P1, same quarter", 0.001)
    return root


def test_the_last_pack_is_shown_with_its_interval_verdict_and_weeks(workspace: Path) -> None:
    """As the pack prints it; the small line goes from the lowest week to the highest."""
    with open_context(workspace) as context:
        assert packs_on_record(context) == [{"quarter": "2026Q3", "provider": "P2"}]
        shown = scorecard_shown(context, "2026Q3", "P2")
    assert shown is not None
    assert (shown["digest"], shown["benchmark"]) == ("b" * 64, "provider P1, same quarter")
    (row,) = shown["rows"]
    market, limit, benchmark = row["figures"]
    assert (market["text"], market["interval"], market["mark"], market["verdict_words"]) == (
        "$0.0010", "[0.0000,\N{NO-BREAK SPACE}0.0020]", "▼", "worse",
    )  # fmt: skip
    assert (market["difference"], row["margin"], row["limit_benchmark"]) == (
        "\N{MINUS SIGN}0.0020",
        "$0.0002",
        "$0.0060",
    )
    assert market["weeks"]["points"] == [(0.0, 0.0), (0.5, 1.0), (1.0, 0.5)]
    assert limit["weeks"] is benchmark["weeks"] is None
    assert [item["name"] for item in shown["definitions"]] == ["price_improvement_usd_per_share"]


def test_benchmarks_on_record_can_be_switched_between(workspace: Path) -> None:
    """The pack's own, the others kept with it, and those of earlier packs; another one is refused by name."""
    with open_context(workspace) as context:
        shown = scorecard_shown(context, "2026Q3", "P2")
        assert shown is not None
        assert [(item["against"], item["name"]) for item in shown["benchmarks"]] == [
            ("", "provider P1, same quarter"), ("prior", "own prior quarter"), ("tape", "the tape at execution"),
        ]  # fmt: skip
        values = {}
        for against in ("", "prior", "tape"):
            one = scorecard_shown(context, "2026Q3", "P2", against)
            assert one is not None
            values[against] = one["rows"][0]["figures"][0]["value"]
        assert values == {"": 0.001, "prior": 0.0011, "tape": 0.0009}
        with pytest.raises(UsageError, match="prior, tape"):
            scorecard_shown(context, "2026Q3", "P2", "P7")
        one = scorecard_shown(context, "2026Q3", "P2", security="ABC")
        assert one is not None
        assert one["rows"][0]["figures"][0]["value"] == 0.002


def test_a_pack_whose_scorecard_was_not_kept_is_not_shown(workspace: Path) -> None:
    """Nothing is measured in its place."""
    with open_context(workspace) as context:
        assert scorecard_shown(context, "2026Q2", "P2") is None


def test_a_figure_leads_to_its_rows() -> None:
    """Options of the command as members of an address, within the quarter's days."""
    assert rows_of(f"--benchmark execution {ROWS}") == {
        "where": ["provider=P2", "halted=no", "order_group=market"],
        "benchmark": "execution",
        "from": "2026-07-01",
        "to": "2026-09-30",
    }
    assert rows_of("") is None


def test_weeks_are_sums_over_sums_from_monday() -> None:
    """Friday 3 July and Monday 6 July 2026 are of two weeks; within a week weights add up."""
    days = [20_637, 20_637, 20_640]  # days since 1970: two entries of 3 July, one of 6 July
    partials = Partials.of(day=days, stratum=[0, 1, 0], numerator=[1.0, 2.0, 5.0], denominator=[10.0, 20.0, 10.0])
    assert weekly(partials) == [["2026-06-29", 0.1], ["2026-07-06", 0.5]]
