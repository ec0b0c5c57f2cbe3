"""An execution that tables tell in two ways: set aside at intake, and found by a run over its day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from governance_desk import new_desk
from routeproof.app.intake.ingest import ingest
from routeproof.app.monitoring.listing import FindingFilter, list_findings
from routeproof.app.monitoring.run_day import run_day

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 7, 1)
MAP = 'table = "executions"\n[time.executed_at]\nunit = "iso"\n'
HEADER = "execution_id,symbol,side,executed_at,price,quantity,venue\n"
ROWS = [f"{name},KESTR,buy,2026-07-01T14:00:30Z,{price},100,XNAS\n" for name, price in (("e1", "10.03"), ("e2", "10"))]
OTHER = ROWS[0].replace("10.03", "10.04")


def found_in(folder: Path, files: list[str]) -> dict[str, tuple[str | None, list[str], float, str]]:
    """Findings of the rule by id, after these files were taken in one by one."""
    folder.mkdir()
    (folder / "map.toml").write_text(MAP, "utf-8")
    with new_desk(folder / "workspace").context() as context:
        for place, rows in enumerate(files):
            path = folder / f"{place}.csv"
            path.write_text(HEADER + rows, "utf-8")
            ingest(context, "csv", [path], provider_id="P", map_path=folder / "map.toml")
        run_day(context, DAY)
        found = list_findings(context.records, FindingFilter(day=DAY, rule="duplicate_differs"))["findings"]
    return {one["id"]: (one["provider"], one["execution_ids"], one["observed"], one["sentence"]) for one in found}


@pytest.mark.parametrize("files", [[ROWS[0] + OTHER + ROWS[1]], [ROWS[0] + ROWS[1], OTHER], [OTHER, ROWS[0], ROWS[1]]])
def test_an_execution_told_in_two_ways_is_one_finding_whichever_came_first(tmp_path: Path, files: list[str]) -> None:
    """e1 at 10.03 and at 10.04 is named once, and has the same id in every order; e2 is not named."""
    expected = ("P", ["e1"], 2, "Execution e1 was told in 2 ways; the first that was taken in stands.")
    found = found_in(tmp_path / "one", files)
    assert list(found.values()) == [expected]
    assert found == found_in(tmp_path / "other", [ROWS[1] + OTHER, ROWS[0]])


def test_equal_rows_are_told_once(tmp_path: Path) -> None:
    """The same row in a second file is known already."""
    assert found_in(tmp_path / "one", [ROWS[0] + ROWS[1], ROWS[0]]) == {}


def test_a_day_as_known_before_the_second_account_has_no_finding(tmp_path: Path) -> None:
    """Judged at the manifest of a commit that had no rejects yet."""
    (tmp_path / "map.toml").write_text(MAP, "utf-8")
    with new_desk(tmp_path / "workspace").context() as context:
        for name, rows in (("a", ROWS[0]), ("b", OTHER + ROWS[1])):
            (tmp_path / f"{name}.csv").write_text(HEADER + rows, "utf-8")
            ingest(context, "csv", [tmp_path / f"{name}.csv"], provider_id="P", map_path=tmp_path / "map.toml")
            if name == "a":
                before = context.lake.manifest().id
        run_day(context, DAY, before)
        assert list_findings(context.records, FindingFilter(rule="duplicate_differs"))["total"] == 0
