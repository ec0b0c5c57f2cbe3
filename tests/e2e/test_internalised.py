"""Internalised flow is judged order by order from the lake, and the rows are kept as evidence."""

import csv
import io
import json
from pathlib import Path

import pytest

from e2e.article_case import tables, write_files
from e2e.desk import Desk

PEOPLE = """
unprotected_keys = true
[[person]]
id = "ann"
name = "Ann"
roles = ["analyst"]
[[person]]
id = "ed"
name = "Ed"
roles = ["examiner"]
"""
JUDGED, RESTING = 39 * (1_100 + 1_500), 39 * 4 * 75
SHARES = JUDGED + RESTING
"""39 days of market, marketable limit and resting orders, the last filled by 75 on average: by hand, from the case."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The article's case in a workspace with people."""
    desk = Desk(tmp_path_factory.mktemp("internalised"))
    write_files(desk.folder, tables())
    (desk.folder / "people.toml").write_text(PEOPLE)
    desk.run("init", "workspace", "--people", "people.toml")
    for name in ("quotes", "orders", "executions"):
        desk.run("ingest", "csv", f"{name}.csv", "--map", f"{name}.toml")
    return desk


def _venue(desk: Desk) -> str:
    with (desk.folder / "executions.csv").open() as file:
        return next(csv.DictReader(file))["venue"]


def test_every_execution_at_the_venue_is_judged_and_kept(desk: Desk) -> None:
    """All fills are inside the far side of the quote: improved, but for resting orders, of which that says nothing."""
    state = json.loads(desk.run("internalised", "record", "2026Q3", "--venue", _venue(desk), "--as", "ann", "--json"))
    (record,) = state["records"]
    assert (record["executed_shares"], record["improved_shares"]) == (str(SHARES), str(JUDGED))
    assert (record["outside_shares"], record["at_quote_shares"], record["unjudged_shares"]) == ("0", "0", str(RESTING))
    assert record["orders"] == record["executions"] == 390
    envelope = (Path(desk.folder) / "workspace" / "evidence" / record["rows"]).read_bytes()
    rows = list(csv.DictReader(io.StringIO(envelope[32:].partition(b"\n")[2].decode())))
    assert len(rows) == 390
    assert sum(float(row["quantity"]) for row in rows) == SHARES
    judged = [row for row in rows if row["verdict"] != "unjudged"]
    assert all(float(row["improvement_per_share"]) > 0 for row in judged)
    assert {row["improvement_per_share"] for row in rows if row not in judged} == {""}


@pytest.mark.night
def test_a_venue_without_executions_and_a_person_without_the_right_are_refused(desk: Desk) -> None:
    """Nothing is recorded but the refusal, and no document stays behind."""
    before = sorted((desk.folder / "workspace" / "evidence").iterdir())
    for words, code in (("NONE", "incomplete"), (_venue(desk), "not_permitted")):
        person = "ann" if code == "incomplete" else "ed"
        exit_code, _, talk = desk.call("internalised", "record", "2026Q3", "--venue", words, "--as", person, "--json")
        assert exit_code == 5
        assert json.loads(talk.splitlines()[-1])["error"]["code"] == code
    assert sorted((desk.folder / "workspace" / "evidence").iterdir()) == before
