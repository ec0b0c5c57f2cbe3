"""An analysis is a draft until a named person adopts it; draft and adopted text are both kept."""

import json
from pathlib import Path
from typing import Any

import pytest

from e2e.article_case import MONTH, tables, write_files
from e2e.desk import Desk

REVIEW = ("2026Q3", "--provider", "P")
OURS = "The provider was asked on 6 October why fills take 150 ms."

pytestmark = pytest.mark.night


@pytest.fixture(scope="module")
def desk(month: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A first pack in `pack`; then one analysis adopted as it stands, one edited, one of a security; `second`."""
    made = month.copied(tmp_path_factory.mktemp("adoption") / "desk")
    (made.folder / "note.txt").write_text(OURS + "\n", encoding="utf-8")
    made.run("review", "adopt", *REVIEW, "--row", "limit_fill_rate", "--by", "R. Alvarez")
    made.run("review", "adopt", *REVIEW, "--row", "fill_time", "--by", "R. Alvarez", "--text-file", "note.txt")
    made.run("review", "adopt", *REVIEW, "--row", "reversion", "--security", "ABC", "--by", "K. Ito", "--text", "Fine.")
    made.build("second")
    return made


def rows_of(score: dict[str, Any]) -> dict[str, Any]:
    """Scorecard rows by id."""
    return {row["id"]: row for row in score["rows"]}


def test_an_adopted_draft_carries_name_and_time(desk: Desk) -> None:
    """And reads as it did."""
    before = rows_of(desk.pack("pack")["scorecard"])["limit_fill_rate"]
    after = rows_of(desk.pack("second")["scorecard"])["limit_fill_rate"]
    assert (after["analysis"], after["analysis_status"]) == (before["analysis"], "adopted")
    assert after["analysis_by"] == "R. Alvarez"
    assert after["analysis_at"].endswith(" UTC")
    assert f"R. Alvarez, {after['analysis_at']}" in desk.files("second")["pack.html"].decode()


def test_an_edited_analysis_stands_beside_its_draft(desk: Desk) -> None:
    """In the JSON and on the page."""
    draft = rows_of(desk.pack("pack")["scorecard"])["fill_time"]["analysis"]
    row = rows_of(desk.pack("second")["scorecard"])["fill_time"]
    assert (row["analysis"], row["analysis_draft"], row["analysis_status"]) == (OURS, draft, "edited")
    page = desk.files("second")["pack.html"].decode()
    assert OURS in page
    assert "The draft had read: Fills of market orders are slightly slower" in page


def test_an_adoption_speaks_for_its_scorecard_only(desk: Desk) -> None:
    """The security's reversion is adopted; the overall one and the security's other rows are drafts still."""
    pack = desk.pack("second")
    own = rows_of(pack["securities"][0])
    assert (own["reversion"]["analysis"], own["reversion"]["analysis_by"]) == ("Fine.", "K. Ito")
    assert own["fill_time"]["analysis_status"] == "draft — not reviewed"
    assert rows_of(pack["scorecard"])["reversion"]["analysis_status"] == "draft — not reviewed"


def test_the_pack_from_before_still_builds_as_it_was(desk: Desk) -> None:
    """Adoptions that came later are not in it."""
    desk.build("again", "--as-built", desk.pack("pack")["digest"])
    assert desk.files("again") == desk.files("pack")
    desk.build("latest")
    assert desk.files("latest") == desk.files("second")


def test_when_the_numbers_change_it_needs_adopting_again(tmp_path: Path) -> None:
    """A late fill makes fills slower: the old adoption is shown as one for an earlier draft, and lapses."""
    desk = Desk(tmp_path)
    lines = tables(MONTH)
    slow = lines["executions"].pop(1)
    write_files(desk.folder, lines)
    desk.take_in("quotes", "orders", "executions")
    desk.build("first")
    desk.run("review", "adopt", *REVIEW, "--row", "fill_time", "--by", "R. Alvarez", "--text", OURS)
    header = (desk.folder / "executions.csv").read_text("utf-8").splitlines()[0]
    late = slow.replace("T14:06:41.144", "T14:08:41.144")  # received at 14:06:41, filled 120 s later than it was
    assert late != slow
    (desk.folder / "late.csv").write_text(f"{header}\n{late}\n", encoding="utf-8")
    desk.run("ingest", "csv", "late.csv", "--map", "executions.toml")
    row = rows_of(desk.build("second")["scorecard"])["fill_time"]
    assert row["analysis_status"] == "adopted for an earlier draft"
    assert (row["analysis"], row["analysis_of_earlier_draft"]) == (row["analysis_draft"], OURS)
    assert f"adopted for an earlier draft: {OURS} (R. Alvarez" in desk.files("second")["pack.html"].decode()
    desk.run("review", "adopt", *REVIEW, "--row", "fill_time", "--by", "R. Alvarez")
    assert rows_of(desk.build("third")["scorecard"])["fill_time"]["analysis_status"] == "adopted"


def test_the_adoption_is_on_record(desk: Desk) -> None:
    """Name, draft, text and the digest of the pack that was read."""
    from routeproof.app.context import open_context  # noqa: PLC0415

    with open_context(desk.folder / "workspace") as context:
        entries = [json.loads(content) for content in context.records.entries()]
    found = [entry for entry in entries if entry["type"] == "analysis.adopted"]
    assert [entry["stream"] for entry in found] == ["review/2026Q3/P"] * 3
    edited = found[1]["payload"]
    assert (edited["by"], edited["text"]) == ("R. Alvarez", OURS)
    assert edited["draft"] == rows_of(desk.pack("pack")["scorecard"])["fill_time"]["analysis"]
    assert edited["digest"] == desk.pack("pack")["digest"]
