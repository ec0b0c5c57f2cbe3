"""The page of a case says what of it no longer stands."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

from integration.test_cases_of_findings import DAY, finding
from routeproof.app.cases.open_cases import work_findings
from routeproof.app.context import open_context
from routeproof.app.objects.findings import record_findings
from web_client import Browser

if TYPE_CHECKING:
    from pathlib import Path

AT = date(2026, 9, 21)


def test_a_case_tells_how_many_of_its_findings_were_withdrawn(staffed: Path, tmp_path: Path) -> None:
    """None of two, then one, then both; each withdrawal is a line of the history."""
    root = shutil.copytree(staffed, tmp_path / "w")
    two = {item["id"]: item for item in (finding(n, order_id="O1", group="order:O1") for n in (1, 2))}
    with open_context(root, on=AT) as context:
        record_findings(context, DAY, two, within=[])
        (name,) = work_findings(context, DAY).opened
    browser = Browser(root, "ann")
    said = []
    for gone in [*two, None]:
        page = browser.get(f"/cases/{name}").text
        said.append((page.count(">withdrawn"), page.partition("<p>")[2].count("no longer stand")))
        if gone is not None:
            with open_context(root, on=AT) as context:
                record_findings(context, DAY, {}, within=[gone])
    assert said == [(0, 0), (1, 1), (2, 1)]
    assert "2 of its 2 findings no longer stand:" in page
