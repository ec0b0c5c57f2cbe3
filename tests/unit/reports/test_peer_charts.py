"""Charts of public Rule 605 figures: axes fit what is drawn, and whoever executes away is no small reporter."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from routeproof.metrics.rule605.peer_sums import with_shares
from routeproof.reports.document import Figure
from routeproof.reports.rule605.peer_charts import Benchmark605Inputs, dots

if TYPE_CHECKING:
    from collections.abc import Sequence


def scale_of_time(times_ms: Sequence[float]) -> dict[str, Any]:
    """Scale of the chart of times of some reporters."""
    rows = [{"reporter": f"R{place}", "time_ms": time} for place, time in enumerate(times_ms)]
    inputs = Benchmark605Inputs(
        layout="detailed", by=("reporter",), rows=rows, doubted=frozenset(), said={}, notes=(), period="2026-08",
        provider="", origin="", dated_on=date(2026, 8, 31), version="", digest="",
    )  # fmt: skip
    (figure,) = (item for item in dots(inputs) if isinstance(item, Figure))
    found: dict[str, Any] = figure.spec["layer"][-1]["encoding"]["x"]["scale"]
    return found


@pytest.mark.parametrize(
    ("times_ms", "kind", "begins"),
    [((38_047, 53_090), None, None), ((12, 7_000), "log", 10), ((0.02, 7_000), "symlog", 0), ((0, 7_000), "symlog", 0)],
)
def test_times_have_tens_only_where_they_reach_over_some(
    times_ms: Sequence[float], kind: str | None, begins: float | None
) -> None:
    """No room for negative times; figures that lie together are drawn in equal steps."""
    scale = scale_of_time(times_ms)
    assert (scale.get("type"), scale.get("domainMin")) == (kind, begins)


def test_shares_of_a_row_are_those_executed_here_and_away() -> None:
    """A broker that routes everything away has shares all the same; what nobody states is null."""
    assert with_shares({"executed_shares": 0, "executed_away_shares": 700})["shares"] == 700
    assert with_shares({"executed_shares": 5, "executed_away_shares": None})["shares"] == 5
    assert with_shares({"executed_shares": None})["shares"] is None
