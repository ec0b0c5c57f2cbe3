"""Figures and orders on pages and over the API: the same numbers as on the command line, within a person's days."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

from measured_desk import FORMULA, measured_workspace
from routeproof.__main__ import main
from web_client import Browser

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three orders on two days."""
    folder = tmp_path_factory.mktemp("measured")
    return measured_workspace(folder / "w", folder / "files")


@pytest.fixture(scope="module")
def ann(workspace: Path) -> Browser:
    """An analyst."""
    return Browser(workspace, "ann")


@pytest.fixture(scope="module")
def eve(workspace: Path) -> Browser:
    """An examiner of the third quarter."""
    return Browser(workspace, "eve")


def test_the_api_says_what_the_command_says(ann: Browser, workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`measure --by order_class --format json`, member for member."""
    asked = "by=order_class&from=2026-07-01&to=2026-07-01&metrics=executions,price_improvement_usd_per_share"
    answer = ann.get(f"/api/v1/measure?{asked}").json()
    words = ["measure", "--by", "order_class", "--from", "2026-07-01", "--to", "2026-07-01", "--format", "json"]
    words += ["--metrics", "executions,price_improvement_usd_per_share", "-w", str(workspace)]
    with pytest.raises(SystemExit):
        main(words)
    assert answer == json.loads(capsys.readouterr().out)
    limit = next(row for row in answer["rows"] if row["order_class"] == "marketable_limit")
    assert limit["price_improvement_usd_per_share"] == pytest.approx(0.0025, abs=1e-12)  # (0.005 + 0) / 2


def test_a_question_that_says_nothing_is_refused_in_words(ann: Browser) -> None:
    """400, and what there is instead."""
    for query in (
        "by=venus",
        "metrics=e_over_p",
        "by=venue&provider=P9",
        "where=venue",
        "from=2026-07-02&to=2026-07-01",
    ):
        answer = ann.get(f"/api/v1/measure?{query}")
        assert answer.status_code == 400, query
        assert "expected" in answer.json()["error"]["message"]
    assert "nearest: venue" in ann.get("/api/v1/measure?by=venus").json()["error"]["message"]


def test_a_page_shows_figures_and_leads_to_their_orders(ann: Browser) -> None:
    """By venue: the link narrows to the venue's orders; text from a file is inert."""
    for _ in range(100):
        page = ann.get("/explore?by=venue&metrics=executed_shares&from=2026-07-01&to=2026-07-01").text
        if "Measuring" not in page:
            break
    assert "<caption>3 rows" in page
    assert "where=venue%3DXNAS" in page
    assert "by=day%2Csymbol%2Corder_id" in page
    assert "=HYPERLINK(&#34;http" in page


def test_what_is_being_measured_has_its_table_already(ann: Browser) -> None:
    """Whether it waits or answers: a caption, and a heading for each dimension and metric asked for."""
    page = ann.get("/explore?by=symbol&by=venue&metrics=executed_shares&metrics=e_over_q&from=2026-07-01").text
    table = re.search(r"<table.*?</table>", page, re.DOTALL)
    assert table is not None
    assert "<caption>" in table[0]
    for heading in ("symbol", "venue", "Shares", "E/Q"):
        assert heading in table[0]


def test_a_page_that_cannot_answer_keeps_the_question(ann: Browser) -> None:
    """The form stands there, with what is wrong."""
    answer = ann.get("/explore?by=venue&provider=P9&from=2026-07-01")
    for _ in range(100):
        if answer.status_code == 400:
            break
        answer = ann.get("/explore?by=venue&provider=P9&from=2026-07-01")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert 'value="P9"' in answer.text


def test_exports_run_nothing_in_a_spreadsheet(ann: Browser) -> None:
    """CSV with an apostrophe, XLSX as text; both with every row."""
    asked = "by=venue&metrics=executed_shares&from=2026-07-01&to=2026-07-01"
    text = ann.get(f"/explore/export?{asked}&format=csv").text
    assert "'=HYPERLINK" in text
    assert len(text.splitlines()) == 4
    answer = ann.get(f"/explore/export?{asked}&format=xlsx")
    assert answer.headers["content-disposition"].startswith('attachment; filename="measure-venue-2026-07-01')
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert (
            FORMULA.replace('"', "&quot;") in book.read("xl/sharedStrings.xml").decode()
            or FORMULA in book.read("xl/sharedStrings.xml").decode()
        )
    assert ann.get(f"/explore/export?{asked}&format=parquet").content[:4] == b"PAR1"


def test_a_view_is_kept_under_a_name_for_its_person_alone(ann: Browser, eve: Browser) -> None:
    """A name is a link to the question; another person does not see it."""
    sent = {"name": "by venue", "query": "/explore?by=venue&metrics=executed_shares"}
    assert ann.send("/explore/views", sent).status_code == 303
    link = '<a href="/explore?by=venue&amp;metrics=executed_shares">by venue</a>'
    assert link in ann.get("/explore").text
    assert link not in eve.get("/explore").text
    assert ann.send("/explore/views", {**sent, "forget": "1"}).status_code == 303
    assert link not in ann.get("/explore").text
    assert ann.send("/explore/views", {**sent, "name": "<b>"}).status_code == 400


def test_an_order_is_replayed_to_the_nanosecond(ann: Browser) -> None:
    """Offsets count from receipt, and the quote is the one before each event."""
    shown = ann.get("/api/v1/orders/A").json()
    fills = [item for item in shown["timeline"] if item["what"] == "executed"]
    assert [(item["offset_ns"], item["price"], item["bid"], item["ask"]) for item in fills] == [
        (250_000_000, "10.015", "10", "10.02"),
        (750_000_000, "10.02", "10", "10.02"),
    ]
    assert shown["received_at"] == "1782912601000000000"
    figures = {row["name"]: row["value"] for row in shown["figures"]}
    assert figures["price_improvement_usd_per_share"] == pytest.approx(0.0025, abs=1e-12)
    assert figures["fill_rate_shares"] == 0.5  # 200 of 400
    assert shown["messages"] == {"messages": [], "total": 0}
    page = ann.get("/orders/A").text
    assert "+250\N{NO-BREAK SPACE}ms" in page
    assert "09:30:01.250000000" in page


def test_a_replay_that_is_kept_is_the_one_that_was_measured(ann: Browser, eve: Browser, workspace: Path) -> None:
    """Kept for all workers, each with the limits of its reader; a damaged or deleted file is measured again."""
    folder = workspace / "cache" / "replays"
    shutil.rmtree(folder, ignore_errors=True)
    measured = [ann.get(f"/api/v1/orders/{name}").text for name in ("A", "OLD")]
    kept = sorted(folder.iterdir())
    assert len(kept) == 2
    assert [ann.get(f"/api/v1/orders/{name}").text for name in ("A", "OLD")] == measured
    assert eve.get("/api/v1/orders/OLD").status_code == 404
    kept[0].write_text("{", encoding="utf-8")
    kept[1].unlink()
    assert [ann.get(f"/api/v1/orders/{name}").text for name in ("A", "OLD")] == measured
    assert sorted(folder.iterdir()) == kept


def test_orders_are_found_by_name_symbol_and_day(ann: Browser) -> None:
    """The beginning of a name will do."""
    assert [item["order_id"] for item in ann.get("/api/v1/orders?id=O").json()["items"]] == ["OLD"]
    assert ann.get("/api/v1/orders?symbol=ABC").json()["total"] == 3
    assert ann.get("/api/v1/orders?symbol=XYZ").json()["total"] == 0
    assert "OLD" in ann.get("/orders?to=2026-06-30").text


def test_an_examiner_sees_the_days_of_their_grant_and_no_others(eve: Browser) -> None:
    """An order of June is as if there were none; a question without days is about theirs."""
    assert eve.get("/orders/A").status_code == 200
    for path in (
        "/orders/OLD",
        "/api/v1/orders/OLD",
        "/api/v1/measure?by=day&from=2026-06-01",
        "/scorecard?quarter=2026Q2",
    ):
        assert eve.get(path).status_code == 404, path
    assert eve.get("/api/v1/orders").json()["total"] == 2
    rows = eve.get("/api/v1/measure?by=day&metrics=executions").json()["rows"]
    assert [row["day"] for row in rows] == ["2026-07-01"]


def test_without_a_pack_the_scorecard_says_how_to_get_one(ann: Browser) -> None:
    """And an unknown order is a 404."""
    page = ann.get("/scorecard?provider=P1&quarter=2026Q3")
    assert page.status_code == 200
    assert "routeproof review build 2026Q3 --provider P1" in page.text
    assert ann.get("/api/v1/scorecard?provider=P1&quarter=2026Q3").status_code == 404
    assert ann.get("/orders/nothing").status_code == 404
