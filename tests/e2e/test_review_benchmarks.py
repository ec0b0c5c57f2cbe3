"""A review against another router and against the own quarter before, with differences known beforehand.

Q gets the same orders at the same quotes as P, but 0.0004 a share less improvement on market orders; its days differ
from P's (another stride), so that chance can be judged. In the quarter before, P filled 85 of 100 resting shares, and
75 now. Margins: 0.0002 a share, 2 points, 10 ms.
"""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from e2e.article_case import Flow, tables, write_files
from e2e.desk import Desk

SECOND_QUARTER = (date(2026, 4, 6), date(2026, 5, 4), date(2026, 6, 1))
REVIEW = ("review", "build", "2026Q3", "--provider")

pytestmark = pytest.mark.night


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Packs of P (against Q, and against its own past) and of Q."""
    made = Desk(tmp_path_factory.mktemp("benchmarks"))
    lines = tables()
    before = tables(Flow(firsts=SECOND_QUARTER, filled=85))
    other = tables(Flow(router="Q", stride=5, less=Decimal("0.0004")))
    lines = {
        "orders": before["orders"] + lines["orders"] + other["orders"],
        "executions": before["executions"] + lines["executions"] + other["executions"],
        "quotes": before["quotes"] + lines["quotes"],
    }
    write_files(made.folder, lines)
    made.take_in("quotes", "orders", "executions")
    made.run(*REVIEW, "P", "--out", "p", "--control", "Q")
    made.run(*REVIEW, "P", "--out", "p-prior", "--against", "prior")
    made.run(*REVIEW, "Q", "--out", "q")
    return made


def cells_of(desk: Desk, out: str, row: str) -> dict[str, Any]:
    """Cells of a scorecard row."""
    found: dict[str, Any] = {item["id"]: item for item in desk.pack(out)["scorecard"]["rows"]}[row]["cells"]
    return found


def test_the_better_router_is_better_and_the_worse_one_worse(desk: Desk) -> None:
    """By the 0.0004 that were taken away, seen from either side."""
    p, q = (cells_of(desk, out, "price_improvement")["market"] for out in ("p", "q"))
    assert (p["verdict"], q["verdict"]) == ("better", "worse")
    assert p["comparison"]["difference"] == pytest.approx(0.0004, rel=1e-9)
    assert q["comparison"]["difference"] == pytest.approx(-0.0004, rel=1e-9)
    assert q["value"] == pytest.approx(0.0011, rel=1e-9)


@pytest.mark.parametrize(("row", "column"), [("price_improvement", "limit"), ("fill_time", "market")])
def test_what_is_alike_is_no_material_difference(desk: Desk, row: str, column: str) -> None:
    """The routers treat limit orders alike, and are as fast."""
    cell = cells_of(desk, "p", row)[column]
    assert cell["verdict"] == "no_material_difference"
    assert cell["comparison"]["difference"] == pytest.approx(0.0, abs=1e-9)


def test_the_benchmark_says_which_one_it_is(desk: Desk) -> None:
    """The other router where there is one; the own past when asked."""
    assert cells_of(desk, "p", "price_improvement")["benchmark"]["name"] == "provider Q, same quarter"
    assert cells_of(desk, "p-prior", "price_improvement")["benchmark"]["name"] == "own prior quarter"


def test_a_decline_against_the_quarter_before_is_found(desk: Desk) -> None:
    """85 of 100 then, 75 now: worse in the scorecard, and the threshold of page one is crossed in every pack of P."""
    cell = cells_of(desk, "p-prior", "limit_fill_rate")["limit"]
    assert cell["verdict"] == "worse"
    assert cell["comparison"]["difference"] == pytest.approx(-0.10, rel=1e-9)
    assert outcomes(desk, "p")["Fill rates"] == "failed"
    assert outcomes(desk, "p-prior")["Fill rates"] == "failed"
    assert outcomes(desk, "q")["Fill rates"] != "passed"


def test_page_one_of_the_worse_router_asks_to_act(desk: Desk) -> None:
    """And that of the better one does not, for improvement."""
    assert outcomes(desk, "q")["Price improvement"] == "failed"
    assert outcomes(desk, "p")["Price improvement"] == "passed"


def test_a_control_flow_without_route_times_is_no_pass(desk: Desk) -> None:
    """No routes were delivered, so that latency was not measured."""
    assert outcomes(desk, "p")["Execution speed"] == "cannot_tell"


def table_of(desk: Desk, out: str, name: str) -> dict[str, Any]:
    """A table of the pack, in its sections or behind one of its figures."""
    blocks = [block for section in desk.pack(out)["sections"] for block in section["blocks"]]
    tables_ = [block.get("data", block) for block in blocks]
    found: dict[str, Any] = next(table for table in tables_ if table.get("id") == name)
    return found


def test_each_row_and_column_over_the_securities_is_a_family_of_its_own(desk: Desk) -> None:
    """The counts under the glance table are those of the securities' own scorecards."""
    rows = table_of(desk, "q", "securities-glance")["rows"]
    columns = [column["id"] for column in table_of(desk, "q", "securities-glance")["columns"]]
    worse = dict(zip(columns, rows[-1]["cells"], strict=True))["price_improvement-market"]["value"]
    securities = desk.pack(out="q")["securities"]
    verdicts = [
        next(row for row in score["rows"] if row["id"] == "price_improvement")["cells"]["market"]["verdict"]
        for score in securities
    ]
    assert worse == verdicts.count("worse") == len(securities) > 0


def test_the_points_of_venues_and_sizes_carry_intervals_that_hold_them(desk: Desk) -> None:
    """63 days at each venue: every point lies within its interval, which is not a point itself."""
    for name, metric in (("venues", "price_improvement_usd_per_share"), ("markouts", "markout_bps")):
        table = table_of(desk, "p", name)
        place = [column["id"] for column in table["columns"]].index(metric)
        cells = [row["cells"][place] for row in table["rows"]]
        drawn = [cell for cell in cells if cell.get("lower") is not None]
        assert drawn, name
        assert all(cell["lower"] < cell["value"] < cell["upper"] for cell in drawn)


def test_the_other_router_stands_beside_whatever_the_benchmark_is(desk: Desk) -> None:
    """Also where P is held against its own past, its fill times are shown with Q's; Q is no benchmark there."""
    for out in ("p", "p-prior"):
        rows = table_of(desk, out, "fill-quantiles")["rows"]
        assert "market orders at provider Q" in [row["cells"][0]["text"] for row in rows]


def test_no_rate_or_time_reaches_beyond_what_it_can_be(desk: Desk) -> None:
    """Ends of intervals lie within 0 and 1, and no time is negative."""
    for score in (desk.pack("p")["scorecard"], *desk.pack("p")["securities"]):
        rows = {row["id"]: row["cells"] for row in score["rows"]}
        rate, times = rows["limit_fill_rate"]["limit"], rows["fill_time"].values()
        assert 0.0 <= rate["lower"] <= rate["value"] <= rate["upper"] <= 1.0
        assert all(cell["lower"] is None or cell["lower"] >= 0.0 for cell in times)


def outcomes(desk: Desk, out: str) -> dict[str, str]:
    """Outcome of each component of the framework."""
    summary = next(section for section in desk.pack(out)["sections"] if section["id"] == "summary")
    framework = next(block for block in summary["blocks"] if block.get("id") == "framework")
    return {row["cells"][0]["text"]: row["cells"][4]["value"] for row in framework["rows"]}
