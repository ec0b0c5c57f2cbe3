"""The dashboard of the article that this program answers, from 390 order-level rows to the written analyses.

The figures are the article's own; how the rows give them is worked in `article_case`.
"""

import json
import shlex
from typing import Any

import pytest

from e2e.desk import Desk

VALUES = {
    ("price_improvement", "market"): 0.0015,
    ("price_improvement", "limit"): 0.0008,
    ("price_improvement", "benchmark"): 0.0012,
    ("spread_capture", "market"): 0.55,
    ("spread_capture", "limit"): 0.30,
    ("spread_capture", "benchmark"): 0.45,
    ("fill_time", "market"): 150.0,
    ("fill_time", "benchmark"): 120.0,
    ("limit_fill_rate", "market"): None,
    ("limit_fill_rate", "limit"): 0.75,
    ("limit_fill_rate", "benchmark"): 0.80,
    ("reversion", "market"): -0.0002,
    ("reversion", "limit"): -0.0001,
    ("reversion", "benchmark"): -0.0003,
}
# Margins: 0.0002 a share, 3 points, 10 ms, 2 points, 0.0002 a share. A reversion of limit orders that is lower by the
# margin and no more is a difference, but not one clearly beyond the margin.
VERDICTS = {
    ("price_improvement", "market"): "better",
    ("price_improvement", "limit"): "worse",
    ("spread_capture", "market"): "better",
    ("spread_capture", "limit"): "worse",
    ("fill_time", "market"): "worse",
    ("limit_fill_rate", "limit"): "worse",
    ("reversion", "market"): "no_material_difference",
    ("reversion", "limit"): "cannot_tell",
}
SAID = {
    "price_improvement": ("Market orders show strong price improvement", "Limit orders", "need review"),
    "spread_capture": ("captures the spread well on marketable orders",),
    "fill_time": ("slightly slower than the benchmark", "find where the latency arises"),
    "limit_fill_rate": ("below the benchmark", "limit order logic and its choice of venues"),
    "reversion": ("Reversion is low", "market impact looks small, a good sign"),
}
COUNTS = {"market": 3 * 39, "limit": 3 * 39, "resting": 4 * 39}


@pytest.fixture(scope="module")
def rows(article: Desk) -> dict[str, Any]:
    """Scorecard rows by id."""
    return {row["id"]: row for row in article.pack("pack")["scorecard"]["rows"]}


@pytest.mark.parametrize(("row", "column"), VALUES)
def test_every_figure_is_the_articles_own(rows: dict[str, Any], row: str, column: str) -> None:
    """To twelve digits, and printed so."""
    value = VALUES[row, column]
    assert rows[row]["cells"][column]["value"] == (None if value is None else pytest.approx(value, rel=1e-12))


@pytest.mark.parametrize(("row", "column"), VERDICTS)
def test_verdicts_follow_from_interval_and_margin(rows: dict[str, Any], row: str, column: str) -> None:
    """The word, and the interval of the difference that it rests on."""
    cell = rows[row]["cells"][column]
    assert cell["verdict"] == VERDICTS[row, column]
    against = cell["comparison"]
    assert cell["lower"] < cell["value"] < cell["upper"]
    assert against["lower"] < against["difference"] < against["upper"]
    if cell["verdict"] in ("better", "worse"):
        assert abs(against["difference"]) > against["margin"]
        assert against["lower"] > 0 or against["upper"] < 0
    if cell["verdict"] == "no_material_difference":
        assert -against["margin"] < against["lower"] < against["upper"] < against["margin"]
    if cell["verdict"] == "cannot_tell":
        assert against["detectable"] > 0
        assert against["reason"]


@pytest.mark.parametrize("row", SAID)
def test_the_analyses_say_what_the_article_says(rows: dict[str, Any], row: str) -> None:
    """In our words, and as drafts."""
    for part in SAID[row]:
        assert part in rows[row]["analysis"]
    assert rows[row]["analysis_status"] == "draft — not reviewed"


def test_every_cell_names_its_population(rows: dict[str, Any]) -> None:
    """Count, coverage and words."""
    for name in ("price_improvement", "spread_capture", "fill_time", "reversion"):
        for column in ("market", "limit"):
            cell = rows[name]["cells"][column]
            assert (cell["n"], cell["coverage"]) == (COUNTS[column], 1.0)
        assert rows[name]["cells"]["market"]["population"] == "market orders"
        assert "marketable or midpoint-or-better" in rows[name]["cells"]["limit"]["population"]
    resting = rows["limit_fill_rate"]["cells"]["limit"]
    assert (resting["n"], resting["population"]) == (COUNTS["resting"], "executable non-marketable")
    assert rows["limit_fill_rate"]["cells"]["market"]["reason"].startswith("N/A")


@pytest.mark.night
def test_a_cell_leads_back_to_its_rows(month: Desk) -> None:
    """`measure` with the options that a cell prints gives the cell's value: eleven cells of two scorecards."""
    pack = month.pack("pack")
    cells = [
        cell
        for score in (pack["scorecard"], pack["securities"][0])
        for row in score["rows"]
        for name, cell in row["cells"].items()
        if name in ("market", "limit") and cell["value"] is not None
    ]
    asked = {(cell["rows"], cell["metric"]): cell["value"] for cell in cells}
    assert len(asked) == 2 * 9
    answers = {rows: json.loads(month.run("measure", *shlex.split(rows), "--json"))["rows"] for rows, _ in asked}
    for (rows, metric), value in asked.items():
        (answer,) = answers[rows]
        assert answer[metric] == pytest.approx(value, rel=1e-11), (rows, metric)


def test_the_same_figures_for_the_one_security(article: Desk) -> None:
    """Its scorecard is the overall one, because there is no other."""
    pack = article.pack("pack")
    (score,) = pack["securities"]
    assert score["security"] == "ABC"
    for own, all_ in zip(score["rows"], pack["scorecard"]["rows"], strict=True):
        for column in ("market", "limit", "benchmark"):
            assert own["cells"][column]["value"] == all_["cells"][column]["value"]


def test_page_one_names_what_the_article_asks_to_act_on(article: Desk) -> None:
    """Limit orders underperform consistently; nothing is passed that was not tested."""
    summary = next(section for section in article.pack("pack")["sections"] if section["id"] == "summary")
    table = next(block for block in summary["blocks"] if block.get("id") == "framework")
    framework = {row["cells"][0]["text"]: (row["cells"][4]["value"], row["cells"][4]["note"]) for row in table["rows"]}
    assert framework["Price improvement"][0] == "failed"
    assert framework["Price improvement"][1].startswith(
        "Worse over the quarter and in 3 of 3 months: price improvement of limit"
    )
    assert framework["Execution speed"][0] == "no_control_flow"
    assert framework["Fill rates"][0] == "cannot_tell"
    assert framework["Venue analysis"][0] == "cannot_tell"


def test_all_four_files_are_there(article: Desk) -> None:
    """And nothing else."""
    assert sorted(article.files("pack")) == ["pack.html", "pack.json", "pack.pdf", "pack.xlsx"]
